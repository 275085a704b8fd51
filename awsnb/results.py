"""Results: the few shapes an answer has, each with its numbers and its words.

`Result` is what one scenario did. `Comparison` is what several alternatives came to.
Both say themselves in text: that text is what GitHub shows, what a screen reader reads and what
the notebooks' checks compare.
"""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from awsnb.scenario import Scenario
from awsnb.words import usd

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Role = Literal["demand", "served", "first", "second", "third", "fourth", "fifth", "theory"]
Kind = Literal["lines", "bars", "heat"]

HALF_A_CENT = 0.005


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
    """One column of a result's data, drawn in a panel.

    Parameters
    ----------
    column : str
        Its name in `Result.data`.
    label : str
        What the legend calls it.
    role : str
        ``demand`` is grey and filled, ``served`` blue; both hold for a whole sample, as steps.
        ``first`` to ``fifth`` are simply different. ``theory`` is thin and lies over the others.
    compare : bool, optional
        Whether it is drawn again for each scenario that is kept for comparison.
    """

    column: str
    label: str
    role: Role
    compare: bool = False


@dataclass(frozen=True)
class Panel:
    """One of a result's plots, which stand one above the other.

    Parameters
    ----------
    title : str
        Its heading, by which panels of kept results are matched with it.
    unit : str
        Unit of its values: on the vertical axis, or beside the colours of a heat map.
    curves : tuple of Curve
        What it shows. A heat map has one, of which the column is a matrix (rows, x); a curve
        of a plain column is drawn over it.
    log : bool, optional
        Whether the values' axis, or scale of colours, is logarithmic.
    limits : tuple of float, optional
        Ends of that axis or scale; round numbers about the data if not given.
    kind : {"lines", "bars", "heat"}, optional
        How the curves are drawn.
    x : str, optional
        The column they are drawn against: times, numbers, or strings for categories.
        Panels in a row with the same one share an axis.
    x_title : str, optional
        Title of that axis; that of the first panel on it counts.
    x_log : bool, optional
        Whether that axis is logarithmic.
    stacked : bool, optional
        Whether the bars of several curves stand on each other, not side by side.
    rows : str, optional
        The column that a heat map's rows belong to: numbers, upwards, or strings, downwards.
    rows_title : str, optional
        Title of the rows' axis.
    rows_log : bool, optional
        Whether the rows' axis is logarithmic.
    levels : tuple of str, optional
        Names of the values 0, 1, .. of a heat map of states.
    events : tuple of (x, str), optional
        What happened where: a thin vertical line with a short label.
    doubtful : tuple of (x, x, str), optional
        From where to where the theory doesn't hold, and why: shaded.
    """

    title: str
    unit: str
    curves: tuple[Curve, ...]
    log: bool = False
    limits: tuple[float, float] | None = None
    kind: Kind = "lines"
    x: str = "time"
    x_title: str = ""
    x_log: bool = False
    stacked: bool = False
    rows: str = ""
    rows_title: str = ""
    rows_log: bool = False
    levels: tuple[str, ...] = ()
    events: tuple[tuple[Any, str], ...] = ()
    doubtful: tuple[tuple[Any, Any, str], ...] = ()


@dataclass(frozen=True)
class Members:
    """Members of a place that are in one state, all alike.

    Parameters
    ----------
    word : str
        The state: ``"booting"``.
    tone : {"ok", "bad", "out", "wait", "off"}
        How it is drawn.
    count : numpy.ndarray
        How many they are, at each time.
    level : numpy.ndarray, optional
        How much each of them holds, of the place's `capacity`; they are empty if not given.
    """

    word: str
    tone: Literal["ok", "bad", "out", "wait", "off"]
    count: "np.ndarray"
    level: "np.ndarray | None" = None


@dataclass(frozen=True)
class Place:
    """Where things wait, are kept or end, in a scene.

    A place with a `level` is a vessel: a tank if it stands alone in its column, a bar among up to
    eight, a tile among more. One with `members` is a group of tiles, which come and go. One with
    neither is an end point, with a number.

    Parameters
    ----------
    name : str
        What flows and readers call it.
    column : int
        Where it stands, counted from the left.
    level : numpy.ndarray, optional
        How much it holds at each time.
    capacity : float, optional
        How much it can hold; a vessel that holds more shows it.
    unit : str, optional
        Unit of the level.
    count : numpy.ndarray, optional
        The number at an end point, at each time.
    note : str, optional
        A few words on that number: ``"I/O a second"``.
    tone : {"", "good", "bad"}, optional
        Whether it is good to end there.
    states : tuple of (x, str, str), optional
        From when on it is ``"ok"``, ``"bad"``, ``"out"``, ``"wait"`` or ``"off"``, and a word.
    members : tuple of Members, optional
        Those in each state, in the order in which they are drawn.
    room : int, optional
        For how many members a place is drawn.
    """

    name: str
    column: int
    level: "np.ndarray | None" = None
    capacity: float | None = None
    unit: str = ""
    count: "np.ndarray | None" = None
    note: str = ""
    tone: Literal["", "good", "bad"] = ""
    states: tuple[tuple[Any, Literal["ok", "bad", "out", "wait", "off"], str], ...] = ()
    members: tuple[Members, ...] = ()
    room: int = 0


