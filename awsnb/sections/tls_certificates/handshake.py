"""The view "handshake": how long until the first byte, by version, visit, distance and key."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb import _read
from awsnb.aws.elb import ELB
from awsnb.aws.elb.certificates import KEYS
from awsnb.results import Curve, Number, Panel, Result
from awsnb.scenario import Preset, Scenario, field
from awsnb.view import View
from awsnb.words import counted, milliseconds, percent

FIRST, RETURNING, EARLY = "first", "returning", "returning, 0-RTT"
RTT_MS = np.linspace(0.0, 300.0, 61)
REQUEST = 1  # round trips of the request itself
AGREEMENT = "X25519"


# --- what can be asked


class HandshakeScenario(Scenario):
    """A client that connects, from some distance."""

    version: Literal["1.2", "1.3"] = field(
        "1.3", label="TLS version", meaning="The newest that client and listener both have."
    )
    visit: Literal["first", "returning", "returning, 0-RTT"] = field(
        FIRST, label="Visit",
        meaning="A returning client resumes its session; with 0-RTT its request goes along.",
    )  # fmt: skip
    rtt_ms: float = field(
        80.0, label="Round trip", unit="ms", low=0.0, high=600.0,
        meaning="From the client to the server and back: light in fibre needs 1 ms for 100 km.",
    )  # fmt: skip
    curve_fits: bool = field(
        True, label="First curve fits",
        meaning="Whether the server takes the curve for which the client has sent its share.",
    )  # fmt: skip
    ends_at: Literal["ALB or NLB", "another server"] = field(
        "ALB or NLB", label="TLS ends at",
        meaning="Load balancers of ELB don't take 0-RTT data; other servers may.",
    )  # fmt: skip
    key: Literal["RSA 2048", "RSA 3072", "RSA 4096", "ECDSA P-256", "ECDSA P-384"] = field(
        "RSA 2048", label="Certificate's key", meaning="With which the server signs."
    )
    same_address_pct: float = field(
        100.0, label="Same address", unit="%", low=0.0, high=100.0, group="Returning",
        advanced=True,
        meaning="Share of returning visits that reach the IP address at which the session began: "
        "a load balancer has several, and resumes no session of another.",
    )  # fmt: skip
    mutual: bool = field(
        False, label="Mutual TLS", group="Certificates", advanced=True,
        meaning="Whether the client has a certificate too, with the same kind of key.",
    )  # fmt: skip

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return f"TLS {self.version}, {self.visit}, {self.rtt_ms:g} ms"


# --- what happens


class Key(NamedTuple):
    """What a key costs on one core, ms: to sign, and to verify a signature."""

    sign_ms: float
    verify_ms: float


@cache
def measured() -> dict[str, Key]:
    """What `openssl speed` measured of each key; of X25519, one operation as signing."""
    return {
        row["key"]: Key(float(row["sign_ms"]), float(row["verify_ms"] or 0.0))
        for row in _read.recorded("tls_keys")
    }


def round_trips(version: str, visit: str, curve_fits: bool = True) -> int:
    """Count the round trips of TLS before the client may send its request.

    In TLS 1.3 the client sends its share of a key at once. If the server wants another curve it
    answers with a HelloRetryRequest, which costs a round trip and refuses 0-RTT data (RFC 8446,
    sections 2.1 and 4.2.10). In TLS 1.2 the server names the curve, so none is in vain.
    """
    if version == "1.2":
        return int(ELB.value("path", "tls_1_2_handshake" if visit == FIRST else "tls_1_2_resumed"))
    if not curve_fits:
        return int(ELB.value("path", "tls_1_3_handshake")) + 1
    if visit == EARLY:
        return 0
    return int(ELB.value("path", "tls_1_3_handshake" if visit == FIRST else "tls_1_3_resumed"))


def crypto_ms(key: str, visit: str, mutual: bool = False) -> float:
    """Add up the work of both sides, ms on one core.

    Both make a share and combine it. On a first visit the server signs, and the client verifies
    that signature and its issuer's, which is taken to be of a key of the same kind. With mutual
    TLS the same again the other way round. A TLS 1.2 session is resumed without shares; they are
    counted nevertheless, since they cost next to nothing.
    """
    costs = measured()
    agreed = 2 * 2 * costs[AGREEMENT].sign_ms
    if visit != FIRST:
        return agreed
    return agreed + (1 + mutual) * (costs[key].sign_ms + 2 * costs[key].verify_ms)


@dataclass(frozen=True)
class Outcome:
    """Round trips and milliseconds of one connection, and of the other ways over it."""

    scenario: HandshakeScenario
    tls_trips: float
    crypto_ms: float
    ways: tuple[tuple[str, int, float], ...]

    @property
    def trips(self) -> float:
        """TCP's, TLS's and the request's round trips."""
        return float(ELB.value("path", "tcp_handshake")) + self.tls_trips + REQUEST

    @property
    def first_byte_ms(self) -> float:
        """Until the first byte of the answer, but for the server's own time."""
        return self.trips * self.scenario.rtt_ms + self.crypto_ms

    @property
    def early_refused(self) -> bool:
        """Whether 0-RTT data was asked for and does not help."""
        return self.scenario.visit == EARLY and _visit(self.scenario) != EARLY


