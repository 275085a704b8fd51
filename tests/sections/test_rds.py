"""RDS, storage: against AWS's rule written out second by second, and what it says."""

import numpy as np
import pytest

from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.rds import truth
from awsnb.sections.rds.storage.load import demand
from awsnb.sections.rds.storage.scenario import StorageScenario
from awsnb.trace import TraceError

S = section("rds")
STORAGE = S.view("storage")
GIB = 2**30


def preset(view, name, **changes):
    (found,) = (one for one in view.presets if one.name == name)
    return view.scenario(**{**found.values, **changes})


def why(scenario):
    return S.simulate(scenario).why


# --- storage


@pytest.mark.parametrize(
    "changes",
    [
        {"growth_gib_per_day": 70.0, "data_gib": 170.0},
        {"batch_gib": 120.0},
        {"batch_gib": 90.0, "batch_h": 0.1},
        {"growth_gib_per_day": 300.0, "maximum_gib": 320, "optimization_min": 300},
        {"growth_gib_per_day": 500.0, "as_of": "2023-06"},
        {"size_gib": 40, "data_gib": 35.0, "growth_gib_per_day": 40.0, "maximum_gib": 4000},
        {"maximum_gib": None, "batch_gib": 60.0},
    ],
)
def test_agrees_with_the_rule_second_by_second(changes):
    scenario = StorageScenario(**{"days": 3, **changes})
    outcome = STORAGE.outcome(scenario)
    changed, full_s = truth.stepped(scenario)
    assert outcome.growth.changed_s == pytest.approx([at for at, _ in changed], abs=3)
    assert outcome.growth.sizes_gib[1:] == [size for _, size in changed]
    assert outcome.full_s == pytest.approx(full_s, abs=3 + 2 * len(outcome.full_spells_s))


def test_a_batch_that_frees_its_space_leaves_the_storage_large():
    result = S.simulate(preset(STORAGE, "A batch at night"))
    assert "grows once" in result.why and "never shrinks" in result.why
    assert result.summary["allocated_gib"] > 2 * result.series["wanted_gib"].iloc[-1]
    best = S.compare(result.scenario).best
    assert best.label.startswith("the batch elsewhere")


def test_the_second_change_waits_for_the_first():
    today = S.simulate(preset(STORAGE, "It grew just before the batch"))
    then = S.simulate(preset(STORAGE, "The same, by the rule of 2023"))
    assert "next change must wait until 1 h" in today.why
    assert "next change must wait until 6 h" in then.why
    assert then.summary["full_h"] > 2 * today.summary["full_h"] > 0


def test_a_maximum_of_ten_percent_never_grows():
    result = S.simulate(preset(STORAGE, "A maximum 10 % above"))
    assert result.summary["grows"] == 0 and "would reach or pass the maximum of 220" in result.why
    other = preset(STORAGE, "A maximum 10 % above", at_maximum="goes to it")
    assert S.simulate(other).summary["allocated_gib"] == 220


def test_a_migration_is_carried_by_predicted_growth():
    outcome = STORAGE.outcome(preset(STORAGE, "A migration in one day"))
    steps = np.diff(outcome.growth.sizes_gib)
    assert not outcome.full_spells_s and (steps >= 7 * 800 / 24).all()
    assert "reached" not in why(outcome.scenario)


def test_it_says_which_cause_is_in_force():
    assert "Autoscaling is off" in why(StorageScenario(maximum_gib=None))
    assert "less than the 5 minutes" in why(
        StorageScenario(batch_gib=300.0, batch_h=0.05, days=1, maximum_gib=10_000)
    )
    assert "predicted growth would have passed" in why(
        StorageScenario(batch_gib=60.0, batch_h=1.0, days=1, maximum_gib=240)
    )
    assert "does not grow" in why(StorageScenario(growth_gib_per_day=0.1))
    assert "only for moments" in why(
        StorageScenario(data_gib=170.0, growth_gib_per_day=0.0, batch_gib=15.0, batch_h=0.1)
    )
    assert "Autoscaling is off." in why(StorageScenario(maximum_gib=None, growth_gib_per_day=0.1))


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"maximum_gib": 210}, "maximum_gib", "at least 10 % above the allocated 200 GiB"),
        ({"data_gib": 201.0}, "data_gib", "at most size_gib, 200 GiB"),
        ({"size_gib": 19}, "size_gib", "20"),
    ],
)
def test_what_aws_refuses(values, field, said):
    with pytest.raises(ScenarioError, match=said) as refused:
        StorageScenario(**values)
    assert refused.value.field == field


def export(tmp_path, free_gib, header="timestamp,FreeStorageSpace Average,Unit", unit=",Bytes"):
    path = tmp_path / "free.csv"
    times = np.datetime64("2026-03-01T00:00") + np.arange(len(free_gib)) * np.timedelta64(3600, "s")
    rows = [f"{at}:00,{gib * GIB:.0f}{unit}" for at, gib in zip(times, free_gib, strict=True)]
    path.write_text("\n".join([header, *rows]) + "\n")
    return str(path)


def test_free_space_of_your_own(tmp_path):
    free = 50 - np.arange(7 * 24 + 1) / 24  # a GiB a day
    scenario = StorageScenario(trace=export(tmp_path, free), size_gib=200, days=40)
    load = demand(scenario)
    assert load.growth_gib_per_day == pytest.approx(1.0)
    assert load.wanted_gib[0] == pytest.approx(150) and load.at_s[-1] > 39 * 86_400
    changed = STORAGE.outcome(scenario).growth.changed_s
    assert changed[0] == pytest.approx(30 * 86_400, abs=2 * 3600)  # 20 GiB are left
    assert "Free space: 169 samples" in S.simulate(scenario).notes[0]
    assert S.compare(scenario).best.scenario.trace == scenario.trace


@pytest.mark.parametrize(
    ("header", "unit", "said"),
    [
        ("timestamp,FreeableMemory Average,Unit", ",Bytes", "FreeableMemory is not free space"),
        ("timestamp,FreeStorageSpace Average,Unit", ",Percent", "Percent is no unit of free space"),
        ("timestamp,value", "", "does not say that it is FreeStorageSpace"),
    ],
)
def test_a_file_that_is_no_free_space(tmp_path, header, unit, said):
    path = export(tmp_path, np.full(48, 50.0), header, unit)
    with pytest.raises(TraceError, match=said):
        S.simulate(StorageScenario(trace=path))


def test_more_free_space_than_storage_is_refused(tmp_path):
    with pytest.raises(TraceError, match="300 GiB are free, more than size_gib = 200"):
        S.simulate(StorageScenario(trace=export(tmp_path, np.full(48, 300.0))))
