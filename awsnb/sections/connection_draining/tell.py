"""What there is to say of a deploy: what it cuts, how long it takes, which delay would do."""

import numpy as np

from awsnb.aws.elb import ELB
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.connection_draining.scenario import ALB, CLB, NLB
from awsnb.sections.connection_draining.scene import scene
from awsnb.sections.connection_draining.simulate import DELAYS_S, Outcome
from awsnb.words import counted, percent, span

LEAST_PCT = 1e-2  # the end of the axis: a share below it is not drawn
LEAST_CUT = 1e-2


def tell(outcome: Outcome) -> Result:
    """Say what a deploy of the whole fleet cuts, and how long it takes.

    Returns
    -------
    Result
        `data` has, by ``after_s`` after deregistering, the share of requests still in flight:
        drawn, in closed form, and what one would expect from the request times. By
        ``deploy_min``, it has what is cut with each delay up to an hour.
    """
    one, after = outcome.scenario, outcome.after_s
    drawn = 1 - np.searchsorted(outcome.drawn_s, after, side="right") / outcome.drawn_s.size
    return Result(
        scenario=one,
        label=one.text,
        why=f"{_requests(outcome)}{_connections(outcome)}",
        numbers=_numbers(outcome),
        data={
            "after_s": after,
            "drawn_pct": _shown(100 * drawn),
            "in_flight_pct": _shown(100 * outcome.work.residual_tail(after)),
            "any_request_pct": _shown(100 * outcome.work.tail(after)),
            "deploy_min": outcome.delay_deploy_min,
            "cut_requests": _shown(outcome.delay_cut),
            "delay_s": DELAYS_S,
        },
        panels=(_flight(outcome), _trade(outcome)),
        notes=tuple(_notes(outcome)),
        scene=scene(outcome),
    )


def few(count: float) -> str:
    """Say a mean count: ``0``, ``under 0.01``, ``0.3``, ``14``, ``2,300``."""
    if not count:
        return "0"
    if count < 0.01:
        return "under 0.01"
    return f"{count:.2g}" if count < 9.95 else f"{float(f'{count:.3g}'):,.0f}"


def _shown(values: np.ndarray) -> np.ndarray:
    """Leave out nothing at all, which a logarithmic axis can't show."""
    return np.where(values > 0, values, np.nan)


def _flight(outcome: Outcome) -> Panel:
    at = outcome.scenario.cuts_at_s
    return Panel(
        "Still in flight after deregistering",
        "%",
        (
            Curve("drawn_pct", "random moments", "first", compare=True),
            Curve("any_request_pct", "of all requests", "second"),
            Curve("in_flight_pct", "closed form", "theory"),
        ),
        log=True,
        limits=(LEAST_PCT, 100.0),
        x="after_s",
        x_title="s after deregistering",
        x_log=True,
        events=((float(at), f"cut: {span(at)}"),) if at >= outcome.after_s[0] else (),
    )


