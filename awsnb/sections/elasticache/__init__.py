"""Section 24, ElastiCache."""

from awsnb.sections.elasticache.options import compare
from awsnb.sections.elasticache.presets import PRESETS
from awsnb.sections.elasticache.scenario import CacheScenario
from awsnb.sections.elasticache.simulate import simulate
from awsnb.sections.elasticache.tell import tell
from awsnb.view import View

VIEWS = (
    View(
        name="cache",
        question="Which cache takes the load off my database, and what if it misses or dies?",
        scenario=CacheScenario,
        outcome=simulate,
        tell=tell,
        compare=compare,
        presets=PRESETS,
    ),
)
