import json
import os
import zlib
from itertools import accumulate
from typing import Literal

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from awsnb import figures, widgets
from awsnb.controls import slider_stops
from awsnb.explorer import Explorer, report_command
from awsnb.page import module, packed
from awsnb.results import Curve, Number, Panel, Result
from awsnb.scenario import Preset, Scenario, ScenarioError, field
from awsnb.sections import Section
from awsnb.view import View

calls = []


class Tank(Scenario):
    kind: Literal["small", "big"] = field("small", label="Kind", meaning="Which tank.")
    size: int = field(100, label="Size", meaning="Litres.", unit="l", low=1, high=10_000, log=True)
    flow: float = field(2.0, label="Flow", meaning="Per second.", unit="l/s", low=0, high=50)
    pumps: int | None = field(
        None, label="Pumps", meaning="Of big tanks.", low=2, high=9, only_when={"kind": ("big",)}
    )
    lid: bool = field(False, label="Lid", meaning="Closed or not.")
    tap: bool | None = field(None, label="Tap", meaning="Open, shut, or as it comes.")
    note: str = field("", label="Note", meaning="Anything.")
    file: str = field("", label="File", meaning="A path.", control=False)


def simulate(tank):
    calls.append(tank)
    if tank.size == 13:
        raise ScenarioError("size = 13: no tank has that.", field="size")
    if tank.size == 14:
        raise ZeroDivisionError("division by zero")
    if tank.kind == "big" and tank.pumps is None:
        raise ScenarioError("pumps is missing: a big tank needs some.", field="pumps", missing=True)
    time = np.datetime64("2026-01-05", "s") + 60 * np.arange(300)
    level = np.clip(tank.size - tank.flow * np.arange(300), 0, None)
    return Result(
        tank,
        f"{tank.kind} {tank.size:,} l",
        f"Empty after {tank.size / max(tank.flow, 1e-9):,.0f} min.",
        (Number("left_l", "Left", level[-1], f"{level[-1]:,.0f} l", headline=True),),
        {"time": time, "level": level, "flow": np.full(300, tank.flow)},
        (
            Panel("Level", "l", (Curve("level", "level", "first", compare=True),)),
            Panel("Flow", "l/s", (Curve("flow", "flow", "demand"),) * (tank.kind == "small")),
        ),
    )


class BigTank(Tank):
    """A tank of which the scenario itself, not its simulation, refuses missing pumps."""

    def __init__(self, **values):
        super().__init__(**values)
        if self.kind == "big" and self.pumps is None:
            raise ScenarioError(
                "pumps is missing: a big tank needs some.", field="pumps", missing=True
            )


PRESETS = (
    Preset("Drought", "Watch it run dry.", {"size": 20, "flow": 9.0}),
    Preset("Flood", "Watch the pumps.", {"kind": "big", "pumps": 4, "size": 5_000}),
)


class PolicyTank(Tank):
    """A tank with a text of many lines, of which it wants the second to be short."""

    policy: str = field("a\nb", label="Policy", meaning="Who may drink.", lines=5)

    def __init__(self, **values):
        super().__init__(**values)
        for number, line in enumerate(self.policy.split("\n"), start=1):
            if len(line) > 3:
                raise ScenarioError(
                    "policy: a line is too long.", field="policy", line=number, column=4
                )


def tanks(scenario=Tank, slug="tanks"):
    section = Section(99, slug, "Tanks & pipes", "How long does it last?")
    view = View(
        name="tank",
        question=section.question,
        scenario=scenario,
        outcome=simulate,
        tell=lambda result: result,
        compare=simulate,
        presets=PRESETS,
    )
    section.__dict__["views"] = (view,)
    return section


class Valve(Scenario):
    """Another question of the same section."""

    width: float | None = field(None, label="Width", meaning="mm.", unit="mm", low=1, high=9)
    shut: float | None = field(
        None, label="Shut at", meaning="s.", unit="s", low=1, high=60, unset="never"
    )

    def in_force(self):
        return {"width": 4.5}


