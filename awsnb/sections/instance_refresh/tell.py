"""What there is to say: how long it takes, what is left meanwhile, what fails, and why."""

from collections.abc import Iterator

import numpy as np

from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.instance_refresh.scenario import DEAD, FAILS
from awsnb.sections.instance_refresh.scene import scene
from awsnb.sections.instance_refresh.simulate import Outcome
from awsnb.sections.instance_refresh.traffic import TIMEOUT_S, WORKERS, Floats
from awsnb.sections.instance_refresh.why import why
from awsnb.words import are, counted, span

STEPS = {
    "pause": "checkpoint", "failed": "fails", "stopped": "alarm", "back": "back",
    "restored": "old again", "done": "done", "lost": "zone lost",
}  # fmt: skip
"""What the plots call a step; the others are not drawn."""
MOST_EVENTS = 6


def tell(outcome: Outcome) -> Result:
    """Say what became of the roll-out.

    Returns
    -------
    Result
        `data` has, by ``minute``, the instances that are ``serving``, of them ``new``, and the
        ``needed`` ready ones and, with a policy, the ``desired`` ones; and the requests that come
        (``load_rps``), that can be served (``capacity_rps``) and that fail (``failed_rps``).
    """
    times = outcome.samples_s
    flow = outcome.traffic
    at = np.minimum(np.searchsorted(flow.at_s, times, "right") - 1, flow.load_rps.size - 1)
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=why(outcome),
        numbers=tuple(numbers(outcome)),
        data={
            "minute": times / 60,
            "serving": outcome.serving(times),
            "new": outcome.serving(times, new=True),
            "needed": outcome.needed,
            **({"desired": outcome.desired} if outcome.scenario.target_pct else {}),
            **({"own_new": _own(outcome)} if outcome.own else {}),
            "load_rps": flow.load_rps[at],
            "capacity_rps": flow.capacity_rps[at],
            "failed_rps": flow.failed_rps[at],
        },
        panels=tuple(_panels(outcome)),
        notes=tuple(_notes(outcome)),
        scene=scene(outcome),
    )


def _panels(outcome: Outcome) -> Iterator[Panel]:
    desired = (Curve("desired", "desired", "demand"),) if outcome.scenario.target_pct else ()
    own = (Curve("own_new", "new ones, yours", "third"),) if outcome.own else ()
    yield Panel(
        "Instances",
        "instances",
        (
            Curve("serving", "serving", "served", compare=True),
            Curve("new", "new ones of them", "second"),
            Curve("needed", "kept ready at least", "theory"),
            *desired,
            *own,
        ),
        x="minute",
        x_title="min",
        events=tuple(_events(outcome)),
    )
    yield Panel(
        "Requests",
        "requests/s",
        (
            Curve("load_rps", "come", "demand"),
            Curve("capacity_rps", "can be served", "first"),
            Curve("failed_rps", "fail", "second", compare=True),
        ),
        x="minute",
        x_title="min",
    )


def _events(outcome: Outcome) -> Iterator[tuple[float, str]]:
    marks = [mark for mark in outcome.rollout.marks if mark.step in STEPS]
    for mark in marks[:MOST_EVENTS]:
        yield mark.at_s / 60, STEPS[mark.step]


def _own(outcome: Outcome) -> Floats:
    """Join the start and the end of the reader's own refresh."""
    assert outcome.own is not None
    there = outcome.own.complete_pct / 100 * outcome.scenario.desired
    share = np.minimum(outcome.samples_s / max(outcome.own.took_s, 1e-9), 1.0)
    return there * share


def numbers(outcome: Outcome) -> Iterator[Number]:
    """Give the answers, the first four large."""
    asked, ended_s = outcome.scenario, outcome.ended_s
    minutes = None if ended_s is None else ended_s / 60
    text = "never" if ended_s is None else span(ended_s, "at once")
    yield Number("ended_after_min", "Ends after", minutes, text, headline=True)
    lowest = f"{outcome.lowest} of {asked.desired}"
    yield Number("lowest_serving", "Fewest that serve", outcome.lowest, lowest, headline=True)
    yield _requests("failed", "Requests failed", outcome.failed)
    yield _requests("delayed", "Requests delayed", outcome.delayed)
    wait = outcome.longest_wait_s
    yield Number("longest_wait_s", "Longest wait", wait, span(wait))
    undone = ", then taken back" if outcome.taken_back_later else ""
    yield Number("status", "Status", outcome.status, outcome.status + undone)
    yield Number("batches", "Batches", len(outcome.rollout.batches),
                 f"{len(outcome.rollout.batches)}")  # fmt: skip
    yield Number("launches", "Launches", outcome.launches, f"{outcome.launches}")
    yield Number("most_new", "Most new that serve", outcome.most_new, f"{outcome.most_new}")
    yield Number("most_instances", "Most at a time", outcome.most, f"{outcome.most}")
    if asked.target_pct:
        most = max(size.desired for size in outcome.rollout.sizes)
        yield Number("most_desired", "Desired at most", most, f"{most}")


def _of_own(outcome: Outcome) -> Iterator[str]:
    own, asked = outcome.own, outcome.scenario
    assert own is not None
    rest = f", the newest of {own.ended} that ended" if own.ended > 1 else ""
    yield (
        f"Your refresh{rest}: {own.status} at {own.complete_pct} % after "
        f"{span(own.took_s, '0 s')}. Only its start and its end are known; the line joins them."
    )
    here = {
        "MinHealthyPercentage": asked.min_healthy_pct,
        "MaxHealthyPercentage": asked.max_healthy_pct,
        "InstanceWarmup": asked.warm_up_s,
    }
    other = [f"{key} {own.preferences[key]}, here {value}" for key, value in here.items()
             if own.preferences.get(key, value) != value]  # fmt: skip
    if other:
        yield f"It ran with other settings: {'; '.join(other)}."


def _requests(name: str, label: str, count: float) -> Number:
    return Number(name, label, round(count), f"{count:,.0f}", headline=True)


def _notes(outcome: Outcome) -> Iterator[str]:
    asked = outcome.scenario
    yield (
        "Times that AWS does not publish are assumed: launch to in service, and how soon a new "
        "instance serves. Instances that end serve no more at once; see connection draining."
    )
    if asked.version in (FAILS, DEAD):
        yield "The alarm acts on the refresh alone: it calls no people."
    if outcome.delayed:
        yield (
            "Delayed are requests that wait, beyond those that wait anyway at this load. Each "
            f"instance serves {WORKERS} at a time; who would wait for {TIMEOUT_S:g} s fails."
        )
    if asked.zone_lost_min is not None:
        yield (
            "The balancer stops sending to a lost zone at once; the group replaces its "
            "instances when EC2's checks see it, in the other zones."
        )
    if asked.target_pct is not None:
        yield (
            "The policy sees the mean CPU of the instances that are warm, as what they serve of "
            f"what they can; a datapoint a minute. It has {asked.minimum} to {asked.maximum} "
            "instances to choose from. A lost instance has no CPU, and counts as capacity until "
            "it is found: assumed, as AWS publishes no formula."
        )
    if asked.standby:
        yield (
            f"{counted(asked.standby, 'instance')} on standby "
            f"{are(asked.standby)} not counted: they serve nothing."
        )
    if outcome.own:
        yield from _of_own(outcome)
