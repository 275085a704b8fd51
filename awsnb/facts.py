"""What AWS says: every number the services use, with its unit, source and date.

A row of `data/<service>.csv` is one fact. A value that changed has one row per value, told
apart by `since`, so that any month can be asked for: the notes of 2023 and the AWS of today.

Examples
--------
>>> from awsnb import facts
>>> ebs = facts.load("ebs")
>>> ebs.value("gp3", "max_iops")
80000
>>> ebs.value("gp3", "max_iops", on="2023-06")
16000
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from awsnb._paths import data_dir

if TYPE_CHECKING:
    import pandas as pd

_CONFIDENCES = ("verified", "recalled", "disputed", "assumed")
_NO_FACTS = {"claims", "metrics", "not_in_moto"}
_OPTIONAL = ("region", "since", "note")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_BOOLS = {"true": True, "false": False}


class FactsError(ValueError):
    """A data file is malformed, or there is none for that service."""


class UnknownFactError(KeyError):
    """There is no such subject or key, or no value of it in that month."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class Fact:
    """One number or rule, as AWS states it.

    Attributes
    ----------
    subject : str
        What it is about: ``"gp3"``, ``"m5.large"``.
    key : str
        Which of its properties: ``"max_iops"``.
    value : int, float, bool or str
        A string where `unit` is ``"text"`` or ``"date"``, a bool where it is ``"bool"``,
        else a number.
    unit : str
        Unit of `value`.
    region : str
        Where it holds; empty for everywhere.
    since : str
        First month in force, ``"YYYY-MM"``; empty if it always was.
    as_of : str
        Month in which the source said so.
    source : str
        Public page or document.
    confidence : str
        ``"verified"``, ``"recalled"`` (no source at hand), ``"disputed"`` (sources differ) or
        ``"assumed"`` (a model needs it and AWS does not publish it).
    note : str
        What a reader has to know to use it.
    """

    subject: str
    key: str
    value: Any
    unit: str
    region: str
    since: str
    as_of: str
    source: str
    confidence: str
    note: str

    @property
    def text(self) -> str:
        """The value with its unit and, where it matters, its region."""
        if self.unit in ("text", "date", "bool"):
            return str(self.value)
        where = f" in {self.region}" if self.region else ""
        return f"{self.value:,} {self.unit}{where}"

    @property
    def origin(self) -> str:
        """Where the value is from, as of when, and what there is to doubt."""
        since = f"since {self.since}; " if self.since else ""
        doubt = "" if self.confidence == "verified" else f", {self.confidence}"
        return f"{since}{self.source} ({self.as_of}{doubt})"


class Facts:
    """The facts of one service, looked up by subject and key.

    Every lookup takes `on`, a month as ``"YYYY-MM"``; without it the newest value counts.
    """

    def __init__(self, service: str, rows: Iterable[Fact]) -> None:
        self.service = service
        self._history: dict[tuple[str, str], list[Fact]] = {}
        for fact in rows:
            self._history.setdefault((fact.subject, fact.key), []).append(fact)
        for history in self._history.values():
            history.sort(key=lambda fact: fact.since)

    def __repr__(self) -> str:
        return f"<Facts {self.service}: {len(self._history)} facts>"

    def value(self, subject: str, key: str, on: str | None = None) -> Any:
        """Return the value in force.

        Raises
        ------
        UnknownFactError
            If there is no such subject or key, or nothing was in force yet.
        """
        return self.get(subject, key, on).value

    def get(self, subject: str, key: str, on: str | None = None) -> Fact:
        """Return the whole fact in force: value, unit, source, date."""
        history = self.history(subject, key)
        if on is None:
            return history[-1]
        fact = _in_force(history, on)
        if fact is None:
            raise UnknownFactError(
                f"{self.service}: {subject} {key} has no value in {on}; "
                f"the oldest is of {history[0].since}"
            )
        return fact

    def history(self, subject: str, key: str) -> Sequence[Fact]:
        """Return every value it ever had, oldest first."""
        try:
            return self._history[subject, key]
        except KeyError:
            self._raise_unknown(subject, key)

    def has(self, subject: str, key: str, on: str | None = None) -> bool:
        """Say whether there is a value in force."""
        history = self._history.get((subject, key))
        return history is not None and (on is None or _in_force(history, on) is not None)

    def subjects(self) -> list[str]:
        """Return the subjects, in alphabetical order."""
        return sorted({subject for subject, _ in self._history})

    def rows(self, subject: str | None = None, on: str | None = None) -> list[Fact]:
        """Return the facts in force, of one subject or of all."""
        found = (
            history[-1] if on is None else _in_force(history, on)
            for (its_subject, _), history in self._history.items()
            if subject in (None, its_subject)
        )
        return [fact for fact in found if fact is not None]

    def table(
        self,
        subjects: Iterable[str] | None = None,
        keys: Iterable[str] | None = None,
        on: str | None = None,
    ) -> "pd.DataFrame":
        """Return a table to read: a row per key, a column per subject.

        Parameters
        ----------
        subjects, keys : iterable of str, optional
            Which columns and rows, in this order; all if left out.
        on : str, optional
            Month, ``"YYYY-MM"``.

        Returns
        -------
        pandas.DataFrame
            Indexed by key and unit; empty strings where a subject has no such fact.
        """
        import pandas as pd

        facts = self.rows(on=on)
        columns = list(self.subjects() if subjects is None else subjects)
        wanted = list(dict.fromkeys(fact.key for fact in facts) if keys is None else keys)
        cells: dict[tuple[str, str], dict[str, Any]] = {}
        for fact in sorted(
            (fact for fact in facts if fact.key in wanted and fact.subject in columns),
            key=lambda fact: wanted.index(fact.key),
        ):
            cells.setdefault((fact.key, fact.unit), {})[fact.subject] = fact.value
        return pd.DataFrame(
            [[row.get(subject, "") for subject in columns] for row in cells.values()],
            index=pd.MultiIndex.from_tuples(cells, names=["key", "unit"]),
            columns=columns,
            dtype=object,
        )

    def listing(self, subject: str, on: str | None = None) -> "pd.DataFrame":
        """Return a subject's facts to check: a row per key, with its value and where it is from.

        AWS's worked examples, which no model reads, are left out.
        """
        import pandas as pd

        rows = [fact for fact in self.rows(subject, on) if not fact.key.startswith("example_")]
        return pd.DataFrame(
            {"value": [fact.text for fact in rows], "source": [fact.origin for fact in rows]},
            index=pd.Index([fact.key for fact in rows], name=subject),
        )

    def _raise_unknown(self, subject: str, key: str) -> NoReturn:
        subjects = self.subjects()
        if subject not in subjects:
            raise UnknownFactError(
                f"{self.service}: no subject '{subject}'{_did_you_mean(subject, subjects)}"
            )
        keys = [its_key for its_subject, its_key in self._history if its_subject == subject]
        raise UnknownFactError(
            f"{self.service}: {subject} has no '{key}'{_did_you_mean(key, keys)}"
        )


