"""How many connections a database allows, how soon functions ask for them, what a proxy costs."""

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.aws.rds.deployment import RDS

GIB = 2**30


def default_max_connections(instance_class: str, engine: str) -> int:
    """Return `max_connections` by AWS's formula, of all of the class's memory.

    RDS keeps some memory for itself, so the true value is a little lower.

    Parameters
    ----------
    instance_class : str
        Such as ``"db.t3.large"``.
    engine : {"postgresql", "mysql"}

    Returns
    -------
    int

    Examples
    --------
    >>> default_max_connections("db.t3.large", "postgresql")
    901
    """
    memory = GIB * RDS.value(instance_class, "memory")
    most = int(memory // RDS.value("max_connections", f"{engine}_divisor"))
    if engine == "postgresql":
        return min(most, int(RDS.value("max_connections", "postgresql_cap")))
    return most


def instance_usd_month(instance_class: str, engine: str) -> float:
    """Return the price of an instance in one zone in us-east-1, USD a month."""
    return float(HOURS_A_MONTH * RDS.value(instance_class, f"{engine}_price"))


def proxy_usd_month(instance_class: str) -> float:
    """Return the price of a proxy before an instance in us-east-1, USD a month."""
    vcpus = max(RDS.value(instance_class, "vcpus"), RDS.value("proxy", "price_min_vcpus"))
    return float(HOURS_A_MONTH * vcpus * RDS.value("proxy", "price"))


def lambda_starts_s(asked_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return when environments of one function start, if they are asked for at such times.

    Lambda adds a burst at once, and from then on at an even rate.

    Parameters
    ----------
    asked_s : ndarray of float, shape (n,)
        In order, from 0 on, s.

    Returns
    -------
    ndarray of float, shape (n,)
        In order, s.

    Examples
    --------
    >>> lambda_starts_s(np.zeros(1100))[[0, 999, 1099]].tolist()
    [0.0, 0.0, 1.0]
    """
    burst, period_s = (RDS.value("lambda", f"scaling_{key}") for key in ("burst", "period"))
    earliest = (np.arange(1, asked_s.size + 1) - burst) * period_s / burst
    return np.asarray(np.maximum(asked_s, earliest))
