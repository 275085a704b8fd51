"""Section 18, scaling policies."""

from awsnb.sections.scaling_policies.options import compare
from awsnb.sections.scaling_policies.presets import PRESETS
from awsnb.sections.scaling_policies.scenario import PolicyScenario
from awsnb.sections.scaling_policies.simulate import simulate
from awsnb.sections.scaling_policies.tell import tell
from awsnb.view import View

VIEWS = (
    View(
        name="policy",
        question="Which policy follows my load, why has it not scaled yet, and what does it cost?",
        scenario=PolicyScenario,
        outcome=simulate,
        tell=tell,
        compare=compare,
        presets=PRESETS,
    ),
)
