import numpy as np
import pytest

from awsnb import facts
from awsnb.mechanisms.control_loop import Alarm, Case, Group, Sensor, TargetTracking, scale
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.ami import copying, keeping, launch
from awsnb.sections.ami.copying import ACTIONS, THINGS, CopyingScenario
from awsnb.sections.ami.keeping import FRESH, KeepingScenario
from awsnb.sections.ami.launch.bill import pool_size, usd_month
from awsnb.sections.ami.launch.durations import read_durations
from awsnb.sections.ami.launch.options import spare_needed
from awsnb.sections.ami.launch.scenario import APPROACHES, LaunchScenario
from awsnb.sections.ami.launch.simulate import LAUNCHES, delayed, launched, load, simulate
from awsnb.sections.ami.truth import (
    healthy_s,
    quantile_s,
    ready_shares,
    stored_blocks,
)

AMI = section("ami")


def result(**values):
    return launch.VIEW.simulate(LaunchScenario(**values))


def preset(view, name):
    (found,) = [one for one in view.presets if one.name == name]
    return view.simulate(view.scenario(**found.values))


# --- launch: the stages


@pytest.mark.parametrize("approach", APPROACHES)
@pytest.mark.parametrize("interval", [5, 30])
def test_drawn_launches_are_the_convolution_of_their_stages(approach, interval):
    scenario = LaunchScenario(approach=approach, check_interval_s=interval)
    drawn, exact = launched(scenario), ready_shares(scenario)
    assert exact.sum() == pytest.approx(1, abs=1e-4)
    for pct in (10, 50, 90, 99):
        assert drawn.within_s(pct) == pytest.approx(quantile_s(exact, pct / 100), rel=0.03, abs=2)


def test_without_spread_a_launch_is_a_sum_by_hand():
    still = LaunchScenario(spread_pct=0.0, default_rate_mibps=0.3 * 1024 / 10)
    drawn = launched(still)
    # 25 s boot, 10 s of blocks, 240 s user data, 20 s start: 295 s after it is running
    assert sum(drawn.mean_s.values()) - drawn.mean_s["health checks"] == pytest.approx(30 + 295)
    first = drawn.ready_s - 30 - 30 * np.ceil(295 / 30) - 4 * 30  # of five good checks, the first
    assert np.all((first > -30) & (first < 30))
    assert drawn.unhealthy == 1


def test_the_mean_of_a_sum_is_the_sum_of_the_means():
    drawn = launched(LaunchScenario())
    assert drawn.ready_s.mean() == pytest.approx(sum(drawn.mean_s.values()))
    assert drawn.mean_s["user data"] == pytest.approx(240, rel=0.01)
    assert drawn.ready_s.size == LAUNCHES


def test_a_new_target_is_asked_as_a_check_by_check_walk_does():
    rng = np.random.default_rng(1)
    check = LaunchScenario(check_interval_s=7).check
    answers, first = rng.uniform(0, 60, 200), rng.uniform(0, 7, 200)
    slow = [healthy_s(one, at, check) for one, at in zip(answers, first, strict=True)]
    assert check.healthy_after_s(answers, first) == pytest.approx(slow)


def test_blocks_load_no_faster_than_the_volume_reads():
    heavy = {"approach": "golden image", "software_gib": 50.0}
    slow, rate, ready = (
        result(**heavy, loading=loading).data["loading_s"][2]
        for loading in ("first read", "provisioned rate", "fast restore")
    )
    assert slow == pytest.approx((0.3 + 12.5) * 1024 / 30)
    assert rate == ready == pytest.approx((0.3 + 12.5) * 1024 / 125)
    at_100 = result(**heavy, loading="provisioned rate", provisioned_rate_mibps=100)
    assert at_100.data["loading_s"][2] == pytest.approx((0.3 + 12.5) * 1024 / 100)


def test_a_warm_pool_neither_loads_nor_runs_user_data():
    columns = result().data
    assert columns["approach"].tolist()[3] == "warm pool"
    assert columns["loading_s"][3] == columns["user_data_s"][3] == 0
    assert columns["user_data_s"][2] == 0 < columns["user_data_s"][1] < columns["user_data_s"][0]


# --- launch: the scale-out


def test_requests_wait_as_the_control_loop_says():
    scenario = LaunchScenario(spread_pct=0.0)
    group = Group(20, 20, 60, 50.0, boot_s=400.0)
    policy = TargetTracking(50.0, Alarm(50.0, True, 3, 3), Alarm(35.0, False, 15, 15), 1)
    run = scale(load(scenario), 10.0, *Case(group, [policy], Sensor(60.0, 60.0)))
    assert delayed(scenario, np.array([400.0])) == pytest.approx(run.totals.delayed)


def test_fewer_requests_wait_for_launches_that_are_faster():
    waiting = [delayed(LaunchScenario(), np.array([time])) for time in (0, 60, 120, 300, 900)]
    assert waiting == sorted(waiting) and waiting[0] < waiting[-1] / 5


def test_nobody_waits_where_the_load_does_not_grow():
    told = result(growth=1.0)
    assert told.summary["delayed"] == 0
    assert "no need to launch" in told.why and "alarm" not in told.why


