"""Drawn launches compared with a convolution of their stages; stored GiB with counted blocks."""

from math import erf, log, log1p, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ec2 import Stage
from awsnb.aws.elb import HealthCheck
from awsnb.aws.elb.health_checks import HEALTHY_AFTER
from awsnb.sections.ami.keeping import KeepingScenario, simulate
from awsnb.sections.ami.launch.scenario import APPROACHES, LaunchScenario
from awsnb.sections.ami.launch.simulate import launched, stages_of
from awsnb.words import percent, span

if TYPE_CHECKING:
    import pandas as pd

PHASES = 10  # at which the first check of a new target may fall
LONGEST_S = 3000
RARE = 1e-9
HELD_BLOCKS = 4000

Floats = NDArray[np.float64]


def convolved(interval_s: int = 30) -> "pd.DataFrame":
    """Compare drawn launches with the exact distribution of the sum of their stages.

    Parameters
    ----------
    interval_s : int
        From one health check to the next, s.

    Returns
    -------
    pandas.DataFrame
        One row an approach: in how long half of the launches serve, and 99 %, by both.
    """
    import pandas as pd

    rows = [_row(LaunchScenario(approach=one, check_interval_s=interval_s)) for one in APPROACHES]
    columns = ["half, drawn", "half, exact", "99 %, drawn", "99 %, exact", "largest error"]
    return pd.DataFrame(rows, columns=["approach", *columns]).set_index("approach")


def _row(scenario: LaunchScenario) -> tuple[str, ...]:
    drawn, exact = launched(scenario), ready_shares(scenario)
    pairs = [(drawn.within_s(pct), quantile_s(exact, pct / 100)) for pct in (50, 99)]
    error = max(abs(one / other - 1) for one, other in pairs)
    return (
        scenario.approach,
        *(span(time) for pair in pairs for time in pair),
        percent(100 * error),
    )


def ready_shares(scenario: LaunchScenario) -> Floats:
    """Share of launches that serve in each second, by convolution; health checks one by one."""
    pending, *others = [stage_shares(stage) for stage in stages_of(scenario)]
    answers = np.ones(1)
    for shares in others:
        answers = np.convolve(answers, shares)[:LONGEST_S]
    healthy = np.zeros(2 * LONGEST_S)
    for second in np.flatnonzero(answers > RARE):
        for phase in range(PHASES):
            first_s = (phase + 0.5) / PHASES * scenario.check_interval_s
            after_s = healthy_s(float(second), first_s, scenario.check)
            healthy[round(after_s)] += answers[second] / PHASES
    return np.convolve(pending, healthy)


def stage_shares(stage: Stage) -> Floats:
    """Share of a log-normal stage that ends in each second, from the distribution function."""
    if not (stage.spread and stage.mean_s):
        return np.eye(1, round(stage.mean_s) + 1, round(stage.mean_s))[0]
    sigma = sqrt(log1p(stage.spread**2))
    middle = log(stage.mean_s) - sigma**2 / 2
    ends = np.arange(LONGEST_S) + 0.5
    below = np.array([(1 + erf((log(end) - middle) / (sigma * sqrt(2)))) / 2 for end in ends])
    return np.diff(below, prepend=0.0)


def healthy_s(answers_s: float, first_s: float, check: HealthCheck) -> float:
    """Ask one new target, check by check, until it is healthy; return when, s."""
    at_s, failed, good, unhealthy = first_s, 0, 0, False
    while True:
        if at_s >= answers_s:
            good += 1
            if good == (HEALTHY_AFTER if unhealthy else 1):
                return at_s
        else:
            failed += 1
            unhealthy = unhealthy or failed >= check.threshold
        at_s += check.interval_s


def quantile_s(shares: Floats, part: float) -> float:
    """The time by which a part of the launches serve, s."""
    return float(np.searchsorted(np.cumsum(shares), part))


def blocks_counted(kept: int = 6, changed_pct: float = 25.0) -> "pd.DataFrame":
    """Compare the GiB stored by images in a row with blocks that are written and counted.

    Parameters
    ----------
    kept : int
        Images kept.
    changed_pct : float
        Share of the blocks that a build writes, %.

    Returns
    -------
    pandas.DataFrame
        One row a number of images: GiB by the formula, and by counting.
    """
    import pandas as pd

    scenario = KeepingScenario(kept=kept, changed_pct=changed_pct)
    formula = simulate(scenario).stored_gib(np.arange(1, kept + 1))
    counted = [stored_blocks(kept_now, changed_pct) for kept_now in range(1, kept + 1)]
    gib = [scenario.image_gib * blocks / HELD_BLOCKS for blocks in counted]
    return pd.DataFrame(
        {"GiB, by formula": formula.round(2), "GiB, counted": np.round(gib, 2)},
        index=pd.Index(range(1, kept + 1), name="images"),
    )


def stored_blocks(kept: int, changed_pct: float, builds: int = 20) -> int:
    """Write blocks build by build, and count those that the last images hold, each once."""
    rng = np.random.default_rng(6)
    version, images = np.zeros(HELD_BLOCKS, dtype=np.int64), []
    for build in range(builds):
        written = rng.choice(HELD_BLOCKS, round(HELD_BLOCKS * changed_pct / 100), replace=False)
        version[written] = build
        images.append({(block, int(number)) for block, number in enumerate(version)})
    return len(set().union(*images[-kept:]))