def shut(valve):
    y = np.arange(3.0) * (valve.width or 4.5)
    panels = (Panel("Flow", "l/s", (Curve("y", "flow", "first"),), x="x"),)
    number = Number("flow", "Flow", 1.0, "1 l/s", headline=True)
    return Result(valve, "valve", "It flows.", (number,), {"x": np.arange(3), "y": y}, panels)


def with_valve():
    section = tanks()
    valve = View("valve", "How wide?", Valve, shut, lambda result: result, ())
    section.__dict__["views"] = (*section.views, valve)
    return section


def page_sets(explorer, **changes):
    """Do what a page does when a reader moves something: one message, the count last."""
    explorer.set_state({**changes, "asked": explorer.asked + 1})


def page_moves(explorer, **values):
    page_sets(explorer, values=explorer.values | values)


def described(explorer, name):
    return next(f for f in explorer.form["views"][0]["fields"] if f["name"] == name)


def drawn(explorer):
    return json.loads(explorer.panels)


@pytest.fixture
def explorer():
    calls.clear()
    made = Explorer(tanks())
    yield made
    made.close()


@pytest.fixture
def sent(monkeypatch):
    messages = []
    monkeypatch.setattr(
        "ipywidgets.Widget._send", lambda self, msg, buffers=None: messages.append(msg)
    )
    return messages


def test_moving_a_control_changes_result_numbers_words_and_curves(explorer):
    before = explorer.y0
    page_moves(explorer, size=5_000)
    assert explorer.result.scenario.size == 5_000
    assert explorer.answer["numbers"] == [{"label": "Left", "text": "4,402 l", "kept": []}]
    assert explorer.answer["why"] == "Empty after 2,500 min."
    assert explorer.answer["alt"] == "small 5,000 l. Empty after 2,500 min."
    assert explorer.y0 != before


def test_a_move_is_answered_by_one_message_with_only_what_changed(explorer, sent):
    page_moves(explorer, size=99)
    (message,) = sent
    assert set(message["state"]) == {"answer", "drawn"} and message["buffer_paths"] == [["y0"]]
    assert message["state"]["answer"]["of"] == explorer.asked


def prefetched(explorer, sent, **moved):
    """Return what a page is told of a move before it is made."""
    sent.clear()
    explorer._take({"ask": "prefetch", "question": "size", "moved": moved})
    ((message, (told,)),) = [(one["content"], one["buffers"]) for one in sent]
    words, *columns = split(zlib.decompress(told), message)
    state = json.loads(words)
    assert message["prefetched"] == "size"
    assert message["base"] == (explorer.drawn if state else 0)
    return state | dict(zip([name for name, _ in message["columns"]], columns, strict=True))


def split(told, message):
    sizes = [message["words"], *(size for _, size in message["columns"])]
    ends = list(accumulate(sizes))
    assert ends[-1] == len(told)
    return [told[end - size : end] for size, end in zip(sizes, ends, strict=True)]


@pytest.fixture
def sent_besides(monkeypatch):
    """Collect what is sent beside the state."""
    messages = []
    monkeypatch.setattr(
        "awsnb.explorer.Explorer.send",
        lambda self, content, buffers: messages.append({"content": content, "buffers": buffers}),
    )
    return messages


def test_what_is_prefetched_is_what_the_move_then_shows(explorer, sent_besides):
    before = explorer.get_state()
    told = prefetched(explorer, sent_besides, size=5_000)
    assert explorer.get_state() == before and explorer.result.scenario.size != 5_000
    page_moves(explorer, size=5_000)
    after = explorer.get_state()
    news = {name for name in after if after[name] != before[name]} - {"values", "asked"}
    assert news == set(told)
    assert told["answer"] | {"of": explorer.asked} == after["answer"]
    assert all(told[name] == after[name] for name in news - {"answer"})


