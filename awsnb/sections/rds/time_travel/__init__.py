"""RDS's view "time travel"."""

from awsnb.sections.rds.time_travel.options import compare
from awsnb.sections.rds.time_travel.presets import PRESETS
from awsnb.sections.rds.time_travel.scenario import TimeTravelScenario
from awsnb.sections.rds.time_travel.simulate import simulate
from awsnb.sections.rds.time_travel.tell import tell
from awsnb.view import View

VIEW = View(
    name="time travel",
    question="A table was dropped at 14:03: what comes back, what is lost, and when does it run?",
    scenario=TimeTravelScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
