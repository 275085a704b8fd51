"""Section 3: what its sentences claim, what it refuses, what it reads, what it is compared with."""

import json

import numpy as np
import pytest

from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.ebs import truth

S = section("ebs")
CHAIN, RESTORE, MODIFY = (S.view(name) for name in ("chain", "restore", "modify"))


def ask(view, **values):
    return view.simulate(view.scenario(**values))


SENTENCES = [
    (CHAIN, "A year of daily snapshots", "365 snapshots", "Deleting"),
    (CHAIN, "A rule that keeps a month", "The rule has deleted 335 snapshots", "Deleting"),
    (CHAIN, "A copy in another Region", "in another Region cost 156.59 USD", "Archiving"),
    (
        CHAIN,
        "Delete one in the middle",
        "frees 2.56 GiB; other snapshots hold the rest",
        "Archiving",
    ),
    (CHAIN, "Delete all but the last", "1 snapshot is ready to restore", "1 snapshots"),
    (CHAIN, "Archive a daily snapshot", "adds 12.67 USD a month", "saves"),
    (CHAIN, "Archive quarterly snapshots", "which saves", "more."),
    (CHAIN, "Deleted, but in the bin", "after 7 days; other", "Archiving"),
    (RESTORE, "At a provisioned rate", "which is what AWS promises", "not within"),
    (RESTORE, "Ten volumes of 1 TiB", "1 of 10 volumes", "1 credits"),
    (RESTORE, "Ten volumes of 100 GiB", "All 10 volumes", "lazily"),
    (RESTORE, "Enabled an hour ago", "with 0 saved. Each loads lazily", "still being enabled"),
    (RESTORE, "A database from a snapshot", "not within the 30 min", "promises"),
    (RESTORE, "Nobody reads yet", "takes 4 h 44 min at 30 MiB/s", "a read of"),
    (RESTORE, "A clone for a test", "does not publish", "Fetching"),
    (MODIFY, "Double it in one step", "was completed after 12 h", "refused"),
    (MODIFY, "Six small steps in a day", "4 are allowed in 24 hours", "6 hours"),
    (MODIFY, "A large volume takes days", "must be completed", "None was refused"),
    (MODIFY, "The same under the old rule", "6 hours must have passed", "24 hours"),
]


@pytest.mark.parametrize(("view", "name", "says", "never"), SENTENCES)
def test_a_preset_says_what_happens(view, name, says, never):
    (found,) = (one for one in view.presets if one.name == name)
    why = ask(view, **found.values).why
    assert says in why and never not in why


@pytest.mark.parametrize(
    ("view", "field", "values"),
    [
        (CHAIN, "delete", {"delete": "31"}),
        (CHAIN, "delete", {"delete": "five"}),
        (CHAIN, "archive", {"delete": "5", "archive": "5"}),
        (CHAIN, "bin_days", {"bin_days": 366}),
        (CHAIN, "blocks", {"blocks": "/nowhere"}),
        (RESTORE, "size_gib", {"method": "fast snapshot restore", "size_gib": 16385}),
        (RESTORE, "rate_mibps", {"method": "provisioned rate", "rate_mibps": 301}),
        (RESTORE, "volumes", {"method": "provisioned rate", "volumes": 17}),
        (MODIFY, "new_size_gib", {"size_gib": 200, "new_size_gib": 100}),
    ],
)
def test_what_aws_refuses_is_refused(view, field, values):
    with pytest.raises(ScenarioError) as refused:
        ask(view, **values)
    assert refused.value.field == field


def test_block_lists_of_your_own_are_read(tmp_path):
    lists = [("Blocks", range(2048)), ("ChangedBlocks", range(512)), ("ChangedBlocks", range(256))]
    for number, (key, blocks) in enumerate(lists):
        text = json.dumps({key: [{"BlockIndex": block} for block in blocks]})
        (tmp_path / f"{number}.json").write_text(text, encoding="utf-8")
    summary = ask(CHAIN, blocks=str(tmp_path), delete="2").summary
    assert summary["freed_gib"] == 0.125  # 256 blocks were overwritten before and after
    assert summary["stored_gib"] == 1.25


def test_a_block_that_a_later_snapshot_no_longer_has_ends_there(tmp_path):
    tokens = {"FirstBlockToken": "AAAB", "SecondBlockToken": "AAAC"}
    first = [{"BlockIndex": block, "BlockToken": "AAAA"} for block in range(2048)]
    second = [{"BlockIndex": block, **tokens} for block in range(512)]
    second += [{"BlockIndex": block, "FirstBlockToken": "AAAB"} for block in range(1024, 2048)]
    (tmp_path / "0.json").write_text(json.dumps({"Blocks": first}), encoding="utf-8")
    (tmp_path / "1.json").write_text(json.dumps({"ChangedBlocks": second}), encoding="utf-8")
    assert ask(CHAIN, blocks=str(tmp_path)).summary["stored_gib"] == 1.25
    assert ask(CHAIN, blocks=str(tmp_path), delete="1").summary["stored_gib"] == 0.5


