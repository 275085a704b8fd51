"""The ledger of claims: what the course notes of 2023 say, and what has become of it.

A row of `data/claims.csv` is a fact of the notes (``F001`` to ``F426``) or an erratum, a place
where they are wrong, out of date, or leave out what matters (``E01`` to ``E121``).

Examples
--------
>>> from awsnb import claims
>>> erratum = next(one for one in claims.of("ebs-volume-types") if one.id == "E17")
>>> erratum.verdict, erratum.since
('changed', '2020-12')
"""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache

from awsnb._paths import data_dir

VERDICTS = {
    "holds": "true today",
    "misleading": "true in part, or it leaves out what matters",
    "changed": "was true, and is no longer",
    "wrong": "was never true",
    "unproven": "no source shows it",
}


@dataclass(frozen=True)
class Claim:
    """A claim of the course notes.

    Attributes
    ----------
    id : str
        ``"F001"`` for a fact of the notes, ``"E01"`` for an erratum.
    section : str
        The slug of the section that it is about.
    claim : str
        What the notes say, in short.
    verdict : str
        One of `VERDICTS`.
    truth : str
        What is true today; empty where the claim holds as it stands.
    since : str
        When the claim stopped being true, or ``"always"`` if it never was; empty where it holds.
    source : str
        Public page or document that says so.
    erratum : str
        The erratum that a fact has; `truth`, `since` and `source` are then the erratum's.
    cell : str
        Id of the cell of the section's notebook that teaches it; empty while there is none.
    taught : str
        The words of that cell.
    """

    id: str
    section: str
    claim: str
    verdict: str
    truth: str
    since: str
    source: str
    erratum: str
    cell: str
    taught: str

    @property
    def is_erratum(self) -> bool:
        """Whether it is a correction of the notes, and no fact of them."""
        return self.id.startswith("E")


@cache
def load() -> tuple[Claim, ...]:
    """Return all claims, section by section; the file is read once."""
    with open(data_dir() / "claims.csv", encoding="utf-8", newline="") as file:
        rows = [Claim(**row) for row in csv.DictReader(file)]
    errata = {one.id: one for one in rows if one.is_erratum}
    return tuple(_corrected(one, errata[one.erratum]) if one.erratum else one for one in rows)


def _corrected(fact: Claim, erratum: Claim) -> Claim:
    return replace(fact, truth=erratum.truth, since=erratum.since, source=erratum.source)


def sections() -> list[str]:
    """Return the slugs of the sections, in their order."""
    return list(dict.fromkeys(one.section for one in load()))


def of(section: str) -> list[Claim]:
    """Return the claims on one section, the facts first.

    Raises
    ------
    LookupError
        If there is no section of that slug.
    """
    if section not in sections():
        near = get_close_matches(section, sections(), n=1)
        hint = f" Did you mean {near[0]}?" if near else " `awsnb list` shows them."
        raise LookupError(f"The course notes have no section {section!r}.{hint}")
    return [one for one in load() if one.section == section]


def counts(claims: Iterable[Claim]) -> dict[str, int]:
    """Count claims by verdict, in the order of `VERDICTS`; 0 where there is none."""
    found = Counter(one.verdict for one in claims)
    return {verdict: found[verdict] for verdict in VERDICTS}


def tallies() -> dict[str, dict[str, int]]:
    """Count each section's facts, in all and by verdict, and its errata; the last is ``"all"``."""
    chosen = {slug: of(slug) for slug in sections()} | {"all": list(load())}
    return {name: _tally(rows) for name, rows in chosen.items()}


def _tally(rows: list[Claim]) -> dict[str, int]:
    facts = [one for one in rows if not one.is_erratum]
    return {"facts": len(facts), **counts(facts), "errata": len(rows) - len(facts)}


def summary() -> str:
    """Write `tallies` as a table within 100 columns, and say what the verdicts mean."""
    lines = [("", *_tally([])), *((name, *row.values()) for name, row in tallies().items())]
    table = [f"{name:<20}" + "".join(f"{cell:>11}" for cell in cells) for name, *cells in lines]
    words = [f"{verdict:<12}{meaning}" for verdict, meaning in VERDICTS.items()]
    return "\n".join([*table, "", *words])
