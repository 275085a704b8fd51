"""What is said of a decision: the verdict, what each layer says, and what the change does."""

from typing import Any

from awsnb.aws.iam.reference import (
    asked_of_another,
    asked_together,
    has_resource,
    may_have_policy,
    resource_of,
)
from awsnb.results import Number, Result
from awsnb.sections.iam.panels import OPENED, TAKEN, columns_of, panels_of
from awsnb.sections.iam.scenario import NOTHING, ON_RESOURCE, AccessScenario
from awsnb.sections.iam.simulate import (
    ALLOWED,
    RESOURCE_POLICY,
    ROLE_PATH,
    SESSION_NAME,
    Outcome,
    simulate,
)
from awsnb.words import are


def tell(outcome: Outcome) -> Result:
    """Say what becomes of a request, and what a change does.

    Returns
    -------
    Result
        By principal and request: the verdict, and what the change does. By layer and moment: what
        the layer says.
    """
    data = columns_of(outcome)
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=why(outcome),
        numbers=numbers(outcome, data),
        data=data,
        panels=panels_of(outcome),
        notes=notes(outcome),
    )


def explain(scenario: AccessScenario) -> str:
    """Tell layer by layer and statement by statement why the request is decided so."""
    return simulate(scenario).decision.explain()


def why(outcome: Outcome) -> str:
    """The sentence that says what decides, and what the change does."""
    return f"{_decided(outcome)} {_of_another_kind(outcome)}".rstrip()


def _decided(outcome: Outcome) -> str:
    decision, before = outcome.decision, outcome.decision_before
    if outcome.asked:
        return f"{_batch_why(outcome)} The first request is {_lowered(decision.sentence)}"
    if not outcome.is_changed:
        return decision.sentence
    if decision.verdict is before.verdict and decision.layer == before.layer:
        return f"The change makes no difference here. {decision.sentence}"
    return f"{decision.sentence} Before the change it was {_lowered(before.why)}"


def _of_another_kind(outcome: Outcome) -> str:
    """Say which requests name a resource that their action is never asked of."""
    _, action, resource, *_ = outcome.scenario.question
    kind = asked_of_another(action, resource)
    if kind:
        return f"But {action} is asked of {kind}: AWS gets no such request."
    rows = [row for row in outcome.asked if asked_of_another(row.action, row.resource)]
    if not rows:
        return ""
    first = rows[0]
    kind = asked_of_another(first.action, first.resource)
    return f"AWS gets no request as in line {first.line}: {first.action} is asked of {kind}."


def numbers(outcome: Outcome, data: dict[str, Any]) -> tuple[Number, ...]:
    """The verdict first, then what each layer says, then what is allowed in all."""
    decision = outcome.decision
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
        *_batch_numbers(outcome),
    )  # fmt: skip


def _effect(change: Any) -> tuple[Number, ...]:
    opened, closed = int((change == OPENED).sum()), int((change == TAKEN).sum())
    return (
        Number("opened", "Now allowed", opened, _of_watched(opened)),
        Number("closed", "No longer allowed", closed, _of_watched(closed)),
    )


def notes(outcome: Outcome) -> tuple[str, ...]:
    """What was taken for granted."""
    said = ["Account and resources are as the file says; nothing is asked of AWS."]
    entity = outcome.scenario.account.entity(outcome.scenario.question.principal)
    if entity.principal.account != outcome.scenario.account.number:
        said.append("The visitor's own organisation is not known: none of its SCPs is applied.")
    said += _of_federated(outcome)
    said += _asked_of_all(outcome) + _asked_of_buckets(outcome) + _asked_together(outcome)
    said += _resting(outcome) + _without_policy(outcome)
    if outcome.scenario.what_if != NOTHING and not outcome.is_changed:
        said.append("The change brings no policy yet.")
    return tuple(said)


def _of_federated(outcome: Outcome) -> list[str]:
    """Say that IAM and STS take no call of a federated user, whatever its policies allow."""
    if not outcome.is_barred:
        return []
    return [
        "A federated user can call neither IAM nor STS by the API or the command line, whatever is "
        "allowed: only who it is can be asked."
    ]


def _asked_of_all(outcome: Outcome) -> list[str]:
    """Say which actions have no resource, and were asked of everything."""
    asked = [outcome.scenario.question, *(row.question for row in outcome.asked)]
    actions = {each.action for each in asked if not has_resource(each.action)}
    listed = ", ".join(sorted(actions))
    return [f"No resource goes with {listed}: asked of everything, *."] if actions else []


