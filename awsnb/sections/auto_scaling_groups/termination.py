"""The view "termination order": who goes first when the group scales in."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from awsnb.aws.autoscaling import POLICIES, Member, steps
from awsnb.aws.autoscaling.termination import CONFIGURATION, OTHER_TEMPLATE, TEMPLATE
from awsnb.lines import LineError, read_lines
from awsnb.results import Curve, Number, Panel, Result
from awsnb.scenario import Preset, Scenario, ScenarioError, field
from awsnb.view import View
from awsnb.words import counted

FORM = "name, zone, launched by, age in min"
LAUNCHES = (CONFIGURATION, OTHER_TEMPLATE, TEMPLATE)
NOTHING = "none"
MOST = 40
LEVELS = ("gone", "stays", "could have gone", "goes now")
GONE, STAYS, COULD, GOES = range(4)

AWS_EXAMPLE = """i-1, a, configuration 1, 620
i-2, b, configuration 1, 610
i-3, b, configuration 2, 50"""
"""Two zones and three instances, as in AWS's guide; ages and versions are added."""

BALANCED = """i-1, a, template 2, 600
i-2, a, template 3, 59
i-3, b, template 2, 45
i-4, b, template 3, 20
i-5, c, template 3, 100
i-6, c, other template 1, 30, protected"""


# --- what can be asked


