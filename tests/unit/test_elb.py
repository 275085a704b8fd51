import numpy as np
import pytest

from awsnb import facts, theory
from awsnb.mechanisms.queueing import CUT, LOST, OK
from awsnb.scenario import ScenarioError
from awsnb.services.elb import (
    ALB_PRESETS,
    NLB_PRESETS,
    AlbScenario,
    Inbound,
    NlbScenario,
    against_binomial,
    against_erlang,
    budget,
    compare_alb,
    compare_nlb,
    reaches,
    recorded,
    rule_limits,
    simulate_alb,
    simulate_nlb,
)
from awsnb.services.elb.options import fewest_targets
from awsnb.services.elb.path import NLB_TCP, NLB_TLS
from awsnb.services.elb.told import theory_ms
from awsnb.services.elb.traffic import Run

ELB = facts.load("elb")
CALM = {"event": "none"}


def refusal(scenario=AlbScenario, **values):
    with pytest.raises(ScenarioError) as caught:
        scenario(**values)
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
        ({"event": "none", "event_at_s": 10}, "it is for crash, hang, deregister"),
        ({"event_at_s": 60, "returns_at_s": 60}, "must be after the event, at 60 s"),
        ({"event": "deregister", "targets": 1}, "deregistering the only target"),
        ({"peak_factor": 2.0}, "it is for bursty, day"),
    ],
)
def test_what_aws_refuses_is_refused_with_its_rule(values, rule):
    assert rule in refusal(**values)


def test_defaults_that_are_left_out_are_those_of_aws():
    alb = AlbScenario()
    assert alb.checks == (30, 2) and alb.detected_after_s == 60
    assert alb.replace(event="hang").detected_after_s == 65
    assert alb.replace(event="deregister").delay_s == 300
    assert rule_limits() == (3, 5, 5, 128, 50_000, 5, 999)


# --- the load and the failure


def test_capacity_and_load_by_hand():
    alb = AlbScenario(targets=4, workers=4, service_ms=100.0, requests_per_s=100.0)
    assert (alb.capacity_per_s, alb.load_pct) == (160, 62.5)
    assert alb.replace(slow_target_pct=50.0).capacity_per_s == 140


@pytest.mark.parametrize("pattern", ["poisson", "bursty", "day"])
def test_every_pattern_has_the_rate_it_was_asked_for(pattern):
    n = Run.of(AlbScenario(pattern=pattern, duration_s=900)).arrival_s.size
    assert n == pytest.approx(90_000, rel=0.1 if pattern == "bursty" else 0.01)


def test_a_crash_costs_its_share_until_health_checks_have_counted():
    run = Run.of(AlbScenario())
    rates = run.over_time
    assert rates["errors_per_s"][:19].sum() == 0 and rates["errors_per_s"][41:].sum() == 0
    assert rates["errors_per_s"][20:40].mean() == pytest.approx(25, rel=0.05)
    assert run.failed == pytest.approx(0.25 * 60 * 100, rel=0.05)


def test_a_target_that_refuses_is_a_black_hole_to_least_outstanding():
    crash = AlbScenario(event="crash")
    black_hole = Run.of(crash.replace(algorithm="least_outstanding_requests"))
    assert black_hole.failed > 2.5 * Run.of(crash).failed


def test_least_outstanding_steers_around_a_target_that_hangs():
    hang = AlbScenario(event="hang")
    steered = Run.of(hang.replace(algorithm="least_outstanding_requests"))
    assert steered.failed < 0.05 * Run.of(hang).failed


def test_with_one_target_the_balancer_fails_open():
    alone = Run.of(AlbScenario(targets=1, workers=20, event="crash"))
    assert not alone.answered[alone.arrival_s >= 60].any()
    assert (alone.outcome.target == 0).all()


