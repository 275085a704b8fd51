"""RDS: space against AWS's rule by the second, luck against draws, speed against AWS's table."""

import itertools

import numpy as np
import pytest

from awsnb import theory
from awsnb.aws.ebs import Io
from awsnb.aws.rds.storage import Storage
from awsnb.mechanisms import token_bucket
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.rds import truth
from awsnb.sections.rds.luck.scenario import CLUSTER, PAIR, SINGLE, LuckScenario
from awsnb.sections.rds.luck.simulate import BOTH
from awsnb.sections.rds.speed.scenario import SpeedScenario
from awsnb.sections.rds.storage.load import demand
from awsnb.sections.rds.storage.scenario import StorageScenario
from awsnb.sections.rds.time_travel.scenario import TimeTravelScenario, clock
from awsnb.sections.rds.time_travel.simulate import backup_before
from awsnb.trace import TraceError

S = section("rds")
STORAGE, LUCK = S.view("storage"), S.view("luck")
TRAVEL, SPEED = S.view("time travel"), S.view("speed")
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


def test_the_peak_of_a_batch_is_drawn_and_counted():
    fixed = {"size_gib": 400, "autoscaling": False, "growth_gib_per_day": 0.01}
    said = S.simulate(StorageScenario(**fixed, data_gib=150.0, batch_gib=200.0, days=10))
    assert said.data["wanted_gib"].max() == pytest.approx(350.1, abs=0.1)
    assert said.summary["lowest_free_pct"] == pytest.approx(12.5, abs=0.1)


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
        StorageScenario(data_gib=170.0, growth_gib_per_day=0.01, batch_gib=15.0, batch_h=0.1)
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
        ("timestamp,FreeableMemory Average,Unit", ",Bytes", "holds FreeableMemory, a level"),
        ("timestamp,ReplicaLag Average,Unit", ",Seconds", "the section read-replicas reads Repl"),
        (
            "timestamp,FreeStorageSpace Average,Unit",
            ",Percent",
            "is in Percent, and FreeStorageSpace is in Bytes",
        ),
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


# --- time travel


def first_restorable(accident, upload_at):
    """Minute by minute, logs uploaded every five: when the accident's moment is restorable."""
    for now in range(accident, accident + 10):
        uploads = [at for at in range(now - 10, now + 1) if at % 5 == upload_at]
        if uploads[-1] >= accident:
            return now
    return None


@pytest.mark.parametrize("noticed", [1.0, 2.0, 5.0, 40.0])
def test_the_restore_starts_when_the_last_log_may_be_there(noticed):
    outcome = TRAVEL.outcome(TimeTravelScenario(noticed_min=noticed))
    waits = [first_restorable(843, phase) - 843 for phase in range(5)]
    assert max(waits) == 4  # on whole minutes: under five
    assert outcome.starts_min - 843 == max(noticed, 5)
    assert outcome.starts_min >= 843 + max(waits)


def test_an_idle_database_worked_by_hand():
    idle = TimeTravelScenario(busy_pct=0.0, restore_min=20, switch_min=10.0, noticed_min=12.0)
    outcome = TRAVEL.outcome(idle)
    assert clock(outcome.runs_min) == "14:45 UTC" and outcome.all_lost_min == 42


def test_logs_are_replayed_from_the_last_backup():
    """Ten hours and 33 minutes since 03:30, half of it busy, ten times as fast."""
    outcome = TRAVEL.outcome(TimeTravelScenario(busy_pct=50.0))
    assert outcome.replay_min == pytest.approx(633 * 0.5 / 10)


@pytest.mark.parametrize(
    ("at", "window", "backup"),
    [(843, 180, 210), (210, 180, 210), (209, 180, 210 - 1440), (10, 1430, 1460 - 1440 * 2)],
)
def test_the_backup_is_the_last_that_was_over(at, window, backup):
    days = [backup_before(at, window)]
    assert days == [
        max(window + 30 + 1440 * n for n in range(-3, 2) if window + 30 + 1440 * n <= at)
    ]
    assert backup_before(at, window) == backup


