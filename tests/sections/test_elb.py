"""ELB: which kind does what is asked and for how much, and who fails when a zone is lost."""

import numpy as np
import pytest

from awsnb.aws.elb import KINDS
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.elb import truth
from awsnb.sections.elb.which_one.scenario import WhichOneScenario
from awsnb.sections.elb.zone_lost.scenario import ZoneLostScenario
from awsnb.trace import TraceError

S = section("elb")
WHICH, LOST = S.view("which one"), S.view("a zone is lost")


def preset(view, name):
    (found,) = (one for one in view.presets if one.name == name)
    return view.scenario(**found.values)


def ask(view, **values):
    return view.outcome(view.scenario(**values))


# --- against AWS's examples, and clients followed one by one


def test_awss_examples_are_met():
    table = truth.published_examples()
    assert len(table) == 8
    assert table["difference in %"].abs().max() < 0.01
    assert table["the example is"].to_dict()["CLB, 100 GB"] == "recalled"


@pytest.mark.parametrize(
    "values",
    [
        {"long_pct": 0.0},
        {"long_pct": 50.0, "cache_min": 10.0, "lasts_min": 5.0},
        {"long_pct": 100.0, "cache_min": 4.0, "zones": 2, "lasts_min": 60.0},
        {"event": "targets fail unseen", "zonal_shift_min": 2.0, "lasts_min": 4.0},
    ],
)
def test_clients_followed_one_by_one_leave_as_the_formula_says(values):
    outcome = ask(LOST, **values)
    at_s = np.arange(-30.5, 900.0, 40.0)
    followed = truth.followed_share(outcome.scenario, outcome.times, at_s, clients=2000, seed=3)
    asked = np.interp(at_s, outcome.at_s, outcome.held)
    assert np.abs(followed - asked).max() < 0.05
    assert np.ptp(asked) > 0.1


def test_requests_are_kept():
    for one in LOST.presets:
        outcome = LOST.outcome(LOST.scenario(**one.values))
        served = outcome.scenario.requests_per_s - outcome.failed
        assert served.min() >= 0
        assert np.minimum(outcome.at_address, outcome.to_dead).min() >= 0
        assert (outcome.failed[outcome.at_s < 0] == 0).all()


# --- which one


@pytest.mark.parametrize(
    ("name", "says", "never"),
    [
        ("Shops behind one name", ["ALB does all", "No other kind"], ["NLB does", "pair"]),
        (
            "A partner's firewall",
            ["None of the four", "NLB before ALB does", "both bills", "ALB: no fixed IP addresses"],
            ["does all that is asked", "None of the four does all of this, and no pair"],
        ),
        (
            "Short connections",
            ["NLB does all", "by new connections", "CLB would cost", "previous generation"],
            ["No other kind"],
        ),
        (
            "Devices that stay connected",
            ["NLB does all", "by active connections", "No other kind of the present"],
            ["ALB does"],
        ),
        ("A game over UDP", ["NLB does all", "No other kind"], ["CLB", "ALB"]),
        ("A firewall for everything", ["GWLB does all", "No other kind"], ["NLB", "CLB"]),
        ("Tickets go on sale", ["a sudden 30 Gbit/s after 9 min"], ["at once", "ALB"]),
    ],
)
def test_what_a_choice_must_and_must_not_say(name, says, never):
    why = WHICH.simulate(preset(WHICH, name)).why
    assert all(words in why for words in says), why
    assert not any(words in why for words in never), why


def test_every_preset_is_tested():
    names = {"Shops behind one name", "A partner's firewall", "Short connections"}
    names |= {"Devices that stay connected", "A game over UDP", "A firewall for everything"}
    assert {one.name for one in WHICH.presets} == names | {"Tickets go on sale"}


def test_the_cheapest_changes_where_two_bills_cross():
    outcome = WHICH.outcome(preset(WHICH, "Short connections"))
    ((at, before, after),) = outcome.changes
    bills = outcome.usd_month_at(np.array([at]))
    assert bills[before] == pytest.approx(bills[after])
    assert bills[before] <= min(bills["alb"], bills["clb"]) + 1e-9
    low, high = (outcome.usd_month_at(np.array([factor * at])) for factor in (0.9, 1.1))
    assert low[before] < low[after] and high[after] < high[before]


@pytest.mark.parametrize("kind", KINDS)
def test_a_bill_is_a_line_in_the_load(kind):
    outcome = ask(WHICH, requests_per_s=50.0, rules=40)
    twice = ask(WHICH, requests_per_s=100.0, rules=40)
    (full,) = (one.usd_month for one in twice.singles if one.kinds == (kind,))
    assert outcome.usd_month_at(np.array([100.0]))[kind] == pytest.approx(full)


def test_a_pair_costs_both_bills():
    outcome = WHICH.outcome(preset(WHICH, "A partner's firewall"))
    front, behind = outcome.best.bills
    assert outcome.best.kinds == ("nlb", "alb")
    assert outcome.best.usd_month == pytest.approx(front.usd_month + behind.usd_month)


