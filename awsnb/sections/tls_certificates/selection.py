"""The view "which certificate": a name in, the certificate that the client is sent out."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from awsnb.aws.elb.certificates import (
    ECDSA,
    ELLIPTIC,
    HASH,
    HASHES,
    IN_DATE,
    KEYS,
    LENGTH,
    MOST_CERTIFICATES,
    RSA,
    SUPPORTED,
    Certificate,
    choose,
    covers,
)
from awsnb.lines import LineError, read_lines
from awsnb.results import Curve, Number, Panel, Result
from awsnb.scenario import Preset, Scenario, ScenarioError, field, shown
from awsnb.view import View
from awsnb.words import counted

FORM = "label, names, key, hash, days left"
CLIENTS = {"RSA and ECDSA": (RSA, ECDSA), "RSA only": (RSA,), "ECDSA only": (ECDSA,)}
CLASSIC = "CLB"
LEVELS = ("out", "left", "sent")
OUT, LEFT, SENT = range(3)
ACCEPTED = "accepted"
MOST_DAYS = 9_999
HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?", re.I)
ADDRESS = re.compile(r"[\d.]+")

LISTENER = """main, example.com www.example.com, RSA 2048, SHA-256, 150
fast, www.example.com, ECDSA P-256, SHA-256, 90
wild, *.example.com, RSA 4096, SHA-256, 30"""


# --- what can be asked


class SelectionScenario(Scenario):
    """A listener's certificates, and a client that asks for a name."""

    host: str = field(
        "www.example.com", label="Name asked for",
        meaning="The host name that the client wants, and looks for in the certificate.",
    )  # fmt: skip
    client: Literal["RSA and ECDSA", "RSA only", "ECDSA only"] = field(
        "RSA and ECDSA", label="Client verifies", meaning="The keys that the client can verify."
    )
    sends_sni: bool = field(
        True, label="Sends the name", meaning="Whether the client tells the name by SNI."
    )
    balancer: Literal["ALB or NLB", "CLB"] = field(
        "ALB or NLB", label="Load balancer", meaning="A CLB has one certificate: the first line."
    )
    certificates: str = field(
        LISTENER, label="Certificates", lines=5,
        meaning=f"The listener's, one a line, the default one first: {FORM}.",
    )  # fmt: skip
    made_with: Literal["console", "API"] = field(
        "console", label="Listener made with", group="Listener", advanced=True,
        only_when={"balancer": ("ALB or NLB",)},
        meaning="The console puts the default certificate into the certificate list too.",
    )  # fmt: skip

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        _check_host(self.host)
        _read(self.certificates)

    @property
    def listener(self) -> tuple[Certificate, ...]:
        """The certificates that the load balancer has."""
        found = _read(self.certificates)
        return found[:1] if self.balancer == CLASSIC else found

    @property
    def sni(self) -> str:
        """The name that the load balancer learns of."""
        return self.host if self.sends_sni and self.balancer != CLASSIC else ""

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return f"{self.host}, {counted(len(self.listener), 'certificate')}, {self.client}"


def _check_host(host: str) -> None:
    if len(host) > 253 or not HOST.fullmatch(host) or ADDRESS.fullmatch(host):
        raise ScenarioError(
            f"host = {shown(host)}: must be a host name of letters, digits, hyphens and dots, up "
            "to 253 characters, such as www.example.com; SNI carries no addresses (RFC 6066, "
            "section 3).",
            field="host",
        )


def _read(text: str) -> tuple[Certificate, ...]:
    form = f"{FORM}; a listener has a default one and {MOST_CERTIFICATES - 1} more (ALB User Guide)"
    return read_lines(text, "certificates", form, MOST_CERTIFICATES, _certificate, "label")