def test_what_each_way_back_loses():
    switched, copied = (
        S.simulate(TimeTravelScenario(**values)) for values in ({}, {"way": "copy the table"})
    )
    assert "endpoint of its own" in switched.why and switched.summary["lost_min"] > 0
    assert "Other tables lose nothing" in copied.why and copied.summary["lost_min"] == 0
    assert switched.summary["endpoint"] == "a new one"
    assert copied.summary["endpoint"] == "the old one"


def test_too_late_and_off_are_told_apart():
    late, off = (
        S.simulate(preset(TRAVEL, name)) for name in ("Noticed after eight days", "Backups are off")
    )
    assert "kept for 7 days" in late.why and "too late" in late.why
    assert "turns automated backups off" in off.why and "too late" not in off.why
    assert late.summary["runs_again_at"] is None and late.summary["lost_min"] is None
    assert S.compare(late.scenario).best.scenario.retention_days == 8
    assert S.compare(TimeTravelScenario(noticed_min=60_000.0)).best is None


def test_all_four_questions_after_an_accident_are_answered():
    said = S.simulate(TimeTravelScenario())
    assert "latest restorable time is 14:10 UTC or newer" in said.why
    assert "The new instance has an endpoint of its own" in said.why
    assert "The application runs on it from 15:04 UTC" in said.why
    assert "14:03 is not there: 1 h 1 min of writes" in said.why
    early = S.simulate(preset(TRAVEL, "Noticed at once"))
    assert "restored after 4 min of waiting for its logs" in early.why
    assert early.summary["latest_at"] == "14:03 UTC"
    copied = S.simulate(preset(TRAVEL, "Only the table comes back"))
    assert "this table's alone" in str(copied) and "to the old endpoint" in copied.why


WAYS_BACK = {
    "The defaults": ("dropped", "noticed", "", "available", "runs again"),
    "Noticed at once": ("dropped", "noticed", "restore starts", "", "available", "runs again"),
    "Only the table comes back": ("dropped", "noticed", "", "available", "runs again"),
    "Just before the backup": ("dropped", "noticed", "", "available", "runs again"),
}
NO_WAY = {
    "Noticed after eight days": ("dropped", "backups deleted", "noticed"),
    "Backups are off": ("dropped", "noticed"),
}


def pictured(name):
    """Return a situation's result, its scene's places by name, and what happens when."""
    result = S.simulate(TimeTravelScenario() if name == "The defaults" else preset(TRAVEL, name))
    when = {text: at for at, text in result.scene.events}
    return result, {place.name: place for place in result.scene.places}, when


def at(result, time):
    """Return the number of the sample at a time."""
    (found,) = np.flatnonzero(result.data["time"] == time)
    return found


@pytest.mark.parametrize("name", WAYS_BACK)
def test_the_picture_of_a_way_back_says_what_the_headlines_say(name):
    result, places, when = pictured(name)
    assert tuple(when) == tuple(dict.fromkeys(WAYS_BACK[name]))
    runs = at(result, when["runs again"])
    starts = at(result, when.get("restore starts", when["noticed"]))
    assert f"{str(when['runs again'])[11:16]} UTC" == result.summary["runs_again_at"]
    for place in ("Application", "Writes lost"):
        assert places[place].count[runs:].tolist() == [result.summary["away_min"]] * (
            len(result.data["time"]) - runs
        )
    latest = result.data["time"][starts] - np.timedelta64(
        int(places["Latest restorable"].count[starts]), "m"
    )
    assert f"{str(latest)[11:16]} UTC" == result.summary["latest_at"]
    said = dict(result.scene.words)
    assert result.summary["latest_at"] in said[result.data["time"][starts]]
    new = places["New instance"]
    made, there = at(result, when[""]), at(result, when["available"])
    assert new.level[: made + 1].max() == 0 and new.level[there:].min() == new.capacity
    assert [word for _, _, word in new.states][1:] == [
        "is being made", "replays the log", "loads data as it is read",
    ]  # fmt: skip


