from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb import theory
from awsnb.mechanisms import replication
from awsnb.mechanisms.replication import replay, stale_share

# --- the naive twin: both curves whole, and looked up


def at(curve, x):
    """Where a rising polygon of (time, log) first exceeds x; where it ends, if it never does."""
    for (t0, y0), (t1, y1) in pairwise(curve):
        if y1 > x:
            return t0 + (x - y0) / (y1 - y0) * (t1 - t0)
    return None


def reaches(curve, x):
    """Where a rising polygon first reaches x."""
    for (t0, y0), (t1, y1) in pairwise(curve):
        if y1 >= x:
            return t0 + ((x - y0) / (y1 - y0) * (t1 - t0) if y1 > y0 else 0)
    return None


def polygon(duration, amounts):
    points = [(Fraction(0), Fraction(0))]
    for d, amount in zip(duration, amounts, strict=True):
        points.append((points[-1][0] + d, points[-1][1] + amount))
    return points


def twin(duration, produced, rate):
    """In fractions. What is passed on is the least, over all starts, of offered and possible."""
    duration, produced, rate = (list(map(Fraction, row)) for row in (duration, produced, rate))
    offered = polygon(duration, produced)
    able = polygon(duration, [d * r for d, r in zip(duration, rate, strict=True)])
    rows, before = [], Fraction(0)
    for i in range(1, len(offered)):
        now, written = offered[i]
        through = min([written] + [offered[j][1] + able[i][1] - able[j][1] for j in range(i + 1)])
        backlog = written - through
        lag = now - at(offered, through) if backlog else 0
        visible = reaches(able, able[i][1] + backlog) if backlog else now
        delay = np.inf if visible is None else float(visible - now)
        rows.append((float(through - before), float(backlog), float(lag), delay))
        before = through
    return np.array(rows).T


cases = st.lists(
    st.tuples(
        st.sampled_from([0.125, 0.5, 1.0, 4.0, 60.0]),
        st.sampled_from([0.0, 0.25, 1.0, 3.0, 64.0, 500.0]),
        st.sampled_from([0.0, 0.5, 1.0, 2.0, 8.0]),
    ),
    min_size=1,
    max_size=12,
)


@given(cases)
def test_it_agrees_with_whole_curves_in_fractions(case):
    duration, produced, rate = zip(*case, strict=True)
    np.testing.assert_allclose(
        np.array(replay(duration, produced, rate)), twin(duration, produced, rate), atol=1e-9
    )


