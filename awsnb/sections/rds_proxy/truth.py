"""The models compared with closed forms, with AWS's own tests, and with PgBouncer."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb import _read, theory
from awsnb.aws.rds import RDS
from awsnb.mechanisms.connection_pool import FAILED, Pool, Work, run
from awsnb.mechanisms.random_streams import generator
from awsnb.sections.rds_proxy import failover

if TYPE_CHECKING:
    import pandas as pd

ARRIVALS = 100_000


def closed_forms(seed: int = 1) -> "pd.DataFrame":
    """Compare the pool with the closed forms of queues.

    Parameters
    ----------
    seed : int
        Of the simulations.

    Returns
    -------
    pandas.DataFrame
        One row a case: the closed form's value, the model's, and the difference in percent.
    """
    import pandas as pd

    coming = _coming(8, seed)
    rows = [
        ("refused of those that wait for none, %", 100 * theory.mmck_blocked(10, 10, 8.0),
         100 * float((run(Pool(10, 0.0), coming).status == FAILED).mean())),
        ("wait for one of ten, ms", 1000 * theory.mmc_wait_s(8.0, 1.0, 10),
         1000 * float(run(Pool(10, np.inf), coming).waited_s.mean())),
        ("wait of 40 sessions that come back, ms",
         1000 * theory.finite_source_wait_s(40, 10, 3.0, 1.0), 1000 * _coming_back(40, 10, seed)),
    ]  # fmt: skip
    table = [
        (case, round(closed, 1), round(model, 1), round(100 * (model / closed - 1), 1))
        for case, closed, model in rows
    ]
    columns = ["case", "closed form", "model", "difference in %"]
    return pd.DataFrame(table, columns=columns).set_index("case")


def _coming(per_s: float, seed: int) -> Work:
    """Sessions of one transaction of a second on average, which come at random."""
    random, still = generator(seed, "coming"), np.zeros((ARRIVALS, 1))
    wake_s = np.cumsum(random.exponential(1 / per_s, ARRIVALS))
    held_s = random.exponential(1.0, (ARRIVALS, 1))
    return Work(wake_s, still, held_s, still, np.zeros(ARRIVALS, dtype=bool))


def _coming_back(sessions: int, connections: int, seed: int) -> float:
    """Mean wait of sessions that pause for 3 s on average and run for 1 s, s."""
    random, shape = generator(seed, "coming back"), (sessions, 500)
    work = Work(
        np.zeros(sessions), np.zeros(shape), random.exponential(1.0, shape),
        random.exponential(3.0, shape), np.zeros(sessions, dtype=bool),
    )  # fmt: skip
    return float(run(Pool(connections, np.inf), work).waited_s.mean())


def claimed() -> "pd.DataFrame":
    """Compare what a proxy saves with what AWS states.

    Returns
    -------
    pandas.DataFrame
        One row a statement: AWS's figure, %, the model's for a client that keeps an address for a
        minute, %, and how long it would have to keep one for AWS's figure, s.
    """
    import pandas as pd

    statements = {
        "up to, Aurora": ("failover_saved_max", failover.AURORA_CLUSTER),
        "up to, Multi-AZ instance": ("failover_saved_max", failover.MULTI_AZ),
        "AWS's test, Aurora MySQL": ("failover_saved_aurora_mysql", failover.AURORA_CLUSTER),
        "AWS's test, RDS for MySQL": ("failover_saved_rds_mysql", failover.MULTI_AZ),
    }
    rows = [(name, *_claimed(key, database)) for name, (key, database) in statements.items()]
    columns = ["statement", "AWS, %", "kept for 60 s, %", "AWS's % needs, s"]
    return pd.DataFrame(rows, columns=columns).set_index("statement")


def _claimed(key: str, database: str) -> tuple[int, float, float]:
    asked = {"database": database, "address_kept_s": 60.0}
    found = failover.simulate(failover.FailoverScenario.of(asked))
    stated = int(RDS.value("proxy", key))
    needs_s = found.out_s[1] * stated / (100 - stated)
    return stated, round(found.saved_pct, 1), round(needs_s, 1)


def recorded() -> "pd.DataFrame":
    """Compare the pool with a real PgBouncer before a real PostgreSQL.

    Returns
    -------
    pandas.DataFrame
        One row a case: clients, connections of the pool and how many of them are pinned; mean time
        of a transaction with its wait, ms, by PgBouncer, the closed form and the model.
    """
    import pandas as pd

    names = {
        "clients": "clients", "connections": "connections", "pinned": "pinned",
        "pgbouncer_ms": "PgBouncer, ms", "closed_form_ms": "closed form, ms",
        "model_ms": "model, ms",
    }  # fmt: skip
    table = [[float(row[name]) for name in names] for row in _read.recorded("pgbouncer")]
    return pd.DataFrame(table, columns=list(names.values())).astype(
        {name: int for name in ("clients", "connections", "pinned")}
    )
