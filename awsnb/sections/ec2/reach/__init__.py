"""EC2's view "reach"."""

from awsnb.sections.ec2.reach.options import compare
from awsnb.sections.ec2.reach.presets import PRESETS
from awsnb.sections.ec2.reach.scenario import ReachScenario
from awsnb.sections.ec2.reach.simulate import simulate
from awsnb.sections.ec2.reach.tell import tell
from awsnb.view import View

VIEW = View(
    name="reach",
    question="Who can reach my instance, and which one rule stops the packet or its answer?",
    scenario=ReachScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
