"""Sweeps: a grid of scenarios in, one tidy table of what was asked and what came of it out.

Rows are kept in a journal as they come: a sweep that is stopped, however rudely, goes on from
there.
"""

import hashlib
import itertools
import json
import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import awsnb
from awsnb.scenario import FieldSpec, Scenario, ScenarioError
from awsnb.sections import Section, section
from awsnb.view import View

if TYPE_CHECKING:
    import pandas as pd

PILOT = 4  # scenarios that are timed to choose the size of a task
TASK_S = 0.5
WORTH_WORKERS_S = 3.0  # starting workers costs about as much
REFUSED = "refused"

Values = dict[str, Any]


def sweep(
    where: str | Section,
    axes: Mapping[str, Sequence[Any]],
    base: Mapping[str, Any] | None = None,
    view: str = "",
    executor: Executor | None = None,
    journal: Path | None = None,
    progress: bool = False,
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
    view : str, optional
        Which of the section's questions; the first if left out.
    executor : concurrent.futures.Executor, optional
        Where to run; with ``dask.distributed``, ``client.get_executor()``. Left out, short sweeps
        run in this process and long ones in one process a core.
    journal : Path, optional
        Where rows are kept as they come. One left by the same sweep is read first, and removed in
        the end by who called.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    pandas.DataFrame
        One row a combination, the last axis varying fastest: the axes, then the result's summary.
        A combination that AWS refuses has the reason in the column ``refused``. The same whatever
        runs it.

    Raises
    ------
    ScenarioError
        If a name is not a field, a value is of the wrong kind, or the journal is another sweep's.

    Examples
    --------
    >>> table = sweep("ebs-volume-types", {"size_gib": [100, 500]}, {"workload": "steady"})
    >>> table[["size_gib", "cost_usd_month"]].values.tolist()
    [[100.0, 10.0], [500.0, 50.0]]
    """
    import pandas as pd

    found = section(where) if isinstance(where, str) else where
    asked = found.view(view)
    combinations = _combinations(asked.scenario, axes, dict(base or {}))
    with ExitStack() as stack:
        done: dict[int, Values] = {}
        file = None
        if journal:
            done, file = _resume(journal, _fingerprint([found.slug, asked.name], combinations))
            stack.enter_context(file)
        todo = [i for i in range(len(combinations)) if i not in done]
        bar = stack.enter_context(_bar(len(combinations), len(done), progress))
        for i, row in _rows(found, view, combinations, todo, executor):
            done[i] = row
            if file:
                file.write(json.dumps([i, row]) + "\n")
                file.flush()
            bar.update()
    rows = [
        {name: combinations[i][name] for name in axes} | done[i] for i in range(len(combinations))
    ]
    return pd.DataFrame(rows)


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
    return [low + i * step for i in range(math.floor((high - low) / step + 1e-9) + 1)]


def run_scenarios(slug: str, view: str, scenarios: list[Values]) -> list[Values]:
    """Simulate some scenarios of a section; the task that workers are given."""
    asked = section(slug).view(view)
    return [_row(asked, values) for values in scenarios]


def _row(asked: View[Any, Any], values: Values) -> Values:
    try:
        scenario = asked.scenario(**values)
    except ScenarioError as refusal:
        return {REFUSED: str(refusal)}
    summary = asked.simulate(scenario).summary
    return {name: _plain(value) for name, value in summary.items()} | {REFUSED: ""}


def _combinations(
    scenario: type[Scenario], axes: Mapping[str, Sequence[Any]], base: Values
) -> list[Values]:
    scenario.check_names([*axes, *base])
    for name, values in axes.items():
        if not len(values):
            raise ScenarioError(f"{name}: an axis needs at least one value.", field=name)
    return [
        base | dict(zip(axes, map(_plain, values), strict=True))
        for values in itertools.product(*axes.values())
    ]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _rows(
    found: Section,
    view: str,
    combinations: list[Values],
    todo: list[int],
    executor: Executor | None,
) -> Iterator[tuple[int, Values]]:
    """Yield each row as it is done, in any order."""
    asked = found.view(view)
    start = time.perf_counter()
    for i in todo[:PILOT]:
        yield i, _row(asked, combinations[i])
    rest = todo[PILOT:]
    each_s = (time.perf_counter() - start) / PILOT
    if executor is None and (each_s * len(rest) < WORTH_WORKERS_S or _cores() == 1):
        for i in rest:
            yield i, _row(asked, combinations[i])
        return
    size = max(1, min(math.ceil(TASK_S / each_s), math.ceil(len(rest) / (4 * _cores()))))
    tasks = [rest[first : first + size] for first in range(0, len(rest), size)]
    with ExitStack() as stack:
        if executor is None:
            spawned = ProcessPoolExecutor(_cores(), mp_context=get_context("spawn"))
            executor = stack.enter_context(spawned)
        futures = {
            executor.submit(run_scenarios, found.slug, view, [combinations[i] for i in task]): task
            for task in tasks
        }
        for future in as_completed(futures):
            yield from zip(futures[future], future.result(), strict=True)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _fingerprint(names: list[str], combinations: list[Values]) -> str:
    asked = json.dumps([awsnb.__version__, names, combinations], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def _resume(journal: Path, fingerprint: str) -> tuple[dict[int, Values], TextIO]:
    """Read the rows a journal holds, and open it for more. A torn last line is done again."""
    text = journal.read_bytes() if journal.exists() else b""
    whole = text[: text.rfind(b"\n") + 1]
    first, *lines = whole.splitlines() or [b""]
    if first and json.loads(first) != fingerprint:
        raise ScenarioError(
            f"{journal} is left from another sweep. Remove it, or write to another file."
        )
    file = journal.open("a", encoding="utf-8")
    file.truncate(len(whole))
    if not first:
        file.write(json.dumps(fingerprint) + "\n")
    return dict(map(json.loads, lines)), file


def _bar(total: int, done: int, shown: bool) -> Any:
    from tqdm import tqdm

    return tqdm(total=total, initial=done, unit="scenario", leave=False, disable=not shown)
