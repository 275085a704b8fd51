"""Values as condition operators read them: numbers, dates, booleans, addresses, bytes.

Each reader takes a text (bytes too, for those that may be binary) and returns a value to compare,
or None if the text is not of its kind.
"""

import base64
import ipaddress
import re
from calendar import timegm
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_remembered = lru_cache(maxsize=1024)
"""The same value of a request is read for every condition on its key."""

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_EPOCH = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2})"
    r"(T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2})(\.(?P<fraction>[0-9]+))?)?"
    r"(?P<zone>Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?)?)?)?"
)
_FIELDS = ("year", "month", "day", "hour", "minute", "second")
_FIRST = (1, 1, 1, 0, 0, 0)
_CIDR = re.compile(r"[0-9a-fA-F:.]+(/[0-9]{1,3})?")


def read_text(value: str | bytes) -> str | None:
    """Read any text."""
    return value if isinstance(value, str) else None


def read_arn(value: str | bytes) -> str | None:
    """Read an ARN: six parts, told apart by colons, of which the last may hold more of them."""
    is_arn = isinstance(value, str) and value.startswith("arn:") and value.count(":") >= 5
    return str(value) if is_arn else None


@_remembered
def read_number(value: str | bytes) -> Decimal | None:
    """Read a whole or decimal number, exactly."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return None
    try:
        return Decimal(value)
    except ArithmeticError:
        return None


def read_boolean(value: str | bytes) -> bool | None:
    """Read ``true`` or ``false``, in any case."""
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


@_remembered
def read_date(value: str | bytes) -> Decimal | None:
    """Read a date as seconds since 1970: W3C's profile of ISO 8601, or those seconds.

    Four digits are a year. A time without a zone is in UTC.

    Examples
    --------
    >>> read_date("1970-01-02T00:00:00+01:00") == read_date("82800")
    True
    """
    if not isinstance(value, str):
        return None
    found = _DATE.fullmatch(value)
    if not found:
        return read_number(value) if _EPOCH.fullmatch(value) else None
    parts = zip(found.group(*_FIELDS), _FIRST, strict=True)
    try:
        year, month, day, hour, minute, second = (int(part or first) for part, first in parts)
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    seconds = timegm(moment.timetuple()) - _offset_s(found["zone"] or "Z")
    return seconds + Decimal(f"0.{found['fraction'] or 0}")


@_remembered
def read_address(value: str | bytes) -> Address | None:
    """Read an IPv4 or IPv6 address."""
    try:
        return ipaddress.ip_address(value) if isinstance(value, str) else None
    except ValueError:
        return None


def read_network(value: str | bytes) -> Network | None:
    """Read an address range in CIDR form; an address alone is a range of one."""
    if not isinstance(value, str) or not _CIDR.fullmatch(value):
        return None
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None


def read_binary(value: str | bytes) -> bytes | None:
    """Read bytes, or the base-64 text of some."""
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except ValueError:
        return None


def _offset_s(zone: str) -> int:
    if zone == "Z":
        return 0
    seconds = 3600 * int(zone[1:3]) + 60 * int(zone[4:6])
    return -seconds if zone[0] == "-" else seconds