@pytest.mark.parametrize("name", [*WAYS_BACK, *NO_WAY])
def test_the_log_that_waits_is_what_was_written_since_the_last_upload(name):
    """Minute by minute: every five minutes an upload, one of them just after the restore starts."""
    result, places, when = pictured(name)
    waits = places["Latest restorable"].count
    if name == "Backups are off":
        assert waits is None and not any(flow.rate.any() for flow in result.scene.flows[3:])
    elif name == "Noticed after eight days":
        assert set(waits) == {5.0}  # uploads are too short to be seen: the most
    else:
        start = when.get("restore starts", when["noticed"])
        uploads = [start + np.timedelta64(5 * n, "m") for n in range(-60, 60)]
        for time, wait in zip(result.data["time"], waits, strict=True):
            last = max(up for up in uploads if up <= time and (up < time or time != start))
            assert wait == pytest.approx((time - last) / np.timedelta64(1, "m"), abs=1e-3)


@pytest.mark.parametrize("name", [*WAYS_BACK, *NO_WAY])
def test_the_application_writes_to_the_database_until_it_moves(name):
    result, _, when = pictured(name)
    old, new, lost, _, loads = (flow.rate for flow in result.scene.flows)
    time = result.data["time"]
    moves = name in WAYS_BACK and name != "Only the table comes back"
    moved = time >= when["runs again"] if moves else np.zeros(len(time), bool)
    assert old.tolist() == (1.0 - moved).tolist() and new.tolist() == (1.0 * moved).tolist()
    without = (time >= when["dropped"]) & (time < when.get("runs again", when["dropped"]))
    assert lost.tolist() == (1.0 * without).tolist()
    assert loads.any() == (name in WAYS_BACK)


@pytest.mark.parametrize("name", NO_WAY)
def test_the_picture_of_what_does_not_come_back_promises_nothing(name):
    result, places, when = pictured(name)
    assert tuple(when) == NO_WAY[name]
    gone = at(result, when.get("backups deleted", when["dropped"]))
    assert places["Writes lost"].count.tolist() == [0.0] * gone + [1.0] * (
        len(result.data["time"]) - gone
    )
    assert places["New instance"].level.max() == 0
    assert {tone for _, tone, _ in places["New instance"].states} == {"off"}
    said = " ".join(text for _, text in result.scene.words)
    assert "there is nothing that can be restored" in said and "The restore starts" not in said
    assert ("deleted after 7 days" in said) == (name == "Noticed after eight days")
    assert ("backups are off" in said) == (name == "Backups are off")


@pytest.mark.parametrize(
    ("values", "must", "must_not"),
    [
        ({}, "without 1 h 1 min of writes", "copied back"),
        ({"way": "copy the table"}, "copied back from it", "endpoint"),
        ({"noticed_min": 1.0}, "Its log may not be uploaded yet", "nothing that can be restored"),
        ({"noticed_min": 12.0}, "latest restorable time is 14:10", "may not be uploaded yet"),
        ({"busy_pct": 0.0}, "The new instance is there", "replays"),
    ],
)
def test_the_picture_tells_the_way_back(values, must, must_not):
    said = " ".join(text for _, text in S.simulate(TimeTravelScenario(**values)).scene.words)
    assert must in said and must_not not in said


