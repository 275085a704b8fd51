"""What the orders are compared with: closed forms, AWS's example, real processes on one file."""

from math import comb, factorial
from typing import TYPE_CHECKING, Any

from awsnb import _read
from awsnb.mechanisms.interleavings import Census, explore
from awsnb.sections.ebs_multi_attach import sharing
from awsnb.sections.ebs_multi_attach.writers.scenario import LOCK, WritersScenario
from awsnb.sections.ebs_multi_attach.writers.simulate import job_of

if TYPE_CHECKING:
    import pandas as pd


def known() -> "pd.DataFrame":
    """Compare counts that are known in closed form, and AWS's example, with the model.

    Returns
    -------
    pandas.DataFrame
        One row a case: what is known, what the model says, and the difference.
    """
    import pandas as pd

    two, three = _census(updates=4), _census(writers=3, updates=1)
    locked = _census(updates=4, protection=LOCK)
    least = 8 - int(two.lost.nonzero()[0][-1])
    cases = {
        "orders of 2 writers, 4 updates each: 16! / (8! 8!)": (comb(16, 8), two.orders),
        "of 3 writers, 1 update each, that lose nothing: 3!": (factorial(3), int(three.lost[0])),
        "orders of 2 writers under a lock: 8! / (4! 4!)": (comb(8, 4), locked.orders),
        "the least that a counter can come to (Ben-Ari): 2": (2, least),
        "IOPS of two instances, AWS's example": sharing.example(),
    }
    rows = [
        (case, int(known), int(model), int(model - known)) for case, (known, model) in cases.items()
    ]
    return pd.DataFrame(rows, columns=["case", "known", "model", "difference"]).set_index("case")


def recorded() -> "pd.DataFrame":
    """Compare what two real processes did to one file, order by order, with the model.

    Returns
    -------
    pandas.DataFrame
        One row a case: orders, and those that lost an update, of the processes and of the model.
    """
    import pandas as pd

    rows = [_recorded(row) for row in _read.recorded("two_writers") if int(row["orders"]) > 1]
    return pd.DataFrame(rows).set_index("case")


def at_will() -> "pd.DataFrame":
    """Return what two processes lost that ran as they liked, with a lock and without."""
    import pandas as pd

    rows = [row for row in _read.recorded("two_writers") if int(row["orders"]) == 1]
    table = [
        {
            "case": row["case"],
            "updates": 2 * int(row["updates"]),
            "lost": int(row["lost"]),
            "lost in %": round(50 * int(row["lost"]) / int(row["updates"]), 1),
        }
        for row in rows
    ]
    return pd.DataFrame(table).set_index("case")


def _recorded(row: dict[str, str]) -> dict[str, object]:
    blocks = "a directory" if int(row["blocks"]) > 1 else "a counter"
    census = _census(blocks=blocks, updates=int(row["updates"]))
    lost = sum(number * orders for number, orders in enumerate(census.lost.tolist()))
    return {
        "case": f"{row['case']}, {row['updates']} updates each",
        "orders": int(row["orders"]),
        "orders, model": census.orders,
        "losing": int(row["losing_orders"]),
        "losing, model": census.losing,
        "updates lost": int(row["lost"]),
        "updates lost, model": lost,
    }


def _census(**values: Any) -> Census:
    return explore(job_of(WritersScenario(**values)))
