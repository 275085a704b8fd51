"""Pages of the site, opened as files: they ask for nothing, and answer what the models answer.

`AWSNB_SITE` names a folder with a site; without it a small one of two lessons is made. What holds
of every lesson is tried on all that are there.
"""

import json
import os
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Request, expect

from awsnb import claims
from awsnb.explorer import Explorer
from awsnb.lessons.sketches import PLACES
from awsnb.sections import SECTIONS, Section, section
from awsnb.site import build, coding, parts

pytestmark = pytest.mark.browser

LESSON, OTHER = "04-ebs-volume-types.html", "01-iam.html"
LARGEST = 1_500_000
LINKED = 4  # questions of each book, chosen at random, that are compared with the model on the page
BAKED = 12  # and in the book, with all their curves
HIGHEST = 900  # pixels of an Explorer, from its situations to its last plot
NEEDS_A_KERNEL = re.compile(r"\b[Kk]ernel\b|run the cell|Run All")
each_lesson = pytest.mark.parametrize(
    "one", [pytest.param(one, id=one.slug) for one in SECTIONS if one.ready]
)
MEETING = """() => [...document.querySelectorAll(".explorer .awsnb-control:not(.awsnb-text)")]
  .filter((control) => {
    const [label, field] = [control.querySelector("label"), control.querySelector("input, select")];
    if (!label || !field?.checkVisibility()) return false;
    const range = document.createRange();
    range.selectNodeContents(label);
    const [words, box] = [range.getBoundingClientRect(), field.getBoundingClientRect()];
    return words.right > box.left + 2 && words.bottom > box.top + 2 && words.top < box.bottom - 2;
  }).map((control) => control.innerText)"""

