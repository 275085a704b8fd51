"""EC2's view "credits"."""

from awsnb.sections.ec2.credits.options import compare
from awsnb.sections.ec2.credits.presets import PRESETS
from awsnb.sections.ec2.credits.scenario import CreditScenario
from awsnb.sections.ec2.credits.simulate import simulate
from awsnb.sections.ec2.credits.tell import tell
from awsnb.view import View

VIEW = View(
    name="credits",
    question="Will a burstable instance hold my load, and when does cheap become dear?",
    scenario=CreditScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