@pytest.mark.parametrize(
    "values",
    [
        {"noticed_min": 12.5, "switch_min": 0.0, "restore_min": 1, "busy_pct": 0.0},
        {"noticed_min": 1.0, "restore_min": 1, "busy_pct": 1.0, "switch_min": 0.4},
        {"accident": "00:02", "window": "23:59", "noticed_min": 4_000.0},
        {"accident": "03:30", "busy_pct": 100.0},
        {"noticed_min": 60_000.0, "retention_days": 35},
    ],
)
def test_the_picture_of_an_extreme_is_told_in_order(values):
    result = S.simulate(TimeTravelScenario(**values))
    time = result.data["time"]
    assert (np.diff(time) > np.timedelta64(0, "ms")).all() and len(time) <= 400
    for changes in (result.scene.events, result.scene.words):
        moments = [moment for moment, _ in changes]
        assert moments == sorted(moments) and set(moments) <= set(time)
    assert all(
        place.count is None or len(place.count) == len(time) for place in result.scene.places
    )


@pytest.mark.parametrize(
    ("values", "says", "never"),
    [
        ({"data_gib": 200.0}, "It begins without free space, and that must last for 5 minutes",
         "Free space fell"),
        ({"data_gib": 200.0, "maximum_gib": 220}, "would reach or pass the maximum of 220 GiB",
         "for longest"),
        ({"growth_gib_per_day": 10_000.0},
         "It is full for longest at 953 GiB. The next increment of 95 GiB would reach or pass the "
         "maximum of 1,000 GiB", "It begins without"),
        ({"batch_gib": 500.0},
         "It is full for longest at 550 GiB. The predicted growth would have passed", "increment"),
        ({"size_gib": 200, "maximum_gib": 220}, "so it stays at 200 GiB", "for longest"),
    ],
)  # fmt: skip
def test_what_keeps_the_storage_full_is_said_of_the_size_at_which_it_is_full(values, says, never):
    why = STORAGE.simulate(STORAGE.scenario(**values)).why
    assert says in why and never not in why


def test_times_of_day():
    assert clock(-630) == "13:30 UTC the day before" and clock(1500) == "01:00 UTC a day later"
    assert TimeTravelScenario(accident="7:05").accident_min == 425
    for wrong in ("24:00", "14.03", "noon", ""):
        with pytest.raises(ScenarioError, match="00:00 to 23:59") as refused:
            TimeTravelScenario(accident=wrong)
        assert refused.value.field == "accident"


# --- speed


def test_four_volumes_are_what_aws_publishes():
    table = truth.stripes_as_published()
    assert (table["AWS"] == table["model"]).all() and len(table) == 7


def test_credit_of_four_stripes_lasts_as_the_closed_form_says():
    limit, _ = Storage("gp2", 400).limits(Io(16, "random"))
    lasts_s = theory.burst_duration_s(4 * 5.4e6, 12_000, 1200)
    service = token_bucket.serve([3600.0], [12_000.0], [limit.bucket])
    assert 3600 - service.throttled_s[0] == pytest.approx(lasts_s) == pytest.approx(2000)


def test_gp2_runs_dry_and_four_volumes_do_not():
    small = preset(SPEED, "gp2 and a nightly batch")
    assert "since the storage's credit is used up, 600 IOPS are left" in why(small)
    assert "class would not help" in why(small)
    assert why(small.replace(size_gib=400)).startswith("It holds")


def test_one_gib_more_makes_four_volumes():
    small = preset(SPEED, "One GiB less than four volumes")
    assert "since the storage gives 3,000 IOPS at most" in why(small)
    assert why(small.replace(size_gib=400)).startswith("It holds")


def test_the_instance_binds_whatever_the_storage():
    result = S.simulate(preset(SPEED, "Fast storage, small instance"))
    assert "the instance's credit is used up, 3,600 IOPS" in result.why
    assert "Faster storage would not help" in result.why
    assert S.compare(result.scenario).best is None
    large = result.scenario.replace(instance_class="db.m6g.4xlarge")
    assert S.simulate(large).summary["throttled_min"] == 0


