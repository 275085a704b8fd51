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
    >>> resource_of("s3:ListBucket", "arn:aws:s3:::shop-photos/2026/")
    'arn:aws:s3:::shop-photos'
    """
    if has_resource(action):
        return _bucket_of(action, resource)
    return _fact(action.partition(":")[0].lower(), "whole") or EVERYTHING


def has_resource(action: str) -> bool:
    """Whether an action is asked of a resource; one that AWS's reference does not list is."""
    return not _names(action, "actions_without_resource")


def asked_of_another(action: str, arn: str) -> str:
    """Say of which kind of resource an action is asked, if the ARN is of another kind; else empty.

    Examples
    --------
    >>> asked_of_another("s3:GetObject", "arn:aws:s3:::shop-photos")
    'objects, as arn:aws:s3:::shop-photos/KEY, and this is a bucket'
    >>> asked_of_another("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:alias/shop")
    'keys, as arn:aws:kms:eu-west-1:111122223333:key/ID, and this is an alias'
    """
    if _is_bucket(arn) and _names(action, "object_actions"):
        return f"objects, as {arn}/KEY, and this is a bucket"
    is_of_kms = action.lower().startswith("kms:")
    if is_of_kms and ":alias/" in arn and not _names(action, "alias_actions"):
        return f"keys, as {arn.partition(':alias/')[0]}:key/ID, and this is an alias"
    return ""


def asked_together(action: str) -> list[str]:
    """Which kinds of resources one request of an action is asked of together; mostly none.

    Examples
    --------
    >>> asked_together("ec2:AttachVolume"), asked_together("ec2:StopInstances")
    (['instance', 'volume'], [])
    """
    service, _, name = action.lower().partition(":")
    return _fact(service, f"{name}_resources").split()


def may_have_policy(arn: str) -> bool:
    """Whether a resource can have a policy of its own, as far as its service has such.

    Examples
    --------
    >>> may_have_policy("arn:aws:sqs:eu-west-1:111122223333:orders")
    True
    >>> may_have_policy("arn:aws:ec2:eu-west-1:111122223333:instance/i-1")
    False
    """
    service = "".join(arn.split(":")[2:3])
    services = facts.load("iam").value("policy", "services_with_resource_policies").split()
    return service in services and ":alias/" not in arn


def region_of(action: str) -> str:
    """The Region that every request to an action's service goes to; empty if there is none.

    Examples
    --------
    >>> region_of("iam:CreateUser"), region_of("ec2:RunInstances")
    ('us-east-1', '')
    """
    return _fact(action.partition(":")[0].lower(), "region")


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


def _bucket_of(action: str, arn: str) -> str:
    """The bucket that an object's ARN begins with, if the action is asked of buckets."""
    of_buckets = _is_of_bucket(arn) and _names(action, "bucket_actions")
    return arn.partition("/")[0] if of_buckets else arn


def _is_bucket(arn: str) -> bool:
    return _is_of_bucket(arn) and "/" not in arn and not arn.endswith("*")


def _is_of_bucket(arn: str) -> bool:
    """Whether it is the ARN of a bucket, or of what is in one."""
    return arn.split(":")[2:5] == ["s3", "", ""]


def _names(action: str, key: str) -> bool:
    """Whether a fact of an action's service lists the action."""
    service, _, name = action.lower().partition(":")
    return name in _named(service, key)


@cache
def _named(service: str, key: str) -> frozenset[str]:
    """The names that a fact lists, in small letters."""
    return frozenset(_fact(service, key).lower().split())


def _fact(service: str, key: str) -> str:
    known = facts.load("iam_services")
    return str(known.value(service, key)) if known.has(service, key) else ""


def _type(arn: str) -> str:
    """The resource's type, as in ``...:db:shop`` and ``...:instance/i-1``."""
    return "".join(arn.split(":", 5)[5:]).replace("/", ":").partition(":")[0]
