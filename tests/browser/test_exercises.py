"""Exercises on a page tell an answer what Python tells it, and keep what is right to themselves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from awsnb.lessons import Exercise, check
from awsnb.site import parts, shell

pytestmark = pytest.mark.browser

SIZE = Exercise("Exercise 1", 1600, "GiB", within=0.01, hint="Mind the bucket.")
RATIO = Exercise("Exercise 2", 0.375, hint="Divide.")
WHAT = Exercise("Exercise 3", "instance", choices=("volume", "instance"), hint="Take it away.")
POLICY = Exercise("Exercise 4", "all 400 requests")
ASKED = (SIZE, RATIO, WHAT, POLICY)


@pytest.fixture
def page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    file = tmp_path / "page.html"
    file.write_text(shell.page("Made up", "made-up", "".join(map(parts.exercise, ASKED))))
    context = chromium.new_context()
    opened = context.new_page()
    opened.goto(file.as_uri())
    yield opened
    context.close()


def told(page: Page, exercise: Exercise, answer: str) -> str:
    """Give an answer on the page, and return what the page says to it."""
    own = page.locator(".exercise", has=page.locator(f"b:text-is('{exercise.name}')"))
    field = own.get_by_label("your answer")
    if exercise.choices:
        field.select_option(answer)
    else:
        field.fill(answer)
    own.get_by_role("button", name="Check").click()
    expect(own.locator(".told-of")).to_contain_text(exercise.name)
    return own.locator(".told-of").inner_text()


def said(exercise: Exercise, answer: str) -> str:
    """Return what Python says to an answer."""
    return check(
        exercise.name,
        answer,
        exercise.truth,
        unit=exercise.unit,
        choices=exercise.choices,
        within=exercise.within,
        hint=exercise.hint,
    ).text


@pytest.mark.parametrize(
    ("exercise", "answer"),
    [
        *((SIZE, one) for one in ("1600", "1,616", " 1584.5 ", "1583", "1617", "-5", "1e3", "0")),
        *((SIZE, one) for one in ("1600 GiB", "1,600GiB", "2,345,678")),
        *((RATIO, one) for one in ("0.375", ".375", "0.378", "0.38", "3", "0.375001")),
        *((WHAT, one) for one in WHAT.choices),
    ],
)
def test_the_page_says_what_python_says(page: Page, exercise: Exercise, answer: str) -> None:
    assert told(page, exercise, answer) == said(exercise, answer)


@pytest.mark.parametrize("answer", ["long", "", "12 GB", "NaN"])
def test_what_is_no_number_is_asked_for_again(page: Page, answer: str) -> None:
    assert told(page, SIZE, answer) == "Exercise 1: answer with a number (GiB)."


def test_a_comma_for_a_decimal_point_is_no_thousand(page: Page) -> None:
    said_so = "A decimal takes a point."
    assert told(page, SIZE, "1600,0") == f"Exercise 1: answer with a number (GiB). {said_so}"
    assert said(SIZE, "1600,0") == f"Exercise 1: '1600,0' is not a number (GiB). {said_so}"


def test_what_is_right_comes_back_and_what_is_wrong_does_not(page: Page) -> None:
    told(page, SIZE, "1600")
    told(page, RATIO, "3")
    page.reload()
    expect(page.get_by_label("Exercise 1: your answer")).to_have_value("1600")
    expect(page.locator(".told-of").first).to_have_text(said(SIZE, "1600"))
    expect(page.get_by_label("Exercise 2: your answer")).to_have_value("")


def test_no_answer_stands_in_the_page_and_a_policy_needs_the_model(page: Page) -> None:
    html = page.locator("main").inner_html()
    for hidden in ("1600", "1,600", "0.375", "Mind the bucket", "400 requests"):
        assert hidden not in html
    expect(page.get_by_text("Exercise 4 needs the model")).to_be_visible()