class TerminationScenario(Scenario):
    """Instances of a group, and the policies by which it scales in."""

    instances: str = field(
        AWS_EXAMPLE,
        label="Instances",
        lines=6,
        meaning=f"One a line: {FORM}, and 'protected' if it is. Launched by: configuration, other "
        "template or template, with its number, the oldest 1.",
    )
    policy: str = field(
        POLICIES[0],
        label="Termination policy",
        choices=POLICIES,
        meaning="The first criterion after the balance of zones.",
    )
    then: Literal[
        "none", "Default", "OldestInstance", "NewestInstance", "OldestLaunchConfiguration",
        "OldestLaunchTemplate", "ClosestToNextInstanceHour",
    ] = field(
        NOTHING, label="Then", meaning="A second policy, for what the first leaves undecided."
    )  # fmt: skip
    scale_in: int = field(
        1, label="Scale in by", unit="instances", low=1, high=MOST,
        meaning="How many go, one after the other.",
    )  # fmt: skip

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        if self.policy == "Default" and self.then != NOTHING:
            raise ScenarioError(
                f"then = {self.then!r}: Default must be the last policy in the list (EC2 Auto "
                "Scaling User Guide: termination policies).",
                field="then",
            )
        count = len(self.members)
        if self.scale_in > count:
            raise ScenarioError(
                f"scale_in = {self.scale_in}: the group has {counted(count, 'instance')}; choose "
                "no more, or list more of them.",
                field="scale_in",
            )

    @property
    def members(self) -> tuple[Member, ...]:
        """The instances."""
        return read_lines(self.instances, "instances", FORM, MOST, _member, "name")

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies in order."""
        return (self.policy,) if self.then == NOTHING else (self.policy, self.then)

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return f"{counted(len(self.members), 'instance')}, {', then '.join(self.policies)}"


def _member(line: str) -> Member:
    parts = [part.strip() for part in line.split(",")]
    if len(parts) not in (4, 5) or not all(parts[:2]):
        raise LineError(line, f"{FORM}, such as i-1, a, template 2, 90")
    launched_by, _, version = parts[2].rpartition(" ")
    if launched_by not in LAUNCHES or not version.isascii() or not version.isdigit():
        raise LineError(parts[2], f"{', '.join(LAUNCHES)}, with a number: template 2")
    if not parts[3].isascii() or not parts[3].isdigit() or len(parts[3]) > 7:
        raise LineError(parts[3], "an age in whole minutes, up to 9,999,999")
    if len(parts) == 5 and parts[4] != "protected":
        raise LineError(parts[4], "'protected', or nothing")
    return Member(parts[0], parts[1], launched_by, int(version[:9]), int(parts[3]), len(parts) == 5)


# --- what happens


@dataclass(frozen=True)
class Outcome:
    """The choices one after the other: the criteria of each, and who is left by them."""

    scenario: TerminationScenario
    rounds: tuple[tuple[tuple[str, tuple[Member, ...]], ...], ...]

    @property
    def gone(self) -> tuple[Member, ...]:
        """Who goes, in order; of those that are equal, the first of the list."""
        return tuple(one[-1][1][0] for one in self.rounds if one[-1][1])


def simulate(scenario: TerminationScenario) -> Outcome:
    """Scale in, one instance after the other."""
    left, rounds = list(scenario.members), []
    for _ in range(scenario.scale_in):
        rounds.append(tuple(steps(left, scenario.policies)))
        last = rounds[-1][-1][1]
        if not last:
            break
        left.remove(last[0])
    return Outcome(scenario, tuple(rounds))


# --- what is said


def tell(outcome: Outcome) -> Result:
    """Say who goes, and by which criterion.

    Returns
    -------
    Result
        `data` has, by ``step``, a matrix ``state`` of the instances: gone, stays, could have gone
        by the balance of zones, goes now.
    """
    members = outcome.scenario.members
    names = tuple(f"{one.name} ({one.zone})" for one in members)
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "step": np.array([f"{number + 1}." for number in range(len(outcome.rounds))]),
            "instance": np.array(names),
            "state": np.array(
                [[_state(outcome, step, one) for step in range(len(outcome.rounds))]
                 for one in members], float),
        },
        panels=(
            Panel("Who goes, step by step", "", (Curve("state", "state", "first"),), kind="heat",
                  x="step", x_title="termination", rows="instance", levels=LEVELS),
        ),
        notes=(
            "Of equals one goes at random; here it is the first of the list.",
            "Unhealthy instances go first, whatever the policy. AllocationStrategy is left out: it "
            "needs to know the Spot pools' capacity.",
        ),
    )  # fmt: skip


def _state(outcome: Outcome, step: int, one: Member) -> int:
    gone = outcome.gone
    if one in gone[:step]:
        return GONE
    if step < len(gone) and gone[step] == one:
        return GOES
    return COULD if one in outcome.rounds[step][0][1] else STAYS


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    gone = outcome.gone
    able = len(outcome.rounds[0][0][1])
    names = ", ".join(one.name for one in gone) or "none"
    first = gone[0].name if gone else "none"
    return (
        Number("first_to_go", "Goes first", first, first, headline=True),
        Number("order", "In order", names, names),
        Number("in_fullest_zones", "Could go, by zone", able, f"{able}", headline=True),
    )


def _why(outcome: Outcome) -> str:
    (_, able), *rest = outcome.rounds[0]
    if not able:
        return "All are protected from scale-in: the desired capacity falls, and nobody goes."
    zones = sorted({one.zone for one in able})
    where = f"Zone {zones[0]} has" if len(zones) == 1 else f"Zones {', '.join(zones)} have"
    said = f"{where} the most instances that can go: {_named(able)}."
    if len(able) == 1:
        return said
    for name, left in rest:
        if len(left) == 1:
            return f"{said} By the criterion '{name}', {left[0].name} goes."
    return f"{said} The criteria leave {_named(rest[-1][1])}: one of them goes at random."


def _named(members: tuple[Member, ...]) -> str:
    return ", ".join(one.name for one in members)


PRESETS = (
    Preset("AWS's example", "Two zones, three instances: first the zone, then what launched them.",
           {}),
    Preset("Same launch configuration", "The example with one configuration: the billing hour.",
           {"instances": AWS_EXAMPLE.replace("configuration 2", "configuration 1")}),
    Preset("Oldest, but the zone first", "The oldest instance stands in the smaller zone.",
           {"policy": "OldestInstance"}),
    Preset("Six in three zones", "All zones are equal, so all that are not protected can go.",
           {"instances": BALANCED, "scale_in": 4}),
)  # fmt: skip

VIEW = View(
    name="termination order",
    question="Who goes first when the group scales in?",
    scenario=TerminationScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
)
