"""What can be asked: a cluster whose writer dies, and how its clients find the next one."""

from typing import Literal

from awsnb.aws.aurora import AURORA
from awsnb.scenario import Scenario, field
from awsnb.sections.aurora import fields
from awsnb.words import counted

ANEW, KEEPS, PROXY = "resolves anew", "keeps addresses", "RDS Proxy"
RECONNECTS, STAYS = "connects anew", "keeps the connection"
CLIENTS = (ANEW, KEEPS, PROXY)


class FailoverScenario(Scenario):
    """A writer that dies, the readers beside it, and a client."""

    readers: int = fields.readers()
    client: Literal["resolves anew", "keeps addresses", "RDS Proxy"] = field(
        ANEW,
        label="Client",
        meaning="Looks the writer endpoint up again when its answer has expired; or keeps the "
        "address for longer; or talks to a proxy, which finds the new writer without DNS.",
    )
    address_kept_s: float = field(
        60.0,
        label="Address kept for",
        unit="s",
        low=1,
        high=3600,
        log=True,
        only_when={"client": (KEEPS,)},
        meaning="How long the client's runtime keeps an address, whatever DNS says.",
    )
    on_read_only: Literal["connects anew", "keeps the connection"] = field(
        RECONNECTS,
        label="At a read-only error",
        only_when={"client": (ANEW, KEEPS)},
        meaning="The old writer comes back as a reader. A client that reached it by an old address "
        "connects anew when a write fails, or its pool keeps the connection: a read still works.",
    )
    connection_life_s: float = field(
        float(AURORA.value("endpoints", "pool_connection_life")),
        label="A connection lives for",
        unit="s",
        low=1,
        high=7200,
        log=True,
        only_when={"client": (ANEW, KEEPS), "on_read_only": (STAYS,)},
        meaning="After so long a pool replaces a connection, whatever state it is in.",
    )
    old_writer_back_s: float = field(
        float(AURORA.value("endpoints", "old_writer_back")),
        label="The old writer is back after",
        unit="s",
        low=0,
        high=600,
        group="Connections",
        advanced=True,
        meaning="From the promotion until it takes connections again, as a reader; assumed.",
    )
    in_transaction_pct: float = field(
        10.0,
        label="In a transaction",
        unit="%",
        low=0,
        high=100,
        group="Connections",
        advanced=True,
        meaning="Connections that are in a transaction, or pinned, when the writer dies: a proxy "
        "keeps the others open.",
    )
    seed: int = fields.seed(group="Draws", advanced=True)

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        kept = f" for {self.address_kept_s:g} s" if self.client == KEEPS else ""
        return f"failover with {counted(self.readers, 'reader')}, client: {self.client}{kept}"
