"""The five designs, for the same writes and the same failure."""

from awsnb.results import Comparison, Number, Option
from awsnb.sections.memorydb.load import writes_of
from awsnb.sections.memorydb.scenario import DESIGNS, SYNC, MemoryDbScenario
from awsnb.sections.memorydb.simulate import Run, run
from awsnb.sections.memorydb.tell import gone_on_average, money, refused
from awsnb.words import milliseconds


def compare(scenario: MemoryDbScenario) -> Comparison:
    """Let the scenario's failure happen to all five designs.

    Parameters
    ----------
    scenario : MemoryDbScenario

    Returns
    -------
    Comparison
        An option holds if it takes all writes and the failure takes no acknowledged one; the best
        is the cheapest of those whose price is known.
    """
    writes = writes_of(scenario)
    options = [_option(run(_as(scenario, design), design, writes)) for design in DESIGNS]
    holding = [one for one in options if one.holds and one.cost_usd_month is not None]
    best = min(holding, key=lambda one: one.cost_usd_month or 0.0, default=None)
    return Comparison(
        title=f"Five designs, when this fails: {scenario.failure}",
        why=_verdict(best, options),
        options=tuple(options),
        best=best,
    )


def _as(scenario: MemoryDbScenario, design: str) -> MemoryDbScenario:
    engine = "valkey" if design == SYNC else scenario.engine
    return scenario.replace(design=design, engine=engine)


def _option(one: Run) -> Option:
    p50, p99, down = one.quantile_ms(0.5), one.quantile_ms(0.99), one.unavailable_s
    each = one.connection_per_s
    return Option(
        label=one.design,
        scenario=one.scenario,
        holds=one.is_safe,
        cost_usd_month=one.bill.usd_month,
        numbers=(
            Number("p50_ms", "median", p50, milliseconds(p50)),
            Number("p99_ms", "p99", p99, milliseconds(p99)),
            Number("lost_writes", "writes lost", one.lost_writes, gone_on_average(one)),
            Number("unavailable_s", "no writes for", down, refused(one)),
            Number("connection_rps", "one connection", each, f"{each:,.0f} /s"),
            Number("cost_usd_month", "a month", one.bill.usd_month, money(one.bill)),
        ),
        remark="" if one.keeps_up else f"a shard takes {one.shard_limit_per_s:,.0f} writes/s",
    )


def _verdict(best: Option | None, options: list[Option]) -> str:
    unpriced = [one.label for one in options if one.holds and one.cost_usd_month is None]
    also = f" {unpriced[0]} holds too; what its log costs was not found." if unpriced else ""
    if best is None and unpriced:
        return f"Of the designs with a known price none keeps every acknowledged write.{also}"
    if best is None:
        return "No design keeps every acknowledged write and takes all of them."
    return f"In this failure {best.label} is the cheapest that keeps every write.{also}"
