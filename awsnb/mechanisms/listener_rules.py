"""Rules that look at a request and say where it goes: first match in order of priority wins.

Exact, and small enough to read: a rule is conditions that must all hold, each with values of which
one must match; what no rule takes, the default action does.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from ipaddress import ip_address, ip_network
from typing import NamedTuple

__all__ = [
    "Action",
    "Answer",
    "Condition",
    "Fixed",
    "Forward",
    "Limits",
    "Redirect",
    "Request",
    "Rule",
    "check",
    "evaluate",
    "holds",
    "location",
    "share",
]

HOST, PATH, METHOD = "host-header", "path-pattern", "http-request-method"
HEADER, QUERY, SOURCE = "http-header", "query-string", "source-ip"
ONCE = (HOST, PATH, METHOD, SOURCE)
PATTERNS = (HOST, PATH, HEADER, QUERY)


class Request(NamedTuple):
    """What a rule can see of a request.

    Attributes
    ----------
    path : str
        Without the query string.
    host, method, source_ip : str
    headers, query : mapping of str to str
        Header names in any case.
    """

    path: str = "/"
    host: str = "example.com"
    method: str = "GET"
    source_ip: str = "203.0.113.7"
    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}


class Condition(NamedTuple):
    """One condition; it holds if any of its values matches.

    Attributes
    ----------
    field : str
        ``host-header``, ``path-pattern``, ``http-request-method``, ``http-header``,
        ``query-string`` or ``source-ip``.
    values : tuple of str
        Patterns with ``*`` and ``?``; whole methods; CIDR blocks. A query string is ``key=value``,
        or ``value`` under whatever key.
    name : str
        Of the header.
    """

    field: str
    values: tuple[str, ...]
    name: str = ""


class Forward(NamedTuple):
    """Send the request to one of these groups, by weight."""

    groups: Mapping[str, int]


class Redirect(NamedTuple):
    """Send the client elsewhere; ``#{host}``, ``#{path}`` and ``#{query}`` are the request's."""

    location: str
    status: int = 301


class Fixed(NamedTuple):
    """Answer at once, without a target."""

    status: int
    body: str = ""


Action = Forward | Redirect | Fixed


class Rule(NamedTuple):
    """All conditions hold: the action is taken. Lower priorities come first."""

    priority: int
    conditions: tuple[Condition, ...]
    action: Action


class Limits(NamedTuple):
    """How much a rule may hold."""

    values_per_condition: int
    values_per_rule: int
    wildcards_per_rule: int
    pattern_length: int
    most_priority: int
    groups_per_action: int
    most_weight: int


class Answer(NamedTuple):
    """What becomes of a request, and the priority of the rule that said so; None: the default."""

    action: Action
    priority: int | None
    evaluated: int


def evaluate(rules: Sequence[Rule], default: Action, request: Request) -> Answer:
    """Find what a listener does with a request.

    Parameters
    ----------
    rules : sequence of Rule
        In any order.
    default : Action
        Of what no rule takes.
    request : Request

    Returns
    -------
    Answer

    Examples
    --------
    >>> lost = Rule(10, (Condition("path-pattern", ("/error",)),), Fixed(404, "Not found page"))
    >>> evaluate([lost], Forward({"web": 1}), Request(path="/error")).action
    Fixed(status=404, body='Not found page')
    >>> evaluate([lost], Forward({"web": 1}), Request(path="/errors")).action
    Forward(groups={'web': 1})
    """
    for number, rule in enumerate(sorted(rules, key=lambda rule: rule.priority), start=1):
        if all(holds(condition, request) for condition in rule.conditions):
            return Answer(rule.action, rule.priority, number)
    return Answer(default, None, len(rules))


def holds(condition: Condition, request: Request) -> bool:
    """Say whether a request meets a condition.

    Parameters
    ----------
    condition : Condition
    request : Request

    Returns
    -------
    bool
    """
    return any(_TESTS[condition.field](condition, value, request) for value in condition.values)


def share(action: Forward, draw: float) -> str:
    """Pick the group that a draw from 0 to 1 falls on.

    Parameters
    ----------
    action : Forward
    draw : float
        0 to below 1.

    Returns
    -------
    str
        The group's name.

    Examples
    --------
    >>> [share(Forward({"old": 9, "new": 1}), draw) for draw in (0.0, 0.89, 0.9)]
    ['old', 'old', 'new']
    """
    left = draw * sum(action.groups.values())
    for group, weight in action.groups.items():
        left -= weight
        if left < -1e-12:
            return group
    return [group for group, weight in action.groups.items() if weight][-1]


