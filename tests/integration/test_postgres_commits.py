"""Commits and promotions of a real PostgreSQL, as recorded: the files are what the tool writes."""

import csv
from datetime import date

import pytest
from record_commits import (
    COMMIT_COLUMNS,
    COMMITS,
    PROMOTION_COLUMNS,
    PROMOTIONS,
    SHARES_PCT,
    TIMES,
    WAITS,
    WAYS_MS,
)


def rows(path, columns):
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert list(found[0]) == columns
    date.fromisoformat(found[0]["recorded"])
    return found


def test_commits_are_recorded_in_each_arrangement():
    found = rows(COMMITS, COMMIT_COLUMNS)
    assert [row["waits_for"] for row in found] == [name for name in WAITS for _ in SHARES_PCT]
    for name in WAITS:
        latency_ms = [float(row["latency_ms"]) for row in found if row["waits_for"] == name]
        assert latency_ms == sorted(latency_ms)


def test_a_commit_waits_for_ever_for_a_standby_that_is_gone_where_it_needs_it():
    ends = {row["waits_for"]: row["ends_with_one_gone"] for row in rows(COMMITS, COMMIT_COLUMNS)}
    assert ends == {
        "no standby": "yes", "one standby": "no", "the faster of two": "yes", "both standbys": "no",
    }  # fmt: skip


def test_each_promoted_standby_takes_writes():
    found = rows(PROMOTIONS, PROMOTION_COLUMNS)
    assert len(found) == 3 * len(WAYS_MS) * TIMES
    assert {row["takes_writes"] for row in found} == {"yes"}


@pytest.mark.parametrize("way_ms", WAYS_MS)
def test_the_way_costs_what_was_written_within_it(way_ms):
    found = rows(PROMOTIONS, PROMOTION_COLUMNS)
    cut = [
        row for row in found if row["ends"] == "the way is cut" and float(row["way_ms"]) == way_ms
    ]
    lost = sum(int(row["lost_writes"]) for row in cut)
    assert lost == pytest.approx(sum(int(row["written_within_way"]) for row in cut), rel=0.2)