def _asked_of_buckets(outcome: Outcome) -> list[str]:
    """Say that an action was asked of the bucket, where an object was named."""
    _, action, asked, *_ = outcome.scenario.question
    bucket = resource_of(action, asked)
    is_other = has_resource(action) and bucket != asked
    return [f"{action} is asked of a bucket: of {bucket}."] if is_other else []


def _asked_together(outcome: Outcome) -> list[str]:
    """Say of which actions a request is asked of several resources, each of which must be open."""
    pairs = [(outcome.scenario.question, outcome.decision)]
    pairs += [
        (row.question, answer) for row, answer in zip(outcome.asked, outcome.answers, strict=True)
    ]
    actions = {question.action for question, answer in pairs if answer.allowed}
    return [
        f"AWS asks {action} of {', '.join(kinds)} together, and all must be allowed: this is the "
        "answer for one resource."
        for action in sorted(actions)
        if (kinds := asked_together(action))
    ]


def _without_policy(outcome: Outcome) -> list[str]:
    """Say that AWS has no such policy as the change brings."""
    scenario = outcome.scenario
    is_told = scenario.what_if == ON_RESOURCE and not may_have_policy(scenario.question.resource)
    return (
        [f"At AWS {scenario.question.resource} can have no policy of its own."] if is_told else []
    )


def _resting(outcome: Outcome) -> list[str]:
    """Say how many answers of the matrix rest on keys that nobody knows, and on which."""
    resting = [one.rests_on for row in outcome.decided for one in row if one.rests_on]
    keys = ", ".join(dict.fromkeys(key for each in resting for key in each))
    rests = "rests" if len(resting) == 1 else "rest"
    said = f"{len(resting):,} of the matrix's answers {rests} on what nothing here tells: {keys}."
    return [said] if resting else []


def _said(layer: Any) -> str:
    """What a layer says, and by which statement."""
    wanted = {"denies": "Deny", "allows": "Allow"}.get(layer.outcome)
    for statement in layer.statements:
        if statement.matched and statement.effect == wanted:
            return f"{layer.outcome}: {statement.name} of {statement.policy}"
    count = len(layer.statements)
    if count == 1:
        return "silent: its statement does not apply"
    return f"silent: none of {count} statements applies" if count else "silent: no policies"


def _of_watched(count: int) -> str:
    return f"{count} request{'' if count == 1 else 's'} of the matrix"


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _batch_why(outcome: Outcome) -> str:
    allowed = sum(answer.allowed for answer in outcome.answers)
    said = f"Of the {len(outcome.asked):,} requests of the file {allowed:,} {are(allowed)} allowed."
    if len(outcome.asked) == 1:
        said = f"The one request of the file is {'allowed' if allowed else 'denied'}."
    wrong = outcome.unexpected
    said += _unsure(outcome)
    if not any(row.expected is not None for row in outcome.asked):
        return said
    return said + (
        _as_expected(outcome) if not wrong else f" {len(wrong):,} {are(len(wrong))} not as "
        f"expected, the first in line {wrong[0][0].line}."
    )  # fmt: skip


def _as_expected(outcome: Outcome) -> str:
    return " It is as expected." if len(outcome.asked) == 1 else " All are as expected."


def _unsure(outcome: Outcome) -> str:
    """Say how many answers rest on keys that nobody knows, and on which."""
    resting = [answer.rests_on for answer in outcome.answers if answer.rests_on]
    if not resting:
        return ""
    keys = list(dict.fromkeys(key for each in resting for key in each))
    cures = ["give a key as a column"] if any(":" in key for key in keys) else []
    cures += ["name a session by its ARN"] if SESSION_NAME in keys else []
    cures += ["name a role by its ARN"] if ROLE_PATH in keys else []
    cures += ["list the resource with its policy"] if RESOURCE_POLICY in keys else []
    rests = "rests" if len(resting) == 1 else "rest"
    said = f" {len(resting):,} {rests} on what nothing here tells ({', '.join(keys)})"
    return "; ".join([said, *cures]) + "."


def _batch_numbers(outcome: Outcome) -> tuple[Number, ...]:
    if not outcome.asked:
        return ()
    count = len(outcome.asked)
    allowed, wrong = sum(answer.allowed for answer in outcome.answers), len(outcome.unexpected)
    expected = sum(row.expected is not None for row in outcome.asked)
    return (
        Number("requests", "Requests in the file", count, f"{count:,}"),
        Number("requests_allowed", "of these allowed", allowed, f"{allowed:,}"),
        Number("unexpected", "not as expected", wrong, f"{wrong:,} of {expected:,} with an answer"),
    )
