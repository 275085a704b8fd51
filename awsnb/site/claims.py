"""The ledger of claims as a page: chosen by section, verdict and words, linked to the lessons."""

import re
from collections.abc import Collection, Iterable

from awsnb.claims import VERDICTS
from awsnb.lessons.ledger import tables
from awsnb.sections import GUIDE, Section
from awsnb.site import shell
from awsnb.site.parts import escaped, page_name

SEE = re.compile(r"see (E\d+)")
SAID = (
    "What the course notes of 2023 say, claim by claim: whether it holds today, what is true now, "
    "and the cell of the lesson that teaches it."
)


def claims(lessons: Collection[Section]) -> str:
    """Write the page of all claims.

    Parameters
    ----------
    lessons : collection of Section
        Those that have a page to link to.

    Returns
    -------
    str
        HTML that loads nothing.
    """
    told = tables(lambda one: page_name(one.notebook.stem) if one in lessons else "")
    told = SEE.sub(r'<a href="#\1">see \1</a>', told)
    main = f'<h1>The claims of the course</h1><p class="muted">{SAID}</p>{_form()}{told}'
    return shell.page(
        "The claims of the course · awsnb", "claims", main, '<a href="index.html"><b>awsnb</b></a>'
    )


def _form() -> str:
    """Write what chooses claims; hidden until the page's program runs."""
    sections = _select("section", [(one.slug, f"{one.number}. {one.title}") for one in GUIDE])
    verdicts = _select("verdict", [(word, word) for word in VERDICTS])
    words = '<label>words <input type="search" name="words" autocomplete="off"></label>'
    return (
        f'<form class="choose" hidden>{sections}{verdicts}{words}'
        '<output aria-live="polite"></output></form>'
    )


def _select(name: str, choices: Iterable[tuple[str, str]]) -> str:
    options = "".join(
        f'<option value="{value}">{escaped(text)}</option>'
        for value, text in [("", "all"), *choices]
    )
    return f'<label>{name} <select name="{name}">{options}</select></label>'