def test_pictures_that_the_page_has_are_not_sent_again(explorer, sent, sent_besides):
    told = prefetched(explorer, sent_besides, size=5_000)
    page_sets(explorer, values=explorer.values | {"size": 5_000}, shown=told["drawn"])
    (message,) = sent
    assert list(message["state"]) == ["answer"] and not message["buffer_paths"]
    assert message["state"]["answer"]["drawn"] == explorer.drawn == told["drawn"]
    sent.clear()
    page_sets(explorer, values=explorer.values | {"size": 4_000}, shown=told["drawn"])
    (message,) = sent
    assert ["y0"] in message["buffer_paths"]


def test_a_page_that_lacks_the_pictures_is_sent_them_all(explorer, sent):
    explorer._take({"ask": "pictures"})
    (message,) = sent
    assert set(message["state"]) == {"answer", "drawn", "panels", "scene"}
    assert message["buffer_paths"] == [["y0"], ["y1"]]


def test_a_move_that_is_refused_is_not_prefetched(explorer, sent_besides):
    assert prefetched(explorer, sent_besides, size="no number") == {}


def test_a_message_to_the_page_is_small(explorer, sent):
    page_moves(explorer, size=5_000)
    (message,) = sent
    assert len(json.dumps(message["state"], default=len)) < 5_000


def test_moving_one_control_sets_no_other(explorer):
    before = dict(explorer.values)
    page_moves(explorer, kind="big")
    assert explorer.values == before | {"kind": "big"}
    assert explorer.problem == "pumps is missing: a big tank needs some."
    assert explorer.answer["trouble"] == {"text": explorer.problem, "beside": "pumps", "own": True}
    page_moves(explorer, pumps=3)
    assert explorer.answer["trouble"] is None
    assert explorer.result.scenario.pumps == 3


def test_it_starts_where_it_is_told_and_refuses_an_impossible_start():
    with pytest.raises(ScenarioError, match="size = 0: must be a whole number from 1"):
        Explorer(tanks(), size=0)
    with pytest.raises(ScenarioError, match="Did you mean size"):
        Explorer(tanks(), sizes=3)
    with pytest.raises(ScenarioError, match="no section"):
        Explorer("nowhere")
    with pytest.raises(ScenarioError, match="Did you mean Drought"):
        Explorer(tanks(), "Draught")
    with pytest.raises(ScenarioError, match="tanks has tank"):
        Explorer(tanks(), view="pipe")
    made = Explorer(tanks(), size=700)
    assert made.values["size"] == 700
    made.close()


@pytest.mark.parametrize(
    ("start", "situation", "code"),
    [
        (((), {}), "The defaults", "Explorer('tanks')"),
        (((), {"size": 7}), "Your numbers", "Explorer('tanks', size=7)"),
        (((), {"size": 20, "flow": 9.0}), "Drought", "Explorer('tanks', 'Drought')"),
        ((("Drought",), {"lid": True}), "Drought", "Explorer('tanks', 'Drought', lid=True)"),
    ],
)
def test_a_state_is_one_line_that_makes_it_again(start, situation, code):
    names, values = start
    made = Explorer(tanks(), *names, **values)
    assert (made.situation, made.answer["code"]) == (situation, code)
    again = eval(code, {"Explorer": lambda _, *rest, **kw: Explorer(tanks(), *rest, **kw)})
    assert (again.values, again.situation) == (made.values, made.situation)
    for one in (made, again):
        one.close()


def test_there_is_a_field_for_each_with_unit_and_meaning(explorer):
    (view,) = explorer.form["views"]
    assert [field["name"] for field in view["fields"]] == list(Tank.model_fields)
    size = described(explorer, "size")
    assert (size["label"], size["unit"], size["meaning"]) == ("Size", "l", "Litres.")
    assert [field["kind"] for field in view["fields"]] == [
        "choice", "int", "float", "int", "bool", "choice", "text", "text",
    ]  # fmt: skip
    assert not described(explorer, "file")["control"]


