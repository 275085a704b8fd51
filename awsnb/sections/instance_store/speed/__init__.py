"""The instance store's view "speed"."""

from awsnb.sections.instance_store.speed.options import compare
from awsnb.sections.instance_store.speed.presets import PRESETS
from awsnb.sections.instance_store.speed.scenario import SpeedScenario
from awsnb.sections.instance_store.speed.simulate import simulate
from awsnb.sections.instance_store.speed.tell import tell
from awsnb.view import View

VIEW = View(
    name="speed",
    question="How fast is the instance store, and what would EBS cost to keep up?",
    scenario=SpeedScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
    compare=compare,
)
