"""The view "keeping": how old an image's patches get, and what images that are kept cost."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ebs import EBS
from awsnb.aws.ec2 import EC2
from awsnb.results import Comparison, Curve, Number, Option, Panel, Result, cheapest
from awsnb.scenario import Preset, Scenario, field
from awsnb.view import View
from awsnb.words import counted, usd

DAYS = 730
DAYS_A_MONTH = 365 / 12
PREVIOUS, FRESH = "previous image", "new base image"
RHYTHMS = (1, 7, 14, 30, 90, 180)
Floats = NDArray[np.float64]


# --- what can be asked


class KeepingScenario(Scenario):
    """How often an image is built, how long it is kept, and where."""

    rebuild_days: int = field(
        30, label="Rebuild every", unit="days", low=1, high=365, log=True,
        meaning="From one build of the image to the next, with all patches of that day.",
    )  # fmt: skip
    rollout_days: float = field(
        2.0, label="Roll-out takes", unit="days", low=0, high=90,
        meaning="From the build until the last instance runs the new image: tests, copies, an "
        "instance refresh.",
    )  # fmt: skip
    kept: int = field(
        6, label="Images kept", unit="images", low=1, high=1000, log=True,
        meaning="Newest images that stay registered; older ones are deregistered.",
    )  # fmt: skip
    delete_snapshots: bool = field(
        EC2.value("image", "deletes_snapshots"), label="Delete their snapshots",
        meaning="Whether an image's snapshots are deleted when it is deregistered. By default they "
        "stay.",
    )  # fmt: skip
    regions: int = field(
        2, label="Regions", unit="regions", low=1, high=30,
        meaning="Regions that hold a copy of each image, the first included.",
    )  # fmt: skip
    image_gib: float = field(
        10.0, label="Size of an image", unit="GiB", low=0.1, high=10_000, log=True,
        meaning="Blocks that the snapshots of one image hold.",
    )  # fmt: skip
    changed_pct: float = field(
        25.0, label="Changed by a build", unit="%", low=0, high=100, group="Build", advanced=True,
        meaning="Share of the blocks that a build writes, if it starts from the previous image.",
    )  # fmt: skip
    built_from: Literal["previous image", "new base image"] = field(
        PREVIOUS, label="Built from", group="Build", advanced=True,
        meaning="The previous image shares its unchanged blocks with the new one. A new base image "
        "of another owner shares none.",
    )  # fmt: skip
    deprecate_days: int | None = field(
        None, label="Deprecated after", unit="days", low=1,
        high=365 * EC2.value("image", "deprecated_at_most"), log=True, unset="never",
        group="Policy", advanced=True,
        meaning="Age from which an image is deprecated: hidden from its users, but it launches.",
    )  # fmt: skip
    accepted_days: float = field(
        14.0, label="Patches must be in", unit="days", low=0.1, high=730, log=True, group="Policy",
        advanced=True, meaning="How long a patch may take to reach the last instance.",
    )  # fmt: skip

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return (
            f"built every {_days(self.rebuild_days)}, {self.kept} kept, "
            f"{counted(self.regions, 'region')}"
        )


def _days(count: int) -> str:
    return "day" if count == 1 else f"{count} days"


# --- what happens


@dataclass(frozen=True)
class Outcome:
    """Two years of an image, day by day; the first image is built on day 0."""

    scenario: KeepingScenario

    @property
    def day(self) -> Floats:
        """The days, shape (731,)."""
        return np.arange(DAYS + 1, dtype=np.float64)

    @property
    def patch_age_days(self) -> Floats:
        """Age of the image that the last instance runs, on each day."""
        every, rollout = self.scenario.rebuild_days, self.scenario.rollout_days
        return rollout + np.mod(self.day - rollout, every)

    @property
    def longest_wait_days(self) -> float:
        """How long a patch takes to the last instance if it comes right after a build."""
        return self.scenario.rebuild_days + self.scenario.rollout_days

    @property
    def mean_wait_days(self) -> float:
        """How long a patch takes on average: it comes at any moment between two builds."""
        return self.scenario.rebuild_days / 2 + self.scenario.rollout_days

    @cached_property
    def built(self) -> NDArray[np.int64]:
        """Images built by each day."""
        return (self.day // self.scenario.rebuild_days).astype(np.int64) + 1

    @cached_property
    def registered(self) -> NDArray[np.int64]:
        """Images that can be launched, on each day."""
        return np.minimum(self.built, self.scenario.kept)

    @property
    def shared_share(self) -> float:
        """Share of an image's blocks that the next one does not store again."""
        return 1 - self.scenario.changed_pct / 100 if self.scenario.built_from == PREVIOUS else 0.0

    def stored_gib(self, images: NDArray[np.int64]) -> Floats:
        """What so many snapshots in a row store in one region: each block once."""
        more = (images - 1) * (1 - self.shared_share)
        return np.asarray(self.scenario.image_gib * (1 + more), dtype=np.float64)

    @cached_property
    def paid_gib(self) -> Floats:
        """Blocks that are paid for in one region, those of deregistered images included."""
        there = self.registered if self.scenario.delete_snapshots else self.built
        return self.stored_gib(there)

    @property
    def orphans(self) -> int:
        """Snapshots without an image at the end, in each region."""
        left = int(self.built[-1] - self.registered[-1])
        return 0 if self.scenario.delete_snapshots else left

    def storage_usd_month(self, stored_gib: float) -> float:
        """Price of snapshots in all regions, at that of us-east-1."""
        price = float(EBS.value("snapshot", "snapshot_storage_price"))
        return self.scenario.regions * stored_gib * price

    @property
    def copies_usd_month(self) -> float:
        """Price of the transfer to the other regions; only blocks that are new go there."""
        new_gib = self.scenario.image_gib * (1 - self.shared_share)
        builds = DAYS_A_MONTH / self.scenario.rebuild_days
        price = float(EBS.value("snapshot", "copy_price"))
        return (self.scenario.regions - 1) * builds * new_gib * price

    @property
    def usd_month(self) -> float:
        """Price of storage and copies after two years, USD a month."""
        return self.storage_usd_month(float(self.paid_gib[-1])) + self.copies_usd_month

    @property
    def wasted_usd_month(self) -> float:
        """The part of it that snapshots without an image cost."""
        needed_gib = float(self.stored_gib(self.registered)[-1])
        return self.storage_usd_month(float(self.paid_gib[-1]) - needed_gib)

    @property
    def hidden_days(self) -> float:
        """Days of each round in which the last instances run a deprecated image."""
        after = self.scenario.deprecate_days
        return 0.0 if after is None else max(self.longest_wait_days - after, 0.0)

    @property
    def holds(self) -> bool:
        """Whether every patch is in as soon as it must be."""
        return self.longest_wait_days <= self.scenario.accepted_days


