"""CloudWatch's units, and the ways in which labels write rates."""

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
        name: Unit("time", False, 1.0) for name in ("seconds", "milliseconds", "microseconds")
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
_PER = {"s": 1.0, "sec": 1.0, "second": 1.0, "min": 1 / 60, "minute": 1 / 60}
RATE = rf"\w+\s*(?:/|per)\s*(?:{'|'.join(_PER)})"
_RATE = re.compile(r"([a-z]+)\s*(?:/|per)\s*([a-z]+)", re.IGNORECASE)
BITS = re.compile(r"[kmgKMG]?i?b\b")
_WORDS = {"iops": ("operations", 1.0), "rps": ("requests", 1.0)}


def rate_word(text: str) -> tuple[str, float] | None:
    """What one ``MiB/s``, ``requests per minute``, ``IOPS`` is: bytes, requests, operations.

    A small b may be a bit: None.
    """
    match = _RATE.fullmatch(text)
    if match is None or (per := _PER.get(match[2].casefold())) is None:
        return _WORDS.get(text.casefold())
    word = match[1].casefold()
    if word in _BYTES:
        return None if BITS.fullmatch(match[1]) else ("bytes", _BYTES[word] * per)
    return (_COUNTED[word], per) if word in _COUNTED else None
