"""Section 25, MemoryDB: what it costs a write to be safe."""

from awsnb.sections.memorydb.options import compare
from awsnb.sections.memorydb.presets import PRESETS
from awsnb.sections.memorydb.scenario import MemoryDbScenario
from awsnb.sections.memorydb.simulate import simulate
from awsnb.sections.memorydb.tell import tell
from awsnb.view import View

VIEWS = (
    View(
        name="safe writes",
        question="What does it cost a write to be safe?",
        scenario=MemoryDbScenario,
        outcome=simulate,
        tell=tell,
        compare=compare,
        presets=PRESETS,
    ),
)
