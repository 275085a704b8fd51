"""Sweeps: a grid of scenarios in, one tidy table of what was asked and what came of it out.

Rows are kept in a journal as they come: a sweep that is stopped, however rudely, goes on from
there.
"""

import hashlib
import json
import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import awsnb
from awsnb._cores import cores
from awsnb.scenario import FieldSpec, Scenario, ScenarioError
from awsnb.sections import Section, section
from awsnb.view import View

if TYPE_CHECKING:
    import pandas as pd

PILOT = 4  # scenarios that are timed to choose the size of a task
TASK_S = 0.5
WORTH_WORKERS_S = 3.0  # starting workers costs about as much
MOST_COMBINATIONS = 1_000_000
REFUSED = "refused"

Values = dict[str, Any]


class SweepError(RuntimeError):
    """A sweep that had to stop; what is done of it is kept."""


def sweep(
    where: str | Section,
    axes: Mapping[str, Sequence[Any]],
    base: Mapping[str, Any] | None = None,
    executor: Executor | None = None,
    journal: Path | None = None,
    progress: bool = False,
    view: str = "",
) -> "pd.DataFrame":
    """Simulate every combination of the axes.

    Parameters
    ----------
    where : str or Section
        The section, or its slug.
    axes : mapping of str to sequence
        The values of each field that varies.
    base : mapping, optional
        Fields that stay as given.
    executor : concurrent.futures.Executor, optional
        Where to run; with ``dask.distributed``, ``client.get_executor()``. Left out, short sweeps
        run in this process and long ones in one process a core.
    journal : Path, optional
        Where rows are kept as they come. One left by the same sweep is read first, and removed in
        the end by who called.
    progress : bool
        Whether to show a progress bar.
    view : str, optional
        Which of the section's questions; the first if left out.

    Returns
    -------
    pandas.DataFrame
        One row a combination, the last axis varying fastest: the axes, then the result's summary.
        A combination that is refused has the reason in the column ``refused``. The same whatever
        runs it.

    Raises
    ------
    ScenarioError
        If a name is not a field, a value is of the wrong kind, the grid is too large, or the
        journal is another sweep's.
    SweepError
        If a worker died.

    Examples
    --------
    >>> table = sweep("ebs-volume-types", {"size_gib": [100, 500]}, {"workload": "steady"})
    >>> table[["size_gib", "cost_usd_month"]].values.tolist()
    [[100.0, 10.0], [500.0, 50.0]]
    """
    import pandas as pd

    found = section(where) if isinstance(where, str) else where
    grid = Grid.of(found.view(view).scenario, axes, dict(base or {}))
    with ExitStack() as stack:
        done: dict[int, Values] = {}
        file = None
        if journal:
            done, file = _resume(journal, _fingerprint(found, view, grid), len(grid))
            stack.enter_context(file)
        todo = [i for i in range(len(grid)) if i not in done]
        bar = stack.enter_context(_bar(len(grid), len(done), progress))
        for i, row in _rows(found, view, grid, todo, executor):
            done[i] = row
            if file:
                file.write(json.dumps([i, row]) + "\n")
                file.flush()
            bar.update()
    return pd.DataFrame([grid.varied(i) | done[i] for i in range(len(grid))])


@dataclass(frozen=True)
class Grid:
    """Every combination of some axes, the last varying fastest; each is made when asked for."""

    axes: Mapping[str, Sequence[Any]]
    base: Values

    @classmethod
    def of(
        cls, scenario: type[Scenario], axes: Mapping[str, Sequence[Any]], base: Values
    ) -> "Grid":
        """Check the names and the size of a grid.

        Raises
        ------
        ScenarioError
            If a name is no field or is given twice, an axis is empty, or it is too large.
        """
        scenario.check_names([*axes, *base])
        for name, values in axes.items():
            if not len(values):
                raise ScenarioError(f"{name}: an axis needs at least one value.", field=name)
            if name in base:
                raise ScenarioError(
                    f"{name}: is an axis and a fixed value too; give it once.", field=name
                )
        grid = cls(axes, base)
        if len(grid) > MOST_COMBINATIONS:
            raise ScenarioError(
                f"The grid has {len(grid):,} combinations; at most {MOST_COMBINATIONS:,} can be "
                "swept at once. Take larger steps, or sweep it in parts."
            )
        return grid

    def __len__(self) -> int:
        return math.prod(map(len, self.axes.values()))

    def varied(self, index: int) -> Values:
        """Return what the axes are in the combination of that index."""
        values: Values = {}
        for name, axis in reversed(list(self.axes.items())):
            index, at = divmod(index, len(axis))
            values[name] = _plain(axis[at])
        return {name: values[name] for name in self.axes}

    def __getitem__(self, index: int) -> Values:
        return self.base | self.varied(index)


def axis(spec: FieldSpec, text: str) -> list[Any]:
    """Read the values of an axis: ``a,b,c`` or, for numbers, ``low:high:step`` with both ends.

    Raises
    ------
    ScenarioError
        If it can't be read.
    """
    parts = text.split(":")
    if spec.kind not in ("int", "float") or len(parts) == 1:
        return [spec.parse(part) for part in text.split(",")]
    if len(parts) != 3:
        raise ScenarioError(
            f"{spec.name} = {text}: must be a,b,c or low:high:step.", field=spec.name
        )
    low, high, step = (spec.parse(part) for part in parts)
    if not (step > 0 and high >= low):
        raise ScenarioError(
            f"{spec.name} = {text}: needs low <= high and step > 0.", field=spec.name
        )
    if (high - low) / step >= MOST_COMBINATIONS:
        raise ScenarioError(
            f"{spec.name} = {text}: has more than {MOST_COMBINATIONS:,} values.", field=spec.name
        )
    return [low + i * step for i in range(math.floor((high - low) / step + 1e-9) + 1)]


