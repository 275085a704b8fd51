import numpy as np
import pytest

from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections._balancing.panels import erlang_ms
from awsnb.sections.nlb.flows import flows_of
from awsnb.sections.nlb.options import compare
from awsnb.sections.nlb.presets import PRESETS
from awsnb.sections.nlb.scenario import NlbScenario
from awsnb.sections.nlb.simulate import simulate
from awsnb.sections.nlb.truth import against_binomial

answer = section("nlb").simulate


def refusal(**values):
    with pytest.raises(ScenarioError) as caught:
        NlbScenario(**values)
    return str(caught.value)


EVEN = {"connections": 4000, "cross_zone": True}


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"event": "crash"}, "must be one of none, hang, errors, deregister"),
        ({"listener": "QUIC"}, "must be one of TCP, UDP, TLS"),
        ({"connections": 0}, "from 1 to 5,000 connections"),
        ({"returns_at_s": 10}, "must be after the event"),
        ({"event": "deregister", "health_interval_s": 10}, "it is for crash, hang"),
        ({"health_interval_s": 10}, "health_timeout_s = 10 s (AWS's default)"),
        ({"after_delay": "keep connections"}, "it is for deregister"),
    ],
)
def test_what_an_nlb_refuses(values, rule):
    assert rule in refusal(**values)


def test_a_connection_keeps_its_target():
    nlb = NlbScenario(event="none", connections=40)
    run = simulate(nlb)
    flows = flows_of(nlb, run.arrival_s).of_request
    assert set(flows) == set(range(40))
    for flow in range(40):
        assert np.unique(run.requests.target[flows == flow]).size == 1


def test_connections_that_end_are_hashed_anew():
    nlb = NlbScenario(event="none", connections=8, connection_s=10.0, cross_zone=True)
    flows = np.concatenate(flows_of(nlb, simulate(nlb).arrival_s))
    assert np.unique(flows).size == pytest.approx(8 * 31, abs=16)
    lasting = simulate(nlb.replace(connection_s=3600.0)).share_pct
    assert np.ptp(simulate(nlb).share_pct) < np.ptp(lasting)


def test_the_heaviest_connection_brings_its_share():
    nlb = NlbScenario(event="none", connections=10, heaviest_pct=40.0)
    flows = flows_of(nlb, simulate(nlb).arrival_s).of_request
    np.testing.assert_allclose(np.bincount(flows) / flows.size, [0.46] + [0.06] * 9, atol=0.01)


def test_shares_spread_as_dice():
    table = against_binomial().map(lambda text: float(text.rstrip(" %")))
    np.testing.assert_allclose(table["spread, simulated"], table["spread, binomial"], rtol=0.05)
    np.testing.assert_allclose(table["none, simulated"], table["none, binomial"], atol=1.5)


def test_many_connections_come_to_erlangs_formula():
    found = [
        simulate(NlbScenario(**{**EVEN, "connections": 5000}, event="none", duration_s=900, seed=s))
        for s in range(4)
    ]
    alone, _ = erlang_ms(found[0].scenario, 100.0, np.array([100.0]))
    assert np.mean([run.p99_ms for run in found]) == pytest.approx(alone[0], rel=0.05)


def test_connections_of_a_dead_target_spread_over_the_others():
    nlb = NlbScenario(**EVEN, event="hang")
    assert nlb.detected_after_s == 70
    run = simulate(nlb)
    late = run.arrival_s >= nlb.event_s + nlb.detected_after_s
    shares = np.bincount(run.requests.target[late], minlength=4) / late.sum()
    np.testing.assert_allclose(shares, [0, 1 / 3, 1 / 3, 1 / 3], atol=0.03)
    assert run.answered[late].all()


def test_a_drained_target_keeps_its_connections_unless_they_are_closed():
    nlb = NlbScenario(**EVEN, event="deregister", event_at_s=30, deregistration_delay_s=60)
    late = simulate(nlb).arrival_s > 200
    assert (simulate(nlb).requests.target[late] == 0).mean() > 0.2
    closed = simulate(nlb.replace(after_delay="close connections"))
    assert (closed.requests.target[late] == 0).sum() == 0
    between = (closed.arrival_s > 30) & (closed.arrival_s < 90)
    assert (closed.requests.target[between] == 0).mean() > 0.2
    assert "its connections go on" in answer(nlb).why


def test_zones_without_cross_zone_get_half_each():
    run = simulate(NlbScenario(targets=3, connections=5000, event="none"))
    np.testing.assert_allclose(run.share_pct, [25, 50, 25], atol=2)


def test_data_that_crosses_zones_is_billed():
    within, across = (simulate(NlbScenario(cross_zone=on)).bill for on in (False, True))
    assert within.crossing_usd_month == 0
    assert across.crossing_usd_month == pytest.approx(730 * 7.2 / 2 * 0.02)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_nlb_presets_run_and_conserve_requests(preset):
    scenario = NlbScenario(**preset.values)
    result, run = answer(scenario), simulate(scenario)
    assert preset.watch.endswith(".") and result.why
    assert run.answered.sum() + run.failed == run.arrival_s.size


