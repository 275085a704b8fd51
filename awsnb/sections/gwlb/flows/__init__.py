"""GWLB's view "flows"."""

from awsnb.sections.gwlb.flows.options import compare
from awsnb.sections.gwlb.flows.presets import PRESETS
from awsnb.sections.gwlb.flows.scenario import FlowsScenario
from awsnb.sections.gwlb.flows.simulate import simulate
from awsnb.sections.gwlb.flows.tell import tell
from awsnb.view import View

VIEW = View(
    name="flows",
    question="Which connections break, and who is told, when flows fall silent or an appliance "
    "goes?",
    scenario=FlowsScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