def test_a_goal_that_only_a_known_latency_meets():
    strict = ask(WHICH, latency_goal_ms=30.0)
    assert strict.best is None
    assert "ALB: slower than 30 ms" in WHICH.tell(strict).why
    assert "no known latency" in WHICH.tell(strict).why
    assert ask(WHICH, latency_goal_ms=500.0).best.kinds == ("nlb",)


def test_a_peak_that_an_nlb_begins_with_needs_no_growth():
    why = WHICH.simulate(WHICH.scenario(traffic="TCP", peak_gbps=3.0)).why
    assert "a sudden 3 Gbit/s at once" in why and "growth" not in why


def test_a_peak_says_for_whom_no_rate_is_published():
    asked = WHICH.scenario(need="rules on path or host", peak_gbps=30.0)
    result = WHICH.simulate(asked)
    assert "30 Gbit/s" not in result.why
    assert any("For the other kinds AWS publishes no such rate" in note for note in result.notes)


def test_numbers_stay_plain_when_they_are_large():
    result = WHICH.simulate(WHICH.scenario(requests_per_s=1_000_000.0, requests_per_connection=0.1))
    told = [result.label, result.why, *(number.text for number in result.numbers)]
    assert not any("e+" in text for text in told)


# --- own data


@pytest.fixture
def export(tmp_path):
    """A CloudWatch export of one metric, a value a minute."""

    def write(metric, values):
        rows = [f"2026-03-01T00:{i:02d}:00Z,{value}" for i, value in enumerate(values)]
        path = tmp_path / "elb.csv"
        path.write_text("\n".join([f"timestamp,{metric}", *rows, ""]))
        return str(path)

    return write


@pytest.mark.parametrize(
    ("metric", "value", "requests_per_s"),
    [
        ("RequestCount Sum", 6000, 100.0),
        ("NewConnectionCount Sum", 600, 100.0),
        ("NewFlowCount Sum", 600, 100.0),
        ("ProcessedBytes Sum", 60 * 2_000_000, 100.0),
    ],
)
def test_own_data_becomes_requests(export, metric, value, requests_per_s):
    path = export(metric, [value / 2, value * 3 / 2] * 5)
    outcome = ask(WHICH, trace=path)
    assert outcome.load.requests_per_s == pytest.approx(requests_per_s)
    told = WHICH.tell(outcome)
    assert any("As asked, not in the file" in note for note in told.notes)
    assert outcome.best.usd_month == pytest.approx(ask(WHICH).best.usd_month)


@pytest.mark.parametrize(
    "metric",
    [
        "ActiveConnectionCount Sum",
        "ActiveFlowCount Average",
        "ConsumedLCUs Sum",
        "CPUUtilization Average",
    ],
)
def test_a_metric_that_is_no_load_is_refused_with_those_that_are(export, metric):
    with pytest.raises(TraceError) as caught:
        ask(WHICH, trace=export(metric, [5.0] * 10))
    assert metric.split()[0] in str(caught.value)
    assert "RequestCount" in str(caught.value)


def test_a_trace_without_traffic_is_refused(export):
    with pytest.raises(ScenarioError, match="holds no traffic"):
        ask(WHICH, trace=export("RequestCount Sum", [0] * 10))


def test_a_load_is_not_said_twice(export):
    with pytest.raises(ScenarioError, match="leave one of them out"):
        WhichOneScenario(trace="elb.csv", requests_per_s=5.0)


# --- a zone is lost


@pytest.mark.parametrize(
    ("name", "says", "never"),
    [
        (
            "Every client keeps to DNS",
            ["gave out for 30 s more", "the last clients had it up to 60 s longer"],
            ["cache longer", "too many"],
        ),
        (
            "Clients that never ask again",
            ["clients that cache longer still had it when the zone was back"],
            ["longer.", "24 h"],
        ),
        (
            "No spare targets",
            ["too many for the targets that were left", "112 %", "With 5 targets a zone"],
            ["carried the rest"],
        ),
        (
            "Six of ten die: cross-zone on",
            ["until health checks found these after 65 s", "carried the rest"],
            ["routing failover", "DNS"],
        ),
        ("Six of ten die: cross-zone off", ["routing failover"], ["until health checks found"]),
        (
            "Errors that no check sees",
            ["pass their health checks", "until a zonal shift after 10 min"],
            ["found", "DNS"],
        ),
        (
            "Gone for a short while",
            ["too many for the targets that were left"],
            ["carried the rest", "Most of them"],
        ),
    ],
)
def test_what_a_loss_must_and_must_not_say(name, says, never):
    why = LOST.simulate(preset(LOST, name)).why
    assert all(words in why for words in says), why
    assert not any(words in why for words in never), why


def test_awss_two_thresholds_on_the_same_four_of_ten():
    on, off = (
        LOST.outcome(preset(LOST, f"Six of ten die: cross-zone {switch}"))
        for switch in ("on", "off")
    )
    assert np.isinf(on.times.leaves_dns) and off.times.leaves_dns == off.times.noticed == 65
    late = np.searchsorted(off.at_s, 300.0)
    assert on.to_dead[late] == 0 and off.to_dead[late] > 0
    assert off.used[late] == 20 and on.used[late] == 14


