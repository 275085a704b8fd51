"""The view "spot pools": how often too few are left, when pools are taken back whole."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from pydantic import model_validator

from awsnb.aws.autoscaling import ASG, mixed_usd_month, on_demand_count
from awsnb.aws.prices import HOURS_A_MONTH, PRICED_INSTANCES
from awsnb.mechanisms import lifetimes
from awsnb.mechanisms.lifetimes import Lifetimes
from awsnb.results import Comparison, Curve, Number, Option, Panel, Result, cheapest
from awsnb.scenario import Preset, Scenario, ScenarioError, field
from awsnb.view import View
from awsnb.words import are, counted, percent, span, usd

MOST_POOLS = 12
ACCEPTED_MIN = 1.0
MOST_TIMES = 1_000  # beyond it a ratio of two rare things says no more
MONTH_S = 3600 * HOURS_A_MONTH


# --- what can be asked


class SpotScenario(Scenario):
    """A mixed group, the pools that its Spot Instances lie in, and how often a pool is taken."""

    total: int = field(
        12, label="Instances", unit="instances", low=1, high=60, meaning="The desired capacity.",
    )  # fmt: skip
    needed: int = field(
        9, label="Needed for the load", unit="instances", low=1, high=60,
        meaning="Fewer than so many can't carry the load.",
    )  # fmt: skip
    on_demand_base: int = field(
        3, label="On-Demand base", unit="instances", low=0, high=60,
        meaning="The first instances of the group, which are never Spot.",
    )  # fmt: skip
    pools: int = field(
        3, label="Spot pools", unit="pools", low=1, high=MOST_POOLS,
        meaning="Pools, each an instance type in a zone, that the Spot Instances lie in evenly.",
    )  # fmt: skip
    interruptions: float = field(
        float(ASG.value("spot", "pool_interruptions")), label="A pool is taken back",
        unit="a month", low=0.01, high=60, log=True,
        meaning="How often. The Spot Instance advisor has ranges by instance type.",
    )  # fmt: skip
    missing_min: float = field(
        5.0, label="Missing for", unit="min", low=0.1, high=600, log=True,
        meaning="From an interruption until replacements from other pools serve; see repair.",
    )  # fmt: skip
    on_demand_pct: int = field(
        0, label="On-Demand above base", unit="%", low=0, high=100, group="Mix", advanced=True,
        meaning="Of the instances above the base; a fraction is rounded up.",
    )  # fmt: skip
    saving_pct: int = field(
        ASG.value("spot", "saving"), label="Spot saves", unit="%", low=0, high=90, group="Bill",
        advanced=True, meaning="Below the price on demand. It differs by pool and day.",
    )  # fmt: skip
    instance_type: str = field(
        "m5.large", label="Instance type", choices=PRICED_INSTANCES, group="Bill", advanced=True,
        meaning="For the bill; all types of the group are counted at its price.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _refuse_more_than_there_are(self) -> Self:
        if self.needed > self.total:
            raise ScenarioError(
                f"needed = {self.needed}: the group has {counted(self.total, 'instance')}; choose "
                "no more, or raise total.",
                field="needed",
            )
        return self

    @property
    def on_demand(self) -> int:
        """Instances that are not Spot."""
        return on_demand_count(self.total, self.on_demand_base, self.on_demand_pct)

    @property
    def spot(self) -> int:
        """Spot Instances."""
        return self.total - self.on_demand

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        pools = counted(self.pools, "pool")
        return f"{self.on_demand} On-Demand, {self.spot} Spot in {pools}"


# --- what happens


@dataclass(frozen=True)
class Outcome:
    """How often too few are left; shares of time by number of pools, from 1."""

    scenario: SpotScenario
    together: tuple[float, ...]
    alone: float
    chance: float

    @cached_property
    def used(self) -> int:
        """Pools that hold an instance."""
        return min(self.scenario.pools, max(1, self.scenario.spot))

    @property
    def short_s(self) -> float:
        """How long in a month too few are left, s."""
        return self.together[self.used - 1] * MONTH_S

    @property
    def alone_s(self) -> float:
        """The same, if instances were interrupted one by one, as often, s."""
        return self.alone * MONTH_S

    @property
    def usd_month(self) -> float:
        """The group's price."""
        asked = self.scenario
        return mixed_usd_month(asked.on_demand, asked.spot, asked.instance_type, asked.saving_pct)


def simulate(scenario: SpotScenario) -> Outcome:
    """Find the shares of time by the exact chain, a pool in it a zone whose copies never fail."""
    most = min(MOST_POOLS, max(1, scenario.spot))
    together = tuple(short_share(scenario, pools) for pools in range(1, most + 1))
    used = min(scenario.pools, most)
    alone = short_share(scenario, max(1, scenario.spot))
    return Outcome(scenario, together, alone, chance_of_short(scenario, used))


def short_share(scenario: SpotScenario, pools: int) -> float:
    """Share of time in which fewer than the needed instances are left."""
    quorum = scenario.needed - scenario.on_demand
    if quorum <= 0:
        return 0.0
    return lifetimes.unavailability(_chain(scenario, pools), quorum)


def chance_of_short(scenario: SpotScenario, pools: int) -> float:
    """Chance that too few are left at least once in a month."""
    quorum = scenario.needed - scenario.on_demand
    if quorum <= 0:
        return 0.0
    return lifetimes.loss_probability(_chain(scenario, pools), quorum, HOURS_A_MONTH * 60)