def run_scenarios(slug: str, scenarios: list[Values], view: str = "") -> list[Values]:
    """Simulate some scenarios of a section; the task that workers are given."""
    asked = section(slug).view(view)
    return [_row(asked, values) for values in scenarios]


def _row(asked: View[Any, Any], values: Values) -> Values:
    try:
        summary = asked.simulate(asked.scenario(**values)).summary
    except ValueError as refusal:
        return {REFUSED: str(refusal)}
    return {name: _plain(value) for name, value in summary.items()} | {REFUSED: ""}


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _rows(
    found: Section, view: str, grid: Grid, todo: list[int], executor: Executor | None
) -> Iterator[tuple[int, Values]]:
    """Yield each row as it is done, in any order."""
    asked = found.view(view)
    if todo:
        yield todo[0], _row(asked, grid[todo[0]])  # apart: it may have to compile
    start = time.perf_counter()
    pilot, rest = todo[1 : 1 + PILOT], todo[1 + PILOT :]
    for i in pilot:
        yield i, _row(asked, grid[i])
    each_s = (time.perf_counter() - start) / PILOT
    if executor is None and (each_s * len(rest) < WORTH_WORKERS_S or cores() == 1):
        for i in rest:
            yield i, _row(asked, grid[i])
        return
    size = max(1, min(math.ceil(TASK_S / each_s), math.ceil(len(rest) / (4 * cores()))))
    tasks = [rest[first : first + size] for first in range(0, len(rest), size)]
    with ExitStack() as stack:
        if executor is None:
            spawned = ProcessPoolExecutor(cores(), mp_context=get_context("spawn"))
            executor = stack.enter_context(spawned)
        futures = {
            executor.submit(run_scenarios, found.slug, [grid[i] for i in task], view): task
            for task in tasks
        }
        for future in as_completed(futures):
            yield from zip(futures[future], _result(future), strict=True)


def _result(future: Future[list[Values]]) -> list[Values]:
    try:
        return future.result()
    except BrokenProcessPool:
        raise SweepError(
            "A worker process died, perhaps for lack of memory. What is done is kept: run the same "
            "sweep again to go on."
        ) from None


def _fingerprint(found: Section, view: str, grid: Grid) -> str:
    """Return what tells this sweep from another, the content of its files included."""
    specs = found.view(view).scenario.fields()
    values = {**grid.axes, **{name: [value] for name, value in grid.base.items()}}
    asked = {name: [_plain(value) for value in axis] for name, axis in values.items()}
    files = {
        path: content_hash(Path(path))
        for name, paths in asked.items()
        if specs[name].kind == "path"
        for path in paths
        if path
    }
    told = [awsnb.__version__, found.slug, view, list(grid.axes), asked, files]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def content_hash(path: Path) -> str:
    """Return a digest of a file, or of all files below a folder; "" if there is none."""
    digest = hashlib.sha256()
    if os.path.isdir(path):  # unlike Path's own, no error for a text that can't be a path
        files = sorted(path.rglob("*"))
    else:
        files = [path] if os.path.isfile(path) else []
    for file in files:
        if file.is_file():
            digest.update(str(file.relative_to(path)).encode())
            with file.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest() if files else ""


def _resume(journal: Path, fingerprint: str, rows: int) -> tuple[dict[int, Values], TextIO]:
    """Read the rows a journal holds, and open it for more. A torn last line is done again."""
    file = journal.open("a+", encoding="utf-8")
    try:
        _lock(file, journal)
        file.seek(0)
        text = file.read()
        whole = text[: text.rfind("\n") + 1]
        done = _journalled(journal, whole, fingerprint, rows)
        file.truncate(len(whole.encode()))
        if not whole:
            file.write(json.dumps(fingerprint) + "\n")
            file.flush()
    except BaseException:
        file.close()
        raise
    return done, file


def _journalled(journal: Path, text: str, fingerprint: str, rows: int) -> dict[int, Values]:
    """Return the rows of a journal by their index; refuse one that is not this sweep's."""
    first, *lines = text.splitlines() or [""]
    if not first:
        return {}
    cure = "Remove it, or write to another file."
    try:
        theirs = json.loads(first)
        done = {index: row for index, row in map(json.loads, lines)}
        sound = isinstance(theirs, str)
    except (ValueError, TypeError):
        sound = False
    if sound and theirs != fingerprint:
        raise ScenarioError(f"{journal} is left from another sweep. {cure}")
    if not sound or not all(_is_row(index, row, rows) for index, row in done.items()):
        raise ScenarioError(f"{journal} is no journal of a sweep, or is damaged. {cure}")
    return done


def _is_row(index: object, row: object, rows: int) -> bool:
    return type(index) is int and 0 <= index < rows and isinstance(row, dict)


def _lock(file: TextIO, journal: Path) -> None:
    """Let one sweep write to a journal; where the system has no such lock, any."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise ScenarioError(
            f"{journal} is in use: another sweep writes to the same file."
        ) from None


def _bar(total: int, done: int, shown: bool) -> Any:
    from tqdm import tqdm

    return tqdm(total=total, initial=done, unit="scenario", leave=False, disable=not shown)
