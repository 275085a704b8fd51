"""A year of 5-minute demand through a gp2 volume: the event kernel against 1-second integrators."""

import numpy as np
import pandas as pd
import pytest

from awsnb.mechanisms.token_bucket import Bucket, serve

YEAR, PERIOD_S = 365 * 288, 300
DAYS_OF_PEER = 30  # the integrators do a month; their time is scaled per simulated second
HOURS_OF_PYTHON = 48  # and the plain one two days
BUCKETS = [Bucket(1, 900, 3000, 5.4e6, 5.4e6), Bucket(1 / 64, 128, 128, 0, 0)]


def demand(segments):
    rng = np.random.default_rng(1)
    day = np.arange(segments) % 288
    rates = 500 + 400 * np.sin(2 * np.pi * day / 288) + rng.gamma(1.0, 200.0, segments)
    rates[(day >= 24) & (day < 48)] = 2900  # a nightly batch of two hours
    return rates


def by_events(rates):
    return serve(np.full(rates.size, float(PERIOD_S)), rates, BUCKETS, 0.0)


def by_python(rates):
    """One second at a time; what can't be served at once is given up."""
    credit, cap = BUCKETS[0], BUCKETS[1].baseline / BUCKETS[1].cost
    level, served = credit.level, 0.0
    for rate in rates.tolist():
        for _ in range(PERIOD_S):
            done = min(rate, cap, credit.burst, level + credit.baseline)
            level = min(credit.capacity, level + credit.baseline - done)
            served += done
    return served


def by_pandas(rates):
    """Every second as a row, all arithmetic vectorised.

    The bucket's level is a sum that is held between 0 and its capacity. Such a sum has no closed
    vector form, so it is taken in blocks of a day, cut again wherever it meets a bound.
    """
    credit, cap = BUCKETS[0], BUCKETS[1].baseline / BUCKETS[1].cost
    index = pd.date_range("2024-01-01", periods=rates.size, freq=f"{PERIOD_S}s")
    asked = pd.Series(rates, index).reindex(
        pd.date_range(index[0], periods=rates.size * PERIOD_S, freq="1s"), method="ffill"
    )
    wanted = asked.clip(upper=min(cap, credit.burst)).to_numpy()
    return clamped(credit, wanted)


def clamped(credit, wanted, block=3600):
    """Serve what is wanted each second, as far as the credit goes; returns the work served."""
    level, served, at = credit.level, 0.0, 0
    while at < wanted.size:
        part = wanted[at : at + block]
        change = credit.baseline - part
        if level >= credit.capacity and change[0] >= 0:  # full, and stays so while it gains
            stop = first(change < 0, part.size)
            served += part[:stop].sum()
        elif level <= 0 and change[0] <= 0:  # empty, and stays so while it would drain
            stop = first(change > 0, part.size)
            served += credit.baseline * stop
        else:
            path = level + np.cumsum(change)
            stop = first((path >= credit.capacity) | (path <= 0), part.size - 1) + 1
            level = float(np.clip(path[stop - 1], 0.0, credit.capacity))
            served += part[:stop].sum() - max(0.0, -path[stop - 1])
        at += stop
    return served


def first(where, otherwise):
    return int(where.argmax()) if where.any() else otherwise


@pytest.fixture(scope="module")
def year():
    return demand(YEAR)


def test_a_year_against_a_vectorised_second_by_second_integrator(against, year):
    month = year[: 288 * DAYS_OF_PEER]
    served = by_events(month).served.sum()
    assert by_pandas(month) == pytest.approx(served, rel=1e-6)
    against(
        "a year by events / pandas and NumPy at 1 s (a month, scaled)",
        lambda: by_events(year),
        lambda: by_pandas(month),
        share=month.size / year.size,
    )


def test_a_year_against_a_plain_python_integrator(against, year):
    days = year[: HOURS_OF_PYTHON * 12]
    assert by_python(days) == pytest.approx(by_events(days).served.sum(), rel=1e-6)
    against(
        "a year by events / plain Python at 1 s (two days, scaled)",
        lambda: by_events(year),
        lambda: by_python(days),
        share=days.size / year.size,
    )


def test_a_year_against_reading_its_demand_once(against, year):
    """How far from the least that anything could do: adding up the year's two input arrays."""
    lengths = np.full(year.size, float(PERIOD_S))
    against("a year by events / adding up its input", lambda: by_events(year),
            lambda: (year.sum(), lengths.sum()))  # fmt: skip


@pytest.mark.parametrize("segments", [100, 1000, 10_000, 100_000, 1_000_000])
def test_the_cost_follows_the_number_of_segments(against, segments):
    rates, one = demand(segments), demand(1000)
    assert by_events(rates).served.sum() > 0
    against(
        f"{segments:>9,} segments / 1,000 segments, scaled to as many",
        lambda: by_events(rates),
        lambda: by_events(one),
        share=1000 / segments,
    )
