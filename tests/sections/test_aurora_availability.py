import numpy as np
import pytest

from awsnb.mechanisms import lifetimes
from awsnb.mechanisms.lifetimes import Lifetimes
from awsnb.sections.aurora.availability import VIEW
from awsnb.sections.aurora.availability.scenario import AvailabilityScenario
from awsnb.sections.aurora.availability.simulate import _chain, alone_s, away_s, lifetimes_at, years
from awsnb.sections.aurora.availability.tell import ages
from awsnb.sections.aurora.designs import DESIGNS


def summary(**values):
    return VIEW.simulate(AvailabilityScenario(**values)).summary


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("zone_up", [3.0, np.inf])
def test_the_chain_made_of_parts_is_the_mechanisms_own(design, zone_up):
    times, shape = Lifetimes(70.0, 0.3, zone_up, 0.5), DESIGNS[design]
    whole = lifetimes.chain(shape.per_zone, times)
    assert away_s(shape, times) == pytest.approx(
        365.25 * 86_400 * lifetimes.unavailability(whole, shape.write), rel=1e-9
    )
    assert years(shape, times) * 24 * 365.25 == pytest.approx(
        lifetimes.mean_time_to_loss(whole, shape.read), rel=1e-9
    )
    if np.isfinite(zone_up):
        assert np.allclose(_chain(shape.per_zone, times).rates, whole.rates, rtol=1e-12)


@pytest.mark.parametrize("design", DESIGNS)
def test_without_outages_of_zones_the_binomial_is_exact(design):
    cluster = AvailabilityScenario(zone_outages_per_year=0.0, segment_gb=1000.0)
    shape = DESIGNS[design]
    assert away_s(shape, lifetimes_at(cluster, 1000.0)) == pytest.approx(
        alone_s(shape, lifetimes_at(cluster, 1000.0))
    )


def test_az_plus_one_tells_four_of_six_from_two_of_three():
    compared = VIEW.compare(AvailabilityScenario())
    rows = compared.rows
    assert rows["survives_zone_plus_one"].tolist() == ["yes", "yes", "no", "no"]
    assert rows["survives_zone"].tolist() == ["yes", "no", "no", "yes"]
    assert rows["holds"].tolist() == [True, False, False, False]
    assert compared.why.startswith("4 of 6 to write, 3 to recover: no other design writes on")


@pytest.mark.parametrize("segment_gb", [10.0, 1000.0])
def test_each_design_is_compared_as_it_is_simulated(segment_gb):
    for option in VIEW.compare(AvailabilityScenario(segment_gb=segment_gb)).options:
        alone = VIEW.simulate(option.scenario).summary
        for number in option.numbers:
            assert alone[number.name] == number.value


def test_small_segments_close_the_window():
    small, large = (summary(segment_gb=gb, repair_gbps=1.0) for gb in (10.0, 1000.0))
    assert large["repair_s"] == 100 * small["repair_s"] == 8000
    assert large["unwritable_s_year"] > 20 * small["unwritable_s_year"]
    two = summary(design="2 of 3", segment_gb=1000.0, repair_gbps=1.0)
    assert two["unwritable_s_year"] > 2 * large["unwritable_s_year"]
    assert two["read_quorum_years"] < large["read_quorum_years"] / 50


@pytest.mark.parametrize(
    ("count", "text"),
    [(0.5, "183 days"), (38.8, "38.8 years"), (2920, "2.92 thousand years"),
     (5.1e7, "51 million years"), (float("inf"), "never"), (1e16, "over 1e15 years")],
)  # fmt: skip
def test_ages(count, text):
    assert ages(count) == text


# --- true sentences


@pytest.mark.parametrize(
    ("design", "said"),
    [
        ("4 of 6", "writes need 4 and go on, recovery needs 3 and can lose 1 more."),
        ("6 of 6", "writes need 6 and stop, recovery needs 1 and can lose 3 more."),
        ("3 of 4", "writes need 3 and stop, recovery needs 2 and can't lose one more."),
        ("2 of 3", "writes need 2 and go on, recovery needs 2 and can't lose one more."),
    ],
)
def test_what_is_said_to_survive_a_zone_does(design, said):
    result = VIEW.simulate(AvailabilityScenario(design=design, segment_gb=1000.0, repair_gbps=1.0))
    assert said in result.why
    assert ("go on" in said) == (result.summary["survives_zone"] == "yes")
    assert ("can lose" in said) == (result.summary["survives_zone_plus_one"] == "yes")
