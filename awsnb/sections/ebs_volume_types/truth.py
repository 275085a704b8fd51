"""AWS's published tables of bursts, refills and scans, run through the model."""

from typing import TYPE_CHECKING

from awsnb.aws.ebs import EBS, Io, Volume, volume_limits
from awsnb.mechanisms.token_bucket import Bucket, serve

if TYPE_CHECKING:
    import pandas as pd

WEEK_S = 7 * 86_400.0
GP2_SIZES_GIB = (1, 100, 334, 750)
SCAN_SIZES_TIB = (1, 2, 3, 4, 8, 12, 16)


def published_tables() -> "pd.DataFrame":
    """Compare the model with every burst, refill and scan time that AWS publishes for some sizes.

    Returns
    -------
    pandas.DataFrame
        One row a case: what AWS's table says, what the model says, in `unit`, and the difference
        in percent. AWS rounds to whole seconds and hundredths of an hour.
    """
    import pandas as pd

    rows = [
        *(_row("gp2", f"burst_duration_{gib}_gib", "s", _burst_s(gib)) for gib in GP2_SIZES_GIB),
        *(_row("gp2", f"refill_duration_{gib}_gib", "s", _refill_s(gib)) for gib in GP2_SIZES_GIB),
        *(
            _row(kind, f"scan_duration_{tib}_tib", "h", _scan_s(kind, tib) / 3600)
            for kind in ("st1", "sc1")
            for tib in SCAN_SIZES_TIB
        ),
    ]
    columns = ["volume", "case", "unit", "AWS", "model", "difference in %"]
    return pd.DataFrame(rows, columns=columns).set_index(["volume", "case"])


def _row(kind: str, case: str, unit: str, model: float) -> tuple[object, ...]:
    aws = EBS.value(kind, f"example_{case}")
    return (
        kind,
        case.replace("_", " "),
        unit,
        aws,
        round(model, 2),
        round(100 * (model / aws - 1), 2),
    )


def _bucket(kind: str, gib: int, level_pct: float = 100.0) -> Bucket:
    io = Io(size_kib=1024, access="sequential")
    return volume_limits(Volume(kind, gib), io, level_pct)[0].bucket._replace(cost=1.0)


def _burst_s(gib: int) -> float:
    """How long a full bucket carries its burst rate."""
    bucket = _bucket("gp2", gib)
    return WEEK_S - float(serve([WEEK_S], [bucket.burst], [bucket]).throttled_s[0])


def _refill_s(gib: int) -> float:
    """How long an empty bucket takes to fill, when nothing is asked."""
    bucket = _bucket("gp2", gib, level_pct=0.0)
    return WEEK_S - float(serve([WEEK_S], [0.0], [bucket]).overflow[0]) / bucket.baseline


def _scan_s(kind: str, tib: int) -> float:
    """How long it takes to read the whole volume, from a full bucket."""
    whole_mib, ask_s = tib * 2.0**20, 1e-6
    demand = [whole_mib / ask_s, 0.0]
    return float(serve([ask_s, WEEK_S], demand, [_bucket(kind, 1024 * tib)]).throttled_s.sum())
