"""The model beside a real balancer, HAProxy, on the same requests: recorded."""

from typing import TYPE_CHECKING

from awsnb import _read

if TYPE_CHECKING:
    import pandas as pd


def recorded(*rules: str) -> "pd.DataFrame":
    """What HAProxy did, and what the model does with the same requests sent at the same times.

    Parameters
    ----------
    *rules : str
        The mechanism's names of the rules to list; all of them, if none is named.

    Returns
    -------
    pandas.DataFrame
        One row a case and measure: HAProxy's number, under its version and the day, and the
        model's.
    """
    import pandas as pd

    rows = [row for row in _read.recorded("haproxy") if not rules or row["rule"] in rules]
    version = rows[0]["server_version"].split("-")[0]
    measured = f"HAProxy {version}, {rows[0]['recorded']}"
    return pd.DataFrame(
        [
            {
                "balance": row["balance"],
                "case": row["case"],
                "what": f"{row['measure']}, {row['unit']}",
                measured: row["haproxy"],
                "model": row["model"],
            }
            for row in rows
        ]
    ).set_index(["balance", "case", "what"])
