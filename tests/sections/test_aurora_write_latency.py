import numpy as np
import pytest

from awsnb.sections.aurora.designs import DESIGNS
from awsnb.sections.aurora.write_latency import VIEW
from awsnb.sections.aurora.write_latency.scenario import WriteLatencyScenario
from awsnb.sections.aurora.write_latency.simulate import ONE_IN, independent_ms, waits


def summary(**values):
    return VIEW.simulate(WriteLatencyScenario(**values)).summary


def test_all_six_meet_a_slow_answer_as_often_as_the_binomial_says():
    late = summary(design="6 of 6")["late_pct"]
    assert late == pytest.approx(100 * (1 - 0.99**6), rel=0.03)


def test_four_of_six_passes_over_what_six_of_six_waits_for():
    four, six = (summary(design=design) for design in ("4 of 6", "6 of 6"))
    assert four["p999_ms"] < 3 and six["p999_ms"] > 15 * four["p999_ms"]
    assert (four["spare"], six["spare"]) == (2, 0)


def test_no_quorum_without_the_zone_for_who_needs_too_many():
    reached = {
        design: np.isfinite(summary(design=design, zone_trouble="down")["p50_ms"])
        for design in DESIGNS
    }
    assert reached == {"4 of 6": True, "6 of 6": False, "3 of 4": False, "2 of 3": True}
    result = VIEW.simulate(WriteLatencyScenario(design="6 of 6", zone_trouble="down"))
    assert result.why.startswith("No write is acknowledged: 6 copies must answer and zone A took 2")
    assert result.summary["gone"] == 2 and "never" in str(result)


def test_two_of_three_is_no_slower_than_four_of_six():
    four, two = (summary(design=design) for design in ("4 of 6", "2 of 3"))
    assert two["p99_ms"] < 1.1 * four["p99_ms"]


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("trouble", ["none", "slow"])
def test_order_statistics_agree_with_draws_where_copies_are_independent_ms(design, trouble):
    cluster = WriteLatencyScenario(design=design, slow_copy_pct=5.0, zone_trouble=trouble)
    exact = independent_ms(cluster)
    drawn = waits(cluster, design).exceeding(exact)[0]
    common = ONE_IN <= 100
    assert drawn[common] == pytest.approx(1 / ONE_IN[common], rel=0.06)


def test_theory_is_shaded_only_where_zones_are_slow_together():
    tail = VIEW.simulate(WriteLatencyScenario()).panels[0]
    assert tail.doubtful == ()
    tail = VIEW.simulate(WriteLatencyScenario(zone_slow_pct=1.0)).panels[0]
    ((start, end, why),) = tail.doubtful
    assert 10 < start < end == ONE_IN[-1] and why == "copies are slow together"


def test_seeds_are_samples_of_one_cluster():
    one, other = (summary(seed=seed)["p50_ms"] for seed in (1, 2))
    assert one != other and one == pytest.approx(other, rel=0.005)


# --- true sentences


def why(**values):
    return VIEW.simulate(WriteLatencyScenario(**values)).why


def test_who_waits_for_all_passes_nothing_over():
    said = why(design="6 of 6")
    assert "waits for every copy, so one slow copy delays" in said and "passed over" not in said


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ("4 of 6", "every copy outside slow zone A, so one more slow copy delays the write"),
        ("2 of 3", "every copy outside slow zone A, so one more slow copy delays the write"),
        ("6 of 6", "slow zone A too, since the copies outside it are too few"),
        ("3 of 4", "slow zone A too, since the copies outside it are too few"),
    ],
)
def test_a_slow_zones_copies_are_those_that_were_to_spare(design, said):
    values = {"design": design, "zone_trouble": "slow", "slow_copy_pct": 0.0}
    assert said in why(**values) and "can be passed over" not in why(**values)
    median = VIEW.simulate(WriteLatencyScenario(**values)).summary["p50_ms"]
    assert (median > 5) == said.startswith("slow zone A too")  # a slow zone takes ten times as long


def test_without_a_zone_it_is_the_copies_left_that_are_waited_for():
    assert "waits for every copy that is left, so one slow copy" in why(zone_trouble="down")
    assert "passed over" not in why(zone_trouble="down")


def test_zones_that_are_slow_together_are_named_with_their_share():
    assert pytest.approx(5.88, abs=0.01) == 100 * (1 - 0.98**3)
    assert "At 5.9 % of the writes a whole zone is slow." in why(zone_slow_pct=2.0)
    assert "whole zone" not in why()
