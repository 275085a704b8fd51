"""What else would do: no autoscaling, a larger maximum, all of it now, the batch elsewhere."""

import math

from awsnb.aws.rds import RDS
from awsnb.aws.rds.deployment import MAX_SIZE_GIB
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.rds.standby import standby_price, with_standby
from awsnb.sections.rds.storage.load import Load, demand
from awsnb.sections.rds.storage.scenario import StorageScenario
from awsnb.sections.rds.storage.simulate import follow
from awsnb.words import span


def compare(scenario: StorageScenario) -> Comparison:
    """Find the cheapest storage that is never full.

    Parameters
    ----------
    scenario : StorageScenario
        Volume and data.

    Returns
    -------
    Comparison
        The storage as asked for first; `best` is the cheapest that is never full.

    Raises
    ------
    TraceError
        As `simulate`.
    """
    load = demand(scenario)
    asked = _option("as asked", scenario, load)
    multi_az = with_standby(asked, follow(scenario, load).multi_az_usd_month)
    options = [asked, multi_az, *_others(scenario, load)]
    best = cheapest(options)
    return Comparison(
        title="Storage for these data",
        why=f"{_verdict(asked, best)}{_slot(load)} {standby_price(asked, multi_az)}",
        options=tuple(options),
        best=best,
    )


def _slot(load: Load) -> str:
    """Say what no storage cures."""
    if not load.slot_gib or not load.growth_gib_per_day:
        return ""
    return " More storage only buys time while the slot's reader is not back."


def _others(scenario: StorageScenario, load: Load) -> list[Option]:
    most = math.ceil(float(load.wanted_gib.max()) / scenario.rule.trigger_gib(1.0))
    fixed = max(min(most, MAX_SIZE_GIB), scenario.size_gib)
    found = []
    fixed_rule = {"autoscaling": False, "maximum_gib": StorageScenario().maximum_gib}
    if scenario.autoscaling:
        found.append(_option("no autoscaling", scenario.replace(**fixed_rule), load))
    advised = 1 + RDS.value("storage_autoscaling", "advised_maximum") / 100
    maximum = min(math.ceil(fixed * advised), MAX_SIZE_GIB)
    least = scenario.size_gib * (1 + RDS.value("storage_autoscaling", "least_maximum") / 100)
    if maximum >= least and not (scenario.autoscaling and scenario.maximum_gib >= maximum):
        wider = scenario.replace(autoscaling=True, maximum_gib=maximum)
        found.append(
            _option("a higher maximum" if scenario.autoscaling else "autoscaling", wider, load)
        )
    if fixed > scenario.size_gib and not scenario.trace:  # a trace is of one allocated size
        whole = scenario.replace(size_gib=fixed, **fixed_rule)
        found.append(_option("all of it from the start", whole, load))
    if scenario.batch_gib and not scenario.trace:
        plain = scenario.replace(batch_gib=0.0)
        found.append(_option("the batch elsewhere", plain, demand(plain)))
    return found


def _option(label: str, scenario: StorageScenario, load: Load) -> Option:
    outcome = follow(scenario, load)
    return Option(
        label=f"{label}: {scenario.text}",
        scenario=scenario,
        holds=not outcome.full_spells_s,
        cost_usd_month=outcome.usd_month,
        numbers=(
            Number("cost_usd_month", "USD a month", outcome.usd_month, f"{outcome.usd_month:,.2f}"),
            Number("full_h", "full for", outcome.full_s / 3600, span(outcome.full_s, "never")),
            Number("allocated_gib", "GiB at the end", outcome.last_gib, f"{outcome.last_gib:,}"),
        ),
    )


def _verdict(asked: Option, best: Option | None) -> str:
    if best is None:
        return "None of these keeps the storage from being full: free space, or write less at once."
    if best is asked:
        return "The storage asked for is never full, and no other here costs less."
    which = "which is never full either" if asked.holds else "which is full at times"
    return f"Cheapest that is never full: {best.price_beside(asked)}, {which}."
