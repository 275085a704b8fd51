"""Aurora's view "log protocol"."""

from awsnb.sections.aurora.log_protocol.presets import PRESETS
from awsnb.sections.aurora.log_protocol.scenario import LogProtocolScenario
from awsnb.sections.aurora.log_protocol.simulate import simulate
from awsnb.sections.aurora.log_protocol.tell import tell
from awsnb.view import View

VIEW = View(
    name="log protocol",
    question="When is a commit safe, and what does recovery find?",
    scenario=LogProtocolScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
)
