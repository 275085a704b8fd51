"""The view "modify": a gp3 volume that grows while it is used, and AWS's limits on how often."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from awsnb.aws.ebs.volume import EBS, Volume
from awsnb.results import Curve, Flow, Number, Panel, Place, Result, Scene
from awsnb.scenario import Preset, Scenario, ScenarioError, field
from awsnb.view import View
from awsnb.words import span, usd

_SIZE = (EBS.value("gp3", "min_size"), EBS.value("gp3", "max_size"))
_IOPS = (EBS.value("gp3", "min_iops"), EBS.value("gp3", "max_iops"))
Floats = NDArray[np.float64]


class ModifyScenario(Scenario):
    """A gp3 volume that is changed while it is attached, in one step or several."""

    size_gib: int = field(
        1024, label="Size", unit="GiB", low=_SIZE[0], high=_SIZE[1], log=True,
        meaning="Size of the gp3 volume before.",
    )  # fmt: skip
    new_size_gib: int = field(
        2048, label="New size", unit="GiB", low=_SIZE[0], high=_SIZE[1], log=True,
        meaning="Size in the end; it can only grow.",
    )  # fmt: skip
    new_iops: int = field(
        6000, label="New IOPS", unit="IOPS", low=_IOPS[0], high=_IOPS[1], log=True,
        meaning="IOPS in the end, of 3,000 before.",
    )  # fmt: skip
    steps: int = field(
        1, label="Modifications", unit="modifications", low=1, high=20,
        meaning="In how many equal steps the change is asked for.",
    )  # fmt: skip
    apart_h: float = field(
        1.0, label="Hours apart", unit="h", low=0, high=48,
        meaning="Time from one request to the next; one that is refused is made again as soon as "
        "it is allowed.",
    )  # fmt: skip
    optimizing_h_per_tib: float = field(
        float(EBS.value("modification", "optimizing_duration_1_tib")),
        label="Optimizing", unit="h/TiB", low=0, high=48, group="Assumed", advanced=True,
        meaning="Time until a modification is completed. AWS says typically 6 hours of a full "
        "1 TiB volume; that it grows with the size is assumed.",
    )  # fmt: skip
    as_of: Literal["today", "2023-06"] = field(
        "today", label="Rules of", group="Rules", advanced=True,
        meaning="AWS's rules as they are, or as they were when the guide was written.",
    )  # fmt: skip

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        steps = "" if self.steps == 1 else f" in {self.steps} steps"
        return f"{self.size_gib:,} to {self.new_size_gib:,} GiB, {self.new_iops:,} IOPS{steps}"

    def volume(self, done: int) -> Volume:
        """The volume after so many of the steps."""
        share = done / self.steps
        size = self.size_gib + round(share * (self.new_size_gib - self.size_gib))
        iops = _IOPS[0] + round(share * (self.new_iops - _IOPS[0]))
        return Volume("gp3", size, int(iops), on=self.on)

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        if self.new_size_gib < self.size_gib:
            source = EBS.get("modification", "size_can_shrink").source
            raise ScenarioError(
                f"new_size_gib = {self.new_size_gib:,}: a volume can't shrink, so at least "
                f"{self.size_gib:,} GiB ({source}); copy the data to a smaller volume instead.",
                field="new_size_gib",
            )
        for field_name, done in (("size_gib", 0), ("new_size_gib", self.steps)):
            self._check(self.volume(done), field_name)
        return self

    @staticmethod
    def _check(volume: Volume, size_field: str) -> None:
        """Refuse a volume in the words of the fields that make it here."""
        try:
            volume.check()
        except ScenarioError as error:
            here = {"size_gib": size_field, "provisioned_iops": "new_iops"}[error.field]
            text = str(error).replace(error.field, here, 1)
            raise ScenarioError(text, field=here) from None


@dataclass(frozen=True, eq=False)
class Outcome:
    """The modifications: when each was asked for, begun and completed, hours."""

    scenario: ModifyScenario
    asked_h: Floats
    begun_h: Floats
    completed_h: Floats

    @cached_property
    def refused(self) -> int:
        """How many were refused when they were first asked for."""
        return int((self.begun_h > self.asked_h + 1e-9).sum())

    @cached_property
    def hour(self) -> Floats:
        """Moments at which something changes, up to the last completion, hours, shape (m,)."""
        forgotten_h = self.begun_h + (self.window_h or 0.0)
        moments = (self.asked_h, self.begun_h, self.completed_h, forgotten_h)
        hours = np.unique(np.concatenate(([0.0], *moments)))
        return hours[hours <= self.completed_h[-1]]

    @property
    def window_h(self) -> float | None:
        """Hours in which AWS counts modifications; None where it does not count them."""
        counts = EBS.has("modification", "modification_window", self.scenario.on)
        return (
            EBS.value("modification", "modification_window", self.scenario.on) if counts else None
        )

    @property
    def waiting(self) -> NDArray[np.int64]:
        """Modifications that were asked for and refused so far, at each moment."""
        return self._by(self.asked_h) - self._by(self.begun_h)

    @property
    def optimizing(self) -> NDArray[np.int64]:
        """1 at each moment at which a modification is under way."""
        return self._by(self.begun_h) - self._by(self.completed_h)

    @property
    def in_window(self) -> NDArray[np.int64]:
        """Modifications that began within the window before each moment."""
        return self._by(self.begun_h) - self._by(self.begun_h + (self.window_h or 0.0))

    def _by(self, times_h: Floats) -> NDArray[np.int64]:
        return np.searchsorted(times_h, self.hour, side="right")

    def in_force(self, since_h: Floats) -> list[Volume]:
        """The volume at each moment, if a modification counts from `since_h` on."""
        return [self.scenario.volume(int(count)) for count in self._by(since_h)]


def simulate(scenario: ModifyScenario) -> Outcome:
    """Ask for the modifications one after the other, each again as soon as it is allowed.

    Parameters
    ----------
    scenario : ModifyScenario
        What is changed, and how often.

    Returns
    -------
    Outcome
    """
    asked = np.arange(scenario.steps, dtype=np.float64) * scenario.apart_h
    begun: list[float] = []
    completed: list[float] = []
    for step, asked_h in enumerate(asked.tolist()):
        begun.append(max([asked_h, *_allowed_h(scenario.on, begun, completed)]))
        size_tib = scenario.volume(step + 1).size_gib / 1024
        completed.append(begun[-1] + scenario.optimizing_h_per_tib * size_tib)
    return Outcome(scenario, asked, np.array(begun), np.array(completed))


def _allowed_h(on: str | None, begun: list[float], completed: list[float]) -> list[float]:
    """Return the times before which AWS's rules refuse the next modification."""
    if not begun:
        return []
    wait_h = EBS.value("modification", "wait_after_modification", on)
    rules = [completed[-1], begun[-1] + wait_h]
    if EBS.has("modification", "max_modifications", on):
        most = EBS.value("modification", "max_modifications", on)
        if len(begun) >= most:
            rules.append(begun[-most] + EBS.value("modification", "modification_window", on))
    return rules


