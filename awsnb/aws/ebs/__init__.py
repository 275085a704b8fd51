"""EBS: volumes as they can be provisioned, and what caps them and their instance."""

from awsnb.aws.ebs.limits import Io, Limit, instance_limits, volume_limits
from awsnb.aws.ebs.volume import EBS, VOLUME_TYPES, Volume

__all__ = ["EBS", "VOLUME_TYPES", "Io", "Limit", "Volume", "instance_limits", "volume_limits"]
