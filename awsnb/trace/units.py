"""CloudWatch's units, and the ways in which labels write them."""

import re
from typing import NamedTuple

_SCALES = {"": 1.0, "Kilo": 1e3, "Mega": 1e6, "Giga": 1e9, "Tera": 1e12}


class Unit(NamedTuple):
    """What a unit counts, per second or not, and how many of it one is."""

    counts: str  # bytes, count, percent or time
    per_second: bool
    scale: float


def _table() -> dict[str, Unit]:
    table = {"count": Unit("count", False, 1.0), "percent": Unit("percent", False, 1.0)}
    table["count/minute"] = Unit("count", True, 1 / 60)
    table |= {
        name: Unit("time", False, scale)
        for name, scale in (("seconds", 1.0), ("milliseconds", 1e-3), ("microseconds", 1e-6))
    }
    for prefix, scale in _SCALES.items():
        for name, size in (("bytes", 1.0), ("bits", 1 / 8)):
            table[f"{prefix.lower()}{name}"] = Unit("bytes", False, scale * size)
    per_second = {
        f"{name}/second": unit._replace(per_second=True)
        for name, unit in table.items()
        if unit.counts in ("bytes", "count") and not unit.per_second
    }
    return table | per_second


UNITS = _table()

# units as labels write them: 'MiB', 'ms', '%'
_SHORT = {"%": "percent", "s": "seconds", "sec": "seconds", "ms": "milliseconds",
          "us": "microseconds", "µs": "microseconds"}  # fmt: skip
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_SHORT_BYTES = re.compile(r"([kKMGT]?)(i?)B(?:ytes?)?")
_PARTS = re.compile(r"(.+?)\s*(?:/|\bper\b)\s*(\w+)")

# rates as labels write them: 'MiB/s', 'requests per minute', 'IOPS'
_BYTES = {"b": 1.0, "byte": 1.0, "bytes": 1.0}
for _letter, _power in (("k", 1), ("m", 2), ("g", 3)):
    _BYTES[f"{_letter}b"] = 1000.0**_power
    _BYTES[f"{_letter}ib"] = 1024.0**_power
_COUNTED = {
    "io": "operations",
    "ios": "operations",
    "ops": "operations",
    "operations": "operations",
    "req": "requests",
    "reqs": "requests",
    "requests": "requests",
}
PER = {"s": 1.0, "sec": 1.0, "second": 1.0, "min": 1 / 60, "minute": 1 / 60}
RATE = rf"\w+\s*(?:/|per)\s*(?:{'|'.join(PER)})"
_RATE = re.compile(r"([a-z]+)\s*(?:/|per)\s*([a-z]+)", re.IGNORECASE)
BITS = re.compile(r"[kmgKMG]?i?b(?:it)?s?(?:ps)?\b")
_WORDS = {"iops": ("operations", 1.0), "rps": ("requests", 1.0)}


def rate_word(text: str) -> tuple[str, float] | None:
    """What one ``MiB/s``, ``requests per minute``, ``IOPS`` is: bytes, requests, operations.

    A small b may be a bit: None.
    """
    match = _RATE.fullmatch(text)
    if match is None or (per := PER.get(match[2].casefold())) is None:
        return _WORDS.get(text.casefold())
    word = match[1].casefold()
    if word in _BYTES:
        return None if BITS.fullmatch(match[1]) else ("bytes", _BYTES[word] * per)
    return (_COUNTED[word], per) if word in _COUNTED else None


def unit_of(text: str) -> Unit | None:
    """Return what CloudWatch's ``Kilobytes/Second``, or ``MiB/s``, ``ms``, ``%``, counts.

    None where it is no unit, or may be one of bits.

    Examples
    --------
    >>> unit_of("MiB/s")
    Unit(counts='bytes', per_second=True, scale=1048576.0)
    >>> unit_of("ms").scale
    0.001
    """
    if found := UNITS.get(_SHORT.get(text, text).casefold()):
        return found
    if short := _SHORT_BYTES.fullmatch(text):
        base = 1024.0 if short[2] else 1000.0
        return Unit("bytes", False, base ** _POWERS[short[1].casefold()])
    if parts := _PARTS.fullmatch(text):
        whole, per = unit_of(parts[1]), PER.get(parts[2].casefold())
        if whole and per and not whole.per_second:
            return Unit(whole.counts, True, whole.scale * per)
    rate = rate_word(text)
    return Unit("count", True, rate[1]) if rate and rate[0] != "bytes" else None
