"""Aurora's view "write latency"."""

from awsnb.sections.aurora.write_latency.presets import PRESETS
from awsnb.sections.aurora.write_latency.scenario import WriteLatencyScenario
from awsnb.sections.aurora.write_latency.simulate import simulate
from awsnb.sections.aurora.write_latency.tell import tell
from awsnb.view import View

VIEW = View(
    name="write latency",
    question="How long does a write wait for its quorum?",
    scenario=WriteLatencyScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
)