def tell(outcome: Outcome) -> Result:
    """Say how long the change takes.

    Returns
    -------
    Result
        `data` has by ``hour`` the size and the IOPS that can be counted on.
    """
    scenario = outcome.scenario
    before, after = scenario.volume(0), scenario.volume(scenario.steps)
    done_h, cost = float(outcome.completed_h[-1]), after.cost_usd_month
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=_why(outcome),
        numbers=(
            Number("completed_h", "Completed after", done_h, span(3600 * done_h, "at once"), True),
            Number("refused", "Refused at first", outcome.refused,
                   f"{outcome.refused} of {scenario.steps}", headline=True),
            Number("cost_usd_month", "Volume per month, then", cost, usd(cost), headline=True),
            Number("before_usd_month", "Before", before.cost_usd_month, usd(before.cost_usd_month)),
            Number("full_size_h", "Full size after", float(outcome.begun_h[-1]),
                   span(3600 * float(outcome.begun_h[-1]), "at once")),
        ),
        data={
            "hour": outcome.hour,
            "size_gib": np.array([v.size_gib for v in outcome.in_force(outcome.begun_h)]),
            "sure_iops": np.array([v.iops for v in outcome.in_force(outcome.completed_h)]),
            "paid_iops": np.array([v.iops for v in outcome.in_force(outcome.begun_h)]),
        },
        panels=_panels(),
        notes=_notes(scenario),
        scene=scene(outcome),
    )  # fmt: skip


def _panels() -> tuple[Panel, ...]:
    size = Curve("size_gib", "size", "served", compare=True)
    sure = Curve("sure_iops", "at least", "served", compare=True)
    paid = Curve("paid_iops", "paid for", "demand")
    title = "h since the first request"
    return (
        Panel("Size of the volume", "GiB", (size,), x="hour", x_title=title),
        Panel("IOPS that can be counted on", "IOPS", (paid, sure), x="hour", x_title=title),
    )


def _why(outcome: Outcome) -> str:
    scenario, took_s = outcome.scenario, 3600 * float(outcome.completed_h[-1])
    done = span(took_s, "no time")
    if scenario.steps == 1:
        return (
            f"The modification was completed after {done}. The new size counts from its start, the "
            "new speed from its end."
        )
    took = f"{scenario.steps} modifications took {done} until the last was completed."
    if not outcome.refused:
        sure = "The size counts from the start of each, the speed from its end."
        return f"{took} None was refused. {sure}"
    were = "was" if outcome.refused == 1 else "were"
    return f"{took} {outcome.refused} {were} refused at first: {_rule(scenario)}"


