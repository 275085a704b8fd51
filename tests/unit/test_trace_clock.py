import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from awsnb.trace import TraceError, read_cloudwatch, read_load

FIELD = Path(
    os.environ.get("AWSNB_FIELD", Path(__file__).resolve().parents[3] / "shared" / "field")
)
CHANGES = [  # zone, an evening before, whether the clock goes forward
    ("Europe/Berlin", "2026-03-28T20:00", True),
    ("Europe/Berlin", "2026-10-24T20:00", False),
    ("Europe/London", "2026-03-28T20:00", True),
    ("Europe/London", "2026-10-24T20:00", False),
    ("America/New_York", "2026-03-08T02:00", True),
    ("America/New_York", "2026-11-01T01:00", False),
    ("Australia/Sydney", "2026-10-03T12:00", True),
    ("Australia/Sydney", "2026-04-04T12:00", False),
]


@pytest.fixture
def reads(tmp_path):
    def reads(rows, header="timestamp,VolumeReadOps Sum"):
        path = tmp_path / "export.csv"
        path.write_text("\n".join((header, *(f"{time},{value}" for time, value in rows))))
        return read_cloudwatch(path)

    return reads


def local(zone, evening, period_s, hours=12):
    start = datetime.fromisoformat(evening).replace(tzinfo=UTC)
    moments = (start + timedelta(seconds=i) for i in range(0, hours * 3600, period_s))
    return [f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}" for moment in moments]


def from_start(steps, start=datetime(2026, 1, 5, tzinfo=UTC)):
    """Rows whose periods are these: (count, seconds)."""
    seconds = np.cumsum([0, *(period for count, period in steps for _ in range(count))])
    return [f"{start + timedelta(seconds=int(second)):%Y-%m-%dT%H:%M:%SZ}" for second in seconds]


# --- summer time


@pytest.mark.parametrize(("zone", "evening", "forward"), CHANGES)
@pytest.mark.parametrize("period_s", [60, 300, 3600])
@pytest.mark.parametrize("newest_first", [False, True])
def test_local_time_over_a_change_is_read_without_a_hole(
    reads, zone, evening, forward, period_s, newest_first
):
    times = local(zone, evening, period_s)
    rows = list(enumerate(times))
    trace = reads([(time, i) for i, time in (rows[::-1] if newest_first else rows)])
    assert trace.value.tolist() == list(range(len(times)))
    assert set(trace.duration_s) == {period_s}
    says = "summer time begins" if forward else "summer time ends"
    assert any(says in repair for repair in trace.repairs)


@pytest.mark.parametrize("day", ["2026-03-26T20:00", "2026-05-02T20:00"])
def test_a_gap_of_an_hour_on_another_day_stays_one(reads, day):
    times = local("UTC", day, 300)
    del times[72:84]
    trace = reads([(time, 1) for time in times])
    assert np.isnan(trace.value).sum() == 12
    assert not any("summer time" in repair for repair in trace.repairs)


def test_times_with_a_zone_are_never_moved(reads):
    times = [f"{time}Z" for time in local("Europe/Berlin", "2026-03-28T20:00", 300)]
    assert np.isnan(reads([(time, 1) for time in times]).value).sum() == 12


def test_an_hour_that_comes_twice_in_turn_is_refused_with_its_cause(reads):
    times = sorted(local("Europe/Berlin", "2026-10-24T20:00", 300))
    with pytest.raises(TraceError, match=r"02:00 on 2026-10-25 come twice.*times in UTC"):
        reads([(time, i) for i, time in enumerate(times)])


def test_a_crowd_that_does_not_fit_the_hour_is_refused(reads):
    before = [f"2026-03-08 01:{minute:02d}:00" for minute in range(1, 60, 5)]
    after = [f"2026-03-08 03:{minute:02d}:00" for minute in range(1, 60, 5)]
    crowd = ["2026-03-08 03:00:00"] * 12
    fits = reads([(time, i) for i, time in enumerate((*before, *crowd, *after))])
    assert fits.value.tolist() == list(range(36))
    with pytest.raises(
        TraceError, match=r"line 15.*6 samples stand at the time of another.*change of summer time"
    ):
        reads([(time, i) for i, time in enumerate((*before, *crowd[:7], *after))])


