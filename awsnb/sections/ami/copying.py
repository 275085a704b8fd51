"""The view "copying": what an image, a template or a launch of more alike takes along."""

from dataclasses import dataclass

import numpy as np

from awsnb.aws.ec2 import EC2
from awsnb.results import Comparison, Curve, Number, Option, Panel, Result
from awsnb.scenario import Preset, Scenario, field
from awsnb.view import View
from awsnb.words import counted

ACTIONS = {
    "create image": "create_image",
    "image, no reboot": "create_image_no_reboot",
    "launch template": "launch_template",
    "launch more like this": "launch_more_like_this",
}
THINGS = {
    "software of its AMI": "ami_software",
    "changes since launch": "written_later",
    "added volumes' data": "added_volumes_data",
    "instance store's data": "instance_store_data",
    "RAM and processes": "processes",
    "list of volumes": "volume_list",
    "type and network": "type_and_network",
    "user data": "user_data",
    "tags": "own_tags",
}
LEFT, AT_RISK, TAKEN = "left behind", "at risk", "taken"
FATES = (LEFT, AT_RISK, TAKEN)


# --- what can be asked


class CopyingScenario(Scenario):
    """What is done to have another instance like this one, and what it must take along."""

    action: str = field(
        "create image",
        label="Action",
        choices=ACTIONS,
        meaning="Create image: CreateImage with its reboot, or without. A template stores the "
        "parameters of a launch. Launch more like this fills them in from an instance.",
    )
    must_have: str = field(
        "changes since launch",
        label="It must have",
        choices=THINGS,
        meaning="What the next instance needs of this one. Changes since launch: all that has "
        "come onto the root volume since then, data and software.",
    )

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return f"{self.action}, for {self.must_have}"


# --- what happens


@dataclass(frozen=True)
class Outcome:
    """What each action does with each thing."""

    scenario: CopyingScenario

    def fate(self, action: str, thing: str) -> str:
        """Whether an action takes a thing along: one of `FATES`."""
        return str(EC2.value(ACTIONS[action], THINGS[thing]))

    @property
    def mine(self) -> str:
        """What becomes of the thing that is needed."""
        return self.fate(self.scenario.action, self.scenario.must_have)

    @property
    def others(self) -> list[str]:
        """The other actions that take it along."""
        return [
            action
            for action in ACTIONS
            if action != self.scenario.action
            and self.fate(action, self.scenario.must_have) == TAKEN
        ]

    @property
    def taken(self) -> int:
        """How many of the things the action takes along."""
        return sum(self.fate(self.scenario.action, thing) == TAKEN for thing in THINGS)


def simulate(scenario: CopyingScenario) -> Outcome:
    """Look up what AWS says of the action."""
    return Outcome(scenario)


# --- what is said


def tell(outcome: Outcome) -> Result:
    """Say whether the next instance has what it must have.

    Returns
    -------
    Result
        `data` has, by ``action``, a matrix ``fate`` of the things: the place in `FATES`.
    """
    scenario = outcome.scenario
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=f"{_fate(outcome)} {_instead(outcome)}",
        numbers=(
            Number("fate", "What it must have", outcome.mine, outcome.mine, headline=True),
            Number("taken", "Taken along", outcome.taken, f"{outcome.taken} of {len(THINGS)}"),
            Number("reboots", "The instance", _reboots(scenario), _reboots(scenario)),
        ),
        data={
            "action": np.array(list(ACTIONS)),
            "thing": np.array(list(THINGS)),
            "fate": np.array(
                [[FATES.index(outcome.fate(one, thing)) for one in ACTIONS] for thing in THINGS]
            ),
        },
        panels=(
            Panel(
                "What is taken along",
                "",
                (Curve("fate", "fate", "first"),),
                kind="heat",
                x="action",
                rows="thing",
                levels=FATES,
            ),
        ),
        notes=tuple(_notes(outcome)),
    )


def _reboots(scenario: CopyingScenario) -> str:
    return "reboots" if scenario.action == "create image" else "runs on"


def _fate(outcome: Outcome) -> str:
    scenario = outcome.scenario
    if outcome.mine == AT_RISK:
        return (
            "Without the reboot, what is still in memory is not on the disk when the snapshot is "
            "taken, and AWS does not guarantee that the file system is whole."
        )
    if outcome.mine == TAKEN:
        return f"It comes along: {scenario.must_have}."
    return f"It is left behind: {scenario.must_have}. {_reason(scenario)}"


def _reason(scenario: CopyingScenario) -> str:
    if scenario.action.startswith(("create", "image")):
        return "An image holds volumes, and nothing of memory, of instance stores or of the launch."
    return "Only parameters of the launch are copied, and no disk."


def _instead(outcome: Outcome) -> str:
    if outcome.mine == TAKEN:
        return (
            f"{counted(len(THINGS) - outcome.taken, 'other thing')} of the {len(THINGS)} "
            f"{'does' if len(THINGS) - outcome.taken == 1 else 'do'} not come along."
        )
    if not outcome.others:
        return "None of these actions takes it along: save it elsewhere first."
    return f"What takes it along: {' or '.join(outcome.others)}."


def _notes(outcome: Outcome) -> list[str]:
    action = ACTIONS[outcome.scenario.action]
    facts = {thing: EC2.get(action, key) for thing, key in THINGS.items()}
    noted = {thing: fact.note for thing, fact in facts.items() if fact.note}
    return [f"{thing[0].upper()}{thing[1:]}: {note}." for thing, note in noted.items()]


# --- what else would do


def compare(scenario: CopyingScenario) -> Comparison:
    """Look at every action for what the next instance must have."""
    options = tuple(_option(scenario.replace(action=action)) for action in ACTIONS)
    best = next((option for option in options if option.holds), None)
    why = f"{best.label} takes it along." if best else "None of them takes it along."
    return Comparison(
        title=f"Actions, for {scenario.must_have}",
        why=why[0].upper() + why[1:],
        options=options,
        best=best,
    )


def _option(scenario: CopyingScenario) -> Option:
    outcome = simulate(scenario)
    return Option(
        label=scenario.action,
        scenario=scenario,
        holds=outcome.mine == TAKEN,
        cost_usd_month=None,
        numbers=(
            Number("fate", scenario.must_have, outcome.mine, outcome.mine),
            Number("reboots", "the instance", _reboots(scenario), _reboots(scenario)),
        ),
    )


PRESETS = (
    Preset(
        "A server nobody may reboot",
        "The image is made while it writes. Look at the colour of the second row.",
        {"action": "image, no reboot"},
    ),
    Preset(
        "Ten more of this server",
        "Somebody installed Apache by hand last week. Is it on the new ones?",
        {"action": "launch more like this"},
    ),
    Preset(
        "A template of this server",
        "Does the template name software or hardware?",
        {"action": "launch template", "must_have": "software of its AMI"},
    ),
    Preset(
        "A cache on instance store",
        "Try every action.",
        {"must_have": "instance store's data"},
    ),
)

VIEW = View(
    name="copying",
    question="What does the next instance have of this one?",
    scenario=CopyingScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
