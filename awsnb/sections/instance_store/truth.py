"""The chain of copies compared with a closed form, and with a simulation that knows no states."""

from typing import TYPE_CHECKING

from awsnb import theory
from awsnb.mechanisms import lifetimes
from awsnb.mechanisms.lifetimes import Lifetimes

if TYPE_CHECKING:
    import pandas as pd

CASES = ((1, 1, 10.0), (2, 2, 10.0), (3, 3, 3.0), (12, 2, 100.0), (12, 3, 10.0))
HISTORIES = 20_000


def closed_forms(seed: int = 1) -> "pd.DataFrame":
    """Compare the chain with the mean time to a loss in closed form, and with drawn histories.

    Parameters
    ----------
    seed : int
        Of the histories.

    Returns
    -------
    pandas.DataFrame
        One row a case: mean time to a loss by the closed form and by the chain, and the chance of
        a loss within half that time by the chain and in 20,000 histories. In units of a repair.
    """
    import pandas as pd

    rows = [_row(nodes, copies, up, seed) for nodes, copies, up in CASES]
    columns = ["mean, closed form", "mean, chain", "chance, chain", "chance, drawn"]
    return pd.DataFrame(rows, columns=["copies", *columns]).set_index("copies")


def _row(nodes: int, copies: int, up: float, seed: int) -> tuple[str, ...]:
    times, quorum = Lifetimes(up, 1.0), nodes - copies + 1
    chain = lifetimes.chain((nodes,), times)
    exact = theory.mean_time_below(nodes, quorum, up, 1.0)
    drawn = lifetimes.simulate((nodes,), times, [quorum], exact / 2, HISTORIES, seed)
    return (
        f"{copies} on {nodes}, each lost every {up:g}",
        f"{exact:,.2f}",
        f"{lifetimes.mean_time_to_loss(chain, quorum):,.2f}",
        f"{100 * lifetimes.loss_probability(chain, quorum, exact / 2):.1f} %",
        f"{100 * (drawn.losses > 0).mean():.1f} %",
    )
