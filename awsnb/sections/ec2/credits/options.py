"""Which instance would have held the load, and for how much: the cheapest of each family."""

from awsnb.aws.ec2 import BURSTABLE, EC2, hour_price
from awsnb.aws.ec2.burstable import FAMILIES, PEER_FAMILY, PEER_SIZES, STANDARD, UNLIMITED
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.ec2.credits.load import Load, demand
from awsnb.sections.ec2.credits.scenario import CreditScenario
from awsnb.sections.ec2.credits.simulate import carry
from awsnb.words import span, usd

ARM = "Arm: the software must be built for it"


def compare(scenario: CreditScenario) -> Comparison:
    """Find the cheapest instance of each family that holds the load with the memory it needs.

    Parameters
    ----------
    scenario : CreditScenario
        The instance as asked for. The others see the same load, from the same credit or from
        launch.

    Returns
    -------
    Comparison
        The instance as asked for first, then one option a family; `best` is the cheapest that
        holds.

    Raises
    ------
    ScenarioError, TraceError
        As `simulate`.
    """
    load = demand(scenario)
    asked = _option("as asked: ", scenario, load)
    options = [
        asked,
        *(_burstable(family, scenario, load) for family in FAMILIES),
        *(_fixed(family, scenario, load) for family in dict.fromkeys(PEER_FAMILY.values())),
    ]
    best = cheapest(options)
    return Comparison(
        title="The cheapest instance of each family that holds this load",
        why=_verdict(asked, best, options),
        options=tuple(options),
        best=best,
    )


def _burstable(family: str, scenario: CreditScenario, load: Load) -> Option:
    """Find the cheapest T instance of a family, in either mode."""
    types = [name for name in BURSTABLE if name.startswith(f"{family}.")]
    found = [
        _option("", scenario.replace(instance_type=name, mode=mode, tenancy="shared"), load)
        for name in types
        if EC2.value(name, "memory") >= scenario.memory_needed_gib
        for mode in (STANDARD, UNLIMITED)
    ]
    return cheapest(found) or _none(family)


def _fixed(family: str, scenario: CreditScenario, load: Load) -> Option:
    """Find the smallest instance without credits that has the vCPUs and the memory."""
    for size in PEER_SIZES:
        name = f"{family}.{size}"
        if EC2.value(name, "memory") < scenario.memory_needed_gib:
            continue
        if EC2.value(name, "vcpus") >= load.vcpus.max():
            cost = hour_price(name) * HOURS_A_MONTH
            return Option(name, None, True, cost, _numbers(cost, 0.0, 0.0), _remark(name))
    return _none(family)


def _option(prefix: str, scenario: CreditScenario, load: Load) -> Option:
    outcome = carry(scenario, load)
    cost = outcome.cost_usd_month
    remark = _remark(scenario.instance_type)
    if outcome.fall and scenario.is_standard and not outcome.throttled_s:
        left = span(outcome.fall.empty_after_s, "just")
        remark = "; ".join(filter(None, (f"credit still falls, gone {left} after the end", remark)))
    numbers = _numbers(cost, outcome.surplus_usd_month, outcome.throttled_s)
    return Option(prefix + scenario.text, scenario, outcome.holds, cost, numbers, remark)


def _remark(instance_type: str) -> str:
    return ARM if EC2.value(instance_type, "architecture") == "arm64" else ""


def _numbers(cost: float, surplus: float, throttled_s: float) -> tuple[Number, ...]:
    return (
        Number("cost_usd_month", "USD a month", cost, f"{cost:,.2f}"),
        Number("surplus_usd_month", "of it surplus", surplus, f"{surplus:,.2f}"),
        Number("throttled_min", "slowed down", throttled_s / 60, span(throttled_s, "never")),
    )


def _none(family: str) -> Option:
    return Option(
        label=family,
        scenario=None,
        holds=False,
        cost_usd_month=None,
        numbers=(
            Number("cost_usd_month", "USD a month", None, "-"),
            Number("surplus_usd_month", "of it surplus", None, "-"),
            Number("throttled_min", "slowed down", None, "-"),
        ),
        remark="no size listed here holds it",
    )


def _verdict(asked: Option, best: Option | None, options: list[Option]) -> str:
    if best is None:
        return "No instance listed here holds this load."
    if best is asked:
        return "The instance asked for holds, and no other that holds costs less."
    which = "which holds too" if asked.holds else "which does not hold"
    more = _without_arm(best, options)
    return f"Cheapest that holds: {best.price_beside(asked)}, {which}.{more}"


def _without_arm(best: Option, options: list[Option]) -> str:
    """Name the cheapest for software that is built for x86, where the best is not."""
    if ARM not in best.remark:
        return ""
    other = cheapest(option for option in options if ARM not in option.remark)
    if other is None:
        return f" {ARM}, and nothing else holds."
    return f" {ARM}. On x86 it is {other.label} at {usd(other.cost_usd_month or 0.0)}."
