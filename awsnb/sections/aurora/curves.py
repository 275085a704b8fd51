"""Curves that several of the section's views draw."""

from collections.abc import Callable, Mapping

from awsnb.results import Curve, Role
from awsnb.sections.aurora.designs import DESIGNS

_ROLES: Mapping[str, Role] = {
    "4 of 6": "second",
    "6 of 6": "third",
    "3 of 4": "fourth",
    "2 of 3": "fifth",
}


def of_designs(chosen: str, column: Callable[[str], str]) -> tuple[Curve, ...]:
    """Draw a column of each design, the chosen one first; colours stay with their design."""
    others = (design for design in DESIGNS if design != chosen)
    return (
        Curve(column(chosen), chosen, "first", compare=True),
        *(Curve(column(design), design, _ROLES[design]) for design in others),
    )
