import numpy as np
import pytest

from awsnb import theory
from awsnb.mechanisms.queueing import CUT, LOST, OK
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections._balancing.options import fewest_targets
from awsnb.sections._balancing.panels import erlang_ms
from awsnb.sections.alb.options import compare
from awsnb.sections.alb.presets import PRESETS
from awsnb.sections.alb.scenario import AlbScenario
from awsnb.sections.alb.simulate import simulate
from awsnb.sections.alb.truth import against_erlang, recorded

CALM = {"event": "none"}

answer = section("alb").simulate


def refusal(**values):
    with pytest.raises(ScenarioError) as caught:
        AlbScenario(**values)
    return str(caught.value)


# --- what AWS refuses


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"slow_start_s": 29}, "from 30 to 900 s"),
        ({"slow_start_s": 901}, "from 30 to 900 s"),
        ({"slow_start_s": 60, "algorithm": "weighted_random"}, "it is for round_robin"),
        ({"slow_start_s": 60, "algorithm": "least_outstanding_requests"}, "it is for round_robin"),
        ({"health_interval_s": 4}, "from 5 to 300 s"),
        ({"unhealthy_threshold": 1}, "from 2 to 10 failures"),
        ({"deregistration_delay_s": 60}, "it is for deregister"),
        ({"event": "deregister", "deregistration_delay_s": 3601}, "from 0 to 3,600 s"),
        ({"zones": 1}, "an ALB needs at least 2 (ELBv2 API Reference"),
        ({"rules": 101}, "from 0 to 100 rules"),
        ({"event": "none", "event_at_s": 10}, "it is for crash, hang, errors, deregister"),
        (
            {"health_interval_s": 5},
            "must be above the health check's timeout, health_timeout_s = 5 s",
        ),
        ({"health_timeout_s": 30}, "health_interval_s = 30: must be above"),
        ({"health_timeout_s": 1}, "from 2 to 120 s"),
        ({"event": "errors", "health_timeout_s": 3}, "it is for crash, hang"),
        ({"targets_in_zone_a": 5}, "targets_in_zone_a = 5: there are 4 targets in all"),
        ({"event_at_s": 60, "returns_at_s": 60}, "must be after the event, at 60 s"),
        ({"event": "deregister", "targets": 1}, "deregistering the only target"),
        ({"peak_factor": 2.0}, "it is for bursty, day"),
    ],
)
def test_what_aws_refuses_is_refused_with_its_rule(values, rule):
    assert rule in refusal(**values)


def test_defaults_that_are_left_out_are_those_of_aws():
    alb = AlbScenario()
    assert alb.health_check == (30, 5, 2) and alb.detected_after_s == 60
    assert alb.replace(event="hang").detected_after_s == 65
    assert alb.replace(event="deregister").delay_s == 300
    assert alb.in_force()["health_timeout_s"] == 5 and alb.in_force()["event_at_s"] == 60


# --- the load and the failure


def test_capacity_and_load_by_hand():
    alb = AlbScenario(targets=4, workers=4, service_ms=100.0, requests_per_s=100.0)
    assert (alb.capacity_per_s, simulate(alb).load_pct) == (160, 62.5)
    assert alb.replace(slow_target_pct=50.0).capacity_per_s == 140


@pytest.mark.parametrize("pattern", ["poisson", "bursty", "day"])
def test_every_pattern_has_the_rate_it_was_asked_for(pattern):
    n = simulate(AlbScenario(pattern=pattern, duration_s=900)).arrival_s.size
    assert n == pytest.approx(90_000, rel=0.1 if pattern == "bursty" else 0.01)


def test_a_crash_costs_its_share_until_health_checks_have_counted():
    run = simulate(AlbScenario())
    rates = run.over_time
    assert rates["errors_per_s"][:19].sum() == 0 and rates["errors_per_s"][41:].sum() == 0
    assert rates["errors_per_s"][20:40].mean() == pytest.approx(25, rel=0.05)
    assert run.failed == pytest.approx(0.25 * 60 * 100, rel=0.05)


