"""RDS's view "speed"."""

from awsnb.sections.rds.speed.options import compare
from awsnb.sections.rds.speed.presets import PRESETS
from awsnb.sections.rds.speed.scenario import SpeedScenario
from awsnb.sections.rds.speed.simulate import simulate
from awsnb.sections.rds.speed.tell import tell
from awsnb.view import View

VIEW = View(
    name="speed",
    question="When does my database run out of I/O, and does the storage or the instance bind?",
    scenario=SpeedScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
