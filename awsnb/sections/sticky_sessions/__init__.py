"""Section 13, sticky sessions."""

from awsnb.sections.sticky_sessions.options import compare
from awsnb.sections.sticky_sessions.presets import PRESETS
from awsnb.sections.sticky_sessions.scenario import StickyScenario
from awsnb.sections.sticky_sessions.simulate import simulate
from awsnb.sections.sticky_sessions.tell import tell
from awsnb.view import View

VIEWS = (
    View(
        name="affinity",
        question="What does affinity cost in balance, and what dies with a target?",
        scenario=StickyScenario,
        outcome=simulate,
        tell=tell,
        compare=compare,
        presets=PRESETS,
    ),
)
