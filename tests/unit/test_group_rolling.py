"""Rolling replacement: a walk in seconds, closed forms, bounds that hold, the way back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb.mechanisms.group import NEVER, Loss, Rolling, roll
from awsnb.sections.instance_refresh.truth import walk

PLAN = Rolling(10, 8, 10, 2, 30, 60, 60, 300, True, stops=(10,))

sizes = st.integers(1, 14)


@st.composite
def plans(draw):
    desired = draw(sizes)
    floor = draw(st.integers(0, desired))
    ceiling = draw(st.integers(max(desired, floor + 1), 2 * desired))
    stops = tuple(sorted(draw(st.sets(st.integers(1, desired), min_size=1, max_size=3))))
    times = [draw(st.integers(1, 40)), *(draw(st.integers(0, 40)) for _ in range(3))]
    moments = times[0], times[1], 20, times[2]
    return Rolling(desired, floor, ceiling, 2, *moments, draw(st.booleans()),
                   stops, pause_s=times[3])  # fmt: skip


def counts(rollout, at_s):
    there = [one for one in rollout.instances if one.launched_s <= at_s < one.ended_s]
    return len(there), sum(one.ready_s <= at_s for one in there)


@given(plans())
def test_batches_are_those_of_a_walk_second_by_second(plan):
    walked = [(at, count) for at, count in walk(plan) if count]
    totals = {}
    for at, count in roll(plan).batches:
        totals[at] = totals.get(at, 0) + count
    expected = {}
    for at, count in walked:
        expected[at] = expected.get(at, 0) + count
    assert totals == expected


@given(plans(), st.integers(0, 200))
def test_floor_and_ceiling_hold_at_every_moment_and_on_the_way_back(plan, back_s):
    rollout = roll(plan, back_s=back_s)
    for mark in rollout.marks:
        there, ready = counts(rollout, mark.at_s)
        assert ready >= plan.floor
        assert there <= plan.ceiling
    there, ready = counts(rollout, 1e9)
    assert there == ready == plan.desired


def test_without_stops_batches_are_as_many_as_the_range_needs():
    for floor, ceiling in ((8, 10), (9, 12), (10, 11), (0, 10)):
        rollout = roll(PLAN._replace(floor=floor, ceiling=ceiling))
        each_s = 330
        assert rollout.first_s("done") == math.ceil(10 / (ceiling - floor)) * each_s


def test_turned_back_all_are_old_again_and_what_never_got_ready_goes_at_once():
    rollout = roll(PLAN._replace(boot_s=NEVER), back_s=1000)
    left = [one for one in rollout.instances if one.ended_s == NEVER]
    assert len(left) == 10
    assert not any(one.new for one in left)
    assert {one.ended_s for one in rollout.instances if one.new} == {1000}
    assert rollout.first_s("restored") == 1000 + 330


def test_what_cannot_go_on_fails_after_its_patience_and_undoes_itself_if_asked():
    stuck = PLAN._replace(waits_for=1, patience_s=3600)
    last_ready = 5 * 330
    assert roll(stuck).first_s("failed") == last_ready + 3600
    assert roll(stuck).first_s("restored") is None
    assert roll(stuck._replace(undo=True)).first_s("restored") > last_ready + 3600
    assert roll(stuck._replace(waits_for=0, blocked=True)).first_s("done") is None


def test_stopped_both_versions_stay():
    rollout = roll(PLAN, stop_s=700)
    left = [one for one in rollout.instances if one.ended_s == NEVER]
    assert len(left) == 10
    assert 0 < sum(one.new for one in left) < 10


def test_stopped_while_more_are_there_the_surplus_goes():
    rollout = roll(PLAN._replace(floor=10, ceiling=15), stop_s=100)
    assert counts(rollout, 100)[0] == 10


def test_what_matches_is_skipped_and_counts_at_stops():
    begun = PLAN._replace(begun=4)
    assert sum(count for _, count in roll(begun).batches) == 10
    skipping = roll(begun._replace(skips=True, stops=(5, 10)))
    assert [count for _, count in skipping.batches] == [1, 2, 2, 1]
    assert roll(begun._replace(skips=True, begun=10)).batches == []


def test_what_is_kept_stays_old():
    left = [one for one in roll(PLAN._replace(keeps=3)).instances if one.ended_s == NEVER]
    assert sum(not one.new for one in left) == 3


@pytest.mark.parametrize("at_s", [10, 350, 1000])
def test_a_lost_zone_is_replaced_elsewhere_with_the_new_version(at_s):
    rollout = roll(PLAN, Loss(at_s, "status", zone=0, found_after_s=100))
    left = [one for one in rollout.instances if one.ended_s == NEVER]
    assert len(left) == 10
    assert all(one.new and one.zone == 1 for one in left)


def test_it_fails_at_its_limit():
    assert roll(PLAN._replace(limit_s=500)).first_s("failed") == 500
