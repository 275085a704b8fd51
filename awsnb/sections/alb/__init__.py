"""Section 10, Application Load Balancer."""

from awsnb.sections.alb.options import compare
from awsnb.sections.alb.presets import PRESETS
from awsnb.sections.alb.scenario import AlbScenario
from awsnb.sections.alb.simulate import simulate
from awsnb.sections.alb.tell import tell
from awsnb.view import View

VIEWS = (
    View(
        name="targets",
        question="How many targets carry my traffic, and what do visitors notice when one fails?",
        scenario=AlbScenario,
        outcome=simulate,
        tell=tell,
        compare=compare,
        presets=PRESETS,
    ),
)