def simulate(scenario: KeepingScenario) -> Outcome:
    """Build, copy, keep and deregister images for two years."""
    return Outcome(scenario)


# --- what is said


def days(number: float) -> str:
    """Say a number of days: ``1 day``, ``2.5 days``."""
    return counted(round(number, 1) if number % 1 else int(number), "day")


def tell(outcome: Outcome) -> Result:
    """Say how old patches get and what the images cost.

    Returns
    -------
    Result
        `data` has, by ``at_days``, the age of the image in use, and the GiB that are paid for and
        that registered images need, in one region.
    """
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=f"{_patches(outcome)} {_snapshots(outcome)}",
        numbers=_numbers(outcome),
        data={
            "at_days": outcome.day,
            "patch_age_d": outcome.patch_age_days,
            "paid_gib": outcome.paid_gib,
            "needed_gib": outcome.stored_gib(outcome.registered),
        },
        panels=_panels(),
        notes=tuple(_notes(outcome)),
    )


def _panels() -> tuple[Panel, Panel]:
    return (
        Panel(
            "Age of the image that the last instance runs",
            "days",
            (Curve("patch_age_d", "age", "first", compare=True),),
            x="at_days",
            x_title="day",
        ),
        Panel(
            "Snapshots in one region",
            "GiB",
            (
                Curve("needed_gib", "of registered images", "demand"),
                Curve("paid_gib", "paid for", "second", compare=True),
            ),
            x="at_days",
            x_title="day",
        ),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    longest, mean = outcome.longest_wait_days, outcome.mean_wait_days
    cost, wasted = outcome.usd_month, outcome.wasted_usd_month
    paid, back = float(outcome.paid_gib[-1]), (int(outcome.registered[-1]) - 1)
    back_days = back * outcome.scenario.rebuild_days
    return (
        Number("longest_wait_d", "A patch waits at most", longest, days(longest), headline=True),
        Number("mean_wait_d", "On average", mean, days(mean), headline=True),
        Number("usd_month", "Costs a month", cost, usd(cost), headline=True),
        Number("wasted_usd_month", "Of that, for no image", wasted, usd(wasted), headline=True),
        Number("paid_gib", "Stored in one region", paid, f"{paid:,.0f} GiB"),
        Number("orphans", "Snapshots without an image", outcome.orphans, f"{outcome.orphans:,}"),
        Number("back_d", "One can go back by", back_days, days(back_days)),
    )


def _patches(outcome: Outcome) -> str:
    scenario = outcome.scenario
    told = (
        f"A patch waits {days(outcome.mean_wait_days)} on average and "
        f"{days(outcome.longest_wait_days)} at most: until the next build, then the roll-out."
    )
    if scenario.rebuild_days / 2 < scenario.rollout_days:
        return f"{told} The roll-out is the longer part: building more often helps little."
    return told


def _snapshots(outcome: Outcome) -> str:
    if outcome.orphans:
        left = counted(outcome.orphans, "snapshot")
        verb = "belongs" if outcome.orphans == 1 else "belong"
        return (
            f"After two years {left} in each region {verb} to no image and "
            f"{'costs' if outcome.orphans == 1 else 'cost'} "
            f"{usd(outcome.wasted_usd_month)} a month: deregistering an image leaves them."
        )
    if outcome.built[-1] == outcome.registered[-1]:
        return "No image was deregistered in two years, so all that is stored belongs to one."
    if outcome.scenario.built_from == FRESH:
        return "Each image stores all of its blocks anew, since it shares none with the one before."
    return "Deregistered images take their snapshots along, so the storage stops growing."


def _notes(outcome: Outcome) -> list[str]:
    scenario = outcome.scenario
    notes = [
        "A snapshot is paid for by the blocks that it alone holds; a shared block is stored once.",
        "Regions are taken to charge as us-east-1 does, for storage and for transfer to most "
        "other regions; the price of the transfer is recalled, not checked.",
        "Not counted: the instance that builds and tests an image, and encryption with other keys, "
        "which makes copies full.",
    ]
    if outcome.hidden_days:
        notes.append(
            f"For {days(min(outcome.hidden_days, scenario.rebuild_days))} of each "
            f"{days(scenario.rebuild_days)} the last instances run a deprecated image. Launches by "
            "its id go on; its users no longer find it in a list."
        )
    return notes


# --- what else would do


def compare(scenario: KeepingScenario) -> Comparison:
    """Look at the usual rhythms, with snapshots deleted along with their images.

    Parameters
    ----------
    scenario : KeepingScenario

    Returns
    -------
    Comparison
        An option holds if every patch is in as soon as it must be.
    """
    tidy = scenario.replace(delete_snapshots=True)
    options = (
        _option("as asked", scenario),
        *(_option(f"every {days(every)}", tidy.replace(rebuild_days=every)) for every in RHYTHMS),
    )
    best = cheapest(options)
    return Comparison(
        title=f"Rhythms, for patches that must be in within {days(scenario.accepted_days)}",
        why=_verdict(best, scenario),
        options=options,
        best=best,
    )


def _option(label: str, scenario: KeepingScenario) -> Option:
    outcome = simulate(scenario)
    numbers = {number.name: number for number in _numbers(outcome)}
    shown = ("longest_wait_d", "mean_wait_d", "back_d", "usd_month")
    return Option(
        label=label,
        scenario=scenario,
        holds=outcome.holds,
        cost_usd_month=outcome.usd_month,
        numbers=tuple(numbers[name] for name in shown),
        remark="" if scenario.delete_snapshots else "snapshots stay",
    )


def _verdict(best: Option | None, scenario: KeepingScenario) -> str:
    if best is None:
        return (
            f"No rhythm holds, since the roll-out alone takes {days(scenario.rollout_days)}: "
            "shorten it, or patch running instances."
        )
    return (
        f"The cheapest that holds: {best.label}. A patch waits {best.numbers[0].text} at most, for "
        f"{usd(best.cost_usd_month or 0.0)} a month."
    )


PRESETS = (
    Preset(
        "Images rebuilt every day",
        "See what is left of the wait, and what grows instead.",
        {"rebuild_days": 1, "kept": 14},
    ),
    Preset(
        "Tidied up",
        "Snapshots go with their image. Compare the second plot with the one before.",
        {"rebuild_days": 7, "delete_snapshots": True},
    ),
    Preset(
        "Always from a new base",
        "Each build starts from AWS's newest image. What do snapshots share now?",
        {"rebuild_days": 7, "delete_snapshots": True, "built_from": FRESH},
    ),
    Preset(
        "Eight regions",
        "One image, eight copies: see which part of the price is storage, which transfer.",
        {"regions": 8, "delete_snapshots": True},
    ),
    Preset(
        "A slow roll-out",
        "Builds are weekly, and instances are replaced within a month. What would help?",
        {"rebuild_days": 7, "rollout_days": 30.0, "delete_snapshots": True},
    ),
)

VIEW = View(
    name="keeping",
    question="How old do my patches get, and what do the images that I keep cost?",
    scenario=KeepingScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
