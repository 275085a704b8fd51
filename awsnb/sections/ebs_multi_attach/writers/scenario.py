"""What can be asked: writers of one volume, and what protects it."""

from math import factorial
from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.ebs.multi_attach import check_fencing, check_type
from awsnb.scenario import Scenario, ScenarioError, field

UNPROTECTED, LOCK, RESERVATIONS, CLUSTER = (
    "nothing", "a lock", "NVMe reservations", "a cluster file system",
)  # fmt: skip
LOCKED = (LOCK, RESERVATIONS, CLUSTER)
MOST_ORDERS = 40_000


class WritersScenario(Scenario):
    """Several instances that write to the same blocks of one volume."""

    protection: Literal[
        "nothing", "a lock", "NVMe reservations", "a cluster file system"
    ] = field(
        "nothing",
        label="Protection",
        meaning="What keeps the writers apart: nothing, a lock that they agree on, reservations "
        "that the volume enforces, or a file system made for sharing.",
    )  # fmt: skip
    blocks: Literal["a counter", "a directory"] = field(
        "a counter",
        label="What they change",
        meaning="A counter is one block. A directory is two that must agree: the names, and the "
        "files they stand for.",
    )
    page_cache: bool = field(
        False,
        label="Page cache",
        meaning="Whether an instance keeps the blocks that it has read, as a plain file system "
        "does, and does not read them again.",
    )
    presumed_dead: bool = field(
        False,
        label="Instance A presumed dead",
        only_when={"protection": LOCKED},
        meaning="Whether the lock may be taken from instance A, which is only slow, at any moment "
        "at which it holds it.",
    )
    writers: int = field(
        2,
        label="Instances",
        unit="instances",
        low=2,
        high=3,
        meaning="How many instances write to the volume.",
    )
    updates: int = field(
        2,
        label="Updates each",
        unit="updates",
        low=1,
        high=4,
        meaning="How many updates each instance makes, one after the other.",
    )
    volume_type: Literal["gp2", "gp3", "io1", "io2", "st1", "sc1"] = field(
        "io2",
        label="Volume type",
        group="Volume",
        advanced=True,
        meaning="Only io1 and io2 can be shared, and only io2 has reservations.",
    )

    @property
    def block_count(self) -> int:
        """Blocks that an update changes."""
        return 2 if self.blocks == "a directory" else 1

    @property
    def text(self) -> str:
        """The situation in a few words."""
        cache = ", page cache" if self.page_cache else ""
        dead = ", A presumed dead" if self.presumed_dead else ""
        return f"{self.writers} writers, {self.blocks[2:]}, {self.protection}{cache}{dead}"

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> Self:
        check_type(self.volume_type)
        if self.protection == RESERVATIONS:
            check_fencing(self.volume_type, "protection", self.protection)
        self._check_orders()
        return self

    def _check_orders(self) -> None:
        """Refuse what has too many orders to run every one of them."""
        steps = 2 * self.block_count * self.updates
        orders = factorial(self.writers * steps) // factorial(steps) ** self.writers
        if orders > MOST_ORDERS:
            raise ScenarioError(
                f"updates = {self.updates}: {self.writers} writers of {self.blocks} then have "
                f"{orders:,} orders, and at most {MOST_ORDERS:,} are run; take fewer updates or "
                "fewer writers.",
                field="updates",
            )
