"""The view "allocation": which Spot pools a strategy takes, and what that saves and risks."""

import math
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple, Self

import numpy as np
from pydantic import model_validator

from awsnb.aws.autoscaling import ASG
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.lines import LineError, read_lines
from awsnb.results import Comparison, Curve, Number, Option, Panel, Result, cheapest
from awsnb.scenario import Preset, Scenario, ScenarioError, field
from awsnb.view import View
from awsnb.words import counted, rate, span, unit_of, usd

PRICE_CAPACITY, CAPACITY, LOWEST = STRATEGIES = (
    "price-capacity-optimized", "capacity-optimized", "lowest-price",
)  # fmt: skip
FORM = "type, USD an hour, interruptions a month"
MOST_TYPES = 20
ACCEPTED_MIN = 1.0
MONTH_MIN = 60.0 * HOURS_A_MONTH
DEFAULT_OFFERS = """m5.large, 0.030, 6
m5a.large, 0.034, 3
m6i.large, 0.038, 0.8
m5n.large, 0.048, 0.5"""
"""Chosen for this lab: the cheapest is the most wanted, and taken back most often."""


# --- what can be asked


class Offer(NamedTuple):
    """An instance type: its Spot price, USD/hour, and how often a month a pool is taken back."""

    name: str
    usd_hour: float
    a_month: float


