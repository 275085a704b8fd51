"""How sure a verdict is: which keys could turn it that nobody told.

A condition on a key which is missing from the request is decided as AWS decides on a missing key.
But where the key is missing only because nobody knows it, AWS may have it, and decide otherwise. So
every condition on such a key is taken once as it helps the request most, and once as it hurts it
most. A verdict that is the same both ways does not rest on the key.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from awsnb.mechanisms.authorization.conditions import Condition
from awsnb.mechanisms.authorization.layers import PolicySet
from awsnb.mechanisms.authorization.matching import (
    EVERYONE,
    Element,
    Policy,
    PrincipalElement,
    Statement,
)
from awsnb.mechanisms.authorization.request import Kind, Request
from awsnb.mechanisms.authorization.wildcards import glob, tokens

SESSION_NAME = "the name of the session"
"""What a verdict rests on where a role stands for its sessions and a policy asks for one."""

Allows = Callable[[PolicySet], bool]


def rests_on(request: Request, policies: PolicySet, allows: Allows) -> tuple[str, ...]:
    """The keys that could turn the verdict, of those that the request lacks and nobody knows.

    Parameters
    ----------
    request : Request
        Its `knows` tells which keys are known to be absent.
    policies : PolicySet
    allows : callable
        Whether a set of policies allows the request.

    Returns
    -------
    tuple of str
        As the policies write them, in their order; `SESSION_NAME` among them if it matters. Those
        that turn the verdict alone, or, if none does, all that do so together.
    """
    keys = _unknown_keys(request, policies)
    if not keys or _is_sure(keys, request, policies, allows):
        return ()
    alone = tuple(key for key in keys if not _is_sure((key,), request, policies, allows))
    return alone or keys


def _unknown_keys(request: Request, policies: PolicySet) -> tuple[str, ...]:
    """The keys that nobody knows, of statements that match the request but for them."""
    found: dict[str, str] = {}
    for layer in policies.bearing_on(request).layers:
        for policy in layer.policies:
            for statement in policy.statements:
                for key in _open_in(statement, request):
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
    return [*found, SESSION_NAME] if _asks_session(element, request) else found


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


def _names_session(role_id: str, wanted: str) -> bool:
    """Whether a policy's value is of a session of the role, and not of all of them."""
    head, colon, session = wanted.partition(":")
    return bool(colon) and session != "*" and glob(tokens(head)).matches(role_id)


def _is_sure(keys: tuple[str, ...], request: Request, policies: PolicySet, allows: Allows) -> bool:
    small = {key.lower() for key in keys}

    def leaning(helps: bool) -> PolicySet:
        return policies.changed(lambda policy: _leaning(policy, small, request, helps))

    return allows(leaning(helps=True)) is allows(leaning(helps=False))


def _leaning(policy: Policy, keys: set[str], request: Request, helps: bool) -> Policy:
    """The policy with its conditions on some keys as they help the request, or as they hurt it."""
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
