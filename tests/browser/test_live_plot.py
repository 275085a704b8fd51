"""The Explorer's page by itself, in a browser without JupyterLab: what its drawing must hold to."""

import base64
import json
import re
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from awsnb import figures, sections
from awsnb.explorer import Explorer
from awsnb.results import Curve, Flow, Number, Panel, Place, Result, Scene
from awsnb.scenario import Preset, Scenario, field
from awsnb.sections import Section
from awsnb.view import View

pytestmark = pytest.mark.browser

PAGE = """async ({program, style, state}) => {
  document.head.append(Object.assign(document.createElement("style"), {textContent: style}));
  const url = URL.createObjectURL(new Blob([program], {type: "text/javascript"}));
  const listeners = {};
  const decode = (value) => value && value.base64 !== undefined
    ? new DataView(Uint8Array.from(atob(value.base64), (c) => c.charCodeAt(0)).buffer) : value;
  const values = {};
  window.take = (state) => {
    for (const [name, value] of Object.entries(state)) values[name] = decode(value);
    for (const call of listeners["change:answer"] ?? []) call();
  };
  window.asked = [];
  const model = {
    get: (name) => values[name], set: (name, value) => { values[name] = value; },
    save_changes: () => window.asked.push(structuredClone({values: values.values})),
    on: (name, call) => { (listeners[name] ??= []).push(call); }, off: () => {}, send: () => {},
  };
  for (const [name, value] of Object.entries(state)) values[name] = decode(value);
  (await import(url)).default.render({model, el: document.querySelector("main")});
}"""
COUNT = """() => {
  window.changedElements = 0;
  new MutationObserver((records) => {
    for (const {addedNodes, removedNodes} of records)
      for (const node of [...addedNodes, ...removedNodes])
        window.changedElements += node.nodeType === 1;
  }).observe(document.querySelector("main"), {subtree: true, childList: true});
}"""


class Tap(Scenario):
    """How far a tap is open."""

    size: int = field(50, label="Size", meaning="How large.", low=1, high=100)
    limit: int | None = field(
        None, label="Limit", meaning="At most.", low=1, high=100, unset="no limit"
    )
    heat: int | None = field(
        None, label="Heat", meaning="Degrees.", unit="°C", low=1, high=100,
        group="Boiler", advanced=True,
    )  # fmt: skip

    def in_force(self) -> dict[str, Any]:
        return {"heat": 40}


SECONDS = np.arange(0.0, 300.0, 3.0)
NAMES = np.array(["one", "two", "three"])
EVENTS = (
    (60.0, "a target fails"),
    (63.0, "taken out"),
    (66.0, "noticed by a person"),
    (291.0, "back"),
)
PANELS = (
    Panel(
        "Rates", "1/s",
        (
            Curve("asked", "asked", "demand"), Curve("served", "served", "served", compare=True),
            Curve("failed", "failed", "second"), Curve("late", "late", "third"),
        ),
        x="second", events=EVENTS,
    ),
    Panel("Latency", "ms", (Curve("latency_ms", "p99", "first", compare=True),),
          x="second", log=True, events=EVENTS),
    Panel("Each", "1/s", (Curve("each", "each", "first"), Curve("other", "other", "second"),
                          Curve("fair", "fair", "theory")), kind="bars", x="name"),
    Panel("Piled", "1/s", (Curve("each", "each", "first"), Curve("other", "other", "second")),
          kind="bars", x="name", stacked=True),
    Panel("Map", "ms", (Curve("map_ms", "wait", "first"),), kind="heat", x="load",
          rows="row", log=True),
    Panel("States", "", (Curve("state", "state", "first"),), kind="heat", x="load", rows="who",
          levels=("off", "on"), doubtful=()),
    Panel("Theory", "ms", (Curve("wait_ms", "wait", "first"), Curve("mm1_ms", "M/M/1", "theory")),
          x="load", doubtful=((0.8, 0.9, "unsteady"),)),
)  # fmt: skip


def run(tap: Tap) -> Result:
    load = np.linspace(0.1, 0.9, 9)
    data = {
        "second": SECONDS,
        "asked": np.full(100, 80.0),
        "served": np.where(SECONDS < 60, 80.0, tap.size),
        "failed": np.where(SECONDS < 60, 0.0, 80.0 - tap.size / 2),
        "late": np.where(SECONDS < 120, np.nan, 10.0),
        "latency_ms": np.where(SECONDS < 60, 5.0, 100.0 * tap.size),
        "name": NAMES,
        "each": np.array([10.0, 20.0, tap.size / 2]),
        "other": np.array([5.0, 5.0, 5.0]),
        "fair": np.array([12.0, 12.0, 12.0]),
        "load": load,
        "row": np.array([1.0, 2.0, 4.0]),
        "map_ms": np.outer([1, 10, 100], 1 / (1 - load)) * tap.size,
        "who": np.array(["a", "b"]),
        "state": np.outer([0, 1], np.ones(9)),
        "wait_ms": load * tap.size,
        "mm1_ms": tap.size / (1 - load),
    }
    number = Number("size", "Size", tap.size, str(tap.size), headline=True)
    why = f"Size {tap.size}."
    return Result(tap, f"size {tap.size}", why, (number,), data, PANELS, scene=scene(data))