def simulate(scenario: HandshakeScenario) -> Outcome:
    """Count round trips, on average over the addresses that a returning client may reach."""
    visit = _visit(scenario)
    again = 0.0 if visit == FIRST else scenario.same_address_pct / 100
    trips = [round_trips(scenario.version, one, scenario.curve_fits) for one in (visit, FIRST)]
    work = [crypto_ms(scenario.key, one, scenario.mutual) for one in (visit, FIRST)]
    return Outcome(
        scenario,
        again * trips[0] + (1 - again) * trips[1],
        again * work[0] + (1 - again) * work[1],
        tuple(_ways(scenario)),
    )


def _visit(scenario: HandshakeScenario) -> str:
    """The visit as it turns out: 0-RTT needs TLS 1.3, a server that takes it, and the curve."""
    takes = scenario.ends_at == "another server" or bool(ELB.value("tls", "early_data"))
    fits = scenario.version == "1.3" and scenario.curve_fits and takes
    return RETURNING if scenario.visit == EARLY and not fits else scenario.visit


WAYS = (
    ("1.2 first", "1.2", FIRST, True),
    ("1.2 returning", "1.2", RETURNING, True),
    ("1.3 other curve", "1.3", FIRST, False),
    ("1.3 first", "1.3", FIRST, True),
    ("1.3 returning", "1.3", RETURNING, True),
    ("1.3 0-RTT", "1.3", EARLY, True),
)


def _ways(scenario: HandshakeScenario) -> list[tuple[str, int, float]]:
    return [
        (name, round_trips(version, visit, fits), crypto_ms(scenario.key, visit, scenario.mutual))
        for name, version, visit, fits in WAYS
    ]


# --- what is said


def tell(outcome: Outcome) -> Result:
    """Say how long it takes, and what the milliseconds are spent on.

    Returns
    -------
    Result
        `data` has, by ``way``, the ms of TCP, TLS, cryptography and request; by ``rtt_ms``, the
        ms until the first byte; and by ``key``, what a signature costs.
    """
    scenario = outcome.scenario
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=" ".join(_why(outcome)),
        numbers=_numbers(outcome),
        data=_by_way(outcome) | _by_distance(outcome) | _by_key(),
        panels=_panels(),
        notes=(
            "Nothing is lost on the way, and the server's own time is left out. TLS 1.2 without "
            "False Start.",
            "What keys cost was measured with OpenSSL on one core. AWS publishes no figure.",
        ),
    )


def _by_way(outcome: Outcome) -> dict[str, NDArray[Any]]:
    rtt_ms, ways = outcome.scenario.rtt_ms, outcome.ways
    tcp = float(ELB.value("path", "tcp_handshake"))
    return {
        "way": np.array([name for name, _, _ in ways]),
        "tcp_ms": np.full(len(ways), tcp * rtt_ms),
        "tls_ms": np.array([trips * rtt_ms for _, trips, _ in ways]),
        "crypto_ms": np.array([work for _, _, work in ways]),
        "request_ms": np.full(len(ways), REQUEST * rtt_ms),
    }


def _by_distance(outcome: Outcome) -> dict[str, NDArray[Any]]:
    fixed = float(ELB.value("path", "tcp_handshake")) + REQUEST
    by_name = {name: (trips, work) for name, trips, work in outcome.ways}
    columns = {"rtt_ms": RTT_MS, "this_ms": outcome.trips * RTT_MS + outcome.crypto_ms}
    for column, name in (("tls12_ms", "1.2 first"), ("early_ms", "1.3 0-RTT")):
        trips, work = by_name[name]
        columns[column] = (fixed + trips) * RTT_MS + work
    return columns


def _by_key() -> dict[str, NDArray[Any]]:
    keys = measured()
    return {
        "key": np.array(list(KEYS)),
        "sign_ms": np.array([keys[name].sign_ms for name in KEYS]),
        "verify_ms": np.array([keys[name].verify_ms for name in KEYS]),
    }


