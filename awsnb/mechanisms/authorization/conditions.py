"""The ``Condition`` element: operators, what they make of missing keys, and sets of values.

All conditions of a statement must hold. A condition holds if the request's value matches any of the
policy's; a negated one, if it matches none.

Notes
-----
IAM User Guide, "IAM JSON policy elements: Condition operators", "Set operators for multivalued
context keys" and "IAM policy elements: Variables and tags". A policy's value with a variable that
has no value matches nothing, so that a negated operator holds. To a set operator, a set of nothing
but empty text is empty.

Where they are silent: a value of the request that is not of the operator's kind (``abc`` for a
number or an ARN) satisfies neither the operator nor its negation; an operator without a set
operator, on a key of several values, looks for any of them; beside a value whose variable has none,
the others still count; a key with an empty value is there, for ``Null``.
"""

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from awsnb.mechanisms.authorization import readers
from awsnb.mechanisms.authorization.request import Request
from awsnb.mechanisms.authorization.wildcards import (
    PatternSet,
    Token,
    arn_pattern,
    fill,
    glob,
    tokens,
    variables_in,
    varies,
)

Operand = Callable[[Any, Request], bool]
"""Whether a value of the request relates to any of the policy's."""

Reader = Callable[[str | bytes], Any]
Pieces = tuple[Token, ...]
Test = Callable[[Any], bool]
FOR_ALL, FOR_ANY, IF_EXISTS, NULL = "ForAllValues:", "ForAnyValue:", "IfExists", "Null"


class Operator(NamedTuple):
    """A condition operator: how it reads the request's values, and compares them to a policy's."""

    read: Reader
    operand: Callable[[tuple[str, ...], bool], Operand]
    negated: bool = False


@dataclass(frozen=True)
class Condition:
    """One operator on one key, with the policy's values; `keys` are that and their variables'."""

    name: str
    key: str
    wanted: tuple[str, ...]
    operator: Operator
    operand: Operand
    qualifier: str
    if_missing: bool
    keys: tuple[str, ...]

    element = "Condition"

    def matches(self, request: Request) -> bool:
        """Whether the condition holds."""
        values = request.values(self.key)
        if not values:
            return self.if_missing
        if self.qualifier and not any(values):  # a set of nothing but ""
            return self.qualifier == FOR_ALL
        if self.qualifier == FOR_ALL or (self.operator.negated and not self.qualifier):
            return all(self._holds(value, request) for value in values)
        return any(self._holds(value, request) for value in values)

    def why_not(self, request: Request) -> str:
        """Say why the condition does not hold."""
        values = ", ".join(repr(value) for value in request.values(self.key))
        wanted = ", ".join(repr(value) for value in self.wanted) or "nothing at all"
        has = f"it is {values} in the request" if values else "the request has no such key"
        return f"Condition {self.name} compares {self.key} with {wanted}, and {has}"

    def _holds(self, value: str | bytes, request: Request) -> bool:
        read = self.operator.read(value)
        if read is None:
            return False
        return self.operand(read, request) is not self.operator.negated


@dataclass(frozen=True)
class Null:
    """Whether a key is absent: ``true`` asks that it is, ``false`` that it is not."""

    key: str
    wanted: tuple[bool, ...]

    element = "Condition"

    @property
    def keys(self) -> tuple[str, ...]:
        """The key alone."""
        return (self.key,)

    def matches(self, request: Request) -> bool:
        """Whether the key is absent or present, as asked."""
        return (not request.values(self.key)) in self.wanted

    def why_not(self, request: Request) -> str:
        """Say whether the key is there."""
        is_there = bool(request.values(self.key))
        asks, has = ("absent", "has it") if is_there else ("present", "has it not")
        return f"Condition Null asks that {self.key} be {asks}, and the request {has}"


def condition(name: str, key: str, values: tuple[str, ...], variables: bool) -> Condition | Null:
    """Make a condition from its operator, its key and the policy's values.

    Raises
    ------
    ValueError
        If there is no such operator, or a value is not of its kind.

    Examples
    --------
    >>> condition("StringLike", "s3:prefix", ("home/*",), variables=True).name
    'StringLike'
    """
    if name == NULL:
        return Null(key, tuple(_required(readers.read_boolean, value) for value in values))
    qualifier, found = named_operator(name)
    if_missing = name.endswith(IF_EXISTS) or qualifier == FOR_ALL
    if_missing = if_missing or (found.negated and not qualifier)
    operand = found.operand(values, variables)
    keys = (key, *(each for value in values if variables for each in variables_in(value)))
    return Condition(name, key, values, found, operand, qualifier, if_missing, keys)


