"""What can be asked: a cluster whose writer dies, and how its clients find the next one."""

from typing import Literal

from awsnb.scenario import Scenario, field
from awsnb.sections.aurora import fields
from awsnb.words import counted

ANEW, KEEPS, PROXY = "resolves anew", "keeps addresses", "RDS Proxy"
CLIENTS = (ANEW, KEEPS, PROXY)


class FailoverScenario(Scenario):
    """A writer that dies, the readers beside it, and a client."""

    readers: int = fields.READERS
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
    seed: int = fields.SEED

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        kept = f" for {self.address_kept_s:g} s" if self.client == KEEPS else ""
        return f"failover with {counted(self.readers, 'reader')}, client: {self.client}{kept}"
