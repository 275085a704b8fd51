"""The model of a replica against a real PostgreSQL standby that was held up: as recorded."""

import csv
from datetime import date

import numpy as np
import pytest
from record_postgres import COLUMNS, HOLDS_S, RECORDED, Recording, lag_s, modelled, replay_rate


@pytest.fixture(scope="module")
def recorded():
    with RECORDED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == COLUMNS
    date.fromisoformat(rows[0]["recorded"])
    return {name: np.array([float(row[name]) for row in rows]) for name in COLUMNS[:8]}, rows[0]


@pytest.fixture(scope="module")
def seen(recorded):
    columns, first = recorded
    names = "second", "written_mb", "replayed_mb", "held_up"
    return Recording(first["server_version"], *(columns[name] for name in names))


def test_the_record_is_what_the_tool_makes_of_what_was_seen(recorded, seen):
    columns, first = recorded
    seen = seen._replace(held=seen.held > 0)
    rate = replay_rate(seen)
    assert rate == pytest.approx(float(first["replay_mb_per_s"]), abs=0.1)
    replayed, lag = modelled(seen, rate)
    assert replayed == pytest.approx(columns["model_replayed_mb"], abs=0.05)
    assert lag == pytest.approx(columns["model_lag_s"], abs=0.05)
    assert lag_s(seen) == pytest.approx(columns["lag_s"], abs=0.1)


def test_the_standby_fell_behind_and_caught_up_as_the_model_says(recorded):
    columns, _ = recorded
    time_s, lag, model = columns["second"], columns["lag_s"], columns["model_lag_s"]
    assert np.abs(lag - model).mean() < 0.1
    behind, expected = (columns["written_mb"] - columns[name] for name in
                        ("replayed_mb", "model_replayed_mb"))  # fmt: skip
    assert behind.max() == pytest.approx(expected.max(), rel=0.02)
    for start, end in HOLDS_S:
        just_before = np.searchsorted(time_s, end) - 1
        for told in (lag, model):  # held up, it is as far behind as it was held
            assert told[just_before] == pytest.approx(end - start, abs=0.1)
        after = (time_s > end) & (lag < 0.1)
        caught_up = time_s[after][0] - end
        assert time_s[(time_s > end) & (model < 0.1)][0] - end == pytest.approx(caught_up, rel=0.5)
        assert caught_up > 0.4  # long enough to tell one speed from another
