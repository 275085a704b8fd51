"""The closed form compared with thrown moments, with a queue that drains, and with HAProxy."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb import _read
from awsnb.mechanisms import arrivals
from awsnb.mechanisms.queueing import OK, Balancer, Registration, Target
from awsnb.mechanisms.random_streams import generator
from awsnb.sections.connection_draining.scenario import (
    EQUAL,
    EXPONENTIAL,
    LOGNORMAL,
    PARETO,
    DrainScenario,
)
from awsnb.sections.connection_draining.work import Work, in_flight, work_of

if TYPE_CHECKING:
    import pandas as pd

CASES = {
    "all alike": DrainScenario(request_times=EQUAL, mean_s=2.0, delay_s=1),
    "exponential": DrainScenario(request_times=EXPONENTIAL, mean_s=2.0, delay_s=2),
    "lognormal": DrainScenario(request_times=LOGNORMAL, mean_s=2.0, cv=1.5, delay_s=5),
    "Pareto": DrainScenario(request_times=PARETO, mean_s=2.0, tail_shape=3.0, delay_s=5),
}
MOMENTS = 20_000
DRAINS, PER_S, BEFORE_S = 40, 50.0, 60.0


def closed_forms(seed: int = 1) -> "pd.DataFrame":
    """Compare the closed form with thrown moments, and with targets that drain in a queue.

    Parameters
    ----------
    seed : int
        Of both simulations.

    Returns
    -------
    pandas.DataFrame
        One row a distribution: the share of what is in flight that is cut, in %, by the closed
        form, at 20,000 moments, and at 40 targets of the balancing sections' queue.
    """
    import pandas as pd

    rows = [(name, one.delay_s, *_row(work_of(one), seed)) for name, one in CASES.items()]
    columns = ["request times", "delay, s", "closed form, %", "moments, %", "queue, %"]
    return pd.DataFrame(rows, columns=columns).set_index("request times")


def _row(work: Work, seed: int) -> list[float]:
    delay_s = work.scenario.delay_s
    thrown = in_flight(work, MOMENTS, generator(seed, "moments"))
    shares = (
        float(work.residual_tail(np.array(delay_s))),
        float((thrown > delay_s).mean()),
        _queued(work, seed),
    )
    return [round(100 * share, 1) for share in shares]


def _queued(work: Work, seed: int) -> float:
    """Serve requests at a target that drains, many times; return the share that is lost."""
    flying = lost = 0
    for drain in range(DRAINS):
        random = generator(seed + drain, "requests")
        arrival = arrivals.poisson(arrivals.constant(PER_S, BEFORE_S), random)
        work_s = work.draw(arrival.size, random)
        one = Registration(0).deregister(BEFORE_S, work.scenario.delay_s)
        served = Balancer([Target(workers=300)], "round robin", [one]).serve(arrival, work_s)
        open_still = arrival + work_s > BEFORE_S
        flying += int(open_still.sum())
        lost += int((served.status != OK)[open_still].sum())
    return lost / flying


def recorded() -> "pd.DataFrame":
    """Compare the closed form with what drains of a real HAProxy cut.

    Returns
    -------
    pandas.DataFrame
        One row a distribution: requests in flight over all drains, how many were cut, their share
        and the closed form's, and two standard errors of the share, in %.
    """
    import pandas as pd

    rows = _read.recorded("haproxy_drains")
    columns = ["delay, s", "in flight", "cut", "HAProxy, %", "closed form, %", "two errors, %"]
    index = pd.Index([row["request_times"] for row in rows], name="request times")
    return pd.DataFrame([_recorded(row) for row in rows], columns=columns, index=index)


def _recorded(row: dict[str, str]) -> tuple[object, ...]:
    flying, cut, closed = int(row["in_flight"]), int(row["cut"]), float(row["closed_form_pct"])
    two_errors = 200 * np.sqrt(closed / 100 * (1 - closed / 100) / flying)
    share = round(100 * cut / flying, 1)
    return row["delay_s"], flying, cut, share, closed, round(float(two_errors), 1)
