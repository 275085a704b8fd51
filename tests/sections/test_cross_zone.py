import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb._paths import data_dir
from awsnb.aws.elb import ELB
from awsnb.mechanisms.random_streams import generator
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.cross_zone.options import evened
from awsnb.sections.cross_zone.scenario import INSIDE, CrossZoneScenario
from awsnb.sections.cross_zone.simulate import LEGS, simulate
from awsnb.sections.cross_zone.tell import tell
from awsnb.sections.cross_zone.truth import example, recorded
from awsnb.trace import TraceError

(VIEW,) = section("cross-zone").views


def outcome(**values):
    return simulate(CrossZoneScenario(**values))


def preset(name):
    (found,) = [one for one in VIEW.presets if one.name == name]
    return VIEW.simulate(VIEW.scenario(**found.values))


# --- shares


def test_awss_picture():
    table = example()
    assert (table["AWS, %"] == table["model, %"]).all()
    assert sorted(set(table["AWS, %"])) == [6.25, 10, 25]


def test_real_haproxys_agree_with_every_case_that_was_recorded():
    table = recorded()
    assert len(table) == 16
    rows = [*csv.DictReader((data_dir() / "recorded" / "haproxy_zones.csv").open())]
    for row, apart in zip(rows, table["points apart"], strict=True):
        nodes = len(row["targets"].split())
        one_in = 100 * (1 / nodes) ** 0.5 / int(row["requests"]) ** 0.5  # a node's draw, one sigma
        assert apart <= 3 * one_in


@pytest.mark.parametrize(
    "values",
    [
        {"targets_a": 1, "targets_b": 3, "targets_c": 6, "clients": INSIDE, "at_balancer": "on"},
        {"targets_a": 4, "targets_b": 2, "clients": INSIDE, "affinity": "85 % own zone"},
        {"targets_a": 3, "targets_b": 3, "lost_in_a": 3, "clients": INSIDE, "at_balancer": "on"},
        {"targets_a": 3, "targets_b": 3, "targets_c": 0, "clients": INSIDE, "affinity": "own zone"},
    ],
)
def test_shares_and_crossings_are_those_of_requests_that_walk_one_by_one(values):
    scenario = CrossZoneScenario(clients_in_a_pct=20.0, **values)
    got, to_node, to_target = walked(scenario, 60_000)
    model = simulate(scenario)
    assert got == pytest.approx(model.spread.to_targets.sum(axis=0), abs=0.01)
    assert (to_node, to_target) == pytest.approx([*map(model.crossing, LEGS)], abs=0.01)


def walked(scenario, requests):
    """Send each request by AWS's rules, in words: DNS, then the node."""
    random = generator(5, "walk")
    alive = [("A", k) for k in range(scenario.targets_a - scenario.lost_in_a)]
    alive += [("B", k) for k in range(scenario.targets_b)]
    alive += [("C", k) for k in range(scenario.targets_c or 0)]
    cross_zone = scenario.at_balancer == "on"
    known = {
        zone: [one for one in alive if cross_zone or one[0] == zone] for zone in scenario.zones
    }
    addresses = [zone for zone in scenario.zones if known[zone]]
    affinity = {"any zone": 0.0, "85 % own zone": 0.85, "own zone": 1.0}[scenario.affinity]
    got, to_node, to_target = dict.fromkeys(scenario.zones, 0), 0, 0
    for _ in range(requests):
        others = scenario.zones[1:]
        home = "A" if random.random() < 0.2 else others[random.integers(len(others))]
        stays = home in addresses and random.random() < affinity
        node = home if stays else addresses[random.integers(len(addresses))]
        zone, _ = known[node][random.integers(len(known[node]))]
        got[zone] += 1
        to_node += home != node
        to_target += node != zone
    return (
        [got[zone] / requests for zone in scenario.zones],
        to_node / requests,
        to_target / requests,
    )


COUNTS = st.integers(0, 20)


@given(
    a=COUNTS, b=st.integers(1, 20), c=st.none() | COUNTS, lost=COUNTS, gone=st.booleans(),
    switch=st.sampled_from(["on", "off"]), inside=st.booleans(),
    kind=st.sampled_from(["nlb", "gwlb", "clb"]),
)  # fmt: skip
def test_what_is_sent_arrives_or_fails(a, b, c, lost, gone, switch, inside, kind):
    scenario = CrossZoneScenario(
        balancer=kind, targets_a=a, targets_b=b, targets_c=c, lost_in_a=min(lost, a),
        zone_a_lost=gone, at_balancer=switch, clients=INSIDE if inside else "internet",
    )  # fmt: skip
    one = simulate(scenario).spread
    assert one.to_targets.sum() + one.failed == pytest.approx(one.clients.sum())
    assert one.arriving.sum() == pytest.approx(one.clients.sum())
    assert (one.each_target[one.healthy == 0] == 0).all()
    if kind != "gwlb":
        assert one.failed == 0 or not one.healthy.any()
    if switch == "on":
        served = one.each_target[one.healthy > 0]
        assert np.ptp(served) < 1e-12


