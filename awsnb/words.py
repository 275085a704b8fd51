"""Numbers as a reader sees them, the same in every section."""

import re
from math import isnan


def usd(amount: float) -> str:
    """Say a sum of money: ``1,234.50 USD``; nothing is never less than nothing."""
    cents = round(amount, 2) or 0.0
    return f"{cents:,.2f} USD"


def counted(count: float, one: str, many: str = "") -> str:
    """Say how many: ``1 request``, ``2,000 requests``, ``2 copies``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def unit_of(count: float, unit: str) -> str:
    """Say a unit of one, or of any other number: ``instance``, ``copies``, ``MiB/s``."""
    if count != 1 or len(unit) < 4 or not unit.replace(" ", "").isalpha():
        return unit
    for plural, one in (("ies", "y"), ("sses", "ss"), ("s", "")):
        if unit.endswith(plural):
            return unit.removesuffix(plural) + one
    return unit


def percent(share: float) -> str:
    """Say a share: ``0 %``, ``under 0.0001 %``, ``0.04 %``, ``25 %``, ``1,200 %``."""
    if not share:
        return "0 %"
    if 0 < share < 0.0001:
        return "under 0.0001 %"
    return f"{share:.2g} %" if share < 9.95 else f"{share:,.0f} %"


def capital(text: str) -> str:
    """Begin a text with a capital, unless its first word is a name: ``gp3``, ``t4g.micro``."""
    return text[:1].upper() + text[1:] if re.match(r"[a-z-]+('s)?([ ,:.]|$)", text) else text


def are(count: float | None) -> str:
    """Say ``is`` of one, and ``are`` of any other number."""
    return "is" if count == 1 else "are"


def rate(per_s: float) -> str:
    """Say how many a second: ``0.04``, ``12.5``, ``2,083,333``."""
    return f"{per_s:.3g}" if per_s < 99.95 else f"{per_s:,.0f}"


def a_second(per_s: float, one: str) -> str:
    """Say a rate of things: ``1 request/s``, ``0.04 requests/s``, ``2,000 writes/s``."""
    return f"{rate(per_s)} {one if rate(per_s) == '1' else one + 's'}/s"


def milliseconds(latency_ms: float) -> str:
    """Say a latency: ``0.5 ms``, ``120 ms``, ``4.2 s``, ``31 min``; NaN if nothing answered."""
    if isnan(latency_ms):
        return "nothing answered"
    if latency_ms < 9.95:
        return f"{latency_ms:.1f} ms"
    return f"{latency_ms:.0f} ms" if latency_ms < 999.5 else span(latency_ms / 1000)


def span(length_s: float, zero: str = "none") -> str:
    """Say a length of time: ``3 ms``, ``4.2 s``, ``31 min``, ``5 h 20 min``, ``3 d 4 h``."""
    if not length_s:
        return zero
    if length_s < 0.9995:
        return f"{length_s * 1000:.3g} ms" if length_s >= 0.001 else "under 1 ms"
    if length_s < 119.5:
        return f"{_two_digits(length_s)} s"
    minutes = round(length_s / 60)
    if minutes < 60:
        return f"{_two_digits(length_s / 60)} min"
    if minutes < 48 * 60:
        return _two_units(minutes, 60, "h", "min")
    hours = round(length_s / 3600)
    return _two_units(hours, 24, "d", "h") if hours < 100 * 24 else f"{hours / 24:,.0f} d"


def _two_digits(value: float) -> str:
    """Write at least two digits: ``4``, ``4.2``, ``42``, ``119``."""
    return f"{value:.2g}" if value < 9.95 else f"{value:.0f}"


def _two_units(count: int, per: int, unit: str, part: str) -> str:
    whole, rest = divmod(count, per)
    return f"{whole} {unit} {rest} {part}" if rest else f"{whole} {unit}"