def services() -> list[str]:
    """Return the names that `load` takes: one per file of facts."""
    return sorted({path.stem for path in data_dir().glob("*.csv")} - _NO_FACTS)


@cache
def load(service: str) -> Facts:
    """Return the facts of one service; the file is read once.

    Parameters
    ----------
    service : str
        One of `services`, such as ``"ebs"``.
    """
    if service not in services():
        raise FactsError(f"no facts for '{service}'{_did_you_mean(service, services())}")
    return read(data_dir() / f"{service}.csv")


def read(path: Path) -> Facts:
    """Read and check a file of facts.

    Raises
    ------
    FactsError
        At the first defect, naming file, line, column, what stands there and what should.
    """
    with open(path, encoding="utf-8", newline="") as lines:
        return Facts(path.stem, _checked(path, csv.DictReader(lines)))


def _checked(path: Path, reader: "csv.DictReader[str]") -> Iterator[Fact]:
    columns = [field.name for field in fields(Fact)]
    if list(reader.fieldnames or ()) != columns:
        wrong = sorted(set(columns) ^ set(reader.fieldnames or ())) or columns
        raise _defect(path, 1, wrong[0], reader.fieldnames, f"the columns {','.join(columns)}")
    first_line: dict[tuple[str, str, str], int] = {}
    for row in reader:
        line = reader.line_num
        for column, text, expected in _defects(row):
            raise _defect(path, line, column, text, expected)
        cells: dict[str, Any] = {**row, "value": _parse(row["value"], row["unit"])}
        fact = Fact(**cells)
        name = (fact.subject, fact.key, fact.since)
        if name in first_line:
            expected = f"a subject, key and since that line {first_line[name]} does not have"
            raise _defect(path, line, "key", fact.key, expected)
        first_line[name] = line
        yield fact


def _defects(row: dict[str, str]) -> Iterator[tuple[str, str | None, str]]:
    for column, text in row.items():
        if column is None or text is None:
            yield column or "note", text, "one cell per column"
        elif text != text.strip() or not (text or column in _OPTIONAL):
            yield column, text, "a value, with no blanks around it"
    if not _KEY.fullmatch(row["key"]):
        yield "key", row["key"], "a name in snake_case"
    for column in ("since", "as_of"):
        if row[column] and not _MONTH.fullmatch(row[column]):
            yield column, row[column], "a month as YYYY-MM"
    if row["confidence"] not in _CONFIDENCES:
        yield "confidence", row["confidence"], f"one of {', '.join(_CONFIDENCES)}"
    if row["unit"].startswith("USD") and not row["region"]:
        yield "region", "", "the region of the price"
    try:
        _parse(row["value"], row["unit"])
    except ValueError:
        yield "value", row["value"], f"a value of unit {row['unit']}"


def _parse(text: str, unit: str) -> int | float | bool | str:
    if unit == "text" or (unit == "date" and _DATE.fullmatch(text)):
        return text
    if unit == "bool" and text in _BOOLS:
        return _BOOLS[text]
    if unit not in ("date", "bool") and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    raise ValueError(text)


def _in_force(history: Sequence[Fact], on: str) -> Fact | None:
    if not _MONTH.fullmatch(on):
        raise ValueError(f"on: '{on}' is not a month as YYYY-MM")
    for fact in reversed(history):
        if fact.since <= on:
            return fact
    return None


def _defect(path: Path, line: int, column: str, found: object, expected: str) -> FactsError:
    return FactsError(
        f"{path.name}, line {line}, column '{column}': found {found!r}, expected {expected}"
    )


def _did_you_mean(name: str, names: Iterable[str]) -> str:
    close = get_close_matches(name, list(names), n=3)
    return f"; did you mean {' or '.join(close)}?" if close else ""
