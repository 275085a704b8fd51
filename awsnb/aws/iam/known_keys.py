"""Which keys of a request are known: given, listed by the account, or never sent by who asks."""

from collections.abc import Callable, Iterable

from awsnb.aws.iam.account import Account, Entity
from awsnb.aws.iam.reference import tag_keys

_OF_PRINCIPALS = {
    "aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:username",
    "aws:principalisawsservice", "aws:principalservicename", "aws:principalservicenameslist",
    "aws:resourceaccount", "aws:viaawsservice", "aws:calledvia", "aws:calledviafirst",
    "aws:calledvialast",
}  # fmt: skip
"""They follow from who asks, and that it asks by itself."""

_OF_SERVICES = {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"}
"""Only an AWS service that asks for somebody sends these."""

_OF_SESSIONS = {
    "aws:sourceidentity", "aws:federatedprovider", "aws:assumedroot", "ec2:sourceinstancearn",
    "ec2:roledelivery", "aws:ec2instancesourcevpc", "aws:ec2instancesourceprivateipv4",
    "lambda:sourcefunctionarn",
}  # fmt: skip
"""Only the sessions of a role send these.

Notes
-----
IAM User Guide, "AWS global condition context keys", "Properties of a role session".
"""


def knows_of(
    account: Account, entity: Entity, action: str, arn: str, stated: Iterable[str]
) -> Callable[[str], bool]:
    """Whether a key, in small letters, is known to be absent where the request has it not.

    Parameters
    ----------
    account : Account
    entity : Entity
        Who asks.
    action, arn : str
    stated : iterable of str
        The keys that were asked for and may have been left empty, in small letters.
    """
    known = _OF_PRINCIPALS | set(stated) | set(_same_tags(stated, tag_keys(action, arn)))
    known |= _OF_SERVICES if entity.principal.is_entity else set()
    known |= _OF_SESSIONS if entity.principal.is_entity and not entity.is_session else set()
    tags = account.known_tags(entity, action, arn)
    return lambda key: key in known or key.startswith(tags)


def _same_tags(stated: Iterable[str], keys: tuple[str, ...]) -> Iterable[str]:
    """The other names of the tags that a key was asked for."""
    small = [key.lower() for key in keys]
    for key in stated:
        head, _, tag = key.partition("/")
        if head in small:
            yield from (f"{each}/{tag}" for each in small)
