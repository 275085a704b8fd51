"""Ask every section what nobody should: `python tools/hostile.py [--count N] [--seed S]`.

Each question is a situation with a few fields set to hostile values. It may be answered, or refused
in one sentence; anything else, a warning of the arithmetic too, is a defect, and is printed.
"""

import argparse
import math
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from awsnb.scenario import FieldSpec, shown
from awsnb.sections import SECTIONS
from awsnb.view import View

COUNT = 50_000
LONGEST = 1_500  # characters of a refusal
SLOWEST_S = 2.0  # of processor, which a busy machine does not stretch; kernels are compiled first
TEXTS = (
    "", " ", "\x00", "\ud800", "é" * 200, "x" * 100_000, "[" * 100_000, '{"a":' * 5_000, "{}", "[]",
    "null", "15,5", "1e30", "NaN", "Europe", "localtime", "../../etc", "arn:aws:iam::1:root",
    "'; drop table", "{0}", "%s", "\u202e", "\ufeff{}", '{"Version": 1}', "9" * 5_000,
)  # fmt: skip
NUMBERS = (
    0, -1, 1, 1e-300, -0.0, 1e30, 10**30, 2**63, -(2**63), 10**4_400, math.nan, math.inf,
    -math.inf, 0.1 + 0.2, np.float64(0.5), np.int32(3), True, Decimal("1.5"), 1e308, 5e-324,
)  # fmt: skip
OTHERS: tuple[Any, ...] = (None, [], {}, b"x", ("a",), object, np.arange(3), 1j)

Asked = dict[str, Any]


def views() -> list[tuple[str, View[Any, Any]]]:
    """Return every view of every written section, with its name."""
    return [
        (f"{section.slug} {view.name}", view)
        for section in SECTIONS
        if section.ready
        for view in section.views
    ]


def questions(view: View[Any, Any], rng: np.random.Generator, folder: Path) -> Iterator[Asked]:
    """Yield questions without end: a situation, and up to three fields that are hostile."""
    specs = list(view.scenario.fields().values())
    situations = [{}, *(dict(preset.values) for preset in view.presets)]
    files = hostile_files(folder)
    while True:
        asked = dict(situations[rng.integers(len(situations))])
        for spec in rng.choice(np.array(specs, dtype=object), 1 + rng.integers(3)):
            asked[spec.name] = hostile(spec, rng, files)
        yield asked


def hostile(spec: FieldSpec, rng: np.random.Generator, files: list[str]) -> Any:
    """Pick a value: out of kind, at an end, just beyond it, or anywhere between."""
    pools: list[tuple[Any, ...]] = [TEXTS, NUMBERS, OTHERS]
    if spec.kind == "path":
        pools = [tuple(files), TEXTS]
    elif spec.kind == "choice":
        pools += [spec.choices] * 5
    elif spec.kind == "bool":
        pools += [(True, False)] * 5
    elif spec.low is not None and spec.high is not None:
        pools += [_numbers_of(spec, rng)] * 5
    pool = pools[rng.integers(len(pools))]
    return pool[rng.integers(len(pool))]


def _numbers_of(spec: FieldSpec, rng: np.random.Generator) -> tuple[Any, ...]:
    low, high = spec.low or 0.0, spec.high or 0.0
    within = low * (high / low) ** rng.random() if low > 0 else low + (high - low) * rng.random()
    kind = int if spec.kind == "int" else float
    return tuple(kind(value) for value in (low, high, within, within, low - 1, high + 1))


def hostile_files(folder: Path) -> list[str]:
    """Write some files that are no traces, and name some that are none."""
    contents = {
        "empty": b"",
        "zeros": b"\x00" * 100,
        "binary": bytes(range(256)) * 10,
        "brackets.json": b"[" * 100_000,
        "digits.json": b'{"Datapoints": [' + b"9" * 6_000 + b"]}",
        "huge.csv": b"timestamp,VolumeReadOps Sum\n2024-03-01T00:00:00Z,1e308\n" * 2,
        "past.csv": b"timestamp,value\n0001-01-01T00:00:00Z,1\n9999-12-31T23:59:59Z,2\n",
        "letters.csv": b"a,b\n" + b"x,y\n" * 50,
        "request.csv": b"timestamp,RequestCount Sum\n2024-03-01T00:00:00Z,1e12\n"
        b"2024-03-01T00:01:00Z,5\n",
        "bom.csv": b"\xef\xbb\xbftimestamp,value\r\n2024-03-01,1\r\n2024-03-02,2\r\n",
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    names = [*map(str, sorted(folder.iterdir())), str(folder), "/dev/null", "/nowhere", "/dev/zero"]
    return [*names, "x" * 5_000, "\x00", "~", "."]


def ask(view: View[Any, Any], asked: Asked) -> tuple[str, float]:
    """Ask one question; return what is wrong with how it was taken, if anything, and CPU s.

    A question has two answers, which a reader asks for apart: the result, and the comparison.
    """
    slowest_s = 0.0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            scenario = view.scenario(**asked)
            for answer in (view.simulate, view.compare):
                start = time.process_time()
                if answer is not None:
                    answer(scenario)
                slowest_s = max(slowest_s, time.process_time() - start)
    except ValueError as refusal:
        return _fault(refusal), slowest_s
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:500], slowest_s
    return "", slowest_s


def _fault(refusal: ValueError) -> str:
    kind, text = type(refusal).__name__, str(refusal)
    if kind not in ("ScenarioError", "TraceError"):
        return f"{kind}: {text}"[:500]
    if "\n" in text or len(text) > LONGEST or not text.endswith((".", "?", ")")):
        return f"no sentence: {text}"[:500]
    return ""


@contextmanager
def folder_of_files() -> Iterator[Path]:
    """Yield a folder to write hostile files in."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def run(count: int, seed: int) -> Iterator[tuple[str, Asked, str, float]]:
    """Ask `count` questions of all views in turn; yield the view, the question, fault and CPU s."""
    rng = np.random.default_rng(seed)
    with folder_of_files() as folder:
        sources = [(name, view, questions(view, rng, folder)) for name, view in views()]
        for number in range(count):
            name, view, source = sources[number % len(sources)]
            asked = next(source)
            yield name, asked, *ask(view, asked)


def main() -> None:
    """Ask, and print what went wrong and what took longest, view by view."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for section in SECTIONS:
        if section.ready:
            section.warm_up()
    faults, slowest = 0, dict[str, tuple[float, str]]()
    for name, asked, fault, seconds in run(arguments.count, arguments.seed):
        question = f"{name}: {', '.join(f'{key}={shown(value)}' for key, value in asked.items())}"
        slowest[name] = max(slowest.get(name, (0.0, "")), (seconds, question))
        if not fault and seconds > SLOWEST_S:
            fault = f"took {seconds:.1f} s"
        if fault:
            faults += 1
            print(f"{question}\n    {fault}")
    for seconds, question in sorted(slowest.values(), reverse=True):
        print(f"{seconds:5.2f} s  {question[:300]}")
    print(f"{arguments.count:,} questions, {faults} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
