"""Which way to run this database: Aurora in either configuration, or RDS."""

from dataclasses import replace

from awsnb.aws.aurora.cluster import OPTIMIZED, STANDARD
from awsnb.aws.rds import Bill
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.aurora.cost.scenario import CostScenario
from awsnb.sections.aurora.cost.simulate import rds_bill
from awsnb.words import usd

PARTS = (
    ("cost_usd_month", "USD a month", "total"),
    ("instances_usd", "instances", "instances"),
    ("storage_usd", "storage", "storage"),
    ("io_usd", "I/O", "io"),
    ("backtrack_usd", "backtrack", "backtrack"),
)


def compare(scenario: CostScenario) -> Comparison:
    """Price the scenario's load in both of Aurora's configurations and on RDS.

    Parameters
    ----------
    scenario : CostScenario
        Instances, data, I/O rate and backtrack are what is priced.

    Returns
    -------
    Comparison
        The scenario's own configuration first; `best` is the cheapest that holds.
    """
    other = STANDARD if scenario.storage == OPTIMIZED else OPTIMIZED
    options = (_aurora(scenario), _aurora(scenario.replace(storage=other)), _rds(scenario))
    best = cheapest(options)
    return Comparison(
        title="The same data and I/O rate, three ways",
        why=_verdict(options, best or options[0]),
        options=options,
        best=best,
    )


def _aurora(scenario: CostScenario) -> Option:
    bill = scenario.cluster(scenario.storage).bill
    return replace(_option(f"Aurora {scenario.storage}", bill), scenario=scenario)


def _rds(scenario: CostScenario) -> Option:
    label, bill = f"RDS for {scenario.rds_engine}, gp3", rds_bill(scenario.rds())
    if bill is not None:
        option = _option(label, bill, _rds_remark(scenario))
        return replace(option, holds=not scenario.backtrack_h)
    return Option(
        label=label,
        scenario=None,
        holds=False,
        cost_usd_month=None,
        numbers=tuple(Number(name, text, None, "-") for name, text, _ in PARTS),
        remark="gp3 on RDS can't do this rate at this size",
    )


def _rds_remark(scenario: CostScenario) -> str:
    if scenario.backtrack_h:
        return "no backtrack: a restore makes a new instance"
    return "the standby can't be read" if scenario.readers else "one instance in one zone"


def _option(label: str, bill: Bill, remark: str = "") -> Option:
    return Option(
        label=label,
        scenario=None,
        holds=True,
        cost_usd_month=bill.total,
        numbers=tuple(
            Number(name, text, getattr(bill, part), f"{getattr(bill, part):,.2f}")
            for name, text, part in PARTS
        ),
        remark=remark,
    )


def _verdict(options: tuple[Option, Option, Option], best: Option) -> str:
    mine, _, rds = options
    cost = best.cost_usd_month or 0.0
    if best is mine:
        return f"{mine.label} is the cheapest that holds, at {cost:,.2f} USD a month."
    less = (mine.cost_usd_month or 0.0) - cost
    lead = (
        f"{best.label} costs {usd(cost)} a month, {usd(less)} less than the cluster that was "
        "asked for."
    )
    return lead + _what_aurora_has() if best is rds else lead


def _what_aurora_has() -> str:
    return (
        " What Aurora has for its price: six copies in three zones, readers that share the "
        "storage, failover without a copy to catch up, and storage that grows by itself."
    )