def test_a_menu_offers_what_a_field_may_be(explorer):
    assert described(explorer, "kind")["options"] == [("small", "small"), ("big", "big")]
    assert described(explorer, "tap")["options"] == [
        ("default", None),
        ("yes", True),
        ("no", False),
    ]
    assert described(explorer, "lid")["options"] == []
    page_moves(explorer, tap=False)
    assert explorer.result.scenario.tap is False


def test_what_is_left_out_says_what_is_in_force():
    made = Explorer(with_valve(), view="valve")
    fields = {field["name"]: field for field in made.form["views"][1]["fields"]}
    assert (fields["width"]["word"], fields["shut"]["word"]) == ("", "never")
    assert made.answer["inForce"] == {"width": 4.5}
    made.close()


def test_views_are_tabs_with_values_and_situations_of_their_own():
    made = Explorer(with_valve())
    assert [view["name"] for view in made.form["views"]] == ["tank", "valve"]
    begun = made.form["views"][1]["situations"][0]
    page_sets(made, view="valve", situation=begun["name"], values=begun["values"])
    assert made.answer["why"] == "It flows."
    assert made.answer["code"] == "Explorer('tanks', view='valve')"
    assert made.answer["command"] == "awsnb report tanks valve -o tanks.html"
    made.close()


def test_a_value_can_be_typed_exactly(explorer):
    page_moves(explorer, size="1,234")
    assert explorer.result.scenario.size == explorer.values["size"] == 1_234
    page_moves(explorer, flow="0.0625")
    assert explorer.result.scenario.flow == 0.0625
    page_moves(explorer, size=" ")
    assert explorer.result.scenario.size == explorer.values["size"] == 100


def test_what_was_typed_comes_back_as_the_number_it_is(explorer, sent):
    page_moves(explorer, size="1,234")
    page_moves(explorer, size=1_500)
    assert ["values" in message["state"] for message in sent] == [True, False]
    assert sent[0]["state"]["values"]["size"] == 1_234


def test_a_move_runs_once(explorer):
    calls.clear()
    page_moves(explorer, size=101)
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("typed", "problem", "own"),
    [
        ("many", "size = 'many': must be a whole number from 1 to 10,000 l.", True),
        ("20000", "size = 20000: must be a whole number from 1 to 10,000 l.", True),
        ("13", "size = 13: no tank has that.", True),
        ("14", "ZeroDivisionError: division by zero", False),
    ],
)
def test_what_cannot_be_is_said_and_the_last_answer_stays(explorer, typed, problem, own):
    last, numbers = explorer.result, explorer.answer["numbers"]
    page_moves(explorer, size=typed)
    assert explorer.problem == problem
    assert explorer.answer["trouble"] == {"text": problem, "beside": "size", "own": own}
    assert explorer.result is last and explorer.answer["numbers"] == numbers
    assert explorer.answer["of"] == explorer.asked
    page_moves(explorer, size="15")
    assert explorer.problem == "" and explorer.answer["trouble"] is None
    assert explorer.result.scenario.size == 15


def test_a_field_is_shown_and_passed_only_where_it_applies(explorer):
    assert explorer.answer["hidden"] == ["pumps"]
    explorer.set(kind="big", pumps=3)
    assert explorer.answer["hidden"] == []
    page_moves(explorer, kind="small")
    assert explorer.result.scenario.pumps is None
    page_moves(explorer, kind="big")
    assert explorer.result.scenario.pumps == 3


def test_a_text_of_many_lines_says_where_it_is_wrong():
    made = Explorer(tanks(PolicyTank))
    assert described(made, "policy")["lines"] == 5
    page_moves(made, policy="a\nbcde")
    assert made.problem == "policy: a line is too long."
    assert made.answer["trouble"]["beside"] == "policy" and made.answer["place"] == [2, 4]
    made.set(size=20, policy="d")
    assert (made.result.scenario.policy, made.problem, made.answer["place"]) == ("d", "", [])
    made.close()


