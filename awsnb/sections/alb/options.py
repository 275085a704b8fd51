"""What else would carry the load: other algorithms, quicker checks, more targets."""

from collections.abc import Iterator

from awsnb.results import Comparison
from awsnb.sections._balancing.options import (
    comparison_of,
    fewest_targets,
    option_of,
    quickest,
)
from awsnb.sections._balancing.scenario import CRASH, HANG, MOST_TARGETS
from awsnb.sections.alb.scenario import AlbScenario
from awsnb.sections.alb.simulate import RULE_OF, simulate
from awsnb.words import counted


def compare(scenario: AlbScenario) -> Comparison:
    """Set the alternatives side by side: the same requests, the same work, the same failure.

    Parameters
    ----------
    scenario : AlbScenario
        As asked for. The others change one thing each; the last has the fewest targets that meet
        both goals, with the quickest health checks that AWS allows.

    Returns
    -------
    Comparison
        Costs are those of the load balancer and its targets.

    Raises
    ------
    ScenarioError, TraceError
        As `simulate`.
    """
    options = [option_of(label, simulate(one)) for label, one in _alternatives(scenario)]
    fewest = fewest_targets(quickest(scenario), simulate)
    if fewest is not None and fewest not in [option.scenario for option in options]:
        label = f"{counted(fewest.targets, 'target')}, quickest checks"
        options.append(option_of(label, simulate(fewest)))
    return comparison_of(options, "Ways to carry this load through this failure")


def _alternatives(scenario: AlbScenario) -> Iterator[tuple[str, AlbScenario]]:
    yield "as asked", scenario
    for algorithm in RULE_OF:
        if algorithm != scenario.algorithm:
            slow_start = scenario.slow_start_s if algorithm == "round_robin" else None
            yield algorithm, scenario.replace(algorithm=algorithm, slow_start_s=slow_start)
    if scenario.event in (CRASH, HANG):
        yield "quickest health checks", quickest(scenario)
    if scenario.targets < MOST_TARGETS:
        yield "one more target", scenario.replace(targets=scenario.targets + 1)
