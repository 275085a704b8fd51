from itertools import pairwise

import pytest

from awsnb.sections.aurora.log_protocol import VIEW
from awsnb.sections.aurora.log_protocol.scenario import MOST_STEPS, SEQUENCES, LogProtocolScenario
from awsnb.sections.aurora.log_protocol.sequences import SEGMENTS, steps
from awsnb.sections.aurora.log_protocol.simulate import COMPLETE, DOWN, FLIGHT, STORED

UNSAFE = SEQUENCES[-1]


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
    whys = [VIEW.simulate(LogProtocolScenario(sequence=UNSAFE, step=i)).why for i in range(17)]
    assert ["is gone" in why for why in whys] == [False] * 12 + [True] * 5
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


def test_past_its_end_a_story_rests():
    last = VIEW.simulate(LogProtocolScenario(step=MOST_STEPS))
    assert last.why.startswith("Step 15 of 15") and last.why.endswith("The story ends here.")
