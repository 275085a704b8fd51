"""How a load balancer's answer is drawn: rates, latencies, targets, and the way of a request."""

import math

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.aws.elb.path import BALANCERS, budget
from awsnb.results import Curve, Panel
from awsnb.sections._balancing.scenario import (
    CRASH,
    DEREGISTER,
    ERRORS,
    HANG,
    NOTHING,
    FleetScenario,
)
from awsnb.sections._balancing.simulate import Outcome

Array = NDArray[np.float64]

LEAST_SLOWER, MOST_SLOWER = 1.25, 1000.0
FULL_PCT = 97.0  # load above which a run is too short for averages to settle
PARTS = (
    Curve("tcp_ms", "TCP", "first"),
    Curve("tls_ms", "TLS", "second"),
    Curve("exchange_ms", "request", "third"),
    Curve("balancer_ms", "load balancer", "fourth"),
    Curve("target_ms", "service", "fifth"),
)


def columns_of(outcome: Outcome) -> dict[str, np.ndarray]:
    """All that is drawn, by column."""
    scenario = outcome.scenario
    slower = np.geomspace(LEAST_SLOWER, MOST_SLOWER, 60)
    alone_ms, pooled_ms = erlang_ms(scenario, outcome.load.per_s, slower)
    return {
        **outcome.over_time,
        "target": _target_names(scenario),
        "share_pct": outcome.share_pct,
        "busy_pct": outcome.busy_pct,
        "slower_than": slower,
        "latency_ms": outcome.percentile_ms(*(100 * (1 - 1 / slower))),
        "alone_ms": alone_ms,
        "pooled_ms": pooled_ms,
        **_budgets(outcome),
    }


def panels_of(outcome: Outcome) -> tuple[Panel, ...]:
    """The plots, one above the other."""
    events = events_of(outcome.scenario)
    return (
        _rates(outcome.scenario, events),
        _latency(events),
        _each_target(),
        _slowest(doubts(outcome)),
        _way(),
    )


def doubts(outcome: Outcome) -> str:
    """Why Erlang's formula does not apply; "" if it does."""
    scenario = outcome.scenario
    if outcome.load_pct >= FULL_PCT:
        return "no steady state"
    if scenario.happens:
        return "a target is lost"
    if scenario.queue_limit is not None:
        return "not all requests stay"
    if scenario.service_times != "exponential":
        return f"{scenario.service_times} service"
    if scenario.pattern != "poisson":
        return "the rate varies"
    return scenario.doubt


def erlang_ms(scenario: FleetScenario, per_s: float, slower: Array) -> tuple[Array, Array]:
    """Erlang's latencies that one request in so many exceeds.

    Returns
    -------
    alone_ms, pooled_ms : ndarray of float, shape of `slower`
        With its own random share for each target, and with one queue for all; NaN in an overload.
    """
    n, c, service_s = scenario.targets, scenario.workers, scenario.service_ms / 1000
    return (
        _quantiles_ms(slower, per_s / n, service_s, c),
        _quantiles_ms(slower, per_s, service_s, n * c),
    )


def _quantiles_ms(slower: Array, per_s: float, service_s: float, workers: int) -> Array:
    """Read the percentiles off a table of the closed form, which gives shares of times."""
    if per_s * service_s >= workers:
        return np.full(slower.shape, np.nan)
    queue = per_s, service_s, workers
    longest_s = theory.mmc_sojourn_quantile_s(1 - 0.99 / slower[-1], *queue)
    times_s = np.linspace(0.0, longest_s, 150)
    one_in = 1 / theory.mmc_sojourn_tail(times_s, *queue)
    return 1000 * np.interp(np.log(slower), np.log(one_in), times_s)


def _target_names(scenario: FleetScenario) -> NDArray[np.str_]:
    return np.array([f"{k + 1}{'abcdef'[scenario.zone_of(k)]}" for k in range(scenario.targets)])


def _budgets(outcome: Outcome) -> dict[str, np.ndarray]:
    """The way of one request on a new and on a kept connection, through each load balancer."""
    scenario = outcome.scenario
    cases = [(kind, new) for new in (True, False) for kind in BALANCERS]
    ways = [
        budget(
            kind,
            scenario.rtt_ms,
            scenario.tls,
            scenario.service_ms,
            new=new,
            crossing=outcome.crossing,
        )
        for kind, new in cases
    ]
    names = [f"{kind}, {'new' if new else 'kept'}" for kind, new in cases]
    columns = {part.column: np.array([getattr(way, part.column) for way in ways]) for part in PARTS}
    return {"connection": np.array(names), **columns}


def events_of(scenario: FleetScenario) -> tuple[tuple[float, str], ...]:
    """What happens to target 1, and when."""
    if scenario.event == NOTHING:
        return ()
    does = {CRASH: "crash", HANG: "hang", ERRORS: "errors", DEREGISTER: "deregistered"}
    events = [(scenario.event_s, does[scenario.event])]
    found_s = scenario.event_s + scenario.detected_after_s
    back_s = math.inf if scenario.returns_at_s is None else float(scenario.returns_at_s)
    if scenario.event != DEREGISTER and found_s < back_s:
        events.append((found_s, "taken out"))
    events.append((back_s, "back"))
    return tuple((at_s, text) for at_s, text in events if at_s < scenario.duration_s)


def _rates(scenario: FleetScenario, events: tuple[tuple[float, str], ...]) -> Panel:
    curves: tuple[Curve, ...] = (
        Curve("asked_per_s", "arrived", "demand"),
        Curve("answered_per_s", "answered", "served", compare=True),
        Curve("errors_per_s", "errors", "second"),
    )
    if scenario.retried:
        curves = (Curve("sent_per_s", "sent, with retries", "third"), *curves)
    return Panel(
        "Requests",
        "requests/s",
        curves,
        x="second",
        x_title="time of arrival (s)",
        events=events,
    )


def _latency(events: tuple[tuple[float, str], ...]) -> Panel:
    return Panel(
        "Latency over time",
        "ms",
        (Curve("p50_ms", "median", "first"), Curve("p99_ms", "p99", "second", compare=True)),
        log=True,
        x="second",
        events=events,
    )


def _each_target() -> Panel:
    return Panel(
        "Each target",
        "%",
        (
            Curve("share_pct", "of the requests", "first"),
            Curve("busy_pct", "of its time busy", "second"),
        ),
        kind="bars",
        x="target",
        x_title="target, and its zone",
    )


def _slowest(doubt: str) -> Panel:
    doubtful = ((LEAST_SLOWER, MOST_SLOWER, f"theory: {doubt}"),) if doubt else ()
    return Panel(
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
        doubtful=doubtful,
    )


def _way() -> Panel:
    return Panel(
        "What a request costs",
        "ms",
        PARTS,
        kind="bars",
        x="connection",
        x_title="load balancer, and whether the connection is new",
        stacked=True,
    )
