"""Section 16, connection draining: how long to wait before a target is pulled."""

from awsnb.sections.connection_draining.options import compare
from awsnb.sections.connection_draining.presets import PRESETS
from awsnb.sections.connection_draining.scenario import DrainScenario
from awsnb.sections.connection_draining.simulate import simulate
from awsnb.sections.connection_draining.tell import tell
from awsnb.view import View

VIEWS = (
    View(
        name="draining",
        question="How long should I wait before I pull a target?",
        scenario=DrainScenario,
        outcome=simulate,
        tell=tell,
        compare=compare,
        presets=PRESETS,
    ),
)
