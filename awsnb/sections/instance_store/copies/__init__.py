"""The instance store's view "copies"."""

from awsnb.sections.instance_store.copies.options import compare
from awsnb.sections.instance_store.copies.presets import PRESETS
from awsnb.sections.instance_store.copies.scenario import CopiesScenario
from awsnb.sections.instance_store.copies.simulate import simulate
from awsnb.sections.instance_store.copies.tell import tell
from awsnb.view import View

VIEW = View(
    name="copies",
    question="How many copies do I need on instances that lose their data?",
    scenario=CopiesScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
    compare=compare,
)