def test_a_target_that_refuses_is_a_black_hole_to_least_outstanding():
    crash = AlbScenario(event="crash")
    black_hole = simulate(crash.replace(algorithm="least_outstanding_requests"))
    assert black_hole.failed > 2.5 * simulate(crash).failed


def test_least_outstanding_steers_around_a_target_that_hangs():
    hang = AlbScenario(event="hang")
    steered = simulate(hang.replace(algorithm="least_outstanding_requests"))
    assert steered.failed < 0.05 * simulate(hang).failed


def test_with_one_target_the_balancer_fails_open():
    alone = simulate(AlbScenario(targets=1, workers=20, event="crash"))
    assert not alone.answered[alone.arrival_s >= 60].any()
    assert (alone.requests.target == 0).all()


def test_draining_cuts_off_what_outlasts_the_delay():
    slow = {"event": "deregister", "service_ms": 10_000.0, "workers": 64, "requests_per_s": 15.0}
    cut = [
        int((simulate(AlbScenario(**slow, deregistration_delay_s=s)).requests.status == CUT).sum())
        for s in (0, 5, 20, 300)
    ]
    assert cut == sorted(cut, reverse=True) and cut[0] > cut[1] > 0 and cut[3] == 0


def test_a_target_that_returns_serves_again_and_slow_start_spares_it():
    back = AlbScenario(event="deregister", event_at_s=30, returns_at_s=60, requests_per_s=60.0)
    early = (simulate(back).arrival_s >= 60) & (simulate(back).arrival_s < 70)
    sent = [
        int((simulate(back.replace(slow_start_s=s)).requests.target[early] == 0).sum())
        for s in (None, 60)
    ]
    assert sent[1] < 0.3 * sent[0]
    assert (simulate(back).requests.target[simulate(back).arrival_s > 60] == 0).mean() > 0.2


def test_cross_zone_off_gives_each_zone_its_half():
    run = simulate(AlbScenario(targets=3, cross_zone=False, **CALM))
    np.testing.assert_allclose(run.share_pct, [25, 50, 25], atol=1)
    np.testing.assert_allclose(
        simulate(AlbScenario(targets=3, **CALM)).share_pct, [100 / 3] * 3, atol=0.1
    )


def test_eight_targets_in_one_zone_and_two_in_another():
    ten = AlbScenario(targets=10, targets_in_zone_a=8, cross_zone=False, duration_s=900, **CALM)
    np.testing.assert_allclose(simulate(ten).share_pct, [6.25] * 8 + [25] * 2, atol=0.6)
    even = simulate(ten.replace(cross_zone=True)).share_pct
    np.testing.assert_allclose(even, [10] * 10, atol=0.1)
    assert ten.doubt == "zones differ" and ten.replace(targets_in_zone_a=5).doubt == ""


def test_the_others_are_spread_over_the_other_zones():
    six = AlbScenario(targets=6, zones=3, targets_in_zone_a=2)
    assert [six.zone_of(k) for k in range(6)] == [0, 0, 1, 2, 1, 2]


def test_errors_that_no_check_sees_go_on_until_the_end():
    outcome = simulate(AlbScenario(event="errors"))
    assert outcome.failed_pct_between(60, 300) == pytest.approx(25, abs=0.5)
    assert outcome.failed_pct_between(0, 60) < 0.1  # in flight when it broke
    back = simulate(AlbScenario(event="errors", returns_at_s=120))
    assert back.failed_pct_between(120, 300) == 0
    alone = simulate(AlbScenario(event="errors", targets=1, workers=20))
    assert alone.failed_pct_between(60, 300) == 100


