"""A made-up section for the browser: a text of many lines, and a model that takes its time."""

import json
import time

import numpy as np

from awsnb.results import Curve, Number, Panel, Result
from awsnb.scenario import Scenario, ScenarioError, field
from awsnb.sections import Section
from awsnb.view import View

asked = []  # the sizes that were simulated


class Patience(Scenario):
    """How long to wait, and a policy."""

    size: int = field(50, label="Size", meaning="How large.", low=1, high=100)
    wait_ms: int = field(0, label="Wait", meaning="How long the model takes.", low=0, high=500)
    policy: str = field('{\n  "a": 1\n}', label="Policy", meaning="JSON.", lines=4)


def simulate(scenario):
    asked.append(scenario.size)
    time.sleep(scenario.wait_ms / 1000)
    if scenario.size == 13:
        raise ZeroDivisionError("thirteen")
    try:
        json.loads(scenario.policy)
    except json.JSONDecodeError as error:
        raise ScenarioError(
            f"policy: {error.msg} at line {error.lineno}, column {error.colno}.",
            field="policy",
            line=error.lineno,
            column=error.colno,
        ) from None
    x = np.arange(100)
    return Result(
        scenario,
        f"size {scenario.size}",
        f"Size {scenario.size}.",
        (Number("size", "Size", scenario.size, str(scenario.size), headline=True),),
        {"x": x, "y": x**0.5 * scenario.size},
        (Panel("Size", "m", (Curve("y", "y", "first", compare=True),), x="x"),),
    )


PATIENCE = Section(99, "patience", "Patience", "How long does it take?")
PATIENCE.__dict__["views"] = (
    View(
        name="patience",
        question=PATIENCE.question,
        scenario=Patience,
        outcome=simulate,
        tell=lambda result: result,
        compare=simulate,
        presets=(),
    ),
)
