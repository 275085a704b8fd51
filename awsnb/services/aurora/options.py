"""Which way to run this database: Aurora in either configuration, or RDS."""

from dataclasses import replace

from awsnb.results import Comparison, Number, Option
from awsnb.services.aurora.cluster import AuroraScenario
from awsnb.services.aurora.cost import Bill, aurora_bill, rds_bill

PARTS = (
    ("cost_usd_month", "USD a month", "total"),
    ("instances_usd", "instances", "instances"),
    ("storage_usd", "storage", "storage"),
    ("io_usd", "I/O", "io"),
    ("backtrack_usd", "backtrack", "backtrack"),
)


def compare_aurora(cluster: AuroraScenario) -> Comparison:
    """Price the scenario's load in both of Aurora's configurations and on RDS.

    Parameters
    ----------
    cluster : AuroraScenario
        Whatever its view: instances, data, I/O rate and backtrack are what is priced.

    Returns
    -------
    Comparison
        The cluster's own configuration first; `best` is the cheapest that holds.
    """
    other = "Standard" if cluster.storage == "I/O-Optimized" else "I/O-Optimized"
    options = (
        _option(f"Aurora {cluster.storage}", cluster, aurora_bill(cluster, cluster.storage)),
        _option(f"Aurora {other}", None, aurora_bill(cluster, other)),
        _rds(cluster),
    )
    best = min((o for o in options if o.holds), key=lambda o: o.cost_usd_month or 0.0)
    return Comparison(
        title="The same data and I/O rate, three ways",
        why=_verdict(cluster, options, best),
        options=options,
        best=best,
    )


def _option(label: str, scenario: AuroraScenario | None, bill: Bill, remark: str = "") -> Option:
    return Option(
        label=label,
        scenario=scenario,
        holds=True,
        cost_usd_month=bill.total,
        numbers=tuple(
            Number(name, text, getattr(bill, part), f"{getattr(bill, part):,.2f}")
            for name, text, part in PARTS
        ),
        remark=remark,
    )


def _rds(cluster: AuroraScenario) -> Option:
    bill = rds_bill(cluster)
    name = cluster.engine.removeprefix("Aurora ")
    if cluster.backtrack_h:
        remark = "no backtrack: a restore makes a new instance"
    elif cluster.readers == 0:
        remark = "one instance in one zone"
    else:
        remark = "the standby can't be read"
    label = f"RDS for {name}, gp3"
    if bill is not None:
        return replace(_option(label, None, bill, remark), holds=not cluster.backtrack_h)
    return Option(
        label=label,
        scenario=None,
        holds=False,
        cost_usd_month=None,
        numbers=tuple(Number(name, text, None, "-") for name, text, _ in PARTS),
        remark="gp3 on RDS can't do this rate at this size",
    )


def _verdict(cluster: AuroraScenario, options: tuple[Option, ...], best: Option) -> str:
    mine, _, rds = options
    cost = best.cost_usd_month or 0.0
    if best is mine:
        lead = f"{mine.label} is the cheapest that holds, at {cost:,.2f} USD a month."
    else:
        less = (mine.cost_usd_month or 0.0) - cost
        lead = f"{best.label} costs {cost:,.2f} USD a month, {less:,.2f} less than asked."
    if best is rds:
        lead += (
            " What Aurora has for its price: six copies in three zones, readers that share the "
            "storage, failover without a copy to catch up, and storage that grows by itself."
        )
    return lead
