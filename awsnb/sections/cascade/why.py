"""Which link broke first, what it took with it, and how the night ended, in sentences."""

from dataclasses import dataclass

import numpy as np

from awsnb.sections.cascade.scenario import CPU, PROXY
from awsnb.sections.cascade.simulate import FEW_PCT, FULL, Floats, Outcome
from awsnb.words import are, counted, percent, span

SLOW_S = 1.0
WARM_PCT = 80.0  # of requests that hit a cache that is full again
SOON_S = 120.0  # within which one link counts as breaking because of another


@dataclass(frozen=True)
class Link:
    """A link that broke: its name, when, and how it shows."""

    name: str
    at_s: float
    sentence: str


def why(outcome: Outcome) -> str:
    """Say what failed in all nights, then what broke in the shown one, in order."""
    links = broken(outcome)
    said = [_verdict(outcome)]
    if outcome.fails and links:
        said.append(f"First to break: the {links[0].name}.")
    said += [link.sentence for link in links]
    said += [_proxy(outcome), _end(outcome)]
    return " ".join(filter(None, said))


def broken(outcome: Outcome) -> list[Link]:
    """List the links that broke in the shown night, the first one first."""
    found = _volume(outcome), _threads(outcome), _connections(outcome), _check(outcome)
    return sorted((link for link in found if link), key=lambda link: link.at_s)


def share(failed_pct: float) -> str:
    """Say how many failed: so few that they count as none are ``0 %``."""
    return percent(failed_pct if failed_pct >= FEW_PCT else 0.0)


def shares(failed_pct: Floats) -> str:
    """Say the least and the most that failed: ``11 % to 53 %``, or the one number if it is one."""
    return across(share(float(failed_pct.min())), share(float(failed_pct.max())))


def across(least: str, most: str) -> str:
    """Say two ends as a range, or the one text that both are."""
    return least if least == most else f"{least} to {most}"


def _verdict(outcome: Outcome) -> str:
    users = f"{outcome.shown.totals.users:,.0f} users"
    over = f"over {counted(len(outcome.nights), 'set')} of health-check phases"
    if not outcome.fails:
        return f"Nothing fails, {over}: all of {users} get their answer."
    said, middle = shares(outcome.failed_pct), share(float(outcome.shown.totals.failed_pct))
    here = "" if said == middle else f" ({middle} here)"
    return f"{said} of {users} fail for good, {over}{here}."


def _volume(outcome: Outcome) -> Link | None:
    if not outcome.volume.capacity:
        return None
    at_s = outcome.first_s(outcome.shown.steps["credits"] < 1.0)
    if at_s is None:
        return None
    return Link(
        "volume",
        at_s,
        f"At {_clock(outcome, at_s)} the volume's {outcome.volume.capacity:,.0f} I/O credits are "
        f"spent, {outcome.volume.baseline:,.0f} IOPS are left, and "
        f"{_noticed(outcome, at_s)}.",
    )


def _noticed(outcome: Outcome, at_s: float) -> str:
    """Say when the first user fails for good."""
    failed_s = outcome.first_s(np.cumsum(outcome.shown.steps["failed"]) >= 1)
    if failed_s is None:
        return "nothing fails of it"
    when = _clock(outcome, failed_s)
    return f"users fail from {when}" if failed_s - at_s < SOON_S else f"nothing fails until {when}"


def _threads(outcome: Outcome) -> Link | None:
    steps = outcome.shown.steps
    threads = outcome.scenario.threads * steps["in_service"]
    at_s = outcome.first_s((steps["queries"] >= FULL * threads) & (threads > 0))
    if at_s is None:
        return None
    step = int(at_s / outcome.scenario.step_s)
    return Link(
        "instances' threads",
        at_s,
        f"At {_clock(outcome, at_s)} all {threads[step]:,.0f} threads wait for the database: "
        f"{_missed(outcome, step)}{_cpu(outcome, step)}.",
    )


def _missed(outcome: Outcome, step: int) -> str:
    row = outcome.shown.steps[step]
    return (
        f"{percent(100 - 100 * float(row['hit_ratio']))} of requests miss the cache, a query takes "
        f"{span(float(row['query_ms']) / 1000)}"
    )


def _cpu(outcome: Outcome, step: int) -> str:
    """Say what the CPU does while the threads wait, and what a policy that sees it does."""
    scenario = outcome.scenario
    cpu_pct = float(outcome.shown.steps["cpu_pct"][step])
    if scenario.scale_on != CPU or cpu_pct >= scenario.target_pct:
        return f", and the CPU is at {percent(cpu_pct)}"
    target = f"target tracking at {scenario.target_pct:g} %"
    return f", the CPU is at {percent(cpu_pct)}, and {target} adds nothing"


def _connections(outcome: Outcome) -> Link | None:
    if outcome.scenario.connect == PROXY:
        return None
    refused = outcome.shown.steps["refused"] > 0
    at_s = outcome.first_s(refused & (outcome.shown.steps["connections"] > _nearly_all(outcome)))
    if at_s is None:
        return None
    return Link(
        "database's connections",
        at_s,
        f"From {_clock(outcome, at_s)} the database refuses what exceeds "
        f"{outcome.scenario.most_connections:,} connections: "
        f"{outcome.shown.totals.refused:,.0f} requests fail at once, which sheds load.",
    )


def _proxy(outcome: Outcome) -> str:
    """Say that a proxy shares what was never short."""
    most, wanted = outcome.scenario.most_connections, outcome.shown.steps["connections"].max()
    if outcome.scenario.connect != PROXY or not outcome.fails or wanted >= _nearly_all(outcome):
        return ""
    return f"The proxy changes nothing: {wanted:,.0f} of {most:,} connections are wanted."


def _nearly_all(outcome: Outcome) -> float:
    return 0.99 * outcome.scenario.most_connections


def _check(outcome: Outcome) -> Link | None:
    steps = outcome.shown.steps
    at_s = outcome.first_s(steps["replaced"] > 0)
    if at_s is None:
        return None
    number = int(outcome.shown.totals.replaced)
    count = counted(number, "instance")
    return Link(
        "health check",
        at_s,
        f"From {_clock(outcome, at_s)} health checks time out in the same queue: {count} "
        f"{are(number)} replaced{_none_left(outcome)}.",
    )


def _none_left(outcome: Outcome) -> str:
    at_s = outcome.first_s(outcome.shown.steps["in_service"] == 0)
    return "" if at_s is None else f", and at {_clock(outcome, at_s)} none is in service"


def _end(outcome: Outcome) -> str:
    """Say whether the site is whole at the end, and since when."""
    slow = outcome.p99_s > SLOW_S
    if not slow.any():
        return ""
    if slow[-1]:
        hits_pct = 100 * float(outcome.by_minute("hit_ratio")[-1])
        gone = ": the site answers clients who have left" * (outcome.fails and hits_pct > WARM_PCT)
        p99 = span(float(outcome.p99_s[-1]))
        return f"At the end p99 is still {p99}, with {percent(hits_pct)} cache hits{gone}."
    last_s = 60.0 * (slow.size - int(slow[::-1].argmax()))
    return f"From {_clock(outcome, last_s)} on p99 is below {SLOW_S:g} s again."


def _clock(outcome: Outcome, seconds: float) -> str:
    return f"{outcome.load.clock(seconds):%H:%M:%S}".removesuffix(":00")
