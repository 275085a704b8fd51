"""Numbers in words: each size of them, and none that rounds into one that does not exist."""

import math

import numpy as np
import pytest

from awsnb.words import milliseconds, percent, rate, span, unit_of, usd


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "none"),
        (0.0001, "under 1 ms"),
        (0.5, "500 ms"),
        (4, "4 s"),
        (4.2, "4.2 s"),
        (42, "42 s"),
        (204, "3.4 min"),
        (60 * 31, "31 min"),
        (3600 * 5 + 60 * 20, "5 h 20 min"),
        (7200, "2 h"),
        (86_400 * 3 + 3600 * 4, "3 d 4 h"),
        (86_400 * 1234, "1,234 d"),
    ],
)
def test_a_length_of_time(seconds, text):
    assert span(seconds) == text


def test_no_time_at_all_is_what_the_caller_says():
    assert span(0, "never") == "never"


@pytest.mark.parametrize(
    ("latency_ms", "text"),
    [
        (0.25, "0.2 ms"),
        (120.4, "120 ms"),
        (4200, "4.2 s"),
        (31 * 60_000, "31 min"),
        (math.nan, "nothing answered"),
    ],
)
def test_a_latency(latency_ms, text):
    assert milliseconds(latency_ms) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (0.0414, "0.041 %"), (4.83, "4.8 %"), (25.2, "25 %"), (10030, "10,030 %")],
)
def test_a_share(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(
    ("per_s", "text"), [(0.04, "0.04"), (12.46, "12.5"), (99.96, "100"), (2_083_333.3, "2,083,333")]
)
def test_a_rate(per_s, text):
    assert rate(per_s) == text


def test_no_length_of_time_rounds_into_one_that_does_not_exist():
    texts = {span(float(seconds)) for seconds in np.geomspace(1e-4, 1e8, 40_001)}
    texts |= {milliseconds(float(ms)) for ms in np.geomspace(0.01, 1e9, 20_001)}
    texts |= {milliseconds(ms) for ms in (9.96, 999.6, 59_990)}
    ends = ("1000 ms", "10.0 ms", "120 s", " 60 min", " 24 h", " 0 min", " 0 h")
    assert not [text for text in texts if text.endswith(ends)]
    assert "60 min" not in texts


@pytest.mark.parametrize(
    ("unit", "one"),
    [
        ("instances", "instance"),
        ("copies", "copy"),
        ("successes", "success"),
        ("busy readers", "busy reader"),
        ("vCPUs", "vCPU"),
        ("ms", "ms"),
        ("IOPS", "IOPS"),
        ("MiB/s", "MiB/s"),
        ("", ""),
    ],
)
def test_a_unit_of_one_is_in_the_singular(unit, one):
    assert unit_of(1, unit) == unit_of(1.0, unit) == one
    assert unit_of(2, unit) == unit_of(0, unit) == unit


@pytest.mark.parametrize(
    ("amount", "text"),
    [(-0.001, "0.00 USD"), (-0.0, "0.00 USD"), (-0.006, "-0.01 USD"), (1234.5, "1,234.50 USD")],
)
def test_nothing_is_never_less_than_nothing(amount, text):
    assert usd(amount) == text
