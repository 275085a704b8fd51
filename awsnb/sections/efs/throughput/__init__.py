"""EFS's view "throughput"."""

from awsnb.sections.efs.throughput.options import compare
from awsnb.sections.efs.throughput.presets import PRESETS
from awsnb.sections.efs.throughput.scenario import ThroughputScenario
from awsnb.sections.efs.throughput.simulate import simulate
from awsnb.sections.efs.throughput.tell import tell
from awsnb.view import View

VIEW = View(
    name="throughput",
    question="Which throughput mode carries my load, when does its credit end, and what is cheap?",
    scenario=ThroughputScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
