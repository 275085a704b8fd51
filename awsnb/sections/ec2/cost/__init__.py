"""EC2's view "cost"."""

from awsnb.sections.ec2.cost.options import compare
from awsnb.sections.ec2.cost.presets import PRESETS
from awsnb.sections.ec2.cost.scenario import CostScenario
from awsnb.sections.ec2.cost.simulate import simulate
from awsnb.sections.ec2.cost.tell import tell
from awsnb.view import View

VIEW = View(
    name="cost",
    question="Which way to buy an instance is the cheapest for the hours that it runs?",
    scenario=CostScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
