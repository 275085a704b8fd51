"""What there is to say of survival: which data is there at the end, and what took the rest."""

import numpy as np

from awsnb.aws.ec2 import EC2
from awsnb.aws.ec2.life_cycle import DATA, DATA_VOLUME, RAM, ROOT_VOLUME, STORE
from awsnb.aws.instance_store import EVENTS
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.instance_store.survival.simulate import Outcome

NAMES = {
    RAM: "memory",
    STORE: "instance store",
    ROOT_VOLUME: "root volume (EBS)",
    DATA_VOLUME: "data volume (EBS)",
}
LEVELS = ("data lost", "data there")


def tell(outcome: Outcome) -> Result:
    """Say what survives.

    Returns
    -------
    Result
        `data` has, by ``step``, a matrix ``there`` of the things: 1 where the data of the
        beginning is still there.
    """
    steps = [f"{number}. {event}" for number, event in enumerate(outcome.scenario.events, start=1)]
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=tuple(_number(outcome, thing) for thing in DATA),
        data={
            "step": np.array(["at first", *steps]),
            "thing": np.array([NAMES[thing] for thing in DATA]),
            "there": np.array([outcome.there[thing] for thing in DATA], dtype=np.int64),
        },
        panels=(
            Panel(
                "What is still there",
                "",
                (Curve("there", "state", "first"),),
                kind="heat",
                x="step",
                rows="thing",
                levels=LEVELS,
            ),
        ),
        notes=_notes(outcome),
    )


def _number(outcome: Outcome, thing: str) -> Number:
    event = outcome.lost_by(thing)
    text = f"lost: {event}" if event else "survives"
    label = NAMES[thing][0].upper() + NAMES[thing][1:]
    return Number(thing, label, "no" if event else "yes", text, headline=thing != RAM)


def _why(outcome: Outcome) -> str:
    event = outcome.lost_by(STORE)
    if not event:
        return (
            "The instance stays on its host and the drives stay whole, so the data on the "
            "instance store survives."
        )
    return f"{_cause(event)} {_volumes(outcome)}"


def _cause(event: str) -> str:
    if event == "drive failure":
        return "An instance store has no second copy: what was on the failed drive is lost."
    if event in ("host failure", "retirement"):
        return (
            f"At a {event} the instance leaves its host, and the drives in that host do not "
            "go with it: the data on the instance store is lost."
        )
    return (
        f"At '{event}' the instance gives its host back, and the data on the instance store is "
        "lost at that moment."
    )


def _volumes(outcome: Outcome) -> str:
    gone = [NAMES[one] for one in (ROOT_VOLUME, DATA_VOLUME) if outcome.lost_by(one)]
    if not gone:
        return "EBS volumes do not depend on the host, and keep their data."
    return (
        "EBS volumes do not depend on the host, but DeleteOnTermination deletes the "
        f"{' and the '.join(gone)}."
    )


def _notes(outcome: Outcome) -> tuple[str, ...]:
    facts = {event: EC2.get(EVENTS[event], STORE) for event in outcome.scenario.events}
    remarks = [f"{event.capitalize()}: {fact.note}." for event, fact in facts.items() if fact.note]
    recalled = [event for event, fact in facts.items() if fact.confidence != "verified"]
    doubts = [
        f"What a {event} does is recalled from AWS's guide, not checked." for event in recalled
    ]
    return (
        *remarks,
        *doubts,
        "The root is on EBS, as with all current instance types. After a loss the instance has "
        "an empty instance store.",
    )
