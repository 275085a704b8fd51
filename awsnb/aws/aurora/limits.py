"""How large a volume grows, what can be rewound, and what AWS refuses."""

import math

from awsnb import facts
from awsnb.scenario import ScenarioError

AURORA = facts.load("aurora")
INSTANCE_CLASSES = tuple(name for name in AURORA.subjects() if AURORA.has(name, "aurora_price"))
SEGMENT_BYTES = AURORA.value("storage", "segment_size") * 1e9


def max_size_gib(on: str | None = None) -> int:
    """How far a volume grows, GiB; `on` is the month whose limit holds, None for the newest."""
    return 1024 * int(AURORA.value("limits", "max_size", on))


def protection_groups(size_gib: float) -> int:
    """Protection groups that a volume with so much data has."""
    return math.ceil(size_gib * 2**30 / SEGMENT_BYTES)


def check_size(size_gib: int, on: str | None = None) -> None:
    """Refuse a volume that is larger than AWS lets it grow.

    Raises
    ------
    ScenarioError
        With AWS's limit and its source; the field is `size_gib`.
    """
    if size_gib > max_size_gib(on):
        source = AURORA.get("limits", "max_size", on).source
        raise ScenarioError(
            f"size_gib = {size_gib:,}: an Aurora volume grows to {max_size_gib(on):,} GiB "
            f"({source}).",
            field="size_gib",
        )


def check_backtrack(backtrack_h: float, engine: str) -> None:
    """Refuse a backtrack window on an engine that has none.

    Raises
    ------
    ScenarioError
        With AWS's rule and its source; the field is `backtrack_h`.
    """
    rule = AURORA.get("backtrack", "engine")
    if backtrack_h and engine != rule.value:
        raise ScenarioError(
            f"backtrack_h = {backtrack_h:g}: only {rule.value} can be rewound, {engine} is "
            f"restored to a point in time instead ({rule.source}).",
            field="backtrack_h",
        )