def scene(data: dict[str, Any]) -> Scene:
    states = ((0.0, "ok", ""), (60.0, "bad", "refuses"), (291.0, "ok", ""))
    return Scene(
        alt="Clients, two targets, and who is served",
        x="second",
        places=(
            Place("clients", 0, count=data["asked"], note="a second"),
            Place("one", 1, data["failed"], 100.0, "waiting", states=states),
            Place("two", 1, data["served"], 60.0, "waiting"),
            Place("served", 2, count=data["served"], note="a second", tone="good"),
        ),
        flows=(
            Flow("clients", "one", data["asked"], 80.0),
            Flow("two", "served", data["served"], 80.0, "good"),
            Flow("served", "clients", data["failed"], 80.0, "bad", "tried again", back=True),
        ),
        events=EVENTS,
        words=((0.0, "All is well."), (60.0, "One refuses."), (291.0, "It is back.")),
    )


SITUATIONS = (Preset("Narrow", "Watch it drip.", {"size": 10}),)


def section() -> Section:
    made = Section(99, "taps", "Taps", "How fast?")
    view = View("tap", "How fast?", Tap, run, lambda result: result, SITUATIONS)
    made.__dict__["views"] = (view,)
    return made


def encoded(state: dict[str, Any]) -> dict[str, Any]:
    binary = (bytes, memoryview)
    return {
        name: {"base64": base64.b64encode(value).decode()} if isinstance(value, binary) else value
        for name, value in state.items()
        if not name.startswith("_") and name not in ("layout", "tooltip", "tabbable")
    }


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    made = Explorer(section())
    yield made
    made.close()


@pytest.fixture
def page(chromium: Browser, explorer: Explorer) -> Iterator[Page]:
    opened = chromium.new_page(viewport={"width": 1100, "height": 1400})
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    fill(opened, explorer)
    opened.locator(".awsnb-caption", has_text="One refuses.").wait_for()  # the picture follows
    yield opened
    assert errors == []
    opened.close()


def fill(page: Page, explorer: Explorer) -> None:
    page.set_content("<!doctype html><html lang=en data-theme=light><main></main></html>")
    page.evaluate(PAGE, {"program": Explorer._esm, "style": Explorer._css,
                         "state": encoded(explorer.get_state())})  # fmt: skip
    page.locator("path.awsnb-line").first.wait_for(state="attached")


def answer(page: Page, explorer: Explorer, **values: Any) -> None:
    explorer.set(**values)
    page.evaluate("state => window.take(state)", encoded(explorer.get_state()))


def paths(page: Page, panel: str) -> dict[str, str]:
    """Return the `d` of each line of a panel, by the style that its class names."""
    return page.evaluate(
        """title => Object.fromEntries([...document.querySelectorAll(".awsnb-panel")]
            .filter(one => one.querySelector("h4").textContent.startsWith(title))
            .flatMap(one => [...one.querySelectorAll(".awsnb-area path[class*=' awsnb-']")])
            .map(path => [path.getAttribute("class").split(" awsnb-")[1],
                          path.getAttribute("d")]))""",
        panel,
    )


def points(d: str) -> list[tuple[float, float]]:
    """Return the corners of a path of absolute M, L, H and V."""
    found, x, y = [], 0.0, 0.0
    for letter, numbers in re.findall(r"([MLHV])([-\d. ]+)", d):
        read = [float(number) for number in numbers.split()]
        x = read[0] if letter != "V" else x
        y = read[-1] if letter != "H" else y
        found.append((x, y))
    return found


