"""How sure a verdict is: which keys could turn it that nobody told.

A condition on a key which is missing from the request is decided as AWS decides on a missing key.
But where the key is missing only because nobody knows it, AWS may have it, and decide otherwise. So
every condition on such a key is taken as it speaks most against the verdict. A verdict that stays
the same does not rest on the key.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from awsnb.mechanisms.authorization.conditions import Condition
from awsnb.mechanisms.authorization.layers import PolicySet
from awsnb.mechanisms.authorization.matching import (
    EVERYONE,
    Element,
    Policy,
    PrincipalElement,
    Statement,
)
from awsnb.mechanisms.authorization.principal import Kind
from awsnb.mechanisms.authorization.request import Request
from awsnb.mechanisms.authorization.wildcards import glob, tokens

SESSION_NAME = "the name of the session"
"""What a verdict rests on where a role stands for its sessions and a policy asks for one."""

RESOURCE_POLICY = "the policy of the resource"
"""What a denial rests on where a resource has a policy that nobody told."""

BLOCK_PUBLIC_ACCESS = "S3 Block Public Access"
"""What an anonymous request rests on: new buckets have it on, whatever their policy allows.

Notes
-----
S3 User Guide, "Blocking public access to your Amazon S3 storage".
"""

ROLE_PATH = "the path of the role"
"""What a verdict rests on where a session's ARN is known alone, and a policy names a path."""

EXCEPTION = "how the service reads a NotPrincipal that leaves out the account or the role"
"""AWS's guide asks to name them beside a user or a session, else it *might* deny these too."""

Allows = Callable[[PolicySet], bool]

_TO_ALL = Statement(0, "", "Allow", (PrincipalElement("Principal", frozenset({EVERYONE})),))
_OPEN_TO_ALL = Policy("any policy", "resource", (_TO_ALL,))


def rests_on(
    request: Request, policies: PolicySet, allowed: bool, allows: Allows
) -> tuple[str, ...]:
    """The keys that could turn the verdict, of those that the request lacks and nobody knows.

    Parameters
    ----------
    request : Request
        Its `knows` tells which keys are known to be absent.
    policies : PolicySet
    allowed : bool
        The verdict.
    allows : callable
        Whether a set of policies allows the request.

    Returns
    -------
    tuple of str
        As the policies write them, in their order; `SESSION_NAME` among them if it matters. Those
        that turn the verdict alone, or, if none does, all that do so together. Before them what
        could turn it beside keys: `RESOURCE_POLICY`, `BLOCK_PUBLIC_ACCESS`.
    """
    return _untold(request, policies, allowed, allows) + _keys(request, policies, allowed, allows)


def _untold(
    request: Request, policies: PolicySet, allowed: bool, allows: Allows
) -> tuple[str, ...]:
    """What could turn the verdict beside keys."""
    is_public = request.principal.kind is Kind.ANONYMOUS and request.action_lower.startswith("s3:")
    if allowed:
        return (BLOCK_PUBLIC_ACCESS,) if is_public else ()
    opened = policies.resource_unknown and allows(replace(policies, resource=_OPEN_TO_ALL))
    return (RESOURCE_POLICY,) if opened else ()


def _keys(request: Request, policies: PolicySet, allowed: bool, allows: Allows) -> tuple[str, ...]:
    keys = _unknown_keys(request, policies)

    def turned_by(some: tuple[str, ...]) -> bool:
        small = {key.lower() for key in some}
        change = partial(_leaning, keys=small, request=request, helps=not allowed)
        return allows(policies.changed(change)) is not allowed

    if not keys or not turned_by(keys):
        return ()
    return tuple(key for key in keys if len(keys) > 1 and turned_by((key,))) or keys


def _unknown_keys(request: Request, policies: PolicySet) -> tuple[str, ...]:
    """The keys that nobody knows, of statements that match the request but for them."""
    found: dict[str, str] = {}
    layers = policies.bearing_on(request).layers
    for policy in (policy for layer in layers for policy in layer.policies if policy.is_open):
        for key in (key for each in policy.statements for key in _open_in(each, request)):
            found.setdefault(key.lower(), key)
    return tuple(found.values())


