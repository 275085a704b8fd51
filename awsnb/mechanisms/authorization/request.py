"""A request: who asks for which action on which resource, in which context."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from awsnb.mechanisms.authorization.principal import Kind, Principal, RequestError, shown

_ACTION = re.compile(r"[\w-]+:\w+", re.ASCII)
ANY_SESSION = "any-session"
"""What stands for a session's name in ``aws:userid`` where a role stands for its sessions."""

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")

_TYPES = {
    Kind.USER: "User",
    Kind.ROLE: "AssumedRole",
    Kind.ROLE_SESSION: "AssumedRole",
    Kind.FEDERATED_USER: "FederatedUser",
    Kind.ROOT: "Account",
    Kind.ANONYMOUS: "Anonymous",
}


_UNLOCK = {
    "s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy", "sqs:setqueueattributes",
}  # fmt: skip
"""The actions by which an owner's root user mends a policy that locks everybody out."""

Knows = Callable[[str], bool]
"""Whether the absence of a context key is known, by its name in small letters."""


def knows_all(key: str) -> bool:
    """Take every key that is missing for absent."""
    return True


class Request:
    """One request: the principal, what it wants to do, to which resource, and the context.

    Parameters
    ----------
    principal : Principal, str or mapping
        Who asks; anything but a `Principal` is read by `Principal.of`.
    action : str
        ``service:Name``, without wildcards.
    resource : str
        ARN, or ``*`` for an action that has no resource.
    context : mapping of str to value or list of values, optional
        Context keys beside the standard ones (see `standard_keys`), which it overrides; None takes
        a key away. Values are text, numbers, booleans, bytes, or dates.
    resource_account : str, optional
        Who owns the resource: by default the account in its ARN, and without one the principal's.
    knows : callable, optional
        Whether a key that the context has not is known to be absent, by its name in small letters;
        by default all of them are. See `rests_on`.

    Raises
    ------
    RequestError
        If a field is not what it should be.

    Examples
    --------
    >>> request = Request("arn:aws:iam::111122223333:user/ann", "s3:GetObject", "arn:aws:s3:::b/k")
    >>> request.one("aws:username")
    'ann'
    """

    def __init__(
        self,
        principal: Principal | str | Mapping[str, str],
        action: str,
        resource: str,
        context: Mapping[str, Any] | None = None,
        resource_account: str | None = None,
        knows: Knows = knows_all,
    ) -> None:
        self.knows = knows
        self.principal = principal if isinstance(principal, Principal) else Principal.of(principal)
        if not isinstance(action, str) or not _ACTION.fullmatch(action):
            raise RequestError(
                f"action = {shown(action)} must be service:Name, without wildcards.", "action"
            )
        if not isinstance(resource, str) or not resource:
            raise RequestError(f"resource = {shown(resource)} must be an ARN, or *.", "resource")
        if not isinstance(resource_account, str | None):
            raise RequestError(
                f"resource_account = {shown(resource_account)} must be an account.", "resource"
            )
        self.action, self.action_lower, self.resource = action, action.lower(), resource
        self.resource_account = resource_account or _owner(resource) or self.principal.account
        self._given = _read({} if context is None else context)

    def is_given(self, key: str) -> bool:
        """Whether the context was given a key, rather than found it by the principal."""
        return key.lower() in self._given

    @cached_property
    def context(self) -> dict[str, tuple[str | bytes, ...]]:
        """What is known of the request: the values of each key, in small letters."""
        found = _read(standard_keys(self.principal, self.resource_account)) | self._given
        return {key: values for key, values in found.items() if values}

    @property
    def same_account(self) -> bool:
        """Whether principal and resource belong to one account."""
        return self.principal.account == self.resource_account

    @property
    def unlocks(self) -> bool:
        """Whether the owner's root user mends a policy, which that policy can't deny.

        Notes
        -----
        S3 API Reference, "DeleteBucketPolicy"; IAM User Guide, "Tasks that require root user
        credentials", of policies that deny all principals.
        """
        is_owner = self.principal.kind is Kind.ROOT and self.same_account
        return is_owner and self.action_lower in _UNLOCK

    def values(self, key: str) -> tuple[str | bytes, ...]:
        """What the context holds under a key, in any case; nothing if it is absent."""
        return self.context.get(key.lower(), ())

    def one(self, key: str) -> str | None:
        """The value that a variable takes: None if the key is absent or holds several."""
        values = self.values(key)
        return values[0] if len(values) == 1 and isinstance(values[0], str) else None


def standard_keys(principal: Principal, resource_account: str = "") -> dict[str, Any]:
    """Context keys that follow from the principal and the resource's account.

    Notes
    -----
    IAM User Guide, "AWS global condition context keys" and "IAM policy elements: Variables and
    tags", principal key values. What does not apply to the kind of principal is left out. The
    principal is taken to ask by itself, not through a service that acts for it.
    """
    kind, account = principal.kind, principal.account
    session_of_role = kind in (Kind.ROLE, Kind.ROLE_SESSION)
    is_service = kind is Kind.SERVICE
    last = principal.name.rpartition("/")[2]
    found = {
        "aws:PrincipalArn": principal.entity if session_of_role else principal.name,
        "aws:PrincipalAccount": account,
        "aws:PrincipalType": _TYPES.get(kind),
        "aws:username": last if kind is Kind.USER else None,
        "aws:userid": _user_id(principal, last),
        "aws:PrincipalServiceName": principal.name if is_service else None,
        "aws:PrincipalServiceNamesList": _service_names(principal.name) if is_service else None,
        "aws:ResourceAccount": resource_account,
    }
    if not principal.is_entity:
        del found["aws:PrincipalArn"]
    always = {"aws:PrincipalIsAWSService": is_service, "aws:ViaAWSService": False}
    return always | {key: value for key, value in found.items() if value}


def _read(context: Any) -> dict[str, tuple[str | bytes, ...]]:
    if not isinstance(context, Mapping):
        raise RequestError(f"context = {shown(context)} must be values by key.", "context")
    found = {}
    for key, value in context.items():
        if not isinstance(key, str) or isinstance(value, Mapping):
            problem = "must be a value or a list of values under a name"
            raise RequestError(f"context: {shown(key)} = {shown(value)} {problem}.", "context")
        found[key.lower()] = _values(key, value)
    return found


def _user_id(principal: Principal, name: str) -> str | None:
    kind, account = principal.kind, principal.account
    if kind is Kind.ROLE and principal.user_id:
        return f"{principal.user_id}:{ANY_SESSION}"
    if kind in (Kind.ROOT, Kind.ANONYMOUS):
        return principal.user_id or account or "anonymous"
    return principal.user_id or (f"{account}:{name}" if kind is Kind.FEDERATED_USER else None)


def _service_names(name: str) -> list[str]:
    """The service's name and, of one in a region, that without its region."""
    parts = [part for part in name.split(".") if not _REGION.fullmatch(part)]
    return list(dict.fromkeys((name, ".".join(parts))))


def _owner(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 and parts[4].isdigit() else ""  # "aws" owns its policies


def _values(key: str, value: Any) -> tuple[str | bytes, ...]:
    several = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    try:
        return tuple(_text(item) for item in (value if several else [value]) if item is not None)
    except ValueError:
        raise RequestError(
            f"context: {shown(key)} = {shown(value)} is too long.", "context"
        ) from None


def _text(value: Any) -> str | bytes:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, bytes) else str(value)
