"""Flows compared with binomials and with renewal theory; the header packed as RFC 8926 says."""

import struct
from math import exp, factorial, sqrt
from typing import TYPE_CHECKING

import numpy as np

from awsnb.aws.elb import ELB
from awsnb.aws.elb.geneve import headers, wrapping_bytes
from awsnb.mechanisms.flows import expiry
from awsnb.sections.gwlb.flows.scenario import FlowsScenario
from awsnb.sections.gwlb.flows.simulate import simulate
from awsnb.words import percent

if TYPE_CHECKING:
    import pandas as pd

HOUR_S, TIMEOUT_S = 3600.0, 350.0
FLOWS, SEEDS = 200_000, 400


def forgotten_share(pause_s: float, timeout_s: float, within_s: float) -> float:
    """The exact probability that a flow is forgotten within a time.

    A run of `timeout_s` without arrivals in a Poisson process. The probability S(t) that there
    was none solves the renewal equation ``S'(t) = -exp(-T / m) / m * S(t - T)`` from T on, with a
    step of ``-exp(-T / m)`` at T; this is its solution, one term for each timeout that fits in.

    Parameters
    ----------
    pause_s, timeout_s, within_s : float
        Mean pause, idle timeout, and the time since the flow's first packet, s.
    """
    share = 0.0
    for k in range(1, int(within_s // timeout_s) + 1):
        x = (within_s - k * timeout_s) / pause_s
        terms = x**k / factorial(k) + x ** (k - 1) / factorial(k - 1)
        share -= (-1) ** k * exp(-k * timeout_s / pause_s) * terms
    return share


def against_renewal() -> "pd.DataFrame":
    """Compare flows that are forgotten within an hour with the renewal equation.

    Returns
    -------
    pandas.DataFrame
        One row a mean pause: the share of 200,000 flows, and the exact one.
    """
    import pandas as pd

    rows = []
    for pause_s in (30.0, 60.0, 90.0, 180.0):
        start_s = np.zeros(FLOWS)
        rng = np.random.default_rng(12)
        expires_s = expiry(start_s, start_s + HOUR_S + 1, pause_s, TIMEOUT_S, rng)
        drawn = 100 * float(np.mean(expires_s <= HOUR_S))
        exact = 100 * forgotten_share(pause_s, TIMEOUT_S, HOUR_S)
        rows.append((f"{pause_s:g} s", f"{drawn:.2f} %", f"{exact:.2f} %"))
    return pd.DataFrame(rows, columns=["mean pause", "simulated", "exact"]).set_index("mean pause")


def against_binomial() -> "pd.DataFrame":
    """Compare how flows spread over four appliances with the binomial distribution.

    Returns
    -------
    pandas.DataFrame
        One row a number of flows: the standard deviation of appliance 1's share, and how often it
        has none.
    """
    import pandas as pd

    rows = []
    for flows in (4, 40, 400):
        counts = np.array([_on_first(flows, seed) for seed in range(SEEDS)])
        rows.append(
            (
                f"{flows:,}",
                f"{100 * float(np.std(counts / flows)):.1f}",
                f"{100 * sqrt(3 / 16 / flows):.1f}",
                percent(100 * float(np.mean(counts == 0))),
                percent(100 * 0.75**flows),
            )
        )
    columns = ["spread, simulated", "spread, exact", "none, simulated", "none, exact"]
    return pd.DataFrame(rows, columns=["flows", *columns]).set_index("flows")


def _on_first(flows: int, seed: int) -> int:
    scenario = FlowsScenario(event="none", connections=flows, cross_zone=True, seed=seed)
    outcome = simulate(scenario)
    return int(np.sum(outcome.target[outcome.start_s == 0] == 0))


def packed() -> bytes:
    """Pack what stands before a packet, byte by byte: RFC 791, RFC 768, RFC 8926."""
    options = b"".join(
        struct.pack("!HBB", 0x0108, kind, len(data) // 4) + data
        for kind, data in ((1, bytes(8)), (2, bytes(8)), (3, bytes(4)))
    )
    geneve = struct.pack("!BBHI", len(options) // 4, 0, 0x0800, 0) + options
    udp = struct.pack("!HHHH", 49152, ELB.value("gwlb", "geneve_port"), 8 + len(geneve), 0)
    ipv4 = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(udp) + len(geneve), 0, 0, 64, 17, 0, 0, 0)
    return ipv4 + udp + geneve


def against_rfc() -> "pd.DataFrame":
    """Compare the model's bytes with those of a header that was packed, read by its own lengths.

    Returns
    -------
    pandas.DataFrame
        One row a part: bytes by the model, and in the packed header.
    """
    import pandas as pd

    own = {**headers(), "together": wrapping_bytes(), "by AWS": ELB.value("gwlb", "encapsulation")}
    lengths = _lengths(packed())
    read = [*lengths, sum(lengths), len(packed())]
    return pd.DataFrame(
        {"model": list(own.values()), "packed": read}, index=pd.Index(list(own), name="bytes")
    )


def _lengths(header: bytes) -> list[int]:
    """Read the length of each part from the header itself."""
    ipv4 = 4 * (header[0] & 0x0F)
    geneve = ipv4 + 8
    at, lengths = geneve + 8, [ipv4, 8, 8]
    while at < geneve + 8 + 4 * (header[geneve] & 0x3F):
        lengths.append(4 + 4 * (header[at + 3] & 0x1F))
        at += lengths[-1]
    return lengths
