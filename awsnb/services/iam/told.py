"""What is said and drawn of a decision: the verdict, the path to it, and who else may do what."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from awsnb.mechanisms.authorization import Decision, Verdict
from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.iam.run import Access
from awsnb.services.iam.scenario import NOTHING, AccessScenario

if TYPE_CHECKING:
    import pandas as pd

VERDICTS = (Verdict.EXPLICIT_DENY, Verdict.IMPLICIT_DENY, Verdict.ALLOWED)
VERDICT_WORDS = ("denied", "nobody allows it", "allowed")
SAYS = ("denies", "is silent", "allows")
PATH_WORDS = ("denies", "silent", "allows")
NOW, BEFORE, AFTER = "now", "before", "after"
_AS_EXPECTED = {True: "", False: "no"}
_EXPECTED = {None: "", True: "allow", False: "deny"}


def result_of(access: Access) -> Result:
    """Put the answer together."""
    data, panels = _drawn(access)
    return Result(
        access.scenario,
        access.scenario.text,
        why(access),
        numbers(access, data),
        data,
        panels,
        notes(access),
    )


def why(access: Access) -> str:
    """The sentence that says what decides, and what the change does."""
    decision, before = access.decision, access.decision_before
    if access.asked:
        return f"{_batch_why(access)} The first of them: {_lowered(decision.why)}"
    if access.before is access.after:
        return decision.why
    if decision.verdict is before.verdict and decision.layer == before.layer:
        return f"The change makes no difference here. {decision.why}"
    return f"{decision.why} Before the change: {_lowered(before.why)}"


def numbers(access: Access, data: dict[str, Any]) -> tuple[Number, ...]:
    """The verdict first, then what each layer says, then what is allowed in all."""
    decision = access.decision
    verdict = decision.verdict.value
    allowed = int((data["verdict"] == VERDICTS.index(Verdict.ALLOWED)).sum())
    layers = tuple(
        Number(
            layer.name.replace(" ", "_"), layer.name[0].upper() + layer.name[1:], layer.outcome,
            _said(layer),
        )
        for layer in decision.trace
    )  # fmt: skip
    opened, closed = int((data["effect"] > 0).sum()), int((data["effect"] < 0).sum())
    effect = (
        Number("opened", "Now allowed", opened, _of_watched(opened)),
        Number("closed", "No longer allowed", closed, _of_watched(closed)),
    )
    return (
        Number("verdict", "Verdict", verdict, verdict, headline=True),
        Number("layer", "Decided by", decision.layer, decision.layer, headline=True),
        Number("allowed", "Allowed in the matrix", allowed, f"{allowed} of {data['verdict'].size}",
               headline=True),
        *layers,
        *(effect if access.before is not access.after else ()),
        *_batch_numbers(access),
    )  # fmt: skip


def notes(access: Access) -> tuple[str, ...]:
    """What was taken for granted."""
    told = ["Account and resources are as the file says; nothing is asked of AWS."]
    entity = access.scenario.account.entity(access.scenario.question.principal)
    if entity.principal.account != access.scenario.account.number:
        told.append("The visitor's own organisation is not known: none of its SCPs is applied.")
    if access.scenario.what_if != NOTHING and access.before is access.after:
        told.append("The change brings no policy yet.")
    return tuple(told)


def _said(layer: Any) -> str:
    """What a layer says, and by which statement."""
    wanted = {"denies": "Deny", "allows": "Allow"}.get(layer.outcome)
    for statement in layer.statements:
        if statement.matched and statement.effect == wanted:
            name = f" ({statement.sid})" if statement.sid else ""
            return f"{layer.outcome}: statement {statement.index}{name} of {statement.policy}"
    count = len(layer.statements)
    return f"silent: none of {count} statements matches" if count else "silent: no policies"


def _of_watched(count: int) -> str:
    return f"{count} request{'' if count == 1 else 's'} of the matrix"


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _batch_why(access: Access) -> str:
    allowed = sum(answer.allowed for answer in access.answers)
    told = f"Of the {len(access.asked):,} requests of the file {allowed:,} are allowed."
    wrong = _unexpected(access)
    if not any(row.expected is not None for row in access.asked):
        return told
    return told + (
        " All are as expected." if not wrong else f" {len(wrong):,} not as expected, the first in "
        f"line {wrong[0][0].line}."
    )  # fmt: skip


def _batch_numbers(access: Access) -> tuple[Number, ...]:
    if not access.asked:
        return ()
    count = len(access.asked)
    allowed, wrong = sum(answer.allowed for answer in access.answers), len(_unexpected(access))
    expected = sum(row.expected is not None for row in access.asked)
    return (
        Number("requests", "Requests in the file", count, f"{count:,}"),
        Number("requests_allowed", "of these allowed", allowed, f"{allowed:,}"),
        Number("unexpected", "not as expected", wrong, f"{wrong:,} of {expected:,} with an answer"),
    )


def _unexpected(access: Access) -> list[tuple[Any, Decision]]:
    pairs = zip(access.asked, access.answers, strict=True)
    return [(row, answer) for row, answer in pairs if row.expected not in (None, answer.allowed)]


def _drawn(access: Access) -> tuple[dict[str, Any], tuple[Panel, ...]]:
    after = _codes(access, access.after)
    before = after if access.before is access.after else _codes(access, access.before)
    is_allowed = VERDICTS.index(Verdict.ALLOWED)
    data = {
        "principal": np.array(list(access.after.account.entities)),
        "request": np.array(list(access.watched)),
        "verdict": after,
        "effect": (after == is_allowed).astype(int) - (before == is_allowed).astype(int),
        **_path(access),
        **_by_principal(access),
    }
    data["change"] = data["effect"] + 1
    panels = [_path_panel(), *_matrix_panels(access)]
    if access.asked:
        panels.append(_batch_panel())
    return data, tuple(panels)


def _codes(access: Access, world: Any) -> Any:
    decided = access.matrix(world)
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


def _path_panel() -> Panel:
    return Panel(
        "The path through the layers",
        "",
        (Curve("path", "says", "first"),),
        kind="heat",
        x="layer",
        rows="moment",
        levels=PATH_WORDS,
    )


def _matrix_panels(access: Access) -> list[Panel]:
    matrix = Panel(
        "Who may do what",
        "",
        (Curve("verdict", "verdict", "first"),),
        kind="heat",
        x="request",
        rows="principal",
        levels=VERDICT_WORDS,
    )
    if access.before is access.after:
        return [matrix]
    change = Panel(
        "What the change does",
        "",
        (Curve("change", "change", "first"),),
        kind="heat",
        x="request",
        rows="principal",
        levels=("taken away", "as before", "now allowed"),
    )
    return [matrix, change]


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


def answers(scenario: AccessScenario) -> "pd.DataFrame":
    """One row a request of the file: what becomes of it, why, and what was expected."""
    import pandas as pd

    access = Access.of(scenario)
    rows = [
        {
            "line": row.line,
            "principal": row.principal,
            "action": row.action,
            "resource": row.resource,
            "verdict": answer.verdict.value,
            "expected": _EXPECTED[row.expected],
            "as expected": _AS_EXPECTED[row.expected in (None, answer.allowed)],
            "why": answer.why,
        }
        for row, answer in zip(access.asked, access.answers, strict=True)
    ]
    return pd.DataFrame(rows).set_index("line")


def members(scenario: AccessScenario) -> "pd.DataFrame":
    """One row a principal of the account: what it is and what is attached to it."""
    import pandas as pd

    rows = [
        {
            "principal": name,
            "is a": str(entity.principal.kind),
            "groups": ", ".join(entity.groups),
            "policies": ", ".join(policy.name for policy in entity.policies),
            "boundary": entity.boundary.name if entity.boundary else "",
            "tags": ", ".join(f"{key} = {value}" for key, value in entity.tags.items()),
        }
        for name, entity in scenario.account.entities.items()
    ]
    return pd.DataFrame(rows).set_index("principal")
