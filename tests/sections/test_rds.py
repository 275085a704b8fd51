"""RDS: storage against AWS's rule second by second, luck against draws and closed forms."""

import itertools

import numpy as np
import pytest

from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.rds import truth
from awsnb.sections.rds.luck.scenario import CLUSTER, PAIR, SINGLE, LuckScenario
from awsnb.sections.rds.luck.simulate import BOTH
from awsnb.sections.rds.storage.load import demand
from awsnb.sections.rds.storage.scenario import StorageScenario
from awsnb.trace import TraceError

S = section("rds")
STORAGE, LUCK = S.view("storage"), S.view("luck")
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
        {"autoscaling": False, "batch_gib": 60.0},
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
    assert "Autoscaling is off" in why(StorageScenario(autoscaling=False))
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
    assert "Autoscaling is off." in why(StorageScenario(autoscaling=False, growth_gib_per_day=0.1))


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


# --- luck


@pytest.mark.parametrize("slow_pct", [0.0, 1.0, 20.0])
def test_commits_are_those_drawn(slow_pct):
    scenario = LuckScenario(slow_pct=slow_pct, slow_factor=30.0)
    outcome, drawn = LUCK.outcome(scenario), truth.drawn_ms(scenario, 400_000)
    for name, waits in drawn.items():
        for one_in, within in ((2, 0.01), (20, 0.03), (500, 0.15)):
            expected = np.quantile(waits, 1 - 1 / one_in)
            assert outcome.one_in_ms(one_in, name) == pytest.approx(expected, rel=within)


def test_one_standby_the_faster_and_the_slower_of_two_are_three_curves():
    curves = LUCK.outcome(LuckScenario(slow_pct=5.0)).exceeded_ms
    order = [curves[name] for name in (SINGLE, CLUSTER, PAIR, BOTH)]
    for faster, slower in itertools.pairwise(order):
        assert (faster <= slower + 1e-9).all() and (faster < 0.99 * slower).any()


@pytest.mark.parametrize("zones", [0.0, 0.1, 5.0])
def test_outages_are_the_binomial_of_independent_instances(zones):
    scenario = LuckScenario(zone_outages_per_year=zones, failures_per_year=6.0, recovery_min=120.0)
    table = truth.outages_in_closed_form(scenario)
    assert table["model, min"].to_numpy() == pytest.approx(
        table["closed form, min"].to_numpy(), rel=1e-4
    )


def test_a_slow_standby_is_passed_over_by_a_cluster_only():
    pair = preset(LUCK, "One standby is slow")
    slow, passed = (S.simulate(pair.as_deployment(name)) for name in (PAIR, CLUSTER))
    assert slow.summary["p50_ms"] > 10 * passed.summary["p50_ms"]
    assert "faster of two" in passed.why and "faster" not in slow.why


def test_a_standby_that_is_gone_blocks_commits():
    result = S.simulate(preset(LUCK, "The standby is gone"))
    assert result.why.startswith("No commit ends") and "In a year" not in result.why
    assert result.summary["p999_ms"] is None and result.summary["downtime_min"] is None
    cluster = S.simulate(result.scenario.as_deployment(CLUSTER))
    assert "waits for the other" in cluster.why and "faster" not in cluster.why
    best = S.compare(result.scenario).best
    assert best.label == CLUSTER


def test_nobody_takes_over_without_a_standby():
    result = S.simulate(preset(LUCK, "No standby"))
    assert "nobody takes over" in result.why and "standby" not in result.why
    assert "more than the 10 min allowed" in result.why


def test_a_dns_cache_outlasts_the_failover():
    result = S.simulate(preset(LUCK, "Clients cache DNS for an hour"))
    assert "60 s to 1 h 2 min" in result.why
    assert result.summary["clients_most_s"] == 120 + 3600


def test_mysql_waits_for_both_readers_and_postgresql_for_the_better_one():
    mysql = preset(LUCK, "A MySQL reader lags")
    postgresql = mysql.replace(engine="postgresql")
    most = [S.simulate(one).summary["clients_most_s"] for one in (mysql, postgresql)]
    assert most == pytest.approx([35 + 300 + 30, 35 + 0.2 + 30])


def test_deployments_cost_one_two_and_three_times():
    options = {option.label: option.cost_usd_month for option in S.compare(LuckScenario()).options}
    assert options[PAIR] == pytest.approx(2 * options[SINGLE])
    assert options[CLUSTER] == pytest.approx(3 * options[SINGLE])


def test_fields_of_another_deployment_are_left_behind():
    lagging = preset(LUCK, "A MySQL reader lags")
    assert lagging.as_deployment(PAIR).most_lag_s == 2.0
    assert lagging.as_deployment(CLUSTER) == lagging
