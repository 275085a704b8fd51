"""RDS Proxy's view "storm"."""

from awsnb.sections.rds_proxy.storm.options import compare
from awsnb.sections.rds_proxy.storm.presets import PRESETS
from awsnb.sections.rds_proxy.storm.scenario import StormScenario
from awsnb.sections.rds_proxy.storm.simulate import simulate
from awsnb.sections.rds_proxy.storm.tell import tell
from awsnb.view import View

VIEW = View(
    name="storm",
    question="A thousand functions wake at once: does my database survive?",
    scenario=StormScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
