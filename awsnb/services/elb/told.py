"""What a run comes to: its numbers, its panels, and in a sentence or two why."""

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.elb.bill import ELB, targets_usd_month
from awsnb.services.elb.fleet import CRASH, DEREGISTER, HANG, NOTHING, FleetScenario
from awsnb.services.elb.path import budget_panel
from awsnb.services.elb.traffic import Run
from awsnb.words import milliseconds, percent

LEAST_SLOWER, MOST_SLOWER = 1.25, 1000.0
FULL_PCT = 97.0  # load above which a run is too short for averages to settle


def told(run: Run, notes: tuple[str, ...]) -> Result:
    """Put a run into a result."""
    scenario = run.scenario
    share, busy = run.by_target
    slower, curve = _percentile_curve(run)
    budgets, budget = budget_panel(scenario.rtt_ms, scenario.tls, scenario.service_ms, run.crossing)
    alone, pooled = theory_ms(scenario, slower)
    data = {
        **run.over_time,
        "target": _target_names(scenario),
        "share_pct": share,
        "busy_pct": busy,
        "slower_than": slower,
        "latency_ms": curve,
        "alone_ms": alone,
        "pooled_ms": pooled,
        **budgets,
    }
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=why(run),
        numbers=numbers(run),
        data=data,
        panels=(*_panels(scenario, slower), budget),
        notes=notes,
    )


def numbers(run: Run) -> tuple[Number, ...]:
    """The answers, the most asked-for first."""
    scenario, bill = run.scenario, run.scenario.bill
    p50, p99, p999 = map(float, run.percentile_ms(50, 99, 99.9))
    busiest = float(run.by_target[1].max())
    cost, targets = bill.usd_month, targets_usd_month(scenario.targets)
    most = float(run.over_time["errors_per_s"].max())
    return (
        Number("p99_ms", "p99 latency", p99, milliseconds(p99), headline=True),
        Number("failed_pct", "Requests that fail", run.failed_pct, percent(run.failed_pct),
               headline=True),
        Number("cost_usd_month", "Load balancer per month", cost, f"{cost:,.2f} USD",
               headline=True),
        Number("p50_ms", "Median latency", p50, milliseconds(p50)),
        Number("p999_ms", "p99.9 latency", p999, milliseconds(p999)),
        Number("requests", "Requests", run.answered.size, f"{run.answered.size:,}"),
        Number("failed", "Failed", run.failed, f"{run.failed:,}"),
        Number("most_errors_per_s", "Most errors", most, f"{most:,.0f} a second"),
        Number("load_pct", "Load on all targets", scenario.load_pct,
               f"{scenario.load_pct:.0f} % of {scenario.capacity_per_s:,.0f} requests/s"),
        Number("busiest_pct", "Busiest target", busiest, f"{busiest:.0f} % busy"),
        Number("outstanding_at_end", "Unfinished at the end", run.outstanding_at_end,
               f"{run.outstanding_at_end:,} requests"),
        Number("capacity_units", "Capacity units", bill.billed_units,
               f"{bill.billed_units:.2f}, by {bill.dimension}"),
        Number("targets_usd_month", "Targets per month", targets, f"{targets:,.2f} USD"),
    )  # fmt: skip


def why(run: Run) -> str:
    """What happened and why."""
    scenario = run.scenario
    sentences = [_of_the_event(run), _of_the_load(run)]
    goals = (
        f"Both goals are met: p99 {milliseconds(run.p99_ms)}, {percent(run.failed_pct)} failed."
        if run.holds
        else f"It misses its {' and its '.join(_missed(run))}."
    )
    if scenario.event == NOTHING:
        sentences = sentences[1:]
    return " ".join([goals, *filter(None, sentences)])


