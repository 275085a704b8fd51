"""The view "launch" of machine images."""

from awsnb.sections.ami.launch.options import compare
from awsnb.sections.ami.launch.presets import PRESETS
from awsnb.sections.ami.launch.scenario import LaunchScenario
from awsnb.sections.ami.launch.simulate import simulate
from awsnb.sections.ami.launch.tell import tell
from awsnb.view import View

VIEW = View(
    name="launch",
    question="How soon does a new instance serve, and what is a golden image worth?",
    scenario=LaunchScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
