"""What would let the connection through: the narrowest change at each step that stops it."""

from awsnb.aws.ec2.packet_rules import IN, OUT
from awsnb.aws.prices import EC2, HOURS_A_MONTH, PUBLIC_IPV4_USD_HOUR
from awsnb.results import Comparison, Number, Option
from awsnb.sections.ec2.reach.scenario import FROM, INTERNET, NAT, TO, ReachScenario
from awsnb.sections.ec2.reach.simulate import (
    ACL,
    ADDRESS,
    GROUP,
    PROGRAM,
    THERE,
    Outcome,
    Step,
    simulate,
)
from awsnb.words import counted


def compare(scenario: ReachScenario) -> Comparison:
    """Mend one step after the other until the connection opens, each as narrowly as may be.

    Parameters
    ----------
    scenario : ReachScenario
        The connection as asked for.

    Returns
    -------
    Comparison
        The rules as asked for first, then after each change; `best` is the first that opens.
    """
    outcome = simulate(scenario)
    options = [_option("as asked", outcome)]
    changes: list[str] = []
    while (stop := outcome.stop) is not None:
        change, scenario = _mended(outcome.scenario, stop)
        changes.append(change)
        outcome = simulate(scenario)
        options.append(_option(f"and {change}" if len(changes) > 1 else change, outcome))
    return Comparison(
        title="The narrowest changes that open this connection",
        why=_verdict(changes, options[-1], options[0]),
        options=tuple(options),
        best=options[-1],
    )


def _option(label: str, outcome: Outcome) -> Option:
    cost = outcome.scenario.public_address * PUBLIC_IPV4_USD_HOUR * HOURS_A_MONTH
    stop = outcome.stop
    return Option(
        label=label,
        scenario=outcome.scenario,
        holds=stop is None,
        cost_usd_month=cost,
        numbers=(
            Number("end", "the connection", outcome.end, outcome.end),
            Number("cost_usd_month", "USD a month for the address", cost, f"{cost:,.2f}"),
        ),
        remark=f"stopped by the {stop.name}, on the way {stop.leg}" if stop else "",
    )


def _mended(scenario: ReachScenario, stop: Step) -> tuple[str, ReachScenario]:
    """Change what stops the connection; returns the change in words, and the scenario after it."""
    host = f"{scenario.other}/32"
    way = IN if scenario.direction == TO else OUT
    if stop.name == PROGRAM:
        return "start the program", scenario.replace(listening=True)
    if stop.name == ADDRESS:
        return "give the instance a public address", scenario.replace(public_address=True)
    if stop.name == GROUP:
        rule = f"{way} tcp {scenario.port} {host}"
        rules = f"{scenario.security_group.rstrip()}\n{rule}"
        return f"allow '{rule}' in the security group", scenario.replace(security_group=rules)
    if stop.name == ACL:
        return _acl_mended(scenario, stop, way, host)
    return _routed(scenario)


def _acl_mended(
    scenario: ReachScenario, stop: Step, way: str, host: str
) -> tuple[str, ReachScenario]:
    """Put a rule before all others; where number 1 is taken, in its place."""
    there = stop.leg == THERE
    first, last = scenario.answer_ports
    ports = f"{scenario.port}" if there else f"{first}-{last}"
    direction = way if there else {IN: OUT, OUT: IN}[way]
    taken = [rule.number for rule in scenario.acl_rules if rule.direction == direction]
    number = max(min(taken, default=EC2.value("network_acl", "max_rule_number")) - 1, 1)
    rule = f"{direction} {number} allow tcp {ports} {host}"
    kept = [
        one.text for one in scenario.acl_rules if (one.direction, one.number) != (direction, number)
    ]
    mended = scenario.replace(network_acl="\n".join([*kept, rule]))
    return f"allow '{rule}' in the network ACL", mended


def _routed(scenario: ReachScenario) -> tuple[str, ReachScenario]:
    """Give the packet or its answer a way out: without an address of its own, by a NAT gateway."""
    if scenario.direction == FROM and not scenario.public_address:
        change = f"route 0.0.0.0/0 to a {NAT} (its price is not counted here)"
        return change, scenario.replace(route=NAT)
    return f"route 0.0.0.0/0 to the {INTERNET}", scenario.replace(route=INTERNET)


def _verdict(changes: list[str], mended: Option, asked: Option) -> str:
    if not changes:
        return "It connects as it is."
    dearer = mended.dearer_by(asked)
    price = f" The address costs {dearer} a month." if dearer else ""
    count = counted(len(changes), "change")
    return f"{count[0].upper()}{count[1:]}: {'; '.join(changes)}.{price}"
