"""Section 19, instance refresh: how long it takes, what capacity is left, a bad version."""

from awsnb.sections.instance_refresh.options import compare
from awsnb.sections.instance_refresh.presets import PRESETS
from awsnb.sections.instance_refresh.scenario import RefreshScenario
from awsnb.sections.instance_refresh.simulate import simulate
from awsnb.sections.instance_refresh.tell import tell
from awsnb.view import View

VIEWS = (
    View(
        name="roll-out",
        question="How long does a roll-out take, and what if the new version is bad?",
        scenario=RefreshScenario,
        outcome=simulate,
        tell=tell,
        presets=PRESETS,
        compare=compare,
    ),
)