def test_large_reads_use_up_the_bytes():
    result = S.simulate(preset(SPEED, "Large reads on a small class"))
    assert "the instance's credit is used up, 75 MiB/s" in result.why
    assert result.series["instance_byte_credit_pct"].min() == 0


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"size_gib": 399, "iops": 4000}, "iops", "no more can be provisioned"),
        ({"size_gib": 400, "iops": 3000}, "iops", "12,000 to 64,000 IOPS"),
        ({"size_gib": 400, "throughput_mibps": 125}, "throughput_mibps", "500 to 4,000 MiB/s"),
        ({"storage_type": "io2"}, "iops", "iops is missing"),
        ({"storage_type": "io2", "size_gib": 99, "iops": 2000}, "size_gib", "100 GiB or more"),
        ({"storage_type": "io2", "size_gib": 100, "iops": 200_000}, "iops", "1,000 to 100,000"),
    ],
)
def test_what_rds_refuses_of_storage(values, field, said):
    with pytest.raises(ScenarioError, match=said) as refused:
        SpeedScenario(**values)
    assert refused.value.field == field


def test_reads_and_writes_of_your_own_with_the_measured_balance(tmp_path):
    times = np.datetime64("2026-03-01T00:00") + np.arange(120) * np.timedelta64(60, "s")
    load, balance = tmp_path / "load.csv", tmp_path / "balance.csv"
    rows = [f"{at}:00Z,3000,1500" for at in times]
    load.write_text("\n".join(["timestamp,ReadIOPS Average,WriteIOPS Average", *rows]) + "\n")
    rows = [f"{at}:00Z,{100 - i / 2}" for i, at in enumerate(times)]
    balance.write_text("\n".join(["timestamp,EBSByteBalance% Average", *rows]) + "\n")
    scenario = SpeedScenario(size_gib=400, trace=str(load), balance=str(balance))
    result = S.simulate(scenario)
    assert result.summary["peak_asked_iops"] == pytest.approx(4500)
    assert result.series["measured_byte_pct"].iloc[0] == pytest.approx(100)
    with pytest.raises(TraceError, match="EBSByteBalance"):
        S.simulate(scenario.replace(balance=str(load)))


# --- several metrics at once


def export_of(path, **columns):
    """Write an export of some metrics, averages of five minutes."""
    length = len(next(iter(columns.values())))
    times = np.datetime64("2026-03-01T00:00") + 300 * np.arange(length) * np.timedelta64(1, "s")
    names = [f"{name.replace('_pct', '%')} Average" for name in columns]
    rows = [
        ",".join(map(str, (f"{at}Z", *row)))
        for at, *row in zip(times, *columns.values(), strict=True)
    ]
    path.write_text("\n".join([",".join(["timestamp", *names]), *rows]) + "\n")
    return str(path)


@pytest.fixture
def everything(tmp_path):
    flat = np.ones(600)
    return export_of(
        tmp_path / "all.csv",
        FreeStorageSpace=(60 - np.arange(600) / 50) * GIB,
        ReadIOPS=1500 * flat, WriteIOPS=500 * flat,
        ReadThroughput=1500 * 4096 * flat, WriteThroughput=500 * 12288 * flat,
        EBSByteBalance_pct=90 * flat, EBSIOBalance_pct=80 * flat,
        CPUCreditBalance=np.maximum(576 - 2.0 * np.arange(600), 0),
    )  # fmt: skip


def test_each_view_reads_its_own_of_a_file_of_all_metrics(everything):
    space = STORAGE.simulate(StorageScenario(trace=everything, days=10))
    assert any("of 8 metrics FreeStorageSpace was read" in note for note in space.notes)
    values = {"trace": everything, "balance": everything, "instance_class": "db.t3.large"}
    speed = S.simulate(SpeedScenario(**values))
    assert speed.summary["peak_asked_iops"] == pytest.approx(2000)
    assert any("of 8 metrics ReadIOPS was read" in note for note in speed.notes)
    assert any("has 6 KiB on average" in note for note in speed.notes)
    columns = speed.data
    assert set(columns) >= {"measured_byte_pct", "measured_io_pct", "cpu_credits"}
    assert "CPU credits are used up after" in speed.why and "not slowed" in speed.why


