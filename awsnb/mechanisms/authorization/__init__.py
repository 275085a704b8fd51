"""Authorization: may this principal do this to that resource, and why or why not.

Parse policies once (`parse`, or `PolicySet.of` for all of them), then decide any number of requests
(`decide`, `can_assume`). One idea a file: `wildcards`, `readers` and `conditions` compare,
`matching` holds statements, `documents` reads them, `request` is who asks for what, and `decision`
weighs what all policies say.
"""

from awsnb.mechanisms.authorization.decision import (
    Decision,
    Verdict,
    can_assume,
    decide,
)
from awsnb.mechanisms.authorization.documents import PolicyError, parse
from awsnb.mechanisms.authorization.layers import PolicySet
from awsnb.mechanisms.authorization.matching import Policy
from awsnb.mechanisms.authorization.request import Principal, Request, RequestError

__all__ = [
    "Decision",
    "Policy",
    "PolicyError",
    "PolicySet",
    "Principal",
    "Request",
    "RequestError",
    "Verdict",
    "can_assume",
    "decide",
    "parse",
]