def _certificate(line: str) -> Certificate:
    parts = [part.strip() for part in line.split(",")]
    if len(parts) != 5 or not all(parts):
        raise LineError(line, f"{FORM}, such as {LISTENER.splitlines()[0]}")
    label, names, key, signed_with, left = parts
    for name in names.split():
        _check_name(name)
    if key not in KEYS:
        raise LineError(key, f"a key of {', '.join(KEYS)}")
    if signed_with not in HASHES:
        raise LineError(signed_with, f"a hash of {', '.join(HASHES)}")
    if not re.fullmatch(r"-?[0-9]{1,4}", left):
        raise LineError(left, f"whole days, -{MOST_DAYS:,} to {MOST_DAYS:,}")
    return Certificate(label, tuple(names.split()), key, signed_with, int(left))


def _check_name(name: str) -> None:
    domain = name.removeprefix("*.")
    enough = domain == name or "." in domain.rstrip(".")
    if len(name) > 253 or not HOST.fullmatch(domain) or not enough:
        raise LineError(
            name, "a host name; an asterisk must be all of its leftmost label, before a domain of "
            "two labels or more: *.example.com (RFC 9525, section 6.3)"
        )  # fmt: skip


# --- what happens


@dataclass(frozen=True)
class Outcome:
    """The criteria one after the other with who is left, and what the client says of it."""

    scenario: SelectionScenario
    steps: tuple[tuple[str, tuple[Certificate, ...]], ...]

    @property
    def sent(self) -> tuple[Certificate, ...]:
        """The certificate that is sent; several where AWS does not say which."""
        return self.steps[-1][1]

    @property
    def by_default(self) -> bool:
        """Whether no certificate of the list has the name."""
        return len(self.steps) == 1

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What the client makes of each certificate that may be sent."""
        return tuple(dict.fromkeys(verdict(one, self.scenario) for one in self.sent))


def verdict(one: Certificate, scenario: SelectionScenario) -> str:
    """Say what the client makes of a certificate from an issuer that it trusts."""
    if one.algorithm not in CLIENTS[scenario.client]:
        return "no common key"
    if not one.has(scenario.host):
        return "wrong name"
    return "expired" if one.expired else ACCEPTED


def simulate(scenario: SelectionScenario) -> Outcome:
    """Choose a certificate, and let the client verify it."""
    steps = choose(
        scenario.listener, scenario.sni, CLIENTS[scenario.client], scenario.made_with == "console"
    )
    return Outcome(scenario, tuple(steps))


# --- what is said


BECAUSE = {
    SUPPORTED: "the client can verify no other's key",
    ELLIPTIC: "ECDSA comes before RSA",
    IN_DATE: "it has not expired",
    HASH: "it is signed with the highest hash",
    LENGTH: "its key is the longest",
}


def tell(outcome: Outcome) -> Result:
    """Say which certificate is sent and why, and whether the client accepts it.

    Returns
    -------
    Result
        `data` has, by ``criterion``, a matrix ``state`` of the certificates: out, left, sent.
    """
    listener = outcome.scenario.listener
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "criterion": np.array([criterion for criterion, _ in outcome.steps]),
            "certificate": np.array([f"{one.label} ({one.key})" for one in listener]),
            "state": np.array(
                [[_state(outcome, step, one) for step in range(len(outcome.steps))]
                 for one in listener], float),
        },
        panels=(
            Panel("Who is left, criterion by criterion", "", (Curve("state", "state", "first"),),
                  kind="heat", x="criterion", x_title="criterion", rows="certificate",
                  levels=LEVELS),
        ),
        notes=(
            "The client is taken to trust every issuer. Names are compared as RFC 9525 says.",
            "An NLB is taken to choose as an ALB does.",
        ),
    )  # fmt: skip


def _state(outcome: Outcome, step: int, one: Certificate) -> int:
    if one not in outcome.steps[step][1]:
        return OUT
    return SENT if step == len(outcome.steps) - 1 else LEFT


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    sent = " or ".join(one.label for one in outcome.sent) or "none"
    verdicts = " or ".join(outcome.verdicts) or "no common key"
    named = sum(one.has(outcome.scenario.host) for one in outcome.scenario.listener)
    return (
        Number("sent", "Certificate sent", sent, sent, headline=True),
        Number("verdict", "The client says", verdicts, verdicts, headline=True),
        Number("with_the_name", "Have the name", named, f"{named}", headline=True),
    )


def _why(outcome: Outcome) -> str:
    if outcome.by_default:
        return f"{_why_default(outcome)} {_verdict(outcome)}"
    if not outcome.sent:
        return (
            "The certificates with this name have keys that the client can't verify: the "
            "handshake fails. AWS does not say what the load balancer sends then."
        )
    return f"{_why_chosen(outcome)} {_verdict(outcome)}"


def _why_default(outcome: Outcome) -> str:
    scenario, label = outcome.scenario, outcome.sent[0].label
    if scenario.balancer == CLASSIC:
        return f"A CLB has one certificate and sends it to all: {label}."
    if not scenario.sends_sni:
        return f"The client tells no name, so it gets the default certificate: {label}."
    return (
        f"No certificate in the list has the name {scenario.host}, so the default one is sent: "
        f"{label}."
    )


def _why_chosen(outcome: Outcome) -> str:
    named, sent = outcome.steps[1][1], outcome.sent
    if len(named) == 1:
        return f"Only {sent[0].label} in the list has the name."
    if len(sent) > 1:
        return (
            f"{_labels(sent)} are equal in all but their validity period, which AWS names last, "
            "without saying which way it counts."
        )
    decisive = next(criterion for criterion, left in outcome.steps if left == sent)
    return f"{_labels(named)} have the name. {sent[0].label} is sent: {BECAUSE[decisive]}."


def _verdict(outcome: Outcome) -> str:
    verdicts = outcome.verdicts
    if len(verdicts) > 1:
        return f"Depending on which comes, the client says: {' or '.join(verdicts)}."
    return {
        ACCEPTED: "The client accepts it.",
        "expired": "It has expired, and the client refuses it.",
        "no common key": "The client can't verify its key: the handshake fails.",
        "wrong name": _wrong_name(outcome),
    }[verdicts[0]]


def _wrong_name(outcome: Outcome) -> str:
    host, names = outcome.scenario.host, outcome.sent[0].names
    refused = f"The client refuses it: {host} is not in it."
    near = [name for name in names if name.startswith("*.") and _just_misses(name, host)]
    return f"{refused} {near[0]} stands for one label only." if near else refused


def _just_misses(name: str, host: str) -> bool:
    """Whether a reader of the asterisk might think that it covers the host."""
    domain = name.removeprefix("*.").lower()
    within = host.lower().endswith(f".{domain}") or host.lower() == domain
    return within and not covers(name, host)


def _labels(some: tuple[Certificate, ...]) -> str:
    *first, last = [one.label for one in some]
    return f"{', '.join(first)} and {last}"


PRESETS = (
    Preset("The bare domain", "An asterisk, and the name before it.",
           {"host": "example.com",
            "certificates": "wild, *.example.com, RSA 2048, SHA-256, 150"}),
    Preset("Two labels deep", "A wildcard, and a name that lies deeper.",
           {"host": "a.login.example.com",
            "certificates": "wild, *.example.com, RSA 2048, SHA-256, 150"}),
    Preset("An old client", "It can't verify ECDSA.", {"client": "RSA only"}),
    Preset("No name is told", "A client without SNI wants the second site.",
           {"host": "shop.example.net", "sends_sni": False,
            "certificates": "main, www.example.com, RSA 2048, SHA-256, 150\n"
                            "shop, shop.example.net, RSA 2048, SHA-256, 150"}),
    Preset("One of two has expired", "Which counts more: the kind of key, or the date?",
           {"certificates": "rsa, www.example.com, RSA 2048, SHA-256, 120\n"
                            "ec, www.example.com, ECDSA P-256, SHA-256, -3"}),
    Preset("Listener made by API", "The default certificate has the very name.",
           {"made_with": "API",
            "certificates": "exact, www.example.com, ECDSA P-256, SHA-256, 150\n"
                            "wild, *.example.com, RSA 2048, SHA-256, 150"}),
)  # fmt: skip

VIEW = View(
    name="which certificate",
    question="Which certificate does this client get, and does it accept it?",
    scenario=SelectionScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
)
