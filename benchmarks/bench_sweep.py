"""A sweep over both cores against the same sweep in one process."""

import time

import pandas as pd

from awsnb import sweep as sweeps
from awsnb.sections import section

CACHE = section("elasticache")
AXES = {"seed": list(range(1, 101)), "zipf_alpha": [0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4]}


def test_processes_against_one(against, monkeypatch):
    """800 caches: the two agree to the last bit, and starting the workers counts."""
    cores = sweeps.cores()
    assert cores > 1

    def run(count):
        monkeypatch.setattr(sweeps, "cores", lambda: count)
        return sweeps.sweep(CACHE, AXES)

    pd.testing.assert_frame_equal(run(1), run(cores), check_exact=True)
    against(
        f"{cores} processes / one process",
        lambda: run(cores),
        lambda: run(1),
        rounds=5,
        clock=time.perf_counter,
    )
