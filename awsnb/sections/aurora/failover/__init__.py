"""Aurora's view "failover"."""

from awsnb.sections.aurora.failover.presets import PRESETS
from awsnb.sections.aurora.failover.scenario import FailoverScenario
from awsnb.sections.aurora.failover.simulate import simulate
from awsnb.sections.aurora.failover.tell import tell
from awsnb.view import View

VIEW = View(
    name="failover",
    question="The writer dies: how long until a client can write again?",
    scenario=FailoverScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
)
