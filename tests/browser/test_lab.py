"""What a learner sees in JupyterLab, and what the reader of a report sees without a network."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from awsnb.sections import section

pytestmark = pytest.mark.browser

EBS = section("ebs-volume-types")
SIZE = EBS.scenario.fields()["size_gib"].label
EXPLORER = ".awsnb-explorer"
HEADLINE = f"{EXPLORER} .awsnb-numbers dd"
CURVE = f"{EXPLORER} .js-line"
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


def test_report_shows_its_figures_without_a_network(browser: Browser, tmp_path: Path) -> None:
    page_file = tmp_path / "out.html"
    command = [sys.executable, "-c", "from awsnb.cli import app; app()", "report", EBS.slug]
    command += ["-p", "volume_type=gp2", "-p", "size_gib=20", "-o", str(page_file)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr

    context = browser.new_context(offline=True, viewport={"width": 1200, "height": 1600})
    page = context.new_page()
    errors, asked = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    expect(page.locator(".js-plotly-plot .js-line").first).to_be_visible()
    assert "gp2" in page.locator("body").inner_text()
    assert errors == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    context.close()
