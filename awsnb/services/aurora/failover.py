"""When the writer dies: how long until a client can write again."""

from math import erfc, log, sqrt

import numpy as np
from numpy.typing import NDArray

from awsnb.facts import Fact
from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.aurora.cluster import AURORA, CACHES, AuroraScenario
from awsnb.services.aurora.texts import counted

CLIENTS = 20_000
Z95 = 1.6448536269514722  # normal quantile
SECONDS = np.concatenate([[0.0], np.geomspace(1, 7200, 160)])
PROXY = "RDS Proxy"


def simulate_failover(cluster: AuroraScenario) -> Result:
    """Draw failovers, and a client's way back to the writer.

    `data` has, by ``second`` after the writer died, the share of clients without a writer, and the
    share of clusters without one, %; and the outage by client.
    """
    server = server_s(cluster)
    without = {name: client_s(cluster, name) for name in _clients(cluster)}
    mine = without[cluster.client]
    data = {
        "second": SECONDS,
        **{f"without_{i}_pct": _share(times) for i, times in enumerate(without.values())},
        "server_theory_pct": 100 * _lognormal_over(*_median_sigma(cluster), SECONDS),
        "client": np.array(list(without)),
        "median_s": np.array([np.median(times) for times in without.values()]),
        "p95_s": np.array([np.percentile(times, 95) for times in without.values()]),
    }
    return Result(
        scenario=cluster,
        label=cluster.text,
        why=_why(cluster, server, mine),
        numbers=_numbers(cluster, server, mine),
        data=data,
        panels=_panels(cluster, list(without)),
        notes=_notes(cluster),
    )


def server_s(cluster: AuroraScenario) -> NDArray[np.float64]:
    """How long the cluster has no writer, s: detection, promotion, the name moved."""
    median, sigma = _median_sigma(cluster)
    draws = np.random.default_rng([cluster.seed, 1]).standard_normal(CLIENTS)
    return median * np.exp(sigma * draws)


def client_s(cluster: AuroraScenario, client: str) -> NDArray[np.float64]:
    """How long a client of that kind can't write, s."""
    server = server_s(cluster)
    retry = AURORA.value("endpoints", "reconnect")
    phase, again = np.random.default_rng([cluster.seed, 2]).random((2, CLIENTS))
    if client == PROXY:
        return server + retry * again
    kept = cluster.address_kept_s if client == CACHES else AURORA.value("endpoints", "dns_ttl")
    return server + kept * phase + retry * again


def _clients(cluster: AuroraScenario) -> tuple[str, ...]:
    return ("resolves anew", CACHES, PROXY)


def _median_sigma(cluster: AuroraScenario) -> tuple[float, float]:
    """Half of the failovers are below AWS's typical time, 95 % below its upper one."""
    typical, upper = (_fact(cluster, key).value for key in ("typical", "upper"))
    return float(typical), log(upper / typical) / Z95


def _fact(cluster: AuroraScenario, key: str) -> Fact:
    subject = "failover_with_reader" if cluster.readers else "failover_without_reader"
    return AURORA.get(subject, key)


def _lognormal_over(median: float, sigma: float, x: NDArray[np.float64]) -> NDArray[np.float64]:
    over = [1.0 if one <= 0 else erfc(log(one / median) / sigma / sqrt(2)) / 2 for one in x]
    return np.array(over)


def _share(times: NDArray[np.float64]) -> NDArray[np.float64]:
    return 100 * (1 - np.searchsorted(np.sort(times), SECONDS, side="right") / times.size)


def _panels(cluster: AuroraScenario, clients: list[str]) -> tuple[Panel, ...]:
    others = [name for name in clients if name != cluster.client]
    roles = {cluster.client: "first", others[0]: "second", others[1]: "third"}
    curves = tuple(
        Curve(f"without_{i}_pct", name, roles[name], compare=name == cluster.client)  # type: ignore[arg-type]
        for i, name in enumerate(clients)
    )
    upper = _fact(cluster, "upper")
    share = Panel(
        "Clients that can't write yet",
        "%",
        (*curves, Curve("server_theory_pct", "the cluster itself", "theory")),
        limits=(0.0, 100.0),
        x="second",
        x_title="seconds after the writer died",
        x_log=True,
        events=((upper.value, f"AWS: less than {upper.value} s"),),
    )
    bars = Panel(
        "Outage by client",
        "s",
        (Curve("median_s", "median", "first"), Curve("p95_s", "p95", "second")),
        kind="bars",
        x="client",
        log=True,
    )
    return share, bars


def _numbers(
    cluster: AuroraScenario, server: NDArray[np.float64], mine: NDArray[np.float64]
) -> tuple[Number, ...]:
    median, p95 = (float(np.percentile(mine, q)) for q in (50, 95))
    cut = 100 / cluster.readers if cluster.readers else 0.0
    below = 100 * float(np.mean(mine < _fact(cluster, "upper").value))
    added = float(np.mean(mine - server))
    return (
        Number("median_s", "Median outage", median, f"{median:.0f} s", headline=True),
        Number("p95_s", "p95 outage", p95, f"{p95:.0f} s", headline=True),
        Number("readers_cut_pct", "Reader connections cut", cut,
               f"{cut:.0f} %" if cluster.readers else "no readers", headline=True),
        Number("below_upper_pct", f"Back within {_fact(cluster, 'upper').value} s", below,
               f"{below:.0f} %"),
        Number("client_adds_s", "Of it, the client's own doing", added, f"{added:.1f} s"),
    )  # fmt: skip


def _why(cluster: AuroraScenario, server: NDArray[np.float64], mine: NDArray[np.float64]) -> str:
    without = float(np.median(server))
    added = float(np.mean(mine - server))
    how = (
        f"Aurora promotes one of {counted(cluster.readers, 'reader')}"
        if cluster.readers > 1
        else "Aurora promotes the reader"
        if cluster.readers
        else "There is no reader to promote, so Aurora makes the instance anew"
    )
    where = {
        "resolves anew": "The writer endpoint is a name: the client asks for it again when its "
        f"{AURORA.value('endpoints', 'dns_ttl')} s are over",
        CACHES: f"The client holds on to the old address for up to {cluster.address_kept_s:g} s",
        PROXY: "The proxy finds the new writer without DNS",
    }[cluster.client]
    return (
        f"{how}, which takes {without:.0f} s at the median. {where}, and that adds {added:.1f} s "
        "on average; every open connection to the old writer breaks."
    )


def _notes(cluster: AuroraScenario) -> tuple[str, ...]:
    typical, upper = _fact(cluster, "typical"), _fact(cluster, "upper")
    share = _fact(cluster, "share_below_upper")
    return (
        f"AWS says {upper.note.split(';')[0]} {upper.value} s; read as a lognormal with median "
        f"{typical.value} s and {share.value} % below {upper.value} s ({share.confidence}).",
        f"{CLIENTS:,} failovers; a client tries every "
        f"{AURORA.value('endpoints', 'reconnect')} s (assumed).",
    )