def _panels() -> tuple[Panel, ...]:
    return (
        Panel("Until the first byte, each way", "ms",
              (Curve("tcp_ms", "TCP", "fifth"), Curve("tls_ms", "TLS on the way", "first"),
               Curve("crypto_ms", "cryptography", "second"),
               Curve("request_ms", "request", "third")),
              kind="bars", x="way", x_title="TLS version and visit", stacked=True),
        Panel("What distance does", "ms",
              (Curve("tls12_ms", "1.2 first", "second"),
               Curve("this_ms", "this one", "first", compare=True),
               Curve("early_ms", "1.3 0-RTT", "theory")),
              x="rtt_ms", x_title="round trip, ms"),
        Panel("What a key costs", "ms",
              (Curve("sign_ms", "server signs", "first"),
               Curve("verify_ms", "client verifies", "third")),
              kind="bars", x="key", x_title="certificate's key"),
    )  # fmt: skip


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    scenario = outcome.scenario
    trips, total = outcome.trips, outcome.first_byte_ms
    sign_ms = measured()[scenario.key].sign_ms
    tls_ms = outcome.tls_trips * scenario.rtt_ms
    return (
        Number("first_byte_ms", "First byte after", total, milliseconds(total), headline=True),
        Number("round_trips", "Round trips", trips, f"{trips:.3g}", headline=True),
        Number("tls_ms", "TLS on the way", tls_ms, milliseconds(tls_ms), headline=True),
        Number("crypto_ms", "Cryptography", outcome.crypto_ms, f"{outcome.crypto_ms:.2f} ms"),
        Number("signatures_per_s", "Signatures of a core", round(1000 / sign_ms),
               f"{1000 / sign_ms:,.0f} a second"),
    )  # fmt: skip


def _why(outcome: Outcome) -> list[str]:
    scenario, trips = outcome.scenario, outcome.tls_trips
    count = counted(int(trips) if trips == int(trips) else round(trips, 2), "round trip")
    said = [f"TLS takes {count} before the request may go."]
    if scenario.visit != FIRST:
        said.extend(_why_back(outcome))
    if not scenario.curve_fits:
        said.append(_why_curve(scenario))
    return [*said, _share(outcome)]


def _why_back(outcome: Outcome) -> list[str]:
    """Say what a returning client gains, and how often."""
    other = 100 - outcome.scenario.same_address_pct
    if other == 100:
        return ["Every returning visit reaches another address and starts anew."]
    anew = f"{percent(other)} of the returning visits reach another address and start anew."
    return [*_why_resumed(outcome), *([anew] if other else [])]


def _why_resumed(outcome: Outcome) -> list[str]:
    scenario = outcome.scenario
    if outcome.early_refused:
        return [_why_not_early(scenario)]
    if scenario.visit == EARLY:
        return ["The request goes along with the first message; it may be replayed."]
    if scenario.version == "1.3":
        return ["Resuming saves the signature, and no round trip."]
    return ["Resuming saves one."]


def _why_curve(scenario: HandshakeScenario) -> str:
    if scenario.version == "1.2":
        return "In TLS 1.2 the server names the curve, so a wrong first guess costs nothing."
    return "One round trip is lost to a HelloRetryRequest: the server wants another curve."


def _why_not_early(scenario: HandshakeScenario) -> str:
    if scenario.version == "1.2":
        return "TLS 1.2 has no 0-RTT."
    if scenario.ends_at != "another server":
        return "A load balancer of ELB does not take 0-RTT data, so the session is only resumed."
    return "The 0-RTT data is refused with the curve."


def _share(outcome: Outcome) -> str:
    share = 100 * outcome.crypto_ms / outcome.first_byte_ms
    return f"Cryptography is {percent(share)} of the time until the first byte."


PRESETS = (
    Preset("A visitor far away", "Frankfurt to Sydney, on TLS 1.2. Then choose 1.3.",
           {"version": "1.2", "rtt_ms": 280.0}),
    Preset("The curve does not fit", "The client has guessed wrong.", {"curve_fits": False}),
    Preset("Back on TLS 1.2", "A returning visitor.", {"version": "1.2", "visit": RETURNING}),
    Preset("Back on TLS 1.3", "What does resuming save now?", {"visit": RETURNING}),
    Preset("0-RTT at a load balancer", "The client offers its request at once.",
           {"visit": EARLY}),
    Preset("Service to service", "In one zone, with a long key.",
           {"rtt_ms": 0.3, "key": "RSA 4096", "mutual": True}),
)  # fmt: skip

VIEW = View(
    name="handshake",
    question="How long does the handshake take?",
    scenario=HandshakeScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
)
