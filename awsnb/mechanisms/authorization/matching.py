"""Statements and policies: which elements a request must match, in the order they are tried."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from awsnb.mechanisms.authorization.principal import Grant
from awsnb.mechanisms.authorization.request import Request
from awsnb.mechanisms.authorization.wildcards import (
    PatternSet,
    Token,
    Variable,
    fill,
    resource_pattern,
    tokens,
    varies,
)
from awsnb.mechanisms.authorization.wildcards import glob as glob_of

EVERYONE = "AWS:*"


class Element(Protocol):
    """One element of a statement: it matches a request, or says why not."""

    @property
    def element(self) -> str:
        """Its name in the document."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The context keys that it asks for."""

    def matches(self, request: Request) -> bool:
        """Whether the request matches."""

    def why_not(self, request: Request) -> str:
        """Say how it differs from the request, its name first."""


class ActionElement:
    """``Action`` or ``NotAction``: names in any case, with wildcards."""

    keys: tuple[str, ...] = ()

    def __init__(self, element: str, named: tuple[str, ...]) -> None:
        self.element, self.named = element, named
        self._negated = element.startswith("Not")
        self._patterns = PatternSet(glob_of(tokens(name.lower())) for name in named)

    def matches(self, request: Request) -> bool:
        """Whether the action is named; for ``NotAction``, whether it is not."""
        return self._patterns.matches(request.action_lower) is not self._negated

    def why_not(self, request: Request) -> str:
        """Compare the action with those named."""
        return _named(self.element, self.named, request.action)


class ResourceElement:
    """``Resource`` or ``NotResource``: ARNs in their exact case, with wildcards and variables."""

    def __init__(self, element: str, named: tuple[str, ...], variables: bool) -> None:
        self.element, self.named = element, named
        self._negated = element.startswith("Not")
        templates = [tokens(name, variables) for name in named]
        self._patterns = PatternSet(resource_pattern(t) for t in templates if not varies(t))
        self._templates = tuple(filter(varies, templates))
        self.keys = tuple(
            t.key for each in self._templates for t in each if isinstance(t, Variable)
        )

    def matches(self, request: Request) -> bool:
        """Whether the resource is named; for ``NotResource``, whether it is not.

        A name with a variable that has no value names nothing.
        """
        return self._names(request) is not self._negated

    def why_not(self, request: Request) -> str:
        """Compare the resource with those named; name the variables that have no value."""
        words = _named(self.element, self.named, request.resource)
        unset = [key for key in self._keys() if request.one(key) is None]
        return f"{words}; {' and '.join(unset)} has no value in the request" if unset else words

    def _names(self, request: Request) -> bool:
        if self._patterns.matches(request.resource):
            return True
        return any(self._fits(template, request) for template in self._templates)

    @staticmethod
    def _fits(template: tuple[Token, ...], request: Request) -> bool:
        start = template[0]
        if isinstance(start, str) and not request.resource.startswith(start):
            return False  # most often it is seen here already: no value can change the start
        filled = fill(template, request.one)
        return filled is not None and resource_pattern(filled).matches(request.resource)

    def _keys(self) -> Iterable[str]:
        for template in self._templates:
            yield from (t.key for t in template if isinstance(t, Variable) and t.default is None)


