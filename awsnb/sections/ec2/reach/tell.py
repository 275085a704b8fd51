"""What there is to say of a connection: whether it opens, and the one rule that stops it."""

import numpy as np

from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.ec2.reach.scenario import INTERNET, NAT, TO, ReachScenario
from awsnb.sections.ec2.reach.scene import moves_of, scene
from awsnb.sections.ec2.reach.simulate import (
    ACL,
    ADDRESS,
    BACK,
    GROUP,
    PLACES,
    PROGRAM,
    ROUTE,
    THERE,
    Outcome,
    Step,
)
from awsnb.words import percent

ENDS = ("timed out", "refused", "partly", "connected")
STOPS, PARTLY, PASSES = range(3)


def tell(outcome: Outcome) -> Result:
    """Say whether a connection opens, and what stops it.

    Returns
    -------
    Result
        `path` says by leg and step whether the packet passes; `ends` by service and place what a
        host there would see; `move` counts the moves of the picture.
    """
    names = list(dict.fromkeys(step.name for step in outcome.steps))
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "step": np.array(names),
            "leg": np.array([THERE, BACK]),
            "path": _path(outcome, names),
            "place": np.array(list(PLACES)),
            "service": np.array(list(outcome.ends)),
            "ends": np.array(
                [[ENDS.index(seen) for seen in row.values()] for row in outcome.ends.values()],
                dtype=np.float64,
            ),
            "move": np.arange(len(moves_of(outcome)) + 1),
        },
        panels=_panels(outcome),
        notes=_notes(outcome.scenario),
        scene=scene(outcome),
    )


def _path(outcome: Outcome, names: list[str]) -> np.ndarray:
    """What becomes of the packet at each step; NaN where it doesn't get to."""
    found = np.full((2, len(names)), np.nan)
    for step in outcome.met:
        passes = PASSES if step.share == 1 else PARTLY if step.share else STOPS
        found[(THERE, BACK).index(step.leg), names.index(step.name)] = passes
    return found


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    others = "from" if outcome.scenario.direction == TO else "to"
    return (
        Panel("The packet and its answer", "", (Curve("path", "path", "first"),), kind="heat",
              x="step", rows="leg", levels=("is stopped", "passes at times", "passes")),
        Panel(f"The same {others} elsewhere", "", (Curve("ends", "ends", "first"),), kind="heat",
              x="place", rows="service", levels=ENDS),
    )  # fmt: skip


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    stop, (first, last) = outcome.stop, outcome.scenario.answer_ports
    share = 100 * outcome.share
    where = f"{stop.name}, on the way {stop.leg}" if stop else None
    everyone = [name for name, seen in outcome.ends.items() if seen["the internet"] == "connected"]
    return (
        Number("end", "The connection", outcome.end, outcome.end, headline=True),
        Number("stopped_by", "Stopped by", where, where or "nothing", headline=True),
        Number("opened_pct", "Connections that open", share, percent(share)),
        Number("rule", "Rule that decides", stop.rule if stop and stop.rule else None,
               (stop.rule if stop else "") or "-"),
        Number("answer_ports", "Answers go to ports", f"{first}-{last}", f"{first} to {last}"),
        Number("whole_internet", "Open with all of the internet", ", ".join(everyone) or None,
               ", ".join(everyone) or "nothing"),
    )  # fmt: skip


def _why(outcome: Outcome) -> str:
    stop, scenario = outcome.stop, outcome.scenario
    if stop is None:
        return f"It connects. {_remembered(outcome)}"
    reasons = {
        ADDRESS: _no_address,
        ROUTE: _no_route,
        ACL: _acl,
        GROUP: _no_rule,
        PROGRAM: _no_program,
    }
    begins = {"partly": "It connects at times.", "refused": "It is refused."}
    return f"{begins.get(outcome.end, 'It times out.')} {reasons[stop.name](scenario, stop)}"


def _remembered(outcome: Outcome) -> str:
    """Say why the answer comes back."""
    said = "The answer needs no rule of the security group, which remembers the connection."
    acl = [step for step in outcome.met if step.name == ACL and step.leg == BACK]
    if not acl:
        return f"{said} Inside one subnet no network ACL is passed."
    first, last = outcome.scenario.answer_ports
    return (
        f"{said} The network ACL remembers nothing: the answer, to a port from {first} to "
        f"{last}, passes by its rule '{acl[0].rule}'."
    )


def _no_address(scenario: ReachScenario, stop: Step) -> str:
    if scenario.direction == TO:
        return (
            "The instance has no public IPv4 address, so no host on the internet can send it a "
            "packet."
        )
    return (
        "The internet gateway passes only packets of instances with a public address: give it one, "
        "or a route to a NAT gateway."
    )


def _no_route(scenario: ReachScenario, stop: Step) -> str:
    if stop.leg == THERE:
        return "The subnet's route table has no default route: the packet has no way out."
    where = (
        "leads to a NAT gateway, which knows nothing of this connection"
        if scenario.route == NAT
        else "is missing"
    )
    return (
        f"The packet gets to the program, but its answer does not come back: the subnet's default "
        f"route {where}. It takes one to the {INTERNET}."
    )


def _acl(scenario: ReachScenario, stop: Step) -> str:
    by = f"its rule '{stop.rule}' denies it" if stop.rule else "no rule of it allows that"
    if stop.leg == THERE:
        return f"The network ACL stops the packet at the subnet's edge: {by}."
    first, last = scenario.answer_ports
    opened = (
        f"{scenario.system} opens a connection from a port between {first} and {last}, and the "
        "network ACL remembers no connection"
    )
    if stop.share:
        open_pct = percent(100 * stop.share)
        return f"{opened}: its rules let the answer out to {open_pct} of these ports."
    return f"The packet gets there, and its answer is stopped. {opened}: {by}."


def _no_rule(scenario: ReachScenario, stop: Step) -> str:
    way = "in from" if scenario.direction == TO else "out to"
    carried = f", nor from {' or '.join(scenario.groups)}" if scenario.groups else ""
    return (
        f"No rule of the security group allows tcp {scenario.port} {way} {scenario.other}{carried}."
    )


def _no_program(scenario: ReachScenario, stop: Step) -> str:
    return (
        f"The packet gets to the instance and no program listens on port {scenario.port}: the "
        "instance says so at once. No rule is at fault, for what a rule stops is never answered."
    )


def _notes(scenario: ReachScenario) -> tuple[str, ...]:
    notes = ["The VPC has an internet gateway, and the other host's own rules let everything pass."]
    if scenario.is_inside:
        notes.append("Inside the VPC the local route leads there and back.")
    if scenario.other_groups and not scenario.is_inside:
        notes.append("Groups of a host outside the VPC count for nothing.")
    return tuple(notes)
