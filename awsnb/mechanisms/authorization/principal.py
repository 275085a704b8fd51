"""Who asks: a principal, what it is, and by which names a policy may call it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
_WITHOUT_ACCOUNT = (Kind.SERVICE, Kind.IDENTITY_PROVIDER, Kind.ANONYMOUS)


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
    may_have_path : bool
        Whether `entity` is the ARN of a session's role but for a path, which nobody told.
    """

    name: str
    kind: Kind
    account: str = ""
    entity: str = ""
    user_id: str = ""
    canonical_id: str = ""
    may_have_path: bool = False

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
        may_have_path = kind is Kind.ROLE_SESSION and not entity
        if kind is Kind.ROLE:
            entity = arn
        elif kind in _BEHIND and not entity:
            name = parts[5].split("/")[1]
            entity = f"arn:{parts[1]}:iam::{parts[4]}:{_BEHIND[kind]}/{name}"
        return cls(arn, kind, parts[4], entity, user_id, canonical_id, may_have_path)

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


def shown(found: Any) -> str:
    """What an error shows of a value: itself if it is short, else what it is."""
    if isinstance(found, str | int | float | bool | None):
        try:
            return repr(found) if len(repr(found)) < 80 else f"{repr(found)[:76]}..."
        except ValueError:
            return "so large a number"
    return f"a {type(found).__name__}"
