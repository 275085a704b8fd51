"""Sweeps: the same table whatever runs them, and nothing lost when they are stopped."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

import pandas as pd
import pytest

from awsnb import sections
from awsnb.scenario import ScenarioError
from awsnb.sweep import Grid, SweepError, axis, run_scenarios, sweep

SLUG = "ebs-volume-types"
AXES = {"volume_type": ["gp2", "io1"], "size_gib": [50, 100, 400], "load_factor": [0.5, 1.0]}
BASE = {"workload": "boot-storm"}


def fields():
    return sections.section(SLUG).scenario.fields()


def test_one_row_a_combination_in_order():
    table = sweep(SLUG, AXES, BASE)
    assert len(table) == 12
    assert table["load_factor"].tolist()[:4] == [0.5, 1.0, 0.5, 1.0]
    assert table["volume_type"].tolist() == ["gp2"] * 6 + ["io1"] * 6


def test_a_row_is_what_simulate_says():
    found = sections.section(SLUG)
    table = sweep(found, {"size_gib": [77]}, BASE)
    summary = found.simulate(found.scenario(size_gib=77, **BASE)).summary
    assert {name: table[name][0] for name in summary} == summary


def test_what_aws_refuses_is_a_row_with_the_reason():
    table = sweep(SLUG, AXES, BASE)
    assert (table["refused"][:6] == "").all()
    assert table["refused"][6:].str.contains("provisioned_iops is missing").all()
    assert table["throttled_min"][6:].isna().all()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("100", [100]),
        ("100,200", [100, 200]),
        ("100:300:100", [100, 200, 300]),
        ("100:350:100", [100, 200, 300]),
    ],
)
def test_axes(text, values):
    assert axis(fields()["size_gib"], text) == values


def test_axis_of_floats_has_both_ends():
    assert axis(fields()["load_factor"], "0.1:0.5:0.1") == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5])


@pytest.mark.parametrize("text", ["a", "1:2", "1:2:3:4", "5:1:1", "1:5:0", ""])
def test_a_bad_axis_is_one_sentence(text):
    with pytest.raises(ScenarioError, match="size_gib = "):
        axis(fields()["size_gib"], text)


def test_unknown_field_and_empty_axis():
    with pytest.raises(ScenarioError, match="Did you mean size_gib"):
        sweep(SLUG, {"size_gb": [1]})
    with pytest.raises(ScenarioError, match="at least one value"):
        sweep(SLUG, {"size_gib": []})


class OneByOne(Executor):
    """Runs a task when it is submitted, and counts them."""

    def __init__(self):
        self.tasks = 0

    def submit(self, function, /, *args, **kwargs):
        self.tasks += 1
        future: Future = Future()
        future.set_result(function(*args, **kwargs))
        return future


def test_the_same_bits_whatever_runs_it():
    alone = sweep(SLUG, AXES, BASE)
    one_by_one = OneByOne()
    with (
        ThreadPoolExecutor(2) as threads,
        ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes,
    ):
        for executor in (one_by_one, threads, processes):
            pd.testing.assert_frame_equal(
                sweep(SLUG, AXES, BASE, executor), alone, check_exact=True
            )
    assert one_by_one.tasks >= 1


def test_a_journal_that_is_whole_is_not_run_again(tmp_path, monkeypatch):
    journal = tmp_path / "sweep.partial"
    first = sweep(SLUG, AXES, BASE, journal=journal)
    monkeypatch.setattr("awsnb.sweep._row", lambda *_: pytest.fail("was done already"))
    pd.testing.assert_frame_equal(sweep(SLUG, AXES, BASE, journal=journal), first)


def test_a_torn_last_line_is_done_again(tmp_path):
    journal = tmp_path / "sweep.partial"
    first = sweep(SLUG, AXES, BASE, journal=journal)
    journal.write_bytes(journal.read_bytes()[:-20])
    pd.testing.assert_frame_equal(sweep(SLUG, AXES, BASE, journal=journal), first)
    assert journal.read_text().count("\n") == 13


def test_another_sweeps_journal_is_refused_and_kept(tmp_path):
    journal = tmp_path / "sweep.partial"
    sweep(SLUG, {"size_gib": [50]}, BASE, journal=journal)
    before = journal.read_bytes()
    with pytest.raises(ScenarioError, match="another sweep"):
        sweep(SLUG, {"size_gib": [60]}, BASE, journal=journal)
    assert journal.read_bytes() == before


@pytest.mark.parametrize(
    "text", ["no journal\n", "[1]\n", '"{}"\n[0]\n', '"{}"\n[99, {{}}]\n', '"{}"\n[0, "row"]\n']
)
def test_a_journal_that_is_none_is_refused_and_kept(tmp_path, text):
    journal = tmp_path / "sweep.partial"
    sweep(SLUG, {"size_gib": [50]}, BASE, journal=journal)
    mine = json.loads(journal.read_text().splitlines()[0])
    journal.write_text(text.format(mine))
    with pytest.raises(ScenarioError, match="is no journal of a sweep, or is damaged"):
        sweep(SLUG, {"size_gib": [50]}, BASE, journal=journal)
    assert journal.read_text() == text.format(mine)


def test_the_journal_of_a_changed_file_is_another_sweeps(tmp_path):
    trace, journal = tmp_path / "load.csv", tmp_path / "sweep.partial"
    base = {"trace": str(trace), "trace_unit": "operations"}
    for rate in (6000, 12_000):
        rows = [f"2024-03-01T00:0{minute}:00Z,{rate}" for minute in range(5)]
        trace.write_text("\n".join(["timestamp,VolumeReadOps Sum", *rows]) + "\n")
        if rate == 6000:
            table = sweep(SLUG, {"size_gib": [50]}, base, journal=journal)
            assert table["peak_asked_iops"].tolist() == [100]
    with pytest.raises(ScenarioError, match="another sweep"):
        sweep(SLUG, {"size_gib": [50]}, base, journal=journal)


def test_two_sweeps_do_not_write_to_one_journal(tmp_path):
    journal = tmp_path / "sweep.partial"

    class Second(OneByOne):
        def submit(self, function, /, *args, **kwargs):
            with pytest.raises(ScenarioError, match="in use"):
                sweep(SLUG, AXES, BASE, journal=journal)
            return super().submit(function, *args, **kwargs)

    assert len(sweep(SLUG, AXES, BASE, Second(), journal=journal)) == 12


def test_what_is_refused_by_the_model_is_a_row_with_the_reason(tmp_path):
    trace = tmp_path / "load.csv"
    trace.write_text("timestamp,CPUUtilization Average\n2024-03-01T00:00:00Z,50\n")
    table = sweep(SLUG, {"size_gib": [50, 60]}, {"trace": str(trace)})
    assert table["refused"].str.contains("CPUUtilization").all()


def test_a_grid_that_is_too_large_is_refused_with_its_number():
    axes = {name: range(1, 1001) for name in ("size_gib", "io_size_kib", "queue_depth")}
    with pytest.raises(ScenarioError, match=r"has 1,000,000,000 combinations; at most 1,000,000"):
        sweep(SLUG, axes)
    with pytest.raises(ScenarioError, match="more than 1,000,000 values"):
        axis(fields()["load_factor"], "0.01:100:0.0000001")


def test_an_axis_that_is_fixed_too_is_refused():
    with pytest.raises(ScenarioError, match="size_gib: is an axis and a fixed value too"):
        sweep(SLUG, {"size_gib": [50]}, {"size_gib": 60})


def test_a_dead_worker_is_said_and_what_is_done_is_kept(tmp_path):
    class Dying(OneByOne):
        def submit(self, function, /, *args, **kwargs):
            future: Future = Future()
            future.set_exception(BrokenProcessPool())
            return future

    journal = tmp_path / "sweep.partial"
    with pytest.raises(SweepError, match="A worker process died"):
        sweep(SLUG, AXES, BASE, Dying(), journal=journal)
    assert journal.read_text().count("\n") > 1
    assert len(sweep(SLUG, AXES, BASE, journal=journal)) == 12


def test_a_combination_is_made_when_it_is_asked_for():
    grid = Grid({"a": range(1000), "b": range(1000), "c": [1, 2]}, {"d": 0})
    assert len(grid) == 2_000_000
    assert grid[0] == {"d": 0, "a": 0, "b": 0, "c": 1}
    assert grid[1_999_999] == {"d": 0, "a": 999, "b": 999, "c": 2}
    assert list(grid[2_001]) == ["d", "a", "b", "c"]


def test_killed_it_goes_on_where_it_was(tmp_path):
    output = tmp_path / "sweep.csv"
    journal = tmp_path / "sweep.csv.partial"
    command = [sys.executable, "-m", "awsnb", "sweep", SLUG, "-o", str(output)]
    command += ["--grid", "size_gib=50:20000:5", "-p", "workload=diurnal-spikes"]
    process = subprocess.Popen(command)
    deadline = time.monotonic() + 60
    while not (journal.exists() and journal.read_bytes().count(b"\n") > 20):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = journal.read_bytes()
    assert not output.exists() and kept.count(b"\n") > 20

    subprocess.run(command, check=True)
    table = pd.read_csv(output)
    assert not journal.exists() and len(table) == 3991
    expected = sweep(SLUG, {"size_gib": [50, 55, 60]}, {"workload": "diurnal-spikes"})
    pd.testing.assert_series_equal(table["throttled_min"][:3], expected["throttled_min"])


@pytest.fixture
def loop():
    """An event loop of the thread's own: `asyncio.run` in an earlier test leaves none."""
    own = asyncio.new_event_loop()
    asyncio.set_event_loop(own)
    yield
    asyncio.set_event_loop(None)
    own.close()


@pytest.mark.usefixtures("loop")
def test_dask_gives_the_same_and_survives_the_death_of_a_worker():
    distributed = pytest.importorskip("distributed")
    axes = {"size_gib": list(range(100, 500))}
    alone = sweep(SLUG, axes, BASE)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, worker_dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.submit(run_scenarios, SLUG, [BASE]).result()
        victim = next(iter(cluster.workers.values()))
        with ThreadPoolExecutor(1) as other:
            swept = other.submit(sweep, SLUG, axes, BASE, client.get_executor())
            victim.process.process.kill()
            pd.testing.assert_frame_equal(swept.result(timeout=120), alone, check_exact=True)
