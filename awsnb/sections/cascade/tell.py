"""What there is to say of a night: numbers, the reason, the curves."""

import numpy as np

from awsnb.aws.prices import EC2
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.cascade.scenario import INSTANCE
from awsnb.sections.cascade.scene import scene
from awsnb.sections.cascade.simulate import Floats, Outcome
from awsnb.sections.cascade.why import across, broken, share, shares, why
from awsnb.words import counted, percent, span


def tell(outcome: Outcome) -> Result:
    """Say what became of the night.

    Returns
    -------
    Result
        `series` has per minute, of the night in the middle: requests a second by what became of
        them, what is left of the credits, the cache's hits, threads that wait and CPU (%), the p99
        (s); and of all nights the least, the median and the most that failed.
    """
    least, median, most = np.quantile(outcome.failed_per_s, (0.0, 0.5, 1.0), axis=0)
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=why(outcome),
        numbers=_numbers(outcome),
        data={
            "time": outcome.load.times(),
            "users_per_s": outcome.load.users_per_s,
            "sent_per_s": _per_s(outcome, "sent"),
            "answered_per_s": _per_s(outcome, "answered"),
            **_credit(outcome),
            "hits_pct": 100 * outcome.by_minute("hit_ratio"),
            "threads_pct": outcome.threads_pct,
            "cpu_pct": outcome.by_minute("cpu_pct"),
            "p99_s": outcome.p99_s,
            "failed_least_per_s": least,
            "failed_median_per_s": median,
            "failed_most_per_s": most,
        },
        panels=_panels(outcome),
        notes=tuple(_notes(outcome)),
        scene=scene(outcome),
    )


def _per_s(outcome: Outcome, column: str) -> Floats:
    return outcome.by_minute(column) / outcome.scenario.step_s


def _credit(outcome: Outcome) -> dict[str, Floats]:
    if not outcome.volume.capacity:
        return {}
    return {"credit_pct": 100 * outcome.by_minute("credits") / outcome.volume.capacity}


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    failed, slow, replaced = outcome.failed_pct, outcome.slow_min, outcome.replaced
    cost = outcome.usd_month
    totals, links = outcome.shown.totals, broken(outcome)
    first = links[0] if links and outcome.fails else None
    return (
        Number("failed_pct", "Failed", float(np.median(failed)),
               shares(failed), headline=True),
        Number("slow_min", "Minutes over 1 s (p99)", float(np.median(slow)),
               across(f"{slow.min():.0f}", f"{slow.max():.0f}"), headline=True),
        Number("first_broken", "Broke first", first.name if first else None,
               first.name if first else "nothing", headline=True),
        Number("usd_month", "A month of it", float(np.median(cost)),
               f"{across(f'{cost.min():,.0f}', f'{cost.max():,.0f}')} USD", headline=True),
        Number("failed_least_pct", "Failed at least", float(failed.min()),
               share(float(failed.min()))),
        Number("failed_most_pct", "Failed at most", float(failed.max()),
               share(float(failed.max()))),
        Number("replaced", "Instances replaced", int(np.median(replaced)),
               across(f"{replaced.min():,.0f}", f"{replaced.max():,.0f}")),
        Number("users", "Users", round(totals.users), f"{totals.users:,.0f}"),
        Number("sent", "Requests sent, with retries", round(totals.sent), f"{totals.sent:,.0f}"),
        Number("refused", "Queries refused", round(totals.refused),
               f"{totals.refused:,.0f}"),
        _broke("credits_out_min", "Credits spent after", outcome, "volume"),
        _broke("threads_full_min", "All threads wait after", outcome, "instances' threads"),
        Number("cpu_when_full_pct", "CPU at that moment", _cpu_when_full(outcome),
               _text(_cpu_when_full(outcome))),
        Number("connections", f"Connections {outcome.scenario.connections_are} at most",
               round(float(outcome.shown.steps["connections"].max())),
               f"{outcome.shown.steps['connections'].max():,.0f} of "
               f"{outcome.scenario.most_connections:,}"),
    )  # fmt: skip


def _broke(name: str, label: str, outcome: Outcome, link: str) -> Number:
    at_s = next((one.at_s for one in broken(outcome) if one.name == link), None)
    if at_s is None:
        return Number(name, label, None, "never")
    return Number(name, label, at_s / 60, span(at_s))


def _cpu_when_full(outcome: Outcome) -> float | None:
    at_s = next((one.at_s for one in broken(outcome) if "threads" in one.name), None)
    if at_s is None:
        return None
    return float(outcome.shown.steps["cpu_pct"][int(at_s / outcome.scenario.step_s)])


def _text(share_pct: float | None) -> str:
    return "-" if share_pct is None else percent(share_pct)


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    times = outcome.load.times()
    links = {one.name: one for one in broken(outcome)}
    events = tuple(
        (times[0] + np.timedelta64(round(link.at_s), "s"), name) for name, link in links.items()
    )
    credit = (Curve("credit_pct", "I/O credits left", "first"),) * bool(outcome.volume.capacity)
    return (
        Panel(
            "Requests", "requests/s",
            (Curve("users_per_s", "users", "demand"),
             Curve("answered_per_s", "answered", "served", True),
             Curve("sent_per_s", "sent, with retries", "third")),
        ),
        Panel(
            "What is used, what is left", "%",
            (*credit, Curve("hits_pct", "cache hits", "second"),
             Curve("threads_pct", "threads that wait", "third", True),
             Curve("cpu_pct", "CPU", "fourth")),
            limits=(0.0, 100.0), events=events,
        ),
        Panel("p99", "s", (Curve("p99_s", "p99", "served", True),), log=True),
        Panel(
            f"Failed, over {counted(len(outcome.nights), 'night')}", "requests/s",
            (Curve("failed_most_per_s", "most", "third"),
             Curve("failed_median_per_s", "median", "first", True),
             Curve("failed_least_per_s", "least", "second")),
        ),
    )  # fmt: skip


def _notes(outcome: Outcome) -> list[str]:
    scenario, price = outcome.scenario, EC2.get(INSTANCE, "hour_price")
    return [
        *outcome.load.notes,
        f"{counted(len(outcome.nights), 'night')} in steps of {scenario.step_s} s. They differ "
        "only in the seconds at which each instance is checked; curves and sentences are of the "
        "one in the middle, by how much failed.",
        "p99 below saturation is an order of magnitude: single I/Os and CPU queues are left out.",
        "Assumed, since no provider publishes them: CPU and I/Os of requests, queries and logins, "
        "the batch, and the clients' patience.",
        f"Prices: {price.region}, as of {price.as_of}; without the balancer's capacity units and "
        "traffic. Fewer instances alive cost less.",
    ]
