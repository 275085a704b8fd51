"""Lazy loading in closed form, compared with single blocks that are read and fetched."""

import math

import numpy as np
import pytest

from awsnb.aws.ebs.volume import EBS
from awsnb.mechanisms.lazy_loading import Loading


def followed(blocks, reads, background, steps, rng):
    """Follow single blocks second by second; return the cold share after each, and waits."""
    cold = np.ones(blocks, dtype=bool)
    shares, slow = [], 0
    for _ in range(steps):
        read = rng.integers(0, blocks, reads)
        hit = np.unique(read[cold[read]])
        slow += int(cold[read].sum())
        cold[hit] = False
        rest = np.flatnonzero(cold)
        cold[rng.permutation(rest)[: max(background - len(hit), 0)]] = False
        shares.append(cold.mean())
    return np.array(shares), slow


@pytest.mark.parametrize(("reads", "background"), [(0, 100), (50, 100), (400, 100), (400, 0)])
def test_the_cold_share_is_that_of_single_blocks(reads, background):
    blocks, steps = 40_000, 300
    shares, slow = followed(blocks, reads, background, steps, np.random.default_rng(5))
    loading = Loading(blocks, reads, background)
    expected = loading.cold_share(np.arange(1, steps + 1))
    assert np.abs(shares - expected).max() < 0.01
    if loading.warm_s < steps:
        assert slow == pytest.approx(loading.slow_reads, rel=0.02)


@pytest.mark.parametrize(("reads", "background"), [(0, 100), (50, 100), (400, 100)])
def test_it_is_warm_when_the_share_is_nothing(reads, background):
    loading = Loading(40_000, reads, background)
    around = loading.cold_share([0.999 * loading.warm_s, 1.001 * loading.warm_s])
    assert around[0] > 0 and around[1] == 0
    time_s = np.linspace(0, loading.warm_s, 200_001)
    area = np.trapezoid(loading.cold_share(time_s), time_s)
    assert loading.slow_reads == pytest.approx(reads * area, rel=1e-4)


def test_aws_s_example_of_a_rate():
    blocks = 10 * 2048
    stated = EBS.value("initialization", "example_s_10_gib_300_mibps")
    assert Loading(blocks, 0, 300 * 2).warm_s == pytest.approx(stated, abs=0.05)


def test_nothing_to_fetch_and_nobody_who_fetches():
    assert Loading(0, 10, 0).warm_s == 0
    assert Loading(0, 10, 5).cold_share([0.0, 1.0]).tolist() == [0, 0]
    nobody = Loading(10, 0, 0)
    assert math.isinf(nobody.warm_s) and nobody.slow_reads == 0
    assert nobody.cold_share([0.0, 1e6]).tolist() == [1, 1]
