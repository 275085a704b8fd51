import os
import subprocess
import sys
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb import theory
from awsnb._jit import JIT_DISABLED
from awsnb.mechanisms import quorum
from awsnb.mechanisms.quorum import ROW, Copies, latencies, waits

SIX = Copies((2, 2, 2), (1.0, 1.0, 1.0), 0.1, 0.3)
TROUBLED = SIX._replace(
    median=(1.0, 1.5, 2.0),
    slow_share=0.05,
    slow_factor=8.0,
    zone_slow_share=0.02,
    zone_slow_factor=4.0,
    zone_down_share=0.01,
)
SCALE = 50 if JIT_DISABLED else 1  # plain Python gets through less
WRITES = 200_000 // SCALE

# --- the naive twins


def splitmix(counter):
    z = counter * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def twin_latencies(copies, writes, seed):
    """The same draws in double precision, whole arrays at a time, with NumPy's own functions."""
    zones, n = len(copies.per_zone), sum(copies.per_zone)
    key = np.random.SeedSequence(seed).generate_state(4, np.uint64)
    pairs = (zones + n + 1) // 2
    place = np.arange(writes)[:, None] * pairs + np.arange(pairs)
    inverse = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))
    z = splitmix(key[:1] * inverse + place.astype(np.uint64))
    radius = np.sqrt(-2 * np.log(((z >> np.uint64(33)).astype(float) + 0.5) / 2**31))
    angle = ((z & np.uint64(2**31 - 1)).astype(float) / 2**30 - 1) * np.pi
    normal = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    normal = normal.reshape(writes, -1).T
    zone = copies.zone_sigma * normal[:zones]
    of = np.repeat(np.arange(zones), copies.per_zone)
    middle = np.log(np.array(copies.median))[of]
    return np.exp(middle[:, None] + zone[of] + copies.copy_sigma * normal[zones : zones + n])


def kth(draws, rank):
    return np.partition(draws, rank - 1, axis=0)[rank - 1]


def cdf(copies, latency, rank):
    return theory.quorum_latency_cdf(
        latency, rank, *copies[:4],
        slow=copies[4:6], zone_slow=copies[6:8], zone_down=copies[8],
    )  # fmt: skip


# --- against them


@pytest.mark.parametrize("per_zone", [(2, 2, 2), (1, 1, 1), (3,), (1, 4), (0, 2)])
def test_the_draws_are_those_of_whole_array_arithmetic(per_zone):
    copies = Copies(per_zone, (1.0, 3.0, 0.5)[: len(per_zone)], 0.4, 0.7)
    ours, theirs = latencies(copies, 3000, seed=5), twin_latencies(copies, 3000, 5)
    assert ours.shape == (sum(per_zone), 3000)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


@pytest.mark.parametrize("copies", [SIX, TROUBLED, Copies((3, 1, 1), (1.0, 2.0, 2.0), 0.5, 0.1)])
def test_the_counts_are_those_of_numpys_partition_on_the_same_draws(copies):
    n, writes = sum(copies.per_zone), 20_500 // SCALE
    draws, ranks = latencies(copies, writes, seed=2), list(range(1, n + 1))
    found = waits(copies, ranks, writes, seed=2)
    for rank, counts, never in zip(ranks, found.counts, found.never, strict=True):
        answers = kth(draws, rank)
        assert never == np.isinf(answers).sum()
        theirs = np.histogram(answers[np.isfinite(answers)], found.edges)[0]
        # what is on an edge to the last bit may fall to either side
        assert np.abs(np.cumsum(counts) - np.cumsum(theirs)).max() <= 2
        assert counts.sum() + never == writes


@pytest.mark.parametrize("copies", [SIX, TROUBLED])
@pytest.mark.parametrize("rank", [1, 3, 4, 6])
def test_the_distribution_is_that_of_the_quadrature(copies, rank):
    """Dvoretzky, Kiefer and Wolfowitz: off by more than this with a chance below 1e-6."""
    found = waits(copies, rank, WRITES, seed=11)
    bound = np.sqrt(np.log(2 / 1e-6) / (2 * WRITES))
    exceeding = found.exceeding(found.edges)[0]
    assert np.abs(1 - exceeding - cdf(copies, found.edges, rank)).max() < bound


