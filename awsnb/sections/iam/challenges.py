"""Challenges: write the least policy that lets exactly these requests through.

What is asked stands in words and as a rule in Python. A policy is tried on requests that nobody
has seen, drawn from a seed near the rule's edges: other actions, neighbouring names, other
contexts.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from awsnb.aws.iam.account_text import policy_of
from awsnb.mechanisms.authorization import PolicySet, Request, decide
from awsnb.scenario import ScenarioError

EXACT = "that exactly these requests pass"
_USERS = "arn:aws:iam::111122223333:user/"
_BUCKET = "arn:aws:s3:::shop-reports"
_INSTANCE = "arn:aws:ec2:eu-west-1:111122223333:instance/"

Draw = Callable[[np.random.Generator], Any]


@dataclass(frozen=True)
class Challenge:
    """What a policy of ann's is to allow, and nothing else.

    Attributes
    ----------
    task : str
        In words.
    rule : callable
        Whether a request is to be allowed, by user, action, resource and context.
    actions, resources : tuple of str
        What requests are drawn from.
    contexts : mapping of str to tuple
        Condition keys and what their values are drawn from; None leaves a key out.
    worked : str
        A policy that does it, as JSON.
    users : tuple of str
        Whose requests are drawn; the policy is attached to each.
    """

    task: str
    rule: Callable[[str, str, str, dict[str, Any]], bool]
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    contexts: dict[str, tuple[Any, ...]]
    worked: str
    users: tuple[str, ...] = ("ann",)

    def requests(self, seed: int, count: int = 400) -> list[tuple[Request, bool]]:
        """Draw requests, each with whether it is to be allowed."""
        draw = np.random.default_rng(seed)
        return [self._one(draw) for _ in range(count)]

    def _one(self, draw: np.random.Generator) -> tuple[Request, bool]:
        user = self.users[draw.integers(len(self.users))]
        action = self.actions[draw.integers(len(self.actions))]
        resource = self.resources[draw.integers(len(self.resources))]
        drawn = {key: values[draw.integers(len(values))] for key, values in self.contexts.items()}
        context = {key: value for key, value in drawn.items() if value is not None}
        request = Request(f"{_USERS}{user}", action, resource, context)
        return request, self.rule(user, action, resource, context)


REPORTS = Challenge(
    "ann reads the reports of 2026 in the bucket shop-reports: `s3:GetObject` on what stands below "
    "`2026/`. Nothing else, not even a list of them.",
    lambda _, action, resource, __: (
        action == "s3:GetObject" and resource.startswith(f"{_BUCKET}/2026/")
    ),
    ("s3:GetObject", "s3:GetObjectAcl", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"),
    (_BUCKET, f"{_BUCKET}/2026/may.csv", f"{_BUCKET}/2026/q1/all.csv", f"{_BUCKET}/2025/may.csv",
     f"{_BUCKET}/2026.csv", f"{_BUCKET}-old/2026/may.csv", "arn:aws:s3:::shop-photos/2026/may.csv"),
    {},
    """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::shop-reports/2026/*"
  }
}""",
)  # fmt: skip
SERVERS = Challenge(
    "ann starts and stops the instances tagged `owner` = her user name, in any region, and only "
    "after MFA. Use a policy variable: the same policy is attached to ben.",
    lambda user, action, resource, context: (
        action in ("ec2:StartInstances", "ec2:StopInstances")
        and ":instance/" in resource
        and context.get("aws:ResourceTag/owner") == user
        and context.get("aws:MultiFactorAuthPresent") is True
    ),
    ("ec2:StartInstances", "ec2:StopInstances", "ec2:TerminateInstances", "ec2:RebootInstances"),
    (f"{_INSTANCE}i-1", f"{_INSTANCE}i-2", _INSTANCE.replace("eu-west-1", "us-east-1") + "i-3",
     "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1"),
    {"aws:ResourceTag/owner": ("ann", "ben", "Ann", None),
     "aws:MultiFactorAuthPresent": (True, False, None)},
    """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": ["ec2:StartInstances", "ec2:StopInstances"],
    "Resource": "arn:aws:ec2:*:111122223333:instance/*",
    "Condition": {
      "StringEquals": {"aws:ResourceTag/owner": "${aws:username}"},
      "Bool": {"aws:MultiFactorAuthPresent": "true"}
    }
  }
}""",
    ("ann", "ben"),
)  # fmt: skip
NO_DELETING = Challenge(
    "ann does anything in S3 except what begins with `Delete`, and nothing over plain HTTP. What "
    "does not say whether it came over HTTPS is let through.",
    lambda _, action, __, context: (
        action.startswith("s3:")
        and not action.startswith("s3:Delete")
        and context.get("aws:SecureTransport") is not False
    ),
    ("s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:DeleteBucket", "s3:ListBucket",
     "ec2:StartInstances", "iam:DeleteUser"),
    (_BUCKET, f"{_BUCKET}/2026/may.csv", "arn:aws:s3:::shop-photos/cat.jpg", f"{_INSTANCE}i-1"),
    {"aws:SecureTransport": (True, False, None)},
    """{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"},
    {
      "Effect": "Deny",
      "Action": "*",
      "Resource": "*",
      "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    }
  ]
}""",
)  # fmt: skip


def verdict_on(
    document: str | Mapping[str, Any] | None, challenge: Challenge, seed: int = 1
) -> str | None:
    """Try a policy on a challenge's hidden requests.

    Parameters
    ----------
    document : str or mapping, optional
        The policy, as JSON or as Python's; None while there is none.
    challenge : Challenge
    seed : int
        Of the requests.

    Returns
    -------
    str or None
        `EXACT`, or the first request that the policy gets wrong; None without a policy.
    """
    if document is None:
        return None
    text = document if isinstance(document, str) else json.dumps(document, default=str)
    try:
        policies = PolicySet(identity=(policy_of(text, "identity", "policy"),))
    except ScenarioError as error:
        return f"a text that is no policy ({str(error).rstrip('.')})"
    for request, wanted in challenge.requests(seed):
        if decide(request, policies).allowed != wanted:
            does = "refuses" if wanted else "also allows"
            return f"a policy that {does} {_said(request, challenge)}"
    return EXACT


def _said(request: Request, challenge: Challenge) -> str:
    given = {key: request.one(key) or "absent" for key in challenge.contexts}
    with_keys = ", ".join(f"{key} {value}" for key, value in given.items())
    who = request.principal.name.removeprefix(_USERS)
    asks = f"{request.action} on {request.resource} for {who}"
    return asks + (f" with {with_keys}" if with_keys else "")
