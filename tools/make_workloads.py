"""Write the sample workloads of `data/workloads/`: same script, same bytes.

    python tools/make_workloads.py [folder]

Each file is what CloudWatch would show as VolumeReadOps + VolumeWriteOps, Sum: the I/O operations
asked of a volume in each period. Divide by the period for IOPS.
"""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

HEADER = "timestamp,VolumeOps Sum"
START = datetime(2024, 3, 4)  # a Monday
HOUR = 60  # minutes
DAY = 24 * HOUR
FOLDER = Path(__file__).resolve().parent.parent / "data" / "workloads"


def minutes(length: int, period: int) -> Floats:
    """Start of each period, minutes."""
    return np.arange(0, length, period, dtype=np.float64)


def between(at: Floats, first: float, last: float) -> npt.NDArray[np.bool_]:
    return (at >= first) & (at < last)


def hump(hour: Floats, centre: float, width: float) -> Floats:
    return np.exp(-0.5 * ((hour - centre) / width) ** 2)


def steady(_: np.random.Generator) -> tuple[int, Floats]:
    return 5, np.full(DAY // 5, 400.0)


def boot_storm(random: np.random.Generator) -> tuple[int, Floats]:
    at = minutes(4 * HOUR, 1)
    storm = between(at, 30, 42) | between(at, 75, 87) | between(at, 150, 190)
    return 1, np.where(storm, random.normal(2850, 40, at.size), random.uniform(5, 25, at.size))


def nightly_batch(random: np.random.Generator) -> tuple[int, Floats]:
    at = minutes(7 * DAY, 5)
    hour = at % DAY / HOUR
    by_day = 150 * (0.55 + 0.9 * hump(hour, 14, 3.5)) * random.lognormal(0, 0.08, at.size)
    batch = random.uniform(2500, 3000, at.size)
    return 5, np.where(between(hour, 2, 3), batch, by_day)


def diurnal_spikes(random: np.random.Generator) -> tuple[int, Floats]:
    at = minutes(7 * DAY, 5)
    smooth = 340 - 260 * np.cos(2 * np.pi * (at % DAY / DAY - 1 / 12))
    rate = smooth * random.lognormal(0, 0.05, at.size)
    for first in random.choice(at.size, 40, replace=False):
        length = random.integers(1, 5)
        rate[first : first + length] = random.uniform(1500, 4000)
    return 5, rate


def oltp_day(random: np.random.Generator) -> tuple[int, Floats]:
    at = minutes(DAY, 1)
    hour = at / HOUR
    people = 60 + 520 * hump(hour, 10.5, 1.5) + 620 * hump(hour, 15.5, 1.9)
    checkpoint = 1 + 0.5 * (1 - at % 5 / 4)
    noise = random.lognormal(0, 0.18, at.size)
    vacuum = np.where(between(hour, 1, 2.5), random.uniform(1700, 2100, at.size), 0)
    return 1, people * checkpoint * noise + vacuum


WORKLOADS: dict[str, Callable[[np.random.Generator], tuple[int, Floats]]] = {
    "steady": steady,
    "boot-storm": boot_storm,
    "nightly-batch": nightly_batch,
    "diurnal-spikes": diurnal_spikes,
    "oltp-day": oltp_day,
}


def as_csv(period: int, rate: Floats) -> str:
    """Write operations per period; `period` in minutes, `rate` in operations per second."""
    totals = np.rint(rate * period * 60).astype(np.int64)
    times = (START + timedelta(minutes=period * i) for i in range(totals.size))
    rows = (f"{time:%Y-%m-%dT%H:%M:%SZ},{total}" for time, total in zip(times, totals, strict=True))
    return "\n".join([HEADER, *rows, ""])


def main(folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for seed, (name, make) in enumerate(WORKLOADS.items(), 1):
        text = as_csv(*make(np.random.default_rng(seed)))
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
