"""What is said of a decision: the verdict, what each layer says, and what the change does."""

from typing import Any

from awsnb.mechanisms.authorization import Decision
from awsnb.results import Number, Result
from awsnb.services.iam.drawn import ALLOWED, OPENED, TAKEN, drawn
from awsnb.services.iam.reference import has_resource
from awsnb.services.iam.run import Access
from awsnb.services.iam.scenario import NOTHING


def result_of(access: Access) -> Result:
    """Put the answer together."""
    data, panels = drawn(access)
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
        return f"{_batch_why(access)} The first of them: {_lowered(sure(decision))}"
    if access.before is access.after:
        return sure(decision)
    if decision.verdict is before.verdict and decision.layer == before.layer:
        return f"The change makes no difference here. {sure(decision)}"
    return f"{sure(decision)} Before the change: {_lowered(before.why)}"


def sure(decision: Decision) -> str:
    """Why a request is decided so, and what that rests on that nobody told."""
    return f"{decision.why} {decision.doubt}".rstrip()


def numbers(access: Access, data: dict[str, Any]) -> tuple[Number, ...]:
    """The verdict first, then what each layer says, then what is allowed in all."""
    decision = access.decision
    verdict = decision.verdict.value
    allowed = int((data["verdict"] == ALLOWED).sum())
    layers = tuple(
        Number(
            layer.name.replace(" ", "_"), layer.name[0].upper() + layer.name[1:], layer.outcome,
            _said(layer),
        )
        for layer in decision.trace
    )  # fmt: skip
    return (
        Number("verdict", "Verdict", verdict, verdict, headline=True),
        Number("layer", "Decided by", decision.layer, decision.layer, headline=True),
        Number("allowed", "Allowed in the matrix", allowed, f"{allowed} of {data['verdict'].size}",
               headline=True),
        *layers,
        *(_effect(data["change"]) if "change" in data else ()),
        *_batch_numbers(access),
    )  # fmt: skip


def _effect(change: Any) -> tuple[Number, ...]:
    opened, closed = int((change == OPENED).sum()), int((change == TAKEN).sum())
    return (
        Number("opened", "Now allowed", opened, _of_watched(opened)),
        Number("closed", "No longer allowed", closed, _of_watched(closed)),
    )


def notes(access: Access) -> tuple[str, ...]:
    """What was taken for granted."""
    told = ["Account and resources are as the file says; nothing is asked of AWS."]
    entity = access.scenario.account.entity(access.scenario.question.principal)
    if entity.principal.account != access.scenario.account.number:
        told.append("The visitor's own organisation is not known: none of its SCPs is applied.")
    told += _asked_of_all(access)
    told += _resting(access)
    if access.scenario.what_if != NOTHING and access.before is access.after:
        told.append("The change brings no policy yet.")
    return tuple(told)


def _asked_of_all(access: Access) -> list[str]:
    """Say which actions have no resource, and were asked of everything."""
    asked = [access.scenario.question, *(row.question for row in access.asked)]
    actions = {each.action for each in asked if not has_resource(each.action)}
    listed = ", ".join(sorted(actions))
    return [f"No resource goes with {listed}: asked of everything, *."] if actions else []


def _resting(access: Access) -> list[str]:
    """Say how many answers of the matrix rest on keys that nobody told, and on which."""
    resting = [one.rests_on for row in access.decided for one in row if one.rests_on]
    keys = ", ".join(dict.fromkeys(key for each in resting for key in each))
    told = f"{len(resting):,} of the matrix's answers rest on what nothing here tells: {keys}."
    return [told] if resting else []


def _said(layer: Any) -> str:
    """What a layer says, and by which statement."""
    wanted = {"denies": "Deny", "allows": "Allow"}.get(layer.outcome)
    for statement in layer.statements:
        if statement.matched and statement.effect == wanted:
            return f"{layer.outcome}: {statement.name} of {statement.policy}"
    count = len(layer.statements)
    return f"silent: none of {count} statements applies" if count else "silent: no policies"


def _of_watched(count: int) -> str:
    return f"{count} request{'' if count == 1 else 's'} of the matrix"


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _batch_why(access: Access) -> str:
    allowed = sum(answer.allowed for answer in access.answers)
    told = f"Of the {len(access.asked):,} requests of the file {allowed:,} are allowed."
    wrong = _unexpected(access)
    told += _unsure(access)
    if not any(row.expected is not None for row in access.asked):
        return told
    return told + (
        " All are as expected." if not wrong else f" {len(wrong):,} not as expected, the first in "
        f"line {wrong[0][0].line}."
    )  # fmt: skip


def _unsure(access: Access) -> str:
    """Say how many answers rest on keys that nobody told, and on which."""
    resting = [answer.rests_on for answer in access.answers if answer.rests_on]
    if not resting:
        return ""
    keys = ", ".join(dict.fromkeys(key for each in resting for key in each))
    return f" {len(resting):,} rest on what nothing here tells ({keys}); give it as a column."


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
