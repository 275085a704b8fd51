"""What can be asked: some instances, how long they run, and how they are bought."""

from typing import Literal

from awsnb.aws.ec2.purchase import PURCHASED_TYPES, SPOT
from awsnb.aws.prices import EC2
from awsnb.scenario import Scenario, field

DAY_H = 24.0
REPLACED_MIN = float(EC2.value("spot", "replaced_after"))
LOWEST_PCT = float(EC2.value("spot", "lowest_band_to"))


class CostScenario(Scenario):
    """Instances that run for some hours of each day, for some months."""

    purchase: Literal[
        "on demand", "savings plan 1 year", "reserved 1 year", "reserved 3 years", "spot"
    ] = field(
        "on demand",
        label="Bought",
        meaning="How: by the second, with a commitment for every hour of a term, or as spare "
        "capacity that AWS may reclaim.",
    )  # fmt: skip
    hours: float = field(
        12.0, label="Runs", unit="h a day", low=0.5, high=24,
        meaning="Hours of a day in which it has work.",
    )  # fmt: skip
    months: int = field(
        12, label="Needed for", unit="months", low=1, high=60,
        meaning="After that nobody needs it. A commitment is paid to the end of its term.",
    )  # fmt: skip
    may_stop: bool = field(
        False, label="May be interrupted",
        meaning="Whether the work stands a reclaim: it is begun anew, or somebody else does it.",
    )  # fmt: skip
    reclaimed_pct: float = field(
        LOWEST_PCT, label="Reclaimed a month", unit="%", low=0, high=90,
        meaning="Spot instances of this type that AWS reclaims in a month in which they run all "
        "the time. The Spot Instance Advisor shows a band for each type.",
    )  # fmt: skip
    saved_h: float = field(
        1.0, label="Work is saved every", unit="h", low=0.01, high=720, log=True,
        meaning="What was done since is lost at a reclaim, and done again. A night's stop saves "
        "it too.",
    )  # fmt: skip
    instance_type: str = field(
        "m6a.xlarge", label="Instance", choices=PURCHASED_TYPES, group="Bill", advanced=True,
        meaning="Its type. These have all five prices.",
    )  # fmt: skip
    instances: int = field(
        1, label="Instances", unit="instances", low=1, high=1000, log=True, group="Bill",
        advanced=True, meaning="How many, all alike.",
    )  # fmt: skip
    root_gib: int = field(
        8, label="Root volume", unit="GiB", low=1, high=16_384, log=True, group="Bill",
        advanced=True, meaning="Size of each root volume, gp3. It is kept while they are stopped.",
    )  # fmt: skip
    public_ipv4: bool = field(
        True, label="Public IPv4", group="Bill", advanced=True,
        meaning="Whether each has a public IPv4 address while it runs.",
    )  # fmt: skip
    replaced_min: float = field(
        REPLACED_MIN, label="Replaced after", unit="min", low=0, high=120, group="Spot",
        advanced=True, meaning="What a new spot instance boots and loads before it works.",
    )  # fmt: skip

    @property
    def is_spot(self) -> bool:
        """Whether AWS may reclaim it."""
        return self.purchase == SPOT

    @property
    def piece_h(self) -> float:
        """Hours of work that a reclaim can undo; what is stopped overnight is saved before."""
        return self.saved_h if self.hours == DAY_H else min(self.saved_h, self.hours)

    @property
    def text(self) -> str:
        """The purchase in a few words."""
        return f"{self.purchase}, {self.hours:g} h a day"