def test_cpu_credits_that_last_are_said_to(tmp_path):
    flat = np.ones(100)
    load = export_of(tmp_path / "load.csv", ReadIOPS=100 * flat, WriteIOPS=100 * flat)
    credits = export_of(tmp_path / "credits.csv", CPUCreditBalance=400 * flat)
    values = {"trace": load, "balance": credits, "instance_class": "db.t3.large"}
    said = S.simulate(SpeedScenario(**values))
    assert "never used up: 400 are left" in said.why
    assert said.summary["lowest_cpu_credits"] == 400 and "measured_io_pct" not in said.data
    with pytest.raises(TraceError, match=r"db\.m6g\.large does not have: set instance_class"):
        S.simulate(SpeedScenario(**{**values, "instance_class": "db.m6g.large"}))


def test_throughputs_alone_are_operations_of_the_size_that_is_set(tmp_path):
    flat = np.ones(100)
    moved = {"ReadThroughput": 16e6 * flat, "WriteThroughput": 16e6 * flat}
    trace = export_of(tmp_path / "bytes.csv", **moved)
    said = S.simulate(SpeedScenario(trace=trace, io_size_kib=32))
    assert said.summary["peak_asked_iops"] == pytest.approx(32e6 / 32768)


@pytest.mark.parametrize("metric", ["CPUUtilization", "FreeableMemory", "DatabaseConnections"])
def test_what_is_no_balance_is_refused_in_one_sentence(tmp_path, metric):
    flat = np.ones(100)
    load = export_of(tmp_path / "load.csv", ReadIOPS=100 * flat, WriteIOPS=100 * flat)
    other = export_of(tmp_path / "other.csv", **{metric: 5 * flat})
    with pytest.raises(TraceError, match="holds none of EBSByteBalance%, EBSIOBalance%") as refused:
        S.simulate(SpeedScenario(trace=load, balance=other))
    assert str(refused.value).count(". ") == 0


@pytest.mark.parametrize("metric", ["EBSByteBalance_pct", "CPUCreditBalance", "FreeStorageSpace"])
def test_what_is_no_load_is_refused(tmp_path, metric):
    wrong = export_of(tmp_path / "wrong.csv", **{metric: 5 * np.ones(100)})
    with pytest.raises(TraceError, match="export"):
        S.simulate(SpeedScenario(trace=wrong))


def test_a_standby_changes_the_price_alone():
    for view in (STORAGE, SPEED):
        asked, multi_az, *_ = view.compare(view.scenario()).options
        assert multi_az.cost_usd_month == pytest.approx(2 * asked.cost_usd_month)
        assert multi_az.holds == asked.holds
        assert "Multi-AZ changes neither growth nor limits" in view.compare(view.scenario()).why


def test_it_says_what_would_bind_first():
    held = S.simulate(SpeedScenario())
    assert held.summary["binds"] == "storage's IOPS"
    assert "the storage would bind first, at 3,000 IOPS" in held.why
    large = SpeedScenario(size_gib=400, io_size_kib=64, workload="steady")
    assert "the instance would bind first" in why(large)


def test_the_scene_names_the_limit_that_binds():
    scene = S.simulate(preset(SPEED, "Fast storage, small instance")).scene
    bound = {
        place.name for place in scene.places if any(word == "binds" for *_, word in place.states)
    }
    assert bound == {"Instance I/O credit"}


# --- commits of a real PostgreSQL


def test_recorded_commits_are_the_order_statistics():
    table = truth.commits_recorded()
    for pct in truth.PERCENTILES:
        recorded, model = (table[f"p{pct} {who}, ms"] for who in ("recorded", "model"))
        assert model.to_numpy() == pytest.approx(recorded.to_numpy(), rel=0.1)
    median = table["p50 recorded, ms"]
    assert median["the faster of two"] < median["one standby"] < median["both standbys"]
    assert dict(table["ends with one gone"]) == {
        "one standby": "no", "the faster of two": "yes", "both standbys": "no",
    }  # fmt: skip
