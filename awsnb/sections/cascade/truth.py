"""The night as other mechanisms judge it: the volume's bucket, the users, the event-level twin."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb._read import recorded
from awsnb.mechanisms.cascade import (
    Batch,
    Cache,
    Clients,
    Database,
    HealthCheck,
    Instance,
    Site,
    nights,
)
from awsnb.mechanisms.control_loop import Group
from awsnb.mechanisms.token_bucket import Bucket, serve
from awsnb.scenario import Preset
from awsnb.sections.cascade.presets import PRESETS
from awsnb.sections.cascade.scenario import CascadeScenario
from awsnb.sections.cascade.simulate import simulate
from awsnb.sections.cascade.why import across

if TYPE_CHECKING:
    import pandas as pd

HOUR = [20 + 25 * second / 3600 for second in range(3600)]
CACHE = Cache(keys=4000, alpha=0.8, ttl_s=900)
SMALL = Site(
    Clients(patience_s=10, retries=3, pause_s=1),
    Instance(vcpus=2, request_cpu_ms=120, threads=20, pool=20),
    Group(4, 4, 4, boot_s=60, warm_up_s=60),
    Database(
        vcpus=2, query_cpu_ms=2, query_ios=5, io_ms=1, login_cpu_ms=5, max_connections=90,
        volume=Bucket(cost=1, baseline=60, burst=300, capacity=2e5, level=2e5),
    ),
    CACHE,
    Batch(start_s=0, ios=1e6, workers=4, think_ms=20, publishes_s=1800),
)  # fmt: skip
SITUATIONS = {
    "no batch": SMALL._replace(batch=None),
    "as it is": SMALL,
    "queue limit": SMALL._replace(instance=SMALL.instance._replace(queue_limit=10)),
    "no retries": SMALL._replace(clients=SMALL.clients._replace(retries=0)),
    "few connections": SMALL._replace(database=SMALL.database._replace(max_connections=60)),
    "TTL jitter": SMALL._replace(cache=CACHE._replace(ttl_jitter=0.5)),
    "proxy": SMALL._replace(database=SMALL.database._replace(max_connections=60, proxied=True)),
    "replaced": SMALL._replace(health_check=HealthCheck(30, 5, 2, grace_s=120)),
}

COUNTED = {
    "failed": ("failed",),
    "shed or refused": ("shed", "refused"),
    "minutes over 1 s": ("slow_minutes",),
}


def twins() -> "pd.DataFrame":
    """Compare an hour of a small site with an event-level simulation of it, as recorded.

    Returns
    -------
    pandas.DataFrame
        One row a situation: users who failed, requests that were shed or refused, and minutes with
        a p99 above 1 s, of the fluid and of the twin; least to most where runs differ.
    """
    import pandas as pd

    rows = [_beside(situation) for situation in SITUATIONS]
    return pd.DataFrame(rows).set_index("situation")


def _beside(situation: str) -> dict[str, str]:
    found = [night.totals for night in nights(SITUATIONS[situation], HOUR, sets=12)]
    twin = [row for row in recorded("cascade") if row["situation"] == situation]
    row = {"situation": situation}
    for name, columns in COUNTED.items():
        row[f"{name}: fluid"] = _ends([sum(getattr(one, key) for key in columns) for one in found])
        row[f"{name}: twin"] = _ends([sum(float(one[key]) for key in columns) for one in twin])
    return row | {"twin's runs": str(len(twin))}


def _ends(numbers: list[float]) -> str:
    return across(f"{min(numbers):,.0f}", f"{max(numbers):,.0f}")


def judged() -> "pd.DataFrame":
    """Judge the default night and each situation's by what the fluid is not made of.

    Returns
    -------
    pandas.DataFrame
        One row a situation: users who are neither answered nor failed nor still there; how far the
        volume's credits are from those of a token bucket that does the same I/Os exactly (section
        4's), in credits; and how many of its I/Os would have had to wait there.
    """
    import pandas as pd

    default = Preset("The default night", "", {})
    return pd.DataFrame([_row(one) for one in (default, *PRESETS)]).set_index("situation")


def _row(preset: Preset) -> dict[str, object]:
    outcome = simulate(CascadeScenario(**{**preset.values, "sets": 1}))  # noqa: PD011
    night, volume = outcome.shown, outcome.volume
    steps, totals = night.steps, night.totals
    lost = totals.users - totals.answered - totals.failed - night.still_there
    seconds = np.full(steps.size, float(night.step_s))
    bucket = serve(seconds, steps["ios"] / night.step_s, [volume])
    apart = np.abs(bucket.level[:, 0] - steps["credits"]).max() if volume.capacity else 0.0
    return {
        "situation": preset.name,
        "users": f"{totals.users:,.0f}",
        "users lost": f"{abs(lost):.1g}",
        "credits apart": f"{apart:.1g}",
        "I/Os that would wait": f"{bucket.backlog.max():.1g}",
    }
