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
REGEX_FIELDS = (HOST, PATH, HEADER)
HOST_REWRITE, URL_REWRITE = "host-header-rewrite", "url-rewrite"


class Request(NamedTuple):
    """What a rule can see of a request.

    Attributes
    ----------
    path : str
        Without the query string.
    host, method, source_ip : str
    headers, query : mapping of str to str
        Header names in any case.
    token_valid : bool
        Whether it carries a token that the load balancer finds valid.
    """

    path: str = "/"
    host: str = "example.com"
    method: str = "GET"
    source_ip: str = "203.0.113.7"
    headers: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    token_valid: bool = False


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
    regex : bool
        Whether the values are regular expressions, of which one must be found: in a host, a path
        or a header.
    """

    field: str
    values: tuple[str, ...]
    name: str = ""
    regex: bool = False


class Forward(NamedTuple):
    """Send the request to one of these groups, by weight."""

    groups: Mapping[str, int]


class Redirect(NamedTuple):
    """Send the client elsewhere; ``#{host}``, ``#{path}`` and ``#{query}`` are the request's.

    ``#{path}`` comes without its leading ``/``.
    """

    location: str
    status: int = 301


class Fixed(NamedTuple):
    """Answer at once, without a target."""

    status: int
    body: str = ""


class Refused(NamedTuple):
    """Turned away before the action: the request has no valid token."""


Action = Forward | Redirect | Fixed | Refused


class Rewrite(NamedTuple):
    """Change a request before a target sees it; the conditions have seen it as it came.

    Attributes
    ----------
    part : str
        ``host-header-rewrite``, or ``url-rewrite`` for the path and query.
    regex, replace : str
        What is looked for, and what stands in its place; ``$1`` is the first group.
    """

    part: str
    regex: str
    replace: str


class Rule(NamedTuple):
    """All conditions hold: the action is taken. Lower priorities come first.

    Attributes
    ----------
    priority : int
    conditions : tuple of Condition
    action : Forward, Redirect or Fixed
    rewrites : tuple of Rewrite
        At most one of each part.
    needs_token : bool
        Whether requests without a valid JSON web token are turned away (jwt-validation).
    """

    priority: int
    conditions: tuple[Condition, ...]
    action: Action
    rewrites: tuple[Rewrite, ...] = ()
    needs_token: bool = False


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
            refused = rule.needs_token and not request.token_valid
            return Answer(Refused() if refused else rule.action, rule.priority, number)
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

    Examples
    --------
    >>> versions = Condition("path-pattern", ("^/v[0-9]+/",), regex=True)
    >>> [holds(versions, Request(path)) for path in ("/v2/users", "/v/users", "/api/v2/users")]
    [True, False, False]
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
    >>> location(Redirect("https://#{host}/#{path}?#{query}"), Request("/a", query={"k": "1"}))
    'https://example.com/a?k=1'
    """
    path = request.path.removeprefix("/")
    parts = {"host": request.host, "path": path, "query": _joined(request.query)}
    return re.sub(r"#\{(host|path|query)\}", lambda part: parts[part[1]], action.location)


def rewritten(rule: Rule, request: Request) -> tuple[str, str]:
    """Return the host and the URL that a target sees.

    Parameters
    ----------
    rule : Rule
    request : Request

    Returns
    -------
    host, url : str
        The URL from its path on.

    Examples
    --------
    >>> rule = Rule(1, (), Forward({"api": 1}), (Rewrite("url-rewrite", "^/api/(.*)", "/$1"),))
    >>> rewritten(rule, Request("/api/users", query={"id": "7"}))
    ('example.com', '/users?id=7')
    """
    query = f"?{_joined(request.query)}" if request.query else ""
    seen = {HOST_REWRITE: request.host, URL_REWRITE: request.path + query}
    for part, regex, replace in rule.rewrites:
        groups = re.sub(r"\$(\d)", r"\\g<\1>", replace)
        seen[part] = re.sub(regex, groups, seen[part], count=1)
    return seen[HOST_REWRITE], seen[URL_REWRITE]


def _joined(query: Mapping[str, str]) -> str:
    return "&".join(f"{key}={value}" for key, value in query.items())


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
    patterns = [v for c in rule.conditions if c.field in PATTERNS and not c.regex for v in c.values]
    plain = [c.field for c in rule.conditions if c.regex and c.field not in REGEX_FIELDS]
    parts = [rewrite.part for rewrite in rule.rewrites]
    regexes = [v for c in rule.conditions if c.regex for v in c.values]
    regexes += [rewrite.regex for rewrite in rule.rewrites]
    wrong = [regex for regex in regexes if not _is_regex(regex)]
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
        (
            not plain,
            f"regular expressions look at {', '.join(REGEX_FIELDS)}, not at {', '.join(plain)}",
        ),
        (not wrong, f"not a regular expression without look-around: {', '.join(wrong)}"),
        (
            len(set(parts)) == len(parts) and set(parts) <= {HOST_REWRITE, URL_REWRITE},
            f"at most one {HOST_REWRITE} and one {URL_REWRITE}",
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


def _is_regex(text: str) -> bool:
    if re.search(r"\(\?<?[=!]", text):
        return False
    try:
        re.compile(text)
    except re.error:
        return False
    return True


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


def _meets(condition: Condition, value: str, text: str, exact_case: bool = False) -> bool:
    if condition.regex:
        return bool(re.search(value, text))
    return _matches(value, text, exact_case)


def _header(condition: Condition, value: str, request: Request) -> bool:
    return any(
        name.lower() == condition.name.lower() and _meets(condition, value, text)
        for name, text in request.headers.items()
    )


def _query(_: Condition, value: str, request: Request) -> bool:
    key, named, wanted = value.partition("=")
    return any(
        _matches(wanted if named else value, text) and (not named or _matches(key, name))
        for name, text in request.query.items()
    )


_TESTS: Mapping[str, Callable[[Condition, str, Request], bool]] = {
    HOST: lambda condition, value, request: _meets(condition, value, request.host),
    PATH: lambda condition, value, request: _meets(condition, value, request.path, exact_case=True),
    METHOD: lambda _, value, request: value == request.method,
    HEADER: _header,
    QUERY: _query,
    SOURCE: lambda _, value, request: ip_address(request.source_ip) in ip_network(value),
}
