"""What can be asked: the I/Os that a program needs, and the instance that it runs on."""

from typing import Literal

from awsnb.aws.instance_store import STORE_TYPES
from awsnb.scenario import Scenario, field


class SpeedScenario(Scenario):
    """Random I/Os of 4 KiB on an instance with a store, or with one EBS volume as large."""

    instance_type: str = field(
        "i3.large",
        label="Instance",
        choices=STORE_TYPES,
        meaning="It sets the size and the speed of the store, and the limits to EBS.",
    )
    wanted_iops: int = field(
        20_000,
        label="Wanted",
        unit="IOPS",
        low=100,
        high=4_000_000,
        log=True,
        meaning="Random I/Os of 4 KiB that the program needs each second, all day.",
    )
    operation: Literal["reads", "writes"] = field(
        "reads",
        label="Operation",
        meaning="A store's drives write more slowly than they read.",
    )

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return f"{self.wanted_iops:,} {self.operation} a second on {self.instance_type}"