def test_draining_cuts_off_what_outlasts_the_delay():
    slow = {"event": "deregister", "service_ms": 10_000.0, "workers": 64, "requests_per_s": 15.0}
    cut = [
        int((Run.of(AlbScenario(**slow, deregistration_delay_s=s)).outcome.status == CUT).sum())
        for s in (0, 5, 20, 300)
    ]
    assert cut == sorted(cut, reverse=True) and cut[0] > cut[1] > 0 and cut[3] == 0


def test_a_target_that_returns_serves_again_and_slow_start_spares_it():
    back = AlbScenario(event="deregister", event_at_s=30, returns_at_s=60, requests_per_s=60.0)
    early = (Run.of(back).arrival_s >= 60) & (Run.of(back).arrival_s < 70)
    sent = [
        int((Run.of(back.replace(slow_start_s=s)).outcome.target[early] == 0).sum())
        for s in (None, 60)
    ]
    assert sent[1] < 0.3 * sent[0]
    assert (Run.of(back).outcome.target[Run.of(back).arrival_s > 60] == 0).mean() > 0.2


def test_cross_zone_off_gives_each_zone_its_half():
    run = Run.of(AlbScenario(targets=3, cross_zone=False, **CALM))
    np.testing.assert_allclose(run.by_target[0], [25, 50, 25], atol=1)
    np.testing.assert_allclose(
        Run.of(AlbScenario(targets=3, **CALM)).by_target[0], [100 / 3] * 3, atol=0.1
    )


def test_a_zone_without_targets_passes_its_requests_on():
    assert Run.of(AlbScenario(targets=2, zones=4, cross_zone=False, **CALM)).failed == 0


@pytest.mark.parametrize("preset", ALB_PRESETS, ids=lambda preset: preset.name)
def test_requests_are_conserved_in_every_preset(preset):
    run = Run.of(AlbScenario(**preset.values))
    assert run.answered.sum() + run.failed == run.arrival_s.size
    assert run.over_time["asked_per_s"].sum() * 3 == pytest.approx(run.arrival_s.size)
    assert run.by_target[1].max() <= 100 + 1e-9
    assert (run.outcome.wait_s <= run.outcome.sojourn_s + 1e-12).all()
    assert not (run.outcome.status == LOST).any() or preset.values["event"] in ("crash", "hang")


def test_moving_one_slider_keeps_the_other_draws():
    base, faster = Run.of(AlbScenario()), Run.of(AlbScenario(service_ms=50.0))
    assert (base.arrival_s == faster.arrival_s).all()
    np.testing.assert_allclose(base.work_s, 2 * faster.work_s)


def test_doubling_every_rate_halves_every_time():
    base = Run.of(AlbScenario(duration_s=600, **CALM))
    twice = Run.of(AlbScenario(duration_s=300, requests_per_s=200.0, service_ms=50.0, **CALM))
    np.testing.assert_allclose(base.latency_ms, 2 * twice.latency_ms)


def test_the_same_scenario_gives_the_same_bits():
    one, two = (simulate_alb(AlbScenario(seed=7)) for _ in range(2))
    assert one.summary == two.summary and str(one) == str(two)
    assert one.summary != simulate_alb(AlbScenario(seed=8)).summary


# --- against theory


def test_simulation_agrees_with_erlang():
    off = against_erlang()[["off", "off "]].map(lambda text: abs(float(text.rstrip(" %"))))
    assert off.loc["weighted_random"].to_numpy().max() < 1.0
    assert off.loc["least_outstanding_requests"].to_numpy().max() < 2.5


def test_the_curve_of_theory_is_its_quantile():
    alb = AlbScenario(**CALM)
    alone, pooled = theory_ms(alb, np.array([2.0, 10.0, 100.0, 1000.0]))
    for share, one, all_ in zip((0.5, 0.9, 0.99, 0.999), alone, pooled, strict=True):
        assert one == pytest.approx(
            1000 * theory.mmc_sojourn_quantile_s(share, 25, 0.1, 4), rel=2e-3
        )
        assert all_ == pytest.approx(
            1000 * theory.mmc_sojourn_quantile_s(share, 100, 0.1, 16), rel=2e-3
        )