def test_a_zone_without_targets_passes_its_requests_on():
    assert simulate(AlbScenario(targets=2, zones=4, cross_zone=False, **CALM)).failed == 0


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_requests_are_conserved_in_every_preset(preset):
    run = simulate(AlbScenario(**preset.values))
    assert run.answered.sum() + run.failed == run.arrival_s.size
    assert run.over_time["asked_per_s"].sum() * 3 == pytest.approx(run.arrival_s.size)
    assert run.busy_pct.max() <= 100 + 1e-9
    assert (run.requests.wait_s <= run.requests.sojourn_s + 1e-12).all()
    assert not (run.requests.status == LOST).any() or preset.values["event"] in (
        "crash",
        "hang",
        "errors",
    )


def test_moving_one_slider_keeps_the_other_draws():
    base, faster = simulate(AlbScenario()), simulate(AlbScenario(service_ms=50.0))
    assert (base.arrival_s == faster.arrival_s).all()
    np.testing.assert_allclose(base.work_s, 2 * faster.work_s)


def test_doubling_every_rate_halves_every_time():
    base = simulate(AlbScenario(duration_s=600, **CALM))
    twice = simulate(AlbScenario(duration_s=300, requests_per_s=200.0, service_ms=50.0, **CALM))
    np.testing.assert_allclose(base.latency_ms, 2 * twice.latency_ms)


def test_the_same_scenario_gives_the_same_bits():
    one, two = (answer(AlbScenario(seed=7)) for _ in range(2))
    assert one.summary == two.summary and str(one) == str(two)
    assert one.summary != answer(AlbScenario(seed=8)).summary


# --- against theory


def test_simulation_agrees_with_erlang():
    off = against_erlang()[["off", "off "]].map(lambda text: abs(float(text.rstrip(" %"))))
    assert off.loc["weighted_random"].to_numpy().max() < 1.0
    assert off.loc["least_outstanding_requests"].to_numpy().max() < 2.5


def test_the_curve_of_theory_is_its_quantile():
    alb = AlbScenario(**CALM)
    alone, pooled = erlang_ms(alb, 100.0, np.array([2.0, 10.0, 100.0, 1000.0]))
    for share, one, all_ in zip((0.5, 0.9, 0.99, 0.999), alone, pooled, strict=True):
        assert one == pytest.approx(
            1000 * theory.mmc_sojourn_quantile_s(share, 25, 0.1, 4), rel=2e-3
        )
        assert all_ == pytest.approx(
            1000 * theory.mmc_sojourn_quantile_s(share, 100, 0.1, 16), rel=2e-3
        )


def test_there_is_no_theory_of_an_overload():
    alone, _ = erlang_ms(AlbScenario(), 161.0, np.array([2.0]))
    assert np.isnan(alone).all()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (CALM, ""),
        ({}, "a target is lost"),
        ({**CALM, "service_times": "pareto"}, "pareto service"),
        ({**CALM, "pattern": "day"}, "the rate varies"),
        ({**CALM, "slow_target_pct": 50.0}, "targets differ"),
        ({**CALM, "requests_per_s": 159.0}, "no steady state"),
    ],
)
def test_where_theory_fails_the_panel_says_so(values, reason):
    panel = answer(AlbScenario(**values)).panels[3]
    assert [text for _, _, text in panel.doubtful] == ([f"theory: {reason}"] if reason else [])


# --- what is said


def test_why_says_what_happened():
    said = answer(AlbScenario()).why
    assert "health checks take 60 s to see it" in said
    assert "25 % of all requests fail" in said
    assert "83 % of what the other 3 can serve" in said
    drowned = answer(AlbScenario(requests_per_s=128.0)).why
    assert "128 requests/s meet a capacity of 120 without target 1." in drowned
    assert "The queue still grows when the run ends" in drowned
    slow = answer(AlbScenario(slow_target_pct=40.0, **CALM)).why
    assert "But target 1 gets 15" in slow


