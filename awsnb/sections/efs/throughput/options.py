"""Which mode would have carried the load, and for how much: the cheapest setting of each."""

import math

from awsnb.aws.efs import EFS
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.efs.throughput.load import Load, demand
from awsnb.sections.efs.throughput.scenario import ThroughputScenario
from awsnb.sections.efs.throughput.simulate import serve
from awsnb.words import span

MOST_GIB = int(ThroughputScenario.fields()["standard_gib"].high or 0)


def compare(scenario: ThroughputScenario) -> Comparison:
    """Find the cheapest setting of each mode that carries the scenario's load without waiting.

    Parameters
    ----------
    scenario : ThroughputScenario
        The file system as asked for. The others hold as much data or more, and see the same load
        from the same clients.

    Returns
    -------
    Comparison
        The file system as asked for first; `best` is the cheapest that holds.

    Raises
    ------
    ScenarioError, TraceError
        As `simulate`.
    """
    load = demand(scenario)
    plain = scenario.replace(mode="bursting", provisioned_mibps=None)
    options = [
        _option("as asked: ", scenario, load),
        _grown(plain, load),
        _provisioned(plain, load),
        _option("", plain.replace(mode="elastic"), load),
    ]
    best = cheapest(options)
    return Comparison(
        title="The cheapest setting of each throughput mode for this load",
        why=_verdict(options[0], best),
        options=tuple(options),
        best=best,
    )


def _grown(plain: ThroughputScenario, load: Load) -> Option:
    """Bursting, with the least data that earns enough."""
    low, high = plain.standard_gib, MOST_GIB
    largest = serve(plain.replace(standard_gib=high), load)
    if not largest.holds:
        return _none("bursting", f"at any size held back by the {largest.binding[0].name}")
    while low < high:  # more GiB never wait more: halve the range
        middle = (low + high) // 2
        holds = serve(plain.replace(standard_gib=middle), load).holds
        low, high = (low, middle) if holds else (middle + 1, high)
    added = low - plain.standard_gib
    remark = f"{added:,} GiB of it put there for the speed" if added else ""
    return _option("", plain.replace(standard_gib=low), load, remark)


def _provisioned(plain: ThroughputScenario, load: Load) -> Option:
    """Provisioned, at the metered peak."""
    peak = float(load.asked_mibps.max()) * plain.io.metered_mib
    rate = max(math.ceil(peak * (1 - 1e-12)), EFS.value("provisioned", "min"))
    if rate > EFS.value("provisioned", "max"):
        return _none("provisioned", "its peak is above what AWS provisions")
    return _option("", plain.replace(mode="provisioned", provisioned_mibps=rate), load)


def _option(prefix: str, scenario: ThroughputScenario, load: Load, remark: str = "") -> Option:
    outcome = serve(scenario, load)
    waits_s, after = outcome.throttled_s, outcome.dry_after_s
    if after is not None:
        remark = f"credit still falls, gone {span(after, 'just')} after the end"
    if waits_s:
        limit, at_burst = outcome.binding
        dry = limit.has_credit and not at_burst
        remark = "its credit runs out" if dry else f"held back by the {limit.name}"
    return Option(
        label=prefix + scenario.system.text,
        scenario=scenario,
        holds=outcome.holds,
        cost_usd_month=outcome.usd_month,
        numbers=(
            Number("cost_usd_month", "USD a month", outcome.usd_month, f"{outcome.usd_month:,.2f}"),
            Number("throttled_min", "data waits for", waits_s / 60, span(waits_s, "never")),
        ),
        remark=remark,
    )


def _none(mode: str, remark: str) -> Option:
    return Option(
        label=mode,
        scenario=None,
        holds=False,
        cost_usd_month=None,
        numbers=(
            Number("cost_usd_month", "USD a month", None, "-"),
            Number("throttled_min", "data waits for", None, "-"),
        ),
        remark=remark,
    )


def _verdict(asked: Option, best: Option | None) -> str:
    if best is None:
        return "No mode carries this load from these clients without waiting."
    if best is asked:
        return "The file system asked for holds, and no other that holds costs less."
    which = "which holds too" if asked.holds else "which does not hold"
    return f"Cheapest that holds: {best.price_beside(asked)}, {which}."