def _open_in(statement: Statement, request: Request) -> Iterable[str]:
    if any(not (e.matches(request) or _open(e, request)) for e in statement.elements):
        return ()
    return [key for element in statement.elements for key in _open(element, request)]


def _open(element: Element, request: Request) -> list[str]:
    """The keys of an element that nobody knows."""
    missing = [key for key in element.keys if not request.values(key)]
    found = [key for key in missing if not request.knows(key.lower())]
    found += [SESSION_NAME] if _asks_session(element, request) else []
    found += [ROLE_PATH] if _asks_path(element, request) else []
    return [*found, EXCEPTION] if _excepts_in_part(element, request) else found


def _asks_session(element: Element, request: Request) -> bool:
    """Whether an element asks for a session's name, of a role that stands for any of them."""
    role = request.principal
    if isinstance(element, PrincipalElement):
        return any(map(role.is_role_of, element.named))
    if role.kind is not Kind.ROLE or not isinstance(element, Condition):
        return False
    is_id = (
        element.key.lower() == "aws:userid" and role.user_id and not request.is_given(element.key)
    )
    return bool(is_id) and any(_names_session(role.user_id, each) for each in element.wanted)


def _asks_path(element: Element, request: Request) -> bool:
    """Whether an element names a role with a path that a session's may have, as far as is known."""
    if not request.principal.may_have_path:
        return False
    if isinstance(element, PrincipalElement):
        return any(_with_path(name.removeprefix("AWS:"), request) for name in element.named)
    if not isinstance(element, Condition) or element.key.lower() != "aws:principalarn":
        return False
    is_given = request.is_given(element.key)
    return not is_given and any(_with_path(each, request) for each in element.wanted)


def _with_path(wanted: str, request: Request) -> bool:
    """Whether a role's ARN or a pattern of some has a path, and could be the session's role."""
    start, _, path_and_name = wanted.partition(":role/")
    path, _, name = path_and_name.rpartition("/")
    account, _, own = request.principal.entity.partition(":role/")
    return bool(path) and glob(tokens(start)).matches(account) and glob(tokens(name)).matches(own)


def _excepts_in_part(element: Element, request: Request) -> bool:
    """Whether ``NotPrincipal`` excepts who asks, but neither its account nor its role.

    Notes
    -----
    IAM User Guide, "AWS JSON policy elements: NotPrincipal", "NotPrincipal with Deny".
    """
    if not isinstance(element, PrincipalElement) or element.matches(request):
        return False
    is_exception = request.principal.own_name in element.named
    return is_exception and not element.named.issuperset(request.principal.grants)


def _names_session(role_id: str, wanted: str) -> bool:
    """Whether a policy's value is of a session of the role, and not of all of them."""
    head, colon, session = wanted.partition(":")
    return bool(colon) and session != "*" and glob(tokens(head)).matches(role_id)


def _leaning(policy: Policy, keys: set[str], request: Request, helps: bool) -> Policy:
    """The policy with its conditions on some keys as they help the request, or as they hurt it."""
    if not policy.is_open:
        return policy
    statements = (_settled(each, keys, request, helps) for each in policy.statements)
    return replace(policy, statements=tuple(each for each in statements if each))


def _settled(
    statement: Statement, keys: set[str], request: Request, helps: bool
) -> Statement | None:
    """The statement without its open elements; None if they are to keep it from applying."""
    is_open = [bool(keys & {key.lower() for key in _open(e, request)}) for e in statement.elements]
    if not any(is_open):
        return statement
    if (statement.effect == "Allow") is not helps:
        return None
    pairs = zip(statement.elements, is_open, strict=True)
    elements = (e if not opened else _everyone(e) for e, opened in pairs)
    return replace(statement, elements=tuple(e for e in elements if e))


def _everyone(element: Element) -> Element | None:
    """What stands for an open element that matches: nothing, but for who is meant."""
    if isinstance(element, PrincipalElement):
        return PrincipalElement("Principal", frozenset({EVERYONE}))
    return None
