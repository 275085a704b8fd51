"""Identity and Access Management: an account, its policies, and who may do what."""

from awsnb.results import Result
from awsnb.services.iam.challenges import EXACT, NO_DELETING, REPORTS, SERVERS, verdict_on
from awsnb.services.iam.checks import against_regular_expressions, against_rule
from awsnb.services.iam.options import compare_ways
from awsnb.services.iam.presets import ACCESS_PRESETS
from awsnb.services.iam.run import Access
from awsnb.services.iam.scenario import AccessScenario, built_in
from awsnb.services.iam.tables import answers, members
from awsnb.services.iam.told import result_of

__all__ = [
    "ACCESS_PRESETS",
    "EXACT",
    "NO_DELETING",
    "REPORTS",
    "SERVERS",
    "AccessScenario",
    "against_regular_expressions",
    "against_rule",
    "answers",
    "built_in",
    "compare_ways",
    "explain",
    "members",
    "simulate_access",
    "verdict_on",
]


def simulate_access(scenario: AccessScenario) -> Result:
    """Decide a request, and every watched one, before and after the scenario's change."""
    return result_of(Access.of(scenario))


def explain(scenario: AccessScenario) -> str:
    """Tell layer by layer and statement by statement why the request is decided so."""
    return Access.of(scenario).decision.explain()