SIDEWAYS = """() => [...document.querySelectorAll(".rest .scroll")]
  .filter((part) => part.checkVisibility() && part.scrollWidth > part.clientWidth + 1)
  .map((part) => part.innerText.slice(0, 80))"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if "AWSNB_SITE" in os.environ:
        return Path(os.environ["AWSNB_SITE"])
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(build, "BOOKS_BYTES", 130_000)
        build.write_site(folder, [section("ebs-volume-types"), section("iam")])
    return folder


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1100, "height": 900})
    opened = context.new_page()
    opened.errors, opened.asked = [], []
    opened.on("pageerror", lambda error: opened.errors.append(str(error)))
    opened.on("request", lambda request: _note(request, opened.asked))
    yield opened
    assert opened.errors == []
    assert opened.asked == []
    context.close()


def _note(request: Request, asked: list[str]) -> None:
    is_page = request.is_navigation_request() and request.url.startswith("file:")
    if not is_page and not request.url.startswith(("data:", "blob:")):
        asked.append(request.url)


def reload(page: Page) -> None:
    """Reload as late as a reader would: Chromium keeps what a page writes only a moment later."""
    page.wait_for_timeout(1500)
    page.reload()


def commit(page: Page) -> None:
    for card in page.locator(".prediction").all():
        slider = card.locator("input[type=range]")
        head = card.locator(".sketch .awsnb-head")
        if slider.count():
            slider.press("ArrowRight")
        elif head.count():
            for _ in range(2 * PLACES):  # a page that is still laid out may miss some
                head.press("ArrowRight")
        else:
            card.locator(".choices label").first.click()
        card.locator(".sure label").first.click()
        card.get_by_role("button", name="Commit").click()


def test_the_answer_is_nowhere_until_the_reader_commits(page: Page, site: Path) -> None:
    page.goto((site / LESSON).as_uri())
    expect(page.locator(".prediction")).to_have_count(4)
    expect(page.locator(".rest")).to_be_hidden()
    assert "For 40 minutes" not in page.content()
    commit(page)
    expect(page.locator(".rest")).to_be_visible()
    expect(page.locator(".verdict").first).to_contain_text("For 40 minutes")
    reload(page)
    expect(page.locator(".verdict").first).to_contain_text("For 40 minutes")
    expect(page.locator(".verdict").last).to_contain_text("your sketch")
    expect(page.locator(".rest")).to_be_visible()


def test_the_explorer_answers_as_the_model_does(page: Page, site: Path) -> None:
    page.goto((site / LESSON).as_uri())
    page.get_by_role("button", name="Skip the questions").click()
    why = page.locator(".explorer .awsnb-why")
    expect(why).to_contain_text("Throttled for")
    page.locator(".awsnb-field-volume_type select").select_option("gp3")
    size = page.locator(".awsnb-field-size_gib input[type=range]")
    size.press("End")
    values = {"volume_type": "gp3", "size_gib": 65_536, "workload": "nightly-batch"}
    ebs = section("ebs-volume-types")
    told = ebs.simulate(ebs.scenario(**values))
    expect(why).to_have_text(re.compile(_spaced(told.why)))
    headline = next(number.text for number in told.numbers if number.headline)
    expect(page.locator(".awsnb-numbers dd").first).to_have_text(headline)

    page.get_by_role("button", name="Keep this run").click()
    page.locator(".awsnb-field-size_gib input[type=text]").fill("70")
    page.locator(".awsnb-field-size_gib input[type=text]").press("Enter")
    expect(page.locator("li.awsnb-kept1").first).to_contain_text("kept: size 65,536 GiB")
    page.get_by_role("button", name="Undo").click()
    expect(why).to_have_text(re.compile(_spaced(told.why)))
    page.get_by_role("radio", name="A boot storm on a small disk").click()
    storm = next(preset for preset in ebs.presets if preset.name == "A boot storm on a small disk")
    expect(why).to_have_text(re.compile(_spaced(ebs.simulate(ebs.scenario(**storm.values)).why)))

    page.get_by_role("button", name="Keep this run").click()
    kept = page.locator(".awsnb-legend", has=page.locator("li.awsnb-kept2")).first
    track = page.get_by_role("slider", name="Time", exact=True)
    for place in range(0, 1001, 91):  # a run beside itself says the same twice
        track.fill(str(place))
        _, served, *_, again = kept.locator("li b").all_text_contents()
        assert served == again, place


def test_a_state_is_a_link(page: Page, site: Path) -> None:
    page.goto(
        (site / LESSON).as_uri() + '#["volume","A nightly batch on gp2",{"volume_type":"gp3"}]'
    )
    page.get_by_role("button", name="Skip the questions").click()
    expect(page.locator(".awsnb-top h2")).to_contain_text("changed: volume type gp3")


def test_a_move_without_a_baked_answer_snaps_to_one(page: Page, site: Path) -> None:
    page.goto((site / LESSON).as_uri())
    page.get_by_role("button", name="Skip the questions").click()
    box = page.locator(".awsnb-field-size_gib input[type=text]")
    box.fill("101")
    box.press("Enter")
    expect(page.locator(".awsnb-busy")).to_be_hidden()
    assert re.fullmatch(r"[\d,]+ GiB", box.input_value())


def test_the_other_page_reads_and_moves(page: Page, site: Path) -> None:
    page.goto((site / OTHER).as_uri())
    page.get_by_role("button", name="Skip the questions").click()
    page.locator(".awsnb-field-what_if select").select_option(index=1)
    expect(page.locator(".awsnb-top h2 em")).to_contain_text("changed")
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")


def test_the_index_finds_a_page(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.locator("#search").fill("BurstBalance")
    found = page.locator(".found a").first
    expect(found).to_contain_text("EBS volume types")
    found.click()
    expect(page.locator("h1")).to_have_text("EBS volume types")


def test_claims_are_chosen_and_lead_to_their_cells(page: Page, site: Path) -> None:
    page.goto((site / "claims.html").as_uri())
    rows = page.locator(".claims tbody tr")
    expect(rows.locator("visible=true")).to_have_count(0)
    page.get_by_label("section").select_option("ebs-volume-types")
    chosen = claims.of("ebs-volume-types")
    expect(rows.locator("visible=true")).to_have_count(len(chosen))
    page.get_by_label("verdict").select_option("changed")
    changed = [one for one in chosen if one.verdict == "changed"]
    expect(page.locator("output")).to_have_text(
        f"{len(changed)} of {len(claims.load())} facts and errata"
    )
    page.get_by_label("words").fill("f065")
    expect(rows.locator("visible=true")).to_have_count(1)
    page.get_by_role("link", name="see E17").click()
    expect(page.locator("#E17")).to_be_in_viewport()
    page.locator("#E17").get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("EBS volume types")
    expect(page.get_by_role("heading", name="What changed")).to_be_in_viewport()
    page.set_viewport_size({"width": 390, "height": 800})
    page.go_back()
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")


def test_every_link_of_the_claims_leads_somewhere(site: Path) -> None:
    text = (site / "claims.html").read_text(encoding="utf-8")
    for name, anchor in set(re.findall(r'href="([\w-]+\.html)#([^"]+)"', text)):
        assert f'id="{anchor}"' in (site / name).read_text(encoding="utf-8"), f"{name}#{anchor}"


def test_what_is_done_is_kept_counted_and_forgotten_when_asked(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    expect(page.locator(".hero .kicker")).to_have_text("Start here")
    expect(page.get_by_role("button", name="Start over")).to_have_count(0)
    page.goto((site / OTHER).as_uri())
    commit(page)
    expect(page.locator(".progress")).to_contain_text("Done: 3 of 3 predictions.")
    page.goto((site / LESSON).as_uri())
    page.get_by_role("button", name="Skip the questions").click()
    what = page.get_by_label("Exercise 3: your answer")
    what.select_option("instance")
    what.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".progress")).to_contain_text("0 of 4 predictions and 1 of 3 exercises")

    page.goto((site / "index.html").as_uri())
    expect(page.locator("[data-section=iam] .minutes")).to_contain_text("✓ done")
    expect(page.locator("a[data-section=ebs-volume-types]")).to_contain_text("1 of 7 answered")
    expect(page.locator(".hero .kicker")).to_have_text("Go on")
    expect(page.locator(".hero h2")).to_have_text("EBS volume types")
    page.get_by_role("button", name="Start over").click()
    page.get_by_role("button", name="Forget all answers?").click()
    expect(page.locator(".minutes b")).to_have_count(0)


def test_dark_is_remembered(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.locator("#theme").click()
    theme = page.locator("html").get_attribute("data-theme")
    page.goto((site / OTHER).as_uri())
    assert page.locator("html").get_attribute("data-theme") == theme == "dark"


def test_without_programs_all_is_read_but_no_answer(chromium: Browser, site: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / LESSON).as_uri())
    expect(page.locator(".rest")).to_be_visible()
    expect(page.get_by_text("For how long can it do that?")).to_be_visible()
    assert "For 40 minutes" not in page.inner_text("body")
    context.close()


def test_pages_are_light_and_made_once(site: Path) -> None:
    ebs = section("ebs-volume-types")
    explorer = Explorer(ebs)
    (made_of,) = build._books(site / LESSON)
    assert made_of == build.made_from(ebs, explorer)
    explorer.close()
    for file in site.glob("*.html"):
        assert file.stat().st_size <= LARGEST, file.name
    assert not list(site.glob(f"{build.ANSWERS}*"))


def _page_of(site: Path, one: Section) -> Path:
    file = site / parts.page_name(one.notebook.stem)
    if not file.exists():
        pytest.skip("not among these pages")
    return file


def _book(file: Path) -> dict[str, Any]:
    (data,) = build._books(file).values()
    told, _ = coding.read(data)
    return told


def _show_all(page: Page) -> None:
    skip = page.get_by_role("button", name=re.compile("Skip the question"))
    if skip.count():
        skip.click()
    expect(page.locator(".explorer .awsnb-why")).not_to_be_empty()


@each_lesson
def test_every_situation_and_what_is_linked_is_answered_as_the_model_does(
    page: Page, site: Path, one: Section
) -> None:
    file = _page_of(site, one)
    book = _book(file)
    page.goto(file.as_uri())
    _show_all(page)
    for view in book["form"]["views"]:
        if len(book["form"]["views"]) > 1:
            page.get_by_role("tab", name=view["name"], exact=True).click()
        for situation in view["situations"]:
            if len(view["situations"]) > 1:
                page.get_by_role("radio", name=situation["name"], exact=True).click()
            _is_answered(page, one, view, situation["name"], {})
    views = {view["name"]: view for view in book["form"]["views"]}
    chosen = np.random.default_rng(one.number).choice(len(book["asked"]), LINKED, replace=False)
    for name, situation, changes in (book["asked"][number] for number in chosen):
        page.goto(f"{file.as_uri()}#{quote(json.dumps([name, situation, changes]))}")
        reload(page)
        _is_answered(page, one, views[name], situation, changes)


def _is_answered(
    page: Page, one: Section, view: dict[str, Any], situation: str, changes: dict[str, Any]
) -> None:
    """Compare what an Explorer says with what the model says."""
    room = one.view(view["name"])
    home = next(known["values"] for known in view["situations"] if known["name"] == situation)
    specs, values = room.scenario.fields(), home | changes
    applied = {name: value for name, value in values.items() if specs[name].applies(values)}
    try:
        told = room.simulate(room.scenario(**applied))
    except ValueError:
        expect(page.locator(".explorer .awsnb-problem:visible")).to_have_count(1)
        return
    expect(page.locator(".explorer .awsnb-why")).to_have_text(re.compile(_spaced(told.why)))
    first = next(number.text for number in told.numbers if number.headline)
    expect(page.locator(".awsnb-numbers dd").first).to_have_text(re.compile(_spaced(first)))


@each_lesson
def test_what_is_baked_is_what_the_model_says(
    site: Path, one: Section, compare_baked: Callable[..., None]
) -> None:
    (data,) = build._books(_page_of(site, one)).values()
    told, columns = coding.read(data)
    rng = np.random.default_rng(100 + one.number)
    for number in rng.choice(len(told["asked"]), BAKED, replace=False):
        compare_baked(one, told, columns, number)


@each_lesson
def test_every_situation_is_seen_at_once(page: Page, site: Path, one: Section) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(_page_of(site, one).as_uri())
    _show_all(page)
    explorer, views = page.locator(".explorer .awsnb-explorer"), page.locator(".awsnb-tab")
    for view in range(max(views.count(), 1)):
        if views.count() > 1:
            views.nth(view).click()
        for situation in page.locator(".awsnb-situation").all():
            if situation.is_visible():
                situation.click()
            box = explorer.bounding_box()
            assert box and box["height"] <= HIGHEST, situation.text_content()


@each_lesson
def test_a_copied_state_leads_back_to_it(page: Page, site: Path, one: Section) -> None:
    page.goto(_page_of(site, one).as_uri())
    _show_all(page)
    _move_something(page)
    if page.locator(".explorer .awsnb-problem:visible").count():
        page.get_by_role("button", name="Undo").click()
    heading, why = page.locator(".awsnb-top h2"), page.locator(".explorer .awsnb-why")
    before = heading.text_content(), why.text_content()
    page.get_by_role("button", name="Copy state").click()
    expect(page.locator(".awsnb-note")).to_contain_text("file://")
    found = re.search(r"file://\S+", page.locator(".awsnb-note").text_content() or "")
    page.goto("about:blank")
    page.goto(found[0] if found else "")
    expect(heading).to_have_text(re.compile(re.escape(before[0] or "")))
    assert (heading.text_content(), why.text_content()) == before


@each_lesson
def test_a_lesson_speaks_of_no_kernel_and_keyboards_get_through(
    page: Page, site: Path, one: Section
) -> None:
    page.goto(_page_of(site, one).as_uri())
    _show_all(page)
    assert NEEDS_A_KERNEL.findall(page.locator("main").inner_text()) == []
    assert page.get_by_text("previous:").count() == 0  # the notebook's links
    page.locator(".awsnb-situation[tabindex='0']").first.focus()
    inside = "Boolean(document.activeElement.closest('.explorer'))"
    stops = page.locator(".explorer :is(button, input, select, summary, [tabindex])").count()
    for _ in range(stops + 1):
        if page.evaluate(inside):
            page.keyboard.press("Tab")
    assert not page.evaluate(inside)


@each_lesson
def test_predictions_hide_the_rest_and_exercises_know_what_is_right(
    page: Page, site: Path, one: Section
) -> None:
    page.goto(_page_of(site, one).as_uri())
    expect(page.locator(".rest")).to_be_hidden()
    commit(page)
    expect(page.locator(".rest")).to_be_visible()
    expect(page.locator(".verdict:visible")).to_have_count(page.locator(".prediction").count())
    asked = re.findall(r'<div class="exercise">.*?<script[^>]*>(.*?)</script>', page_text(page))
    forms = page.locator(".exercise form")
    expect(forms).to_have_count(len(asked))
    for form, text in zip(forms.all(), asked, strict=True):
        truth = json.loads(zlib.decompress(parts.decoded(json.loads(text)["sealed"])))["truth"]
        field = form.locator("input, select")
        if json.loads(text)["choices"]:
            field.select_option(truth)
        else:
            field.fill(str(truth))
        field.press("Tab")
        page.keyboard.press("Enter")
        expect(form.locator("xpath=..").locator(".told-of")).to_have_class(re.compile("yes"))
    done = re.compile(r"Done: (\d+) of \1 predictions( and (\d+) of \3 exercises)?\.")
    expect(page.locator(".progress")).to_contain_text(done)
    reload(page)
    expect(page.locator(".progress")).to_contain_text(done)


@each_lesson
def test_a_lesson_fits_moves_by_keys_and_keeps_a_run(page: Page, site: Path, one: Section) -> None:
    file = _page_of(site, one)
    for width, scheme in ((1440, "light"), (800, "dark"), (390, "dark")):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(file.as_uri())
        _show_all(page)
        page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
        page.evaluate("document.querySelectorAll('.explorer details').forEach((o) => o.open = 1)")
        assert page.evaluate(MEETING) == []
        assert page.evaluate(SIDEWAYS) == []
    keep = page.get_by_role("button", name="Keep this run")
    keep.press("Enter")
    _move_something(page)
    expect(page.locator(".awsnb-kept")).to_contain_text("Kept: ")


def _move_something(page: Page) -> None:
    """Move the first control that moves, by keys."""
    moved = page.locator(".awsnb-top h2 em")
    for control in page.locator(".explorer .awsnb-control :is(input[type=range], select)").all():
        if not control.is_visible():
            continue
        control.press("ArrowDown")
        control.press("ArrowRight")
        if "changed" in (moved.text_content() or ""):
            break
    expect(moved).to_contain_text("changed")


def page_text(page: Page) -> str:
    return Path(page.evaluate("decodeURIComponent(location.pathname)")).read_text("utf-8")


def _spaced(text: str) -> str:
    """Match a text whose spaces before units don't break."""
    return re.escape(text).replace(r"\ ", r"\s")
