"""Results: the few shapes an answer has, each with its numbers and its words.

`Result` is what one scenario did over time. `Comparison` is what several alternatives came to.
Both say themselves in text: that text is what GitHub shows, what a screen reader reads and what
the notebooks' checks compare.
"""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from awsnb.scenario import Scenario

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Role = Literal["demand", "served", "first", "second", "third"]


@dataclass(frozen=True)
class Number:
    """A number that answers part of the section's question.

    `name` carries the unit (``throttled_min``); `text` is the value as a reader sees it.
    `headline` numbers are shown large.
    """

    name: str
    label: str
    value: float | int | str | None
    text: str
    headline: bool = False


@dataclass(frozen=True)
class Curve:
    """One column of a result's series, drawn in a panel.

    `compare` curves are drawn again for each scenario that is kept for comparison.
    """

    column: str
    label: str
    role: Role
    compare: bool = False


@dataclass(frozen=True)
class Panel:
    """One of a result's stacked plots: curves that share an axis, in one unit."""

    title: str
    unit: str
    curves: tuple[Curve, ...]
    log: bool = False
    limits: tuple[float, float] | None = None


@dataclass(frozen=True)
class Result:
    """What one scenario did over time.

    Parameters
    ----------
    scenario : Scenario
        The question.
    label : str
        The scenario in a few words, for legends and tables.
    why : str
        One or two computed sentences: what happened, and why.
    numbers : tuple of Number
        The answers.
    data : mapping of str to numpy.ndarray
        Equally long columns, units in their names. The first, ``time``, holds the start of
        each sample (datetime64, UTC).
    panels : tuple of Panel
        How to draw the columns.
    notes : tuple of str
        What was assumed, and what was repaired in the input.
    """

    scenario: Scenario
    label: str
    why: str
    numbers: tuple[Number, ...]
    data: Mapping[str, "np.ndarray"]
    panels: tuple[Panel, ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def series(self) -> "pd.DataFrame":
        """The columns as a DataFrame indexed by time."""
        import pandas as pd

        columns = dict(self.data)
        return pd.DataFrame(columns, index=pd.DatetimeIndex(columns.pop("time"), name="time"))

    @property
    def table(self) -> "pd.DataFrame":
        """The numbers as a reader sees them, one row each."""
        import pandas as pd

        return pd.DataFrame(
            {self.label: [number.text for number in self.numbers]},
            index=pd.Index([number.label for number in self.numbers], name=""),
        )

    @property
    def summary(self) -> dict[str, Any]:
        """The numbers by name, units in the names."""
        return {number.name: number.value for number in self.numbers}

    def __str__(self) -> str:
        rows = [(number.label, number.text) for number in self.numbers]
        return "\n".join([self.label, "", self.why, "", *_aligned(rows), *_listed(self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{html.escape(number.label)}</th>"
            f"<td style='text-align:right'>{html.escape(number.text)}</td></tr>"
            for number in self.numbers
        )
        return (
            f"<p><strong>{html.escape(self.label)}</strong></p><p>{html.escape(self.why)}</p>"
            f"<table>{rows}</table>{_html_list(self.notes)}"
        )


@dataclass(frozen=True)
class Option:
    """One alternative of a comparison; `holds` says whether it does what was asked of it."""

    label: str
    scenario: Scenario | None
    holds: bool
    cost_usd_month: float | None
    numbers: tuple[Number, ...]
    remark: str = ""


@dataclass(frozen=True)
class Comparison:
    """Alternatives for one job, and in `why` which of them to take."""

    title: str
    why: str
    options: tuple[Option, ...]
    best: Option | None = None

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row an option, texts as a reader sees them."""
        import pandas as pd

        rows = [
            {
                "option": option.label,
                "holds": "yes" if option.holds else "no",
                **{number.label: number.text for number in option.numbers},
                "remark": option.remark,
            }
            for option in self.options
        ]
        return pd.DataFrame(rows).set_index("option")

    @property
    def rows(self) -> "pd.DataFrame":
        """One row an option, values by name with units in the names."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "option": option.label,
                    "holds": option.holds,
                    **{number.name: number.value for number in option.numbers},
                }
                for option in self.options
            ]
        )

    def __str__(self) -> str:
        heads = ("", *self.table.columns)
        rows = [heads, *((str(index), *row) for index, *row in self.table.itertuples())]
        return "\n".join([self.title, "", self.why, "", *_aligned(rows)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return (
            f"<p><strong>{html.escape(self.title)}</strong></p><p>{html.escape(self.why)}</p>"
            + self.table.reset_index().to_html(index=False, border=0)
        )


def _aligned(rows: list[Any]) -> list[str]:
    widths = [max(len(str(cell)) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _listed(notes: tuple[str, ...]) -> list[str]:
    return ["", *(f"- {note}" for note in notes)] if notes else []


def _html_list(notes: tuple[str, ...]) -> str:
    return f"<ul>{''.join(f'<li>{html.escape(note)}</li>' for note in notes)}</ul>" if notes else ""