# what each preset's sentence must say, and must not
SAID = {
    "A target crashes": (
        ["misses its error goal", "health checks take 60 s to see it, and until then 25 %"],
        ["p99 goal", "still grows", "From"],
    ),
    "A target refuses at once": (
        ["until then 76 % of all requests fail"],
        ["still grows", "p99 goal"],
    ),
    "A target hangs": (
        ["Both goals are met", "takes requests and answers none", "65 s to see it"],
        ["misses", "still grows"],
    ),
    "Errors that no check sees": (
        ["it is never taken out, and until the run ends, at 300 s, 25 % of all requests fail"],
        ["health checks take", "Both goals"],
    ),
    "One of four busy targets": (
        [
            "misses its p99 goal",
            "The queue still grows when the run ends: 1,8",
            "if the load stayed",
        ],
        ["error goal", "more wait each second"],
    ),
    "Clients that try again": (
        [
            "its error goal (72 % failed, 1 % allowed)",
            "Target 1 refuses connections from 60 s on. 128 requests/s meet a capacity of 120",
            "Clients give up after 2 s and send a request 3.2 times, on average: 76 %",
            "Target 1 is back at 120 s, and in the last tenth of the run 100 % fail",
            "75,258 attempts are unfinished, 99 % of them already given up",
        ],
        ["more wait each second", "Both goals", "requests are unfinished", "0.081 %"],
    ),
    "An older instance": (["But target 1 gets 102 %"], ["error goal"]),
    "Three targets in two zones": (
        ["But target 2 gets 106 %", "653 requests are unfinished"],
        ["attempts", "error goal"],
    ),
    "Eight targets and two": (["But target 10 gets 94 %"], ["still grows", "error goal"]),
    "Draining a long request": (
        ["p99 43 s of 60 s allowed", "23 requests are cut off"],
        ["misses", "still grows"],
    ),
}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_each_presets_sentence_says_what_it_must_and_no_more(preset):
    must, must_not = SAID[preset.name]
    said = answer(AlbScenario(**preset.values)).why
    assert [words for words in must if words not in said] == []
    assert [words for words in must_not if words in said] == []


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_goals_that_a_preset_moves_are_named(preset):
    scenario = AlbScenario(**preset.values)
    said = answer(scenario).why
    if scenario.p99_goal_ms != AlbScenario().p99_goal_ms:
        assert f"{scenario.p99_goal_ms / 1000:.0f} s allowed" in said


def test_what_is_cut_off_is_counted_apart_from_what_is_turned_away():
    drain = AlbScenario(
        event="deregister",
        deregistration_delay_s=5,
        service_ms=10_000.0,
        workers=64,
        requests_per_s=25.0,
        queue_limit=0,
    )
    outcome = simulate(drain)
    causes = outcome.causes()
    assert causes["rejected"] > 0 and causes["cut"] > 0
    assert f"{causes['cut']:,} requests are cut off" in answer(drain).why


def test_a_queue_that_still_grows_does_not_hold_however_short_the_run():
    short = AlbScenario(
        requests_per_s=170.0, duration_s=60, p99_goal_ms=30_000.0, error_goal_pct=5.0, **CALM
    )
    outcome = simulate(short)
    assert outcome.meets_goals and outcome.still_grows and not outcome.holds
    said = answer(short).why
    assert said.startswith("Both goals are met so far (")
    assert "but the queue still grows" in said and "more if the load stayed as it is" in said
    option = compare(short).options[0]
    assert not option.holds and option.remark == "its queue still grows at the end"


@pytest.mark.parametrize("seed", range(6))
def test_a_queue_with_room_is_not_said_to_grow(seed):
    busy = AlbScenario(requests_per_s=144.0, seed=seed, **CALM)  # 90 %
    assert not simulate(busy).still_grows
    assert simulate(busy.replace(requests_per_s=176.0)).still_grows  # 110 %


@pytest.mark.parametrize(
    "values",
    [
        {"event": "errors", "algorithm": "least_outstanding_requests"},
        {"event": "hang", "targets": 1, "requests_per_s": 60.0},
        {"event": "none", "requests_per_s": 200.0, "queue_limit": 4},
    ],
)
def test_what_fails_or_is_turned_away_is_no_queue_that_grows(values):
    outcome = simulate(AlbScenario(**values))
    said = answer(outcome.scenario).why
    assert outcome.failed_pct > 10
    assert not outcome.still_grows and "still grows" not in said
    assert outcome.scenario.event != "errors" or "But target 1" not in said