def test_failed_requests_by_hand():
    """Dark for an hour, no long caches: a third for 30 s, which then falls to none within 60 s."""
    outcome = ask(LOST, long_pct=0.0, lasts_min=60.0, targets_per_zone=100)
    assert outcome.at_address.sum() == pytest.approx(900 / 3 * (30 + 60 / 2), rel=1e-9)
    # until they are found after 65 s, a third of what reaches a node is sent to dead targets
    held = 30 * (1 / 3) + sum((1 - (t + 0.5) / 60) / 3 for t in range(35))
    assert outcome.to_dead.sum() == pytest.approx(900 * (65 - held) / 3, rel=1e-9)


def test_health_checks_that_are_quicker_and_caches_that_are_shorter_help():
    slow, quick = (ask(LOST, health_interval_s=interval).failed_pct for interval in (30, 5))
    long, short = (ask(LOST, cache_min=minutes).failed_pct for minutes in (15.0, 2.0))
    assert quick < slow and short < long


def test_a_shift_that_comes_too_late_changes_nothing_and_says_so():
    late = LOST.simulate(LOST.scenario(event="targets fail unseen", zonal_shift_min=30.0))
    assert "until it was over" in late.why and "zonal shift" not in late.why
    assert any("no effect" in note for note in late.notes)
    assert not any("zonal shift" in words for _, words in late.scene.words)


def test_a_shift_has_no_effect_while_nodes_send_to_unhealthy_targets():
    asked = preset(LOST, "Six of ten die: cross-zone off")
    every = asked.replace(cross_zone=True, dead_targets=10, dns_failover_pct=100.0,
                          routing_failover_pct=100.0, zonal_shift_min=5.0)  # fmt: skip
    assert np.isinf(LOST.outcome(every).times.shifted)
    assert not np.isinf(LOST.outcome(every.replace(zonal_shift_min=0.5)).times.shifted)


def test_what_is_assumed_or_recalled_is_said_where_it_counts():
    dark = LOST.simulate(LOST.scenario()).notes
    assert any("Assumed" in note and "30 s" in note and "back in DNS" in note for note in dark)
    dies = LOST.simulate(preset(LOST, "Six of ten die: cross-zone on")).notes
    assert not any("Assumed" in note for note in dies)
    shifted = preset(LOST, "Errors that no check sees")
    notes = {on: LOST.simulate(shifted.replace(cross_zone=on)).notes for on in (True, False)}
    assert any("the month is recalled" in note for note in notes[True])
    assert not any("the month is recalled" in note for note in notes[False])


def test_one_target_in_two_zones_is_told_without_slips():
    for event in ("the zone goes dark", "targets die", "targets fail unseen"):
        result = LOST.simulate(LOST.scenario(event=event, zones=2, targets_per_zone=1,
                                             requests_per_s=1.0, long_pct=0.0))  # fmt: skip
        assert " 1 requests" not in result.why and "after 0 s" not in result.why
        assert "1 targets" not in result.why and "nan" not in result.why


def test_the_picture_says_what_the_numbers_say():
    outcome = ask(LOST)
    result = LOST.tell(outcome)
    failed = next(place for place in result.scene.places if place.name == "Failed")
    assert failed.count.max() == pytest.approx(
        result.summary["worst_pct"] / 100 * outcome.scenario.requests_per_s
    )


@pytest.mark.parametrize("one", LOST.presets, ids=lambda one: one.name)
def test_the_picture_speaks_at_moments_that_it_shows(one):
    scene = (result := LOST.simulate(LOST.scenario(**one.values))).scene
    shown = result.data[scene.x]
    told = [at for at, _ in (*scene.events, *scene.words)]
    assert np.isin(told, shown).all()
    assert len({at for at, _ in scene.words}) == len(scene.words)


def test_the_best_way_through_keeps_the_goal():
    comparison = LOST.compare(ZoneLostScenario())
    asked, best = comparison.options[0], comparison.best
    assert not asked.holds and best.holds
    assert LOST.outcome(best.scenario).failed_pct <= best.scenario.failed_goal_pct


def test_more_targets_where_too_few_are_left():
    scenario = preset(LOST, "No spare targets")
    grown = next(o for o in LOST.compare(scenario).options if o.label == "5 targets a zone")
    assert LOST.outcome(grown.scenario).too_many.sum() == 0
    assert LOST.outcome(scenario).too_many.sum() > 0


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"event": "targets die", "dead_targets": 6}, "take no more than targets_per_zone"),
        ({"dead_targets": 2}, "it is for targets die, targets fail unseen"),
        ({"dns_failover_pct": 20.0, "routing_failover_pct": 50.0}, "AWS wants it at"),
        ({"zones": 1}, "from 2 to 6 zones"),
        ({"health_interval_s": 301}, "from 5 to 300 s"),
        ({"event": "flood"}, "must be one of the zone goes dark"),
    ],
)
def test_what_can_not_be_is_refused(values, rule):
    with pytest.raises(ScenarioError, match=rule):
        ZoneLostScenario(**values)