def test_curves_stand_where_their_values_are_to_half_a_pixel(
    page: Page, explorer: Explorer
) -> None:
    picture = json.loads(explorer.panels)
    drawn = figures.curves(explorer.result)
    inner = page.locator(".awsnb-area svg svg").evaluate_all(
        "all => all.map(one => ['x', 'width', 'height'].map(one.getAttribute, one).map(Number))"
    )
    checked = 0
    for panel, (left, width, height) in zip(picture["panels"], inner, strict=True):
        axis, upright = picture["axes"][panel["axis"]], panel["y"]
        for line in panel["lines"]:
            if line["shape"] not in ("line", "steps"):
                continue
            x, y = drawn[line["slot"]]
            known = np.isfinite(y)
            tops = np.log10(y[known]) if upright["type"] == "log" else y[known]
            across = left + (x[known] - axis["low"]) / (axis["high"] - axis["low"]) * width
            down = (upright["high"] - tops) / (upright["high"] - upright["low"]) * (height - 4)
            corners = np.array(points(paths(page, panel["title"])[line["style"]]))
            for point in zip(across, down, strict=True):
                assert np.abs(corners - point).max(axis=1).min() < 0.5, (
                    panel["title"],
                    line,
                    point,
                )
            checked += 1
    assert checked == 7


def test_a_step_stands_at_its_event_and_not_before(page: Page) -> None:
    corners = points(paths(page, "Rates")["served"])
    falls = {round(x) for (x, y), (_, later) in pairwise(corners) if later != y}
    event = page.locator(".awsnb-panel").first.locator(".awsnb-event").first.get_attribute("d")
    assert falls == {round(float(event.split("M")[1].split()[0]))}
    slanted = [(a, b) for a, b in pairwise(corners) if a[0] != b[0] and a[1] != b[1]]
    assert not slanted


def test_bars_stand_beside_or_on_each_other(page: Page) -> None:
    beside, piled = paths(page, "Each"), paths(page, "Piled")
    starts = {style: re.findall(r"M([-\d.]+) ([-\d.]+)", d) for style, d in piled.items()}
    assert [x for x, _ in starts["first"]] == [x for x, _ in starts["second"]]
    assert [y for _, y in starts["first"]] != [y for _, y in starts["second"]]
    assert not set(re.findall(r"M([-\d.]+)", beside["first"])) & set(
        re.findall(r"M([-\d.]+)", beside["second"])
    )
    assert beside["theory"].count("M") == 3


def test_a_heat_map_has_a_colour_a_cell(page: Page, explorer: Explorer) -> None:
    colors = (
        page.locator(".awsnb-area canvas")
        .nth(1)
        .evaluate(
            """canvas => [1, 3].map(quarter => [...canvas.getContext("2d").getImageData(
            canvas.width / 2, canvas.height * quarter / 4, 1, 1).data].slice(0, 3))"""
        )
    )
    states = next(
        panel for panel in json.loads(explorer.panels)["panels"] if panel["title"] == "States"
    )
    shades = [[int(n) for n in re.findall(r"\d+", shade)] for shade in states["colors"]["shades"]]
    assert colors == shades  # the first row, "off", stands on top


def test_a_move_within_the_same_axes_makes_and_removes_no_element(
    page: Page, explorer: Explorer
) -> None:
    before, panels = paths(page, "Rates"), explorer.panels
    page.evaluate(COUNT)
    answer(page, explorer, size=49)
    page.wait_for_timeout(50)
    assert explorer.panels == panels
    after = paths(page, "Rates")
    assert after["served"] != before["served"] and after["demand"] == before["demand"]
    assert page.locator(".awsnb-numbers dd").text_content() == "49"
    assert page.evaluate("window.changedElements") == 0


def test_only_panels_whose_axes_change_are_built_anew(page: Page, explorer: Explorer) -> None:
    page.evaluate(
        "document.querySelectorAll('.awsnb-area > svg').forEach((one, i) => one.number = i)"
    )
    answer(page, explorer, size=90)
    kept = page.locator(".awsnb-area > svg").evaluate_all("all => all.map(one => one.number)")
    assert kept[5] == 5 and None in kept


