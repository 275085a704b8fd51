"""RDS's view "luck"."""

from awsnb.sections.rds.luck.options import compare
from awsnb.sections.rds.luck.presets import PRESETS
from awsnb.sections.rds.luck.scenario import LuckScenario
from awsnb.sections.rds.luck.simulate import simulate
from awsnb.sections.rds.luck.tell import tell
from awsnb.view import View

VIEW = View(
    name="luck",
    question="What does a standby cost each commit, and what does it save when something fails?",
    scenario=LuckScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
