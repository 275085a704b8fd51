"""What becomes of credit after a load's end."""

import numpy as np
import pytest

from awsnb.mechanisms.after_end import fall_of

DAY = np.full(24, 3600.0)


def test_a_steady_fall_is_extrapolated_to_its_end():
    level = 1000 - 10.0 * np.arange(1, 25)
    fall = fall_of(1000.0, level, DAY, 1000.0)
    assert fall.empty_after_s == pytest.approx(76 * 3600) and fall.goes_dry
    assert fall.lately_s == 12 * 3600


def test_credit_that_is_level_or_rises_does_not_fall():
    assert fall_of(10.0, np.full(24, 10.0), DAY, 100.0) is None
    assert fall_of(10.0, 10.0 + np.arange(24), DAY, 100.0) is None


def test_credit_that_came_back_at_the_end_does_not_fall():
    level = np.concatenate((1000 - 50.0 * np.arange(1, 13), 400 + 40.0 * np.arange(1, 13)))
    assert fall_of(1000.0, level, DAY, 1000.0) is None


def test_a_daily_dip_that_comes_back_does_not_fall():
    day = np.concatenate((100 - 5.0 * np.arange(1, 9), 60 + 2.5 * np.arange(1, 17)))
    assert fall_of(100.0, np.tile(day, 5), np.tile(DAY, 5), 100.0) is None


def test_a_dip_every_day_that_grows_is_measured_over_whole_days():
    day = np.concatenate((-5.0 * np.arange(1, 9), -40 + 2.0 * np.arange(1, 17)))
    level = 500 + np.concatenate([day - 8.0 * number for number in range(5)])
    fall = fall_of(500.0, level, np.tile(DAY, 5), 500.0)
    assert fall.lately_s % 86_400 == 0
    assert fall.empty_after_s == pytest.approx((500 - 40) / 8 * 86_400)