def theory_ms(
    scenario: FleetScenario, slower: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Erlang's percentiles, ms: each target with its own random share, and one queue for all."""
    per_s, n, c = scenario.requests_per_s, scenario.targets, scenario.workers
    service_s = scenario.service_ms / 1000
    return (
        _erlang_ms(slower, per_s / n, service_s, c),
        _erlang_ms(slower, per_s, service_s, n * c),
    )


def _erlang_ms(
    slower: NDArray[np.float64], per_s: float, service_s: float, workers: int
) -> NDArray[np.float64]:
    """Read the percentiles off a table of the closed form, which gives shares of times."""
    if per_s * service_s >= workers:
        return np.full(slower.shape, np.nan)
    queue = per_s, service_s, workers
    longest_s = theory.mmc_sojourn_quantile_s(1 - 0.99 / slower[-1], *queue)
    times_s = np.linspace(0.0, longest_s, 150)
    one_in = [1 / theory.mmc_sojourn_tail(time_s, *queue) for time_s in times_s]
    return 1000 * np.interp(np.log(slower), np.log(one_in), times_s)


def doubts(scenario: FleetScenario) -> str:
    """Why Erlang's formula does not apply; "" if it does."""
    if scenario.load_pct >= FULL_PCT:
        return "no steady state"
    if scenario.event != NOTHING and scenario.event_s < scenario.duration_s:
        return "a target is lost"
    if scenario.service_times != "exponential":
        return f"{scenario.service_times} service"
    if scenario.pattern != "poisson":
        return "the rate varies"
    return scenario.doubt


def _missed(run: Run) -> list[str]:
    goal, scenario = [], run.scenario
    if not run.p99_ms <= scenario.p99_goal_ms:
        goal.append(
            f"p99 goal, {milliseconds(run.p99_ms)} against {milliseconds(scenario.p99_goal_ms)}"
        )
    if run.failed_pct > scenario.error_goal_pct:
        goal.append(
            f"error goal, {percent(run.failed_pct)} failed against "
            f"{percent(scenario.error_goal_pct)}"
        )
    return goal


def _of_the_event(run: Run) -> str:
    scenario = run.scenario
    if scenario.event == NOTHING or scenario.event_s >= scenario.duration_s:
        return ""
    if scenario.event == DEREGISTER and np.isinf(scenario.delay_s):
        late = run.arrival_s > 0.9 * scenario.duration_s
        still = 100 * float((run.outcome.target[late] == 0).mean()) if late.any() else 0.0
        return (
            f"Target 1 is deregistered at {scenario.event_s:g} s, but its connections go on: in "
            f"the last tenth of the run it still gets {percent(still)} of all requests."
        )
    if scenario.event == DEREGISTER:
        return (
            f"Target 1 is deregistered at {scenario.event_s:g} s; of what it still serves, "
            f"{run.failed:,} requests are cut off."
        )
    does = "refuses connections" if scenario.event == CRASH else "takes requests, answers none"
    if scenario.targets == 1:
        return f"The only target {does} from {scenario.event_s:g} s on; with none healthy, it "\
               f"still gets every request."  # fmt: skip
    until_s = min(scenario.event_s + scenario.detected_after_s, scenario.duration_s)
    window = (run.arrival_s >= scenario.event_s) & (run.arrival_s < until_s)
    lost = 100 * float((~run.answered[window]).mean()) if window.any() else 0.0
    return (
        f"Target 1 {does} from {scenario.event_s:g} s; health checks take "
        f"{until_s - scenario.event_s:g} s to see it, and until then {percent(lost)} of all "
        "requests fail."
    )


def _of_the_load(run: Run) -> str:
    scenario = run.scenario
    speed = scenario.slow_target_pct / 100
    lost = scenario.event != NOTHING and scenario.event_s < scenario.duration_s
    stays = scenario.event == DEREGISTER and np.isinf(scenario.delay_s)
    gone = lost and scenario.targets > 1 and not stays
    left = scenario.capacity_per_s * (1 - gone * speed / (scenario.targets - 1 + speed))
    load = 100 * scenario.requests_per_s / left
    who = f"the other {scenario.targets - 1}" if gone else f"the {scenario.targets}"
    if scenario.targets - gone == 1:
        who = "the one that is left" if gone else "the one target"
    if load >= 100:
        excess = scenario.requests_per_s - left
        return (
            f"{scenario.requests_per_s:g} requests/s meet a capacity of {left:,.0f}"
            f"{' without target 1' if gone else ''}: {excess:,.0f} more wait each second, "
            f"{run.outstanding_at_end:,} at the end."
        )
    from_s = 0.0
    if gone:
        late_s = 0.0 if scenario.event == DEREGISTER else scenario.detected_after_s
        from_s = min(scenario.event_s + late_s, 0.9 * scenario.duration_s)
    offered = run.offered_pct(from_s)
    uneven = offered.max() > max(1.15 * load, 75)
    hot = (
        f" But target {int(offered.argmax()) + 1} gets {offered.max():.0f} % of what it can take."
        if uneven
        else ""
    )
    return f"The load is {load:.0f} % of what {who} can serve.{hot}"


def _percentile_curve(run: Run) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    slower = np.geomspace(LEAST_SLOWER, MOST_SLOWER, 60)
    return slower, run.percentile_ms(*(100 * (1 - 1 / slower)))


def _target_names(scenario: FleetScenario) -> NDArray[np.str_]:
    return np.array([f"{k + 1}{'abcdef'[scenario.zone_of(k)]}" for k in range(scenario.targets)])


def _events(scenario: FleetScenario) -> tuple[tuple[float, str], ...]:
    if scenario.event == NOTHING:
        return ()
    does = {CRASH: "crash", HANG: "hang", DEREGISTER: "deregistered"}[scenario.event]
    events = [(scenario.event_s, does)]
    if scenario.event != DEREGISTER:
        events.append((scenario.event_s + scenario.detected_after_s, "taken out"))
    if scenario.returns_at_s is not None:
        events.append((float(scenario.returns_at_s), "back"))
    return tuple((at_s, text) for at_s, text in events if at_s < scenario.duration_s)


def _panels(scenario: FleetScenario, slower: NDArray[np.float64]) -> tuple[Panel, ...]:
    events, why_not = _events(scenario), doubts(scenario)
    return (
        Panel(
            "Requests",
            "requests/s",
            (
                Curve("asked_per_s", "arrived", "demand"),
                Curve("answered_per_s", "answered", "served", compare=True),
                Curve("errors_per_s", "errors", "second"),
            ),
            x="second",
            x_title="time of arrival (s)",
            events=events,
        ),
        Panel(
            "Latency over time",
            "ms",
            (Curve("p50_ms", "median", "first"), Curve("p99_ms", "p99", "second", compare=True)),
            log=True,
            x="second",
            events=events,
        ),
        Panel(
            "Each target",
            "%",
            (
                Curve("share_pct", "of the requests", "first"),
                Curve("busy_pct", "of its time busy", "second"),
            ),
            kind="bars",
            x="target",
            x_title="target, and its zone",
        ),
        Panel(
            "The slowest requests",
            "ms",
            (
                Curve("latency_ms", "simulated", "first", compare=True),
                Curve("alone_ms", "theory: chosen at random", "theory"),
                Curve("pooled_ms", "theory: one queue for all", "theory"),
            ),
            x="slower_than",
            x_title="one request in so many is slower",
            x_log=True,
            doubtful=((float(slower[0]), float(slower[-1]), f"theory: {why_not}"),)
            if why_not
            else (),
        ),
    )


def notes_of(scenario: FleetScenario) -> tuple[str, ...]:
    """What holds for every load balancer here."""
    price = ELB.get("target", "hour_price")
    notes = [
        "Latency is as the load balancer sees it: waiting and service at the target.",
        f"Prices: {price.region}; a target costs as a {price.note}, does. Of data transfer, only "
        "what crosses zones at an NLB is counted.",
        "Assumed, as AWS publishes no figure: the hops to targets and an NLB's processing.",
    ]
    if scenario.event in (CRASH, HANG):
        notes.append("Health checks notice as late as they may: the failure follows a check.")
    return tuple(notes)
