import numpy as np
import pytest

from awsnb.aws.elasticache import ELASTICACHE
from awsnb.aws.elb import ELB
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.sticky_sessions.options import compare
from awsnb.sections.sticky_sessions.scenario import (
    ADDRESS,
    APPLICATION,
    CLASSIC,
    DURATION,
    LEAST,
    STORE,
    StickyScenario,
)
from awsnb.sections.sticky_sessions.simulate import simulate
from awsnb.sections.sticky_sessions.tell import tell
from awsnb.sections.sticky_sessions.truth import closed_forms, recorded
from awsnb.trace import TraceError

(VIEW,) = section("sticky-sessions").views


def outcome(**values):
    return simulate(StickyScenario(**values))


def why(**values):
    return tell(outcome(**values)).why


def preset(name):
    (found,) = [one for one in VIEW.presets if one.name == name]
    return VIEW.simulate(VIEW.scenario(**found.values))


# --- what it is compared with


def test_a_real_haproxys_cookies_lead_where_the_model_binds():
    table = recorded()
    assert len(table) == 6
    assert (table["HAProxy"] == table["model"]).all()
    assert table.loc["a fourth server joins", "HAProxy"].split()[3] == "0"
    assert table.loc["it is back", "HAProxy"].split()[0] == "0"


def test_means_of_many_runs_are_near_the_closed_forms():
    assert (closed_forms()["apart, %"].abs() < 2).all()


def test_the_added_targets_fill_as_the_closed_form_says():
    runs = [outcome(dies=False, seed=seed) for seed in range(40)]
    mean = np.mean([run.new_held_pct for run in runs], axis=0)
    exact = runs[0].expected_pct
    late = runs[0].time_min > 35
    assert mean[late] == pytest.approx(exact[late], abs=5)
    assert exact[runs[0].time_min <= 30] == pytest.approx(0)
    same = outcome(length_spread_pct=0.0, dies=False)
    assert same.expected_pct[np.searchsorted(same.time_min, 45.0)] == pytest.approx(50)


def test_a_death_takes_the_share_of_a_target():
    died = [outcome(added=0, dies_at_min=60.0, seed=seed).died for seed in range(40)]
    assert np.mean(died) == pytest.approx(600 / 4, rel=0.05)


# --- what must not be wrong


@pytest.mark.parametrize("stickiness", [DURATION, APPLICATION, ADDRESS])
def test_at_the_scale_out_the_new_targets_hold_nothing(stickiness):
    run = outcome(stickiness=stickiness)
    before = run.time_min < 30
    just_after = np.searchsorted(run.time_min, 30.0)
    assert (run.held[4:, before] == 0).all()
    assert run.held[4:, just_after].sum() <= 0.05 * run.live[just_after]


def test_no_session_comes_back_to_the_target_that_returns():
    run = outcome(added=0)
    first = run.held[0]
    gone = (run.time_min >= 120) & (run.time_min < 130)
    assert (first[gone] == 0).all()
    back = np.searchsorted(run.time_min, 130.0)
    assert first[back] <= 0.05 * run.live[back] < first[-1]


def test_all_sessions_are_somewhere_and_the_shares_of_targets_average_to_fair():
    for scenario in VIEW.situations():
        run = simulate(scenario)
        share = np.where(run.serves, run.share_pct, 0).sum(axis=0) / run.serves.sum(axis=0)
        assert share == pytest.approx(np.full(share.size, 100.0))
        assert (run.held[~run.serves] < 1e-9).all()


def test_alike_sessions_are_nearly_even_and_heavy_ones_are_not():
    alike = outcome(weight_spread_pct=0.0, added=0, dies=False).mean_busiest_pct
    heavy = outcome(weight_spread_pct=500.0, added=0, dies=False).mean_busiest_pct
    assert 100 <= alike < 115 < heavy


def test_a_store_ties_and_loses_nothing():
    run = outcome(stickiness=STORE)
    assert run.died == 0 and run.moved_at_min.size == 0
    assert run.share_pct[run.serves] == pytest.approx(100)
    assert run.half_filled_min == 0


# --- ties that end before their sessions