@given(cases)
def test_compiled_and_plain_python_agree_to_the_last_bit(case):
    plain = getattr(replication._replay, "py_func", None)
    if plain is None:
        pytest.skip("kernels run as plain Python here")
    compiled = np.array(replay(*zip(*case, strict=True)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replication, "_replay", plain)
        assert np.array(replay(*zip(*case, strict=True))).tobytes() == compiled.tobytes()


@given(st.lists(st.tuples(*[st.floats(1e-3, 1e6)] * 3), min_size=1, max_size=30))
def test_what_is_offered_is_passed_on_or_waits(case):
    duration, produced, rate = map(np.array, zip(*case, strict=True))
    stage = replay(duration, produced, rate)
    total = produced.sum()
    assert stage.passed.sum() + stage.backlog[-1] == pytest.approx(total, rel=1e-9)
    assert (stage.backlog >= 0).all()
    assert (stage.passed <= duration * rate + 1e-9 * total).all()
    assert (stage.lag_s >= 0).all() and (stage.lag_s <= np.cumsum(duration)).all()
    assert (stage.delay_s >= -1e-9 * duration.sum()).all()


@given(cases)
def test_all_rates_doubled_halve_every_time(case):
    duration, produced, rate = map(np.array, zip(*case, strict=True))
    slow, fast = replay(duration, produced, rate), replay(duration / 2, produced, 2 * rate)
    np.testing.assert_array_equal(slow.backlog, fast.backlog)
    np.testing.assert_allclose(slow.lag_s, 2 * fast.lag_s, atol=1e-9)
    np.testing.assert_allclose(slow.delay_s, 2 * fast.delay_s, atol=1e-9)


@given(cases)
def test_a_faster_replica_is_never_further_behind(case):
    duration, produced, rate = map(np.array, zip(*case, strict=True))
    slow, fast = replay(duration, produced, rate), replay(duration, produced, rate + 0.5)
    assert (fast.backlog <= slow.backlog).all()
    assert (fast.lag_s <= slow.lag_s + 1e-9).all()
    assert (fast.delay_s <= slow.delay_s + 1e-9).all()


def test_a_steady_overload_falls_behind_at_a_steady_rate():
    n = 100
    stage = replay(np.ones(n), np.full(n, 5.0), 4.0)
    np.testing.assert_allclose(stage.backlog, np.arange(1, n + 1))
    np.testing.assert_allclose(stage.lag_s, 0.2 * np.arange(1, n + 1))  # 1 - 4/5 of a second each


@pytest.mark.statistical
def test_bursts_at_random_wait_as_in_the_closed_form():
    """Share of time above a level, within five standard errors by batches."""
    rng, n = np.random.default_rng(12), 200_000
    on_s, off_s, rate = 2.0, 4.0, 2.5
    duration = np.column_stack([rng.exponential(on_s, n), rng.exponential(off_s, n)]).ravel()
    produced = duration * np.tile([rate, 0.0], n)
    stage = replay(duration, produced, 1.0)
    before = np.concatenate([[0.0], stage.backlog[:-1]])
    slope = np.tile([rate - 1.0, -1.0], n)
    for level in (0.0, 2.0, 10.0):
        up = slope > 0
        above = np.where(
            up,
            np.clip((stage.backlog - level) / slope, 0, duration),
            np.clip(before - level, 0, duration),
        )
        batches = above.reshape(100, -1).sum(axis=1) / duration.reshape(100, -1).sum(axis=1)
        error = batches.std(ddof=1) / 10
        expected = theory.on_off_backlog_tail(level, rate, 1.0, on_s, off_s)
        assert batches.mean() == pytest.approx(float(expected), abs=5 * error)


@pytest.mark.statistical
def test_writes_at_random_wait_as_by_lindley_and_pollaczek_khinchine():
    """Transactions as M/G/1 jobs: each comes at a moment, after a gap in which replay goes on."""
    rng, n, load, cv = np.random.default_rng(7), 400_000, 0.7, 1.5
    gap, sigma = rng.exponential(1.0, n), np.sqrt(np.log(1 + cv**2))
    size = load * np.exp(sigma * rng.standard_normal(n) - sigma**2 / 2)
    moment = np.full(n, 1e-9)
    duration, produced = np.c_[gap, moment].ravel(), np.c_[np.zeros(n), size].ravel()
    wait_s = replay(duration, produced, 1.0).backlog[::2]  # what each job finds
    lindley = 0.0
    for i in range(1000):
        lindley = max(0.0, lindley + (size[i - 1] if i else 0.0) - gap[i])
        assert wait_s[i] == pytest.approx(lindley, abs=1e-5)
    assert wait_s.mean() == pytest.approx(theory.mg1_wait_s(1.0, load, cv), rel=0.04)


def test_two_stages_in_a_row_hold_what_the_first_has_not_passed_on():
    duration, produced = np.ones(60), np.repeat([10.0, 0.0, 2.0], 20)
    network = replay(duration, produced, 6.0)
    replica = replay(duration, network.passed, 4.0)
    lost, behind = network.backlog[19], replica.backlog[19]  # a failover after 20 s
    assert (lost, behind) == (80.0, 40.0)
    assert replica.delay_s[19] == 10.0  # what has arrived is replayed before it serves
    assert network.passed.sum() + network.backlog[-1] == produced.sum()


def test_an_interruption_that_never_ends_hides_what_comes_after_it_for_good():
    stage = replay([1, 1, 1], [1, 1, 0], [2, 0, 0])
    assert stage.delay_s.tolist() == [0.0, np.inf, np.inf]
    assert stage.lag_s.tolist() == [0.0, 1.0, 2.0]


def test_the_share_of_stale_reads_falls_with_the_time_since_the_write():
    rng = np.random.default_rng(2)
    delay, written = rng.exponential(1.0, 1000), rng.random(1000)
    after = np.linspace(0, 5, 50)
    share = stale_share(delay, written, after)
    expected = [(written * (delay > t)).sum() / written.sum() for t in after]
    np.testing.assert_allclose(share, expected, atol=1e-12)
    assert float(stale_share([np.inf], [1.0], 1e9)) == 1.0


def test_a_read_only_input_is_as_good_as_any_and_compiles_nothing_anew():
    rows = np.array([[1.0, 1.0], [2.0, 0.0]])
    rows.flags.writeable = False
    assert replay(rows[0], rows[1], 1.0).backlog.tolist() == [1.0, 0.0]
    assert len(getattr(replication._replay, "signatures", [1])) == 1


def test_replicas_that_only_replay_serve_no_reads():
    assert theory.read_capacity(5, writes=1000, replay_cost=0.001, read_cost=0.001) == 0.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 1], [1], 1), "duration_s and produced must be equally long"),
        (([1, 1], [1, 1], [1, 1, 1]), r"rate_per_s must be one number or 2, not \(3,\)"),
        (([0], [1], 1), "duration_s must be finite and above 0 s everywhere"),
        (([1], [-1], 1), "produced must be finite and 0 or more everywhere"),
        (([1], [1], np.nan), "rate_per_s must be finite and 0 or more everywhere"),
    ],
)
def test_what_can_not_be_is_refused_in_a_sentence(arguments, message):
    with pytest.raises(ValueError, match=message):
        replay(*arguments)


def test_stale_shares_of_nothing_are_refused():
    with pytest.raises(ValueError, match="something be written"):
        stale_share([1.0], [0.0], 1)