def test_curves_may_come_and_go(explorer):
    assert [panel["title"] for panel in drawn(explorer)["panels"]] == ["Level", "Flow"]
    explorer.set(kind="big", pumps=2)
    assert [panel["title"] for panel in drawn(explorer)["panels"]] == ["Level"]


def test_a_situation_sets_everything_with_one_run_and_leaves_nothing_for_the_next(explorer):
    explorer.set(lid=True, file="mine.csv")
    calls.clear()
    explorer.choose("Flood")
    assert len(calls) == 1
    assert explorer.result.scenario == Tank(kind="big", pumps=4, size=5_000)
    explorer.choose("Drought")
    assert explorer.result.scenario == Tank(size=20, flow=9.0)
    told = {one["name"]: one for one in explorer.form["views"][0]["situations"]}
    assert told["Flood"]["watch"] == "Watch the pumps."
    assert told["Drought"]["values"] == Tank(size=20, flow=9.0).model_dump()


def test_kept_runs_are_drawn_and_numbered_until_dropped(explorer):
    explorer.keep()
    explorer.keep()
    assert len(explorer.kept) == 1
    page_moves(explorer, size=200)
    ranks = [line["rank"] for panel in drawn(explorer)["panels"] for line in panel["lines"]]
    assert ranks == [1, 0, 0]
    assert explorer.answer["numbers"][0]["kept"] == ["0 l"]
    assert explorer.answer["kept"][0]["size"] == 100
    for size in (200, 300, 400):
        page_moves(explorer, size=size)
        explorer.keep()
    assert [one["values"]["size"] for one in explorer.kept] == [100, 200, 300]
    calls.clear()
    explorer.drop(0)
    assert [one["size"] for one in explorer.answer["kept"]] == [200, 300]
    assert len(calls) == 1  # what is kept is not simulated again


def test_a_kept_run_of_another_view_waits_until_that_is_shown():
    made = Explorer(with_valve())
    made.keep()
    begun = made.form["views"][1]["situations"][0]
    page_sets(made, view="valve", situation=begun["name"], values=begun["values"])
    assert made.answer["kept"] == [] and len(made.kept) == 1
    made.close()


def test_the_command_says_what_differs(explorer):
    assert explorer.answer["command"] == "awsnb report tanks -o tanks.html"
    explorer.set(size=30, lid=True, note="it's dry")
    assert explorer.answer["command"] == (
        "awsnb report tanks -o tanks.html -p size=30 -p lid=true -p 'note=it'\"'\"'s dry'"
    )
    assert "file=" in report_command(tanks(), Tank(file="a.csv"))


def test_its_words_stand_where_no_widget_can(explorer):
    explorer.set(size=5_000)
    bundle, _ = explorer._repr_mimebundle_()
    assert bundle["text/plain"].startswith("Explorer: Tanks & pipes (run this notebook")
    assert "Empty after 2,500 min." in bundle["text/plain"] and "0x" not in bundle["text/plain"]
    assert "Empty after 2,500 min." in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_static_build_has_a_picture_and_no_widget(explorer, monkeypatch):
    monkeypatch.setitem(os.environ, "AWSNB_STATIC", "1")
    monkeypatch.setattr("awsnb.figures.picture", lambda figure: {"image/png": b"png"})
    assert explorer._repr_mimebundle_()[0].keys() == {"text/plain", "image/png"}


def test_in_a_report_or_without_a_picture_it_is_the_results_words(explorer, monkeypatch):
    monkeypatch.setitem(os.environ, "AWSNB_STATIC", "report")
    bundle, _ = explorer._repr_mimebundle_()
    assert bundle.keys() == {"text/plain", "text/html"}
    assert "Empty after 50 min." in bundle["text/html"]


def test_a_problem_of_no_control_is_beside_none(explorer):
    explorer.set(size=14, flow=3.0)
    assert explorer.answer["trouble"] == {
        "text": "ZeroDivisionError: division by zero", "beside": "", "own": False,
    }  # fmt: skip