def test_shorter_durations_move_more_sessions():
    counts = [outcome(duration_s=s).moved_at_min.size for s in (60, 180, 600, 86400)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 1000 and counts[-1] < 50


def test_a_cookie_of_the_application_lasts_as_long_as_the_session():
    assert outcome(stickiness=APPLICATION).moved_at_min.size == 0


def test_a_clb_does_not_renew_and_moves_busy_sessions_too():
    busy = {"requests_per_min": 60.0, "weight_spread_pct": 0.0, "duration_s": 600}
    assert outcome(**busy).moved_at_min.size == 0
    assert outcome(stickiness=CLASSIC, **busy).moved_at_min.size > 1000
    assert ELB.value("clb", "stickiness_renewed") is False


def test_an_office_behind_one_address_is_on_one_target():
    run = outcome(stickiness=ADDRESS, behind_nat_pct=60.0, dies=False, weight_spread_pct=0.0)
    at = np.searchsorted(run.time_min, 100.0)
    assert run.held[:, at].max() / run.live[at] == pytest.approx(0.6 + 0.4 / 6, abs=0.08)
    home = run.held.argmax(axis=0)
    assert (home == home[0]).all() and home[0] < 4


# --- sentences


@pytest.mark.parametrize(
    ("name", "said", "unsaid"),
    [
        ("Short stickiness duration", "no request came for 3 min", "CLB"),
        ("A CLB's ten minutes", "10 min old, which a CLB does not renew", "no request came"),
        ("A CLB's ten minutes", "They stay elsewhere", "None of them comes back"),
        ("An office behind one NAT", "30 % of the sessions come from one address", "cookie"),
        ("Least outstanding requests", "no live session moves there", "without its state"),
        ("Long, heavy sessions", "half of a fair share after 1 h", "without its state"),
        ("Sessions in ElastiCache", "takes no session with it", "no live session moves"),
    ],
)
def test_a_preset_says_what_it_is_for(name, said, unsaid):
    words = preset(name).why
    assert said in words and unsaid not in words


def test_the_default_says_who_dies_and_that_none_returns():
    words = why()
    assert "takes the state of" in words and "None of them comes back" in words
    assert "at 130 min" in words and "without its state" not in words


def test_what_does_not_happen_is_not_said():
    assert "dies" not in why(dies=False)
    assert "join" not in why(added=0)
    assert "comes back" not in why(back_after_min=2880.0)
    assert "A target joins at 30 min" in why(added=1) and "it holds half" in why(added=1)
    assert "at once gets a fair share" in why(stickiness=STORE, added=1)
    assert "at once get a fair share" in why(stickiness=STORE)
    assert "There is one target" in why(targets=1, added=0, dies=False)
    assert "the run ends before they hold" in why(added_at_min=239.0, dies=False)
    assert "one address" not in why(stickiness=ADDRESS, behind_nat_pct=0.0)
    assert "at the start of the run" in why(added_at_min=0.0)


@pytest.mark.parametrize("scenario", VIEW.situations(), ids=lambda one: one.text)
def test_the_picture_and_the_numbers_agree(scenario):
    said = VIEW.simulate(scenario)
    places = {place.name: place for place in said.scene.places}
    held = sum(places[f"Target {k + 1}"].level for k in range(scenario.in_service))
    assert held == pytest.approx(places["Clients"].count)
    lost = int(said.data["lost"][-1])
    assert lost == said.summary["died"] + said.summary["moved"]
    assert ("State lost" in places) == (lost > 0)


def test_a_fleet_too_large_for_a_picture_has_none():
    assert tell(outcome(targets=30)).scene is None


def test_a_dead_target_gets_exactly_nothing():
    run = outcome()
    assert (run.per_min[~run.serves] == 0).all() and (run.per_min >= 0).all()


# --- options


def test_a_store_with_a_replica_is_the_cheapest_that_survives():
    compared = compare(StickyScenario())
    assert compared.best.label == "a store with a replica"
    one, two = compared.options[-2:]
    hour = ELASTICACHE.value("cache.t4g.small", "valkey_price")
    assert one.cost_usd_month == pytest.approx(730 * hour)
    assert two.cost_usd_month == pytest.approx(2 * one.cost_usd_month)
    assert [option.label for option in compared.options][:3] == [
        DURATION,
        APPLICATION,
        f"ALB, {LEAST}",
    ]


def test_a_tie_costs_nothing_where_no_target_dies():
    calm = compare(StickyScenario(dies=False, weight_spread_pct=50.0))
    assert calm.best.cost_usd_month == 0 and "at no cost" in calm.why


# --- refusals


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"duration_s": 604_801}, "duration_s", "604,800"),
        ({"duration_s": 0}, "duration_s", "1 to 604,800 s"),
        ({"stickiness": ADDRESS, "duration_s": 60}, "duration_s", "does not apply"),
        ({"stickiness": CLASSIC, "routing": LEAST}, "routing", "does not apply"),
        ({"behind_nat_pct": 50.0}, "behind_nat_pct", "does not apply"),
        ({"targets": 1, "added": 0}, "dies_at_min", "the only one"),
        ({"dies_at_min": 240.0}, "dies_at_min", "the run ends at 240 min"),
        ({"added_at_min": 500.0}, "added_at_min", "the run ends at 240 min"),
        ({"live_sessions": 20_000}, "live_sessions", "more than the 50,000"),
        ({"live_sessions": 5000, "duration_s": 1}, "duration_s", "more than the 1,000,000"),
        ({"stickiness": CLASSIC, "duration_s": 60}, "duration_s", "more than the 100,000"),
        ({"session_kib": 1024.0, "live_sessions": 5000}, "node_type", "take a larger node"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(values, field, words):
    with pytest.raises(ScenarioError, match=words) as caught:
        StickyScenario(**values)
    assert caught.value.field == field


def test_sessions_that_were_there_before_count_with_their_greater_length():
    with pytest.raises(ScenarioError, match=r"duration_s = 15: ties could end .* times"):
        StickyScenario(duration_s=15, length_spread_pct=1000.0)
    StickyScenario(duration_s=15, length_spread_pct=150.0)


# --- a log of one's own

ENTRY = (
    "https 2026-03-01T00:00:00.1Z app/web/1 {} {} 0.0 0.1 0.0 200 200 34 366 "
    '"GET https://example.com:443/ HTTP/1.1" "curl"\n'
)


def log(path, *requests):
    """An access log: client, target, and how many requests."""
    path.write_text("".join(ENTRY.format(f"{client}:2817", target) * count
                            for client, target, count in requests))  # fmt: skip
    return str(path)


def test_a_log_says_how_uneven_targets_and_clients_are(tmp_path):
    path = log(
        tmp_path / "alb.log",
        ("192.0.2.1", "10.0.0.1:80", 6), ("192.0.2.2", "10.0.0.1:80", 3),
        ("2001:db8::1", "10.0.0.2:80", 3), ("192.0.2.2", "-", 5),
    )  # fmt: skip
    own = outcome(log=path).own
    np.testing.assert_allclose(own.share_pct, [150, 50])
    assert own.spread_pct == 50
    assert own.weight_spread_pct == pytest.approx(100 * 2**0.5 / 4)
    assert own.chance_pct == pytest.approx(100 * ((2 * (1 + 2 / 16) - 1) / 3) ** 0.5)
    told = tell(outcome(log=path))
    assert told.notes[0] == (
        "Your log: 12 requests of 3 client addresses to 2 targets. 5 that no target got are left "
        "out."
    )
    assert told.why.startswith("The busiest of your targets got 150 % of a fair share; their")
    assert told.panels[-1].title == "Your targets, of a fair share"
    assert len(told.panels) == len(tell(outcome()).panels) + 1


def test_a_log_of_two_target_groups_has_no_fair_share(tmp_path):
    path = tmp_path / "alb.log"
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup"
    entry = ENTRY.format("192.0.2.1:1", "10.0.0.1:80").rstrip()
    path.write_text("".join(f"{entry} - - {arn}/{name}/0a1b\n" for name in ("blue", "green")))
    with pytest.raises(TraceError, match=r"2 target groups, such as app/web/1 blue and .* green"):
        outcome(log=str(path))
    path.write_text(f"{entry} - - {arn}/blue/0a1b\n{entry}\n")
    assert outcome(log=str(path)).own.share_pct.size == 1


def test_a_log_is_not_drawn_again_for_another_tie(tmp_path):
    path = log(tmp_path / "alb.log", ("192.0.2.1", "10.0.0.1:80", 6))
    found = compare(StickyScenario(log=path))
    assert [bool(one.scenario.log) for one in found.options[1:]] == [False] * (
        len(found.options) - 1
    )


def test_clients_tied_at_random_are_as_uneven_as_the_closed_form(tmp_path):
    random = np.random.default_rng(5)
    found, chance = [], []
    for run in range(30):
        weights = random.pareto(3, 400) * 20 + 1
        tied = [(f"10.0.{i // 250}.{i % 250}", f"10.1.0.{random.integers(4)}:80", round(weight))
                for i, weight in enumerate(weights)]  # fmt: skip
        own = outcome(log=log(tmp_path / f"{run}.log", *tied)).own
        found.append(own.spread_pct**2 * 4 / 3)  # of four, by their own mean
        chance.append(own.chance_pct**2)
    assert np.mean(found) == pytest.approx(np.mean(chance), rel=0.25)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("timestamp,value\n1,2\n", "seems to be metrics or JSON; wanted: an access log of an ALB"),
        ("0.2\n0.3\n", "line 1 is no entry of an access log of an ALB"),
        (ENTRY.format("192.0.2.1:1", "-"), "no request that a target got"),
        (ENTRY.format("192.0.2.1:1", "10.0.0.1:80") + "h2 cut off", "line 2 is no entry"),
    ],
)
def test_a_file_that_is_no_log_is_refused_in_a_sentence(tmp_path, text, said):
    path = tmp_path / "own.log"
    path.write_text(text)
    with pytest.raises(TraceError, match=said) as caught:
        outcome(log=str(path))
    assert str(caught.value).endswith(".")