def test_there_is_no_theory_of_an_overload():
    alone, _ = theory_ms(AlbScenario(requests_per_s=161.0), np.array([2.0]))
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
    panel = simulate_alb(AlbScenario(**values)).panels[3]
    assert [text for _, _, text in panel.doubtful] == ([f"theory: {reason}"] if reason else [])


# --- the way


def test_round_trips_by_hand():
    args = {"rtt_ms": 100.0, "target_ms": 0.0, "crossing": 0.0}
    trips = {
        (tls, new, resumed): round(
            budget("ALB", tls=tls, new=new, resumed=resumed, **args).total_ms / 100
        )
        for tls in ("none", "1.2", "1.3")
        for new in (True, False)
        for resumed in (True, False)
    }
    assert trips["none", True, False] == 2
    assert trips["1.2", True, False] == 4
    assert trips["1.2", True, True] == trips["1.3", True, True] == 3
    assert trips["1.3", True, False] == 3
    assert {n for (_, new, _), n in trips.items() if not new} == {1}


def test_budget_of_each_balancer_by_hand():
    same = ELB.value("path", "same_zone_round_trip")
    kept = {"rtt_ms": 40.0, "tls": "1.3", "target_ms": 20.0, "new": False, "crossing": 0.0}
    assert budget("ALB", **kept).total_ms == pytest.approx(40 + 20 + 2 + same)
    assert budget(NLB_TCP, **kept).total_ms == pytest.approx(40 + 20 + 0.2 + same)
    new = budget(NLB_TCP, **{**kept, "new": True})
    assert new.tcp_ms == pytest.approx(40 + same + 0.2)
    assert new.tls_ms == pytest.approx(40 + same + 0.2 + 1)
    assert budget(NLB_TLS, **{**kept, "new": True}).balancer_ms == pytest.approx(2 * same + 0.2)


def test_the_notes_400_and_100_ms_are_a_new_and_a_kept_connection():
    far = {"rtt_ms": 100.0, "tls": "1.2", "target_ms": 1.0}
    assert budget("ALB", **far).total_ms == pytest.approx(400, rel=0.03)
    assert budget("ALB", **far, new=False).total_ms == pytest.approx(100, rel=0.05)
    apart = budget("ALB", **far).total_ms - budget(NLB_TCP, **far).total_ms
    assert abs(apart) < 3


# --- the bill


@pytest.mark.parametrize(
    ("values", "units", "dimension"),
    [
        ({}, 7.2, "processed bytes"),
        ({"kb_per_request": 2.0, "requests_per_connection": 1.0}, 4.0, "new connections"),
        (
            {"kb_per_request": 2.0, "requests_per_connection": 1.0, "connection_s": 600.0},
            20.0,
            "active connections",
        ),
        ({"kb_per_request": 2.0, "rules": 60}, 5.0, "rule evaluations"),
    ],
)
def test_units_are_the_largest_dimension(values, units, dimension):
    bill = AlbScenario(**values).bill
    assert bill.billed_units == pytest.approx(units)
    assert bill.dimension == dimension
    assert bill.usd_month == pytest.approx(730 * (0.0225 + 0.008 * units))


# --- who may knock


def test_only_the_load_balancers_group_reaches_the_instances():
    groups = {"alb": (Inbound(80, "0.0.0.0/0"),), "web": (Inbound(80, "alb"),)}
    assert reaches("1.2.3.4", (), 80, ("alb",), groups)
    assert not reaches("1.2.3.4", (), 80, ("web",), groups)
    assert reaches("10.0.0.9", ("alb",), 80, ("web",), groups)
    assert not reaches("10.0.0.9", ("alb",), 443, ("web",), groups)
    assert not reaches("10.0.0.9", ("web",), 80, ("web",), groups)


# --- what is said


