"""Section 4, EBS volume types."""

from awsnb.sections.ebs_volume_types.options import compare
from awsnb.sections.ebs_volume_types.presets import PRESETS
from awsnb.sections.ebs_volume_types.scenario import VolumeScenario
from awsnb.sections.ebs_volume_types.simulate import simulate
from awsnb.sections.ebs_volume_types.tell import tell
from awsnb.view import View

VIEWS = (
    View(
        name="volume",
        question="Which volume holds my load, when would it throttle, and what would cost less?",
        scenario=VolumeScenario,
        outcome=simulate,
        tell=tell,
        compare=compare,
        presets=PRESETS,
    ),
)
