"""What a learner sees in JupyterLab, and what the reader of a report sees without a network."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from awsnb.sections import section

pytestmark = pytest.mark.browser

EBS = section("ebs-volume-types")
SIZE = EBS.scenario.fields()["size_gib"].label
EXPLORER = ".awsnb-explorer:not(.sketch)"
MADE_UP = "made-up.ipynb"
HEADLINE = f"{EXPLORER} .awsnb-numbers dd"
CURVE = f"{EXPLORER} .awsnb-area path.awsnb-line"
SCROLL = """() => {{
    const node = document.querySelector(".jp-WindowedPanel-outer");
    node.scrollTop = {};
}}"""
MARKS = """() => [...document.querySelectorAll(".jupyter-widgets-disconnected")]
    .map(node => getComputedStyle(node, "::before").content)"""
JOINED = "selector => [...document.querySelectorAll(selector)].map({}).join('|')"


def curves(page: Page) -> str:
    return page.evaluate(JOINED.format("path => path.getAttribute('d')"), CURVE)


def numbers(page: Page) -> str:
    return page.evaluate(JOINED.format("node => node.textContent"), HEADLINE)


def until(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    return condition()


def test_index_opens(lab) -> None:
    lab.open_notebook("00-index.ipynb")
    expect(lab.page.locator("h1").first).to_be_visible()
    lab.assert_clean()


def test_slider_redraws_plot_and_number_and_survives_a_reload(lab) -> None:
    page = lab.page
    lab.open_notebook(EBS.notebook.name)
    lab.run_all()
    page.locator(EXPLORER).scroll_into_view_if_needed()
    expect(page.locator(CURVE).first).to_be_attached()
    first_curves, first_numbers = curves(page), numbers(page)

    handle = lab.slider(SIZE)
    handle.scroll_into_view_if_needed()
    handle.focus()
    for _ in range(10):
        handle.press("ArrowLeft")
    assert until(lambda: curves(page) != first_curves)
    assert until(lambda: numbers(page) != first_numbers)
    lab.wait_until_idle()
    page.wait_for_timeout(1000)
    moved = curves(page), numbers(page), handle.input_value()
    lab.screenshot("ebs-volume-types-moved")
    lab.assert_clean()

    lab.save()
    page.reload()
    lab.wait_for_kernel()
    page.locator(EXPLORER).scroll_into_view_if_needed()
    expect(lab.slider(SIZE)).to_have_value(moved[2])
    assert until(lambda: numbers(page) == moved[1]), (numbers(page), moved[1])
    assert until(lambda: curves(page) == moved[0])
    lab.assert_clean()


def test_a_notebook_opened_without_its_kernel_shows_what_was_left_until_its_cell_runs(lab) -> None:
    page = made_up(lab)
    lab.slider("Size").press("ArrowRight")
    assert until(lambda: numbers(page) == "51")
    left = curves(page)
    lab.save()
    lab.stop_kernels()
    lab.open_notebook(MADE_UP)
    expect(page.get_by_text("Run its cell to move the controls")).to_be_visible()
    assert until(lambda: curves(page) == left)
    assert numbers(page) == "51"
    expect(page.get_by_text("model not found")).to_have_count(0)
    assert set(page.evaluate(MARKS)) == {"none"}
    expect(lab.slider("Size")).to_be_disabled()
    lab.run_made_up()
    expect(lab.page.locator(".awsnb-dead")).to_be_hidden()
    expect(lab.slider("Size")).to_be_enabled()
    assert until(lambda: numbers(page) == "50")
    lab.assert_clean()


def explorer_cell(page: Page) -> Locator:
    return page.locator(".jp-CodeCell", has=page.locator(EXPLORER)).first


def made_up(lab) -> Page:
    """Open the made-up section and run its Explorer."""
    lab.open_made_up()
    expect(lab.page.locator(CURVE).first).to_be_attached()
    expect(lab.page.locator(".awsnb-dead")).to_be_hidden()
    return lab.page


@pytest.mark.quiet
def test_a_fast_drag_over_a_slow_model_skips_stale_moves_and_ends_at_the_last(lab) -> None:
    page = made_up(lab)
    wait = page.get_by_label("Wait", exact=True).first
    wait.fill("300")
    wait.press("Enter")
    lab.wait_until_idle()
    before = int(numbers(page))
    for _ in range(20):
        lab.slider("Size").press("ArrowRight")
    assert until(lambda: numbers(page) == str(before + 20))
    lab.wait_until_idle()
    assert lab.slider("Size").input_value() == str(before + 19)  # stops begin at 1
    assert int(lab.run_cell(2)) < 12  # of the 22 moves
    lab.assert_clean()


def test_the_next_stop_is_painted_while_the_kernel_sleeps(lab) -> None:
    page = made_up(lab)
    kernel, told = int(lab.run_cell(3)), page.get_by_text("working…")
    slider = lab.slider("Size")
    slider.focus()
    assert until(lambda: lab.run_cell(2) == "3")  # 50, and a stop on either side
    slider.press("ArrowRight")
    assert until(lambda: lab.run_cell(2) == "5")  # 51 as the move, and 52
    slider.focus()
    os.kill(kernel, signal.SIGSTOP)
    try:
        for key, size in (("Right", 52), ("Left", 51), ("Left", 50), ("Left", 49)):
            slider.press(f"Arrow{key}")
            expect(page.locator(HEADLINE)).to_have_text(str(size))
        expect(told).to_be_hidden()
        slider.press("ArrowLeft")
        expect(told).to_be_visible()
    finally:
        os.kill(kernel, signal.SIGCONT)
    expect(page.locator(HEADLINE)).to_have_text("48")
    lab.wait_until_idle()
    left = curves(page)
    lab.save()
    page.reload()
    lab.wait_for_kernel()
    expect(page.locator(HEADLINE)).to_have_text("48")
    assert until(lambda: curves(page) == left)
    lab.assert_clean()


def test_a_text_of_many_lines_marks_where_it_is_wrong(lab) -> None:
    page = made_up(lab)
    area = page.get_by_label("Policy", exact=True)
    height = area.bounding_box()["height"]
    area.click()
    page.keyboard.press("Control+End")
    page.wait_for_timeout(100)  # headless, an Enter right after a jump to the end was lost
    page.keyboard.type("\n\n\n\n  x", delay=20)
    expect(page.locator(f"{EXPLORER} mark b")).to_have_text("x")
    expect(page.get_by_text("Extra data at line 7, column 3.")).to_be_visible()
    expect(area).to_have_attribute("aria-invalid", "true")
    assert area.bounding_box()["height"] > height + 30
    page.keyboard.press("Backspace")
    expect(page.locator(f"{EXPLORER} mark")).to_have_count(0)
    expect(area).to_be_focused()
    assert area.input_value().endswith("}\n\n\n\n  ")
    lab.assert_clean()


def test_an_exception_in_a_model_is_told_and_passes(lab) -> None:
    page = made_up(lab)
    size = page.get_by_label("Size", exact=True).first
    size.fill("13")
    size.press("Enter")
    problem = page.get_by_text("ZeroDivisionError: thirteen")
    expect(problem).to_be_visible()
    size.fill("14")
    size.press("Enter")
    expect(problem).to_be_hidden()
    assert until(lambda: numbers(page) == "14")
    lab.assert_clean()


def test_the_plot_outlasts_scrolling_far_away_and_running_again(lab) -> None:
    page = made_up(lab)
    for _ in range(2):
        page.evaluate(SCROLL.format("node.scrollHeight"))
        page.wait_for_timeout(400)
        page.evaluate(SCROLL.format("0"))
        expect(explorer_cell(page).locator(".awsnb-area path.awsnb-line").first).to_be_visible()
        lab.run_cell(1)
    lab.slider("Size").press("ArrowRight")
    assert until(lambda: numbers(page) == "51")
    assert page.locator(EXPLORER).count() == 1
    lab.assert_clean()


def test_a_prediction_is_made_by_keyboard(lab) -> None:
    lab.open_notebook(MADE_UP)
    lab.run_cell(4)
    card = lab.page.locator(".awsnb-lesson")
    card.get_by_role("slider").press("ArrowLeft")
    expect(card.get_by_text("Move the slider.")).to_be_hidden()
    card.get_by_text("a guess").click()
    card.get_by_role("button", name="Commit").press("Enter")
    expect(card.get_by_text("Seven.")).to_be_visible()
    lab.assert_clean()


def test_after_a_restart_the_page_can_be_run_again(lab) -> None:
    page = made_up(lab)
    lab.restart_kernel()
    lab.run_made_up()
    lab.slider("Size").press("ArrowRight")
    assert until(lambda: numbers(page) == "51")
    assert until(lambda: page.locator(CURVE).count() == 1)
    lab.assert_clean()


def test_a_save_after_a_restart_keeps_what_was_left(lab) -> None:
    page = made_up(lab)
    lab.slider("Size").press("ArrowRight")
    assert until(lambda: numbers(page) == "51")
    lab.save()
    lab.restart_kernel()
    lab.save()
    lab.open_notebook(MADE_UP)
    expect(page.get_by_text("Run its cell to move the controls")).to_be_visible()
    assert until(lambda: numbers(page) == "51")
    expect(page.get_by_text("model not found")).to_have_count(0)
    lab.assert_clean()


def test_report_shows_its_figures_without_a_network(browser: Browser, report_file: Path) -> None:
    context = browser.new_context(offline=True, viewport={"width": 1200, "height": 1600})
    page = context.new_page()
    errors, asked = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report_file.as_uri())
    expect(page.locator(".awsnb-area path.awsnb-line").first).to_be_visible()
    assert "gp2" in page.locator("body").inner_text()
    assert errors == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    context.close()