def test_a_target_that_is_back_before_it_is_found_out_is_said_so():
    said = answer(AlbScenario(returns_at_s=90)).why
    assert "would take 60 s to see it, and until it is back, at 90 s, 25 %" in said


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_presets_run_and_say_what_to_watch(preset):
    result = answer(AlbScenario(**preset.values))
    assert preset.watch.endswith(".") and result.why
    assert all(column.size for column in result.data.values())
    assert compare(AlbScenario(**preset.values)).options


# --- the comparison


def test_what_the_comparison_claims_holds_when_simulated():
    comparison = compare(AlbScenario())
    for option in comparison.options:
        summary = answer(option.scenario).summary
        numbers = {number.name: number.value for number in option.numbers}
        assert numbers["p99_ms"] == summary["p99_ms"]
        assert option.holds == (summary["p99_ms"] <= 600 and summary["failed_pct"] <= 1)
        assert option.cost_usd_month == pytest.approx(
            summary["cost_usd_month"] + summary["targets_usd_month"]
        )
    holding = [option.cost_usd_month for option in comparison.options if option.holds]
    assert comparison.best.cost_usd_month == min(holding)
    assert comparison.best.label == "quickest health checks"


def test_the_fewest_targets_are_the_fewest():
    wanted = AlbScenario(requests_per_s=300.0, health_interval_s=5, health_timeout_s=2)
    found = fewest_targets(wanted, simulate)
    assert simulate(found).holds and not simulate(wanted.replace(targets=found.targets - 1)).holds
    assert fewest_targets(AlbScenario(p99_goal_ms=1.0), simulate) is None


def test_everything_answered_is_ok():
    run = simulate(AlbScenario(**CALM))
    assert (run.requests.status == OK).all() and run.failed_pct == 0


# --- clients that try again, and loads that were measured


def test_a_retry_saves_most_requests_from_a_crash_and_counts_from_the_first_attempt():
    crash = simulate(AlbScenario())
    again = simulate(AlbScenario(retries=2))
    assert again.failed < 0.25 * crash.failed
    assert again.request.size > again.answered.size
    saved = again.answered & (np.bincount(again.request) > 1)
    assert saved.any() and (again.requests.sojourn_s[saved] >= 1.0).all()  # after one pause


def test_impatient_clients_that_try_again_keep_a_fleet_down_after_its_target_is_back():
    outage = {"event": "deregister", "event_at_s": 60, "returns_at_s": 120}
    storm = AlbScenario(requests_per_s=128.0, patience_s=2.0, duration_s=300, **outage)
    late = {}
    for retries in (0, 3):
        run = simulate(storm.replace(retries=retries))
        late[retries] = run.answered[run.arrival_s > 200].mean()
    assert late[0] > 0.98 and late[3] < 0.9
    assert "for clients that gave up" in answer(storm.replace(retries=3)).why


def test_a_queue_limit_turns_requests_away_and_bounds_the_wait():
    over = AlbScenario(requests_per_s=200.0, **CALM)
    limited = simulate(over.replace(queue_limit=4))
    assert (
        "turned away"
        in dict((number.name, number.text) for number in answer(limited.scenario).numbers)["failed"]
    )
    assert limited.p99_ms < 0.1 * simulate(over).p99_ms
    # what is served is nearly what the fleet can serve: a short queue runs dry now and then
    assert limited.answered.sum() / 300 == pytest.approx(over.capacity_per_s, rel=0.05)


def export(tmp_path, values, period_s=300, head="timestamp,RequestCount Sum"):
    start = np.datetime64("2026-03-02T00:00:00")
    rows = [f"{start + k * period_s},{value}" for k, value in enumerate(values)]
    path = tmp_path / "export.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return str(path)


