"""EC2: burstable instances and their credits; the rules that a packet meets."""

from awsnb.aws.ec2.burstable import BURSTABLE, EC2, Burstable, hour_price, peer

__all__ = ["BURSTABLE", "EC2", "Burstable", "hour_price", "peer"]