def test_without_a_shared_part_it_is_an_order_statistic():
    alone = SIX._replace(zone_sigma=0.0)
    latency = np.exp(np.linspace(-1, 1, 9))
    p = [NormalDist(sigma=0.3).cdf(x) for x in np.log(latency)]
    for rank in (1, 4, 6):
        expected = theory.order_statistic_cdf(p, rank, 6)
        np.testing.assert_allclose(cdf(alone, latency, rank), expected, rtol=1e-12)


def test_the_normals_are_normal_and_independent():
    """Each statistic within five of its standard deviations."""
    n = 400_000 // SCALE
    z = np.log(latencies(Copies((2, 2), (1.0, 1.0), 0.0, 1.0), n, seed=3))
    moments = [(z**power).mean(axis=1) for power in (1, 2, 3, 4)]
    for moment, expected, variance in zip(moments, (0, 1, 0, 3), (1, 2, 15, 96), strict=True):
        assert np.abs(moment - expected).max() < 5 * np.sqrt(variance / n)
    correlation = np.corrcoef(np.vstack([z, np.roll(z, 1, axis=1), z**2]))
    assert np.abs(np.triu(correlation[:8], 1)[:, :8]).max() < 5 / np.sqrt(n)
    assert np.abs(z).max() < quorum._REACH


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 1.0])
def test_episodes_strike_their_share(share):
    still = Copies((2, 1), (1.0, 1.0), 0.0, 0.0, share, 100.0)
    slow = latencies(still, 100_000 // SCALE) > 10
    assert slow.mean() == pytest.approx(share, abs=5 * np.sqrt(share / slow.size))


def test_a_zone_that_is_down_takes_all_its_copies_with_it():
    dark = SIX._replace(zone_down_share=0.3)
    writes = 50_000 // SCALE
    gone = np.isinf(latencies(dark, writes)).reshape(3, 2, -1)
    assert (gone[:, 0] == gone[:, 1]).all()
    none, bound = 0.3**3, 5 * np.sqrt(0.3**3 / writes)
    assert waits(dark, 1, writes).never[0] / writes == pytest.approx(none, abs=bound)


# --- what must stay the same, and what must not get worse


def test_parts_of_a_run_add_up_to_the_whole():
    whole = waits(TROUBLED, [4, 3], 5 * ROW + 77, seed=4)
    head = waits(TROUBLED, [4, 3], 2 * ROW, seed=4)
    tail = waits(TROUBLED, [4, 3], 3 * ROW + 77, seed=4, first=2 * ROW)
    np.testing.assert_array_equal(head.counts + tail.counts, whole.counts)
    np.testing.assert_array_equal(head.never + tail.never, whole.never)
    draws = latencies(TROUBLED, 3 * ROW, seed=4)
    part = latencies(TROUBLED, ROW, seed=4, first=2 * ROW)
    np.testing.assert_array_equal(part, draws[:, 2 * ROW :])


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    one, same, other = (waits(TROUBLED, [4], 5000, seed=seed).counts for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_a_longer_median_lengthens_every_wait_alike():
    far = SIX._replace(median=(4.0, 4.0, 4.0))
    np.testing.assert_allclose(latencies(far, 2000), 4 * latencies(SIX, 2000), rtol=1e-5)


cases = st.builds(
    Copies,
    per_zone=st.sampled_from([(2, 2, 2), (1, 1, 1), (3, 0), (5,)]),
    median=st.just((1.0, 2.0, 3.0)),
    zone_sigma=st.sampled_from([0.0, 0.2, 1.0]),
    copy_sigma=st.sampled_from([0.0, 0.3, 3.0]),
    slow_share=st.sampled_from([0.0, 0.1, 1.0]),
    slow_factor=st.sampled_from([1.0, 50.0]),
    zone_slow_share=st.sampled_from([0.0, 0.5]),
    zone_slow_factor=st.sampled_from([1.0, 1e6]),
    zone_down_share=st.sampled_from([0.0, 0.2, 1.0]),
).map(lambda copies: copies._replace(median=copies.median[: len(copies.per_zone)]))


@given(cases, st.integers(0, 2**32))
def test_ranks_are_in_order_and_trouble_never_shortens_a_wait(copies, seed):
    draws = latencies(copies, ROW, seed)
    well = latencies(copies._replace(slow_share=0.0, zone_slow_share=0.0, zone_down_share=0.0),
                     ROW, seed)  # fmt: skip
    assert (draws >= well * (1 - 1e-5)).all()
    ranks = np.arange(1, sum(copies.per_zone) + 1)
    found = waits(copies, ranks, ROW, seed)
    assert (found.counts.sum(axis=1) + found.never == ROW).all()
    finite = np.isfinite(draws)
    assert not finite.any() or found.edges[0] <= draws[finite].min()
    assert not finite.any() or draws[finite].max() <= found.edges[-1]
    behind = found.exceeding(found.edges)
    assert (np.diff(behind, axis=0) >= -1e-12).all()


def test_quantiles_are_within_a_bin_and_infinite_without_a_quorum():
    found = waits(TROUBLED, [3, 4], 50_000 // SCALE, seed=8)
    draws = latencies(TROUBLED, 50_000 // SCALE, seed=8)
    for q in (0.01, 0.5, 0.99):
        expected = [np.quantile(kth(draws, rank), q, method="inverted_cdf") for rank in (3, 4)]
        np.testing.assert_allclose(found.quantile(q), expected, rtol=0.006)
    dark = waits(SIX._replace(zone_down_share=1.0), [1], 2000)
    assert dark.quantile([0.5, 1.0]).tolist() == [[np.inf, np.inf]]


# --- the compiler off


def test_compiled_and_plain_python_agree_to_the_last_bit(monkeypatch):
    if not hasattr(quorum._draw, "py_func"):
        pytest.skip("kernels run as plain Python here")
    compiled = latencies(TROUBLED, ROW, 9), waits(TROUBLED, [4, 3], ROW, 9)
    for name in ("_count", "_draw", "_strike", "_sort", "_normals", "_mix"):
        monkeypatch.setattr(quorum, name, getattr(quorum, name).py_func)
    plain = latencies(TROUBLED, ROW, 9), waits(TROUBLED, [4, 3], ROW, 9)
    assert plain[0].tobytes() == compiled[0].tobytes()
    assert plain[1].counts.tobytes() == compiled[1].counts.tobytes()


DIGEST = """
import hashlib
from awsnb import _jit
from awsnb.mechanisms.quorum import Copies, latencies, waits
copies = Copies((2, 1), (1.0, 2.0), 0.2, 0.3, 0.1, 5.0, 0.1, 3.0, 0.1)
found = waits(copies, [1, 2], 1500, 7)
digest = hashlib.sha256(found.counts.tobytes() + latencies(copies, 1500, 7).tobytes())
print(_jit.JIT_DISABLED, digest.hexdigest())
"""


def test_the_whole_module_gives_the_same_bits_with_the_compiler_off():
    off, on = (
        subprocess.run(
            [sys.executable, "-W", "error", "-c", DIGEST],
            env={**os.environ, "AWSNB_DISABLE_JIT": disable},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for disable in ("1", "0")
    )
    assert (off[0], on[0]) == ("True", "False")
    assert off[1] == on[1]


# --- refusals


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"per_zone": ()}, "per_zone and median must be equally long, at least 1, not 0 and 3"),
        ({"per_zone": (0, 0, 0)}, r"per_zone = \[0, 0, 0\]: needs 1 to 100 copies"),
        ({"median": (1.0, 0.0, 1.0)}, "must be finite and above 0 in each zone"),
        ({"copy_sigma": -1.0}, "copy_sigma = -1.0: must be from 0 to 3"),
        ({"zone_sigma": np.nan}, "zone_sigma = nan: must be from 0 to 3"),
        ({"slow_share": 1.5}, "slow_share = 1.5: must be from 0 to 1"),
        ({"zone_slow_factor": 0.5}, "zone_slow_factor = 0.5: must be from 1 to 1,000,000"),
    ],
)
def test_copies_that_can_not_be_are_refused_in_a_sentence(change, message):
    with pytest.raises(ValueError, match=message):
        waits(SIX._replace(**change), [1], 10)


@pytest.mark.parametrize(
    ("ranks", "writes", "more", "message"),
    [
        ([7], 10, {}, r"ranks = \[7\]: each must be from 1 to the number of copies, 6"),
        ([], 10, {}, r"ranks = \[\]: each must be"),
        ([1], 0, {}, "writes = 0: must be from 1"),
        ([1], 10, {"first": 5}, "first = 5: must be a multiple of 1024"),
        ([1], 10, {"bin_width": 0.0}, "bin_width = 0.0: must be from 0.0001 to 1"),
    ],
)
def test_runs_that_can_not_be_are_refused_in_a_sentence(ranks, writes, more, message):
    with pytest.raises(ValueError, match=message):
        waits(SIX, ranks, writes, **more)
