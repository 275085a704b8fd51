"""The evaluator compared with what it does not use: regular expressions, and rules in Python."""

import re
from typing import TYPE_CHECKING

import numpy as np

from awsnb.aws.iam.account_text import policy_of
from awsnb.mechanisms.authorization import PolicySet, Request, decide
from awsnb.sections.iam.challenges import NO_DELETING, REPORTS, SERVERS, Challenge

if TYPE_CHECKING:
    import pandas as pd

ANN = "arn:aws:iam::111122223333:user/ann"
_PIECES = ("a", "b", "A", "*", "?", "ab")


def differences(count: int = 2000) -> "pd.DataFrame":
    """Count the differences to everything that the evaluator is compared with here.

    Parameters
    ----------
    count : int
        How many cases of each.

    Returns
    -------
    pandas.DataFrame
        One row a comparison: cases and differences.
    """
    import pandas as pd

    rows = [("random patterns, by Python's re", count, against_regular_expressions(count))]
    for number, challenge in enumerate((REPORTS, SERVERS, NO_DELETING), start=1):
        name = f"the rule of exercise {number}, random requests"
        rows.append((name, count, against_rule(challenge, count)))
    columns = ["compared with", "cases", "differences"]
    return pd.DataFrame(rows, columns=columns).set_index("compared with")


def against_regular_expressions(count: int = 2000, seed: int = 1) -> int:
    """Count the random patterns of actions that are matched otherwise than by Python's ``re``.

    Parameters
    ----------
    count : int
        How many patterns, each compared with one random name.
    seed : int
        Of both.
    """
    draw = np.random.default_rng(seed)
    return sum(
        _differs(_word(draw, _PIECES), _word(draw, ("a", "b", "A", "B"))) for _ in range(count)
    )


def against_rule(challenge: Challenge, count: int = 2000, seed: int = 1) -> int:
    """Count the drawn requests that the worked policy answers otherwise than the rule."""
    policies = PolicySet(identity=(policy_of(challenge.worked, "identity", "policy"),))
    drawn = challenge.requests(seed, count)
    return sum(decide(request, policies).allowed != wanted for request, wanted in drawn)


def _differs(pattern: str, name: str) -> bool:
    allow = {"Effect": "Allow", "Action": f"s3:{pattern}", "Resource": "*"}
    policies = PolicySet.of(identity=[{"Statement": allow}])
    expected = re.fullmatch(pattern.replace("*", ".*").replace("?", "."), name, re.IGNORECASE)
    return decide(Request(ANN, f"s3:{name}", "*"), policies).allowed != bool(expected)


def _word(draw: np.random.Generator, letters: tuple[str, ...]) -> str:
    return "".join(draw.choice(letters, size=draw.integers(1, 7)))
