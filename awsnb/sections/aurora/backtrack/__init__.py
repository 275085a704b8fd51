"""Aurora's view "backtrack"."""

from awsnb.sections.aurora.backtrack.presets import PRESETS
from awsnb.sections.aurora.backtrack.scenario import BacktrackScenario
from awsnb.sections.aurora.backtrack.simulate import simulate
from awsnb.sections.aurora.backtrack.tell import tell
from awsnb.view import View

VIEW = View(
    name="backtrack",
    question="How far back can a mistake be undone, and for how much?",
    scenario=BacktrackScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
)
