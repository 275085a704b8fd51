"""CloudWatch metrics as files: read what people have, say what was repaired, refuse the rest."""

from awsnb.trace.model import Trace, TraceError
from awsnb.trace.read import read_cloudwatch

__all__ = ["Trace", "TraceError", "read_cloudwatch"]
