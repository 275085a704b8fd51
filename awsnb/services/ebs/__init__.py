"""EBS: volume types under a load."""

from awsnb.services.ebs.options import compare_volumes
from awsnb.services.ebs.presets import VOLUME_PRESETS
from awsnb.services.ebs.published import published_tables
from awsnb.services.ebs.run import simulate_volume
from awsnb.services.ebs.volume import VolumeScenario

__all__ = [
    "VOLUME_PRESETS",
    "VolumeScenario",
    "compare_volumes",
    "published_tables",
    "simulate_volume",
]
