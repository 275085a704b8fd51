"""Health checks: how often a target is asked, and how soon a failure is found."""

from typing import NamedTuple


class HealthCheck(NamedTuple):
    """How a target group checks its targets.

    Attributes
    ----------
    interval_s : float
        From one check of a target to the next.
    timeout_s : float
        How long a check waits for an answer.
    threshold : int
        Failed checks in a row that make a target unhealthy.
    """

    interval_s: float
    timeout_s: float
    threshold: int

    def found_after_s(self, hangs: bool) -> float:
        """Time from a failure until the target is unhealthy, at worst.

        The failure comes right after a check. A target that `hangs` makes the last check wait.
        """
        seconds = self.interval_s * self.threshold
        return seconds + self.timeout_s if hangs else seconds
