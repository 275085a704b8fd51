from math import exp, inf

import numpy as np
import pytest

from awsnb.aws.elb import ELB
from awsnb.aws.elb.geneve import headers, wrapping_bytes
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.gwlb import bill, flows, packet
from awsnb.sections.gwlb.bill import BillScenario
from awsnb.sections.gwlb.flows.scenario import FlowsScenario
from awsnb.sections.gwlb.flows.simulate import EVENT_S, simulate
from awsnb.sections.gwlb.packet import PacketScenario
from awsnb.sections.gwlb.truth import against_rfc, forgotten_share, packed
from awsnb.trace import TraceError

GWLB = section("gwlb")
QUIET = {"event": "none", "pause_s": 90.0}
BUSY = {"pause_s": 5.0, "connections": 20_000, "life_min": 10_080.0}


def result(**values):
    return flows.VIEW.simulate(FlowsScenario(**values))


def numbers(**values):
    return result(**values).summary


def preset(view, name):
    (found,) = [one for one in view.presets if one.name == name]
    return view.simulate(view.scenario(**found.values))


# --- idle timeout


def test_silences_break_as_many_as_renewal_theory_says():
    found = numbers(event="none", pause_s=60.0, connections=20_000, life_min=10_080.0)
    exact = forgotten_share(60.0, 350.0, 3600.0)
    assert found["forgotten"] / 20_000 == pytest.approx(exact, rel=0.05)


@pytest.mark.parametrize(
    ("keep_alive_s", "breaks"), [(300.0, False), (349.0, False), (350.0, True)]
)
def test_a_keep_alive_must_come_before_the_timeout(keep_alive_s, breaks):
    assert bool(numbers(**QUIET, keep_alive_s=keep_alive_s)["broken"]) == breaks


def test_a_late_keep_alive_changes_only_when_a_client_is_told():
    late, none = (simulate(FlowsScenario(**QUIET, keep_alive_s=each)) for each in (400.0, None))
    np.testing.assert_array_equal(late.expires_s, none.expires_s)
    hit = late.fates["idle"].broken
    assert np.all(late.fates["idle"].lost_s[hit] - late.expires_s[hit] <= 50.000001)


def test_a_reset_tells_at_once():
    found = numbers(**QUIET, reset=True)
    assert found["broken"] > 0
    assert found["longest_s"] == 0
    assert "sends a reset" in result(**QUIET, reset=True).why
    assert "nobody is told" in result(**QUIET).why


def test_udp_is_forgotten_after_120_s_and_breaks_nothing():
    found = result(**QUIET, protocol="UDP")
    assert found.summary["broken"] == 0
    share = found.summary["forgotten"] / simulate(FlowsScenario(**QUIET, protocol="UDP")).seen
    assert share > numbers(**QUIET)["forgotten"] / 12_500
    assert "120 s" in found.why
    assert "No connection breaks." in found.why


