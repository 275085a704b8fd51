"""CloudWatch metrics as files: read what people have, say what was repaired, refuse the rest."""

from awsnb.trace.balance import read_balance, read_balances
from awsnb.trace.level import level_of, read_level
from awsnb.trace.load import Load, load_of, read_load
from awsnb.trace.model import Trace, TraceError, common_time
from awsnb.trace.read import metrics_of, read_cloudwatch, read_every

__all__ = [
    "Load",
    "Trace",
    "TraceError",
    "common_time",
    "level_of",
    "load_of",
    "metrics_of",
    "read_balance",
    "read_balances",
    "read_cloudwatch",
    "read_every",
    "read_level",
    "read_load",
]