@pytest.mark.parametrize("width", [1100, 800, 390])
def test_no_label_meets_another_and_nothing_is_cut_off(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1400})
    page.wait_for_timeout(150)
    for panel in page.locator(".awsnb-panel").all():
        boxes = panel.locator("svg[role=img] text").evaluate_all(
            """all => all.map(one => one.getBoundingClientRect())
                .map(({left, right, top, bottom}) => [left, right, top + 2, bottom - 2])"""
        )
        for one, other in combinations(boxes, 2):
            apart = (
                one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
            )
            assert apart, (panel.locator("h4").text_content(), one, other)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def luminance(color: str) -> float:
    red, green, blue = (int(number) / 255 for number in re.findall(r"\d+", color)[:3])
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)
    ]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(color: str, ground: str) -> float:
    dark, light = sorted([luminance(color), luminance(ground)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_lines_stand_out_in_both_themes(
    page: Page, explorer: Explorer, theme: str
) -> None:
    explorer.keep()
    answer(page, explorer, size=60)
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    ground = page.locator(".awsnb-explorer").evaluate(
        "one => getComputedStyle(one).backgroundColor"
    )
    texts = page.locator(".awsnb-explorer :is(label, dt, dd, p, span, b, h4, button:enabled)")
    colors = set(texts.evaluate_all("all => all.map(one => getComputedStyle(one).color)"))
    colors |= set(
        page.locator("svg text").evaluate_all("all => all.map(one => getComputedStyle(one).fill)")
    )
    assert min(contrast(color, ground) for color in colors) >= 4.5
    lines = page.locator("path.awsnb-line, path.awsnb-dash").evaluate_all(
        "all => all.map(one => getComputedStyle(one).stroke)"
    )
    bars = page.locator("path.awsnb-bar").evaluate_all(
        "all => all.map(one => getComputedStyle(one).fill)"
    )
    assert min(contrast(color, ground) for color in {*lines, *bars}) >= 3
    own = set(
        page.locator("path.awsnb-kept1").evaluate_all(
            "all => all.map(one => getComputedStyle(one).stroke)"
        )
    )
    others = page.locator("path.awsnb-line:not(.awsnb-kept1)")
    assert not own & set(others.evaluate_all("all => all.map(one => getComputedStyle(one).stroke)"))


def caption(page: Page) -> str:
    return page.locator(".awsnb-caption").inner_text().replace("\n", " ")


def inked(page: Page) -> int:
    """Count the pixels of the moving picture that are drawn on."""
    return page.locator(".awsnb-canvas").evaluate(
        """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
            .data.filter((value, i) => i % 4 === 3 && value).length"""
    )


def test_the_playhead_is_the_plots_time_axis(page: Page) -> None:
    track = page.get_by_role("slider", name="Time", exact=True)
    head = page.locator(".awsnb-head").first
    assert caption(page) == "60 s One refuses."  # it begins where something goes wrong
    assert "served 50" in head.get_attribute("aria-valuetext")
    track.press("Home")
    assert caption(page) == "0 s All is well." and "served 80" in head.get_attribute(
        "aria-valuetext"
    )
    head.press("End")
    assert caption(page) == "297 s It is back." and track.input_value() == "1000"
    track.press("PageDown")
    page.locator(".awsnb-caption", has_text="291 s").wait_for()
    thumb = track.bounding_box()
    share = int(track.input_value()) / 1000
    middle = thumb["x"] + 8 + share * (thumb["width"] - 16)
    line = head.bounding_box()
    assert middle == pytest.approx(line["x"] + line["width"] / 2, abs=1.5)


def test_a_logarithmic_axis_follows_the_picture(page: Page) -> None:
    fill(page, Explorer(sections.section("connection-draining")))
    page.locator(".awsnb-caption", has_text=re.compile(r"\d s")).wait_for()
    track = page.get_by_role("slider", name="Time", exact=True)
    head = page.locator(".awsnb-head").first
    for key, after_s in [("Home", 0.1), ("PageUp", 300), ("End", 3600)]:
        track.press(key)
        place = float(head.get_attribute("aria-valuenow"))
        assert 10**place == pytest.approx(after_s, rel=0.001, abs=0.12)  # as it is sent


def test_it_plays_only_when_asked_and_stops_at_the_end(page: Page) -> None:
    before = caption(page)
    page.wait_for_timeout(300)
    assert caption(page) == before and inked(page) > 2_000
    page.get_by_label("How fast it plays").select_option("fast")
    page.get_by_role("button", name="Play the run").click()
    moved = "before => document.querySelector('.awsnb-caption').innerText !== before"
    page.wait_for_function(moved, arg=page.locator(".awsnb-caption").inner_text())
    page.get_by_role("button", name="Pause").click()
    stopped = caption(page)
    page.wait_for_timeout(200)
    assert caption(page) == stopped


def test_who_asks_for_less_motion_goes_from_event_to_event(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("slider", name="Time", exact=True).press("Home")
    page.get_by_role("button", name="Play the run").click()
    page.wait_for_timeout(300)
    assert caption(page) == "0 s All is well."  # nothing glides
    page.get_by_text("One refuses.").wait_for()
    assert caption(page) == "60 s One refuses."
    page.get_by_role("button", name="Pause").click()


def test_the_picture_has_a_name_and_a_twin_in_words_and_numbers(page: Page) -> None:
    assert page.locator(".awsnb-canvas").get_attribute("aria-label").startswith("Clients, two")
    page.get_by_text("In words and numbers").click()
    rows = page.locator(".awsnb-twin tr").all_inner_texts()
    assert rows[0].split("\t") == ["time", "what happens", "one", "two"]
    assert rows[2].split("\t") == ["60 s", "One refuses.", "55 waiting refuses", "50 waiting"]
    assert len(rows) == 1 + 6  # the beginning, four events, the end


def test_every_panel_has_words_for_who_does_not_see_it(page: Page) -> None:
    labels = page.locator("svg[role=img]").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert labels == [f"{panel.title}. size 50. Size 50." for panel in PANELS]


def test_the_legend_reads_the_values_where_the_reader_looks(page: Page) -> None:
    head = page.locator(".awsnb-head").first
    head.press("Home")
    assert "served 80" in head.get_attribute("aria-valuetext")
    head.press("End")
    assert "served 50" in head.get_attribute("aria-valuetext")
    legend = page.locator(".awsnb-legend").nth(1)  # the panel below, on the same axis
    assert legend.locator("b").text_content() == "5 s"


def test_a_control_left_out_shows_what_is_in_force_and_moves_on_from_there(page: Page) -> None:
    limit, heat = (page.locator(f".awsnb-field-{name}") for name in ("limit", "heat"))
    assert limit.locator("input[type=text]").input_value() == "no limit"
    slider = limit.locator("input[type=range]")
    assert slider.input_value() == slider.get_attribute("max")
    slider.press("ArrowLeft")
    assert page.evaluate("window.asked.at(-1).values.limit") == 100
    assert page.locator(".awsnb-fold small").text_content() == "Heat: 40 °C"
    page.locator(".awsnb-fold summary").click()
    heat.locator("input[type=range]").press("ArrowRight")
    assert page.evaluate("window.asked.at(-1).values.heat") == 41


def test_the_situation_stays_until_something_moves_and_then_says_what(
    page: Page, explorer: Explorer
) -> None:
    page.get_by_role("radio", name="Narrow").click()
    explorer.choose("Narrow")
    assert page.evaluate("window.asked.length") == 1
    assert page.locator(".awsnb-top h2").text_content() == "Narrow"
    assert page.locator(".awsnb-watch").text_content() == "Watch it drip."
    page.locator(".awsnb-field-size input[type=range]").press("ArrowRight")
    assert page.evaluate("window.asked.at(-1).values.size") == 11
    answer(page, explorer, size=11)
    assert page.locator(".awsnb-top h2").text_content() == "Narrowchanged: size 11"
    assert page.locator(".awsnb-watch").text_content() == "Before your change: Watch it drip."
    page.get_by_role("button", name="was 10").click()
    assert page.locator(".awsnb-top h2").text_content() == "Narrow"
    page.get_by_role("button", name="Undo").click()
    assert page.evaluate("window.asked.at(-1).values.size") == 11


def test_an_answer_to_an_earlier_question_takes_no_later_move_back(
    page: Page, explorer: Explorer
) -> None:
    box = page.locator(".awsnb-field-limit input[type=text]")
    box.fill("30")
    box.press("Enter")
    for _ in range(2):
        page.locator(".awsnb-field-size input[type=range]").press("ArrowRight")
    earlier = encoded(explorer.get_state())
    late = {"values": explorer.values | {"limit": 30}, "answer": explorer.answer | {"of": 1}}
    page.evaluate("state => window.take(state)", {"panels": earlier["panels"]} | late)
    page.locator(".awsnb-field-size input[type=range]").press("ArrowRight")
    assert page.evaluate("window.asked.at(-1).values.size") == 53
    assert page.evaluate("window.asked.at(-1).values.limit") == "30"


def test_a_kept_run_is_called_by_what_differs(page: Page, explorer: Explorer) -> None:
    explorer.keep()
    answer(page, explorer, size=60)
    assert page.locator(".awsnb-kept p span").text_content() == "Kept: size 50"
    assert page.locator("li.awsnb-kept1 span").first.text_content() == "kept: size 50"
    answer(page, explorer, limit=7)
    assert (
        page.locator("li.awsnb-kept1 span").first.text_content() == "kept: size 50, limit no limit"
    )
    assert page.locator(".awsnb-numbers small").text_content() == "50 kept"


def test_a_kept_runs_name_is_short_and_its_tooltip_whole(page: Page, explorer: Explorer) -> None:
    explorer.keep()
    answer(page, explorer, size=60, limit=100, heat=99)
    name = page.locator(".awsnb-kept p span")
    assert name.text_content() == "Kept: size 50, limit no limit +1"
    assert name.get_attribute("title") == "size 50, limit no limit, heat not set"
    assert page.locator("li.awsnb-kept1 span").first.get_attribute("title").startswith("size 50,")
