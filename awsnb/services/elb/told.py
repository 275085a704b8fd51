"""What a run comes to: its numbers and its panels."""

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.mechanisms.queueing import CUT, FAILED, GIVEN_UP, LOST, NO_TARGET, OK, REJECTED
from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.elb.bill import ELB, targets_usd_month
from awsnb.services.elb.fleet import CRASH, DEREGISTER, HANG, NOTHING, FleetScenario
from awsnb.services.elb.path import budget_panel
from awsnb.services.elb.traffic import Run
from awsnb.services.elb.why import why
from awsnb.words import milliseconds, percent

LEAST_SLOWER, MOST_SLOWER = 1.25, 1000.0
CAUSES = {
    OK: "",
    FAILED: "sent to a dead target",
    LOST: "in flight when it died",
    CUT: "cut off",
    REJECTED: "turned away",
    NO_TARGET: "without a target",
    GIVEN_UP: "given up",
}
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
    again = run.request.size - run.answered.size
    return (
        Number("p99_ms", "p99 latency", p99, milliseconds(p99), headline=True),
        Number("failed_pct", "Requests that fail", run.failed_pct, percent(run.failed_pct),
               headline=True),
        Number("cost_usd_month", "Load balancer per month", cost, f"{cost:,.2f} USD",
               headline=True),
        Number("p50_ms", "Median latency", p50, milliseconds(p50)),
        Number("p999_ms", "p99.9 latency", p999, milliseconds(p999)),
        Number("requests", "Requests", run.answered.size, f"{run.answered.size:,}"),
        Number("failed", "Failed", run.failed, _failed(run)),
        *[Number("retries", "Sent again", again, f"{again:,} times")] * scenario.retried,
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


def _failed(run: Run) -> str:
    """How many failed, and of what; the most frequent first."""
    counts = np.bincount(run.outcome.status, minlength=len(CAUSES))
    order = [int(k) for k in np.argsort(-counts, kind="stable") if k != OK and counts[k]]
    causes = ", ".join(f"{counts[k]:,} {CAUSES[k]}" for k in order)
    return f"{run.failed:,}" + (f": {causes}" if causes else "")


def theory_ms(
    scenario: FleetScenario, slower: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Erlang's percentiles, ms: each target with its own random share, and one queue for all."""
    per_s, n, c = scenario.offered_per_s, scenario.targets, scenario.workers
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
    if scenario.queue_limit is not None or np.isfinite(scenario.clients.patience_s):
        return "not all requests stay"
    if scenario.service_times != "exponential":
        return f"{scenario.service_times} service"
    if scenario.pattern != "poisson":
        return "the rate varies"
    return scenario.doubt


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
    sent = [Curve("sent_per_s", "sent, with retries", "third")] * scenario.retried
    return (
        Panel(
            "Requests",
            "requests/s",
            (
                *sent,
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
