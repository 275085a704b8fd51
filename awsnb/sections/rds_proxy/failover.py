"""The view "failover": how long a client can't write, second by second, with and without a proxy.

The client of this view is one that has a new address as soon as its old one expires. What a pool
that keeps a dead connection does is the subject of Aurora's view "failover".
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from awsnb.aws.aurora import AURORA
from awsnb.aws.rds import RDS
from awsnb.results import Curve, Number, Panel, Result
from awsnb.scenario import Preset, Scenario, field
from awsnb.view import View
from awsnb.words import percent, span

AURORA_CLUSTER: Final = "Aurora"
MULTI_AZ: Final = "Multi-AZ instance"
USUAL: Final = "usual"
WAYS = ("directly", "by a proxy")
KEPT_S = np.concatenate([[0.0], np.geomspace(1, 600, 60)])


class FailoverScenario(Scenario):
    """A database that fails over, and clients with open connections to it."""

    database: Literal["Aurora", "Multi-AZ instance"] = field(
        AURORA_CLUSTER,
        label="Database",
        meaning="An Aurora cluster with a reader, or an RDS instance with one standby.",
    )
    server: Literal["usual", "slow"] = field(
        USUAL,
        label="The database itself",
        meaning="The lower or the upper end of what AWS calls typical.",
    )
    address_kept_s: float = field(
        float(AURORA.value("endpoints", "dns_ttl")),
        label="Address kept for",
        unit="s",
        low=0,
        high=600,
        meaning="How long a direct client keeps the answer of DNS.",
    )
    retry_s: float = field(
        float(RDS.value("proxy", "retry")),
        label="Tries again every",
        unit="s",
        low=0,
        high=60,
        meaning="Time between two attempts of a client that can't write; assumed.",
    )
    connections: int = field(
        400,
        label="Open connections",
        unit="connections",
        low=1,
        high=100_000,
        log=True,
        meaning="Of all clients, when the database fails.",
    )
    in_transaction_pct: float = field(
        10.0,
        label="In a transaction",
        unit="%",
        low=0,
        high=100,
        meaning="Share of them that a transaction or a statement is open on. A proxy keeps the "
        "others.",
    )

    @property
    def server_s(self) -> int:
        """How long the database has no writer, s."""
        if self.database == AURORA_CLUSTER:
            key = "typical" if self.server == USUAL else "upper"
            return int(AURORA.value("failover_with_reader", key))
        key = "failover_min" if self.server == USUAL else "failover_max"
        return int(RDS.value("multi_az_instance", key))

    @property
    def text(self) -> str:
        """The failover in a few words."""
        kept = span(self.address_kept_s, "0 s")
        return f"{self.database}, {self.server} failover, address kept for {kept}"


@dataclass(frozen=True, eq=False)
class Outcome:
    """What the seconds of a failover are spent on, at the longest.

    Attributes
    ----------
    server_s, address_s, retry_s : tuple of float
        Directly and by a proxy: no writer; the old address; until the next attempt.
    broken : tuple of int
        Connections that break.
    """

    scenario: FailoverScenario
    server_s: tuple[float, float]
    address_s: tuple[float, float]
    retry_s: tuple[float, float]
    broken: tuple[int, int]

    @property
    def out_s(self) -> tuple[float, float]:
        """How long a client can't write, at the longest, s."""
        direct, proxied = zip(self.server_s, self.address_s, self.retry_s, strict=True)
        return sum(direct), sum(proxied)

    @property
    def saved_pct(self) -> float:
        """What the proxy saves of the direct client's time, %."""
        direct, proxied = self.out_s
        return 100 * (1 - proxied / direct)


def simulate(scenario: FailoverScenario) -> Outcome:
    """Fail over, once directly and once with a proxy between.

    Parameters
    ----------
    scenario : FailoverScenario

    Returns
    -------
    Outcome
    """
    in_transaction = round(scenario.connections * scenario.in_transaction_pct / 100)
    return Outcome(
        scenario=scenario,
        server_s=(float(scenario.server_s),) * 2,
        address_s=(scenario.address_kept_s, 0.0),
        retry_s=(scenario.retry_s,) * 2,
        broken=(scenario.connections, in_transaction),
    )