def test_a_zone_without_targets_leaves_dns_only_while_cross_zone_is_off():
    empty = {"targets_a": 0, "targets_b": 5}
    assert outcome(**empty).spread.arriving[0, 0] == 0
    assert outcome(**empty, at_balancer="on").spread.arriving[0, 0] == 0.5


def test_old_addresses_of_a_lost_zone_fail_and_of_a_zone_without_targets_need_cross_zone():
    old = {"targets_a": 4, "targets_b": 4, "to_node_a_pct": 80.0}
    assert outcome(**old, zone_a_lost=True).spread.failed == pytest.approx(0.8)
    assert outcome(**old, lost_in_a=4).spread.failed == pytest.approx(0.8)
    assert outcome(**old, lost_in_a=4, at_balancer="on").spread.failed == 0


def test_nothing_fails_by_rounding():
    old = VIEW.scenario(
        **{"balancer": "alb", "targets_a": 5, "targets_b": 5, "to_node_a_pct": 80.0}
    )
    assert [one.failed for one in simulate(old).as_lost[True]] == [0] * 6
    assert "Failed" not in [place.name for place in VIEW.simulate(old).scene.places]


def test_an_endpoint_of_gwlb_stays_in_its_zone():
    half = outcome(balancer="gwlb", lost_in_a=2, clients=INSIDE)
    assert half.spread.failed == 0.5 and "no healthy target" in tell(half).why
    assert half.crossing("client_to_node") == 0


# --- who pays


def test_awss_prices_for_a_gigabyte_that_crosses_once_and_twice():
    once = outcome(at_balancer="on", targets_a=5, targets_b=5)
    twice = outcome(at_balancer="on", targets_a=5, targets_b=5, clients=INSIDE)
    gb = once.crossing_gb("node_to_target") / once.crossing("node_to_target")
    assert gb == pytest.approx(280 * 50e-6 * 3600 * 730)
    assert once.usd_month("yes") == pytest.approx(0.5 * gb * 0.02)
    assert twice.usd_month("yes") == pytest.approx(2 * 0.5 * gb * 0.02)


@pytest.mark.parametrize(
    ("kind", "client", "target"),
    [("alb", "disputed", "no"), ("clb", "disputed", "no"), ("nlb", "yes", "yes"),
     ("gwlb", "no", "yes")],
)  # fmt: skip
def test_which_leg_is_charged_by_kind(kind, client, target):
    switch = {} if kind == "alb" else {"at_balancer": "on"}
    one = outcome(balancer=kind, clients=INSIDE, **switch)
    assert [one.charged(leg) for leg in LEGS] == [client, target]
    said = tell(one)
    assert (said.summary["crossing_usd_month"] > 0) == (kind in ("nlb", "gwlb"))
    assert ("AWS's pages disagree" in said.why) == (kind in ("alb", "clb"))


def test_the_panel_of_payers_adds_up_to_what_is_charged():
    for scenario in VIEW.situations():
        said = VIEW.simulate(scenario)
        paid = sum(said.data[f"{who}_usd_month"].sum() for who in ("client", "balancer", "target"))
        assert paid == pytest.approx(said.summary["crossing_usd_month"])
        assert said.data["disputed_usd_month"].sum() == said.summary["disputed_usd_month"]


@pytest.mark.parametrize("scenario", VIEW.situations(), ids=str)
def test_the_plot_of_crossing_is_never_empty(scenario):
    """Who pays, where somebody does; else what crosses with cross-zone off and on, if anything."""
    said = VIEW.simulate(scenario)
    titles = [panel.title for panel in said.panels]
    columns = [said.data[curve.column] for panel in said.panels for curve in panel.curves]
    assert said.summary["crossing_usd_month"] == 0 or titles[-1] == "Crossing, by who pays"
    assert ("Crossing, off and on" in titles) <= (said.summary["crossing_usd_month"] == 0)
    if scenario.zone_a_lost:
        assert len(titles) == 2
    else:
        assert len(titles) == 3 and sum(column.sum() for column in columns[4:]) > 0


