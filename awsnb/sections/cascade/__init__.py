"""The whole course in one night: which link breaks first, and which change alone holds."""

from awsnb.sections.cascade.options import compare
from awsnb.sections.cascade.presets import PRESETS
from awsnb.sections.cascade.scenario import CascadeScenario
from awsnb.sections.cascade.simulate import simulate
from awsnb.sections.cascade.tell import tell
from awsnb.view import View

VIEWS = (
    View(
        name="night",
        question="A batch at night, an outage in the morning: which link breaks first, and what "
        "holds?",
        scenario=CascadeScenario,
        outcome=simulate,
        tell=tell,
        compare=compare,
        presets=PRESETS,
        stops=9,  # an answer of twelve nights takes ten times as long as another section's
    ),
)