def test_the_fewest_spare_instances_are_the_fewest():
    scenario = LaunchScenario(accepted_pct=5.0)
    spare = spare_needed(scenario)
    waiting = [
        simulate(scenario.replace(spare=number)).delayed_pct for number in (spare - 1, spare)
    ]
    assert waiting[0] > 5.0 >= waiting[1]


def test_prices_by_hand():
    assert usd_month(LaunchScenario()) == 0
    golden = LaunchScenario(approach="golden image")
    assert usd_month(golden) == pytest.approx((2 + 4) * 0.05)
    assert usd_month(golden.replace(loading="fast restore", zones=3)) == pytest.approx(
        0.3 + 3 * 730 * 0.75
    )
    pool = LaunchScenario(approach="warm pool")
    assert pool_size(pool) == 40
    assert usd_month(pool) == pytest.approx(40 * 12 * 0.08)
    assert usd_month(pool.replace(loading="fast restore")) == pytest.approx(40 * 12 * 0.08)
    assert usd_month(LaunchScenario(spare=2)) == pytest.approx(2 * 730 * 0.096)


@pytest.mark.parametrize(
    ("name", "says", "says_not"),
    [
        ("Everything in the image", "health checks", "user data"),
        ("Image and quick checks", "longest stage is loading blocks", "unhealthy"),
        ("Instances that wait, stopped", "of the targets fail 2 checks", "every target"),
        ("A heavy image", "longest stage is loading blocks", "unhealthy"),
        ("A heavy image, fast restore", "every target fails 2 checks", "longest stage is loading"),
        ("The load grows slowly", "none would", "alarm takes"),
    ],
)
def test_each_launch_preset_says_its_lesson(name, says, says_not):
    told = preset(launch.VIEW, name)
    assert says in told.why and says_not not in told.why


def test_what_is_said_agrees_with_the_numbers():
    told = result()
    assert f"{told.summary['delayed']:,.0f} requests wait" in told.why
    assert f"{told.summary['at_once_delayed']:,.0f} would" in told.why
    assert told.data["launches_pct"][-1] == pytest.approx(99.9, abs=0.1)


# --- launch: measured times


def written(tmp_path, text):
    path = tmp_path / "times.txt"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("42\n43.5\n\n1min 3s\n850 ms\n", [42, 43.5, 63, 0.85]),
        (
            "Startup finished in 1.5s (kernel) + 10.5s (userspace) = 12.0s \n"
            "graphical.target reached after 10.2s in userspace\n"
            "Startup finished in 2s (kernel) + 1min 1.250s (userspace) = 1min 3.250s.\n",
            [12, 63.25],
        ),
        (
            "-- Boot Record 01 --\n     |`->no cache found @02.1s +00.002s\n"
            "Total Time: 6.25 seconds\n\n1 boot records analyzed\n",
            [6.25],
        ),
    ],
)
def test_durations_are_read_as_they_are_written(tmp_path, text, seconds):
    assert read_durations(written(tmp_path, text)).tolist() == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "holds no durations"),
        ("12\nsoon\n", "line 2, 'soon', is no duration"),
        ("-4\n", "line 1, '-4', is no duration"),
        ("nan\n", "is no duration"),
        ("90000\n", "line 1 is longer than a day"),
        ("Total Time: 1.2.3 seconds\n", "is no duration"),
    ],
)
def test_what_is_no_duration_is_refused_with_its_line(tmp_path, text, problem):
    with pytest.raises(ScenarioError, match=problem) as refused:
        result(measured=written(tmp_path, text))
    assert refused.value.field == "measured"


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="is no file"):
        result(measured=str(tmp_path / "none.txt"))
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ScenarioError, match="no file of text"):
        result(measured=str(binary))


def test_measured_times_take_the_place_of_their_stage(tmp_path):
    path = written(tmp_path, "100\n200\n")
    of_boot = launched(LaunchScenario(measured=path))
    assert of_boot.mean_s["boot"] == pytest.approx(150, rel=0.02)
    of_all = launched(LaunchScenario(measured=path, measures="all until it answers"))
    assert set(of_all.mean_s) == {"pending", "measured", "health checks"}
    told = result(measured=path, measures="user data")
    assert told.data["user_data_s"][0] == pytest.approx(150, rel=0.02)
    assert told.data["user_data_s"][1] == pytest.approx(30, rel=0.02)  # not measured for that one
    assert any(note.startswith("2 measured times in place of: user data") for note in told.notes)


def test_user_data_that_does_not_run_is_not_measured(tmp_path):
    with pytest.raises(ScenarioError, match="no user data runs") as refused:
        LaunchScenario(
            approach="golden image", measured=written(tmp_path, "9"), measures="user data"
        )
    assert refused.value.field == "measures"


# --- keeping


@pytest.mark.parametrize("kept", [1, 2, 6, 15])
@pytest.mark.parametrize("changed", [0.0, 25.0, 100.0])
def test_stored_gib_are_the_blocks_that_are_there(kept, changed):
    outcome = keeping.simulate(KeepingScenario(kept=kept, changed_pct=changed))
    assert outcome.stored_gib(np.array([kept]))[0] == pytest.approx(
        10 * stored_blocks(kept, changed) / 4000
    )


