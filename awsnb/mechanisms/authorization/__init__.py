"""Authorization: may this principal do this to that resource, and why or why not.

Parse policies once (`PolicySet.of`, or `parse` for one), then decide any number of requests
(`decide`, `can_assume`). Everything may come from plain JSON.

>>> import json
>>> read = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::reports/*"}
>>> policies = PolicySet.of(identity=json.dumps({"Version": "2012-10-17", "Statement": read}))
>>> asked = {"principal": "arn:aws:iam::111122223333:user/ann", "action": "s3:PutObject"}
>>> print(decide(Request(**asked, resource="arn:aws:s3:::reports/q3"), policies).explain())
Denied: nothing in the identity policies allows s3:PutObject on arn:aws:s3:::reports/q3, and what no policy allows is denied.
The identity policies are silent:
  The 1st statement of identity policy 1, an allow, does not apply: its Action names s3:Get*, not s3:PutObject.

One idea a file: `wildcards`, `readers` and `conditions` compare, `matching` holds statements,
`json_text` and `documents` read them, `principal` is who asks and `request` for what, `layers` are
the policies that bear on it, `decision` weighs what they say together, `certainty` finds the keys
that nobody knows and that could turn it, and `explanation` puts it in words.

Notes
-----
AWS's guides leave some things open. What is done here:

- Resources are compared in their exact case, whatever the service. A star in a resource's ARN runs on
  past a colon only where it ends a part, and one of a condition on ARNs never.
- A value of the request that is not of a condition operator's kind satisfies neither the operator
  nor its negation; an operator without a set operator, on a key of several values, looks for any of
  them; a key with an empty value is there, for ``Null``. A value in a list whose variable has none
  matches nothing, and the other values still count.
- Text that takes the place of a variable is plain: a star in it is a star.
- A role stands for any of its sessions: what names one session is not certain to name it.
- A session whose role's name begins with ``AWSServiceRoleFor`` is of a service-linked role.
- A variable may stand for an ARN's account, as in policies that AWS publishes.
- ``NotPrincipal`` excepts only who is called by their own name, not an account's users nor a role's
  sessions. With ``Allow``, which AWS no longer supports, it still grants to everyone else.
- An account in the resource's own policy (``"AWS": "111122223333"``) leaves it to that account's
  identity policies, within the account as well as across.
- ``"AWS": "*"`` is everyone, services and anonymous callers included.
- A session policy given for a principal that is no session limits it all the same.
- An RCP may name ``*`` as its action, which AWS asks to be spelt by service, and is not asked
  whether the service heeds RCPs.
- `can_assume` decides the call to STS alone; what the session may then do is asked with its own ARN.
"""  # noqa: E501

from awsnb.mechanisms.authorization.decision import (
    Decision,
    Verdict,
    can_assume,
    decide,
)
from awsnb.mechanisms.authorization.documents import PolicyError, parse
from awsnb.mechanisms.authorization.json_text import JsonError, read_json
from awsnb.mechanisms.authorization.layers import PolicySet
from awsnb.mechanisms.authorization.matching import Policy
from awsnb.mechanisms.authorization.principal import Principal, RequestError
from awsnb.mechanisms.authorization.request import Request

__all__ = [
    "Decision",
    "JsonError",
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
    "read_json",
]
