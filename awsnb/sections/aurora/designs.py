"""How many copies, where, and how many must answer: Aurora's design and what else it might be."""

from collections.abc import Mapping
from typing import NamedTuple


class Design(NamedTuple):
    """So many copies by zones, of which writes need some and recovery some."""

    per_zone: tuple[int, ...]
    write: int
    read: int

    @property
    def copies(self) -> int:
        """All of them."""
        return sum(self.per_zone)


DESIGNS: Mapping[str, Design] = {
    "4 of 6": Design((2, 2, 2), 4, 3),
    "6 of 6": Design((2, 2, 2), 6, 1),
    "3 of 4": Design((2, 1, 1), 3, 2),
    "2 of 3": Design((1, 1, 1), 2, 2),
}
