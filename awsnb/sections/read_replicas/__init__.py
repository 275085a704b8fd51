"""Section 21, read replicas: how many, how stale a reader may be, and what promotion loses."""

from awsnb.sections.read_replicas.options import compare
from awsnb.sections.read_replicas.presets import PRESETS
from awsnb.sections.read_replicas.promotion import VIEW as PROMOTION
from awsnb.sections.read_replicas.scenario import ReplicaScenario
from awsnb.sections.read_replicas.simulate import simulate
from awsnb.sections.read_replicas.tell import tell
from awsnb.view import View

VIEWS = (
    View(
        name="staleness",
        question="How many replicas, and how stale may a reader be?",
        scenario=ReplicaScenario,
        outcome=simulate,
        tell=tell,
        compare=compare,
        presets=PRESETS,
    ),
    PROMOTION,
)
