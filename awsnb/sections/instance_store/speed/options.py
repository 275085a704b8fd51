"""The store and two EBS volumes side by side: which serves what is wanted, and for how much."""

from awsnb.aws.instance_store import iops
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.instance_store.speed.scenario import SpeedScenario
from awsnb.sections.instance_store.speed.simulate import served
from awsnb.words import usd


def compare(scenario: SpeedScenario) -> Comparison:
    """Look at the store, and at a gp3 and an io2 volume as large.

    Parameters
    ----------
    scenario : SpeedScenario
        The I/Os, and the instance.

    Returns
    -------
    Comparison
        It holds what serves the wanted I/Os; the price is what is paid beyond the instance's.
    """
    store = iops(scenario.instance_type, scenario.operation)
    ebs = [served(scenario, kind) for kind in ("gp3", "io2")]
    options = (
        _option(scenario, "instance store", store, 0.0, "lost with the host"),
        *(
            _option(scenario, one.volume.text, one.iops, one.volume.cost_usd_month, one.limit)
            for one in ebs
        ),
    )
    best = cheapest(options)
    return Comparison("What serves it on this instance", _verdict(best), options, best)


def _option(
    scenario: SpeedScenario, label: str, served_iops: float, cost: float, remark: str
) -> Option:
    return Option(
        label=label,
        scenario=scenario,
        holds=served_iops >= scenario.wanted_iops,
        cost_usd_month=cost,
        numbers=(
            Number("served_iops", "IOPS all day", served_iops, f"{served_iops:,.0f}"),
            Number("cost_usd_month", "USD a month beyond the instance", cost, f"{cost:,.2f}"),
        ),
        remark=remark,
    )


def _verdict(best: Option | None) -> str:
    if best is None:
        return "Nothing on this instance serves it: take a larger instance, or several."
    paid = usd(best.cost_usd_month or 0.0)
    return f"The cheapest that serves it is {best.label}, for {paid} a month beyond the instance."
