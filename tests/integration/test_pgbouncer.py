"""The model of a pool against a real PgBouncer: as recorded."""

import csv
from datetime import date

import pytest
from record_pgbouncer import CASES, CLIENTS, COLUMNS, RECORDED, Case, closed_form_ms, modelled_ms


@pytest.fixture(scope="module")
def rows():
    with RECORDED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_record_is_what_the_tool_makes_of_what_was_seen(rows):
    assert list(rows[0]) == COLUMNS
    date.fromisoformat(rows[0]["recorded"])
    assert [(int(row["connections"]), int(row["pinned"])) for row in rows] == list(CASES)
    assert {int(row["clients"]) for row in rows} == {CLIENTS}
    for row, case in zip(rows, map(Case._make, CASES), strict=True):
        service_ms = float(row["service_ms"])
        assert closed_form_ms(case, service_ms) == pytest.approx(
            float(row["closed_form_ms"]), abs=0.3
        )
        assert modelled_ms(case, service_ms) == pytest.approx(float(row["model_ms"]), rel=0.01)


def test_pgbouncer_waits_as_the_closed_form_says(rows):
    for row in rows:
        seen, expected = float(row["pgbouncer_ms"]), float(row["closed_form_ms"])
        assert seen == pytest.approx(expected, rel=0.2)


def test_a_client_that_keeps_a_transaction_takes_a_connection_away(rows):
    seen = {
        (int(row["connections"]), int(row["pinned"])): float(row["pgbouncer_ms"]) for row in rows
    }
    assert seen[10, 4] == pytest.approx(seen[6, 0], rel=0.2)
    assert seen[10, 0] < seen[10, 2] < seen[10, 4]