def location(action: Redirect, request: Request) -> str:
    """Fill in where a redirect leads.

    Parameters
    ----------
    action : Redirect
    request : Request

    Returns
    -------
    str
        A URL.

    Examples
    --------
    >>> location(Redirect("https://#{host}#{path}?#{query}"), Request("/a", query={"k": "1"}))
    'https://example.com/a?k=1'
    """
    query = "&".join(f"{key}={value}" for key, value in request.query.items())
    parts = {"host": request.host, "path": request.path, "query": query}
    return re.sub(r"#\{(host|path|query)\}", lambda part: parts[part[1]], action.location)


def check(rules: Sequence[Rule], limits: Limits) -> None:
    """Refuse rules that a listener wouldn't take.

    Parameters
    ----------
    rules : sequence of Rule
        In any order.
    limits : Limits

    Raises
    ------
    ValueError
        One sentence with the rule, what it holds and what is allowed.
    """
    priorities = [rule.priority for rule in rules]
    for rule in rules:
        for allowed, what in _demands(rule, limits):
            if not allowed:
                raise ValueError(f"rule {rule.priority}: {what}.")
        if priorities.count(rule.priority) > 1:
            raise ValueError(f"rule {rule.priority}: another rule has that priority.")


def _demands(rule: Rule, limits: Limits) -> list[tuple[bool, str]]:
    fields = [condition.field for condition in rule.conditions]
    values = [value for condition in rule.conditions for value in condition.values]
    patterns = [v for c in rule.conditions if c.field in PATTERNS for v in c.values]
    wildcards = sum(pattern.count("*") + pattern.count("?") for pattern in patterns)
    longest = max(map(len, values), default=0)
    most = max((len(condition.values) for condition in rule.conditions), default=0)
    twice = [field for field in ONCE if fields.count(field) > 1]
    groups = rule.action.groups if isinstance(rule.action, Forward) else {"": 1}
    weights = groups.values()
    return [
        (
            1 <= rule.priority <= limits.most_priority,
            f"a priority is from 1 to {limits.most_priority:,}",
        ),
        (bool(fields) and all(values), "it needs a condition, and no value may be empty"),
        (
            all(field in _TESTS for field in fields),
            f"conditions look at {', '.join(_TESTS)}, not at {', '.join(fields)}",
        ),
        (not twice, f"at most one condition may look at {', '.join(twice)}"),
        (
            most <= limits.values_per_condition,
            f"{most} values in a condition, at most {limits.values_per_condition} are allowed",
        ),
        (
            len(values) <= limits.values_per_rule,
            f"{len(values)} values in all, at most {limits.values_per_rule} are allowed",
        ),
        (
            wildcards <= limits.wildcards_per_rule,
            f"{wildcards} wildcards, at most {limits.wildcards_per_rule} are allowed",
        ),
        (
            longest <= limits.pattern_length,
            f"a value of {longest} characters, at most {limits.pattern_length} are allowed",
        ),
        (
            len(groups) <= limits.groups_per_action,
            f"{len(groups)} groups, at most {limits.groups_per_action} are allowed",
        ),
        (
            any(weights) and all(0 <= weight <= limits.most_weight for weight in weights),
            f"weights are from 0 to {limits.most_weight}, and not all of them 0",
        ),
    ]


def _matches(pattern: str, text: str, exact_case: bool = False) -> bool:
    return bool(_compiled(pattern, exact_case).fullmatch(text))


@cache
def _compiled(pattern: str, exact_case: bool) -> re.Pattern[str]:
    """``*`` is any characters, ``?`` exactly one; a backslash makes either stand for itself."""
    pieces = re.findall(r"\\[*?\\]|.", pattern, re.DOTALL)
    wild = {"*": ".*", "?": "."}
    text = "".join(
        wild.get(piece, re.escape(piece[-1] if len(piece) > 1 else piece)) for piece in pieces
    )
    return re.compile(text, re.DOTALL if exact_case else re.DOTALL | re.IGNORECASE)


def _header(condition: Condition, value: str, request: Request) -> bool:
    return any(
        name.lower() == condition.name.lower() and _matches(value, text)
        for name, text in request.headers.items()
    )


def _query(_: Condition, value: str, request: Request) -> bool:
    key, named, wanted = value.partition("=")
    return any(
        _matches(wanted if named else value, text) and (not named or _matches(key, name))
        for name, text in request.query.items()
    )


_TESTS: Mapping[str, Callable[[Condition, str, Request], bool]] = {
    HOST: lambda _, value, request: _matches(value, request.host),
    PATH: lambda _, value, request: _matches(value, request.path, exact_case=True),
    METHOD: lambda _, value, request: value == request.method,
    HEADER: _header,
    QUERY: _query,
    SOURCE: lambda _, value, request: ip_address(request.source_ip) in ip_network(value),
}
