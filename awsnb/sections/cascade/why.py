"""Which link broke first, what it took with it, and how the night ended, in sentences."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb.sections.cascade.load import MINUTE_S
from awsnb.sections.cascade.scenario import CPU, PROXY
from awsnb.sections.cascade.simulate import FEW_PCT, FULL, Floats, Outcome
from awsnb.sections.cascade.site import PUBLISHES_S
from awsnb.words import are, counted, percent, span

SLOW_S = 1.0
WARM_PCT = 80.0  # of requests that hit a cache that is full again
SOON_S = 120.0  # within which one link counts as breaking because of another


@dataclass(frozen=True)
class Link:
    """A link that broke: its name, when, how it shows, and what is seen of it in the picture."""

    name: str
    at_s: float
    sentence: str
    seen: str


def why(outcome: Outcome) -> str:
    """Say what failed in all nights, then what broke in the shown one, in order."""
    links = broken(outcome)
    said = [_verdict(outcome)]
    if outcome.fails and links:
        said.append(f"First to break: the {links[0].name}.")
    said += [link.sentence for link in links]
    said += [_bulkhead(outcome), _proxy(outcome), _end(outcome)]
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
    over = counted(len(outcome.nights), "night")
    if not outcome.fails:
        return f"Nothing fails in {over}: all users get their answer."
    said, middle = shares(outcome.failed_pct), share(float(outcome.shown.totals.failed_pct))
    here = "" if said == middle else f" ({middle} in the one shown)"
    return f"{said} of all users fail for good, over {over}{here}."


def _volume(outcome: Outcome) -> Link | None:
    if not outcome.volume.capacity:
        return None
    at_s = outcome.first_s(outcome.shown.steps["credits"] < 1.0)
    if at_s is None:
        return None
    return Link(
        "volume",
        at_s,
        f"At {_clock(outcome, at_s)} the volume's credits are spent, and "
        f"{_noticed(outcome, at_s)}.",
        f"The volume's credits are spent: {outcome.volume.baseline:,.0f} IOPS are left.",
    )


def _noticed(outcome: Outcome, at_s: float) -> str:
    """Say when the first user fails for good."""
    failed_s = outcome.first_s(np.cumsum(outcome.shown.steps["failed"]) >= 1)
    if failed_s is None:
        return "still nothing fails"
    when = _clock(outcome, failed_s)
    soon = abs(failed_s - at_s) < SOON_S
    return f"users fail from {when} on" if soon else f"nothing fails until {when}"


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
        f"At {_clock(outcome, at_s)} all {threads[step]:,.0f} threads wait for the database"
        f"{_cpu(outcome, step)}.",
        "All threads wait for the database.",
    )


def _cpu(outcome: Outcome, step: int) -> str:
    """Say what the CPU does while the threads wait, and what a policy that sees it does."""
    scenario = outcome.scenario
    cpu_pct = float(outcome.shown.steps["cpu_pct"][step])
    if scenario.scale_on != CPU or cpu_pct >= scenario.target_pct:
        return f", with the CPU at {percent(cpu_pct)}"
    target = f"target tracking at {scenario.target_pct:g} %"
    return f"; the CPU is at {percent(cpu_pct)}, and {target} adds nothing"


def _connections(outcome: Outcome) -> Link | None:
    if outcome.scenario.connect == PROXY:
        return None
    refused = outcome.shown.steps["refused"] > 0
    at_s = outcome.first_s(refused & (outcome.shown.steps["connections"] > _nearly_all(outcome)))
    if at_s is None:
        return None
    refuses = f"the database refuses what exceeds {outcome.scenario.most_connections:,} connections"
    return Link(
        "database's connections",
        at_s,
        f"From {_clock(outcome, at_s)} on {refuses}{_refused(outcome)}.",
        f"{refuses[0].upper()}{refuses[1:]}.",
    )


def _refused(outcome: Outcome) -> str:
    """Say how many it refuses, where it alone does."""
    if outcome.scenario.bulkhead is not None:
        return ""
    return f": {outcome.shown.totals.refused:,.0f} requests fail at once"


def _bulkhead(outcome: Outcome) -> str:
    """Say how many requests a bulkhead let fail at once, where it alone did."""
    refused = outcome.shown.totals.refused
    if outcome.scenario.bulkhead is None or refused < 1 or _connections(outcome):
        return ""
    return f"The bulkhead lets {refused:,.0f} requests fail at once."


def _proxy(outcome: Outcome) -> str:
    """Say that a proxy shares what was never short, or what it does where it is short."""
    most, wanted = outcome.scenario.most_connections, outcome.shown.steps["connections"].max()
    if outcome.scenario.connect != PROXY or not outcome.fails:
        return ""
    if wanted < _nearly_all(outcome):
        return f"The proxy changes nothing: {wanted:,.0f} of {most:,} connections are wanted."
    return (
        f"{wanted:,.0f} connections are wanted and the database has {most:,}: behind the proxy "
        "the rest wait, and none is refused."
    )


def _nearly_all(outcome: Outcome) -> float:
    return 0.99 * outcome.scenario.most_connections


def _check(outcome: Outcome) -> Link | None:
    at_s = outcome.first_s(outcome.shown.steps["replaced"] > 0)
    if at_s is None:
        return None
    number = int(outcome.shown.totals.replaced)
    return Link(
        "health check",
        at_s,
        f"From {_clock(outcome, at_s)} on health checks time out in the queue: "
        f"{counted(number, 'instance')} {are(number)} replaced.",
        "Health checks time out in the queue, and instances are replaced.",
    )


def _end(outcome: Outcome) -> str:
    """Say whether the site is whole at the end, and since when."""
    slow, whole_s = outcome.p99_s > SLOW_S, whole_from_s(outcome)
    if whole_s is not None:
        return f"From {_clock(outcome, whole_s)} on p99 is below {SLOW_S:g} s again."
    if not slow.any():
        return ""
    p99, hits_pct = span(float(outcome.p99_s[-1])), 100 * float(outcome.by_minute("hit_ratio")[-1])
    gone = ": the site serves clients who have left" * serves_in_vain(outcome)
    return f"At the end p99 is still {p99}, with {percent(hits_pct)} cache hits{gone}."


def whole_from_s(outcome: Outcome) -> float | None:
    """Return from when on p99 stays below 1 s, s; None if it always was, or is not at the end."""
    slow = outcome.p99_s > SLOW_S
    return _after_last(slow) if slow.any() and not slow[-1] else None


def warm_from_s(outcome: Outcome) -> float | None:
    """Return from when on a cache whose keys had expired stays full, s; None if it never is."""
    cold = 100 * outcome.by_minute("hit_ratio") <= WARM_PCT
    cold[: int(PUBLISHES_S / MINUTE_S)] = False
    return _after_last(cold) if cold.any() and not cold[-1] else None


def serves_in_vain(outcome: Outcome) -> bool:
    """Say whether the cache is full again, and most work is for clients who have left."""
    warm_s = warm_from_s(outcome)
    if warm_s is None or whole_from_s(outcome) is not None:
        return False
    since = slice(int(warm_s / MINUTE_S), None)
    in_vain, answered = (outcome.by_minute(name)[since].sum() for name in ("in_vain", "answered"))
    return bool(in_vain > answered)


def _after_last(found: NDArray[np.bool_]) -> float:
    """Return when the last minute in which it is found is over, s."""
    return MINUTE_S * (found.size - int(found[::-1].argmax()))


def _clock(outcome: Outcome, seconds: float) -> str:
    return f"{outcome.load.clock(seconds):%H:%M}"