def test_a_trace_is_served_at_its_busiest(tmp_path):
    path = export(tmp_path, [300, 600, 9000, 30_000, 15_000, 300])
    alb = AlbScenario(trace=path, duration_s=600, **CALM)
    assert simulate(alb).load.per_s == pytest.approx(45_000 / 600)
    n = simulate(alb).arrival_s
    assert (n < 300).sum() == pytest.approx(30_000, rel=0.03)
    assert (n >= 300).sum() == pytest.approx(15_000, rel=0.03)
    assert any("they begin at 2026-03-02 00:15" in note for note in answer(alb).notes)
    # the bill follows the whole of it
    mean = 55_200 / 1800
    assert simulate(alb).bill.units["processed bytes"] == pytest.approx(3600 * mean * 20 / 1e6)
    twice = alb.replace(load_factor=2.0)
    assert simulate(twice).load.per_s == 2 * simulate(alb).load.per_s


@pytest.mark.parametrize(
    ("values", "head", "words"),
    [
        ([51.846, 50.1], "timestamp,value", "say trace_unit = requests or requests/s"),
        (
            [1.0, 1.0],
            "timestamp,RequestCount Average",
            "the Average of RequestCount is not its load",
        ),
        ([0, 0, 0], "timestamp,RequestCount Sum", "holds no requests"),
        ([10**9, 10**9], "timestamp,RequestCount Sum", "for less of a load, say load_factor"),
        ([5, 5], "timestamp,CPUUtilization Average", "CPUUtilization is a percentage"),
        ([5, 5], "timestamp,RequestCount Sum", "holds 600 s, less than duration_s = 900 s"),
    ],
)
def test_what_is_no_load_of_requests_is_refused(tmp_path, values, head, words):
    trace = export(tmp_path, values, head=head)
    duration_s = 900 if words.endswith("900 s") else 300
    with pytest.raises(ValueError, match=words):
        answer(AlbScenario(trace=trace, duration_s=duration_s))


def test_a_trace_says_the_rate_itself(tmp_path):
    trace = export(tmp_path, [300, 300])
    assert "load_factor does" in refusal(trace=trace, requests_per_s=50.0)
    assert "there is none" in refusal(load_factor=2.0)


def test_what_haproxy_did_stands_beside_the_model():
    table = recorded("flow hash")
    assert table.index.get_level_values("balance").unique().tolist() == ["source"]
    assert table.columns[0].startswith("HAProxy 2") and table.columns[1] == "model"
    assert len(recorded()) > len(recorded("round robin")) > 5


def test_an_export_with_hardly_a_request_is_refused(tmp_path):
    trace = tmp_path / "quiet.csv"
    trace.write_text("timestamp,RequestCount Sum\n2024-03-01,1\n2024-03-02,2\n")
    alb = section("alb")
    with pytest.raises(ScenarioError, match="percentiles need 100 or more") as refused:
        alb.simulate(alb.scenario(trace=str(trace)))
    assert refused.value.field == "trace"


# --- the moving picture


def played(name):
    scenario = AlbScenario(**next(preset.values for preset in PRESETS if preset.name == name))
    return simulate(scenario), answer(scenario)


def vessels_of(result):
    return [place for place in result.scene.places if place.level is not None]


