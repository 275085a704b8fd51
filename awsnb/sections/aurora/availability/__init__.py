"""Aurora's view "availability"."""

from awsnb.sections.aurora.availability.options import compare
from awsnb.sections.aurora.availability.presets import PRESETS
from awsnb.sections.aurora.availability.scenario import AvailabilityScenario
from awsnb.sections.aurora.availability.simulate import simulate
from awsnb.sections.aurora.availability.tell import tell
from awsnb.view import View

VIEW = View(
    name="availability",
    question="How often is a quorum out of reach?",
    scenario=AvailabilityScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
    compare=compare,
)
