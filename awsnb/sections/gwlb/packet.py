"""The view "packet": what wrapping costs a packet, and which packets vanish."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elb import ELB
from awsnb.aws.elb.geneve import headers, wrapping_bytes
from awsnb.results import Comparison, Curve, Number, Option, Panel, Result
from awsnb.scenario import Preset, Scenario, field
from awsnb.sections.gwlb import path
from awsnb.view import View
from awsnb.words import percent

Floats = NDArray[np.float64]

SMALLEST, LARGEST = 40, 9001  # bytes: headers alone, and what an instance in a VPC can send
INNER_HEADERS = 40  # bytes: IPv4 and TCP without options


# --- what can be asked


class PacketScenario(Scenario):
    """A packet on its way to an appliance."""

    packet_bytes: int = field(
        1500, label="Packet", unit="bytes", low=SMALLEST, high=LARGEST,
        meaning="The whole IP packet as the client sends it, with 40 bytes of headers.",
    )  # fmt: skip
    appliance_mtu: int = field(
        8568, label="Appliance's MTU", unit="bytes", low=576, high=LARGEST,
        meaning="Largest packet that its network interface takes, with what is wrapped around.",
    )  # fmt: skip
    gbps: float = field(
        10.0, label="Appliance's link", unit="Gbit/s", low=0.1, high=400, log=True,
        meaning="In each direction: packets come in wrapped, and go back wrapped.",
    )  # fmt: skip

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return f"{self.packet_bytes:,}-byte packets, appliance MTU {self.appliance_mtu:,}"


# --- what happens


@dataclass(frozen=True)
class Outcome:
    """What is left of a link, and what passes.

    Attributes
    ----------
    scenario : PacketScenario
    limit : int
        Largest packet that passes, bytes.
    size : ndarray of float, shape (n,)
        Packets of all sizes, bytes.
    """

    scenario: PacketScenario
    limit: int
    size: Floats

    @property
    def passes(self) -> bool:
        """Whether the packet comes through."""
        return self.scenario.packet_bytes <= self.limit

    @property
    def stops_at(self) -> str | None:
        """Where on its path it is dropped, if it is."""
        if self.passes:
            return None
        too_large = self.scenario.packet_bytes > ELB.value("gwlb", "max_packet")
        return path.GWLB if too_large else path.APPLIANCE

    @property
    def wire_bytes(self) -> int:
        """The packet with what is wrapped around it."""
        return self.scenario.packet_bytes + wrapping_bytes()

    def payload_pct(self, size: Floats, wrapped: bool) -> Floats:
        """Share of a link that is payload, %, by packet size; 0 where packets are dropped."""
        whole = size + (wrapping_bytes() if wrapped else 0)
        share = 100 * (size - INNER_HEADERS) / whole
        return np.where(size <= self.limit, share, 0.0) if wrapped else share

    @property
    def payload_gbps(self) -> float:
        """Payload that the appliance's link carries, Gbit/s."""
        mine = np.array([float(self.scenario.packet_bytes)])
        return float(self.scenario.gbps * self.payload_pct(mine, wrapped=True)[0] / 100)


def simulate(scenario: PacketScenario) -> Outcome:
    """Wrap packets of all sizes."""
    by_gwlb: int = ELB.value("gwlb", "max_packet")
    limit = min(by_gwlb, scenario.appliance_mtu - wrapping_bytes())
    edges = {SMALLEST, scenario.packet_bytes, limit, limit + 1, LARGEST}
    size = sorted(edges | set(range(SMALLEST, LARGEST, 40)))
    return Outcome(scenario, limit, np.array(size, dtype=np.float64))


# --- what is said