@pytest.mark.parametrize(
    "name", ["A target hangs", "Clients that try again", "Eight targets and two"]
)
def test_a_vessel_holds_what_was_sent_to_its_targets_and_has_not_ended(name):
    """Counted again one attempt at a time, at a few moments."""
    outcome, result = played(name)
    attempts, targets = outcome.attempts, iter(range(outcome.scenario.targets))
    at = range(0, 100, 9)
    for vessel in vessels_of(result):
        many = 8 if vessel.name == "Zone a" else 2 if vessel.name == "Zone b" else 1
        members = [next(targets) for _ in range(many)]
        for second, level in zip(result.data["second"][at], vessel.level[at], strict=True):
            there = (attempts.arrival_s < second) & (attempts.end_s >= second)
            assert level == (there & np.isin(attempts.target, members)).sum()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_what_flows_to_targets_was_sent_and_what_ends_is_counted_as_in_the_plot(preset):
    outcome = simulate(AlbScenario(**preset.values))
    result = answer(outcome.scenario)
    scene, data = result.scene, result.data
    sent = sum(flow.rate for flow in scene.flows if flow.source == "ALB")
    np.testing.assert_allclose(sent, data["sent_per_s"], atol=1e-9)
    ends = {place.name: place.count for place in scene.places if place.column == 3}
    assert list(ends) == ["Answered", "Errors"]
    np.testing.assert_allclose(ends["Answered"], data["answered_per_s"], atol=1e-9)
    np.testing.assert_allclose(ends["Errors"], data["errors_per_s"], atol=1e-9)
    for end, count in ends.items():
        into = sum(flow.rate for flow in scene.flows if flow.target == end)
        if end == "Answered" or not outcome.scenario.retries:
            np.testing.assert_allclose(into, count, atol=1e-9)
        else:  # each attempt in vain is drawn
            assert (into >= count - 1e-9).all()


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_in_flight_is_what_has_arrived_at_a_target_and_not_ended(preset):
    outcome = simulate(AlbScenario(**preset.values))
    attempts, at_s = outcome.attempts, np.linspace(0.0, outcome.scenario.duration_s, 101)[::10]
    for target, level in enumerate(outcome.at_targets.unfinished):
        mine = attempts.target == target
        there = [int((mine & (attempts.arrival_s < t) & (attempts.end_s >= t)).sum()) for t in at_s]
        assert list(level[::10]) == there


def test_who_waits_at_the_clients_is_whoever_has_no_answer_and_has_not_left():
    outcome, result = played("Clients that try again")
    clients, second = result.scene.places[0].count, result.data["second"]
    requests = outcome.requests
    for i in (0, 30, 50, 99):
        there = (requests.arrival_s <= second[i]) & (requests.end_s > second[i])
        assert clients[i] == there.sum()


def test_a_storms_picture_says_what_its_sentence_says():
    outcome, result = played("Clients that try again")
    said = [text for _, text in result.scene.words]
    assert [at for at, _ in result.scene.words] == [0, 60, 70, 81, 120]
    assert f"to {result.summary['outstanding_at_end']:,}." in said[-1]
    assert f"{outcome.failed_pct_between(81, 120):.0f} % fail" in said[3]
    assert all("within the 2 s that clients wait" in text for text in said[3:])
    full = vessels_of(result)[1]
    assert full.capacity == 2 * 40  # two seconds of work
    over = np.max([vessel.level > vessel.capacity for vessel in vessels_of(result)], axis=0)
    assert result.data["second"][over.argmax()] == 81
    assert [state[2] for state in vessels_of(result)[0].states] == ["", "refuses", "taken out", ""]
    (again,) = (flow for flow in result.scene.flows if flow.back)
    np.testing.assert_allclose(again.rate, result.data["sent_per_s"] - result.data["asked_per_s"])


def test_a_target_that_is_back_before_it_is_found_out_is_not_shown_as_taken_out():
    result = answer(AlbScenario(returns_at_s=90))
    assert [text for _, text in result.scene.events] == ["crash", "back"]
    assert result.panels[0].events == result.scene.events
    assert [state[2] for state in vessels_of(result)[0].states] == ["", "refuses", ""]


def test_a_drained_target_is_gone_when_its_delay_is_over():
    _, result = played("Draining a long request")
    states = vessels_of(result)[0].states
    assert [(at, word) for at, _, word in states] == [(0, ""), (60, "draining"), (65, "drained")]
    assert vessels_of(result)[0].level[22:].max() == 0


def test_a_calm_run_says_that_all_serve():
    scene = answer(AlbScenario(**CALM)).scene
    assert [text for _, text in scene.words] == ["4 targets serve."] and not scene.events
    alone = answer(AlbScenario(targets=1, requests_per_s=10.0, **CALM)).scene
    assert [text for _, text in alone.words] == ["1 target serves."]
