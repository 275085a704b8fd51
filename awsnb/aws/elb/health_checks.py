"""Health checks: how often a target is asked, and how soon a failure is found."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elb.limits import ELB

HEALTHY_AFTER: int = ELB.value("health_check", "healthy_threshold")


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

    def healthy_after_s(
        self, answers_s: NDArray[np.float64], first_s: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Time from the registration of new targets of an ALB until they get requests.

        A new target needs one check that succeeds. One that failed `threshold` checks first is
        unhealthy, and needs five in a row (ALB User Guide: target-group-health-checks.html).

        Parameters
        ----------
        answers_s : ndarray of float, shape (n,)
            From its registration until a target answers, s.
        first_s : ndarray of float, shape (n,)
            From its registration until the first check, s.

        Returns
        -------
        ndarray of float, shape (n,)
            Seconds.
        """
        failed = np.maximum(np.ceil((answers_s - first_s) / self.interval_s), 0.0)
        more = np.where(failed >= self.threshold, HEALTHY_AFTER - 1, 0)
        return first_s + (failed + more) * self.interval_s
