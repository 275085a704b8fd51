"""Aurora's view "reader scaling"."""

from awsnb.sections.aurora.reader_scaling.presets import PRESETS
from awsnb.sections.aurora.reader_scaling.scenario import ReaderScalingScenario
from awsnb.sections.aurora.reader_scaling.simulate import simulate
from awsnb.sections.aurora.reader_scaling.tell import tell
from awsnb.view import View

VIEW = View(
    name="reader scaling",
    question="How soon do readers follow the reads, and what do they cost?",
    scenario=ReaderScalingScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
)