@pytest.mark.parametrize("values", [{}, {"clients": INSIDE}, {"targets_c": 3}, {"lost_in_a": 1}])
def test_what_crosses_off_and_on_is_what_the_other_setting_says(values):
    panel = VIEW.simulate(CrossZoneScenario(**values))
    others = [
        VIEW.simulate(CrossZoneScenario(**values, at_balancer=setting)).summary
        for setting in ("off", "on")
    ]
    for column in ("client_to_node_gb", "node_to_target_gb"):
        assert panel.data[column].tolist() == [other[column] for other in others]


def test_the_plot_of_crossing_says_who_pays():
    labels = {
        kind: [
            curve.label
            for curve in VIEW.simulate(CrossZoneScenario(balancer=kind)).panels[-1].curves
        ]
        for kind in ("nlb", "alb")
    }
    assert labels["nlb"] == ["node to target: both ends pay"]
    assert labels["alb"] == ["node to target: free"]


def test_own_zone_dns_and_cross_zone_off_cross_nothing():
    home = preset("DNS keeps clients at home")
    assert home.summary["client_to_node_gb"] == home.summary["node_to_target_gb"] == 0
    assert "Nothing crosses zones." in home.why


# --- load


def test_p99_is_that_of_one_queue_by_the_share_of_a_target():
    """A target of one worker is M/M/1: its time is exponential, with a known rate."""
    one = outcome(workers=1, service_ms=10.0, requests_per_s=200.0)
    rate = 100.0 - 0.25 * 200.0
    assert one.p99_ms == pytest.approx(1000 * np.log(100) / rate, rel=1e-6)


def test_a_target_that_is_asked_for_too_much_has_no_p99():
    said = tell(outcome(requests_per_s=400.0))
    assert said.summary["p99_ms"] is None and "its queue only grows" in said.why
    assert "p99" not in said.why
    assert not simulate(said.scenario).holds


def test_nothing_left_is_said_plainly():
    said = tell(outcome(targets_a=3, targets_b=0, lost_in_a=3))
    assert said.summary["p99_ms"] is None and said.summary["failed_pct"] == 100
    assert "No target is healthy. All requests fail." in said.why
    assert "queue" not in said.why


def test_one_target_is_one_target():
    said = tell(outcome(targets_a=1, targets_b=0))
    assert "The only healthy target gets 100 % of all requests." in said.why
    assert "the one target in zone A gets 50 %" in tell(outcome(targets_a=1, targets_b=4)).why


# --- presets and the scene


@pytest.mark.parametrize(
    ("name", "said", "unsaid"),
    [
        ("The same, switched on", "half at the load balancer's end", "Nothing crosses"),
        ("The same behind an ALB", "the default of an ALB", "USD"),
        ("Clients inside the VPC", "half at the client's end", "costs nothing"),
        ("DNS keeps clients at home", "Nothing crosses zones", "USD"),
        ("Clients keep an old address", "80 % of the requests go to zone A's address", "fail"),
        ("Zone A is lost", "Zone A is lost, with its node. Each of 4 targets gets 25 %", "fail"),
    ],
)
def test_a_preset_says_what_it_is_for(name, said, unsaid):
    why = preset(name).why
    assert said in why and unsaid not in why


@pytest.mark.parametrize("scenario", VIEW.situations(), ids=lambda one: one.text)
def test_the_picture_and_the_numbers_agree(scenario):
    said = VIEW.simulate(scenario)
    at = scenario.lost
    levels = [float(one.level[at]) for one in said.scene.places if "target" in one.name]
    assert levels == pytest.approx(said.data["share_pct"])
    assert max(levels) == pytest.approx(said.summary["most_pct"])
    column = "on_pct" if scenario.cross_zone.on else "off_pct"
    assert said.data[column][at] == pytest.approx(said.summary["busiest_pct"])
    (headline,) = [one.text for one in said.numbers if one.name == "busiest_pct"]
    assert headline in said.scene.words[at][1] and headline in said.why


def test_the_comparison_evens_targets_and_takes_the_cheapest_that_holds():
    compared = VIEW.compare(CrossZoneScenario())
    assert [option.holds for option in compared.options] == [True, False, True]
    assert compared.best.label == "off, zones made equal"
    assert evened(CrossZoneScenario(targets_c=1)).targets == (4, 4, 3)
    assert "more targets" in VIEW.compare(CrossZoneScenario(requests_per_s=5000.0)).why


