"""Record what an event-level twin of the cascade does: `python tools/record_cascade.py`.

It writes data/recorded/cascade.csv: an hour of each small situation of benchmarks/cascade_twin.py,
with several seeds. Those in which health checks replace the fleet differ most from run to run.
"""

import csv
import datetime
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORDED = ROOT / "data" / "recorded" / "cascade.csv"
SEEDS, SEEDS_REPLACED = 3, 12


def main() -> None:
    """Record every situation."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    from cascade_twin import (  # type: ignore[import-not-found]
        COUNTS,
        HOUR,
        SITUATIONS,
        Night,
    )

    measured = "slow_minutes", "credits_out_s", "replaced", "most_connections"
    about = "SimPy", version("simpy"), datetime.date.today().isoformat()
    rows: list[list[object]] = [
        ["situation", "seed", *COUNTS, *measured, "simulator", "simulator_version", "recorded"]
    ]
    for name, site in SITUATIONS.items():
        for seed in range(1, 1 + (SEEDS_REPLACED if site.health_check else SEEDS)):
            night = Night(site, HOUR, seed).run()
            out_s = night.volume.out_s
            ended = (
                night.slow_minutes(), "" if out_s is None else f"{out_s:.0f}", night.replaced,
                night.most_connections,
            )  # fmt: skip
            rows.append([name, seed, *night.counts.values(), *ended, *about])
            print(*rows[-1], flush=True)
    with RECORDED.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
