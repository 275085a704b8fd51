"""The coding of a page's answers: what comes back is what went in, to a step."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from awsnb.page import packed
from awsnb.site import coding

HEAD = 24


def unpacked(column: bytes) -> np.ndarray:
    """Read a packed column as the page does: see `unpack` in explorer.js."""
    low, high, log = np.frombuffer(column[:HEAD], "<f8")
    steps = np.frombuffer(column[HEAD:], "<u2")
    values = low + (high - low) * steps / 65_534
    return np.where(steps == 65_535, np.nan, 10**values if log else values)


values = st.floats(-1e9, 1e9) | st.sampled_from([np.nan, np.inf, -np.inf, 0.0])


@given(st.lists(arrays(np.float64, st.integers(0, 40), elements=values), max_size=5))
@example([np.array([0.0, 5e-324])])
def test_columns_come_back_within_half_a_step(columns):
    _, back = coding.read(coding.written({}, [packed(one) for one in columns]))
    assert len(back) == len(columns)
    for before, after in zip(columns, map(unpacked, back), strict=True):
        finite = np.isfinite(before)
        assert (np.isnan(after) == ~finite).all()
        span = np.ptp(before[finite]) if finite.any() else 0.0
        step = span / coding.FINEST
        # half of ours, half of the 65,534 before, and what a float64 can't hold
        slack = step / 2 + span / 65_534 + 1e-15 * np.abs(before[finite]).max(initial=0.0)
        assert (np.abs(after[finite] - before[finite]) <= slack).all()


def test_logarithms_come_back_as_ratios():
    before = np.geomspace(1e-3, 1e6, 200)
    _, (after,) = coding.read(coding.written({}, [packed(before, log=True)]))
    assert np.abs(np.log10(unpacked(after)) - np.log10(before)).max() <= 9 / coding.FINEST


def test_the_ends_are_exact():
    before = np.array([-3.25, 0.1, 7.5])
    _, (after,) = coding.read(coding.written({}, [packed(before)]))
    assert unpacked(after)[[0, 2]].tolist() == [-3.25, 7.5]


def test_texts_come_back_as_they_were():
    book = {"words": ["a </script> b", "ü", {"none": None}], "n": 1.5}
    assert coding.read(coding.written(book, []))[0] == book


def test_a_thing_has_one_number():
    once = coding.Once()
    assert [once.number(thing) for thing in ("a", "b", "a")] == [0, 1, 0]
    assert once.things == ["a", "b"]


def test_equal_columns_are_small():
    noise = np.random.default_rng(1).normal(size=1000)
    smooth = np.sin(np.linspace(0, 3, 1000))
    assert len(coding.written({}, [packed(smooth)])) < 0.7 * len(
        coding.written({}, [packed(noise)])
    )


@pytest.mark.parametrize("cut", [5, 40])
def test_what_was_cut_off_is_not_read(cut):
    data = coding.written({"a": 1}, [packed(np.arange(50.0))])
    with pytest.raises(Exception, match=r"incomplete|invalid|Expecting"):
        coding.read(data[:-cut] if cut < len(data) else b"")
