"""Promotion of a read replica: what is lost, how long nobody writes, and what is said of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb.aws.rds import RDS
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.read_replicas.promotion.scenario import PromotionScenario
from awsnb.sections.read_replicas.promotion.simulate import simulate
from awsnb.sections.read_replicas.truth import (
    NARROW,
    lost_by_formula,
    lost_in_closed_form,
    promoted,
)

VIEW = section("read-replicas").view("promotion")


def result(**values):
    return VIEW.simulate(PromotionScenario(**values))


def preset(name):
    (values,) = (one.values for one in VIEW.presets if one.name == name)
    return PromotionScenario(**values), result(**values)


# --- what is lost


def test_a_wide_way_loses_what_is_on_it_and_no_more():
    said = result()
    in_batch = 3000 * RDS.value("read_replica", "way_same_region") / 1000
    assert said.summary["lost_writes_p99"] == said.summary["lost_writes_worst"] == in_batch
    assert "only what is in transit is lost" in said.why and "waits at the source" not in said.why


def test_distance_alone_loses_more_and_costs_the_way():
    near, (_, far) = result(), preset("Far away, and it fails")
    way_s = RDS.value("read_replica", "way_other_region") / 1000
    assert far.summary["lost_writes_worst"] == pytest.approx(3000 * way_s, abs=1)
    assert far.summary["lost_s"] == pytest.approx(way_s, rel=1e-6)
    mean = 300 * (1 + 9 * 5 / 60)
    gb_month = mean * 8 * 1024 * 3600 * 730 / 1e9
    copied = far.summary["cost_usd_month"] - near.summary["cost_usd_month"]
    assert copied == pytest.approx(0.02 * gb_month, rel=1e-6)


def test_what_a_narrow_way_does_not_carry_waits_and_is_lost_as_in_closed_form():
    _, said = preset("A slow network")
    table = lost_in_closed_form()
    closed, model = table["closed form, writes"], table["model, writes"]
    assert model.to_numpy() == pytest.approx(closed.to_numpy(), rel=0.003)
    assert said.summary["lost_writes_worst"] == pytest.approx(lost_by_formula(NARROW, 1.0), abs=1)
    assert "waits at the source, and is lost with it" in said.why and "In the batch" in said.why


@given(
    writes=st.floats(50, 500),
    batch=st.floats(3, 20),
    minutes=st.floats(1, 10),
    way=st.floats(1, 500),
)
def test_the_lost_tail_is_a_triangle_for_any_batch(writes, batch, minutes, way):
    carries = writes * (1 + (batch - 1) * minutes / 60) * 1.5
    one = PromotionScenario(
        writes_per_s=writes, batch=batch, batch_min=round(minutes), way_ms=way,
        carries_mibps=min(max(carries * 8 / 1024, 0.1), 1000), replays_per_s=100_000,
    )  # fmt: skip
    passes = 1024 * one.carries_mibps / one.log_kib
    if not writes < passes < 0.95 * writes * batch or one.batch_min > 10:
        return
    outcome = simulate(one)
    for share in (0.9, 0.99, 1.0):
        formula = lost_by_formula(one, share)
        slack = writes * batch * 1.5  # a step of a second
        assert abs(float(np.quantile(outcome.lost_writes, share)) - formula) <= slack


def test_only_a_planned_move_loses_nothing():
    _, said = preset("A move, by the book")
    assert said.summary["lost_writes_worst"] == 0 and "none is lost" in said.why
    assert said.data["lost_now"].max() == 0
    one = PromotionScenario()
    assert (
        result(happens="a planned move", place="another Region").summary["lost_writes_worst"] == 0
    )
    assert simulate(one).lost_writes.min() > 0


def test_promoted_too_soon_strands_what_is_written_until_clients_move():
    one, said = preset("A move, too early")
    quiet = result(happens="promoted too soon", batch=1.0)
    by_hand_s = 60 * (one.takes_min + one.repoint_min)
    assert quiet.summary["lost_writes_worst"] == pytest.approx(300 * by_hand_s, abs=2)
    whole_batch = 300 * (by_hand_s + 9 * 300)
    assert said.summary["lost_writes_worst"] == pytest.approx(whole_batch, rel=0.001)
    assert "No client sees an error" in said.why and "Nobody writes" not in said.why
    assert said.summary["stop_min"] == 0 and "no time" in str(said)


def test_more_than_an_hour_by_hand_strands_whole_hours():
    long = result(happens="promoted too soon", batch=1.0, promote_min=115.0)
    assert long.summary["lost_writes_worst"] == pytest.approx(300 * 7200, abs=2)


def test_a_replica_in_the_region_that_fails_is_gone_too():
    _, said = preset("The Region is gone")
    assert said.summary["lost_writes_p99"] is None and said.summary["stop_min"] is None
    assert "nothing is left to promote" in said.why and "Nobody writes" not in said.why
    moved = result(happens="its Region fails", place="another Region")
    assert moved.summary["lost_writes_p99"] == 240


# --- a chain


def test_a_chain_of_mysql_sends_on_only_what_it_has_replayed():
    one, said = preset("A chain to another Region")
    waits = 300 * (3000 - one.replays_per_s)  # of the batch of five minutes
    assert said.summary["lost_writes_worst"] == pytest.approx(waits, rel=0.001)
    assert "only what it has replayed itself" in said.why
    other = VIEW.simulate(one.replace(engine="PostgreSQL"))
    assert other.summary["lost_writes_worst"] < 250 and "only what is in transit" in other.why


def test_where_the_source_alone_fails_the_first_level_still_sends():
    one, _ = preset("A chain to another Region")
    said = VIEW.simulate(one.replace(happens="the source fails"))
    assert said.summary["lost_writes_worst"] == 3  # as with one replica nearby
    assert said.summary["catch_up_s"] == pytest.approx(150, rel=0.01)


# --- how long nobody writes


def test_the_stop_is_the_sum_of_its_parts():
    said = result(notice_min=7.0, promote_min=4.0, repoint_min=3.0)
    catch_up_min = 300 * 1000 / 2000 / 60  # 1,000 a second were too many, for five minutes
    assert said.summary["stop_min"] == pytest.approx(14 + catch_up_min, rel=0.01)
    assert "7 min to decide" in said.why and "7 min to promote" in said.why
    planned = result(happens="a planned move", promote_min=4.0, repoint_min=3.0)
    assert planned.summary["stop_min"] == pytest.approx(7 + catch_up_min, rel=0.01)
    assert "wait for lag 0" in planned.why and "decide" not in planned.why


@pytest.mark.parametrize("engine, levels", [("PostgreSQL", 1), ("PostgreSQL", 3), ("MySQL", 3)])
def test_lag_0_takes_as_long_as_a_slow_twin_needs(engine, levels):
    one = PromotionScenario(
        happens="a planned move", engine=engine, levels=levels, carries_mibps=12.0, way_ms=80.0
    )
    drain_s = simulate(one).moments.drain_s
    for second in (1, 700, 900, 1500):
        assert drain_s[second - 1] == pytest.approx(drained_s(one, second), abs=2.5)


def drained_s(one, second):
    """Pour buckets of writes along second by second, twice the hour; then write no more."""
    carries = 1024 * one.carries_mibps / one.log_kib
    rates = []
    for level in range(one.levels):
        rates.append(carries)
        if one.engine == "MySQL" or level == one.levels - 1:
            rates.append(one.replays_per_s)
    held, now = [0.0] * len(rates), 0
    while now < 3600 + second or sum(held) > 1e-6:
        at = now % 3600
        if now < 3600 + second:
            held[0] += one.writes_per_s * (one.batch if 600 <= at < 600 + 60 * one.batch_min else 1)
        for place, rate in enumerate(rates):
            passed = min(held[place], rate)
            held[place] -= passed
            if place + 1 < len(rates):
                held[place + 1] += passed
        now += 1
    return now - 3600 - second + one.way_s


def test_a_lag_that_grows_every_hour_is_said_and_has_no_stop():
    said = result(carries_mibps=2.0)
    assert "the lag grows every hour" in said.why and "MiB/s of log are written" in said.why
    assert said.summary["stop_min"] is None and "Nobody writes" not in said.why
    replay = result(replays_per_s=400.0)
    assert "a replica replays 400" in replay.why
    assert not VIEW.compare(PromotionScenario(carries_mibps=2.0)).options[0].holds


# --- other ways


def test_the_cheapest_place_that_survives_is_chosen():
    near = VIEW.compare(PromotionScenario())
    assert near.best is near.options[0]
    gone = VIEW.compare(PromotionScenario(happens="its Region fails"))
    assert gone.best.label == "in another Region" and "more a month" in gone.why
    soon = VIEW.compare(PromotionScenario(happens="promoted too soon"))
    assert soon.best.label == "a planned move"
    never = VIEW.compare(PromotionScenario(goal_min=1.0))
    assert never.best is None and "None of these" in never.why


def test_a_replica_without_a_price_says_so():
    said = result(engine="MariaDB")
    assert said.summary["cost_usd_month"] is None and "no price on file" in str(said)
    VIEW.compare(PromotionScenario(engine="MariaDB"))


def test_every_way_says_that_it_is_final_and_what_is_not_there():
    for happens in ("the source fails", "a planned move", "promoted too soon"):
        notes = " ".join(result(happens=happens).notes)
        assert "Promotion is final" in notes and "backups are kept for 1 day" in notes
        assert "Multi-AZ standby only if the replica had one" in notes


def test_one_write_and_no_batch_are_said_in_whole_sentences():
    said = result(batch=1.0, writes_per_s=0.1)
    assert "1 write at most" in said.why and "1 writes" not in said.why
    even = result(batch=1.0, writes_per_s=3000.0, carries_mibps=20.0)
    assert "the lag grows" in even.why


def test_levels_of_a_chain_are_refused_as_aws_does():
    with pytest.raises(ScenarioError, match="levels"):
        PromotionScenario(levels=4)


# --- a recorded PostgreSQL


def test_recorded_promotions_lose_what_is_on_the_way_at_most():
    table = promoted()
    cut, killed = table.loc["the way is cut"], table.loc["the source is killed"]
    assert cut["lost, mean"].to_numpy() == pytest.approx(cut["model, at most"].to_numpy(), rel=0.2)
    assert (killed["lost, most"] <= killed["model, at most"]).all()
    assert (table.loc["writes are stopped first"]["lost, most"] == 0).all()
