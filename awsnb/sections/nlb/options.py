"""What else would carry the load: cross-zone, more connections or targets, or an ALB."""

from collections.abc import Iterator

from awsnb.aws.elb import ELB
from awsnb.results import Comparison
from awsnb.sections import section
from awsnb.sections._balancing.options import comparison_of, option_of, quickest
from awsnb.sections._balancing.scenario import HANG, MOST_TARGETS, FleetScenario
from awsnb.sections._balancing.simulate import Outcome
from awsnb.sections.nlb.scenario import NlbScenario
from awsnb.sections.nlb.simulate import simulate

ALB_ALGORITHMS = ("round_robin", "least_outstanding_requests")


def compare(scenario: NlbScenario) -> Comparison:
    """Set an NLB's alternatives side by side: the same requests, the same work, the same event.

    Parameters
    ----------
    scenario : NlbScenario

    Returns
    -------
    Comparison
        Costs are those of the load balancer and its targets. The last two options are ALBs, but
        for UDP.
    """
    options = [option_of(label, simulate(one)) for label, one in _alternatives(scenario)]
    if scenario.listener != "UDP":
        options += [
            option_of(f"an ALB, {name}", _by_alb(scenario, name)) for name in ALB_ALGORITHMS
        ]
    return comparison_of(options, "Ways to carry this load through this event")


def _alternatives(scenario: NlbScenario) -> Iterator[tuple[str, NlbScenario]]:
    yield "as asked", scenario
    switched = "cross-zone off" if scenario.cross_zone else "cross-zone on"
    yield switched, scenario.replace(cross_zone=not scenario.cross_zone)
    most = NlbScenario.fields()["connections"].high or scenario.connections
    many = min(10 * scenario.connections, int(most))
    if many > scenario.connections:
        yield f"{many:,} connections", scenario.replace(connections=many)
    if scenario.event == HANG:
        yield "quickest health checks", quickest(scenario)
    if scenario.targets < MOST_TARGETS:
        yield "one more target", scenario.replace(targets=scenario.targets + 1)


def _by_alb(scenario: NlbScenario, algorithm: str) -> Outcome:
    """Serve the same load by an ALB."""
    alb = section("alb").view()
    shared = {name: getattr(scenario, name) for name in FleetScenario.fields()}
    zones = max(scenario.zones, ELB.value("alb", "min_zones"))
    asked = shared | {"cross_zone": True, "zones": zones, "algorithm": algorithm}
    outcome: Outcome = alb.outcome(alb.scenario(**asked))
    return outcome
