"""EFS's view "classes"."""

from awsnb.sections.efs.classes.options import compare
from awsnb.sections.efs.classes.presets import PRESETS
from awsnb.sections.efs.classes.scenario import ClassesScenario
from awsnb.sections.efs.classes.simulate import simulate
from awsnb.sections.efs.classes.tell import tell
from awsnb.view import View

VIEW = View(
    name="classes",
    question="Which lifecycle policy is cheapest for my files, and when does it cost more?",
    scenario=ClassesScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
