"""ELB's view "a zone is lost"."""

from awsnb.sections.elb.zone_lost.options import compare
from awsnb.sections.elb.zone_lost.presets import PRESETS
from awsnb.sections.elb.zone_lost.scenario import ZoneLostScenario
from awsnb.sections.elb.zone_lost.simulate import simulate
from awsnb.sections.elb.zone_lost.tell import tell
from awsnb.view import View

VIEW = View(
    name="a zone is lost",
    question="A zone goes: how many requests fail, how long, and is enough left?",
    scenario=ZoneLostScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