def test_a_longer_timeout_forgets_fewer():
    counts = [numbers(**QUIET, idle_timeout_s=each)["forgotten"] for each in (60, 350, 900, 6000)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 0


# --- an appliance goes


def test_a_dead_appliance_has_its_binomial_share():
    found = numbers(**BUSY)
    assert found["at_first"] / 20_000 == pytest.approx(0.25, abs=4 * (3 / 16 / 20_000) ** 0.5)


def test_new_flows_go_elsewhere_after_checks_and_minutes():
    times = simulate(FlowsScenario()).times
    # two checks 10 s apart, the last hangs for 5 s; then two minutes
    assert times.avoided - times.dies == 2 * 10 + 5 + 120
    assert times.rebalanced == inf
    moved = simulate(FlowsScenario(target_failover="rebalance")).times
    assert moved.rebalanced == times.avoided


def test_new_flows_that_are_lost_are_those_of_the_gap():
    outcome = simulate(FlowsScenario(connections=50_000, life_min=10.0, pause_s=5.0))
    fate = outcome.fates["opening"]
    begun = outcome.start_s[fate.broken]
    assert begun.min() >= EVENT_S
    assert begun.max() < outcome.times.avoided
    expected = 50_000 / 600 * 145 / 4
    assert begun.size == pytest.approx(expected, abs=4 * expected**0.5)


def test_rebalance_saves_connections_only_where_state_is_shared():
    stays = simulate(FlowsScenario(**BUSY))
    alone = simulate(FlowsScenario(**BUSY, target_failover="rebalance"))
    shared = numbers(**BUSY, target_failover="rebalance", state="shared")
    assert alone.broken("failed") == stays.broken("failed") > 0
    assert shared["broken"] == 0
    assert shared["moved"] == stays.broken("failed") + stays.broken("opening")
    assert shared["longest_s"] <= 145


def test_rebalance_comes_too_late_for_hasty_clients():
    hasty = result(**BUSY, target_failover="rebalance", state="shared", gives_up_s=60.0)
    assert hasty.summary["broken"] > 0
    assert "give up before" in hasty.why


def test_a_pair_of_hosts_is_cut_off_until_the_hour_ends_or_it_is_rebalanced():
    pair = {"stickiness": "2-tuple", "pause_s": 5.0}
    stays = numbers(**pair)
    assert stays["cut_at_end"] == stays["at_first"] > 0
    assert numbers(**pair, target_failover="rebalance")["cut_at_end"] == 0
    assert numbers(pause_s=5.0)["cut_at_end"] == 0


def test_a_drained_appliance_breaks_what_outlives_the_delay():
    drained = {"event": "it is deregistered", "pause_s": 5.0, "connections": 50_000}
    found = numbers(**drained, life_min=10.0, delay_s=300)
    expected = 50_000 / 4 * exp(-300 / 600)
    assert found["at_first"] == pytest.approx(expected, rel=0.05)
    assert found["avoided_s"] == 0
    late = result(**drained, life_min=10.0, delay_s=3600)
    assert late.summary["at_first"] == 0
    assert "not switched off within the hour" in late.why


def test_alone_in_its_zone_an_appliance_takes_the_zone_with_it():
    alone = {"per_zone": 1, "pause_s": 5.0}
    assert "no other appliance" in result(**alone).why
    assert numbers(**alone)["at_first"] > numbers(**alone, cross_zone=True)["at_first"]
    assert numbers(**alone, target_failover="rebalance") == numbers(**alone)


def test_answers_by_another_endpoint_never_open():
    found = result(event="none", asymmetric_pct=10.0, pause_s=5.0)
    seen = simulate(FlowsScenario(event="none", pause_s=5.0)).seen
    assert found.summary["two_endpoints"] / seen == pytest.approx(0.1, abs=0.01)
    assert "never open" in found.why
    udp = {"event": "none", "asymmetric_pct": 10.0, "protocol": "UDP"}
    assert "SYN" not in result(**udp).why
    assert numbers(**udp)["two_endpoints"] > 0
    assert numbers(**udp, state="shared")["broken"] == 0


def test_udp_leaves_a_dead_appliance_once_it_was_silent():
    udp = simulate(FlowsScenario(protocol="UDP", pause_s=90.0, life_min=10_080.0))
    alive = simulate(FlowsScenario(protocol="UDP", pause_s=10.0, life_min=10_080.0))
    assert udp.broken("failed") < alive.broken("failed")


# --- what each situation says


@pytest.mark.parametrize(
    ("name", "says", "not_says"),
    [
        ("Nothing fails", "after a silence of 350 s", "appliance 1"),
        ("A keep-alive of five minutes", "No connection breaks. A keep-alive", "silence"),
        ("Rebalance, own state", "did not see them begin", "no_rebalance"),
        ("Rebalance, shared state", "No connection breaks.", "did not see"),
        ("A pair of hosts is a flow", "the same flow, and go there too", "silence"),
        ("An appliance is drained", "it is switched off", "same flow"),
        ("One appliance a zone", "no other appliance", "no_rebalance"),
        ("Answers by another endpoint", "another endpoint", "silence"),
    ],
)
def test_each_situation_says_its_cause(name, says, not_says):
    why = preset(flows.VIEW, name).why
    assert says in why
    assert not_says not in why


def test_one_connection_is_one():
    for seed in range(30):
        why = result(connections=1, life_min=10_080.0, seed=seed).why
        assert "1 connections" not in why
        assert "1 connection break " not in why


@pytest.mark.parametrize("scenario", flows.VIEW.situations())
def test_scene_panels_and_numbers_agree_at_each_moment(scenario):
    found = flows.VIEW.simulate(scenario)
    data, places = found.data, {place.name: place for place in found.scene.places}
    cut = sum(data[f"cut_{cause}_connections"] for cause in ("idle", "first", "two"))
    np.testing.assert_array_equal(places["Cut off"].count, cut)
    works = data["first_connections"] + data["others_connections"]
    np.testing.assert_array_equal(places["Application"].count, works)
    assert places["Cut off"].count[-1] == found.summary["cut_at_end"]
    rate = {}
    for flow in found.scene.flows:
        rate[flow.source] = rate.get(flow.source, 0) + flow.rate
        assert np.all(flow.rate >= 0)
    for name, sent in rate.items():
        np.testing.assert_allclose(places[name].count, sent)
    lost = sum(data[f"lost_{cause}_connections"][-1] for cause in ("idle", "first", "two"))
    assert lost == found.summary["broken"]


@pytest.mark.parametrize("values", [{}, {"target_failover": "rebalance", "state": "shared"}])
def test_every_connection_works_waits_has_ended_or_broke(values):
    outcome = simulate(FlowsScenario(pause_s=20.0, **values))
    for at_s, first, others in zip(outcome.at_s, outcome.at_first, outcome.at_others, strict=True):
        open_now = (outcome.start_s <= at_s) & (at_s < outcome.stops_s)
        waits = np.zeros(open_now.size, dtype=bool)
        for fate in outcome.fates.values():
            waits |= (fate.lost_s <= at_s) & (at_s < fate.over_s) & ~fate.broken
        assert first + others == np.sum(open_now & ~waits)


@pytest.mark.parametrize(
    "values",
    [{"pause_s": 400.0}, {"asymmetric_pct": 20.0}, {"target_failover": "rebalance"},
     {"pause_s": 300.0, "target_failover": "rebalance", "state": "shared"}],
)  # fmt: skip
def test_connections_of_pairs_work_or_are_cut_off(values):
    outcome = simulate(FlowsScenario(stickiness="2-tuple", **values))
    cut = sum(outcome.cut_off(cause) for cause in outcome.fates)
    assert cut.max() > 0
    np.testing.assert_array_equal(outcome.at_first + outcome.at_others + cut, outcome.seen)


def test_flows_that_still_pause_count_as_working_until_they_send():
    outcome = simulate(FlowsScenario(pause_s=3600.0, idle_timeout_s=6000, life_min=10_080.0))
    just_after = int(np.searchsorted(outcome.at_s, EVENT_S + 60))
    assert outcome.at_first[just_after] > 0.9 * outcome.at_first[0]


def test_the_best_option_breaks_fewest():
    compared = flows.VIEW.compare(FlowsScenario())
    assert compared.best.label == "rebalance, shared state, keep-alive"
    assert compared.best.numbers[0].value == 0 < compared.options[0].numbers[0].value
    assert "0 instead of" in compared.why
    fine = flows.VIEW.compare(FlowsScenario(event="none", keep_alive_s=60.0))
    assert "no connection broken" in fine.why
    lost = flows.VIEW.compare(FlowsScenario(event="none", asymmetric_pct=10.0, pause_s=5.0))
    assert lost.best is None
    assert "Nothing here does better" in lost.why


def test_the_bill_is_awss_prices():
    found = numbers()
    # two zones and endpoints, 100 GB an hour: 100 GLCU, the largest dimension
    hourly = 2 * 0.0125 + 100 * 0.004 + 2 * 0.01 + 100 * 0.0035
    assert found["cost_usd_month"] == pytest.approx(730 * hourly)
    assert found["dimension"] == "processed bytes"


# --- refusals


@pytest.mark.parametrize(
    ("values", "name", "says"),
    [
        ({"idle_timeout_s": 300, "stickiness": "2-tuple"}, "idle_timeout_s", "5-tuple only"),
        ({"idle_timeout_s": 300, "protocol": "UDP"}, "idle_timeout_s", "120 s"),
        ({"idle_timeout_s": 59}, "idle_timeout_s", "60"),
        ({"health_interval_s": 5}, "health_interval_s", "timeout of a check, 5 s"),
        ({"asymmetric_pct": 5.0, "zones": 1}, "asymmetric_pct", "no other endpoint"),
        ({"connections": 200_000, "life_min": 2.0}, "connections", "1,000,000"),
        ({"reset": True, "protocol": "UDP"}, "reset", "protocol"),
        ({"per_pair": 7}, "per_pair", "stickiness"),
    ],
)
def test_what_cannot_be_is_refused(values, name, says):
    with pytest.raises(ScenarioError, match=says) as refused:
        FlowsScenario(**values)
    assert refused.value.field == name


def test_limits_of_the_idle_timeout_are_awss():
    spec = FlowsScenario.fields()["idle_timeout_s"]
    assert (spec.low, spec.high) == tuple(
        ELB.value("gwlb", f"{which}_idle_timeout") for which in ("min", "max")
    )


# --- packet


def test_wrapping_is_the_packed_header_and_awss_number():
    assert wrapping_bytes() == len(packed()) == ELB.value("gwlb", "encapsulation") == 68
    assert list(headers().values()) == [20, 8, 8, 12, 12, 8]
    table = against_rfc()
    assert list(table["model"]) == list(table["packed"])


@pytest.mark.parametrize(
    ("size", "mtu", "passes"),
    [(8500, 8568, True), (8500, 8567, False), (8501, 9001, False), (1500, 1568, True),
     (1500, 1500, False), (1432, 1500, True)],
)  # fmt: skip
def test_what_passes(size, mtu, passes):
    found = packet.VIEW.simulate(PacketScenario(packet_bytes=size, appliance_mtu=mtu))
    assert found.summary["passes"] == passes
    assert ("dropped" in found.why) == (not passes)


def test_payload_is_what_headers_leave():
    found = packet.VIEW.simulate(PacketScenario()).summary
    assert found["payload_gbps"] == pytest.approx(10 * 1460 / 1568)


@pytest.mark.parametrize(
    ("name", "says"),
    [("Voice: small packets", "34 % more"), ("An appliance with MTU 1,500", "the appliance's MTU"),
     ("A jumbo frame", "at most 8,500 bytes"), ("As large as it may be", "0.8 % more")],
)  # fmt: skip
def test_each_packet_says_its_cause(name, says):
    assert says in preset(packet.VIEW, name).why


def test_an_appliance_too_small_for_all_sizes():
    compared = packet.VIEW.compare(PacketScenario(appliance_mtu=576, packet_bytes=576))
    assert compared.best is None
    assert "None of these passes" in compared.why


# --- a packet's way


def test_a_packet_and_its_answer_pass_the_same_endpoint_and_appliance():
    told = packet.VIEW.simulate(PacketScenario())
    seen = {place.name: place.count[-1] for place in told.scene.places}
    assert seen == {
        "Internet gateway": 1, "Endpoint": 4, "GWLB": 4, "Appliance": 2, "Application": 1,
    }  # fmt: skip
    there = told.scene.words[1 : 1 + 6]
    assert [move for move, _ in there] == [1, 2, 3, 4, 5, 6]
    assert told.data["move"].size == told.scene.places[0].count.size == 13


@pytest.mark.parametrize(
    ("values", "stops_at", "seen"),
    [
        ({"packet_bytes": 9001, "appliance_mtu": 9001}, "GWLB", 2),
        ({"appliance_mtu": 1500}, "Appliance", 3),
    ],
)
def test_a_packet_that_is_too_large_ends_where_it_is_dropped(values, stops_at, seen):
    told = packet.VIEW.simulate(PacketScenario(**values))
    assert told.data["move"][-1] == seen
    assert told.scene.words[-1][1] == f"{stops_at}: it is too large, and vanishes."
    assert {place.name for place in told.scene.places if place.tone == "bad"} == {stops_at}
    assert told.scene.places[-1].count[-1] == 0  # the application


# --- a reset when an appliance fails


def test_a_reset_tells_those_who_were_there_and_breaks_those_who_were_silent():
    asked = FlowsScenario(connections=50_000, pause_s=40.0)
    silent, told = (simulate(asked.replace(reset_on_failure=on)) for on in (False, True))
    reset_s = told.times.reset
    assert reset_s == EVENT_S + 25
    dead = (told.target == 0) & (told.start_s < EVENT_S)
    known = ~np.isfinite(silent.fates["idle"].lost_s) & np.isinf(silent.expires_s)
    alive = dead & known & (told.end_s > reset_s)
    assert told.fates["failed"].broken[alive].all()
    assert told.broken("failed") >= silent.broken("failed")
    fate = told.fates["failed"]
    assert fate.over_s[fate.broken].max() <= reset_s
    assert told.broken("opening") == silent.broken("opening")


def test_a_reset_is_for_flows_of_their_own_and_rebalance_goes_before_it():
    for other in ({"target_failover": "rebalance"}, {"event": "none"}):
        assert simulate(FlowsScenario(reset_on_failure=True)).times.reset < inf
        asked = FlowsScenario(**other)
        on = asked.model_copy(update={"reset_on_failure": True})
        assert simulate(on).times.reset == inf
    with pytest.raises(ScenarioError, match="reset_on_failure"):
        FlowsScenario(stickiness="2-tuple", reset_on_failure=True)


def test_the_preset_says_who_is_told_and_who_is_not():
    found = preset(flows.VIEW, "A reset when it fails")
    assert "sent a reset when it is unhealthy, after 25 s." in found.why
    assert "Those that begin later, before flows go elsewhere, are not told." in found.why
    without = result(pause_s=20.0)
    assert "reset" not in without.why
    assert found.summary["half_told_s"] < 25 < 600 < without.summary["half_told_s"]


def test_the_picture_tells_of_the_reset_and_keeps_no_flow_that_was_reset():
    words = [text for _, text in preset(flows.VIEW, "A reset when it fails").scene.words]
    assert "It is unhealthy: both ends of its flows are sent a reset." in words
    assert not any("stay with it" in text for text in words)
    assert any("stay with it" in text for _, text in result(pause_s=20.0).scene.words)


def test_a_drained_appliance_resets_what_outlives_the_delay():
    found = result(event="it is deregistered", pause_s=20.0, reset_on_failure=True)
    assert "left when its delay is over are sent a reset" in found.why
    assert found.summary["longest_s"] == 0


# --- the bill of traffic of one's own


@pytest.fixture
def export(tmp_path):
    """Two hours of a Gateway Load Balancer, every five minutes."""

    def write(**columns):
        names = {"new": "NewFlowCount Sum", "open": "ActiveFlowCount Average",
                 "size": "ProcessedBytes Sum"}  # fmt: skip
        names |= {name: name.replace("_", " ") for name in columns if name not in names}
        lines = [",".join(["timestamp", *(names[name] for name in columns)])]
        for i in range(24):
            time = f"2026-03-01T{i // 12:02d}:{5 * (i % 12):02d}:00Z"
            lines.append(",".join([time, *(f"{values[i // 12]}" for values in columns.values())]))
        path = tmp_path / "gwlb.csv"
        path.write_text("\n".join([*lines, ""]))
        return str(path)

    return write


def bill_of(path, **values):
    return bill.simulate(BillScenario(trace=path, **values))


def test_an_export_is_billed_by_the_largest_dimension_of_each_hour(export):
    path = export(new=[300 * 6000, 300 * 60], open=[30_000] * 2, size=[5e8 / 12, 4e9 / 12])
    found = bill_of(path)
    np.testing.assert_allclose(found.units["new_connections"], [10, 0.1])
    np.testing.assert_allclose(found.units["active_connections"], [0.5, 0.5])
    np.testing.assert_allclose(found.units["processed_bytes"], [0.5, 4])
    np.testing.assert_allclose(found.billed, [10, 4])
    assert found.units_usd == pytest.approx(7 * 0.004 * 730)
    assert found.endpoints_usd == pytest.approx(730 * (2 * 0.01 + 2.25 * 0.0035))
    assert found.hours_usd == pytest.approx(2 * 0.0125 * 730)


def test_what_an_export_leaves_out_is_said(export):
    told = bill.tell(bill_of(export(size=[1e9, 1e9]), new_per_s=6.0))
    assert "As asked, not in the file: new connections, active connections." in told.notes
    assert told.summary["dimension"] == "processed bytes"
    assert told.summary["units"] == pytest.approx(12)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"ConsumedLCUs_Average": [1, 1]}, "none of NewFlowCount, ActiveFlowCount"),
        ({"open": [-1, 5]}, "below 0"),
        ({"NewFlowCount_Average": [5, 5]}, "export its Sum"),
        ({"ActiveFlowCount_SampleCount": [5, 5]}, "export its Average"),
        ({"new": ["x", 5]}, "x"),
    ],
)
def test_a_file_that_is_no_such_traffic_is_refused_in_a_sentence(export, columns, said):
    with pytest.raises((ScenarioError, TraceError)) as caught:
        bill_of(export(**columns))
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")


def test_two_load_balancers_are_not_one_bill(tmp_path):
    path = tmp_path / "two.csv"
    rows = [f"2026-03-01T00:{i:02d}:00Z,5,5" for i in range(10)]
    path.write_text("\n".join(["timestamp,gwy-1 NewFlowCount Sum,gwy-2 NewFlowCount Sum", *rows]))
    with pytest.raises(ScenarioError, match="twice"):
        bill_of(str(path))


def test_the_bill_is_that_of_the_flows():
    asked = FlowsScenario(life_min=60.0, connections=36_000, gb_per_h=3.0)
    expected = simulate(asked).bill.usd_month
    found = bill.simulate(BillScenario(new_per_s=10.0, open_flows=36_000.0, gb_per_h=3.0))
    assert found.usd_month == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "dimension"),
    [
        ("Large downloads", "processed bytes"),
        ("A storm of short flows", "new connections"),
        ("Flows that stay open", "active connections"),
        ("Forty VPCs, little traffic", "endpoints are 93 %"),
    ],
)
def test_a_preset_of_the_bill_names_what_decides(name, dimension):
    assert dimension in preset(bill.VIEW, name).why
