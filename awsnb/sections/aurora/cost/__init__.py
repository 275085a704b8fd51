"""Aurora's view "cost"."""

from awsnb.sections.aurora.cost.options import compare
from awsnb.sections.aurora.cost.presets import PRESETS
from awsnb.sections.aurora.cost.scenario import CostScenario
from awsnb.sections.aurora.cost.simulate import simulate
from awsnb.sections.aurora.cost.tell import tell
from awsnb.view import View

VIEW = View(
    name="cost",
    question="What does the cluster cost, and what would RDS cost instead?",
    scenario=CostScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
    compare=compare,
)
