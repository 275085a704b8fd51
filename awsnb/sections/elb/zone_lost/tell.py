"""What there is to say: how many requests fail, why, for how long, and what the rest must carry."""

from math import ceil, isfinite

from awsnb.aws.elb import ELB
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.elb.zone_lost.scenario import DARK, UNSEEN
from awsnb.sections.elb.zone_lost.scene import scene
from awsnb.sections.elb.zone_lost.simulate import TTL_S, Outcome
from awsnb.words import counted, percent, span

MOST_DRAWN = 600


def tell(outcome: Outcome) -> Result:
    """Say what the loss of a zone does to requests.

    Returns
    -------
    Result
        `series` has by ``at_min``, minutes from the failure on: requests a second that fail, by
        cause, percent of the requests sent to zone a's address, and the load of the targets.
    """
    every = ceil(outcome.at_s.size / MOST_DRAWN)
    columns = {
        "at_min": outcome.at_s / 60,
        "at_address_rps": outcome.at_address,
        "to_dead_rps": outcome.to_dead,
        "too_many_rps": outcome.too_many,
        "held_pct": 100 * outcome.held,
        "load_pct": 100 * outcome.load,
    }
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={name: column[::every] for name, column in columns.items()},
        panels=_panels(outcome),
        notes=_notes(outcome),
        scene=scene(outcome, every),
    )


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    times = outcome.times
    return (
        Panel("Requests that fail", "requests/s",
              (Curve("at_address_rps", "at a node that is gone", "first", compare=True),
               Curve("to_dead_rps", "at dead targets", "second", compare=True),
               Curve("too_many_rps", "too many for the rest", "third", compare=True)),
              x="at_min", x_title="minutes from the failure on",
              events=_events(("it fails", 0.0), ("it works again", times.over))),
        Panel("Requests sent to zone a's address", "%",
              (Curve("held_pct", "of all", "first", compare=True),), x="at_min",
              events=_events(("out of DNS", times.leaves_dns), ("in it again", _again(outcome)))),
        Panel("Load of the busiest zone's targets", "%",
              (Curve("load_pct", "load", "second", compare=True),), x="at_min",
              events=_events(("found", times.noticed), ("healthy again", _healthy(outcome)))),
    )  # fmt: skip


def _again(outcome: Outcome) -> float:
    left = isfinite(outcome.times.leaves_dns)
    return outcome.times.in_dns_again if left else float("inf")


def _healthy(outcome: Outcome) -> float:
    return outcome.times.healthy if isfinite(outcome.times.noticed) else float("inf")


def _events(*events: tuple[str, float]) -> tuple[tuple[float, str], ...]:
    return tuple((at_s / 60, text) for text, at_s in events if isfinite(at_s))


def needed(outcome: Outcome) -> int:
    """How many targets a zone must have for the other zones to carry all requests."""
    scenario = outcome.scenario
    return ceil(scenario.requests_per_s / (scenario.zones - 1) / scenario.target_per_s)


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    failed, worst = round(outcome.failed_requests), _worst_pct(outcome)
    most = 100 * float(outcome.load.max())
    enough = needed(outcome)
    return (
        Number("failed", "Requests that fail", failed,
               f"{failed:,}, {percent(outcome.failed_pct)}" if failed else "none", headline=True),
        Number("failing_s", "Requests fail for", outcome.failing_s,
               span(outcome.failing_s, "no time"), headline=True),
        Number("busiest_pct", "Highest load", most, percent(most), headline=True),
        Number("worst_pct", "Failing at the worst moment", worst, percent(worst)),
        Number("noticed_s", "Dead targets found after", *_after(outcome.times.noticed)),
        Number("leaves_dns_s", "Zone a's address out of DNS after",
               *_after(outcome.times.leaves_dns)),
        Number("needed", "Targets a zone to do without one", enough, f"{enough:,}"),
    )  # fmt: skip


def _after(at_s: float) -> tuple[float | None, str]:
    return (at_s, span(at_s, "at once")) if isfinite(at_s) else (None, "never")


def _worst_pct(outcome: Outcome) -> float:
    return 100 * float(outcome.failed.max()) / outcome.scenario.requests_per_s


def _why(outcome: Outcome) -> str:
    if outcome.failed_requests < 1:
        return f"No request fails. {_capacity(outcome)}"
    causes = {
        _address: float(outcome.at_address.sum()),
        _dead: float(outcome.to_dead.sum()),
        _overflow: float(outcome.too_many.sum()),
    }
    main = max(causes, key=lambda cause: causes[cause])
    count = round(outcome.failed_requests)
    failed = f"{counted(count, 'request')}, {percent(outcome.failed_pct)} of all, "
    part = _part(causes[main] / outcome.failed_requests)
    rest = _capacity(outcome) if main is not _overflow else ""
    does = "fails" if count == 1 else "fail"
    return f"{failed}{does}. {part} {main(outcome)} {rest}".rstrip()


