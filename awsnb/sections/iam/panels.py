"""What is drawn of a decision: the path through the layers, and who may do what."""

from collections import Counter
from typing import Any

import numpy as np

from awsnb.results import Curve, Panel
from awsnb.sections.iam.simulate import ALLOWED, Outcome

VERDICT_WORDS = ("explicit deny", "implicit deny", "allowed")
SAYS = ("denies", "is silent", "allows")
PATH_WORDS = ("denies", "silent", "allows")
TAKEN, KEPT, OPENED = 0, 1, 2  # of what a change does
CHANGE_WORDS = ("taken away", "as before", "now allowed")
NOW, BEFORE, AFTER = "now", "before", "after"


def columns_of(outcome: Outcome) -> dict[str, Any]:
    """All that is drawn, by column."""
    data = {
        "principal": np.array(list(outcome.after.account.entities)),
        "request": np.array(list(outcome.watched)),
        "verdict": outcome.codes,
        **_path(outcome),
        **_by_principal(outcome),
    }
    if not outcome.is_changed:
        return data
    before, after = outcome.codes_before == ALLOWED, outcome.codes == ALLOWED
    return data | {"change": np.where(before == after, KEPT, np.where(after, OPENED, TAKEN))}


def panels_of(outcome: Outcome) -> tuple[Panel, ...]:
    """How to draw them: the path through the layers, and who may do what."""
    panels = _maps(outcome)
    return (*panels, _batch_panel()) if outcome.asked else tuple(panels)


def _path(outcome: Outcome) -> dict[str, Any]:
    """What each layer says, before and after: layers that are not there say nothing."""
    rows = [outcome.decision]
    if outcome.is_changed:
        rows.insert(0, outcome.decision_before)
    names = dict.fromkeys(layer.name for decision in rows for layer in decision.trace)
    names = dict.fromkeys([*names, "verdict"])
    found = np.full((len(rows), len(names)), np.nan)
    for row, decision in enumerate(rows):
        said = {layer.name: SAYS.index(layer.outcome) for layer in decision.trace}
        said["verdict"] = SAYS.index("allows" if decision.allowed else "denies")
        for column, name in enumerate(names):
            found[row, column] = said.get(name, np.nan)
    moments = (NOW,) if len(rows) == 1 else (BEFORE, AFTER)
    return {"layer": np.array(list(names)), "moment": np.array(moments), "path": found}


def _maps(outcome: Outcome) -> list[Panel]:
    maps = [
        _map("The path through the layers", "path", "layer", "moment", PATH_WORDS),
        _map("Who may do what", "verdict", "request", "principal", VERDICT_WORDS),
    ]
    if outcome.is_changed:
        change = _map("What the change does", "change", "request", "principal", CHANGE_WORDS)
        maps.append(change)
    return maps


def _map(title: str, column: str, x: str, rows: str, levels: tuple[str, ...]) -> Panel:
    curve = Curve(column, column, "first")
    return Panel(title, "", (curve,), kind="heat", x=x, rows=rows, levels=levels)


def _by_principal(outcome: Outcome) -> dict[str, Any]:
    if not outcome.asked:
        return {}
    pairs = list(zip(outcome.asked, outcome.answers, strict=True))
    allowed = Counter(row.principal for row, answer in pairs if answer.allowed)
    denied = Counter(row.principal for row, answer in pairs if not answer.allowed)
    who = list(dict.fromkeys(row.principal for row in outcome.asked))
    return {
        "who": np.array(who),
        "allowed": np.array([allowed[name] for name in who], float),
        "denied": np.array([denied[name] for name in who], float),
    }


def _batch_panel() -> Panel:
    return Panel(
        "The requests of the file",
        "requests",
        (Curve("allowed", "allowed", "first"), Curve("denied", "denied", "second")),
        kind="bars",
        x="who",
        stacked=True,
    )