def test_running_a_cell_again_closes_what_it_made_before(monkeypatch):
    run = ["cell-7", "first"]
    monkeypatch.setattr(widgets, "_running_cell", lambda: tuple(run))
    one, two = Explorer(tanks()), Explorer(tanks())
    assert one.comm is not None and two.comm is not None  # two of a section, in one cell
    before = len(_instances)
    run[1] = "second"
    made = Explorer(tanks())
    assert one.comm is None and two.comm is None
    assert len(_instances) < before
    run[0] = "cell-8"
    other = Explorer(tanks())
    assert made.comm is not None
    for widget in (made, other):
        widget.close()


def test_plotly_is_sent_only_when_a_reader_zooms(explorer, sent):
    page_moves(explorer, size=99)
    assert not any(message.get("method") == "custom" for message in sent)
    explorer._handle_custom_msg({"ask": "zoom", "script": False}, [])
    figure = json.loads(sent[-1]["content"]["zoom"])
    assert [trace["name"] for trace in figure["data"]] == ["level", "flow"]


def test_the_program_is_one_module_without_imports():
    joined = module("text", "path", "scale")
    assert "import " not in joined
    assert "const path" not in joined and "const $path" in joined


def unpacked(data):
    low, high, log = np.frombuffer(data[:24], "<f8")
    steps = np.frombuffer(data[24:], "<u2").astype(float)
    values = low + (high - low) * steps / 65_534
    values[steps == 65_535] = np.nan
    return 10**values if log else values


def test_packing_is_finer_than_a_screen_shows():
    y = np.random.default_rng(1).uniform(-5, 20_000, 1200)
    np.testing.assert_allclose(unpacked(packed(y)), y, atol=20_005 / 65_534 / 2 * 1.001)
    y = 10 ** np.random.default_rng(1).uniform(-1, 7, 1200)
    np.testing.assert_allclose(unpacked(packed(y, log=True)), y, rtol=2e-4)


def test_packing_keeps_ends_exact_and_gaps_as_gaps():
    y = np.array([3.0, np.nan, 7.0, np.inf])
    np.testing.assert_array_equal(unpacked(packed(y)), [3.0, np.nan, 7.0, np.nan])
    np.testing.assert_array_equal(unpacked(packed(np.full(3, np.nan))), [np.nan] * 3)
    np.testing.assert_array_equal(unpacked(packed(np.array([4.0, 4.0]))), [4.0, 4.0])
    np.testing.assert_array_equal(unpacked(packed(np.array([0.0, 10.0]), log=True)), [np.nan, 10])


def test_a_heat_map_is_sent_flat_and_logarithmic_if_its_colours_are():
    panels = [
        Panel(
            name, "ms", (Curve("wait_ms", "wait", "first"),), kind="heat", x="x", rows="y", log=log
        )
        for name, log in (("even", False), ("log", True))
    ]
    data = {
        "x": np.arange(3),
        "y": np.arange(2),
        "wait_ms": np.array([[1, 2, 3], [10, 20, 1000.0]]),
    }
    result = Result(Scenario(), "a", "Because.", (), data, tuple(panels))
    drawn = figures.curves(result)
    logs = list(figures.slots(figures.panels(result, drawn)))
    assert logs == [False, True]
    for (_, y), log in zip(drawn, logs, strict=True):
        sent = packed(y.ravel(), log)
        np.testing.assert_allclose(unpacked(sent), data["wait_ms"].ravel(), rtol=2e-2)


def test_slider_stops_are_round_and_end_at_the_bounds():
    specs = Tank.fields()
    sizes = slider_stops(specs["size"])
    assert (sizes[0], sizes[1], sizes[-1]) == (1, 2, 10_000)
    assert all(isinstance(stop, int) for stop in sizes)
    flows = slider_stops(specs["flow"])
    assert flows[:3] == [0.0, 0.5, 1.0] and flows[-1] == 50.0
    assert slider_stops(specs["pumps"]) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert slider_stops(specs["note"]) == []
