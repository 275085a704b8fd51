import re
from itertools import pairwise

import numpy as np
import pytest

from awsnb.sections.aurora.log_protocol import VIEW
from awsnb.sections.aurora.log_protocol.scenario import MOST_STEPS, SEQUENCES, LogProtocolScenario
from awsnb.sections.aurora.log_protocol.sequences import SEGMENTS, steps
from awsnb.sections.aurora.log_protocol.simulate import COMPLETE, DOWN, FLIGHT, STORED

UNSAFE = SEQUENCES[-1]


def at_each_step(sequence):
    results = [
        VIEW.simulate(LogProtocolScenario(sequence=sequence, step=step))
        for step in range(len(steps(sequence)))
    ]
    return [one.why for one in results], [one.summary["lost"] for one in results]


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_story_fits_its_slider_and_keeps_the_rules(sequence):
    told = steps(sequence)
    assert 10 < len(told) - 1 <= MOST_STEPS
    for before, after in pairwise(told):
        assert after.vdl <= after.vcl
        assert set(before.acknowledged) <= set(after.acknowledged)
    assert told[-1].acknowledged


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_what_was_acknowledged_is_found_unless_quorums_do_not_meet(sequence):
    for step in steps(sequence):
        held = {lsn for view in step.segments.values() for lsn in view.lsns}
        if step.writer == "open":
            missing = set(step.acknowledged) - {
                lsn for view in step.segments.values() if view.up for lsn in view.lsns
            }
            assert not missing or sequence == UNSAFE
        assert set(step.acknowledged) <= held


def test_the_unsafe_story_says_which_commit_is_gone():
    whys, lost = at_each_step(UNSAFE)
    assert ["is gone" in why for why in whys] == [False] * 12 + [True] * 5
    assert lost == [0] * 12 + [1] * 5
    assert "The commit at 1 had been acknowledged" in whys[12]


@pytest.mark.parametrize("step", range(24))
def test_the_figure_of_the_crash_shows_the_step(step):
    result = VIEW.simulate(LogProtocolScenario(sequence="a crash in the middle", step=step))
    told, state = steps("a crash in the middle")[step], result.data["state"]
    for row, name in enumerate(SEGMENTS):
        view = told.segments[name]
        for column, lsn in enumerate(result.data["lsn"]):
            expected = {
                COMPLETE: lsn in view.lsns and lsn <= view.scl,
                STORED: lsn in view.lsns and lsn > view.scl,
                FLIGHT: (name, lsn) in told.flight and lsn not in view.lsns,
                DOWN: not view.up,
            }
            assert expected.get(state[row, column], True)
    assert result.data["complete"].sum() == (state == COMPLETE).sum()
    assert result.why.startswith(f"Step {step} of 23: ")


def test_past_its_end_a_sequence_rests():
    last = VIEW.simulate(LogProtocolScenario(step=MOST_STEPS))
    assert last.why.startswith("Step 15 of 15") and last.why.endswith("The sequence ends here.")


# --- true sentences


def test_three_segments_are_not_four():
    """Record 2 is on four segments, on one of them with a hole before it: its commit waits."""
    why = VIEW.simulate(VIEW.situations()[1]).why
    assert "The commit at 2 waits: 3 segments are complete up to it, and it takes 4." in why
    assert "acknowledged" not in why and "ends here" not in why


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_commit_waits_until_a_write_quorum_is_complete_and_no_longer(sequence):
    whys, _ = at_each_step(sequence)
    shipped, told = set(), set()
    for step, why in zip(steps(sequence), whys, strict=True):
        shipped |= set(step.waiting)
        told |= set(step.acknowledged)
        waits = re.search(
            r"The commit at (\d+) waits: (\d+) segments? (?:is|are) .* takes (\d)", why
        )
        assert bool(waits) == (bool(step.waiting) and step.writer == "open")
        if waits:
            lsn, complete, needed = map(int, waits.groups())
            assert lsn in shipped - told and complete < needed
            assert complete == sum(view.scl >= lsn for view in step.segments.values())


