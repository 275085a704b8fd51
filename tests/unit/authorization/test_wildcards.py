"""Wildcards and variables, beside an independent matcher and AWS's own examples."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from awsnb.mechanisms.authorization.matching import ActionElement, ResourceElement
from awsnb.mechanisms.authorization.request import Request
from awsnb.mechanisms.authorization.wildcards import (
    PatternSet,
    Variable,
    Wild,
    arn_pattern,
    fill,
    glob,
    resource_pattern,
    tokens,
)

PATTERNS = st.text("ab*?", max_size=12)
TEXTS = st.text("ab", max_size=14)
ANN = "arn:aws:iam::111122223333:user/ann"


def by_table(pattern: str, text: str) -> bool:
    """Fill the table of which prefix of the pattern matches which prefix of the text."""
    row = [True] + [False] * len(text)
    for symbol in pattern:
        above, row = row, [row[0] and symbol == "*"]
        for i, character in enumerate(text):
            if symbol == "*":
                row.append(row[i] or above[i + 1])
            else:
                row.append(above[i] and symbol in ("?", character))
    return row[-1]


@given(PATTERNS, TEXTS)
@example("", "")
@example("*", "")
@example("a*a", "a")
@example("*?*", "")
@example("*a?b*", "aabb")
def test_glob_agrees_with_the_table(pattern: str, text: str) -> None:
    assert glob(tokens(pattern)).matches(text) == by_table(pattern, text)


@given(st.lists(PATTERNS, max_size=6), TEXTS)
def test_a_set_matches_if_any_of_its_patterns_does(patterns: list[str], text: str) -> None:
    together = PatternSet(glob(tokens(pattern)) for pattern in patterns)
    assert together.matches(text) == any(by_table(pattern, text) for pattern in patterns)


@given(st.text("ab*?:", max_size=12), st.text("ab:", max_size=12))
def test_arn_patterns_match_part_by_part(pattern: str, text: str) -> None:
    wanted, parts = pattern.split(":", 5), text.split(":", 5)
    expected = len(wanted) == len(parts) and all(map(by_table, wanted, parts))
    if pattern != "*":
        pattern_of_six = len(wanted) == 6
        assert arn_pattern(tokens(pattern)).matches(text) == (expected and len(parts) <= 6)
        assert not pattern_of_six or len(parts) == 6 or not expected


def test_many_stars_are_no_trap() -> None:
    for pattern in ("a*" * 2000 + "b", "*a?" * 2000 + "b*", "*" + "a?" * 2000 + "b*"):
        assert not glob(tokens(pattern)).matches("a" * 20_000)


@pytest.mark.parametrize(
    ("pattern", "resource", "matches"),
    [
        # IAM User Guide, "IAM JSON policy elements: Resource"
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/2/test/3/object.jpg", True),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1-test/object.jpg", False),
        ("arn:aws:s3:::bucket/???/test", "arn:aws:s3:::bucket/abc/test", True),
        ("arn:aws:iam::111122223333:user/*", "arn:aws:iam::111122223333:user/Bob", True),
        ("arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:user/Bob", False),
        ("arn:aws:sns:*:111122223333:t", "arn:aws:sns:eu-west-1:111122223333:t", True),
        ("arn:aws:logs:*:*:log-group:*:x", "arn:aws:logs:r:1:log-group:g:stream:x", True),
        ("arn:aws:s3:*", "arn:aws:s3:::bucket/key", True),  # a star that ends a part runs on
        ("arn:aws:sns:eu-*-1:1:t", "arn:aws:sns:eu-west-1:1:t", True),
        ("arn:aws:sns:e*u:1:t:t", "arn:aws:sns:eu:1:u:1:t:t", False),  # any other stays within
        ("arn:aws:sns:e?:1:t", "arn:aws:sns:eu:1:t", True),
        ("arn:aws:sns?x:1:t:t", "arn:aws:sns:x:1:t:t", False),
        ("*", "*", True),
        ("arn:aws:s3:::*", "*", False),
    ],
)
def test_resource(pattern: str, resource: str, matches: bool) -> None:
    assert resource_pattern(tokens(pattern)).matches(resource) is matches


def test_actions_are_matched_in_any_case() -> None:
    action = ActionElement("Action", ("S3:get*",))
    assert action.matches(Request(ANN, "s3:GetObject", "*"))
    assert not action.matches(Request(ANN, "s3:PutObject", "*"))


def test_tokens_of_variables_defaults_and_escapes() -> None:
    assert tokens("a/${aws:username}*${*}${?}${$}", variables=True) == (
        "a/", Variable("aws:username", None), Wild.RUN, "*", "?", "$",
    )  # fmt: skip
    assert tokens("${a:b, 'no one'}", variables=True) == (Variable("a:b", "no one"),)
    assert tokens("${aws:username}", wildcards=False) == ("${aws:username}",)


@pytest.mark.parametrize("text", ["${a", "${}", "${a b}", "${a, b}", "${a, 'b}", "x${"])
def test_tokens_refuse_what_is_no_variable(text: str) -> None:
    with pytest.raises(ValueError, match="variable"):
        tokens(text, variables=True)


def test_fill() -> None:
    values = {"k": "v*"}
    assert fill(tokens("${k}-${n, 'd'}", True), values.get) == ("v*", "-", "d")
    assert fill(tokens("${n}", True), values.get) is None


def resource(element: str, name: str, **context: str) -> bool:
    found = ResourceElement(element, (name,), variables=True)
    return found.matches(Request(ANN, "s3:GetObject", "arn:aws:s3:::home/ann", context))


def test_variables_in_resources() -> None:
    assert resource("Resource", "arn:aws:s3:::home/${aws:username}")
    assert resource("Resource", "arn:aws:s3:::home/${AWS:UserName}")
    assert not resource("Resource", "arn:aws:s3:::home/${x:y}")
    assert resource("Resource", "arn:aws:s3:::home/${x:y, 'ann'}")
    assert not resource("NotResource", "arn:aws:s3:::home/${aws:username}")
    assert resource("NotResource", "arn:aws:s3:::home/${x:y}", **{"x:y": "bob"})


def test_a_variable_without_a_value_matches_no_resource() -> None:
    """IAM User Guide, "Policy variables with no value"."""
    assert not resource("Resource", "arn:aws:s3:::${x:y}/ann")
    assert resource("NotResource", "arn:aws:s3:::${x:y}/ann")


def test_a_star_within_a_value_is_only_a_star() -> None:
    assert not resource("Resource", "arn:aws:s3:::home/${x:y}", **{"x:y": "*"})


def test_variables_are_plain_text_in_the_older_version() -> None:
    found = ResourceElement("Resource", ("arn:aws:s3:::home/${aws:username}",), variables=False)
    assert found.matches(Request(ANN, "s3:GetObject", "arn:aws:s3:::home/${aws:username}"))
    assert not found.matches(Request(ANN, "s3:GetObject", "arn:aws:s3:::home/ann"))
