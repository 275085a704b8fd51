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


@pytest.mark.parametrize(
    ("view", "name", "says", "never"),
    [
        (CHAIN, "A year of daily snapshots", "365 snapshots", "Deleting"),
        (CHAIN, "Delete one in the middle", "later snapshots hold the rest", "Archiving"),
        (CHAIN, "Delete all but the last", "1 snapshot can be restored", "1 snapshots"),
        (CHAIN, "Archive a daily snapshot", "a month more", "saves"),
        (CHAIN, "Archive quarterly snapshots", "which saves", "more."),
        (CHAIN, "Deleted, but in the bin", "the bill as it is", "Archiving"),
        (RESTORE, "The same at a rate paid for", "which is what AWS promises", "not within"),
        (RESTORE, "Ten fast volumes of 1 TiB", "1 of 10 volumes", "1 credits"),
        (RESTORE, "Ten small ones, a day later", "All 10 volumes", "lazily"),
        (RESTORE, "Enabled a minute too late", "still being enabled", "found a credit"),
        (RESTORE, "A clone for a test", "does not publish", "Fetching"),
        (MODIFY, "Double it in one step", "None was refused", "1 modifications"),
        (MODIFY, "Six small steps in a day", "4 are allowed in 24 hours", "6 hours"),
        (MODIFY, "The same under the old rule", "6 hours must have passed", "24 hours"),
    ],
)
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


def test_the_truths_hold():
    assert truth.published()["difference in %"].abs().max() <= 0.1
    borg = truth.recorded()
    np.testing.assert_array_equal(borg["stored, Borg"], borg["stored, model"])
    np.testing.assert_array_equal(borg["held alone, Borg"], borg["held alone, model"])
    assert truth.drawn()["difference in %"].abs().max() < 5
