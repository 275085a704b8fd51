"""The five designs, for the same writes and the same failure."""

from collections.abc import Iterator

from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.memorydb.load import writes_of
from awsnb.sections.memorydb.scenario import DESIGNS, SYNC, ZONE, MemoryDbScenario
from awsnb.sections.memorydb.simulate import EVERYTHING, LAST, Run, run
from awsnb.sections.memorydb.tell import FAILS, gone_on_average, money, refused
from awsnb.words import milliseconds, usd


def compare(scenario: MemoryDbScenario) -> Comparison:
    """Let the scenario's failure happen to all five designs.

    Parameters
    ----------
    scenario : MemoryDbScenario

    Returns
    -------
    Comparison
        An option holds if it takes all writes and the failure takes no acknowledged one. The best
        is the cheapest of those whose price is known, and that lives on when its zone fails.
    """
    writes = writes_of(scenario)
    runs = [run(_as(scenario, design), design, writes) for design in DESIGNS]
    options = {one.design: _option(one) for one in runs}
    best = cheapest(
        options[one.design]
        for one in runs
        if one.bill.usd_month is not None and one.lost(ZONE) != EVERYTHING
    )
    return Comparison(
        title=f"Five designs, when this fails: {scenario.failure}",
        why=" ".join(_verdict(scenario, best, list(options.values()))),
        options=tuple(options.values()),
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
        remark="; ".join(_remarks(one)),
    )


def _remarks(one: Run) -> Iterator[str]:
    """Say what a design can't do: take all writes, or outlive the other failures."""
    if not one.keeps_up:
        yield f"a shard takes {one.shard_limit_per_s:,.0f} writes/s"
    others = [each for each in one.scenario.failures if each != one.scenario.failure]
    for lost, what in ((LAST, "last writes lost"), (EVERYTHING, "everything lost")):
        when = ", ".join(each for each in others if one.lost(each) == lost)
        if when:
            yield f"{what}: {when}"


def _verdict(
    scenario: MemoryDbScenario, best: Option | None, options: list[Option]
) -> Iterator[str]:
    """Say which designs keep every write at which price, and which of them to take."""
    holding = [one for one in options if one.holds]
    priced = [one for one in holding if one.cost_usd_month is not None]
    if not holding:
        yield "No design keeps every acknowledged write and takes all of them."
    elif not priced:
        yield "Of the designs with a known price none keeps every acknowledged write."
    else:
        keep = "these keep" if len(priced) > 1 else "one keeps"
        yield f"{FAILS[scenario.failure]}, {keep} every acknowledged write: {_prices(priced)}."
        if best is None:
            yield "It loses everything when its zone fails."
        elif len(priced) > 1:
            also = "" if best is cheapest(priced) else " that also outlives its zone"
            yield f"The cheapest{also} is {best.label}."
    for one in holding:
        if one.cost_usd_month is None:
            yield f"{one.label} holds too; what its log costs was not found."


def _prices(options: list[Option]) -> str:
    listed = sorted(options, key=lambda one: one.cost_usd_month or 0.0)
    return ", ".join(f"{one.label} ({usd(one.cost_usd_month or 0.0)} a month)" for one in listed)