def test_why_says_what_happened():
    said = simulate_alb(AlbScenario()).why
    assert "health checks take 60 s to see it" in said
    assert "25 % of all requests fail" in said
    assert "83 % of what the other 3 can serve" in said
    drowned = simulate_alb(AlbScenario(requests_per_s=128.0)).why
    assert "capacity of 120 without target 1: 8 more wait each second" in drowned
    slow = simulate_alb(AlbScenario(slow_target_pct=40.0, **CALM)).why
    assert "But target 1 gets 15" in slow


@pytest.mark.parametrize("preset", ALB_PRESETS, ids=lambda preset: preset.name)
def test_presets_run_and_say_what_to_watch(preset):
    result = simulate_alb(AlbScenario(**preset.values))
    assert preset.watch.endswith(".") and result.why
    assert all(column.size for column in result.data.values())
    assert compare_alb(AlbScenario(**preset.values)).options


# --- the comparison


def test_what_the_comparison_claims_holds_when_simulated():
    comparison = compare_alb(AlbScenario())
    for option in comparison.options:
        summary = simulate_alb(option.scenario).summary
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
    wanted = AlbScenario(requests_per_s=300.0, health_interval_s=5)
    found = fewest_targets(wanted)
    assert Run.of(found).holds and not Run.of(wanted.replace(targets=found.targets - 1)).holds
    assert fewest_targets(AlbScenario(p99_goal_ms=1.0)) is None


def test_everything_answered_is_ok():
    run = Run.of(AlbScenario(**CALM))
    assert (run.outcome.status == OK).all() and run.failed_pct == 0


# --- the network load balancer

EVEN = {"connections": 4000, "cross_zone": True}


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"event": "crash"}, "must be one of none, hang, deregister"),
        ({"listener": "QUIC"}, "must be one of TCP, UDP, TLS"),
        ({"connections": 0}, "from 1 to 5,000 connections"),
        ({"returns_at_s": 10}, "must be after the event"),
        ({"event": "deregister", "health_interval_s": 10}, "it is for crash, hang"),
    ],
)
def test_what_an_nlb_refuses(values, rule):
    assert rule in refusal(NlbScenario, **values)


def test_a_connection_keeps_its_target():
    nlb = NlbScenario(event="none", connections=40)
    run = Run.of(nlb)
    flows = nlb.flows(run.arrival_s)[40:]
    assert set(flows) == set(range(40))
    for flow in range(40):
        assert np.unique(run.outcome.target[flows == flow]).size == 1


def test_connections_that_end_are_hashed_anew():
    nlb = NlbScenario(event="none", connections=8, connection_s=10.0, cross_zone=True)
    flows = nlb.flows(Run.of(nlb).arrival_s)
    assert np.unique(flows).size == pytest.approx(8 * 31, abs=16)
    lasting = Run.of(nlb.replace(connection_s=3600.0)).by_target[0]
    assert np.ptp(Run.of(nlb).by_target[0]) < np.ptp(lasting)


def test_the_heaviest_connection_brings_its_share():
    nlb = NlbScenario(event="none", connections=10, heaviest_pct=40.0)
    flows = nlb.flows(Run.of(nlb).arrival_s)[10:]
    np.testing.assert_allclose(np.bincount(flows) / flows.size, [0.46] + [0.06] * 9, atol=0.01)


def test_shares_spread_as_dice():
    table = against_binomial().map(lambda text: float(text.rstrip(" %")))
    np.testing.assert_allclose(table["spread, simulated"], table["spread, binomial"], rtol=0.05)
    np.testing.assert_allclose(table["none, simulated"], table["none, binomial"], atol=1.5)


def test_many_connections_come_to_erlangs_formula():
    found = [
        Run.of(NlbScenario(**{**EVEN, "connections": 5000}, event="none", duration_s=900, seed=s))
        for s in range(4)
    ]
    alone, _ = theory_ms(found[0].scenario, np.array([100.0]))
    assert np.mean([run.p99_ms for run in found]) == pytest.approx(alone[0], rel=0.05)


