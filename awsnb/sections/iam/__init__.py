"""Section 1, Identity and Access Management."""

from awsnb.sections.iam.options import compare
from awsnb.sections.iam.presets import PRESETS
from awsnb.sections.iam.scenario import AccessScenario
from awsnb.sections.iam.simulate import simulate
from awsnb.sections.iam.tell import tell
from awsnb.view import View

VIEWS = (
    View(
        name="access",
        question="Who may do what, which policy decides it, and what would one change do?",
        scenario=AccessScenario,
        outcome=simulate,
        tell=tell,
        compare=compare,
        presets=PRESETS,
    ),
)
