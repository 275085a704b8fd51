"""The view "chain" of EBS."""

from awsnb.sections.ebs.chain.options import compare
from awsnb.sections.ebs.chain.presets import PRESETS
from awsnb.sections.ebs.chain.scenario import ChainScenario
from awsnb.sections.ebs.chain.simulate import simulate
from awsnb.sections.ebs.chain.tell import tell
from awsnb.view import View

VIEW = View(
    name="chain",
    question="What do my snapshots hold, and what does deleting or archiving one free?",
    scenario=ChainScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