def tell(outcome: Outcome) -> Result:
    """Say what a packet becomes.

    Returns
    -------
    Result
        `data` has ``part`` and ``part_bytes``, the parts of a wrapped packet; ``move``, the moves
        of the picture; and by
        ``packet_bytes`` the share of a link that is payload, with and without wrapping.
    """
    scenario = outcome.scenario
    parts = {**headers(), "inner headers": INNER_HEADERS}
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "size_bytes": outcome.size,
            "wrapped_pct": outcome.payload_pct(outcome.size, wrapped=True),
            "plain_pct": outcome.payload_pct(outcome.size, wrapped=False),
            "move": np.arange(len(path.moves(outcome.stops_at)) + 1),
            "part": np.array(list(parts)),
            "part_bytes": np.array(list(parts.values()), dtype=np.float64),
        },
        panels=(
            Panel("Before each payload", "bytes", (Curve("part_bytes", "bytes", "first"),),
                  kind="bars", x="part"),
            Panel("Payload on a link, by packet size", "%",
                  (Curve("wrapped_pct", "to the appliance", "second", compare=True),
                   Curve("plain_pct", "without GWLB", "demand")),
                  limits=(0.0, 100.0), x="size_bytes", x_title="packet, bytes",
                  events=((float(scenario.packet_bytes), "this packet"),)),
        ),
        notes=tuple(_notes()),
        scene=path.scene(outcome.stops_at, f"{scenario.text}: its path, and its answer's"),
    )  # fmt: skip


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    more_pct = 100 * wrapping_bytes() / outcome.scenario.packet_bytes
    gbps = outcome.payload_gbps
    return (
        Number("passes", "The packet", int(outcome.passes),
               "passes" if outcome.passes else "vanishes", headline=True),
        Number("wire_bytes", "Wrapped", outcome.wire_bytes, f"{outcome.wire_bytes:,} bytes",
               headline=True),
        Number("more_pct", "More on the wire", more_pct, percent(more_pct), headline=True),
        Number("payload_gbps", "Payload on the link", gbps,
               f"{gbps:.3g} Gbit/s" if outcome.passes else "none"),
        Number("largest_bytes", "Largest that passes", outcome.limit, f"{outcome.limit:,} bytes"),
    )  # fmt: skip


def _why(outcome: Outcome) -> str:
    scenario, wrapping = outcome.scenario, wrapping_bytes()
    by_gwlb = ELB.value("gwlb", "max_packet")
    if scenario.packet_bytes > by_gwlb:
        return (
            f"A Gateway Load Balancer takes packets of at most {by_gwlb:,} bytes. This one is "
            "dropped, and no ICMP message tells its sender to send smaller ones."
        )
    if not outcome.passes:
        return (
            f"{scenario.packet_bytes:,} and {wrapping} bytes are more than the appliance's MTU of "
            f"{scenario.appliance_mtu:,}: the packet is dropped, and its sender is not told."
        )
    return (
        f"{wrapping} bytes are wrapped around each packet: "
        f"{percent(100 * wrapping / scenario.packet_bytes)} more on the wire at this size. The "
        "smaller a packet, the more they cost."
    )


def _notes() -> list[str]:
    return [
        "Headers without the Ethernet frame. The inner packet has 20 bytes of IPv4 and 20 of TCP, "
        "without options.",
        "An appliance that is short of processor time for each packet carries less.",
    ]


# --- what else would do


def compare(scenario: PacketScenario) -> Comparison:
    """Look at packet sizes that are common, on the same appliance."""
    sizes = sorted(
        {scenario.packet_bytes, 576, 1500, int(ELB.value("gwlb", "max_packet")), LARGEST}
    )
    options = tuple(_option(simulate(scenario.replace(packet_bytes=size))) for size in sizes)
    passing = [option for option in options if option.holds]
    best = max(passing, key=lambda option: option.numbers[0].value or 0.0, default=None)
    why = f"The most payload: {best.label}." if best else "None of these passes."
    return Comparison("Packet sizes", why, options, best)


def _option(outcome: Outcome) -> Option:
    gbps = outcome.payload_gbps
    return Option(
        label=f"{outcome.scenario.packet_bytes:,} bytes",
        scenario=outcome.scenario,
        holds=outcome.passes,
        cost_usd_month=None,
        numbers=(
            Number("payload_gbps", "payload, Gbit/s", gbps, f"{gbps:.3g}"),
            Number("wire_bytes", "wrapped, bytes", outcome.wire_bytes, f"{outcome.wire_bytes:,}"),
        ),
        remark="" if outcome.passes else "vanishes without a word",
    )


PRESETS = (
    Preset("Voice: small packets", "Look at what is left for payload.", {"packet_bytes": 200}),
    Preset("An appliance with MTU 1,500", "The packet is what Ethernet takes, and no larger.",
           {"appliance_mtu": 1500}),
    Preset("A jumbo frame", "Two instances in a VPC use the largest packets they can.",
           {"packet_bytes": 9001, "appliance_mtu": 9001}),
    Preset("As large as it may be", "Make the appliance's MTU one byte smaller.",
           {"packet_bytes": 8500}),
)  # fmt: skip

VIEW = View(
    name="packet",
    question="What does the bump in the wire add to a packet, and which packets vanish?",
    scenario=PacketScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