def test_the_field_case_is_read():
    path = FIELD / "07-nab-spring-forward" / "spring.csv"
    if not path.exists():
        pytest.skip("the field cases are not here")
    trace = read_cloudwatch(path)
    assert trace.value.tolist() == list(range(40, 100))
    assert set(trace.duration_s) == {300}
    assert "12 samples stood at 03:00 on 2026-03-08" in str(trace)


# --- several values at one time


def test_a_single_corrected_sample_is_a_repair_and_more_are_several_series(reads):
    times = from_start([(9, 300)])
    rows = [(time, i) for i, time in enumerate(times)]
    assert reads([*rows, (times[3], 99)]).value[3] == 99
    with pytest.raises(TraceError, match=r"2 samples stand at the time of another.*several series"):
        reads([*rows, (times[3], 99), (times[4], 99)])
    assert reads([*rows, *rows]).value.tolist() == list(range(10))


# --- periods


@pytest.mark.parametrize("blank", ["", "null"])
def test_a_coarse_metric_on_a_fine_grid_keeps_its_period(reads, tmp_path, blank):
    times = from_start([(59, 60)])
    trace = reads([(time, blank if i % 5 else 600) for i, time in enumerate(times)])
    assert trace.value.tolist() == [600] * 12
    assert set(trace.duration_s) == {300}
    assert trace.repairs == (
        "a value every 5 min on a grid of 1 min only: read as a metric of that period",
    )
    assert read_load(tmp_path / "export.csv", "operations").per_s.tolist() == [2] * 12


def test_a_coarse_metric_with_a_gap_keeps_its_period(reads):
    times = from_start([(299, 60)])
    trace = reads([(time, 600 if i % 5 == 0 and i != 150 else "") for i, time in enumerate(times)])
    assert (trace.value.size, set(trace.duration_s)) == (60, {300})
    assert np.isnan(trace.value).sum() == 1


def test_a_fine_grid_that_is_filled_with_zeros_is_said(reads):
    times = from_start([(59, 60)])
    trace = reads([(time, 0 if i % 5 else 600) for i, time in enumerate(times)])
    assert trace.value.size == 60
    assert "a value above 0 every 5 min on a grid of 1 min only: if 0 only fills" in str(trace)


def test_a_metric_that_is_rarely_published_keeps_its_period(reads):
    held = {0, 7, 8, 20, 33, 41, 59}
    trace = reads([(t, i if i in held else "") for i, t in enumerate(from_start([(59, 60)]))])
    assert (trace.value.size, set(trace.duration_s)) == (60, {60})


def test_a_period_that_changes_is_a_total_of_its_own_period(reads, tmp_path):
    """CloudWatch keeps 1 minute for 15 days, then 5 minutes, then an hour."""
    steps = [(48, 3600), (48, 300), (48, 60)]
    times = from_start(steps)[:-1]
    values = [2 * period for count, period in steps for _ in range(count)]
    trace = reads(list(zip(times, values, strict=True)))
    assert trace.duration_s.tolist() == [p for count, p in steps for _ in range(count)]
    load = read_load(tmp_path / "export.csv", "operations")
    assert set(load.per_s) == {2.0}
    assert [repair[:18] for repair in trace.repairs] == ["the period changes"] * 2


def test_a_trace_that_is_nearly_all_gaps_is_refused(reads):
    times = from_start([(12, 1), (1, 10**8), (12, 1), (1, 10**8), (12, 1)], datetime(2000, 1, 1))
    with pytest.raises(TraceError, match=r"nearly all gaps: export a longer period|is its time"):
        reads([(time, 1) for time in times])