def _trade(outcome: Outcome) -> Panel:
    return Panel(
        "Cut in a deploy, by how long it takes",
        "requests",
        (Curve("cut_requests", "delay from 0 to 1 h", "first", compare=True),),
        log=True,
        limits=(LEAST_CUT, max(1.0, 10 ** np.ceil(np.log10(max(outcome.in_flight, 1e-9))))),
        x="deploy_min",
        x_title="min for the whole fleet",
        events=((outcome.deploy_min, "now"),),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    work, enough = outcome.work, outcome.enough_s
    residual = work.residual_mean_s
    finite = float(residual) if np.isfinite(residual) else None
    does = "no delay does" if enough is None else span(enough, "0 s")
    minutes, quick = outcome.deploy_min, outcome.enough_min
    closed, drained = outcome.connections_cut, outcome.drained_s
    return (
        Number("cut_requests", "Requests cut", outcome.cut, few(outcome.cut), headline=True),
        Number("deploy_min", "Deploy of the fleet", minutes, span(60 * minutes, "0 s"), True),
        Number("enough_s", "Just enough", enough, does, headline=True),
        Number("cut_connections", "Long ones cut", closed, few(closed), headline=True),
        Number(
            "enough_min", "Deploy with just enough", quick,
            "none" if quick is None else span(60 * quick, "0 s"),
        ),
        Number("in_flight_requests", "In flight", outcome.in_flight, few(outcome.in_flight)),
        Number("drained_s", "Shown as draining", drained, span(drained, "0 s")),
        Number("mean_s", "A request takes", work.mean_s, span(work.mean_s)),
        Number(
            "residual_s", "One in flight still takes", finite,
            "no finite mean" if finite is None else span(finite),
        ),
    )  # fmt: skip


def _requests(outcome: Outcome) -> str:
    one, enough = outcome.scenario, outcome.enough_s
    if outcome.cut <= one.accepted:
        return _kept(outcome)
    cure = (
        "No delay of up to an hour is enough."
        if enough is None
        else f"A delay of {span(enough, '0 s')} is just enough."
    )
    return f"A deploy cuts {_cut(outcome)} on average. {_lengths(outcome)} {cure}"


def _cut(outcome: Outcome) -> str:
    count = few(outcome.cut)
    return f"{count} request" if count == "1" else f"{count} requests"


def _lengths(outcome: Outcome) -> str:
    """Compare what is in flight with requests in general."""
    at = outcome.scenario.cuts_at_s
    if not at:
        return "Without a delay all that is in flight is cut."
    flying = 100 * float(outcome.work.residual_tail(np.array(at)))
    every = 100 * float(outcome.work.tail(np.array(at)))
    if flying <= every:
        return f"Of those in flight {percent(flying)} last {span(at)} more."
    return (
        f"Of those in flight {percent(flying)} last {span(at)} more, but only {percent(every)} of "
        "all requests last as long: a random moment meets the long ones."
    )


def _kept(outcome: Outcome) -> str:
    one, enough = outcome.scenario, outcome.enough_s
    held = f"A deploy cuts {_cut(outcome)} on average, no more than accepted."
    minutes = outcome.enough_min
    if enough is None or minutes is None or enough >= one.delay_s:
        return f"{held} The delay is just enough."
    saved = 60 * (outcome.deploy_min - minutes)
    if saved < 1:
        return f"{held} A shorter delay would save no time."
    return (
        f"{held} For requests a delay of {span(enough, '0 s')} would do, and the deploy would take "
        f"{span(60 * minutes, '0 s')} in place of {span(60 * outcome.deploy_min)}."
    )


def _connections(outcome: Outcome) -> str:
    one, closed = outcome.scenario, outcome.connections_cut
    if not one.long_connections:
        return ""
    times = closed / one.long_connections
    each = f"{times:.1f} times each" if times >= 0.95 else f"{percent(100 * times)} of those open"
    end = (
        "The NLB closes none; they end with their instance"
        if one.balancer == NLB
        else "They are cut"
    )
    return (
        f" Long connections cut: {few(closed)}, {each}. {end} {span(one.cuts_at_s, '0 s')} after "
        "deregistering."
    )


def _notes(outcome: Outcome) -> list[str]:
    one, file = outcome.scenario, outcome.work.file
    notes = [_state(one.balancer)]
    if file:
        mean, longest = (span(float(of(file.seconds))) for of in (np.mean, np.max))
        notes.append(
            f"{counted(file.seconds.size, 'request time')} from the file: {mean} on average, the "
            f"longest {longest}; a longer one may come."
        )
    if file and file.from_log:
        notes.append(
            "A log's times end where the answer begins: downloads and streams last longer."
        )
        left_out = file.websockets + file.unsent
        if left_out:
            notes.append(
                f"{counted(left_out, 'entry', 'entries')} left out: of WebSockets, and of requests "
                "that no target answered."
            )
    if one.hook_s and one.balancer != NLB:
        notes.append(
            "A termination hook begins after draining: it adds time, and saves no request."
        )
    if one.start_s:
        notes.append("How long a new target takes to start is assumed: measure your own.")
    notes.append(
        "A target that fails its health checks is not deregistered: this delay does not begin for "
        "it."
    )
    return notes


def _state(balancer: str) -> str:
    if balancer == CLB:
        return "A CLB is done when nothing is in flight, at the latest when the time is over."
    if balancer == NLB:
        return (
            "An NLB closes nothing when the delay ends. Connections that are open bring the target "
            "new requests until the instance ends, and those are not counted here."
        )
    fact = ELB.get("deregistration", "alb_shows_draining_until_delay_ends")
    if balancer == ALB:
        return (
            "An ALB shows a target as draining until the delay ends, even if it was done long "
            f"before ({fact.confidence}, from the {fact.source.split(':')[0]})."
        )
    return "Connection termination closes at the end of the delay what is still open."