def _part(share: float) -> str:
    if share > 0.999:
        return "They"
    return "Most of them" if share > 0.5 else "The largest part of them"


def _address(outcome: Outcome) -> str:
    """Say who still sends to a node that is gone."""
    times, scenario = outcome.times, outcome.scenario
    begin = "were sent to zone a's address"
    if not isfinite(times.leaves_dns):
        return f"{begin}, which DNS gives out all the time: it is over too soon."
    kept = f"{begin}, which DNS gave out for {span(times.leaves_dns, 'no time')} more"
    over, last_s = times.over, 60 * scenario.cache_min if scenario.long_pct else TTL_S
    who = "clients that cache longer" if scenario.long_pct else "the last clients"
    if times.leaves_dns + last_s > over:
        return f"{kept}; {who} still had it when the zone was back."
    return f"{kept}; {who} had it up to {span(last_s)} longer."


def _dead(outcome: Outcome) -> str:
    """Say for how long nodes send to dead targets."""
    times, begin = outcome.times, "were sent to targets that"
    if outcome.scenario.event == UNSEEN:
        end = _until_shift(outcome) if isfinite(times.shifted) else "until it was over"
        return f"{begin} pass their health checks and fail, {end}."
    if _open(outcome):
        return (
            f"{begin} were dead. Once these were found, too few were healthy, and nodes sent to "
            "all of them: routing failover."
        )
    if times.shifted < times.noticed:
        return f"{begin} were dead, {_until_shift(outcome)}."
    if not isfinite(times.noticed):
        return f"{begin} were dead; health checks did not find them before it was over."
    return f"{begin} were dead, until health checks found these after {span(times.noticed)}."


def _until_shift(outcome: Outcome) -> str:
    at_s = outcome.times.shifted
    return f"until a zonal shift {f'after {span(at_s)}' if at_s else 'at once'}"


def _open(outcome: Outcome) -> bool:
    """Whether dead targets get requests although they are known."""
    known = (outcome.at_s > outcome.times.noticed) & (outcome.at_s < outcome.times.over)
    return bool((outcome.to_dead[known] > 0).any())


def _overflow(outcome: Outcome) -> str:
    most, enough = 100 * float(outcome.load.max()), needed(outcome)
    return (
        f"were too many for the targets that were left: the load was up to {percent(most)} of what "
        f"these serve. With {counted(enough, 'target')} a zone, the others carry the loss of one."
    )


def _capacity(outcome: Outcome) -> str:
    """Say whether the targets that are left carry the load."""
    most = 100 * float(outcome.load.max())
    if most > 100:
        return f"The busiest zone's targets were asked for {percent(most)} of what they serve."
    return (
        f"The targets that were left carried the rest, at most {percent(most)} of what they serve."
    )


def _notes(outcome: Outcome) -> tuple[str, ...]:
    notes = (
        "Clients that try the next address at once, or again, are not counted as better off.",
        _note_of_dns(outcome),
        _note_of_shift(outcome),
        "Health checks are taken at their slowest: it fails right after a check.",
    )
    return tuple(filter(None, notes))


def _note_of_dns(outcome: Outcome) -> str:
    """Say what is assumed of DNS, which AWS does not publish."""
    if not isfinite(outcome.times.leaves_dns):
        return ""
    dark = ELB.get("elb", "dark_zone_leaves_dns")
    leaves = f"a dark zone's address leaves DNS after {dark.value} s, and that "
    when = leaves if outcome.scenario.event == DARK else ""
    back = "the address is back in DNS once zone a's targets are healthy"
    return f"Assumed, since AWS does not publish it: {when}{back}."


def _note_of_shift(outcome: Outcome) -> str:
    """Say whether a zonal shift helps, and since when it does with cross-zone on."""
    if outcome.scenario.zonal_shift_min is None:
        return ""
    if not isfinite(outcome.times.shifted):
        return (
            "The zonal shift has no effect: it comes too late, or nodes send to unhealthy targets."
        )
    since = ELB.get("zonal_shift", "cross_zone_on").since
    ends = "The zonal shift is taken to end once all is well."
    if not outcome.scenario.cross_zone:
        return ends
    return f"{ends} With cross-zone on an ALB takes one since {since}; the month is recalled."
