import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb.mechanisms import arrivals
from awsnb.mechanisms.arrivals import Rate, constant, from_trace, poisson
from awsnb.mechanisms.random_streams import generator, stream

traces = st.lists(
    st.tuples(st.sampled_from([0.5, 1.0, 6.0, 30.0]), st.sampled_from([0.0, 0.1, 1.0, 7.0])),
    min_size=1,
    max_size=8,
)


def twin(rate: Rate, unit):
    """One arrival after the other, walking along the periods."""
    found = []
    for mark in unit:
        at, left = rate.edge_s[0], mark
        for end, per_s in zip(rate.edge_s[1:], rate.per_s, strict=True):
            if per_s * (end - at) > left:
                found.append(at + left / per_s)
                break
            left -= per_s * (end - at)
            at = end
    return found


@given(traces, st.integers(0, 99))
def test_the_clock_agrees_with_the_twin(trace, seed):
    rate = from_trace(*zip(*trace, strict=True))
    unit = np.cumsum(np.random.default_rng(seed).standard_exponential(4000))
    expected = twin(rate, unit[unit < rate.expected()[-1] * (1 - 1e-12)])
    assert poisson(rate, np.random.default_rng(seed)) == pytest.approx(expected, rel=1e-9)


@given(traces)
def test_arrivals_are_in_order_in_range_and_where_the_rate_is(trace):
    rate = from_trace(*zip(*trace, strict=True))
    found = poisson(rate, generator(1, "arrivals"))
    assert (np.diff(found) >= 0).all()
    assert not found.size or (found[0] >= 0 and found[-1] <= rate.edge_s[-1])
    last = rate.per_s.size - 1
    before, after = (
        rate.per_s[np.clip(np.searchsorted(rate.edge_s, found, side) - 1, 0, last)]
        for side in ("left", "right")
    )
    assert (np.maximum(before, after) > 0).all()


def test_poisson_counts_vary_as_they_should():
    counts = np.array([poisson(constant(100, 1), generator(1, "a", k)).size for k in range(2000)])
    assert counts.mean() == pytest.approx(100, abs=4 * 10 / np.sqrt(2000))
    assert counts.var() == pytest.approx(100, rel=4 * np.sqrt(2 / 2000))


def test_at_double_the_rate_every_time_halves():
    slow = poisson(constant(100, 10), generator(1, "arrivals"))
    fast = poisson(constant(200, 5), generator(1, "arrivals"))
    assert (fast == slow / 2).all()


def test_one_stream_more_changes_no_other():
    first = generator(1, "arrivals").random(5)
    generator(1, "failures").random(5)
    assert (generator(1, "arrivals").random(5) == first).all()
    assert (generator(2, "arrivals").random(5) != first).all()
    assert (generator(1, "arrivals", scenario=1).random(5) != first).all()


def test_states_for_kernels_are_reproducible_and_apart():
    states = [stream(seed, role, k) for seed in (1, 2) for role in ("a", "b", 7) for k in (0, 1)]
    assert all(state.shape == (4,) and state.dtype == np.uint64 for state in states)
    assert len({state.tobytes() for state in states}) == len(states)
    assert (stream(1, "a") == states[0]).all()


def test_a_day_rises_to_its_peak_and_averages_to_its_mean():
    rate = arrivals.diurnal(10, swing=0.8, duration_s=86_400)
    assert np.average(rate.per_s) == pytest.approx(10)
    assert rate.per_s.max() == pytest.approx(18, rel=1e-3)
    assert rate.per_s.min() == pytest.approx(2, rel=1e-2)
    assert rate.edge_s[rate.per_s.argmax()] == pytest.approx(43_200, abs=300)


def test_a_day_cut_short_ends_on_time():
    rate = arrivals.diurnal(10, swing=1.0, duration_s=1000)
    assert rate.edge_s[-1] == 1000
    assert (np.diff(rate.edge_s) > 0).all()


def test_bursts_take_their_share_of_time():
    rate = arrivals.bursty(1, 9, calm_s=30, burst_s=10, duration_s=1e6, random=generator(1, "b"))
    assert rate.edge_s[-1] == pytest.approx(1e6)
    assert set(rate.per_s) == {1, 9}
    lengths = np.diff(rate.edge_s)
    for per_s, mean_s in ((1, 30), (9, 10)):
        drawn = lengths[:-1][rate.per_s[:-1] == per_s]
        assert drawn.mean() == pytest.approx(mean_s, rel=4 / np.sqrt(drawn.size))


def test_bursts_are_burstier_than_poisson():
    rate = arrivals.bursty(1, 9, calm_s=30, burst_s=10, duration_s=1e5, random=generator(1, "b"))
    counts = np.histogram(poisson(rate, generator(1, "a")), np.arange(0, 1e5, 10))[0]
    assert counts.var() > 5 * counts.mean()


N = 200_000


@pytest.mark.parametrize(
    ("work", "mean", "cv"),
    [
        (arrivals.exponential(N, 0.2, generator(1, "s")), 0.2, 1.0),
        (arrivals.equal(N, 0.2), 0.2, 0.0),
        (arrivals.lognormal(N, 0.2, 0.7, generator(1, "s")), 0.2, 0.7),
        (arrivals.pareto(N, 0.2, 4.0, generator(1, "s")), 0.2, 1 / np.sqrt(8)),
    ],
)
def test_service_times_have_the_mean_and_spread_they_promise(work, mean, cv):
    assert work.shape == (N,)
    assert work.mean() == pytest.approx(mean, rel=1e-12 + 4 * cv / np.sqrt(N))
    assert work.std() / work.mean() == pytest.approx(cv, rel=0.05, abs=1e-12)


def test_pareto_has_the_tail_it_promises():
    work = arrivals.pareto(N, 3.0, 1.5, generator(1, "s"))
    assert work.min() >= 1.0
    for x in (2.0, 10.0):
        p = x**-1.5
        assert (work > x).mean() == pytest.approx(p, abs=4 * np.sqrt(p / N))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: from_trace([1], [1, 2]), "equally long"),
        (lambda: from_trace([], []), "not empty"),
        (lambda: from_trace([0], [1]), "durations must be finite and above 0 s"),
        (lambda: from_trace([np.nan], [1]), "durations"),
        (lambda: from_trace([1], [-1]), "rates must be finite and 0"),
        (lambda: from_trace([1], [np.inf]), "rates"),
        (lambda: arrivals.diurnal(1, 1.5, 10), "swing = 1.5"),
        (lambda: arrivals.diurnal(1, 0.5, -1), "duration_s and period_s"),
        (lambda: arrivals.bursty(1, 2, 0, 1, 10, generator(1, "b")), "calm_s, burst_s"),
        (lambda: arrivals.exponential(1, 0, generator(1, "s")), "mean_s = 0"),
        (lambda: arrivals.lognormal(1, 1, -1, generator(1, "s")), "cv = -1"),
        (lambda: arrivals.pareto(1, 1, 1.0, generator(1, "s")), "shape = 1.0"),
    ],
)
def test_what_cannot_be_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
