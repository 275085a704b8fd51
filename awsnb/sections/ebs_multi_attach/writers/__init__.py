"""What several writers of one volume do to its data."""

from awsnb.sections.ebs_multi_attach.writers.options import compare
from awsnb.sections.ebs_multi_attach.writers.presets import PRESETS
from awsnb.sections.ebs_multi_attach.writers.scenario import WritersScenario
from awsnb.sections.ebs_multi_attach.writers.simulate import simulate
from awsnb.sections.ebs_multi_attach.writers.tell import tell
from awsnb.view import View

VIEW = View(
    name="writers",
    question="Two instances, one volume: what goes wrong, and what stops it?",
    scenario=WritersScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
