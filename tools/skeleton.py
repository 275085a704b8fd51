"""A notebook to begin a section with: its parts in their order, its parameters the scenario's."""

import re
from pathlib import Path
from typing import Any

from budgets import FOLDED
from contents import neighbours
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from awsnb.scenario import FieldSpec
from awsnb.sections import Section, section

REPORT = {"tags": ["report"]}
HIDDEN = {"jupyter": {"source_hidden": True}}
MOST_CHOICES = 6  # that a parameter lists


def skeleton(slug: str) -> Any:
    """Return the notebook of a section whose room is there; what is to be written says TO WRITE."""
    found = section(slug)
    name = slug.split("-")[0]
    return new_notebook(
        cells=[
            _text("title", title(found)),
            _code("setup", _SETUP.format(name=name, slug=slug)),
            _text("predict", "## Predict\n\nTO WRITE: two to four questions, before any answer."),
            _code("prediction-1", _PREDICTION.format(number=1), **HIDDEN),
            _code("prediction-2", _PREDICTION.format(number=2), **HIDDEN),
            _text(
                "explore",
                "## Explore\n\nTO WRITE: what to move first, then which *situations* to take.",
            ),
            _code("explorer", f"Explorer({name})", **HIDDEN),
            _text("idea", "## The idea\n\nTO WRITE: every fact of the guide's section, short."),
            _text("changed", _CHANGED),
            _text("yours", "## Your own numbers\n\nTO WRITE: which file or numbers to bring."),
            _code("parameters", "\n".join(parameters(found)), tags=["parameters"]),
            _code("result", _RESULT.format(name=name), **REPORT),
            _code("figure", "show(figures.draw(result))", **REPORT, **HIDDEN),
            _text("options", "### What else would do", **REPORT),
            _code("comparison", f"comparison = {name}.compare(scenario)\ncomparison", **REPORT),
            _text("exercises", "## Exercises\n\n**1.** TO WRITE"),
            _code("exercise-1", _EXERCISE),
            _code("exercise-2", _EXERCISE),
            _code("exercise-3", _EXERCISE),
            _text("at-aws", "## Do it at AWS"),
            _code(
                "steps", 'lessons.steps("TO WRITE: `CreateThing`, with its parameters.")', **HIDDEN
            ),
            _code("progress", "lessons.progress()", **HIDDEN),
            _text("numbers", "## The numbers", **{**REPORT, FOLDED: True}),
            _code("facts", "TO_WRITE  # facts.load(...).listing(...)", **REPORT),
            _text("trust", "## How far to trust this\n\nTO WRITE", **{**REPORT, FOLDED: True}),
            _code("truth", "TO_WRITE  # the room's truth", **REPORT),
        ]
    )


def title(found: Section) -> str:
    """Write the first cell: question, what one will be able to do, minutes, neighbours."""
    return (
        f"# {found.title}\n\n**{found.question}**\n\nTO WRITE: what you will be able to do. "
        "<!-- minutes --><!-- /minutes -->\n\n"
        f"{neighbours(found)}\n\n<!-- launch -->\n<!-- /launch -->"
    )


def parameters(found: Section) -> list[str]:
    """Write the parameters: the view's name if there are several, and the fields that matter."""
    view = found.views[0]
    names = [f'view: str = "{view.name}"  # or {", ".join(v.name for v in found.views[1:])}']
    specs = [spec for spec in view.scenario.fields().values() if is_parameter(spec)]
    return names[: len(found.views) - 1] + [_parameter(spec) for spec in specs]


def is_parameter(spec: FieldSpec) -> bool:
    """Whether a field stands in the parameters cell; the others are set by name."""
    return not spec.advanced


def _parameter(spec: FieldSpec) -> str:
    kinds = {"choice": "str", "text": "str", "path": "str"}
    return f"{spec.name}: {kinds.get(spec.kind, spec.kind)} = {spec.default!r}  # {_remark(spec)}"


def _remark(spec: FieldSpec) -> str:
    """Say what else can be chosen, or what is counted, or what it means."""
    if spec.kind == "choice":
        others = [str(choice) for choice in spec.choices if choice != spec.default]
        return f"or {', '.join(others[:MOST_CHOICES] + ['...'] * (len(others) > MOST_CHOICES))}"
    return spec.unit or re.split(r"[;.:] ", spec.meaning.rstrip("."))[0]


def write(slug: str, folder: Path) -> Path:
    """Write the skeleton beside the other notebooks.

    Raises
    ------
    FileExistsError
        If the section has a notebook.
    """
    from build_notebooks import dumps

    path = folder / section(slug).notebook.name
    with path.open("x", encoding="utf-8") as file:
        file.write(dumps(skeleton(slug)))
    return path


def _text(name: str, source: str, **metadata: Any) -> Any:
    return new_markdown_cell(source, id=name, metadata=metadata)


def _code(name: str, source: str, **metadata: Any) -> Any:
    return new_code_cell(source, id=name, metadata=metadata)


_SETUP = """\
from awsnb import Explorer, facts, figures, lessons, section, show

{name} = section("{slug}")
lessons.get_ready({name})  # loads or compiles the models while you read on"""

_PREDICTION = """\
# Prediction {number}: open it after you have committed
lessons.predict(
    "TO WRITE?",
    ["one", "another"],
    answer="TO WRITE: computed",
    because="TO WRITE: computed.",
)"""

_CHANGED = """\
### What changed

| the course of 2023 says | now | since | source |
| --- | --- | --- | --- |
| TO WRITE | | | |"""

_RESULT = """\
scenario = {name}.scenario_of(globals())  # a bad value stops here, and says why
result = {name}.simulate(scenario)
result"""

_EXERCISE = """\
answer = None

lessons.check("Exercise TO WRITE", answer, TO_WRITE, unit="", hint="TO WRITE")"""