def _rule(scenario: ModifyScenario) -> str:
    if EBS.has("modification", "max_modifications", scenario.on):
        most = EBS.value("modification", "max_modifications", scenario.on)
        window = EBS.value("modification", "modification_window", scenario.on)
        return f"the one before must be completed, and {most} are allowed in {window} hours."
    wait = EBS.value("modification", "wait_after_modification", scenario.on)
    return f"the one before must be completed, and {wait} hours must have passed."


def _notes(scenario: ModifyScenario) -> tuple[str, ...]:
    price = EBS.get("gp3", "storage_price")
    return (
        f"Completed after {scenario.optimizing_h_per_tib:g} h a TiB: AWS says typically, of a "
        "full volume, and that it can exceed 24 hours; that it grows with the size is assumed.",
        "While it is optimizing, AWS promises performance between the old and the new.",
        "The file system must be extended too. The type can be changed in the same way.",
        f"Prices: {price.region}, as of {price.as_of}.",
    )


def scene(outcome: Outcome) -> Scene:
    """Show what waits, what the last 24 hours count, and the volume as it grows."""
    scenario, busy = outcome.scenario, outcome.optimizing.astype(np.float64)
    sizes = np.array([volume.size_gib for volume in outcome.in_force(outcome.begun_h)], np.float64)
    places = (
        Place("Refused", 0, count=outcome.waiting.astype(np.float64), note="wait", tone="bad"),
        *_window(outcome),
        Place("Volume", 2, sizes, float(scenario.new_size_gib), "GiB", states=_states(outcome)),
    )
    return Scene(
        alt=f"{scenario.text}: modifications that wait, that AWS counts, and the volume's size",
        x="hour",
        places=places,
        flows=tuple(Flow(one.name, to.name, busy, 1.0) for one, to in pairwise(places)),
        words=tuple(_words(outcome)),
    )


def _window(outcome: Outcome) -> tuple[Place, ...]:
    """Return the count that AWS keeps; none under the rule without one."""
    window_h = outcome.window_h
    if window_h is None:
        return ()
    most = float(EBS.value("modification", "max_modifications", outcome.scenario.on))
    used = outcome.in_window.astype(np.float64)
    return (Place(f"Begun in {window_h:g} h", 1, used, most, f"of {most:g}"),)


def _states(outcome: Outcome) -> tuple[tuple[float, Literal["ok", "wait"], str], ...]:
    return tuple(
        (hour, "wait", "optimizing") if busy else (hour, "ok", "")
        for hour, busy in zip(outcome.hour.tolist(), outcome.optimizing.tolist(), strict=True)
    )


def _words(outcome: Outcome) -> Iterator[tuple[float, str]]:
    """Say at each moment what is under way, and which rule holds a request back."""
    moments = (outcome.waiting, outcome.optimizing, outcome.in_window)
    for hour, *state in zip(outcome.hour.tolist(), *moments, strict=True):
        yield hour, _word(outcome, *state)


def _word(outcome: Outcome, waiting: int, busy: int, used: int) -> str:
    if not waiting:
        return (
            "Optimizing: the size counts already, full speed at its end." if busy else "Completed."
        )
    if busy:
        return "Refused: the modification before is not completed."
    if outcome.window_h is None:
        return "Refused: the wait after a modification is not over."
    return f"Refused: {used} modifications in {outcome.window_h:g} hours are the most."


PRESETS = (
    Preset(
        "Double it in one step",
        "The size is there in seconds. The new IOPS are sure only when optimizing is over.",
        {},
    ),
    Preset(
        "Six small steps in a day",
        "Compare the requests with what the rules let through.",
        {"size_gib": 100, "new_size_gib": 220, "new_iops": 3000, "steps": 6, "apart_h": 2.0},
    ),
    Preset(
        "The same under the old rule",
        "In 2023 a volume had to rest for six hours after each change.",
        {
            "size_gib": 100,
            "new_size_gib": 220,
            "new_iops": 3000,
            "steps": 6,
            "apart_h": 2.0,
            "as_of": "2023-06",
        },
    ),
    Preset(
        "A large volume takes days",
        "Each step waits for the one before. Ask for one step and compare.",
        {"size_gib": 8192, "new_size_gib": 12288, "steps": 3},
    ),
)

VIEW = View(
    name="modify",
    question="How fast can I change a volume that is in use?",
    scenario=ModifyScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
)
