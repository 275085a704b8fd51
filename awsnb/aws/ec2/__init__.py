"""EC2: burstable instances and their credits; the rules that a packet meets; launches."""

from awsnb.aws.ec2.burstable import BURSTABLE, EC2, Burstable, hour_price, peer
from awsnb.aws.ec2.launch import Stage, draw, launch_fact, loading_s, restart_s

__all__ = [
    "BURSTABLE",
    "EC2",
    "Burstable",
    "Stage",
    "draw",
    "hour_price",
    "launch_fact",
    "loading_s",
    "peer",
    "restart_s",
]