def test_recovery_says_what_became_of_commits_that_nobody_was_told_of():
    crash, _ = at_each_step("a crash in the middle")
    assert "was not told: it may be kept, or not" in crash[14]
    assert "The commit at 2 is kept; its client was not told" in crash[16]
    assert not any("is kept" in why for why in crash[:16] + crash[17:])
    old, _ = at_each_step("the old writer is not dead")
    assert "The commit at 2 is annulled; its client was not told" in old[7]


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_an_end_says_which_segments_are_not_complete_yet(sequence):
    *before, last = at_each_step(sequence)[0]
    assert not any("ends here" in why for why in before)
    step = steps(sequence)[-1]
    lacking = [name for name, view in step.segments.items() if view.up and view.scl < step.vdl]
    assert ("still lack" in last) == bool(lacking)
    assert all(name in last.split("ends here")[1] for name in lacking)


@pytest.mark.parametrize(
    ("name", "now", "next_step"),
    [
        ("A zone and one more copy are gone", "The commit at 2 waits: 3 segments", "B1 is rebuilt"),
        ("Two writers", "A1 refuses 2: epoch 1 is over", "B1 refuses 2"),
        ("Quorums that do not meet", "The writer crashes", "The commit at 1 had been acknowledged"),
    ],
)
def test_a_situation_says_what_is_and_what_the_next_step_brings(name, now, next_step):
    preset = next(one for one in VIEW.presets if one.name == name)
    before = VIEW.scenario(**preset.values)
    after = VIEW.simulate(before.replace(step=before.step + 1))
    why = VIEW.simulate(before).why
    assert now in why and next_step not in why
    assert next_step in after.why


def test_the_default_is_one_copy_short_of_a_commit():
    default = LogProtocolScenario()
    assert "3 segments are complete up to it, and it takes 4" in VIEW.simulate(default).why
    after = VIEW.simulate(default.replace(step=default.step + 1))
    assert "The commit at 2 is acknowledged" in after.why


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_half_a_mini_transaction_is_said_while_readers_may_not_see_it(sequence):
    whys, _ = at_each_step(sequence)
    for step, why in zip(steps(sequence), whys, strict=True):
        half = step.writer == "open" and step.vdl < step.vcl
        assert ("the last mini-transaction is not whole" in why) == half
        if half:
            assert ("may see nothing yet" in why) == (step.vdl == 0)


# --- the moving picture


def picture(sequence, step=0):
    return VIEW.simulate(LogProtocolScenario(sequence=sequence, step=step)).scene


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_the_picture_shows_every_step_as_the_log_has_it(sequence):
    shown, history = picture(sequence), steps(sequence)
    places = {place.name: place for place in shown.places}
    levels = np.array([places[f"{name} complete to"].level for name in SEGMENTS])
    assert levels.T.tolist() == [[s.segments[name].scl for name in SEGMENTS] for s in history]
    assert places["Volume"].count.tolist() == [step.vdl for step in history]
    assert places["Client"].count.tolist() == [len(step.acknowledged) for step in history]
    flight = sum(flow.rate for flow in shown.flows if flow.source == "Writer")
    assert flight.tolist() == [len(step.flight) for step in history]
    assert [text for _, text in shown.words] == [step.what for step in history]
    assert [at for at, _ in shown.events] == list(range(1, len(history)))


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_a_commit_is_lost_in_the_picture_where_quorums_do_not_meet_and_nowhere_else(sequence):
    (lost,) = (place.count for place in picture(sequence).places if place.name == "Lost")
    assert bool(lost.any()) == (sequence == UNSAFE)
    assert lost.tolist() == at_each_step(sequence)[1]


def test_the_picture_begins_at_the_step_and_names_the_turns():
    shown = picture("a crash in the middle", step=11)
    assert shown.at == 11
    turns = [(at, text) for at, text in shown.events if text]
    assert turns == [(5, "acknowledged"), (14, "crash"), (16, "new writer"), (23, "acknowledged")]
    assert picture("a crash in the middle", step=MOST_STEPS).at == 23
    out = [text for _, text in picture("a zone goes dark").events if text]
    assert out[1:] == ["segment out", "segment out", "acknowledged", "segment back", "segment back"]


def test_a_segment_says_that_it_has_a_gap_that_it_is_down_and_that_it_is_destroyed():
    gaps = {place.name[:2]: place.states for place in picture("a hole, and gossip").places}
    assert (13, "wait", "has a gap") in gaps["C2"]
    gone = {place.name[:2]: place.states for place in picture("a zone and one more").places}
    assert gone["A1"] == ((0, "ok", ""), (8, "out", "down"), (17, "ok", ""))
    assert gone["B1"][1] == (10, "bad", "destroyed")
