"""OpenSSL's handshakes, the names of RFC 9525 and of AWS, and histories of certificates."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb import _read
from awsnb.aws.elb.certificates import covers
from awsnb.mechanisms.random_streams import generator
from awsnb.sections.tls_certificates.handshake import (
    EARLY,
    FIRST,
    RETURNING,
    round_trips,
)
from awsnb.sections.tls_certificates.year import YEAR_DAYS, Habit, YearScenario, habit

if TYPE_CHECKING:
    import pandas as pd

ALB_GUIDE, RFC = "ALB User Guide", "RFC 9525, section 6.3"
NAMES = (
    ("*.example.com", "corp.example.com", True, ALB_GUIDE),
    ("*.example.com", "images.example.com", True, ALB_GUIDE),
    ("*.example.com", "test.login.example.com", False, ALB_GUIDE),
    ("*.example.com", "example.com", False, ALB_GUIDE),
    ("www.example.com", "WWW.example.COM", True, RFC),
    ("w*.example.com", "www.example.com", False, RFC),
    ("www.*.com", "www.example.com", False, RFC),
)
"""Name in the certificate, host, whether they match, and who says so."""

HABITS = (
    YearScenario(validity_days=200),
    YearScenario(validity_days=47, acted_pct=50.0),
    YearScenario(validity_days=398, reminders=1, unread_pct=10.0),
)
HISTORIES = 40_000


def handshakes() -> "pd.DataFrame":
    """Compare the model's round trips with those that OpenSSL took.

    Returns
    -------
    pandas.DataFrame
        One row a version and way: round trips before the request, recorded and modelled.
    """
    import pandas as pd

    rows = _read.recorded("tls_round_trips")
    measured = f"{rows[0]['openssl']}, {rows[0]['recorded']}"
    return pd.DataFrame(
        [
            {
                "TLS": row["version"],
                "way": row["way"],
                measured: int(row["round_trips"]),
                "model": _modelled(row["version"], row["way"]),
            }
            for row in rows
        ]
    ).set_index(["TLS", "way"])


def _modelled(version: str, way: str) -> int:
    visit = way if way in (RETURNING, EARLY) else FIRST
    return round_trips(version, visit, curve_fits="other curve" not in way)


def names() -> "pd.DataFrame":
    """Compare the model's matching of names with published examples.

    Returns
    -------
    pandas.DataFrame
        One row a pair of names: whether they match by the source and by the model.
    """
    import pandas as pd

    rows = [
        (name, host, source, _yes(said), _yes(covers(name, host)))
        for name, host, said, source in NAMES
    ]
    columns = ["in the certificate", "host", "source", "source says", "model"]
    return pd.DataFrame(rows, columns=columns).set_index("in the certificate")


def _yes(match: bool) -> str:
    return "match" if match else "no match"


def histories(seed: int = 1) -> "pd.DataFrame":
    """Compare the chance of an expiry within a year with drawn histories of one certificate.

    Parameters
    ----------
    seed : int
        Of the histories.

    Returns
    -------
    pandas.DataFrame
        One row a habit: chance of an expiry within a year by the chain and in 40,000 drawn
        histories, and expiries a year in closed form and drawn.
    """
    import pandas as pd

    rows = []
    for asked in HABITS:
        one = habit(asked, asked.validity_days)
        drawn = expiries(one, HISTORIES, seed)
        rows.append(
            (
                f"{asked.validity_days} days, {asked.reminders} reminders",
                f"{100 * (1 - one.safe()[-1]):.2f} %",
                f"{100 * (drawn > 0).mean():.2f} %",
                f"{one.expiries_a_year:.4f}",
                f"{drawn.mean():.4f}",
            )
        )
    columns = ["chance, chain", "chance, drawn", "a year, closed form", "a year, drawn"]
    return pd.DataFrame(rows, columns=["habit", *columns]).set_index("habit")


def expiries(one: Habit, histories: int, seed: int) -> np.ndarray:
    """Draw certificates that have been renewed for decades; count the expiries of one year."""
    draw = generator(seed, "certificates")
    lengths, last = np.array(one.lengths), len(one.lengths) - 1
    chances = np.array(one.chances) / sum(one.chances)
    start = draw.integers(20 * lengths[-1], 40 * lengths[-1], histories)
    clock, count = np.zeros(histories, np.int64), np.zeros(histories, np.int64)
    while (clock <= start + YEAR_DAYS).any():
        way = draw.choice(last + 1, histories, p=chances)
        clock += lengths[way]
        count += (way == last) & (clock > start) & (clock <= start + YEAR_DAYS)
    return count