class PrincipalElement:
    """``Principal`` or ``NotPrincipal``, as names written by `principal_name`.

    ``Principal`` calls a principal by its own name, its role's or user's, or its account's.
    ``NotPrincipal`` excepts only those called by their own name: an account in it excepts the
    account's root user, not its users; a role in it does not except the role's sessions. If it is
    `strict`, it excepts no one.

    Notes
    -----
    IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal" (its examples name user
    and account, or session, role and account, and except but the first).
    """

    keys: tuple[str, ...] = ()

    def __init__(self, element: str, named: frozenset[str], strict: bool = False) -> None:
        self.element, self.named, self._strict = element, named, strict
        self._negated = element.startswith("Not")

    def made_strict(self) -> "PrincipalElement":
        """The same, but without exceptions from ``NotPrincipal``."""
        return PrincipalElement(self.element, self.named, strict=True)

    def grant(self, request: Request) -> Grant:
        """How far a statement that allows would reach."""
        principal = request.principal
        if self._negated:
            excepted = EVERYONE in self.named or principal.own_name in self.named
            return Grant.NONE if excepted and not self._strict else Grant.DIRECT
        if EVERYONE in self.named:
            return Grant.DIRECT
        found = [grant for name, grant in principal.grants.items() if name in self.named]
        return max(found, default=Grant.NONE)

    def matches(self, request: Request) -> bool:
        """Whether the principal is named by any of its names."""
        return self.grant(request) > Grant.NONE

    def why_not(self, request: Request) -> str:
        """Compare the principal with those named."""
        return _named(self.element, sorted(self.named), request.principal.name or "nobody")


@dataclass(frozen=True)
class Statement:
    """A statement, ready to be matched.

    Attributes
    ----------
    index : int
        Its place in the policy, from 0.
    sid : str
        Its name; empty if it has none.
    effect : str
        ``Allow`` or ``Deny``.
    elements : tuple of Element
        In the order they are tried: action, resource, principal, conditions.
    """

    index: int
    sid: str
    effect: str
    elements: tuple[Element, ...]

    def applies(self, request: Request) -> bool:
        """Whether the request matches every element."""
        for element in self.elements:  # noqa: SIM110 - the hot loop
            if not element.matches(request):
                return False
        return True

    def why_not(self, request: Request) -> str:
        """Name the first element that does not match, and say why; empty if all match."""
        for element in self.elements:
            if not element.matches(request):
                return element.why_not(request)
        return ""

    def made_strict(self) -> "Statement":
        """The same, but without exceptions from ``NotPrincipal``."""
        elements = (
            e.made_strict() if isinstance(e, PrincipalElement) else e for e in self.elements
        )
        return replace(self, elements=tuple(elements))

    def grant(self, request: Request) -> Grant:
        """How far it reaches by its principals; nowhere if it names none."""
        return self._principal.grant(request) if self._principal else Grant.NONE

    @cached_property
    def _principal(self) -> PrincipalElement | None:
        found = (element for element in self.elements if isinstance(element, PrincipalElement))
        return next(found, None)


@dataclass(frozen=True)
class Policy:
    """A parsed policy: what it is called, of which kind, and its statements."""

    name: str
    kind: str
    statements: tuple[Statement, ...]

    @cached_property
    def denies(self) -> tuple[Statement, ...]:
        """The statements that deny."""
        return tuple(s for s in self.statements if s.effect == "Deny")

    @cached_property
    def allows(self) -> tuple[Statement, ...]:
        """The statements that allow."""
        return tuple(s for s in self.statements if s.effect == "Allow")

    @cached_property
    def is_open(self) -> bool:
        """Whether it asks for context keys or names principals, and not only what is asked."""
        elements = (element for statement in self.statements for element in statement.elements)
        return any(each.keys or isinstance(each, PrincipalElement) for each in elements)

    def for_bounded(self) -> "Policy":
        """The policy as it bears on a principal with a permissions boundary.

        Notes
        -----
        IAM User Guide, "AWS JSON policy elements: NotPrincipal": with an effect of Deny it always
        denies a principal that has a permissions boundary, whoever is named.
        """
        strict = (s.made_strict() if s.effect == "Deny" else s for s in self.statements)
        return replace(self, statements=tuple(strict))

    def grant(self, request: Request) -> Grant:
        """The furthest grant among the statements that allow the request."""
        grants = (s.grant(request) for s in self.allows if s.applies(request))
        return max(grants, default=Grant.NONE)


def _named(element: str, named: Iterable[str], found: str) -> str:
    listed = ", ".join(name.removeprefix("AWS:") for name in named)
    if element.startswith("Not"):
        return f"{element} leaves out {listed}, and so {found}"
    return f"{element} names {listed}, not {found}"
