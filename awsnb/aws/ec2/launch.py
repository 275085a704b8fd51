"""A launch: its stages, from the request for an instance until the application answers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb.aws.prices import EC2
from awsnb.mechanisms.random_streams import generator

PENDING, BOOT, LOADING = "pending", "boot", "loading blocks"
USER_DATA, START = "user data", "application start"
MIB_PER_GIB = 1024

Floats = NDArray[np.float64]


def launch_fact(key: str) -> float:
    """What is taken for a launch in general: AWS publishes no times of the stages."""
    return float(EC2.value("launch", key))


def restart_s() -> float:
    """From running until the application answers, of a stopped instance prepared before, s."""
    return launch_fact("boot") + launch_fact("start")


class Stage(NamedTuple):
    """A part of a launch that ends before the next begins.

    Attributes
    ----------
    name : str
        Stages of one name draw the same luck.
    mean_s : float
        How long it takes on average, s.
    spread : float
        Standard deviation as a share of the mean; 0 for a stage that always takes as long.
    measured_s : array_like of float, optional
        Measured times to draw from, s; the mean and the spread then count for nothing.
    """

    name: str
    mean_s: float
    spread: float = 0.0
    measured_s: ArrayLike | None = None


def loading_s(read_gib: float, rate_mibps: float) -> float:
    """How long the first reads of a volume from a snapshot take, s."""
    return read_gib * MIB_PER_GIB / rate_mibps


def draw(stages: Sequence[Stage], launches: int, seed: int) -> Floats:
    """Draw the times of many launches, stage by stage, each independent of the others.

    A stage is log-normal: never negative, and with a long tail. Measured times are drawn with
    replacement.

    Parameters
    ----------
    stages : sequence of Stage
    launches : int
        How many launches.
    seed : int

    Returns
    -------
    ndarray of float, shape (stages, launches)
        Seconds.
    """
    return np.array([_draw(stage, launches, seed) for stage in stages])


def _draw(stage: Stage, launches: int, seed: int) -> Floats:
    rng = generator(seed, stage.name)
    if stage.measured_s is not None:
        return rng.choice(np.asarray(stage.measured_s, dtype=np.float64), launches)
    sigma = np.sqrt(np.log1p(stage.spread**2))
    return stage.mean_s * np.exp(sigma * rng.standard_normal(launches) - sigma**2 / 2)
