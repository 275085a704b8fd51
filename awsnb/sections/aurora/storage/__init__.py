"""Aurora's view "storage"."""

from awsnb.sections.aurora.storage.presets import PRESETS
from awsnb.sections.aurora.storage.scenario import StorageScenario
from awsnb.sections.aurora.storage.simulate import simulate
from awsnb.sections.aurora.storage.tell import tell
from awsnb.view import View

VIEW = View(
    name="storage",
    question="How does the volume grow, and when does its bill shrink?",
    scenario=StorageScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
)