# --- refusals


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"balancer": "alb", "at_balancer": "off"}, "at_balancer", "always has it on"),
        ({"balancer": "clb", "at_target_group": "off"}, "at_target_group", "a CLB sets it only"),
        ({"balancer": "gwlb", "at_target_group": "on"}, "at_target_group", "a GWLB sets it only"),
        ({"targets_a": 0, "targets_b": 0}, "targets_b", "at least 1 target"),
        ({"lost_in_a": 3}, "lost_in_a", "zone A has 2 targets"),
        ({"affinity": "own zone"}, "affinity", "does not apply"),
        ({"balancer": "gwlb", "to_node_a_pct": 50.0}, "to_node_a_pct", "does not apply"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(values, field, words):
    with pytest.raises(ScenarioError, match=words) as caught:
        CrossZoneScenario(**values)
    assert caught.value.field == field


def test_the_target_groups_switch_decides():
    assert not CrossZoneScenario(balancer="alb", at_target_group="off").cross_zone.on
    both = CrossZoneScenario(at_balancer="on", at_target_group="off")
    assert not both.cross_zone.on
    assert ELB.value("nlb", "affinity_partial") == 85


# --- traffic of one's own


def export(path, **columns):
    names = list(columns)
    rows = [",".join([f"2026-03-01T00:{i:02d}:00Z", *(str(columns[n][i % 2]) for n in names)])
            for i in range(10)]  # fmt: skip
    path.write_text("\n".join(["timestamp," + ",".join(names), *rows, ""]))
    return str(path)


def test_an_export_by_zone_says_what_comes_to_each_node(tmp_path):
    path = export(
        tmp_path / "alb.csv",
        **{"us-east-1b RequestCount Sum": [3000, 6000], "us-east-1a RequestCount Sum": [9000] * 2},
    )
    found = outcome(trace=path, targets_a=5, targets_b=5, balancer="alb")
    assert found.load.requests_per_s == pytest.approx((9000 + 4500) / 60)
    np.testing.assert_allclose(found.spread.clients, [2 / 3, 1 / 3])
    # of each node's requests half go to the other zone
    assert found.crossing("node_to_target") == pytest.approx(0.5)
    told = tell(found)
    assert "zone A is us-east-1a" in told.notes[0]
    off = outcome(trace=path, targets_a=5, targets_b=5)
    np.testing.assert_allclose(off.spread.each_target * 5, [2 / 3, 1 / 3])
    assert off.crossing("node_to_target") == 0


def test_bytes_by_zone_are_the_bytes_that_cross(tmp_path):
    gb = 1e9
    names = "use1-az1 ProcessedBytes Sum", "use1-az2 ProcessedBytes Sum"
    path = export(tmp_path / "nlb.csv", **dict(zip(names, ([gb] * 2, [3 * gb] * 2), strict=True)))
    found = outcome(trace=path, targets_a=2, targets_b=2, at_balancer="on")
    crossing = 0.5 * 4 * 60 * 730  # GB a month
    assert found.crossing_gb("node_to_target") == pytest.approx(crossing)
    assert found.usd_month("yes") == pytest.approx(2 * 0.01 * crossing)


@pytest.mark.parametrize(
    ("columns", "values", "said"),
    [
        (["RequestCount Sum"], {}, "0 series that name a zone, and 2 are enabled"),
        (["us-east-1a RequestCount Sum"], {}, "1 series that names a zone"),
        (["us-east-1a RequestCount Sum", "us-east-1b ProcessedBytes Sum"], {}, "bytes of another"),
        (["us-east-1a RequestCount Sum", "us-east-1a ProcessedBytes Sum"], {}, "us-east-1a twice"),
        (["us-east-1a HealthyHostCount Average", "us-east-1b HealthyHostCount Average"], {},
         "export RequestCount"),
        (["us-east-1a RequestCount Sum", "us-east-1b RequestCount Sum"], {"targets_c": 3},
         "3 are enabled"),
        (["us-east-1a RequestCount Sum", "us-east-1b RequestCount Sum"], {"requests_per_s": 9.0},
         "leave one of them out"),
        (["us-east-1a RequestCount Sum", "us-east-1b RequestCount Sum"], {"clients": INSIDE},
         "from clients on the internet"),
    ],
)  # fmt: skip
def test_an_export_that_says_no_such_thing_is_refused(tmp_path, columns, values, said):
    path = export(tmp_path / "elb.csv", **{name: [600, 600] for name in columns})
    with pytest.raises((ScenarioError, TraceError), match=said):
        outcome(trace=path, **values)


def test_zones_without_traffic_are_refused(tmp_path):
    names = ["us-east-1a RequestCount Sum", "us-east-1b RequestCount Sum"]
    with pytest.raises(ScenarioError, match="holds no traffic"):
        outcome(trace=export(tmp_path / "elb.csv", **{name: [0, 0] for name in names}))


def test_a_refusal_shows_only_the_beginning_of_a_long_name():
    with pytest.raises(ScenarioError, match="leave it out for clients inside the VPC") as refused:
        CrossZoneScenario(clients=INSIDE, trace="x" * 25_000)
    assert len(str(refused.value)) < 300