def test_connections_of_a_dead_target_spread_over_the_others():
    nlb = NlbScenario(**EVEN, event="hang")
    assert nlb.detected_after_s == 70
    run = Run.of(nlb)
    late = run.arrival_s >= nlb.event_s + nlb.detected_after_s
    shares = np.bincount(run.outcome.target[late], minlength=4) / late.sum()
    np.testing.assert_allclose(shares, [0, 1 / 3, 1 / 3, 1 / 3], atol=0.03)
    assert run.answered[late].all()


def test_a_drained_target_keeps_its_connections_unless_they_are_closed():
    nlb = NlbScenario(**EVEN, event="deregister", event_at_s=30, deregistration_delay_s=60)
    late = Run.of(nlb).arrival_s > 200
    assert (Run.of(nlb).outcome.target[late] == 0).mean() > 0.2
    closed = Run.of(nlb.replace(after_delay="close connections"))
    assert (closed.outcome.target[late] == 0).sum() == 0
    between = (closed.arrival_s > 30) & (closed.arrival_s < 90)
    assert (closed.outcome.target[between] == 0).mean() > 0.2
    assert "its connections go on" in simulate_nlb(nlb).why


def test_zones_without_cross_zone_get_half_each():
    run = Run.of(NlbScenario(targets=3, connections=5000, event="none"))
    np.testing.assert_allclose(run.by_target[0], [25, 50, 25], atol=2)


@pytest.mark.parametrize(
    ("values", "units", "usd"),
    [
        ({}, 7.2, 730 * (0.0225 + 0.006 * 7.2)),
        (
            {"listener": "TLS", "connections": 5000, "connection_s": 5.0, "kb_per_request": 2.0},
            20.0,
            730 * (0.0225 + 0.006 * 20),
        ),
        (
            {"listener": "UDP", "connections": 5000, "connection_s": 5.0, "kb_per_request": 2.0},
            2.5,
            730 * (0.0225 + 0.006 * 2.5),
        ),
        ({"cross_zone": True}, 7.2, 730 * (0.0225 + 0.006 * 7.2 + 7.2 / 2 * 0.02)),
    ],
)
def test_nlb_bills_by_hand(values, units, usd):
    bill = NlbScenario(**values).bill
    assert bill.billed_units == pytest.approx(units)
    assert bill.usd_month == pytest.approx(usd)


@pytest.mark.parametrize("preset", NLB_PRESETS, ids=lambda preset: preset.name)
def test_nlb_presets_run_and_conserve_requests(preset):
    scenario = NlbScenario(**preset.values)
    result, run = simulate_nlb(scenario), Run.of(scenario)
    assert preset.watch.endswith(".") and result.why
    assert run.answered.sum() + run.failed == run.arrival_s.size


def test_what_the_comparison_of_nlbs_claims_holds_when_simulated():
    comparison = compare_nlb(NlbScenario())
    assert comparison.best.label == "an ALB, least_outstanding_requests"
    for option in comparison.options:
        simulate = simulate_alb if isinstance(option.scenario, AlbScenario) else simulate_nlb
        summary = simulate(option.scenario).summary
        assert option.holds == (summary["p99_ms"] <= 600 and summary["failed_pct"] <= 1)


def test_what_the_presets_of_nlbs_say():
    few, many, heavy, *_ = (Run.of(NlbScenario(**preset.values)) for preset in NLB_PRESETS)
    assert few.by_target[0].max() > 37 and few.by_target[0].min() == 0
    np.testing.assert_allclose(many.by_target[0], 25, atol=2.5)
    more = Run.of(heavy.scenario.replace(targets=12))
    assert not heavy.holds and not more.holds


# --- clients that try again, and loads that were measured


def test_a_retry_saves_most_requests_from_a_crash_and_counts_from_the_first_attempt():
    crash = Run.of(AlbScenario())
    again = Run.of(AlbScenario(retries=2))
    assert again.failed < 0.25 * crash.failed
    assert again.request.size > again.answered.size
    saved = again.answered & (np.bincount(again.request) > 1)
    assert saved.any() and (again.outcome.sojourn_s[saved] >= 1.0).all()  # after one pause


