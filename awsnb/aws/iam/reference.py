"""What AWS's service authorization reference says of an action: its resource, its tag keys."""

from functools import cache

from awsnb import facts

EVERYTHING = "*"


def resource_of(action: str, resource: str) -> str:
    """The ARN that an action is asked of: `*` if it has no resource, whatever is given.

    Examples
    --------
    >>> resource_of("ec2:DescribeInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1")
    '*'
    >>> resource_of("s3:ListAllMyBuckets", "*")
    'arn:aws:s3:::*'
    """
    if has_resource(action):
        return resource
    return _fact(action.partition(":")[0].lower(), "whole") or EVERYTHING


def has_resource(action: str) -> bool:
    """Whether an action is asked of a resource; one that AWS's reference does not list is."""
    service, _, name = action.lower().partition(":")
    return name not in _without_resource(service)


def tag_keys(action: str, arn: str) -> tuple[str, ...]:
    """The keys under which a request finds the tags of its resource, without the tag's own key.

    Examples
    --------
    >>> tag_keys("rds:StopDBInstance", "arn:aws:rds:eu-west-1:111122223333:db:shop")
    ('aws:ResourceTag', 'rds:db-tag')
    """
    service = action.partition(":")[0].lower()
    own = _fact(service, "tag_key").replace("{type}", _type(arn))
    return ("aws:ResourceTag", own) if own else ("aws:ResourceTag",)


def object_tag_key(action: str) -> str:
    """The key for the tags of an object in a bucket, which are not the bucket's; mostly none."""
    return _fact(action.partition(":")[0].lower(), "object_tag_key")


@cache
def _without_resource(service: str) -> frozenset[str]:
    return frozenset(_fact(service, "actions_without_resource").lower().split())


def _fact(service: str, key: str) -> str:
    known = facts.load("iam_services")
    return str(known.value(service, key)) if known.has(service, key) else ""


def _type(arn: str) -> str:
    """The resource's type, as in ``...:db:shop`` and ``...:instance/i-1``."""
    return "".join(arn.split(":", 5)[5:]).replace("/", ":").partition(":")[0]
