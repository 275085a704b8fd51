"""What is drawn of a decision: the path through the layers, and who may do what."""

from collections import Counter
from typing import Any

import numpy as np

from awsnb.mechanisms.authorization import Decision, Verdict
from awsnb.results import Curve, Panel
from awsnb.services.iam.run import Access

VERDICTS = (Verdict.EXPLICIT_DENY, Verdict.IMPLICIT_DENY, Verdict.ALLOWED)
ALLOWED = VERDICTS.index(Verdict.ALLOWED)
VERDICT_WORDS = ("denied", "nobody allows it", "allowed")
SAYS = ("denies", "is silent", "allows")
PATH_WORDS = ("denies", "silent", "allows")
TAKEN, OPENED = 0, 2  # of what a change does
CHANGE_WORDS = ("taken away", "as before", "now allowed")
NOW, BEFORE, AFTER = "now", "before", "after"


def drawn(access: Access) -> tuple[dict[str, Any], tuple[Panel, ...]]:
    """The columns of a result, and how to draw them."""
    after = _codes(access.decided)
    data = {
        "principal": np.array(list(access.after.account.entities)),
        "request": np.array(list(access.watched)),
        "verdict": after,
        **_path(access),
        **_by_principal(access),
    }
    if access.before is not access.after:
        before = _codes(access.matrix(access.before))
        data["change"] = 1 + (after == ALLOWED).astype(int) - (before == ALLOWED)
    panels = _maps(access)
    if access.asked:
        panels.append(_batch_panel())
    return data, tuple(panels)


def _codes(decided: list[list[Decision]]) -> Any:
    return np.array([[VERDICTS.index(one.verdict) for one in row] for row in decided])


def _path(access: Access) -> dict[str, Any]:
    """What each layer says, before and after: layers that are not there say nothing."""
    rows = [access.decision]
    if access.before is not access.after:
        rows.insert(0, access.decision_before)
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


def _maps(access: Access) -> list[Panel]:
    maps = [
        _map("The path through the layers", "path", "layer", "moment", PATH_WORDS),
        _map("Who may do what", "verdict", "request", "principal", VERDICT_WORDS),
    ]
    if access.before is not access.after:
        change = _map("What the change does", "change", "request", "principal", CHANGE_WORDS)
        maps.append(change)
    return maps


def _map(title: str, column: str, x: str, rows: str, levels: tuple[str, ...]) -> Panel:
    curve = Curve(column, column, "first")
    return Panel(title, "", (curve,), kind="heat", x=x, rows=rows, levels=levels)


def _by_principal(access: Access) -> dict[str, Any]:
    if not access.asked:
        return {}
    pairs = list(zip(access.asked, access.answers, strict=True))
    allowed = Counter(row.principal for row, answer in pairs if answer.allowed)
    denied = Counter(row.principal for row, answer in pairs if not answer.allowed)
    who = list(dict.fromkeys(row.principal for row in access.asked))
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