@pytest.mark.parametrize(("every", "rollout"), [(30, 2.0), (7, 0.0), (7, 30.0), (1, 0.5)])
def test_a_patch_waits_as_one_that_comes_at_any_moment_does(every, rollout):
    outcome = keeping.simulate(KeepingScenario(rebuild_days=every, rollout_days=rollout))
    comes = np.linspace(0, 10 * every, 20_001)[:-1]
    waits = (np.floor(comes / every) + 1) * every + rollout - comes
    assert outcome.mean_wait_days == pytest.approx(waits.mean(), rel=1e-3)
    assert outcome.longest_wait_days == pytest.approx(waits.max())
    assert rollout <= outcome.patch_age_days.min() <= outcome.patch_age_days.max()
    assert outcome.patch_age_days.max() <= outcome.longest_wait_days


def test_the_bill_of_kept_images_by_hand():
    tidy = KeepingScenario(delete_snapshots=True)
    assert keeping.simulate(tidy).usd_month == pytest.approx(
        2 * 22.5 * 0.05 + 365 / 12 / 30 * 2.5 * 0.02
    )
    leaves = keeping.simulate(KeepingScenario())
    assert leaves.orphans == 730 // 30 + 1 - 6
    assert leaves.wasted_usd_month == pytest.approx(2 * leaves.orphans * 2.5 * 0.05)
    assert keeping.simulate(tidy.replace(built_from=FRESH)).paid_gib[-1] == pytest.approx(60)


@pytest.mark.parametrize(
    ("name", "says", "says_not"),
    [
        ("Images rebuilt every day", "717 snapshots in each region belong", "stops growing"),
        ("Tidied up", "stops growing", "belong to no image"),
        ("Always from a new base", "all of its blocks anew", "stops growing"),
        ("Eight regions", "stops growing", "longer part"),
        ("A slow roll-out", "building more often helps little", "belong to no image"),
    ],
)
def test_each_keeping_preset_says_its_lesson(name, says, says_not):
    told = preset(keeping.VIEW, name)
    assert says in told.why and says_not not in told.why


def test_one_snapshot_and_none_are_told_in_their_number():
    one = keeping.VIEW.simulate(KeepingScenario(rebuild_days=365, kept=2))
    assert "1 snapshot in each region belongs to no image and costs" in one.why
    none = keeping.VIEW.simulate(KeepingScenario(rebuild_days=365, kept=3))
    assert "No image was deregistered" in none.why


def test_a_deprecated_image_in_use_is_told():
    told = keeping.VIEW.simulate(KeepingScenario(deprecate_days=30))
    assert any("For 2 days of each 30 days" in note for note in told.notes)
    assert not any("deprecated" in note for note in keeping.VIEW.simulate(KeepingScenario()).notes)


def test_the_cheapest_rhythm_holds_and_none_does_after_a_long_roll_out():
    best = keeping.compare(KeepingScenario()).best
    assert best is not None and best.label == "every 7 days"
    stuck = keeping.compare(KeepingScenario(rollout_days=20.0))
    assert stuck.best is None and "the roll-out alone takes 20 days" in stuck.why


def test_an_image_deprecated_later_than_aws_allows_is_refused():
    with pytest.raises(ScenarioError, match="deprecate_days = 3651"):
        KeepingScenario(deprecate_days=3651)


# --- copying


def fates(thing):
    return [copying.simulate(CopyingScenario(action=one, must_have=thing)).mine for one in ACTIONS]


def test_what_is_taken_along_is_as_the_errata_say():
    assert fates("changes since launch") == [
        "taken",
        "at risk",
        "left behind",
        "left behind",
    ]  # E25
    assert fates("RAM and processes") == ["left behind"] * 4
    assert fates("instance store's data") == ["left behind"] * 4
    assert fates("software of its AMI") == ["taken"] * 4  # E26: a template names the AMI
    assert fates("user data")[2:] == ["taken"] * 2  # E27
    assert fates("list of volumes")[3] == "left behind"


@pytest.mark.parametrize(
    ("name", "says", "says_not"),
    [
        ("A server nobody may reboot", "does not guarantee", "None of these"),
        ("Ten more of this server", "What takes it along: create image.", "guarantee"),
        ("A template of this server", "It comes along: ", "left behind"),
        ("A cache on instance store", "None of these actions", "What takes it"),
    ],
)
def test_each_copying_preset_says_its_lesson(name, says, says_not):
    told = preset(copying.VIEW, name)
    assert says in told.why and says_not not in told.why


def test_the_matrix_is_what_the_facts_say():
    fate = copying.VIEW.simulate(CopyingScenario()).data["fate"]
    ec2 = facts.load("ec2")
    for row, key in enumerate(THINGS.values()):
        for column, action in enumerate(ACTIONS.values()):
            assert copying.FATES[fate[row, column]] == ec2.value(action, key)


def test_an_action_that_is_not_one_is_refused():
    with pytest.raises(ScenarioError, match="create image"):
        CopyingScenario(action="create imgae")
