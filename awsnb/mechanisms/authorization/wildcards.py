"""Text with wildcards and variables: ``*`` is any run of characters, ``?`` exactly one.

A pattern is cut at its stars into runs of fixed length. The first run is anchored at the start, the
last at the end, and each run between them is taken where it first fits. The text is gone through
but once, whatever the pattern.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import NamedTuple, Protocol

ARN_PARTS = 6
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_NAMED = re.compile(r"([^\s,']+)(?:,\s*'([^']*)')?")
_ESCAPES = ("*", "?", "$")


class Wild(Enum):
    """A wildcard."""

    RUN = "*"
    ONE = "?"


class Variable(NamedTuple):
    """A context key whose value takes this place, or else the default."""

    key: str
    default: str | None


Token = str | Wild | Variable
Lookup = Callable[[str], str | None]


class Matcher(Protocol):
    """Anything that can say whether a text matches."""

    def matches(self, text: str) -> bool:
        """Whether the text matches."""


@dataclass(frozen=True)
class Run:
    """Characters in a row: literals at their offsets, any character elsewhere."""

    length: int
    literals: tuple[tuple[int, str], ...]

    def fits(self, text: str, start: int) -> bool:
        """Whether the literals stand in the text when the run begins at `start`."""
        for offset, literal in self.literals:  # noqa: SIM110 - the hot loop
            if not text.startswith(literal, start + offset):
                return False
        return True

    def find(self, text: str, start: int, end: int) -> int:
        """The first place from `start` where the run fits before `end`, or -1."""
        if start + self.length > end:
            return -1
        if not self.literals:
            return start
        if len(self.literals) > 1:
            return self._shift_and(text, start, end)
        ((offset, literal),) = self.literals
        after = self.length - offset - len(literal)
        at = text.find(literal, start + offset, end - after)
        return at - offset if at >= 0 else -1

    def _shift_and(self, text: str, start: int, end: int) -> int:
        """Follow all places at once, a bit each: literals with gaps defeat `str.find`.

        Notes
        -----
        Baeza-Yates and Gonnet, "A new approach to text searching", CACM 35(10), 1992.
        """
        allowed, anything = self._bits
        begun, last = 0, 1 << (self.length - 1)
        for at in range(start, end):
            begun = (begun << 1 | 1) & allowed.get(text[at], anything)
            if begun & last:
                return at - self.length + 1
        return -1

    @cached_property
    def _bits(self) -> tuple[dict[str, int], int]:
        """Where in the run each character of a literal may stand, and where any may."""
        places = {offset + i: c for offset, text in self.literals for i, c in enumerate(text)}
        anything = sum(1 << place for place in range(self.length) if place not in places)
        allowed = dict.fromkeys(places.values(), anything)
        for place, character in places.items():
            allowed[character] |= 1 << place
        return allowed, anything


class Glob(NamedTuple):
    """A pattern: its runs, with a star between each two."""

    runs: tuple[Run, ...]

    @property
    def exact(self) -> str | None:
        """The only text that matches, if there is but one."""
        return None if len(self.runs) > 1 else _only_literal(self.runs[0])

    @property
    def prefix(self) -> str | None:
        """The text that all matches begin with, if the pattern is that and a star."""
        return _only_literal(self.runs[0]) if self.runs[1:] == (Run(0, ()),) else None

    def matches(self, text: str) -> bool:
        """Whether the whole text matches."""
        first, last = self.runs[0], self.runs[-1]
        at, end = first.length, len(text) - last.length
        if len(self.runs) == 1:
            return len(text) == first.length and first.fits(text, 0)
        if at > end or not (first.fits(text, 0) and last.fits(text, end)):
            return False
        for run in self.runs[1:-1]:
            at = run.find(text, at, end)
            if at < 0:
                return False
            at += run.length
        return True


class ArnPattern(NamedTuple):
    """Six patterns, each for one of the colon-separated parts of an ARN."""

    parts: tuple[Glob, ...]

    def matches(self, text: str) -> bool:
        """Whether the text is an ARN and each of its parts matches."""
        parts = text.split(":", ARN_PARTS - 1)
        return len(parts) == len(self.parts) and all(
            pattern.matches(part) for pattern, part in zip(self.parts, parts, strict=True)
        )


class PatternSet:
    """Many patterns as one: the plain ones are looked up, all prefixes are tried at once."""

    def __init__(self, patterns: Iterable[Matcher]) -> None:
        exact, prefixes, others = set(), [], []
        for pattern in patterns:
            if isinstance(pattern, Glob) and pattern.exact is not None:
                exact.add(pattern.exact)
            elif isinstance(pattern, Glob) and pattern.prefix is not None:
                prefixes.append(pattern.prefix)
            else:
                others.append(pattern)
        self._exact, self._prefixes, self._others = frozenset(exact), tuple(prefixes), tuple(others)

    def matches(self, text: str) -> bool:
        """Whether any of the patterns matches the text."""
        if text in self._exact or text.startswith(self._prefixes):
            return True
        for pattern in self._others:  # noqa: SIM110 - the hot loop: a generator costs twice as much
            if pattern.matches(text):
                return True
        return False


def tokens(text: str, variables: bool = False, wildcards: bool = True) -> tuple[Token, ...]:
    """Cut a policy's text into literals, wildcards and variables.

    Raises
    ------
    ValueError
        If a variable is not closed, empty, or its default not in quotes.

    Examples
    --------
    >>> tokens("home/${aws:username}/*", variables=True)
    ('home/', Variable(key='aws:username', default=None), '/', <Wild.RUN: '*'>)
    """
    if not variables:
        return _cut_wildcards(text) if wildcards else (text,)
    found: list[Token] = []
    at = 0
    for variable in _VARIABLE.finditer(text):
        found += _plain(text, text[at : variable.start()], wildcards)
        found.append(_variable(variable[1]))
        at = variable.end()
    return (*found, *_plain(text, text[at:], wildcards))


def variables_in(text: str) -> list[str]:
    """The keys whose values take a place in a text.

    Examples
    --------
    >>> variables_in("home/${aws:username}/*")
    ['aws:username']
    """
    return [each.key for each in tokens(text, variables=True) if isinstance(each, Variable)]


def varies(template: Iterable[Token]) -> bool:
    """Whether a template has a variable."""
    return any(isinstance(token, Variable) for token in template)


def fill(template: Iterable[Token], lookup: Lookup) -> tuple[str | Wild, ...] | None:
    """Put values in the places of variables; None if one has neither value nor default."""
    filled: list[str | Wild] = []
    for token in template:
        if isinstance(token, Variable):
            value = lookup(token.key)
            value = token.default if value is None else value
            if value is None:
                return None
            filled.append(value)
        else:
            filled.append(token)
    return tuple(filled)


def glob(pieces: Iterable[Token]) -> Glob:
    """Make the pattern of literals and wildcards.

    Examples
    --------
    >>> glob(tokens("s3:Get*")).matches("s3:GetObject")
    True
    """
    runs: list[Run] = []
    length = 0
    literals: list[tuple[int, str]] = []
    for piece in pieces:
        if piece is Wild.RUN:
            runs.append(Run(length, tuple(literals)))
            length, literals = 0, []
        elif isinstance(piece, str):
            literals.append((length, piece))
            length += len(piece)
        else:
            length += 1
    return Glob((*runs, Run(length, tuple(literals))))


def arn_pattern(pieces: Iterable[Token]) -> Matcher:
    """Make the pattern of an ARN whose six parts are matched one by one; ``*`` is any of them."""
    parts = split_arn(pieces)
    if parts == [[Wild.RUN]]:
        parts = [list[Token](["arn"]), *parts * (ARN_PARTS - 1)]
    return ArnPattern(tuple(map(glob, parts)))


def resource_pattern(pieces: tuple[Token, ...]) -> Matcher:
    """Make the pattern of a resource.

    A star that ends a part of an ARN may run on past the colon; any other wildcard before the
    fifth colon stays within its part.

    Notes
    -----
    IAM User Guide, "IAM JSON policy elements: Resource", wildcards in resource ARNs.
    """
    *head, _ = parts = split_arn(pieces)
    if len(parts) == ARN_PARTS and any(_bounded(part) for part in head):
        return arn_pattern(pieces)
    return glob(pieces)


def split_arn(pieces: Iterable[Token]) -> list[list[Token]]:
    """Split at the first five colons of the literals."""
    parts: list[list[Token]] = [[]]
    for piece in pieces:
        if not isinstance(piece, str):
            parts[-1].append(piece)
            continue
        first, *others = piece.split(":", ARN_PARTS - len(parts))
        parts[-1] += [first] if first else []
        parts += [[other] if other else [] for other in others]
    return parts


def _bounded(part: list[Token]) -> bool:
    return Wild.ONE in part or Wild.RUN in part[:-1]


def _only_literal(run: Run) -> str | None:
    text = "".join(literal for _, literal in run.literals)
    return text if len(text) == run.length else None


def _cut_wildcards(text: str) -> tuple[Token, ...]:
    pieces = re.split(r"([*?])", text)
    return tuple(Wild(piece) if piece in ("*", "?") else piece for piece in pieces if piece)


def _plain(whole: str, text: str, wildcards: bool) -> tuple[Token, ...]:
    if "${" in text:
        raise ValueError(f"{whole!r} opens a variable with '${{' and does not close it.")
    return tokens(text, wildcards=wildcards) if text else ()


def _variable(inside: str) -> Token:
    if inside in _ESCAPES:
        return inside
    named = _NAMED.fullmatch(inside)
    if not named:
        raise ValueError(f"'${{{inside}}}' is not a variable: ${{key}} or ${{key, 'default'}}.")
    return Variable(named[1], named[2])
