import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from awsnb import theory
from awsnb.mechanisms.affinity import (
    Epoch,
    Sessions,
    Ties,
    at_random,
    bind,
    cut_every,
    cut_in_gaps,
    held,
    in_turn,
    least_loaded,
    population,
    with_one_address,
)
from awsnb.mechanisms.random_streams import generator

EPOCHS = [
    Epoch(0.0, np.arange(3)),
    Epoch(4.0, np.arange(5)),
    Epoch(8.0, np.arange(1, 5)),
    Epoch(9.0, np.arange(5)),
]


def ties_of(seed, count=80):
    draws = generator(seed, "ties")
    start = np.sort(draws.uniform(-3, 14, count))
    return Ties(np.arange(count), start, start + draws.exponential(3.0, count)), draws.random(count)


# --- a slow twin: one session after the other, minute by minute of its life


def walked(ties, load, rule):
    """Who serves each tie, by a walk over events in order of time."""
    moments = [(ties.start_min[k], 1, k) for k in range(ties.session.size)]
    moments += [(epoch.start_min, 0, epoch) for epoch in EPOCHS[1:]]
    at, there, turn, history = {}, EPOCHS[0].targets, 0, {k: [] for k in range(ties.session.size)}

    def choose(now, tie):
        nonlocal turn
        if rule == "in turn":
            chosen = int(there[turn % there.size])
            turn += 1
        else:
            sums = {int(t): 0.0 for t in there}
            for other, target in at.items():
                if ties.end_min[other] > now and target in sums:
                    sums[target] += load[other]
            chosen = min(sums, key=sums.get)
        at[tie] = chosen
        history[tie].append(chosen)

    for now, _, what in sorted(moments, key=lambda one: (one[0], one[1])):
        if not isinstance(what, Epoch):
            choose(now, what)
            continue
        there, turn = what.targets, 0
        for tie in sorted(at, key=lambda k: (ties.start_min[k], k)):
            if ties.end_min[tie] > now and at[tie] not in there:
                choose(now, tie)
    return history


@given(st.integers(0, 300), st.sampled_from(["in turn", "least"]))
@example(85, "least")  # a target that has become empty
def test_bindings_are_those_of_a_walk_over_events(seed, rule):
    ties, load = ties_of(seed)
    bound = bind(ties, load, EPOCHS, in_turn if rule == "in turn" else least_loaded)
    expected = walked(ties, load, rule)
    for tie, targets in expected.items():
        assert bound.target[bound.tie == tie].tolist() == targets


# --- what AWS says of a tie


@given(st.integers(0, 300), st.sampled_from([in_turn, at_random(1), least_loaded]))
def test_no_live_session_moves_to_a_new_target_and_none_returns(seed, rule):
    ties, load = ties_of(seed)
    bound = bind(ties, load, EPOCHS, rule)
    new = bound.target >= 3
    assert (bound.start_min[new] >= 4.0).all()
    assert (ties.start_min[bound.tie[new & ~bound.orphan]] >= 4.0).all()
    back = (bound.target == 0) & (bound.start_min >= 9.0)
    assert (ties.start_min[bound.tie[back]] >= 9.0).all()
    assert (bound.start_min[bound.orphan] == 8.0).all()
    on_first = (bound.target == 0) & (bound.start_min < 8.0)
    assert (bound.end_min[on_first] <= 8.0).all()


@given(st.integers(0, 300))
def test_every_live_tie_is_on_one_target_that_is_there(seed):
    ties, load = ties_of(seed)
    bound = bind(ties, load, EPOCHS, at_random(seed))
    times = np.linspace(-2.9, 20.0, 200)
    counts = held(bound, np.ones(load.size), 5, times)
    live = (ties.start_min[:, None] <= times) & (times < ties.end_min[:, None])
    assert counts.sum(axis=0) == pytest.approx(live.sum(axis=0))
    per_min = held(bound, load, 5, times)
    assert per_min.sum(axis=0) == pytest.approx((load[:, None] * live).sum(axis=0))
    assert np.allclose(counts[0, (times >= 8) & (times < 9)], 0)
    assert np.allclose(counts[3:, times < 4], 0)


def test_one_address_is_on_one_target_until_that_goes():
    ties, load = ties_of(2)
    together = ties.session % 2 == 0
    bound = bind(ties, load, EPOCHS, with_one_address(in_turn, together, 7))
    marked = together[bound.tie]
    homes = [
        set(bound.target[marked & (bound.start_min >= low) & (bound.start_min < high)].tolist())
        for low, high in ((-9, 8), (8, 99))
    ]
    assert len(homes[0]) == len(homes[1]) == 1
    assert homes[0] == homes[1] or homes[0] == {0}


# --- where ties end


