"""Each operator's table of cases, and what becomes of missing keys, sets and odd values."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb.mechanisms.authorization import Request
from awsnb.mechanisms.authorization.conditions import OPERATORS, condition
from awsnb.mechanisms.authorization.readers import read_date

ANN = "arn:aws:iam::111122223333:user/ann"
NEGATED = sorted(name for name in OPERATORS if OPERATORS[name].negated)
POSITIVE = sorted(set(OPERATORS) - set(NEGATED))
SAMPLE = {
    "Str": "a", "Num": "1", "Dat": "2026-01-01", "Boo": "true", "Bin": "YQ==",
    "IpA": "10.0.0.0/8", "Not": "10.0.0.0/8", "Arn": "arn:aws:s3:::b",
}  # fmt: skip


def holds(name, wanted, *found, variables=True, **context):
    wanted = tuple(wanted) if isinstance(wanted, list) else (wanted,)
    context = {"x:k": list(found), **context}
    request = Request(ANN, "s3:GetObject", "*", context)
    return condition(name, "X:K", wanted, variables).matches(request)


@pytest.mark.parametrize(
    ("name", "wanted", "found", "expected"),
    [
        ("StringEquals", "ann", "ann", True),
        ("StringEquals", "ann", "Ann", False),
        ("StringEquals", "a*", "ann", False),
        ("StringEquals", "a*", "a*", True),
        ("StringEquals", ["bob", "ann"], "ann", True),
        ("StringEquals", "true", True, True),
        ("StringEquals", "10", 10, True),
        ("StringEqualsIgnoreCase", "ANN", "ann", True),
        ("StringEqualsIgnoreCase", "bob", "ann", False),
        ("StringLike", "a*", "ann", True),
        ("StringLike", "a?n", "ann", True),
        ("StringLike", "A*", "ann", False),
        ("StringLike", "a${*}", "ann", False),
        ("StringLike", "a${*}", "a*", True),
        ("NumericEquals", "10", "10.0", True),
        ("NumericEquals", "1e1", 10, True),
        ("NumericEquals", "0.1", 0.1, True),
        ("NumericEquals", "9007199254740993", "9007199254740992", False),
        ("NumericLessThan", "10", "9.99", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThanEquals", "10", "10", True),
        ("NumericLessThanEquals", "10", "11", False),
        ("NumericGreaterThan", "-1", "0", True),
        ("NumericGreaterThan", "10", "9", False),
        ("NumericGreaterThanEquals", "10", "10", True),
        ("DateEquals", "2026-11-23T00:00:00Z", "2026-11-23", True),
        ("DateEquals", "2026-11-23T01:00:00+01:00", "2026-11-23T00:00Z", True),
        ("DateEquals", "0", "1970-01-01T00:00:00Z", True),
        ("DateEquals", "2026-11-23", datetime(2026, 11, 23, tzinfo=UTC), True),
        ("DateLessThan", "2026-11-23T12:00:00.5Z", "2026-11-23T12:00:00.25Z", True),
        ("DateLessThanEquals", "2026", "2026-01-01", True),
        ("DateGreaterThan", "2020-01-01T00:00:01Z", "1577836801", False),
        ("DateGreaterThan", "2020-01-01T00:00:01Z", "1577836802", True),
        ("DateGreaterThanEquals", "2020-01", "2019-12-31T23:59:59Z", False),
        ("Bool", "true", "True", True),
        ("Bool", "false", True, False),
        ("Bool", ["true", "false"], "false", True),
        ("Bool", "${x:k}", "true", True),
        ("BinaryEquals", "YWI=", b"ab", True),
        ("BinaryEquals", "YWI=", "YWI=", True),
        ("BinaryEquals", "YWI=", b"abc", False),
        ("IpAddress", "203.0.113.0/24", "203.0.113.77", True),
        ("IpAddress", "203.0.113.7", "203.0.113.7", True),
        ("IpAddress", "203.0.113.7", "203.0.113.8", False),
        ("IpAddress", ["203.0.113.0/24", "2001:DB8:1234:5678::/64"], "2001:db8:1234:5678::1", True),
        ("IpAddress", "2001:db8::/32", "203.0.113.7", False),
        ("ArnEquals", "arn:aws:sns:*:1:t", "arn:aws:sns:eu:1:t", True),
        ("ArnLike", "arn:aws:sns:eu:1:t?", "arn:aws:sns:eu:1:t1", True),
        ("ArnLike", "arn:aws:sns:eu:1:T", "arn:aws:sns:eu:1:t", False),
        ("ArnLike", "arn:aws:s3:::b/${x:k}", "arn:aws:s3:::b/k", False),
        ("ArnLike", "*", "arn:aws:s3:::b", True),
    ],
)
def test_operator_and_its_negation(name, wanted, found, expected):
    assert holds(name, wanted, found) is expected
    for prefix in ("String", "Numeric", "Date", "Arn", ""):
        negation = "NotIpAddress" if name == "IpAddress" else f"{prefix}Not{name[len(prefix) :]}"
        if name.startswith(prefix) and negation in OPERATORS:
            assert holds(negation, wanted, found) is not expected


def test_arn_operators_do_not_cross_colons_and_string_operators_do():
    """IAM User Guide, "Condition operators", ARN condition operators."""
    pattern = "arn:aws:someservice:*:111122223333:finance/*"
    found = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"
    assert holds("StringLike", pattern, found)
    assert not holds("ArnLike", pattern, found)


@pytest.mark.parametrize("name", POSITIVE + NEGATED)
def test_missing_keys(name):
    wanted = SAMPLE[name[:3]]
    assert holds(name, wanted) is (name in NEGATED)
    assert holds(name + "IfExists", wanted)
    assert holds(f"ForAllValues:{name}", wanted)
    assert not holds(f"ForAnyValue:{name}", wanted)
    assert holds(f"ForAnyValue:{name}IfExists", wanted)


@pytest.mark.parametrize("name", POSITIVE + NEGATED)
def test_if_exists_changes_nothing_when_the_key_is_there(name):
    wanted = SAMPLE[name[:3]]
    for found in ("a", "1", "true", "10.1.1.1", "arn:aws:s3:::b", "2026-01-01"):
        assert holds(name, wanted, found) is holds(name + "IfExists", wanted, found)


@pytest.mark.parametrize(
    ("name", "wanted", "found"),
    [
        ("Numeric", "1", "one"), ("Numeric", "1", "nan"), ("Numeric", "1", "1_0"),
        ("Arn", "*", "b"), ("Arn", "arn:aws:sns:*:*:*", "arn:aws:sns"), ("Arn", "b", "b"),
        ("Date", "2026", "yesterday"), ("Date", "2026", "2026-13-01"), ("Date", "2026", "2026-1-1"),
    ],
)  # fmt: skip
def test_what_is_no_number_date_or_arn_satisfies_nothing(name, wanted, found):
    for operator in OPERATORS:
        if operator.startswith(name):
            assert not holds(operator, wanted, found)


def test_a_long_text_that_is_no_number_takes_no_long_time():
    """A second try at every digit would take hours."""
    assert not holds("NumericEquals", "1", "1" * 1_000_000 + "x")


def test_what_is_no_address_boolean_or_base_64_satisfies_nothing():
    for name in ("IpAddress", "NotIpAddress"):
        assert not holds(name, "10.0.0.0/8", "10.0.0")
    assert not holds("Bool", ["true", "false"], "yes")
    assert not holds("Bool", "${aws:username}", "true")
    assert not holds("NumericEquals", "1", "1e" + "9" * 30)
    assert not holds("DateEquals", "2026", b"2026")
    assert not holds("BinaryEquals", "YWI=", "ab!")
    assert not holds("StringEquals", "ab", b"ab")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("NumericEquals", "x"), ("DateEquals", "x"), ("Bool", "x"), ("BinaryEquals", "x"),
        ("IpAddress", "10.0.0.0/33"), ("IpAddress", "10.0.0.0/255.0.0.0"), ("Null", "x"),
        ("StringLike", "${x"), ("NumericEquals", "${x:y}"),
        ("Equals", "x"), ("stringequals", "x"), ("NullIfExists", "true"), ("IfExists", "x"),
        ("ForAllValues:Null", "true"), ("ForSome:StringEquals", "x"),
    ],
)  # fmt: skip
def test_refused(name, wanted):
    with pytest.raises(ValueError, match=r"is not|does not"):
        condition(name, "x:k", (wanted,), True)


def test_null():
    """IAM User Guide, "Condition operator to check existence of condition keys"."""
    assert holds("Null", "true")
    assert not holds("Null", "false")
    assert holds("Null", "false", "a")
    assert not holds("Null", "true", "")
    assert holds("Null", ["true", "false"], "a")


def test_set_operators():
    """IAM User Guide, "Evaluation logic for condition set operators"."""
    attributes = ["PostDateTime", "Message", "Tags"]
    found = ("PostDateTime", "UserName")
    assert not holds("ForAllValues:StringEquals", attributes, *found)
    assert holds("ForAnyValue:StringEquals", attributes, *found)
    assert holds("ForAllValues:StringEquals", attributes, "Tags", "Message")
    assert holds("ForAnyValue:StringNotEquals", attributes, *found)
    assert not holds("ForAllValues:StringNotEquals", attributes, *found)
    assert not holds("ForAnyValue:StringNotEquals", attributes, "Tags")


def test_a_set_of_nothing_but_empty_text_is_empty():
    assert holds("ForAllValues:StringEquals", "a", "")
    assert not holds("ForAnyValue:StringEquals", "", "")


VALUES = st.lists(st.sampled_from("abc"), min_size=1, max_size=4)


@given(VALUES, VALUES)
def test_negation_is_nor_and_sets_follow_their_definitions(wanted, found):
    any_of, all_of = bool(set(wanted) & set(found)), set(found) <= set(wanted)
    assert holds("StringEquals", wanted, *found) is any_of
    assert holds("StringNotEquals", wanted, *found) is not any_of
    assert holds("ForAnyValue:StringEquals", wanted, *found) is any_of
    assert holds("ForAllValues:StringEquals", wanted, *found) is all_of
    assert holds("ForAllValues:StringNotEquals", wanted, *found) is not any_of
    assert holds("ForAnyValue:StringNotEquals", wanted, *found) is not all_of


def test_variables():
    assert holds("StringEquals", "${aws:username}", "ann")
    assert holds("StringLike", "home/${aws:username}/*", "home/ann/x")
    assert not holds("StringEquals", "${x:none}", "ann")
    assert holds("StringNotEquals", "${x:none}", "ann")
    assert holds("StringEquals", ["${x:none}", "ann"], "ann")
    assert holds("StringEquals", "${x:none, 'ann'}", "ann")
    assert holds("StringEquals", "${aws:username}", "${aws:username}", variables=False)
    assert not holds("StringEquals", "${x:two}", "a", **{"x:two": ["a", "b"]})


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.timezones()))
def test_dates_agree_with_the_standard_library(moment):
    moment = moment.replace(microsecond=0)
    if moment.utcoffset().total_seconds() % 60 == 0:
        assert read_date(moment.isoformat()) == int(moment.timestamp())
        assert read_date(str(int(moment.timestamp()))) in (int(moment.timestamp()), None) or (
            len(str(int(moment.timestamp()))) == 4
        )


def test_why_not_names_operator_key_and_value():
    request = Request(ANN, "s3:GetObject", "*", {"aws:PrincipalTag/team": "red"})
    found = condition("StringEquals", "aws:PrincipalTag/team", ("blue",), True)
    assert found.why_not(request) == (
        "Condition StringEquals compares aws:PrincipalTag/team with 'blue', "
        "and it is 'red' in the request"
    )
    assert "no such key" in condition(
        "Bool", "aws:MultiFactorAuthPresent", ("true",), True
    ).why_not(request)
    assert "be present" in condition("Null", "aws:x", ("false",), True).why_not(request)
