"""The instance store's view "survival"."""

from awsnb.sections.instance_store.survival.options import compare
from awsnb.sections.instance_store.survival.presets import PRESETS
from awsnb.sections.instance_store.survival.scenario import SurvivalScenario
from awsnb.sections.instance_store.survival.simulate import simulate
from awsnb.sections.instance_store.survival.tell import tell
from awsnb.view import View

VIEW = View(
    name="survival",
    question="What of an instance's data survives what happens to it?",
    scenario=SurvivalScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
    compare=compare,
)
