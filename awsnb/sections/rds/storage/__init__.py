"""RDS's view "storage"."""

from awsnb.sections.rds.storage.options import compare
from awsnb.sections.rds.storage.presets import PRESETS
from awsnb.sections.rds.storage.scenario import StorageScenario
from awsnb.sections.rds.storage.simulate import simulate
from awsnb.sections.rds.storage.tell import tell
from awsnb.view import View

VIEW = View(
    name="storage",
    question="When does my database run out of space, and does autoscaling come in time?",
    scenario=StorageScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