def test_what_the_comparison_of_nlbs_claims_holds_when_simulated():
    comparison = compare(NlbScenario())
    assert comparison.best.label == "an ALB, least_outstanding_requests"
    for option in comparison.options:
        slug = "alb" if option.label.startswith("an ALB") else "nlb"
        summary = section(slug).simulate(option.scenario).summary
        assert option.holds == (summary["p99_ms"] <= 600 and summary["failed_pct"] <= 1)


# what each preset's sentence must say, and must not
SAID = {
    "Eight connections": (
        ["But target 4 gets 157 %", "The queue still grows when the run ends"],
        ["error goal", "attempts"],
    ),
    "Thousands of connections": (["Both goals are met: p99 489 ms of 600 ms"], ["But target"]),
    "One heavy client": (["But target 3 gets 136 %", "still grows"], ["error goal"]),
    "A host dies without a word": (
        ["health checks take 70 s to see it, and until then 27 %"],
        ["still grows", "But target"],
    ),
    "Three targets in two zones": (["But target 2 gets 105 %", "still grows"], ["error goal"]),
    "UDP is closed when drained": (
        ["1 request is cut off", "the other 3"],
        ["its connections go on", "error goal"],
    ),
    "TCP is drained": (
        ["its connections go on", "it still gets 24 % of all requests"],
        ["cut off", "the other 3"],
    ),
}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_each_presets_sentence_says_what_it_must_and_no_more(preset):
    must, must_not = SAID[preset.name]
    said = answer(NlbScenario(**preset.values)).why
    assert [words for words in must if words not in said] == []
    assert [words for words in must_not if words in said] == []


@pytest.mark.parametrize(
    ("listener", "after_delay", "late_pct"),
    [
        ("TCP", "by protocol", 25),
        ("TLS", "by protocol", 25),
        ("UDP", "by protocol", 0),
        ("UDP", "keep connections", 25),
        ("TCP", "close connections", 0),
    ],
)
def test_what_is_left_after_draining_goes_by_protocol(listener, after_delay, late_pct):
    drained = NlbScenario(
        **EVEN,
        listener=listener,
        event="deregister",
        event_at_s=30,
        deregistration_delay_s=60,
        after_delay=after_delay,
    )
    assert simulate(drained).late_share_pct == pytest.approx(late_pct, abs=2)
    notes = " ".join(answer(drained).notes)
    assert ("a new UDP target group closes" in notes) == (
        (listener, after_delay) == ("UDP", "by protocol")
    )


def test_an_unhealthy_targets_connections_are_told_by_protocol():
    tcp, udp = (" ".join(answer(NlbScenario(listener=kind)).notes) for kind in ("TCP", "UDP"))
    assert "are reset, as TCP and TLS connections are by default" in tcp
    assert "re:Post" in udp and "disputed" in udp and "reset" not in udp


def test_udp_cannot_go_through_an_alb():
    labels = [option.label for option in compare(NlbScenario(listener="UDP")).options]
    assert not any("ALB" in label for label in labels)


def test_errors_behind_a_tcp_check_go_on_for_the_connections_that_are_there():
    outcome = simulate(NlbScenario(**EVEN, event="errors"))
    assert outcome.failed_pct_between(60, 300) == pytest.approx(25, abs=2)
    assert "it is never taken out" in answer(outcome.scenario).why


def test_quickest_checks_keep_aws_rule():
    options = {option.label: option.scenario for option in compare(NlbScenario()).options}
    check = options["quickest health checks"].health_check
    assert check == (5, 2, 2)


def test_what_the_presets_of_nlbs_say():
    few, many, heavy, *_ = (simulate(NlbScenario(**preset.values)) for preset in PRESETS)
    assert few.share_pct.max() > 37 and few.share_pct.min() == 0
    np.testing.assert_allclose(many.share_pct, 25, atol=2.5)
    more = simulate(heavy.scenario.replace(targets=12))
    assert not heavy.holds and not more.holds


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_its_vessels_say_how_many_connections_each_target_has(preset):
    """Counted again request by request: before anything is reset, and after."""
    scenario = NlbScenario(**preset.values)
    outcome = simulate(scenario)
    assert [int(one.connections.sum()) for one in outcome.opened] == [scenario.connections] * len(
        outcome.opened
    )
    vessels = [place for place in answer(scenario).scene.places if place.level is not None]
    first = [place.states[0][2].split()[0].replace(",", "") for place in vessels]
    assert list(map(int, first)) == outcome.opened[0].connections.tolist()
    if scenario.connections == 8:  # as the requests went that came over them
        flows = flows_of(scenario, outcome.arrival_s)
        went = dict(zip(flows.of_request.tolist(), outcome.requests.target.tolist(), strict=True))
        assert np.bincount(list(went.values()), minlength=4).tolist() == list(map(int, first))


def test_connections_that_are_reset_go_to_the_other_targets():
    scenario = NlbScenario(connections=400, event="hang", cross_zone=True)
    outcome = simulate(scenario)
    before, after = outcome.opened
    assert after.from_s == scenario.reset_s == 130
    assert before.connections[0] > 0 == after.connections[0]
    flows = flows_of(scenario, outcome.arrival_s)
    late = outcome.arrival_s > after.from_s
    last = dict(
        zip(flows.of_request[late].tolist(), outcome.requests.target[late].tolist(), strict=True)
    )
    assert len(last) == 400
    assert np.bincount(list(last.values()), minlength=4).tolist() == after.connections.tolist()
