"""What can be asked: copies that fail and are made anew, in zones that fail and come back."""

from typing import Literal

from awsnb.aws.aurora import AURORA
from awsnb.scenario import Scenario, field
from awsnb.sections.aurora import fields
from awsnb.sections.aurora.designs import DESIGNS, Design


class AvailabilityScenario(Scenario):
    """One protection group, how often its copies and zones fail, and for how long."""

    design: Literal["4 of 6", "6 of 6", "3 of 4", "2 of 3"] = fields.design()
    segment_gb: float = field(
        float(AURORA.value("storage", "segment_size")),
        label="Segment",
        unit="GB",
        low=0.1,
        high=10_000,
        log=True,
        meaning="How much one copy holds, and so how long it takes to make anew.",
    )
    repair_gbps: float = field(
        float(AURORA.value("storage", "repair_bandwidth")),
        label="Repair",
        unit="Gb/s",
        low=0.01,
        high=100,
        log=True,
        meaning="Bandwidth with which a lost copy is made anew.",
    )
    segment_mttf_days: float = field(
        float(AURORA.value("lifetimes", "segment_mttf")),
        label="A copy fails every",
        unit="days",
        low=1,
        high=10_000,
        log=True,
        group="Failures",
        advanced=True,
        meaning="Mean time to the failure of a copy: its disk, its node or its host.",
    )
    zone_outages_per_year: float = field(
        AURORA.value("lifetimes", "zone_outages"),
        label="Outages of a zone",
        unit="a year",
        low=0,
        high=12,
        group="Failures",
        advanced=True,
        meaning="How often each zone fails as a whole.",
    )
    zone_outage_h: float = field(
        float(AURORA.value("lifetimes", "zone_outage_time")),
        label="An outage lasts",
        unit="h",
        low=0.1,
        high=168,
        log=True,
        group="Failures",
        advanced=True,
        meaning="Mean length of a zone's outage.",
    )

    @property
    def quorum(self) -> Design:
        """The copies, and how many must answer."""
        return DESIGNS[self.design]

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return f"{self.design}, segments of {self.segment_gb:,g} GB"