class AllocationScenario(Scenario):
    """Spot Instances of a group, the types that it may take, and its strategy."""

    strategy: Literal["price-capacity-optimized", "capacity-optimized", "lowest-price"] = field(
        PRICE_CAPACITY, label="Strategy",
        meaning="How the group chooses among the Spot pools of a zone. The API's default is "
        "lowest-price.",
    )  # fmt: skip
    offers: str = field(
        DEFAULT_OFFERS, label="Types on offer", lines=4,
        meaning=f"One a line: {FORM} of a pool. Prices: DescribeSpotPriceHistory; interruptions: "
        "the Spot Instance advisor has ranges.",
    )  # fmt: skip
    spot: int = field(
        9, label="Spot Instances", unit="instances", low=1, high=60, meaning="That the group runs.",
    )  # fmt: skip
    needed: int = field(
        6, label="Needed for the load", unit="instances", low=1, high=60,
        meaning="Fewer of them than so many can't carry the load.",
    )  # fmt: skip
    zones: int = field(
        3, label="Availability Zones", unit="zones", low=1, high=4,
        meaning="The strategy is applied in each of them.",
    )  # fmt: skip
    lowest_pools: int = field(
        int(ASG.value("mixed", "spot_pools")), label="Lowest-price pools", unit="pools", low=1,
        high=3, only_when={"strategy": (LOWEST,)},
        meaning="SpotInstancePools: over how many of the cheapest pools of a zone it spreads. AWS "
        "takes up to 20.",
    )  # fmt: skip
    missing_min: float = field(
        5.0, label="Missing for", unit="min", low=0.1, high=600, log=True, advanced=True,
        group="Repair",
        meaning="From an interruption until replacements from other pools serve; see repair.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> Self:
        if self.needed > self.spot:
            raise ScenarioError(
                f"needed = {self.needed}: the group runs {counted(self.spot, 'Spot Instance')}; "
                "choose no more, or raise spot.",
                field="needed",
            )
        _ = self.types
        return self

    @property
    def types(self) -> tuple[Offer, ...]:
        """The types on offer."""
        return read_lines(self.offers, "offers", FORM, MOST_TYPES, _offer, "name")

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return f"{self.spot} Spot, {self.strategy}, {counted(len(self.types), 'type')}"


def _offer(line: str) -> Offer:
    parts = [part.strip() for part in line.split(",")]
    if len(parts) != 3 or not parts[0]:
        raise LineError(line, f"{FORM}, such as m5.large, 0.035, 2")
    return Offer(parts[0], _number(parts[1], 1000, "USD an hour"), _number(parts[2], 60, "a month"))


def _number(text: str, most: float, unit: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= most:
        raise LineError(text, f"a number above 0 and up to {most:g} {unit}")
    return value


# --- what happens


class Pool(NamedTuple):
    """A pool that holds instances: type and zone, and how many."""

    offer: Offer
    zone: int
    instances: int


@dataclass(frozen=True)
class Outcome:
    """Where the instances are, and how often too few are left.

    Attributes
    ----------
    scenario : AllocationScenario
    pools : tuple of Pool
        Those that hold any.
    short_share : float
        Share of time in which fewer than the needed instances are left.
    falls_a_month : float
        How often a month that begins.
    """

    scenario: AllocationScenario
    pools: tuple[Pool, ...]
    short_share: float
    falls_a_month: float

    @property
    def short_s(self) -> float:
        """How long in a month too few are left, s."""
        return 60 * MONTH_MIN * self.short_share

    @property
    def usd_month(self) -> float:
        """What the instances cost, USD a month."""
        return HOURS_A_MONTH * sum(pool.instances * pool.offer.usd_hour for pool in self.pools)

    @property
    def taken_a_month(self) -> float:
        """Instances that are interrupted, a month."""
        return sum(pool.instances * pool.offer.a_month for pool in self.pools)

    @property
    def largest(self) -> int:
        """Instances in the largest pool."""
        return max(pool.instances for pool in self.pools)


def simulate(scenario: AllocationScenario) -> Outcome:
    """Choose the pools of each zone, and look at every set of them that may be down."""
    pools = allocate(scenario)
    share, falls = shortages(pools, scenario.needed, scenario.missing_min)
    return Outcome(scenario, pools, share, falls)


def allocate(scenario: AllocationScenario) -> tuple[Pool, ...]:
    """Spread the instances over zones evenly, and in each zone as the strategy says."""
    chosen = choose(scenario.types, scenario.strategy, scenario.lowest_pools)
    counts = {
        (offer, zone): count
        for zone, in_zone in enumerate(_evenly(scenario.spot, scenario.zones))
        for offer, count in zip(chosen, _evenly(in_zone, len(chosen)), strict=True)
    }
    return tuple(Pool(offer, zone, count) for (offer, zone), count in counts.items() if count)


def choose(types: tuple[Offer, ...], strategy: str, lowest_pools: int) -> list[Offer]:
    """Choose the types that a strategy takes in a zone.

    How rarely a pool is taken back stands for its spare capacity, which AWS does not publish. Of
    the half that is taken back least, `price-capacity-optimized` takes the cheapest.
    """
    by_price = sorted(types, key=lambda one: (one.usd_hour, one.a_month))
    if strategy == LOWEST:
        return by_price[:lowest_pools]
    steady = sorted(types, key=lambda one: (one.a_month, one.usd_hour))
    if strategy == CAPACITY:
        return steady[:1]
    half = steady[: math.ceil(len(steady) / 2)]
    return [one for one in by_price if one in half][:1]


def _evenly(count: int, places: int) -> list[int]:
    return [count // places + (place < count % places) for place in range(places)]


def shortages(pools: tuple[Pool, ...], needed: int, missing_min: float) -> tuple[float, float]:
    """Say how much of the time, and how often a month, too few instances are left.

    Pools are up and down independently: each state's share is a product, and a fall is a step from
    a state with enough to one without.

    Returns
    -------
    share, falls_a_month : float
    """
    rate = np.array([pool.offer.a_month for pool in pools]) / MONTH_MIN
    down = rate * missing_min / (1 + rate * missing_min)
    sizes = np.array([pool.instances for pool in pools])
    up = np.array(list(product((0, 1), repeat=len(pools))))
    shares = np.prod(np.where(up == 1, 1 - down, down), axis=1)
    left = up @ sizes
    short = left < needed
    falls = [
        shares[~short & (up[:, i] == 1) & (left - sizes[i] < needed)].sum() * rate[i]
        for i in range(len(pools))
    ]
    return float(shares[short].sum()), float(sum(falls) * MONTH_MIN)


# --- what is said


def tell(outcome: Outcome) -> Result:
    """Say which pools it takes.

    Returns
    -------
    Result
        `data` has by ``type`` the ``instances`` there; and by ``strategy`` the time a month
        ``short_min`` with too few left.
    """
    scenario = outcome.scenario
    others = [simulate(_with(scenario, one)) for one in STRATEGIES]
    counts = [sum(p.instances for p in outcome.pools if p.offer == one) for one in scenario.types]
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "type": np.array([one.name for one in scenario.types]),
            "instances": np.array(counts),
            "strategy": np.array(STRATEGIES),
            "short_min": np.array([one.short_s / 60 for one in others]),
        },
        panels=(
            Panel("Spot Instances by type", "instances",
                  (Curve("instances", "instances", "first", compare=True),),
                  kind="bars", x="type"),
            Panel("Too few left, by strategy", "min a month",
                  (Curve("short_min", "too few left", "second"),),
                  kind="bars", log=True, x="strategy"),
        ),
        notes=(
            "AWS publishes no capacity of a pool, nor how it weighs it against the price: here it "
            "is how rarely the pool is taken back; of the half that is taken back least, the "
            "cheapest is chosen, one type in a zone: assumed.",
            "Pools are taken back independently, and replacements are found in other pools. All "
            "types count the same: instance weights are left out.",
        ),
    )  # fmt: skip


def _with(scenario: AllocationScenario, strategy: str) -> AllocationScenario:
    pools = scenario.lowest_pools if strategy == LOWEST else int(ASG.value("mixed", "spot_pools"))
    return scenario.replace(strategy=strategy, lowest_pools=pools)


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    short, taken = outcome.short_s, outcome.taken_a_month
    return (
        Number("cost_usd_month", "Cost a month", outcome.usd_month, usd(outcome.usd_month),
               headline=True),
        Number("short_min", "Too few, a month", short / 60, span(short, "never"), headline=True),
        Number("interrupted_instances", "Interrupted, a month", taken,
               f"{rate(taken)} {unit_of(taken, 'instances')}", headline=True),
        Number("largest_pool", "Instances in the largest pool", outcome.largest,
               f"{outcome.largest}", headline=True),
        Number("pools", "Pools", len(outcome.pools), f"{len(outcome.pools)}"),
    )  # fmt: skip


def _why(outcome: Outcome) -> str:
    scenario = outcome.scenario
    names = list(dict.fromkeys(pool.offer.name for pool in outcome.pools))
    each = f"each of {counted(scenario.zones, 'zone')}" if scenario.zones > 1 else "the zone"
    reason = {
        LOWEST: f"the {'cheapest' if len(names) == 1 else f'{len(names)} cheapest'}",
        CAPACITY: "what is taken back least",
        PRICE_CAPACITY: "the cheapest of the half that is taken back least",
    }[scenario.strategy]
    if len(scenario.types) == 1:
        reason = "the only type on offer"
    taken = f"{scenario.strategy} takes {reason}: {' and '.join(names)}, in {each}."
    return f"{taken} {_short(outcome)}"


def _short(outcome: Outcome) -> str:
    spare = outcome.scenario.spot - outcome.scenario.needed
    largest = outcome.largest
    if largest > spare:
        return (
            f"The load can spare {spare}, and a pool holds up to {largest}: one that is taken back "
            f"{'is' if _always(outcome) else 'can be'} enough to leave too few."
        )
    return (
        f"The load can spare {spare}, and no pool holds more: too few are left only when several "
        "are taken back at a time."
    )


def _always(outcome: Outcome) -> bool:
    spare = outcome.scenario.spot - outcome.scenario.needed
    return min(pool.instances for pool in outcome.pools) > spare


# --- what else would do


def compare(scenario: AllocationScenario) -> Comparison:
    """Try the other strategies on the same offers.

    Returns
    -------
    Comparison
        An option holds if too few are left for less than a minute a month.
    """
    options = [_option(_with(scenario, one), one) for one in STRATEGIES]
    wide = scenario.replace(strategy=LOWEST, lowest_pools=3)
    options.append(_option(wide, "lowest-price, 3 pools"))
    best = cheapest(options)
    least = min(options, key=_interrupted)
    calm = f" '{least.label}' interrupts {least.numbers[2].text}."
    why = (
        f"'{best.label}' is the cheapest that is short for less than a minute a month, and "
        f"interrupts {best.numbers[2].text}.{calm if least is not best else ''}"
        if best
        else "Each is short for a minute a month or longer: spread over more, or add instances."
    )
    return Comparison("Strategies on these offers", why, tuple(options), best)


def _option(scenario: AllocationScenario, label: str) -> Option:
    outcome = simulate(scenario)
    numbers = {number.name: number for number in _numbers(outcome)}
    return Option(
        label=label,
        scenario=scenario,
        holds=outcome.short_s < 60 * ACCEPTED_MIN,
        cost_usd_month=outcome.usd_month,
        numbers=tuple(
            numbers[name] for name in ("cost_usd_month", "short_min", "interrupted_instances")
        ),
    )


def _interrupted(option: Option) -> float:
    taken = option.numbers[2].value
    assert isinstance(taken, int | float)
    return taken


PRESETS = (
    Preset("The API's default", "It looks at the price alone. See how often instances go.",
           {"strategy": LOWEST}),
    Preset("Capacity alone", "It looks at capacity alone. See what that costs.",
           {"strategy": CAPACITY}),
    Preset("One type on offer", "Whatever the strategy, there is nothing to choose.",
           {"offers": "m5.large, 0.030, 6"}),
    Preset("Less spare than a pool", "A pool holds three, and the load can spare two.",
           {"needed": 7}),
)  # fmt: skip

VIEW = View(
    name="allocation",
    question="Which Spot pools does the group take, and what does that save and risk?",
    scenario=AllocationScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
    compare=compare,
)
