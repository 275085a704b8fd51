"""A sketch in a browser: drawn with the pointer or by keys, and the model's curve on it."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from awsnb.lessons import Paper, record, sketch
from awsnb.lessons.predictions import Card
from awsnb.results import Curve, Panel, Result
from awsnb.scenario import Scenario

pytestmark = pytest.mark.browser

PAGE = """async ({program, style, values}) => {
  document.head.append(Object.assign(document.createElement("style"), {textContent: style}));
  const url = URL.createObjectURL(new Blob([program], {type: "text/javascript"}));
  const listeners = {};
  window.values = values;
  window.take = (verdict) => {
    values.verdict = verdict;
    listeners["change:verdict"]();
  };
  const model = {
    get: (name) => values[name], set: (name, value) => { values[name] = value; },
    save_changes: () => {}, on: (name, call) => { listeners[name] = call; }, off: () => {},
  };
  (await import(url)).default.render({model, el: document.querySelector("main")});
}"""
AREA = """() => {
  const ticks = [...document.querySelectorAll(".awsnb-area .awsnb-grid")].map((line) =>
    line.getBoundingClientRect());
  const head = document.querySelector(".awsnb-head").getBoundingClientRect();
  return [ticks[0].left, head.top, ticks[0].width, head.height];
}"""
CURVES = """() => [...document.querySelectorAll(".verdict .awsnb-area path.awsnb-line")]
  .map((path) => path.getAttribute("d"))"""


@pytest.fixture
def page(chromium: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    monkeypatch.setenv("AWSNB_PROGRESS", "off")
    record.begin("tanks")
    opened = chromium.new_page(viewport={"width": 800, "height": 700})
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    assert errors == []
    opened.close()


@pytest.fixture
def card(page: Page) -> Card:
    minutes = np.arange(101.0)
    panel = Panel("Left", "l", (Curve("left", "left", "served"),), x="min", x_title="Time (min)")
    result = Result(
        Scenario(), "a tank", "It runs dry.", (), {"min": minutes, "left": 100 - minutes}, (panel,)
    )
    card = Card(sketch("How does it go?", Paper(result, "Left", "left", 100), "Down.", "So."))
    page.set_content("<!doctype html><html lang=en data-theme=light><main></main></html>")
    values = {name: getattr(card, name) for name in ("me", "asked", "committed", "verdict")}
    page.evaluate(PAGE, {"program": card._esm, "style": card._css, "values": values})
    page.locator(".awsnb-area svg svg").wait_for(state="attached")
    return card


def commit(page: Page, card: Card) -> list[float]:
    page.get_by_text("fairly sure").click()
    page.get_by_role("button", name="Commit").click()
    said: Any = page.evaluate("window.values.committed")
    card.set_state({"committed": said})
    page.evaluate("verdict => window.take(verdict)", card.verdict)
    return said["guess"]


def test_a_curve_is_drawn_with_the_pointer(page: Page, card: Card) -> None:
    left, top, width, height = page.evaluate(AREA)
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + width / 2, top + height / 2, steps=7)
    expect(page.locator(".need")).to_have_text("Draw on, from end to end.")
    page.mouse.move(left + width, top + height, steps=7)
    page.mouse.up()
    expect(page.locator(".need")).to_have_text("Say how sure you are.")
    assert page.evaluate(CURVES) == []
    drawn = commit(page, card)
    np.testing.assert_allclose(drawn, np.linspace(100, 0, 49), atol=4)
    assert card.verdict["right"]
    expect(page.locator(".headline")).to_have_text("✓ Down.")
    expect(page.locator(".verdict .awsnb-legend li span")).to_have_text(["left", "your sketch"])
    assert len(page.evaluate(CURVES)) == 2
    assert not page.locator(".sketch").is_visible()


def test_a_curve_is_drawn_by_keys(page: Page, card: Card) -> None:
    head = page.locator(".awsnb-head")
    head.focus()
    for key in ["ArrowRight"] * 48 + ["PageUp", "PageUp", "ArrowDown"]:
        page.keyboard.press(key)
    expect(head).to_have_attribute("aria-valuetext", re.compile("your sketch 36"))
    drawn = commit(page, card)
    np.testing.assert_allclose(drawn, [0] * 48 + [36])
    assert not card.verdict["right"]
    off = np.abs(np.subtract(drawn, np.linspace(100, 0, 49))).mean()
    expect(page.locator(".verdict .muted").first).to_contain_text(f"{off:.0f} % of the paper")
