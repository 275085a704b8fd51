"""Tables: who is in an account, and what became of a file of requests."""

from typing import TYPE_CHECKING

from awsnb.sections.iam.scenario import AccessScenario
from awsnb.sections.iam.simulate import simulate

if TYPE_CHECKING:
    import pandas as pd

_AS_EXPECTED = {True: "", False: "no"}
_EXPECTED = {None: "", True: "allow", False: "deny"}


def answers(scenario: AccessScenario) -> "pd.DataFrame":
    """One row a request of the file: what becomes of it, why, and what was expected.

    What a verdict *rests on* are condition keys that neither file nor account tells, and that could
    turn it.
    """
    import pandas as pd

    outcome = simulate(scenario)
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
            "rests on": ", ".join(answer.rests_on),
        }
        for row, answer in zip(outcome.asked, outcome.answers, strict=True)
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