def named_operator(name: str) -> tuple[str, Operator]:
    """Find an operator and its set operator, if it has one, by the name in a policy.

    Raises
    ------
    ValueError
        If there is no such operator, or it is ``Null``, which has no values to compare.
    """
    qualifier = next((mark for mark in (FOR_ALL, FOR_ANY) if name.startswith(mark)), "")
    base = name.removeprefix(qualifier).removesuffix(IF_EXISTS)
    if base not in OPERATORS:
        raise ValueError(f"{name!r} is not a condition operator.")
    return qualifier, OPERATORS[base]


def _required(read: Reader, value: str) -> Any:
    found = read(value)
    if found is None:
        raise ValueError(f"{value!r} is not a {read.__name__.removeprefix('read_')}.")
    return found


def _comparing(
    read: Reader, relation: Callable[[Any, Any], bool]
) -> Callable[[tuple[str, ...], bool], Operand]:
    def operand(wanted: tuple[str, ...], variables: bool) -> Operand:
        bounds = [_required(read, value) for value in wanted]
        return lambda found, request: any(relation(found, bound) for bound in bounds)

    return operand


def _templated(
    make: Callable[[Iterable[Pieces]], Test], wildcards: bool
) -> Callable[[tuple[str, ...], bool], Operand]:
    def operand(wanted: tuple[str, ...], variables: bool) -> Operand:
        templates = [tokens(value, variables, wildcards) for value in wanted]
        varying = [each for each in templates if varies(each)]
        test = make(each for each in templates if not varies(each))
        if not varying:
            return lambda found, request: test(found)
        return lambda found, request: (
            test(found) or any(_test_filled(make, template, found, request) for template in varying)
        )

    return operand


def _test_filled(
    make: Callable[[Iterable[Pieces]], Test], template: Pieces, found: Any, request: Request
) -> bool:
    filled = fill(template, request.one)
    try:
        return filled is not None and make([filled])(found)
    except ValueError:
        return False


def _same(several: Iterable[Pieces]) -> Test:
    return frozenset(map(_joined, several)).__contains__


def _same_in_any_case(several: Iterable[Pieces]) -> Test:
    wanted = frozenset(_joined(pieces).casefold() for pieces in several)
    return lambda found: found.casefold() in wanted


def _like(several: Iterable[Pieces]) -> Test:
    return PatternSet(map(glob, several)).matches


def _arn_like(several: Iterable[Pieces]) -> Test:
    return PatternSet(map(arn_pattern, several)).matches


def _boolean(several: Iterable[Pieces]) -> Test:
    wanted = [_required(readers.read_boolean, _joined(pieces)) for pieces in several]
    return wanted.__contains__


def _joined(pieces: Pieces) -> str:
    return "".join(map(str, pieces))


def _within(found: readers.Address, network: readers.Network) -> bool:
    return found in network


def _ordered(prefix: str, read: Reader) -> dict[str, Operator]:
    relations = {
        "Equals": operator.eq,
        "LessThan": operator.lt,
        "LessThanEquals": operator.le,
        "GreaterThan": operator.gt,
        "GreaterThanEquals": operator.ge,
    }
    found = {prefix + name: Operator(read, _comparing(read, r)) for name, r in relations.items()}
    return found | {f"{prefix}NotEquals": found[f"{prefix}Equals"]._replace(negated=True)}


def _with_negation(name: str, negation: str, found: Operator) -> dict[str, Operator]:
    return {name: found, negation: found._replace(negated=True)}


def _text(prefix: str, name: str, make: Callable[[Iterable[Pieces]], Test]) -> dict[str, Operator]:
    read = readers.read_arn if make is _arn_like else readers.read_text
    found = Operator(read, _templated(make, wildcards=make in (_like, _arn_like)))
    return _with_negation(prefix + name, f"{prefix}Not{name}", found)


OPERATORS: dict[str, Operator] = {
    **_text("String", "Equals", _same),
    **_text("String", "EqualsIgnoreCase", _same_in_any_case),
    **_text("String", "Like", _like),
    **_ordered("Numeric", readers.read_number),
    **_ordered("Date", readers.read_date),
    "Bool": Operator(readers.read_boolean, _templated(_boolean, wildcards=False)),
    "BinaryEquals": Operator(readers.read_binary, _comparing(readers.read_binary, operator.eq)),
    **_with_negation(
        "IpAddress",
        "NotIpAddress",
        Operator(readers.read_address, _comparing(readers.read_network, _within)),
    ),
    **_text("Arn", "Equals", _arn_like),
    **_text("Arn", "Like", _arn_like),
}
