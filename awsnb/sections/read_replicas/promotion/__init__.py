"""Read replicas' view "promotion"."""

from awsnb.sections.read_replicas.promotion.options import compare
from awsnb.sections.read_replicas.promotion.presets import PRESETS
from awsnb.sections.read_replicas.promotion.scenario import PromotionScenario
from awsnb.sections.read_replicas.promotion.simulate import simulate
from awsnb.sections.read_replicas.promotion.tell import tell
from awsnb.view import View

VIEW = View(
    name="promotion",
    question="A replica is promoted: which writes are lost, and when do writes go again?",
    scenario=PromotionScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
