import re

import numpy as np
import pytest

from awsnb.mechanisms.listener_rules import (
    Condition,
    Fixed,
    Forward,
    Limits,
    Redirect,
    Refused,
    Request,
    Rewrite,
    Rule,
    check,
    evaluate,
    holds,
    location,
    rewritten,
    share,
)

LIMITS = Limits(3, 5, 5, 128, 50_000, 5, 999)
WEB = Forward({"web": 1})
ERROR = Rule(10, (Condition("path-pattern", ("/error",)),), Fixed(404, "Not found page"))


@pytest.mark.parametrize(
    ("field", "value", "request_", "met"),
    [
        ("path-pattern", "/img/*", Request("/img/"), True),
        ("path-pattern", "/img/*", Request("/img/a/b.png"), True),
        ("path-pattern", "/img/*", Request("/img"), False),
        ("path-pattern", "/img/*", Request("/IMG/a"), False),
        ("path-pattern", "/a?c", Request("/abc"), True),
        ("path-pattern", "/a?c", Request("/ac"), False),
        ("path-pattern", "/a.c", Request("/abc"), False),
        ("path-pattern", r"/a\*", Request("/a*"), True),
        ("path-pattern", r"/a\*", Request("/ab"), False),
        ("path-pattern", "/error", Request("/error", query={"a": "1"}), True),
        ("host-header", "*.example.com", Request(host="API.Example.com"), True),
        ("host-header", "*.example.com", Request(host="example.com"), False),
        ("http-request-method", "POST", Request(method="POST"), True),
        ("http-request-method", "POST", Request(method="post"), False),
        ("query-string", "version=v1", Request(query={"version": "v1"}), True),
        ("query-string", "version=v1", Request(query={"version": "v2"}), False),
        ("query-string", "*beta*", Request(query={"any": "a-BETA-b"}), True),
        ("source-ip", "10.0.0.0/8", Request(source_ip="10.9.8.7"), True),
        ("source-ip", "10.0.0.0/8", Request(source_ip="11.9.8.7"), False),
        ("source-ip", "2001:db8::/32", Request(source_ip="2001:db8::1"), True),
    ],
)
def test_a_condition_holds_as_documented(field, value, request_, met):
    assert holds(Condition(field, (value,)), request_) == met


def test_a_header_is_named_in_any_case():
    mobile = Condition("http-header", ("*Mobile*",), name="User-Agent")
    assert holds(mobile, Request(headers={"user-agent": "X mobile Y"}))
    assert not holds(mobile, Request(headers={"other": "mobile"}))


def test_one_value_suffices_and_every_condition_must_hold():
    rule = Rule(
        1,
        (Condition("path-pattern", ("/a", "/b")), Condition("http-request-method", ("GET",))),
        WEB,
    )
    assert evaluate([rule], Fixed(503), Request("/b")).priority == 1
    assert evaluate([rule], Fixed(503), Request("/b", method="PUT")).priority is None


def test_the_lowest_priority_comes_first_and_the_default_last():
    all_else = Rule(50_000, (Condition("path-pattern", ("/*",)),), Fixed(410))
    assert evaluate([all_else, ERROR], WEB, Request("/error")) == (ERROR.action, 10, 1)
    assert evaluate([all_else, ERROR], WEB, Request("/x")) == (Fixed(410), 50_000, 2)
    assert evaluate([ERROR], WEB, Request("/x")) == (WEB, None, 1)


def test_the_rule_of_the_notes_is_no_fallback():
    for path in ("/errors", "/error/", "/nowhere", "/Error"):
        assert evaluate([ERROR], WEB, Request(path)).action == WEB


def test_shares_of_groups_are_their_weights():
    action = Forward({"old": 900, "new": 99, "off": 0, "canary": 1})
    drawn = [share(action, draw) for draw in (np.arange(1000) + 0.5) / 1000]
    assert {group: drawn.count(group) for group in action.groups} == dict(action.groups)


def test_a_redirect_keeps_what_it_is_told_to():
    assert location(Redirect("https://#{host}/new/#{path}"), Request("/a")) == (
        "https://example.com/new/a"
    )


def test_a_redirects_path_comes_without_its_slash():
    assert location(Redirect("https://de.example.com/#{path}"), Request("/")) == (
        "https://de.example.com/"
    )
    assert location(Redirect("/a/#{path}"), Request("/b/c")) == "/a/b/c"