def test_every_preset_s_sentence_is_tested():
    tested = {(view.name, name) for view, name, *_ in SENTENCES}
    assert tested == {(view.name, one.name) for view in S.views for one in view.presets}


@pytest.mark.parametrize(
    "values", [{}, {"days": 70, "keep_days": 31, "every_days": 7}, {"delete": "3", "archive": "5,"}]
)
def test_what_is_offered_next_can_be_done(values):
    before = ask(CHAIN, **values).summary
    for name, texts in CHAIN.scenario(**values).suggestions().items():
        assert len(texts) == 1 + before["restore_points"]
        assert texts[0] == values.get(name, "")
        for text in texts[1:]:
            after = ask(CHAIN, **values | {name: text}).summary
            assert after["restore_points"] == before["restore_points"] - 1


def test_a_cheaper_rhythm_says_how_old_its_newest_snapshot_may_be():
    found = CHAIN.compare(CHAIN.scenario())
    assert found.best.label == "every 30 days"
    assert "newest snapshot may be 30 days old" in found.why
    lowest = min(one.cost_usd_month for one in found.options if one.holds)
    assert found.best.cost_usd_month == lowest
    none = CHAIN.compare(CHAIN.scenario(days=1))
    assert none.why == "None of these reaches as far back for less."


def test_a_fee_that_was_not_given_is_asked_for_and_never_guessed():
    for values, known in (
        (
            {"method": "provisioned rate", "rate_mibps": 200},
            "At 300 MiB/s it is 0.0036 USD/GB in us",
        ),
        ({"method": "clone"}, "0.0008 USD"),
    ):
        result = ask(RESTORE, **values)
        assert result.summary["cost_usd"] is None
        assert any(known in note and "usd_per_gib" in note for note in result.notes)
    ten = {"method": "provisioned rate", "size_gib": 10, "volumes": 10}
    # AWS's example has 100 of them and 3.60 USD, beyond the default quota
    at_300 = ask(RESTORE, **ten, rate_mibps=300)
    assert at_300.summary["cost_usd"] == pytest.approx(0.36)
    assert any(note.startswith("Fee: 0.0036 USD/GB of data, us-east-1") for note in at_300.notes)
    given = ask(RESTORE, **ten, rate_mibps=300, usd_per_gib=0.01)
    assert given.summary["cost_usd"] == pytest.approx(1)
    assert not any(note.startswith("Fee") for note in given.notes)


def test_the_truths_hold():
    assert truth.published()["difference in %"].abs().max() <= 0.1
    borg = truth.recorded()
    np.testing.assert_array_equal(borg["stored, Borg"], borg["stored, model"])
    np.testing.assert_array_equal(borg["held alone, Borg"], borg["held alone, model"])
    assert truth.drawn()["difference in %"].abs().max() < 5


def test_the_map_of_a_long_chain_shows_nothing_below_one_block():
    held = ask(CHAIN, days=365, change_pct=8.0).data["held_gib"]
    assert held[held > 0].min() >= 512 / 2**20
    assert held.sum() == pytest.approx(48 * 1024, rel=1e-5)


def test_the_picture_of_modifications_says_what_holds_a_request_back():
    asked = {"size_gib": 100, "new_size_gib": 220, "new_iops": 3000, "steps": 6, "apart_h": 2.0}
    today, before = (
        MODIFY.simulate(MODIFY.scenario(**asked, as_of=as_of)).scene
        for as_of in ("today", "2023-06")
    )
    waiting, window, volume = today.places
    assert waiting.count.max() == 2 and waiting.count[-1] == 0
    assert window.level.max() == window.capacity == 4 and volume.level[-1] == 220
    said, said_before = ({word for _, word in one.words} for one in (today, before))
    assert "Refused: 4 modifications in 24 hours are the most." in said
    assert "Refused: the modification before is not completed." in said
    assert "Refused: the wait after a modification is not over." in said_before - said
    assert [place.name for place in before.places] == ["Refused", "Volume"]
    alone = MODIFY.simulate(MODIFY.scenario()).scene
    assert not any("Refused" in word for _, word in alone.words)


def test_no_more_than_four_modifications_begin_in_any_24_hours():
    outcome = MODIFY.outcome(
        MODIFY.scenario(size_gib=1, new_size_gib=21, new_iops=3000, steps=20, apart_h=0.5)
    )
    gaps = outcome.begun_h[4:] - outcome.begun_h[:-4]
    assert gaps.min() == pytest.approx(24) and outcome.in_window.max() == 4
    assert (outcome.begun_h[1:] >= outcome.completed_h[:-1]).all()
