"""Every situation of every section's Explorer, in a browser: what a reader takes in at a glance."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from awsnb.controls import slider_stops
from awsnb.explorer import Explorer
from awsnb.sections import SECTIONS, Section, section

from ..unit.test_scenes import TIMES, twins
from .test_live_plot import COUNT, PAGE, encoded

pytestmark = pytest.mark.browser

HIGHEST = 900  # pixels, at 1,440 across
REFUSAL = 60  # pixels more, while what was refused stands below its control
REFUSED = "refused"
BESIDE_FILES = 1024  # pixels that JupyterLab leaves of 1,440 beside its list of files
READY = [one for one in SECTIONS if one.ready]
SHOWN = """() => {
  const all = (selector) =>
    [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  const pen = document.createElement("canvas").getContext("2d");
  const cut = all(".awsnb-explorer :not(.awsnb-offers) > select").filter((menu) => {
    pen.font = getComputedStyle(menu).font;
    const longest = Math.max(...[...menu.options].map(({text}) => pen.measureText(text).width));
    return longest + 26 > menu.clientWidth;
  });
  const boxOf = (one) => {
    const {left, right, top, bottom} = one.getBoundingClientRect();
    return [one.textContent, left, right, top + 2, bottom - 2];
  };
  return {
    height: document.querySelector(".awsnb-explorer").getBoundingClientRect().height,
    wide: document.documentElement.scrollWidth,
    cut: cut.map((menu) => menu.closest(".awsnb-control")?.innerText ?? "pace"),
    labels: all(".awsnb-panel svg[role=img]").map((one) =>
      [...one.querySelectorAll("text")].map(boxOf)),
    clocks: all(".awsnb-caption b").map((one) => one.textContent),
    legends: all(".awsnb-legend li").filter((one) => one.scrollWidth > one.clientWidth + 1)
      .map((one) => one.textContent),
  };
}"""


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[Page]:
    opened = chromium.new_page(viewport={"width": 1440, "height": 1000})
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    assert errors == []
    opened.close()


def opened(page: Page, section: Section, view: str) -> Explorer:
    explorer = Explorer(section, view=view)
    show(page, encoded(explorer.get_state()))
    return explorer


def show(page: Page, state: dict[str, Any]) -> None:
    page.set_content("<!doctype html><html lang=en data-theme=light><main></main></html>")
    page.evaluate(PAGE, {"program": Explorer._esm, "style": Explorer._css, "state": state})
    page.locator(".awsnb-area svg").first.wait_for(state="attached")
    page.wait_for_timeout(100)  # the moving picture comes after the plots


@cache
def told(section: Section, view: str) -> dict[str, dict[str, Any]]:
    """Return what a page is told as it opens, in each other situation, and where it is refused."""
    explorer = Explorer(section, view=view)
    states = {explorer.situation: encoded(explorer.get_state())}
    for situation in explorer._situations[view]:
        if situation not in states:
            explorer.choose(situation)
            states[situation] = encoded(explorer.get_state())
    if refused(explorer):
        states[REFUSED] = encoded(explorer.get_state())
    explorer.close()
    return states


def meet(one: list[Any], other: list[Any]) -> bool:
    return one[1] < other[2] and other[1] < one[2] and one[3] < other[4] and other[3] < one[4]


def faults(shown: dict[str, Any], width: int, highest: int = HIGHEST) -> list[str]:
    found = [f"a menu cuts its text off: {label}" for label in shown["cut"]]
    found += [f"a legend is cut off: {text}" for text in shown["legends"]]
    for labels in shown["labels"]:
        pairs = [(a[0], b[0]) for a, b in combinations(labels, 2) if meet(a, b)]
        found += [f"labels meet: {pair}" for pair in pairs]
        rows = [(text, top) for text, _, _, top, _ in labels]
        found += [
            f"an axis says {text} twice" for text, top in set(rows) if rows.count((text, top)) > 1
        ]
    found += [f"a clock without unit: {text}" for text in shown["clocks"] if not unit_in(text)]
    if width >= BESIDE_FILES and shown["height"] > highest:
        found.append(f"{shown['height']:.0f} pixels high")
    if shown["wide"] > width:
        found.append("it scrolls sideways")
    return found


def unit_in(clock: str) -> bool:
    return bool(re.search("[A-Za-z%]", clock))


def refused(explorer: Explorer) -> bool:
    """Ask for more than a field allows; say whether the view has a number that has an end."""
    specs = explorer._scenario_class.fields().values()
    ended = [spec for spec in specs if spec.kind in ("int", "float") and spec.high is not None]
    shown = [spec for spec in ended if spec.control and spec.name not in explorer.answer["hidden"]]
    if shown:
        first = min(shown, key=lambda spec: spec.advanced)
        explorer.set(**{first.name: str(int(10 * first.high) + 1)})
        assert explorer.problem
    return bool(shown)


@pytest.mark.parametrize("width", [1440, BESIDE_FILES, 800])
@pytest.mark.parametrize("section", READY, ids=lambda section: section.slug)
def test_an_explorer_is_taken_in_at_a_glance(window: Page, section: Section, width: int) -> None:
    window.set_viewport_size({"width": width, "height": 1000})
    found = {}
    for view in section.views:
        (begun, state), *others = told(section, view.name).items()
        show(window, state)
        found[view.name, begun] = faults(window.evaluate(SHOWN), width)
        for name, state in others if width >= BESIDE_FILES else []:
            window.evaluate("state => window.take(state)", state)
            window.wait_for_timeout(40)
            highest = HIGHEST + REFUSAL if name == REFUSED else HIGHEST
            found[view.name, name] = faults(window.evaluate(SHOWN), width, highest)
    assert not any(found.values()), {key: texts for key, texts in found.items() if texts}


@pytest.mark.parametrize("section", READY, ids=lambda section: section.slug)
def test_a_move_that_changes_no_axis_makes_no_element_of_a_plot(
    window: Page, section: Section
) -> None:
    window.set_viewport_size({"width": 1440, "height": 1000})
    explorer = opened(window, section, section.views[0].name)
    window.evaluate(COUNT.replace('"main"', '".awsnb-plot"'))
    specs = explorer._scenario_class.fields().values()
    sliders = [one for one in specs if one.kind in ("int", "float") and one.control]
    for spec in [one for one in sliders if not one.advanced and one.applies(explorer.values)]:
        stops = list(slider_stops(spec))
        middle = len(stops) // 2
        for value in stops[middle : middle + 4]:
            panels = explorer.panels
            window.evaluate("window.changedElements = 0")
            explorer.set(**{spec.name: value})
            window.evaluate("state => window.take(state)", encoded(explorer.get_state()))
            made = window.evaluate("() => Promise.resolve().then(() => window.changedElements)")
            assert made == 0 or explorer.panels != panels, (spec.name, value)
    explorer.close()


@pytest.mark.parametrize("slug", ["ebs-volume-types", "nlb", "scaling-policies"])
def test_the_picture_and_the_legend_read_the_same_moment(window: Page, slug: str) -> None:
    window.set_viewport_size({"width": 1440, "height": 1000})
    explorer = opened(window, section(slug), "")
    track = window.get_by_role("slider", name="Time", exact=True)
    read = "() => ['.awsnb-caption b', '.awsnb-at'].map(s => document.querySelector(s).textContent)"
    for place in range(0, 1001, 37):
        track.fill(str(place))
        clock, legend = window.evaluate(read)
        assert legend == f"at {clock}", place
    area = window.locator(".awsnb-area").first
    width = area.bounding_box()["width"]
    for across in range(80, int(width), 41):
        area.click(position={"x": across, "y": 30})
        clock, legend = window.evaluate(read)
        assert legend == f"at {clock}", across
    explorer.close()


LISTEN = """() => {
  if (window.written) return;
  const write = CanvasRenderingContext2D.prototype.fillText;
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  window.written = [];
  CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
    if (this.canvas.className === "awsnb-canvas") window.written.push(text);
    return write.call(this, text, ...at);
  };
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (this.canvas.className === "awsnb-canvas") window.written = [];
    return clear.call(this, ...box);
  };
}"""
SAID = """() => ({
  written: window.written,
  legends: [...document.querySelectorAll(".awsnb-legend li:has(b)")].map((one) =>
    [one.querySelector("span").textContent, one.querySelector("b").textContent]),
})"""
LONG = {"ec2": "credits", "ebs-volume-types": "volume", "efs": "throughput", "rds": "speed"}


def number(text: str) -> float:
    found = re.match(r"([-\d.,]+)( [kMG](?!\w))?", text)
    assert found, text
    factor = {None: 1, " k": 1e3, " M": 1e6, " G": 1e9}[found[2]]
    return float(found[1].replace(",", "")) * factor


def amount_of(place: str, written: list[str], vessel: bool) -> float:
    """Return the number that a place shows: before its name at an end point, else after it."""
    at = next(i for i in range(len(written)) if " ".join(written[i:]).startswith(place))
    return number(written[at + 1 if vessel else at - 1])


@pytest.mark.parametrize(("slug", "view"), LONG.items())
def test_the_picture_and_the_legend_say_the_same_number_of_a_long_series(
    window: Page, slug: str, view: str
) -> None:
    window.set_viewport_size({"width": 1440, "height": 1000})
    explorer = opened(window, section(slug), view)
    window.evaluate(LISTEN)
    track = window.get_by_role("slider", name="Time", exact=True)
    steps, compared = [*range(0, 1001, 125), *["PageUp"] * 8], 0
    for situation in explorer._situations[view]:
        explorer.choose(situation)
        window.evaluate("state => window.take(state)", encoded(explorer.get_state()))
        if explorer.result.scene is None:
            continue
        vessels = {one.name for one in explorer.result.scene.places if one.count is None}
        track.press("Home")
        for step in steps:
            track.press(step) if step == "PageUp" else track.fill(str(step))
            said = window.evaluate(SAID)
            for place, label in twins(slug, explorer.result).items():
                shown = amount_of(place, said["written"], place in vessels)
                read = number(dict(said["legends"])[label]) * TIMES.get((slug, place), 1)
                assert shown == pytest.approx(read, rel=0.006, abs=0.006), (situation, step, place)
                compared += 1
    explorer.close()
    assert compared > 50


def test_what_is_of_one_step_is_asked_anew_for_the_step_that_plays(window: Page) -> None:
    explorer = opened(window, section("aurora"), "log protocol")
    begun = explorer.values["step"]
    window.get_by_role("slider", name="Time", exact=True).press("Home")
    assert window.evaluate("window.asked.at(-1).values.step") == 0 != begun
    explorer.set(step=0)
    window.evaluate("state => window.take(state)", encoded(explorer.get_state()))
    assert window.locator(".awsnb-caption b").text_content() == "step 0"
    assert window.locator(".awsnb-field-step input[type=text]").input_value() == "0"
    explorer.close()


def test_a_drag_of_the_playhead_is_undone_at_once(window: Page) -> None:
    explorer = opened(window, section("aurora"), "log protocol")
    begun = explorer.values["step"]
    window.get_by_role("slider", name="Time", exact=True).evaluate(
        """track => {
          for (const place of [100, 300, 500, 700, 900]) {
            track.value = place;
            track.dispatchEvent(new Event("input"));
          }
          track.dispatchEvent(new Event("change"));
        }"""
    )
    steps = [one["values"]["step"] for one in window.evaluate("window.asked")]
    assert len(set(steps)) > 3 and steps[-1] != begun
    explorer.set(step=steps[-1])
    window.evaluate("state => window.take(state)", encoded(explorer.get_state()))
    undo = window.get_by_role("button", name="Undo")
    undo.click()
    assert window.evaluate("window.asked.at(-1).values.step") == begun
    expect(undo).to_be_disabled()
    explorer.close()


def test_between_two_bars_name_and_value_are_those_of_the_same(window: Page) -> None:
    window.set_viewport_size({"width": 1440, "height": 1000})
    explorer = opened(window, section("aurora"), "log protocol")  # a point is between 1 and 2
    panel = window.locator(".awsnb-panel").filter(has_text="Segments that have the record")
    expect(panel.locator(".awsnb-at")).to_have_text("at LSN 1")
    complete = panel.locator(".awsnb-legend li").filter(has_text="and all before it")
    expect(complete).to_contain_text(f"{explorer.result.data['complete'][0]:.0f}")
    explorer.close()