def tell(outcome: Outcome) -> Result:
    """Say what the proxy saves, and of what.

    Returns
    -------
    Result
        `data` has by ``way`` the seconds of each part and the connections that break, and by
        ``kept_s`` the share that a proxy saves.
    """
    one, (direct, proxied) = outcome.scenario, outcome.out_s
    without = direct - one.address_kept_s
    claim = RDS.value("proxy", "failover_saved_max")
    kept_s = np.union1d(KEPT_S, [one.address_kept_s])
    for_claim = without * claim / (100 - claim)
    return Result(
        scenario=one,
        label=one.text,
        why=_why(outcome),
        numbers=(
            Number("saved_pct", "The proxy saves", outcome.saved_pct,
                   percent(outcome.saved_pct), headline=True),
            Number("direct_s", "Directly, at the longest", direct, seconds(direct), headline=True),
            Number("proxied_s", "By a proxy", proxied, seconds(proxied), headline=True),
            Number("broken", "Connections broken by a proxy", outcome.broken[1],
                   f"{outcome.broken[1]:,} of {one.connections:,}", headline=True),
            Number("server_s", "Without a writer", one.server_s, seconds(one.server_s)),
            Number("kept_for_claim_s", f"Address kept for {claim} %",
                   for_claim, seconds(for_claim)),
        ),
        data={
            "way": np.array(WAYS),
            "no_writer_s": np.array(outcome.server_s),
            "old_address_s": np.array(outcome.address_s),
            "next_attempt_s": np.array(outcome.retry_s),
            "broken_connections": np.array(outcome.broken),
            "kept_s": kept_s,
            "saved_pct": 100 * kept_s / (without + kept_s),
            "claimed_pct": np.full(kept_s.size, float(claim)),
        },
        panels=_panels(one),
        notes=_notes(),
    )  # fmt: skip


def _panels(scenario: FailoverScenario) -> tuple[Panel, ...]:
    parts = (
        Curve("no_writer_s", "no writer", "first"),
        Curve("old_address_s", "old address", "second"),
        Curve("next_attempt_s", "next attempt", "third"),
    )
    saved = (
        Curve("saved_pct", "saved", "first", compare=True),
        Curve("claimed_pct", "AWS: up to", "theory"),
    )
    return (
        Panel("Time without a write", "s", parts, kind="bars", x="way", stacked=True),
        Panel(
            "Saved, by how long a client keeps an address", "%", saved,
            x="kept_s", x_title="s that an address is kept",
            events=((scenario.address_kept_s, "now"),),
        ),
    )  # fmt: skip


def seconds(length_s: float) -> str:
    """Say a time in seconds, so that times can be added up: ``60 s``, ``121 s``, ``0.5 s``."""
    return f"{round(length_s, 1):,g} s"


def _why(outcome: Outcome) -> str:
    one, (direct, _) = outcome.scenario, outcome.out_s
    if not one.address_kept_s:
        saved = f"The proxy saves no time: both ways take up to {seconds(direct)}."
    else:
        saved = (
            f"The proxy saves {seconds(one.address_kept_s)} of {seconds(direct)}, "
            f"{percent(outcome.saved_pct)}: the time for which a client may keep the old address. "
            f"The {seconds(one.server_s)} without a writer stay."
        )
    return f"{saved} {_connections(outcome)}"


def _connections(outcome: Outcome) -> str:
    broken, total = outcome.broken[1], outcome.scenario.connections
    return (
        f"Connections that break: by a proxy {broken:,}, those in a transaction; directly all "
        f"{total:,}."
        if broken
        else f"Connections that break: by a proxy none, since all are idle; directly all {total:,}."
    )


def _notes() -> tuple[str, ...]:
    return (
        "At the longest: the client asked DNS just before the name moved. On average half of the "
        "old address and of the next attempt.",
        "How AWS came to its figure it does not say; this is one way to come to it. Taken as equal "
        "both ways: how soon the failure is noticed, and how the database recovers.",
        "A TCP connection to a dead host may hang for longer than an address is kept.",
    )


PRESETS = (
    Preset("A client that asks DNS", "Aurora's names live for 5 s. See what is left to save.", {}),
    Preset(
        "A JVM's minute",
        "AWS's advice is to keep an address for a minute at most. Compare with AWS's figure.",
        {"address_kept_s": 60.0},
    ),
    Preset(
        "A Multi-AZ instance",
        "The same minute. The database itself takes longer, so the proxy's share is smaller.",
        {"database": "Multi-AZ instance", "address_kept_s": 60.0},
    ),
    Preset(
        "All in a transaction",
        "Nothing is idle when the writer dies.",
        {"in_transaction_pct": 100.0},
    ),
)

VIEW = View(
    name="failover",
    question="What does a proxy save when the database fails over?",
    scenario=FailoverScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
)
