"""What the cells of a file say: times and numbers."""

import math
from datetime import UTC, datetime, tzinfo

from awsnb.trace.model import TraceError

NO_DATAPOINT = {"", "null", "none", "n/a", "-"}
NAIVE_EPOCH = datetime(1970, 1, 1)
EPOCH = NAIVE_EPOCH.replace(tzinfo=UTC)
UNIX_SECONDS = (1e8, 1e11)  # from 1973; a larger number is in milliseconds

# seconds since 1970 UTC, the zone they were told in, the value (NaN where blank), the place
Sample = tuple[float, tzinfo | None, float, str]


def sample(time: object, value: object, time_place: str, value_place: str) -> Sample:
    """Read two cells; a refusal names the place of the cell in the file."""
    return *_time(str(time).strip(), time_place), _number(value, value_place), time_place


def _time(text: str, place: str) -> tuple[float, tzinfo | None]:
    try:
        seconds, zone = _iso(text) if text[4:5] in ("-", "/") else _unix(text)
    except (ValueError, OverflowError):
        seconds, zone = math.nan, None
    if UNIX_SECONDS[0] <= seconds < UNIX_SECONDS[1]:
        return seconds, zone
    raise TraceError(
        f"{place}: {text!r} is not a time; allowed: ISO 8601 such as 2024-03-01T17:34:00Z or "
        "2024-03-01T17:34:00+02:00, 2024-03-01 17:34:00, 2024/03/01 17:34:00, "
        "or Unix time in seconds or milliseconds"
    )


def _iso(text: str) -> tuple[float, tzinfo | None]:
    moment = datetime.fromisoformat(text.replace("/", "-"))
    zone = moment.tzinfo
    return (moment - (EPOCH if zone else NAIVE_EPOCH)).total_seconds(), zone


def _unix(text: str) -> tuple[float, tzinfo]:
    number = float(text)
    return (number if number < UNIX_SECONDS[1] else number / 1000), UTC


def _number(cell: object, place: str) -> float:
    text = str(cell).strip()
    try:
        number = float(text)
    except ValueError:
        number = math.nan if text.casefold() in NO_DATAPOINT else math.inf
    if math.isinf(number):
        raise TraceError(
            f"{place}: {text!r} is not a finite number; "
            "allowed: 1234.5, 1.2e6, or blank for no datapoint"
        )
    return number
