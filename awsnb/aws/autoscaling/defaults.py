"""Who scales, how often its metric comes, and what AWS puts in place of what is left out."""

from typing import Literal

from awsnb import facts

ASG = facts.load("autoscaling")

Scaler = Literal["EC2 Auto Scaling", "Application Auto Scaling"]
EC2_GROUPS: Scaler = "EC2 Auto Scaling"
APPLICATION: Scaler = "Application Auto Scaling"

Monitoring = Literal["detailed", "basic"]
MONITORING: tuple[Monitoring, ...] = ("detailed", "basic")


def default_or(asked: float | None, subject: str, key: str) -> float:
    """Return what is asked for, or AWS's default."""
    return float(ASG.value(subject, key) if asked is None else asked)


def period_s(monitoring: Monitoring) -> float:
    """Period of an instance's metrics, s."""
    return float(ASG.value("monitoring", f"{monitoring}_period"))
