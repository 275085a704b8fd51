"""The ledger of claims as it is read: counts, then each claim, folded by section and verdict."""

import html
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from awsnb import claims
from awsnb.claims import Claim
from awsnb.sections import GUIDE, Section
from awsnb.words import counted

Reach = Callable[[Section], str]
"""Where a section is read: a file's name, or "" if it can't be read from here."""

HEADS = ("claim", "what the notes say", "what is true, and who says so", "taught in")
LEFT = 'style="text-align:left"'  # a notebook puts the text of tables on the right


@dataclass(frozen=True)
class Ledger:
    """The claims of the course notes; in a notebook, as tables that need no kernel."""

    def __repr__(self) -> str:
        return claims.summary()

    def _repr_html_(self) -> str:
        return tables(lambda one: one.notebook.name if one.ready else "")


def ledger() -> Ledger:
    """Say of every claim of the course notes whether it holds, and where it is taught.

    Returns
    -------
    Ledger
        It says itself as counts in text, and as tables with a link to each cell.
    """
    return Ledger()


def tables(reach: Reach) -> str:
    """Write the counts, and all claims below them.

    Parameters
    ----------
    reach : callable
        Where a section's cells are found.

    Returns
    -------
    str
        HTML.
    """
    folds = "".join(_section(one, reach(one)) for one in GUIDE)
    return f'<div class="overview">{_verdicts()}{_counts(reach)}</div>{folds}'


def _verdicts() -> str:
    items = "".join(f"<li><b>{word}</b>: {said}</li>" for word, said in claims.VERDICTS.items())
    return f"<ul>{items}</ul>"


def _counts(reach: Reach) -> str:
    tallies = claims.tallies()
    total = tallies.pop("all")
    heads = "".join([f"<th {LEFT}>section</th>", *(f"<th>{name}</th>" for name in total)])
    rows = [_row(_linked(_name(one), reach(one)), tallies[one.slug].values()) for one in GUIDE]
    body = "".join([*rows, _row("all", total.values())])
    return (
        '<div class="scroll"><table class="told counts">'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(head: str, cells: Iterable[object]) -> str:
    inside = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row" {LEFT}>{head}</th>{inside}</tr>'


def _name(one: Section) -> str:
    return f"{one.number}. {one.title}{'' if one.ready else ' (to come)'}"


def _linked(text: str, href: str) -> str:
    shown = html.escape(text)
    return f'<a href="{href}">{shown}</a>' if href else shown


def _section(one: Section, page: str) -> str:
    rows = claims.of(one.slug)
    groups = {
        verdict: [row for row in rows if row.verdict == verdict] for verdict in claims.VERDICTS
    }
    folds = "".join(_group(verdict, chosen, page) for verdict, chosen in groups.items() if chosen)
    return (
        f'<details class="fold" id="{one.slug}"><summary>{html.escape(_name(one))}'
        f"{_kinds(rows)}</summary>{folds}</details>"
    )


def _kinds(rows: list[Claim]) -> str:
    kinds = Counter(("erratum", "errata") if row.is_erratum else ("fact", "facts") for row in rows)
    told = ", ".join(counted(count, *words) for words, count in kinds.items())
    return f"<span>: {told}</span>"


def _group(verdict: str, rows: list[Claim], page: str) -> str:
    """Fold the claims of one verdict; the errata first, since they say what is true."""
    ordered = sorted(rows, key=lambda row: not row.is_erratum)
    body = "".join(_claim(row, page) for row in ordered)
    heads = "".join(f"<th {LEFT}>{head}</th>" for head in HEADS)
    return (
        f'<details data-verdict="{verdict}" style="margin-left:1em">'
        f"<summary>{verdict}{_kinds(rows)}</summary>"
        f'<div class="scroll"><table class="told claims"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div></details>"
    )


def _claim(row: Claim, page: str) -> str:
    cell = f"cell {row.cell}" if row.cell else "to come"
    link = _linked(cell, f"{page}#cell-id={row.cell}" if page and row.cell else "")
    told = (html.escape(row.claim), _truth(row), link)
    cells = "".join(f"<td {LEFT}>{one}</td>" for one in told)
    return f'<tr id="{row.id}"><th scope="row">{row.id}</th>{cells}</tr>'


def _truth(row: Claim) -> str:
    if row.erratum:
        return f"see {row.erratum}"
    source = html.escape(row.source)
    if row.is_erratum:
        return (
            f"{html.escape(row.truth)}.<br><small>Since {html.escape(row.since)}. {source}</small>"
        )
    return f"<small>{source}</small>"
