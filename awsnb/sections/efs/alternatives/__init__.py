"""EFS's view "alternatives"."""

from awsnb.sections.efs.alternatives.options import compare
from awsnb.sections.efs.alternatives.presets import PRESETS
from awsnb.sections.efs.alternatives.scenario import AlternativesScenario
from awsnb.sections.efs.alternatives.simulate import simulate
from awsnb.sections.efs.alternatives.tell import tell
from awsnb.view import View

VIEW = View(
    name="alternatives",
    question="What do my files cost on EFS, on EBS volumes and in S3, and which of them will do?",
    scenario=AlternativesScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