@dataclass(frozen=True)
class Flow:
    """What moves from one place to another: its `rate` at each time, and when the way is `full`.

    `back` flows run below the others, against them. `label` stands on the way, with the rate.
    """

    source: str
    target: str
    rate: "np.ndarray"
    full: float
    tone: Literal["", "good", "bad"] = ""
    label: str = ""
    back: bool = False


@dataclass(frozen=True)
class Scene:
    """A moving picture of a run: places, and what flows between them over time.

    Parameters
    ----------
    alt : str
        What it shows, in words.
    x : str
        The column of the result's data that holds the times: the axis of the plots with which it
        moves. All arrays are as long.
    places : tuple of Place
        Where things are.
    flows : tuple of Flow
        How they move.
    events : tuple of (x, str)
        What happened when; with an empty text it is a step without a name.
    words : tuple of (x, str)
        What is to be seen from when on: one sentence each, the first from the beginning.
    at : x, optional
        The moment that the result is of, if it is of one: the picture begins there.

    Raises
    ------
    ValueError
        If vessels and end points share a column, which has one size for all its places.
    """

    alt: str
    x: str
    places: tuple[Place, ...]
    flows: tuple[Flow, ...]
    events: tuple[tuple[Any, str], ...] = ()
    words: tuple[tuple[Any, str], ...] = ()
    at: Any = None

    def __post_init__(self) -> None:
        kinds = {(place.column, place.level is None) for place in self.places}
        if len(kinds) > len({column for column, _ in kinds}):
            raise ValueError("a column of a scene holds vessels or end points, not both")


@dataclass(frozen=True)
class Result:
    """What one scenario did.

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
        Columns, units in their names. ``time`` holds the start of each sample (datetime64,
        UTC). Columns drawn against the same x are equally long.
    panels : tuple of Panel
        How to draw the columns.
    notes : tuple of str
        What was assumed, and what was repaired in the input.
    scene : Scene, optional
        The run as a moving picture.
    """

    scenario: Scenario
    label: str
    why: str
    numbers: tuple[Number, ...]
    data: Mapping[str, "np.ndarray"]
    panels: tuple[Panel, ...]
    notes: tuple[str, ...] = ()
    scene: Scene | None = None

    @cached_property
    def series(self) -> "pd.DataFrame":
        """The columns as long as the first, by which they are indexed."""
        import pandas as pd

        (name, first), *others = self.data.items()
        columns = {key: column for key, column in others if column.shape == first.shape}
        return pd.DataFrame(columns, index=pd.Index(first, name=name))

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

    def panel(self, title: str) -> Panel:
        """Return the panel of a title."""
        (found,) = (panel for panel in self.panels if panel.title == title)
        return found

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

    def dearer_by(self, other: "Option") -> str:
        """Say how far apart two prices are: ``1.20 USD more``, ``3.00 USD less``; "" if equal."""
        change = (self.cost_usd_month or 0.0) - (other.cost_usd_month or 0.0)
        if abs(change) < HALF_A_CENT:
            return ""
        return f"{usd(abs(change))} {'more' if change > 0 else 'less'}"

    def price_beside(self, asked: "Option", what: str = "one") -> str:
        """Say its price, and how far it is from that of what was asked for.

        ``gp3 at 8.00 USD a month, 2.00 USD less than the one asked for``
        """
        change = self.dearer_by(asked)
        apart = f"{change} than the {what}" if change else f"the price of the {what}"
        return f"{self.label} at {usd(self.cost_usd_month or 0.0)} a month, {apart} asked for"


def cheapest(options: Iterable[Option]) -> Option | None:
    """Find the cheapest option that holds; None if none does."""
    holding = [option for option in options if option.holds]
    return min(holding, key=lambda option: option.cost_usd_month or 0.0, default=None)


STYLES = {"th": "text-align:right", "td": "text-align:right;white-space:nowrap"}
WORDS = "text-align:left"


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
        heads = ("option", *self.table.columns)
        rows = "".join(self._row("td", texts) for texts in self.table.itertuples())
        return (
            f"<p><strong>{html.escape(self.title)}</strong></p><p>{html.escape(self.why)}</p>"
            f"<table><thead>{self._row('th', heads)}</thead><tbody>{rows}</tbody></table>"
        )

    def _row(self, tag: str, texts: Iterable[str]) -> str:
        """Write a row: words begin on the left, and a number stays on its line."""
        styles = [
            WORDS if head in ("option", "remark") else STYLES[tag]
            for head in ("option", *self.table.columns)
        ]
        cells = zip(styles, texts, strict=True)
        row = (f"<{tag} style='{style}'>{html.escape(text)}</{tag}>" for style, text in cells)
        return f"<tr>{''.join(row)}</tr>"


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