def test_a_tie_that_is_not_renewed_ends_after_its_period():
    sessions = Sessions(np.array([0.0, 1.0]), np.array([25.0, 4.0]), np.ones(2))
    ties = cut_every(sessions, 10.0)
    assert ties.session.tolist() == [0, 0, 0, 1]
    assert ties.start_min.tolist() == [0, 10, 20, 1]
    assert ties.end_min.tolist() == [10, 20, 25, 4]


def test_a_renewed_tie_ends_as_often_as_pauses_are_longer():
    """Each request ends a pause of more than T with probability exp(-wT), after the first T."""
    size, length, per_min, longest = 4000, 60.0, 2.0, 1.5
    sessions = Sessions(np.zeros(size), np.full(size, length), np.full(size, per_min))
    ties = cut_in_gaps(sessions, longest, 1)
    breaks = (ties.session.size - size) / size
    exact = per_min * np.exp(-per_min * longest) * (length - longest)
    assert breaks == pytest.approx(exact, rel=0.03)
    same = ties.session[1:] == ties.session[:-1]
    assert (ties.end_min[:-1][same] == ties.start_min[1:][same]).all()
    assert (ties.end_min > ties.start_min).all()
    assert np.ptp(ties.end_min[np.append(~same, True)]) == 0


def test_a_tie_of_a_day_does_not_end_in_busy_sessions():
    sessions = population(300, 30.0, 1.5, 4.0, 0.5, 240.0, 1)
    assert cut_in_gaps(sessions, 1440.0, 1).session.size == sessions.start_min.size


def test_a_tie_that_ends_does_not_find_its_own_target_empty():
    ties = cut_every(Sessions(np.array([0.0, 5.0]), np.array([20.0, 15.0]), np.ones(2)), 10.0)
    bound = bind(ties, np.ones(3), [Epoch(0.0, np.arange(3))], least_loaded)
    assert bound.target.tolist() == [0, 2, 1]


# --- the population is as if for ever the same


def test_lengths_and_weights_have_the_asked_means_and_live_sessions_stay_as_many():
    runs = [population(400, 30.0, 1.0, 4.0, 2.0, 300.0, seed) for seed in range(40)]
    for at in (0.0, 10.0, 150.0, 299.0):
        live = [int(((one.start_min <= at) & (one.end_min > at)).sum()) for one in runs]
        assert np.mean(live) == pytest.approx(400, abs=4 * 400**0.5 / 40**0.5)
    later = np.concatenate([(one.end_min - one.start_min)[one.start_min > 0] for one in runs])
    assert later.mean() == pytest.approx(30, rel=0.02)
    weights = np.concatenate([one.per_min for one in runs])
    assert weights.mean() == pytest.approx(4, rel=0.02)
    assert weights.std() / weights.mean() == pytest.approx(2, rel=0.15)


# --- closed forms


def test_a_new_targets_part_is_that_of_the_sessions_that_began_since():
    filled = []
    for seed in range(60):
        run = population(600, 30.0, 1.5, 1.0, 0.0, 60.0, seed)
        ties = Ties(np.arange(run.start_min.size), run.start_min, run.end_min)
        epochs = [Epoch(0.0, np.arange(4)), Epoch(20.0, np.arange(6))]
        counts = held(bind(ties, run.per_min, epochs, in_turn), run.per_min, 6, np.array([45.0]))
        filled.append(counts[4:].mean() / counts.mean())
    exact = 1 - theory.lognormal_residual_tail([25.0], 30.0, 1.5)[0]
    assert np.mean(filled) == pytest.approx(exact, abs=4 * np.std(filled) / 60**0.5)


@pytest.mark.parametrize("cv", [0.0, 1.0, 2.0])
def test_loads_of_balls_in_bins_are_as_uneven_as_the_closed_form(cv):
    targets, sessions, runs = 4, 200, 600
    ties = Ties(np.arange(sessions), np.zeros(sessions), np.ones(sessions))
    sigma2 = np.log1p(cv**2)
    loads = []
    for seed in range(runs):
        normal = generator(seed, "weights").standard_normal(sessions)
        weight = np.exp(sigma2**0.5 * normal - sigma2 / 2)
        bound = bind(ties, weight, [Epoch(0.0, np.arange(targets))], at_random(seed))
        loads.append(held(bound, weight, targets, np.array([0.5]))[:, 0])
    spread = np.std(loads) * targets / sessions
    assert spread == pytest.approx(theory.load_cv(targets, sessions, cv), rel=0.08)


def test_the_fullest_of_bins_is_that_of_all_placements_counted():
    from itertools import product

    placed = [max(map(one.count, range(3))) for one in product(range(3), repeat=7)]
    assert theory.most_sessions(3, 7) == pytest.approx(np.mean(placed))
