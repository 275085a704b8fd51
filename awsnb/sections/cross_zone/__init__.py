"""Section 14, cross-zone load balancing."""

from awsnb.sections.cross_zone.options import compare
from awsnb.sections.cross_zone.presets import PRESETS
from awsnb.sections.cross_zone.scenario import CrossZoneScenario
from awsnb.sections.cross_zone.simulate import simulate
from awsnb.sections.cross_zone.tell import tell
from awsnb.view import View

VIEWS = (
    View(
        name="shares",
        question="What does each target get, and what does crossing cost?",
        scenario=CrossZoneScenario,
        outcome=simulate,
        tell=tell,
        compare=compare,
        presets=PRESETS,
    ),
)
