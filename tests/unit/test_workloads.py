import importlib.util
from pathlib import Path

import numpy as np
import pytest

from awsnb import workloads

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "data" / "workloads"


def rate(name):
    trace = workloads.load(name)
    return trace.value / trace.duration_s


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    script = ROOT / "tools" / "make_workloads.py"
    spec = importlib.util.spec_from_file_location("make_workloads", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path_factory.mktemp("workloads")
    module.main(folder)
    return folder


@pytest.mark.parametrize("name", workloads.names())
def test_the_shipped_file_is_what_the_script_writes(written, name):
    assert (written / f"{name}.csv").read_bytes() == (SHIPPED / f"{name}.csv").read_bytes()


def test_every_file_is_a_workload_and_described(written):
    assert {path.stem for path in written.iterdir()} == set(workloads.names())
    readme = (SHIPPED / "README.md").read_text()
    for name in workloads.names():
        assert f"`{name}.csv`" in readme
        assert "\n" not in workloads.description(name)


@pytest.mark.parametrize("name", workloads.names())
def test_workloads_are_small_whole_and_need_no_repair(name):
    trace = workloads.load(name)
    assert (SHIPPED / f"{name}.csv").stat().st_size < 120_000
    assert (trace.metric, trace.statistic, trace.repairs) == ("VolumeOps", "Sum", ())
    assert np.array_equal(trace.value, np.rint(trace.value))
    assert trace.value.min() > 0
    assert trace is workloads.load(name)


@pytest.mark.parametrize(
    ("name", "hours", "period_s", "lowest", "highest"),
    [
        ("steady", 24, 300, (400, 400), (400, 400)),
        ("boot-storm", 4, 60, (5, 25), (2900, 3200)),
        ("nightly-batch", 168, 300, (50, 150), (2900, 3000)),
        ("diurnal-spikes", 168, 300, (60, 100), (3500, 4000)),
        ("oltp-day", 24, 60, (20, 100), (1800, 2600)),
    ],
)
def test_workloads_are_as_the_readme_says(name, hours, period_s, lowest, highest):
    trace = workloads.load(name)
    assert (trace.end - trace.start).total_seconds() == hours * 3600
    assert trace.period_s == period_s
    assert lowest[0] <= rate(name).min() <= lowest[1]
    assert highest[0] <= rate(name).max() <= highest[1]


def test_an_unknown_workload_is_refused_with_the_names():
    for ask in (workloads.load, workloads.description):
        with pytest.raises(ValueError, match="no workload named 'oltp'; allowed: steady, boot"):
            ask("oltp")