@pytest.mark.parametrize(
    ("field", "regex", "request_", "met"),
    [
        ("path-pattern", "^/v[0-9]+/", Request("/v12/a"), True),
        ("path-pattern", "^/v[0-9]+/", Request("/V12/a"), False),
        ("host-header", r"^(www\.)?example\.com$", Request(host="www.example.com"), True),
        ("host-header", r"^(www\.)?example\.com$", Request(host="wwwXexample.com"), False),
        ("http-header", "Android|iPhone", Request(headers={"User-Agent": "x iPhone"}), True),
    ],
)
def test_a_regular_expression_is_looked_for(field, regex, request_, met):
    assert holds(Condition(field, (regex,), "user-agent", regex=True), request_) == met


def test_rewrites_change_what_a_target_sees_and_not_what_conditions_see():
    moved = Rule(
        10,
        (Condition("path-pattern", ("/api/*",)),),
        Forward({"api": 1}),
        (
            Rewrite("url-rewrite", "^/api/(.*)$", "/$1"),
            Rewrite("host-header-rewrite", r"^(.+)\.example\.com$", "$1.internal"),
        ),
    )
    request = Request("/api/users", host="shop.example.com", query={"id": "7"})
    assert evaluate([moved], Fixed(404), request).priority == 10
    assert rewritten(moved, request) == ("shop.internal", "/users?id=7")
    assert rewritten(moved, Request("/other", host="x.org")) == ("x.org", "/other")


def test_a_rule_that_needs_a_token_turns_the_others_away():
    guarded = Rule(10, (PATHS,), Forward({"api": 1}), needs_token=True)
    assert evaluate([guarded], Fixed(404), Request("/a")).action == Refused()
    assert evaluate([guarded], Fixed(404), Request("/a", token_valid=True)).action == Forward(
        {"api": 1}
    )
    assert evaluate([guarded], Fixed(404), Request("/z")).action == Fixed(404)


def test_matching_agrees_with_a_slow_twin_on_random_patterns():
    random = np.random.default_rng(1)
    for _ in range(3000):
        pattern = "".join(random.choice(list("ab*?"), random.integers(0, 6)))
        text = "".join(random.choice(list("ab"), random.integers(0, 6)))
        expected = slowly_matches("/" + pattern, "/" + text)
        assert holds(Condition("path-pattern", ("/" + pattern,)), Request("/" + text)) == expected


def slowly_matches(pattern, text):
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(slowly_matches(pattern[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and slowly_matches(pattern[1:], text[1:])


PATHS = Condition("path-pattern", ("/a", "/b", "/c"))


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (ERROR._replace(priority=0), "from 1 to 50,000"),
        (ERROR._replace(priority=50_001), "from 1 to 50,000"),
        (ERROR._replace(conditions=()), "needs a condition"),
        (ERROR._replace(conditions=(Condition("path-pattern", ("",)),)), "may be empty"),
        (ERROR._replace(conditions=(Condition("cookie", ("a",)),)), "not at cookie"),
        (ERROR._replace(conditions=(PATHS, PATHS)), "at most one condition may look at path"),
        (
            ERROR._replace(conditions=(Condition("path-pattern", ("/a", "/b", "/c", "/d")),)),
            "4 values in a condition, at most 3",
        ),
        (
            ERROR._replace(conditions=(PATHS, Condition("http-header", ("a", "b", "c"), "X"))),
            "6 values in all, at most 5",
        ),
        (ERROR._replace(conditions=(Condition("path-pattern", ("/*?*?*?",)),)), "6 wildcards"),
        (ERROR._replace(conditions=(Condition("path-pattern", ("/" * 129,)),)), "129 characters"),
        (ERROR._replace(action=Forward(dict.fromkeys("abcdef", 1))), "6 groups, at most 5"),
        (ERROR._replace(action=Forward({"a": 1000})), "from 0 to 999"),
        (ERROR._replace(action=Forward({"a": 0})), "not all of them 0"),
        (
            ERROR._replace(conditions=(Condition("query-string", ("a",), regex=True),)),
            "regular expressions look at host-header, path-pattern, http-header, not at query",
        ),
        (
            ERROR._replace(conditions=(Condition("path-pattern", ("(",), regex=True),)),
            "not a regular expression without look-around: (",
        ),
        (
            ERROR._replace(conditions=(Condition("path-pattern", ("a(?=b)",), regex=True),)),
            "without look-around",
        ),
        (
            ERROR._replace(rewrites=(Rewrite("url-rewrite", "a", "b"),) * 2),
            "at most one host-header-rewrite and one url-rewrite",
        ),
        (ERROR._replace(rewrites=(Rewrite("method", "a", "b"),)), "at most one host-header"),
    ],
)
def test_what_a_listener_refuses(rule, problem):
    with pytest.raises(ValueError, match=re.escape(problem)):
        check([rule], LIMITS)


def test_priorities_are_unique():
    with pytest.raises(ValueError, match="another rule"):
        check([ERROR, ERROR], LIMITS)
    check([ERROR, ERROR._replace(priority=11)], LIMITS)
