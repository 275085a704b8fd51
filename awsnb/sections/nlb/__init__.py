"""Section 11, Network Load Balancer."""

from awsnb.sections.nlb.options import compare
from awsnb.sections.nlb.presets import PRESETS
from awsnb.sections.nlb.scenario import NlbScenario
from awsnb.sections.nlb.simulate import simulate
from awsnb.sections.nlb.tell import tell
from awsnb.view import View

VIEWS = (
    View(
        name="connections",
        question="How evenly do connections spread, and what happens to them when a target goes?",
        scenario=NlbScenario,
        outcome=simulate,
        tell=tell,
        compare=compare,
        presets=PRESETS,
    ),
)
