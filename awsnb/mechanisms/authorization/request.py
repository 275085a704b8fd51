"""Who asks for what: a principal, an action, a resource, and the context of the request."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any, Self


class Kind(StrEnum):
    """What a principal is."""

    USER = "user"
    ROLE = "role"
    ROLE_SESSION = "role session"
    FEDERATED_USER = "federated user"
    ROOT = "root user"
    SERVICE = "service"
    IDENTITY_PROVIDER = "identity provider"
    ANONYMOUS = "anonymous"


class Grant(IntEnum):
    """By which name a resource-based policy calls a principal; a higher one reaches further."""

    NONE = 0
    ACCOUNT = 1
    """By its account, which may hand the permission on."""
    ENTITY = 2
    """By the role behind its session, or the user who federated it."""
    DIRECT = 3
    """By its own name, or as everyone."""


_KINDS = {
    "user": Kind.USER,
    "role": Kind.ROLE,
    "root": Kind.ROOT,
    "assumed-role": Kind.ROLE_SESSION,
    "federated-user": Kind.FEDERATED_USER,
}
_BEHIND = {Kind.ROLE_SESSION: "role", Kind.FEDERATED_USER: "user"}
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")
_ACTION = re.compile(r"[\w-]+:\w+", re.ASCII)
PRINCIPAL_ARN = re.compile(
    r"arn:[^:]+:(iam::([0-9]{12}|[a-z]+):(root|(user|role)/.+)"
    r"|sts::[0-9]{12}:(assumed-role/[^/]+/[^/]+|federated-user/.+))"
)
"""The ARN of whoever can make a request, save providers."""

_PROVIDER_ARN = re.compile(r"arn:[^:]+:iam::[0-9]{12}:(saml|oidc)-provider/.+")
SERVICE_LINKED = ":role/aws-service-role/"
"""What the ARN of every service-linked role holds."""

_SERVICE_LINKED_SESSION = ":assumed-role/AWSServiceRoleFor"
"""What the ARN of every session of one holds, which does not tell the role's path."""

ANY_SESSION = "any-session"
"""What stands for a session's name in ``aws:userid`` where a role stands for its sessions."""

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")

_WITHOUT_ACCOUNT = (Kind.SERVICE, Kind.IDENTITY_PROVIDER, Kind.ANONYMOUS)
_TYPES = {
    Kind.USER: "User",
    Kind.ROLE: "AssumedRole",
    Kind.ROLE_SESSION: "AssumedRole",
    Kind.FEDERATED_USER: "FederatedUser",
    Kind.ROOT: "Account",
    Kind.ANONYMOUS: "Anonymous",
}


