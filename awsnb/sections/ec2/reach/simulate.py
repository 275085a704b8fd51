"""What happens: a packet and its answer, step by step, until one of them is stopped."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from awsnb.aws.ec2.packet_rules import IN, OUT, AclRule, acl_pieces, acl_rule, group_rule
from awsnb.sections.ec2.reach.scenario import (
    INTERNET,
    NAT,
    PORTS,
    TO,
    ReachScenario,
)

End = Literal["connected", "partly", "refused", "timed out"]

THERE, BACK = "there", "back"
ADDRESS, ROUTE, ACL, GROUP, PROGRAM = (
    "public address", "route", "network ACL", "security group", "program",
)  # fmt: skip
EVERYONE = "198.51.100.9"  # a host on the internet that no rule names
PLACES = {
    "this host": "",
    "the internet": EVERYONE,
    "another subnet": "10.0.2.30",
    "the same subnet": "10.0.1.30",
}


@dataclass(frozen=True)
class Step:
    """One thing that a packet meets.

    Attributes
    ----------
    leg : {"there", "back"}
        Whether it is met by the packet or by its answer.
    name : str
        What is met.
    share : float
        Share of the connections that pass; between 0 and 1 where only some answer ports do.
    rule : str
        The rule that decides, as it is written; empty where none does.
    remembers : bool
        Whether it passes because the connection is known.
    """

    leg: str
    name: str
    share: float
    rule: str = ""
    remembers: bool = False


@dataclass(frozen=True)
class Outcome:
    """A connection's path."""

    scenario: ReachScenario

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Everything on the way, whether or not the packet gets there."""
        return path(self.scenario)

    @property
    def met(self) -> tuple[Step, ...]:
        """The steps that the packet and its answer get to."""
        return met(self.steps)

    @property
    def share(self) -> float:
        """Share of the connections that are opened."""
        return min(step.share for step in self.met)

    @property
    def stop(self) -> Step | None:
        """The step that decides what is seen; None if everything passes."""
        held = [step for step in self.met if step.share < 1]
        lost = [step for step in held if not step.share and step.name != PROGRAM]
        return next(iter(lost or held), None)

    @cached_property
    def end(self) -> End:
        """What the one who opens the connection sees."""
        return end(self.steps)

    @cached_property
    def ends(self) -> dict[str, dict[str, End]]:
        """What hosts in several places see, by service: who else gets in."""
        return {
            service: {place: end(path(there)) for place, there in self._hosts(service)}
            for service in PORTS
        }

    def _hosts(self, service: str) -> Iterator[tuple[str, ReachScenario]]:
        asked = self.scenario.replace(service=service)
        for place, address in PLACES.items():
            if address:
                yield place, asked.replace(other=address, other_groups="")
            else:
                yield place, asked


def simulate(scenario: ReachScenario) -> Outcome:
    """Follow a connection's packets.

    Parameters
    ----------
    scenario : ReachScenario
        The connection and the rules.

    Returns
    -------
    Outcome
        What it meets on its way there and back.
    """
    return Outcome(scenario)


def met(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Cut a path after the step that stops the packet; without a program nothing is left."""
    for index, step in enumerate(steps):
        if not step.share and step.name != PROGRAM:
            return steps[: index + 1]
    return steps


def end(steps: tuple[Step, ...]) -> End:
    """Say what the one who opens the connection sees at the end of a path."""
    seen = met(steps)
    if any(not step.share and step.name != PROGRAM for step in seen):
        return "timed out"
    if any(not step.share for step in seen):
        return "refused"
    return "connected" if min(step.share for step in seen) == 1 else "partly"


def path(scenario: ReachScenario) -> tuple[Step, ...]:
    """List what a connection's packets meet, on the way there and back."""
    steps = _to(scenario) if scenario.direction == TO else _from(scenario)
    return tuple(steps)


def _to(scenario: ReachScenario) -> Iterator[Step]:
    if not scenario.is_inside:
        yield Step(THERE, ADDRESS, float(scenario.public_address))
    yield from _acl(scenario, THERE, IN)
    yield _group(scenario, THERE, IN)
    yield Step(THERE, PROGRAM, float(scenario.listening))
    yield Step(BACK, GROUP, 1.0, remembers=True)
    yield from _acl(scenario, BACK, OUT)
    if not scenario.is_inside:
        yield Step(BACK, ROUTE, float(scenario.route == INTERNET))


def _from(scenario: ReachScenario) -> Iterator[Step]:
    yield _group(scenario, THERE, OUT)
    yield from _acl(scenario, THERE, OUT)
    if not scenario.is_inside:
        yield Step(THERE, ROUTE, float(scenario.route in (INTERNET, NAT)))
        if scenario.route == INTERNET:
            yield Step(THERE, ADDRESS, float(scenario.public_address))
    yield from _acl(scenario, BACK, IN)
    yield Step(BACK, GROUP, 1.0, remembers=True)


def _group(scenario: ReachScenario, leg: str, direction: str) -> Step:
    rule = group_rule(
        scenario.group_rules, direction, scenario.port, scenario.other, scenario.groups
    )
    return Step(leg, GROUP, float(rule is not None), rule.text if rule else "")


def _acl(scenario: ReachScenario, leg: str, direction: str) -> Iterator[Step]:
    """Meet the network ACL, which stands at the subnet's edge."""
    if scenario.is_neighbour:
        return
    if leg == THERE:
        rule = acl_rule(scenario.acl_rules, direction, scenario.port, scenario.other)
        yield Step(leg, ACL, float(_allows(rule)), rule.text if rule else "")
        return
    first, last = scenario.answer_ports
    pieces = acl_pieces(scenario.acl_rules, direction, (first, last), scenario.other)
    open_ports = sum(high - low + 1 for low, high, rule in pieces if _allows(rule))
    share = open_ports / (last - first + 1)
    deciding = next((rule for _, _, rule in pieces if _allows(rule) == (share == 1)), None)
    yield Step(leg, ACL, share, deciding.text if deciding else "")


def _allows(rule: AclRule | None) -> bool:
    return rule is not None and rule.allows
