"""The view "restore" of EBS."""

from awsnb.sections.ebs.restore.options import compare
from awsnb.sections.ebs.restore.presets import PRESETS
from awsnb.sections.ebs.restore.scenario import RestoreScenario
from awsnb.sections.ebs.restore.simulate import simulate
from awsnb.sections.ebs.restore.tell import tell
from awsnb.view import View

VIEW = View(
    name="restore",
    question="How soon is a volume made from a snapshot fast, and what does that cost?",
    scenario=RestoreScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