def test_impatient_clients_that_try_again_keep_a_fleet_down_after_its_target_is_back():
    outage = {"event": "deregister", "event_at_s": 60, "returns_at_s": 120}
    storm = AlbScenario(requests_per_s=128.0, patience_s=2.0, duration_s=300, **outage)
    late = {}
    for retries in (0, 3):
        run = Run.of(storm.replace(retries=retries))
        late[retries] = run.answered[run.arrival_s > 200].mean()
    assert late[0] > 0.98 and late[3] < 0.9
    assert "for clients that gave up" in simulate_alb(storm.replace(retries=3)).why


def test_a_queue_limit_turns_requests_away_and_bounds_the_wait():
    over = AlbScenario(requests_per_s=200.0, **CALM)
    limited = Run.of(over.replace(queue_limit=4))
    assert (
        "turned away"
        in dict((number.name, number.text) for number in simulate_alb(limited.scenario).numbers)[
            "failed"
        ]
    )
    assert limited.p99_ms < 0.1 * Run.of(over).p99_ms
    # what is served is nearly what the fleet can serve: a short queue runs dry now and then
    assert limited.answered.sum() / 300 == pytest.approx(over.capacity_per_s, rel=0.05)


def export(tmp_path, values, period_s=300, head="timestamp,value"):
    start = np.datetime64("2026-03-02T00:00:00")
    rows = [f"{start + k * period_s},{value}" for k, value in enumerate(values)]
    path = tmp_path / "export.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return str(path)


def test_a_trace_is_served_at_its_busiest(tmp_path):
    path = export(tmp_path, [300, 600, 9000, 30_000, 15_000, 300])
    alb = AlbScenario(trace=path, duration_s=600, **CALM)
    assert alb.offered_per_s == pytest.approx(45_000 / 600)
    n = Run.of(alb).arrival_s
    assert (n < 300).sum() == pytest.approx(30_000, rel=0.03)
    assert (n >= 300).sum() == pytest.approx(15_000, rel=0.03)
    assert any("they begin at 2026-03-02 00:15" in note for note in simulate_alb(alb).notes)
    # the bill follows the whole of it
    mean = 55_200 / 1800
    assert alb.bill.units["processed bytes"] == pytest.approx(3600 * mean * 20 / 1e6)
    twice = alb.replace(load_factor=2.0)
    assert twice.offered_per_s == 2 * alb.offered_per_s


@pytest.mark.parametrize(
    ("values", "head", "words"),
    [
        ([51.846, 50.1], "timestamp,value", "holds 51.846, and requests are counted in whole"),
        ([1.0, 1.0], "timestamp,RequestCount Average", "the Average of RequestCount says nothing"),
        ([0, 0, 0], "timestamp,value", "holds no requests"),
        ([10**9, 10**9], "timestamp,value", "Bytes are no requests"),
        ([5, 5], "timestamp,CPUUtilization Average", "CPUUtilization is no count of requests"),
        ([5, 5], "timestamp,value", "holds 600 s, less than duration_s = 900 s"),
    ],
)
def test_what_is_no_load_of_requests_is_refused(tmp_path, values, head, words):
    trace = export(tmp_path, values, head=head)
    duration_s = 900 if values == [5, 5] and head.endswith("value") else 300
    with pytest.raises(ScenarioError, match=words):
        simulate_alb(AlbScenario(trace=trace, duration_s=duration_s))


def test_a_trace_says_the_rate_itself(tmp_path):
    trace = export(tmp_path, [300, 300])
    assert "load_factor does" in refusal(trace=trace, requests_per_s=50.0)
    assert "there is none" in refusal(load_factor=2.0)


def test_what_haproxy_did_stands_beside_the_model():
    table = recorded("flow hash")
    assert table.index.get_level_values("balance").unique().tolist() == ["source"]
    assert table.columns[0].startswith("HAProxy 2") and table.columns[1] == "model"
    assert len(recorded()) > len(recorded("round robin")) > 5
