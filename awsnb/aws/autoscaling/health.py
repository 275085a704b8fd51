"""Health checks of a group: which of them sees which failure, how soon, and what new ones need."""

import math

from awsnb.aws.autoscaling.defaults import ASG
from awsnb.aws.elb import ELB, HealthCheck
from awsnb.mechanisms.group import Cause, Checks

TERMINATED, HANGS, VOLUME, HOST, ZONE, SPOT = FAILURES = (
    "instance terminated",
    "application hangs",
    "volume impaired",
    "host impaired",
    "zone lost",
    "Spot pool reclaimed",
)
TYPES = ("EC2", "EC2 and ELB", "EC2 and EBS", "EC2, EBS and ELB")
"""EC2's checks are always on."""

_OF_EC2: dict[str, Cause] = {TERMINATED: "gone", SPOT: "gone", HOST: "status", ZONE: "status"}


def at_once(desired: int) -> int:
    """How many running instances a group replaces, or moves between zones, at a time."""
    return max(1, int(desired * ASG.value("health", "at_once") / 100))


def found(failure: str, types: str, check: HealthCheck) -> tuple[float, Cause]:
    """Say how soon a group knows of a failure, at worst, and by which check.

    Parameters
    ----------
    failure : str
        One of `FAILURES`.
    types : str
        The checks that are on, one of `TYPES`.
    check : HealthCheck
        The balancer's.

    Returns
    -------
    seconds : float
        ``inf`` if none of the checks sees it.
    cause : str
        As activities give it.

    Examples
    --------
    An application that hangs on a running instance is nothing to EC2:

    >>> found("application hangs", "EC2", HealthCheck(30, 5, 2))[0]
    inf
    >>> found("application hangs", "EC2 and ELB", HealthCheck(30, 5, 2))
    (95.0, 'balancer')
    """
    act_s, slow_s = (float(ASG.value("health", key)) for key in ("group_check", "status_check"))
    ways: list[tuple[float, Cause]] = [(math.inf, "balancer")]
    if failure in _OF_EC2:
        ways.append((act_s if _OF_EC2[failure] == "gone" else slow_s, _OF_EC2[failure]))
    if "EBS" in types and failure == VOLUME:
        ways.append((slow_s, "volume"))
    if "ELB" in types and failure not in (TERMINATED, SPOT):
        ways.append((check.found_after_s(hangs=True) + act_s, "balancer"))
    return min(ways)


def new_targets(check: HealthCheck, healthy_threshold: int) -> Checks:
    """How a balancer checks an instance that has just come into service."""
    return Checks(check.interval_s, check.threshold, healthy_threshold)


def default_check() -> tuple[HealthCheck, int]:
    """AWS's own settings of a target group's check, and its healthy threshold."""
    interval, timeout, fails, passes = (
        ELB.value("health_check", key)
        for key in ("interval", "timeout_alb", "unhealthy_threshold", "healthy_threshold")
    )
    return HealthCheck(interval, timeout, fails), passes
