"""Which storage would have carried the load, and for how much; and whether a class must grow."""

import math

from awsnb.aws.rds import RDS
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.scenario import ScenarioError
from awsnb.sections.rds.speed.load import demand
from awsnb.sections.rds.speed.scenario import SpeedScenario
from awsnb.sections.rds.speed.simulate import serve
from awsnb.sections.rds.standby import standby_price, with_standby
from awsnb.trace import Load
from awsnb.words import span


def compare(scenario: SpeedScenario) -> Comparison:
    """Find the cheapest storage that carries the scenario's load without waiting.

    Parameters
    ----------
    scenario : SpeedScenario
        Storage as asked for. The others hold as much data or more, on the same class.

    Returns
    -------
    Comparison
        The storage as asked for first; `best` is the cheapest that holds.

    Raises
    ------
    TraceError
        As `simulate`.
    """
    load = demand(scenario)
    asked = _option("as asked: ", scenario, load)
    multi_az = with_standby(asked, scenario.storage.multi_az_usd_month)
    options = [asked, multi_az, *_others(scenario, load)]
    best = cheapest(options)
    why = f"{_verdict(asked, best)} {standby_price(asked, multi_az)}"
    return Comparison("Storage for this load", why, tuple(options), best)


def _others(scenario: SpeedScenario, load: Load) -> list[Option]:
    large = int(RDS.value("gp3", "large_min_size"))
    plain = scenario.replace(storage_type="gp2", iops=None, throughput_mibps=None)
    peak = math.ceil(float(load.per_s.max()) * scenario.load_factor)
    mine, striped = scenario.size_gib, max(scenario.size_gib, large)
    asked = [
        {"storage_type": "gp2", "size_gib": mine},
        {"storage_type": "gp2", "size_gib": striped},
        {"storage_type": "gp3", "size_gib": mine},
        {"storage_type": "gp3", "size_gib": striped},
        {"storage_type": "gp3", "size_gib": striped, "iops": peak},
        {"storage_type": "io2", "size_gib": mine, "iops": max(peak, 1000)},
    ]
    found: list[Option] = []
    for values in asked:
        try:
            other = plain.replace(**values)
        except ScenarioError:
            continue  # RDS does not sell it
        if other != scenario and other not in [option.scenario for option in found]:
            found.append(_option("", other, load))
    return found


def _option(prefix: str, scenario: SpeedScenario, load: Load) -> Option:
    outcome = serve(scenario, load)
    waits_s, cost = outcome.throttled_s, scenario.storage.cost_usd_month
    return Option(
        label=prefix + scenario.storage.text,
        scenario=scenario,
        holds=not waits_s,
        cost_usd_month=cost,
        numbers=(
            Number("cost_usd_month", "USD a month", cost, f"{cost:,.2f}"),
            Number("throttled_min", "I/O waits", waits_s / 60, span(waits_s, "never")),
        ),
        remark=f"held back by the {outcome.binding[0].name}" if waits_s else "",
    )


def _verdict(asked: Option, best: Option | None) -> str:
    if best is None:
        return "No storage here carries this load on this class: look at what holds it back."
    if best is asked:
        return "The storage asked for holds, and none here that holds costs less."
    which = "which holds too" if asked.holds else "which does not hold"
    return f"Cheapest that holds: {best.price_beside(asked)}, {which}."
