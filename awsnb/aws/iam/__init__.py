"""Identity and Access Management: accounts, their policies, and what AWS's reference says.

`Account` holds who is in it and what is attached to whom. `read_account` and `read_folder` make one
from JSON text and from files, `unwrapped` takes policies out of what a command printed, `locate`
finds the place that an error names. `reference` says which actions have a resource and by which
keys its tags go, `known_keys` which keys of a request are known.
"""

from awsnb.aws.iam.account import IAM, Account, Entity, Resource
from awsnb.aws.iam.account_text import policy_of, read_account
from awsnb.aws.iam.folder import read_folder
from awsnb.mechanisms.authorization import Policy
from awsnb.mechanisms.authorization.principal import shown

__all__ = [
    "IAM",
    "Account",
    "Entity",
    "Policy",
    "Resource",
    "policy_of",
    "read_account",
    "read_folder",
    "shown",
]
