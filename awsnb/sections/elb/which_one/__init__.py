"""ELB's view "which one"."""

from awsnb.sections.elb.which_one.options import compare
from awsnb.sections.elb.which_one.presets import PRESETS
from awsnb.sections.elb.which_one.scenario import WhichOneScenario
from awsnb.sections.elb.which_one.simulate import simulate
from awsnb.sections.elb.which_one.tell import tell
from awsnb.view import View

VIEW = View(
    name="which one",
    question="Which kind of load balancer does what I need, and what does each cost?",
    scenario=WhichOneScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