def sizes(instances: int, pools: int) -> tuple[int, ...]:
    """Spread instances over pools as evenly as can be."""
    return tuple(instances // pools + (pool < instances % pools) for pool in range(pools))


def _chain(scenario: SpotScenario, pools: int) -> lifetimes.Chain:
    up_min = HOURS_A_MONTH * 60 / scenario.interruptions
    times = Lifetimes(np.inf, 1.0, zone_up=up_min, zone_down=scenario.missing_min)
    return lifetimes.chain(sizes(scenario.spot, pools), times)


# --- what is said


def tell(outcome: Outcome) -> Result:
    """Say how long too few are left.

    Returns
    -------
    Result
        `data` has by number of ``pools`` the time a month ``short_min`` with too few left, and
        ``alone_min``, the same if instances failed one by one.
    """
    minutes = np.array(outcome.together) * MONTH_S / 60
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "pools": np.array([str(pools + 1) for pools in range(minutes.size)]),
            "short_min": minutes,
            "alone_min": np.full(minutes.size, outcome.alone_s / 60),
        },
        panels=(
            Panel(
                "Too few left, by number of pools",
                "min a month",
                (
                    Curve("short_min", "pools taken back whole", "first", compare=True),
                    Curve("alone_min", "instances one by one", "theory"),
                ),
                kind="bars",
                log=True,
                x="pools",
                x_title="Spot pools",
            ),
        ),
        notes=(
            "Pools are taken back independently of each other. Pools of one zone, or of one family "
            "of types, often are not: then count them as one.",
            "Replacements are found in other pools; where none has room, nothing comes in time.",
        ),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    short, alone = outcome.short_s, outcome.alone_s
    return (
        Number("short_min", "Too few, a month", short / 60, span(short, "never"), headline=True),
        Number("chance_pct", "A month has such a time", 100 * outcome.chance,
               _sure(outcome.chance), headline=True),
        Number("alone_min", "If one by one", alone / 60, span(alone, "never"), headline=True),
        Number("largest_pool", "Instances in the largest pool", _largest(outcome),
               f"{_largest(outcome)}"),
        Number("cost_usd_month", "Cost a month", outcome.usd_month, usd(outcome.usd_month),
               headline=True),
    )  # fmt: skip


def _sure(chance: float) -> str:
    return "over 99 %" if chance > 0.99 else percent(100 * chance)


def _largest(outcome: Outcome) -> int:
    return max(sizes(outcome.scenario.spot, outcome.used))


def _why(outcome: Outcome) -> str:
    asked = outcome.scenario
    if asked.on_demand >= asked.needed:
        return (
            f"{counted(asked.on_demand, 'On-Demand instance')} {are(asked.on_demand)} enough "
            "for the load: Spot interruptions can't take the group below it."
        )
    spare = asked.total - asked.needed
    largest = _largest(outcome)
    if largest > spare:
        return (
            f"The group can spare {spare}, and its largest pool holds {largest}: each time that "
            f"it is taken back, too few are left for {span(60 * asked.missing_min)}."
        )
    together = -(-(spare + 1) // largest)
    times = outcome.short_s / outcome.alone_s if outcome.alone_s else 0.0
    often = f"{times:,.0f}" if times < MOST_TIMES else f"more than {MOST_TIMES:,}"
    more = (
        f" That is {often} times as long as if instances failed one by one." if times >= 2 else ""
    )
    return (
        f"The group can spare {spare}, and no pool holds more than {largest}: too few are left "
        f"only when at least {together} pools are taken back within "
        f"{span(60 * asked.missing_min)}.{more}"
    )


# --- what else would do


def compare(scenario: SpotScenario) -> Comparison:
    """Try fewer and more pools, a larger base, and no Spot at all.

    Returns
    -------
    Comparison
        An option holds if too few are left for less than a minute a month.
    """
    base = min(scenario.needed, scenario.total)
    others = [(counted(pools, "pool"), {"pools": pools}) for pools in (1, 2, 3, 4, 6, 9, 12)]
    others.append((f"base of {base}", {"on_demand_base": base}))
    others.append(("On-Demand alone", {"on_demand_pct": 100}))
    options = tuple(_option(label, scenario.replace(**change)) for label, change in others)
    best = cheapest(options)
    said = f"'{best.label}' is the cheapest" if best else "None is good enough: none"
    return Comparison(
        title="Pools, a base, or no Spot",
        why=f"{said} that is short for less than a minute a month.",
        options=options,
        best=best,
    )


def _option(label: str, scenario: SpotScenario) -> Option:
    outcome = simulate(scenario)
    numbers = {number.name: number for number in _numbers(outcome)}
    return Option(
        label=label,
        scenario=scenario,
        holds=outcome.short_s < 60 * ACCEPTED_MIN,
        cost_usd_month=outcome.usd_month,
        numbers=tuple(numbers[name] for name in ("short_min", "chance_pct", "cost_usd_month")),
    )


PRESETS = (
    Preset("One type in three zones", "Nine Spot Instances in three pools; one may be missing.",
           {"needed": 11}),
    Preset("Four types in three zones", "The same nine in nine pools.",
           {"needed": 11, "pools": 9}),
    Preset("Two to spare from three", "Three pools of three, and the load needs ten of twelve.",
           {"needed": 10}),
    Preset("A base that carries all", "As many On-Demand as the load needs.",
           {"on_demand_base": 9}),
)  # fmt: skip

VIEW = View(
    name="spot pools",
    question="How many Spot pools does the group need?",
    scenario=SpotScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
    compare=compare,
)
