"""What the cells of a file say: times and numbers."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from awsnb.trace.model import TraceError

NO_DATAPOINT = {"", "null", "none", "nan", "n/a", "-"}
NAIVE_EPOCH = datetime(1970, 1, 1)
EPOCH = NAIVE_EPOCH.replace(tzinfo=UTC)
UNIX_SECONDS = (1e8, 1e11)  # from 1973
UNIX_FINER = 3  # times by which a larger number is 1000 times finer: ms, us, ns
SHOWN = 60  # characters of a cell in an error

ZONE_NAME = re.compile(r"\d\s*(?:[A-Z]{3,5}|[A-Z][a-z]+/\w+)$")
UTC_WORD = re.compile(r"\s+(?:UTC|GMT)$")
TWELVE_HOURS = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T]+(.*[AaPp][Mm])")
SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})[ ,T]*(.*)")
CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "")
COMMA = re.compile(r"[-+]?\d[\d.]*(?:[,'\s][\d.]+)+")
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(?:\.\d{3})+")
DECIMAL_COMMA = re.compile(r"[-+]?\d+,(?!\d{3}$)\d+")
WITH_UNIT = re.compile(r"[-+]?\d[\d.,]*\s*[A-Za-zµ%][\w/%]*")


class Style(NamedTuple):
    """How a file writes what can be written in two ways, where its cells leave no doubt."""

    day_first: bool | None = None
    decimal_comma: bool = False

    def notes(self) -> tuple[str, ...]:
        """What was read as one of two ways."""
        order = {None: "", True: "day/month/year", False: "month/day/year"}[self.day_first]
        return (
            *((f"dates read as {order}",) if order else ()),
            *(("decimal commas read as points",) if self.decimal_comma else ()),
        )


PLAIN = Style()


def style_of(times: Sequence[str], numbers: Sequence[str]) -> Style:
    """Return the style of these cells."""
    dates = [(int(m[1]), int(m[2])) for m in map(SLASHED.fullmatch, map(str.strip, times)) if m]
    day_first = any(first > 12 for first, _ in dates)
    month_first = any(second > 12 for _, second in dates)
    commas = [bool(DECIMAL_COMMA.fullmatch(cell.strip())) for cell in numbers if "," in cell]
    dots = any("." in cell for cell in numbers)
    return Style(day_first if day_first != month_first else None, any(commas) and not dots)


def refuse_parted_thousands(numbers: Sequence[str], delimiter: str) -> None:
    """Refuse points that may part thousands: in a file with semicolons, all before three digits."""
    told = [cell.strip() for cell in numbers if cell.strip()]
    points = [cell for cell in told if "." in cell]
    long = any(len(cell) > 3 and cell.isdigit() for cell in told)
    if delimiter == ";" and points and not long and all(map(THOUSANDS.fullmatch, points)):
        raise TraceError(
            f"{shown(points[0])} may be a number with decimals or with parted thousands, as in a "
            "file with semicolons: export it with decimal points and nothing between thousands"
        )


def time(cell: object, place: str, style: Style = PLAIN) -> tuple[float, tzinfo | None]:
    """Seconds since 1970 UTC, and the zone they were told in."""
    text = str(cell).strip()
    try:
        if slashed := SLASHED.fullmatch(text):
            seconds, zone = _seconds(_slashed(slashed, place, style))
        elif twelve := TWELVE_HOURS.fullmatch(text):
            seconds, zone = _seconds(_clocked("-".join(twelve.groups()[:3]), twelve[4]))
        elif text[4:5] in ("-", "/"):
            written = UTC_WORD.sub("+00:00", text.replace("/", "-"))
            seconds, zone = _seconds(datetime.fromisoformat(written))
        else:
            seconds, zone = _unix(text)
    except TraceError:
        raise
    except (ValueError, OverflowError):
        seconds, zone = math.nan, None
    if UNIX_SECONDS[0] <= seconds < UNIX_SECONDS[1]:
        return seconds, zone
    raise TraceError(
        f"{place}: {shown(text)} is not a time; allowed: ISO 8601 such as 2024-03-01T17:34:00Z or "
        "2024-03-01T17:34:00+02:00, 2024-03-01 17:34:00, 2024/03/01 17:34:00, "
        f"or Unix time in seconds or finer{_why_no_time(text)}"
    )


def number(cell: object, place: str, style: Style = PLAIN) -> float:
    """A number, NaN where there is no datapoint."""
    text = str(cell).strip()
    try:
        value = float(text.replace(",", ".") if style.decimal_comma else text)
    except ValueError:
        value = math.nan if text.casefold() in NO_DATAPOINT else math.inf
    if math.isinf(value) or "_" in text:
        raise TraceError(f"{place}: {shown(text)} {_why_no_number(text)}")
    return value


def shown(text: str) -> str:
    """A cell as an error shows it."""
    return repr(shortened(text))


def shortened(text: str) -> str:
    """A text of a file, cut for an error."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _seconds(moment: datetime) -> tuple[float, tzinfo | None]:
    zone = moment.tzinfo
    return (moment - (EPOCH if zone else NAIVE_EPOCH)).total_seconds(), zone


def _slashed(date: re.Match[str], place: str, style: Style) -> datetime:
    first, second, year, clock = date.groups()
    if style.day_first is None:
        raise TraceError(
            f"{place}: {shown(date[0])} is not a time that can be read for sure (month/day or "
            "day/month?); allowed: ISO 8601 such as 2024-03-01T17:34:00Z, so export it in that form"
        )
    day, month = (first, second) if style.day_first else (second, first)
    return _clocked(f"{year}-{month}-{day}", clock)


def _clocked(date: str, clock: str) -> datetime:
    for form in CLOCKS:
        try:
            return datetime.strptime(f"{date} {clock}", f"%Y-%m-%d {form}")
        except ValueError:
            continue
    raise ValueError(clock)


def _unix(text: str) -> tuple[float, tzinfo]:
    seconds = float(text)
    for _ in range(UNIX_FINER):
        seconds = seconds if seconds < UNIX_SECONDS[1] else seconds / 1000
    return seconds, UTC


def _why_no_time(text: str) -> str:
    named = ZONE_NAME.search(text)
    return "; the name of a time zone is not read, so export the times in UTC" if named else ""


def _why_no_number(text: str) -> str:
    if COMMA.fullmatch(text):
        return (
            "is not a finite number: its comma may be a decimal comma or part thousands; allowed: "
            "1234.5, so export it with decimal points and nothing between thousands"
        )
    if WITH_UNIT.fullmatch(text):
        return (
            "is not a finite number: it carries a unit, as a dashboard formats values; allowed: "
            "1234.5, so export raw values (in Grafana: Inspect > Data, Formatted data off)"
        )
    return "is not a finite number; allowed: 1234.5, 1.2e6, or blank for no datapoint"
