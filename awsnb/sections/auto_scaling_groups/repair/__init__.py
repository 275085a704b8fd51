"""The view "repair": what the group finds, what it replaces, and when it is whole again."""

from awsnb.sections.auto_scaling_groups.repair.options import compare
from awsnb.sections.auto_scaling_groups.repair.presets import PRESETS
from awsnb.sections.auto_scaling_groups.repair.scenario import RepairScenario
from awsnb.sections.auto_scaling_groups.repair.simulate import simulate
from awsnb.sections.auto_scaling_groups.repair.tell import tell
from awsnb.view import View

VIEW = View(
    name="repair",
    question="When is the group whole again?",
    scenario=RepairScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
    compare=compare,
)
