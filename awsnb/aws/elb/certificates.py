"""Which certificate of a listener a client is sent: names, keys, and AWS's order of criteria."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from awsnb.aws.elb.limits import ELB

RSA, ECDSA = "RSA", "ECDSA"
KEYS = {
    "RSA 2048": (RSA, 2048),
    "RSA 3072": (RSA, 3072),
    "RSA 4096": (RSA, 4096),
    "ECDSA P-256": (ECDSA, 256),
    "ECDSA P-384": (ECDSA, 384),
}
HASHES = ("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512")
MOST_CERTIFICATES: int = 1 + ELB.value("tls", "list_certificates")

LISTED, NAMED, SUPPORTED = "listed", "named", "key fits"
ELLIPTIC, IN_DATE, HASH, LENGTH = "ECDSA", "in date", "hash", "length"


class Certificate(NamedTuple):
    """A certificate as a load balancer sees it.

    Attributes
    ----------
    label : str
        What it is called here.
    names : tuple of str
        Its subject alternative names.
    key : str
        One of `KEYS`.
    signed_with : str
        Hash of its issuer's signature, one of `HASHES`.
    left_days : int
        Days until it expires; negative once it has.
    """

    label: str
    names: tuple[str, ...]
    key: str
    signed_with: str
    left_days: int

    @property
    def algorithm(self) -> str:
        """``"RSA"`` or ``"ECDSA"``."""
        return KEYS[self.key][0]

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return self.left_days < 0

    def has(self, host: str) -> bool:
        """Whether one of its names covers a host name."""
        return any(covers(name, host) for name in self.names)


def covers(name: str, host: str) -> bool:
    """Whether a name in a certificate is that of a host.

    A wildcard is the whole leftmost label and stands for exactly one label (RFC 9525, section
    6.3). Case does not count.

    Examples
    --------
    >>> covers("*.example.com", "www.example.com"), covers("*.example.com", "example.com")
    (True, False)
    """
    name, host = name.lower().rstrip("."), host.lower().rstrip(".")
    first, _, rest = name.partition(".")
    if first == "*":
        label, _, domain = host.partition(".")
        return bool(label) and domain == rest
    return name == host


def choose(
    certificates: Sequence[Certificate],
    host: str,
    client: Sequence[str],
    default_listed: bool = True,
) -> list[tuple[str, tuple[Certificate, ...]]]:
    """Choose among a listener's certificates, criterion by criterion, as ALB and NLB do.

    Parameters
    ----------
    certificates : sequence of Certificate
        The default one first.
    host : str
        The name that the client sends by SNI; empty if it sends none.
    client : sequence of str
        The algorithms that it can verify: ``"RSA"``, ``"ECDSA"`` or both.
    default_listed : bool
        Whether the default certificate is in the certificate list too.

    Returns
    -------
    list of (str, tuple of Certificate)
        Each criterion and who is left by it. Without a match of the name there is one step, and
        the default certificate is left. Where the last step leaves several, they differ at most
        in their validity period: AWS names it as the last criterion, and not which way it counts.
    """
    listed = tuple(certificates if default_listed else certificates[1:])
    named = tuple(one for one in listed if host and one.has(host))
    if not named:
        return [("default", (certificates[0],))]
    left = tuple(one for one in named if one.algorithm in client)
    steps = [(LISTED, listed), (NAMED, named), (SUPPORTED, left)]
    for criterion, rank in _RANKS:
        best = max(map(rank, left), default=0)
        left = tuple(one for one in left if rank(one) == best)
        steps.append((criterion, left))
    return steps


_RANKS: tuple[tuple[str, Callable[[Certificate], int]], ...] = (
    (ELLIPTIC, lambda one: int(one.algorithm == ECDSA)),
    (IN_DATE, lambda one: int(not one.expired)),
    (HASH, lambda one: HASHES.index(one.signed_with)),
    (LENGTH, lambda one: KEYS[one.key][1]),
)
"""What ranks the candidates, in AWS's order (ALB User Guide: https-listener-certificates.html)."""