class RequestError(ValueError):
    """A request that is none: the field, its value, and what may stand there."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Principal:
    """Who makes a request.

    Attributes
    ----------
    name : str
        ARN, or the name of a service or an identity provider; empty for an anonymous one.
    kind : Kind
        What it is. A `Kind.ROLE` stands for any of the role's sessions.
    account : str
        Account it belongs to; empty if none.
    entity : str
        ARN of the role behind a session, or of the user behind a federated user.
    user_id : str
        Unique identifier, as in ``aws:userid``; of a role its RoleId, which that key follows with
        the name of the session. Empty if it does not matter.
    canonical_id : str
        Canonical user ID of its account; empty if it does not matter.
    """

    name: str
    kind: Kind
    account: str = ""
    entity: str = ""
    user_id: str = ""
    canonical_id: str = ""

    @classmethod
    def of(
        cls,
        arn: str | Mapping[str, str],
        entity: str = "",
        user_id: str = "",
        canonical_id: str = "",
    ) -> Self:
        """Read a principal from its name, or as the ``Principal`` of a policy would name it.

        Parameters
        ----------
        arn : str or mapping of str to str
            ARN of a user, a role, a role session, a federated user, a root user or a provider;
            twelve digits are an account's root user, ``sns.amazonaws.com`` is a service and
            ``anonymous`` whoever did not sign in. Else ``{"AWS": name}``, ``{"Service": name}`` or
            ``{"Federated": name}``.
        entity : str
            Of a session of a role with a path: the role's ARN, which the session's does not tell.
            Of a federated user: the ARN of who asked for the session, else the user of that name.
        user_id, canonical_id : str
            See `Principal`.

        Raises
        ------
        RequestError
            If it is none of these.

        Examples
        --------
        >>> Principal.of("arn:aws:sts::111122223333:assumed-role/Ops/ann").entity
        'arn:aws:iam::111122223333:role/Ops'
        >>> Principal.of({"Federated": "accounts.google.com"}).kind
        <Kind.IDENTITY_PROVIDER: 'identity provider'>
        """
        namespace, arn = _named(arn)
        if namespace == "Service" or (not namespace and _SERVICE.fullmatch(arn)):
            return cls.service(arn)
        if namespace == "Federated":
            return cls.identity_provider(arn)
        if arn == "anonymous":
            return cls.anonymous()
        if is_account(arn):
            arn = f"arn:aws:iam::{arn}:root"
        if _PROVIDER_ARN.fullmatch(arn):
            return cls.identity_provider(arn)
        if not PRINCIPAL_ARN.fullmatch(arn):
            raise RequestError(
                f"principal = {shown(arn)} is not the ARN of a principal.", "principal"
            )
        parts = arn.split(":", 5)
        kind = _KINDS[parts[5].partition("/")[0]]
        if kind is Kind.ROLE:
            entity = arn
        elif kind in _BEHIND and not entity:
            name = parts[5].split("/")[1]
            entity = f"arn:{parts[1]}:iam::{parts[4]}:{_BEHIND[kind]}/{name}"
        return cls(arn, kind, parts[4], entity, user_id, canonical_id)

    @classmethod
    def service(cls, name: str) -> Self:
        """Make a service's principal: ``cloudtrail.amazonaws.com``."""
        return cls(name, Kind.SERVICE)

    @classmethod
    def identity_provider(cls, name: str) -> Self:
        """Make whoever signed in with a web identity or SAML provider and has no role yet."""
        return cls(name, Kind.IDENTITY_PROVIDER)

    @classmethod
    def anonymous(cls) -> Self:
        """Make a principal that did not sign in."""
        return cls("", Kind.ANONYMOUS)

    @property
    def is_entity(self) -> bool:
        """Whether it belongs to an account that may give it permissions of its own."""
        return self.kind not in _WITHOUT_ACCOUNT

    @property
    def is_unlimited(self) -> bool:
        """Whether its account gives it every permission: the root user, or federated by it."""
        return self.kind is Kind.ROOT or self.entity.endswith(":root")

    @property
    def is_service_linked(self) -> bool:
        """Whether it is a session of a service-linked role, which no organisation limits."""
        return SERVICE_LINKED in self.entity or _SERVICE_LINKED_SESSION in self.name

    @cached_property
    def own_name(self) -> str:
        """Its own name, as `principal_name` writes it.

        Empty for a role: each of its sessions has a name of its own.
        """
        if self.kind is Kind.ROLE:
            return ""
        return principal_name(_NAMESPACES.get(self.kind, "AWS"), self.name)

    def is_role_of(self, name: str) -> bool:
        """Whether it is a role, and a name as `principal_name` writes it is of its sessions."""
        role = self.name.rpartition("/")[2]
        session = f"AWS:{self.name.split(':iam:')[0]}:sts::{self.account}:assumed-role/{role}/"
        return self.kind is Kind.ROLE and name.startswith(session)

    @cached_property
    def grants(self) -> dict[str, Grant]:
        """How far a grant reaches by each of its names."""
        names = {
            principal_name("AWS", self.account): Grant.ACCOUNT,
            principal_name("CanonicalUser", self.canonical_id): Grant.ACCOUNT,
            principal_name("AWS", self.entity): Grant.ENTITY,
        }
        known = {name: grant for name, grant in names.items() if not name.endswith(":")}
        return known | {self.own_name: Grant.DIRECT} if self.own_name else known


_NAMESPACES = {Kind.SERVICE: "Service", Kind.IDENTITY_PROVIDER: "Federated"}


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


def principal_name(namespace: str, name: str) -> str:
    """Write a principal so that each has one name; an account's root ARN is the account.

    Examples
    --------
    >>> principal_name("AWS", "arn:aws:iam::111122223333:root")
    'AWS:111122223333'
    """
    parts = name.split(":")
    is_root = namespace == "AWS" and len(parts) == 6 and parts[2] == "iam" and parts[5] == "root"
    return f"{namespace}:{parts[4] if is_root else name}"


def is_account(text: str) -> bool:
    """Whether a text is the twelve digits of an account."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def _named(principal: Any) -> tuple[str, str]:
    found = principal
    if isinstance(principal, Mapping) and len(principal) == 1:
        ((namespace, found),) = principal.items()
    else:
        namespace = ""
    if not isinstance(found, str) or namespace not in ("", "AWS", "Service", "Federated"):
        raise RequestError(
            f"principal = {shown(principal)} must be a name, or one under AWS, Service, Federated.",
            "principal",
        )
    return namespace, found


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


def shown(found: Any) -> str:
    """What an error shows of a value: itself if it is short, else what it is."""
    if isinstance(found, str | int | float | bool | None):
        try:
            return repr(found) if len(repr(found)) < 80 else f"{repr(found)[:76]}..."
        except ValueError:
            return "so large a number"
    return f"a {type(found).__name__}"


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
