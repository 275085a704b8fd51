import json
import os
from typing import Literal

import ipywidgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from awsnb import explorer as module
from awsnb import figures
from awsnb.controls import slider_stops
from awsnb.explorer import Explorer, report_command
from awsnb.live_plot import LivePlot, packed
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


def moved(control, value):
    """Do what a page does when a reader moves a control."""
    control.set_state({"value": value})


@pytest.fixture
def explorer():
    calls.clear()
    made = Explorer(tanks())
    yield made
    made.close()


def test_moving_a_control_changes_result_numbers_words_and_curves(explorer):
    before = explorer.plot.y0
    explorer.controls["size"].value = 5_000
    assert explorer.result.scenario.size == 5_000
    assert explorer.readout.numbers == [["Left", "4,402 l"]]
    assert explorer.readout.why == "Empty after 2,500 min."
    assert explorer.plot.alt == "small 5,000 l. Empty after 2,500 min."
    assert explorer.plot.y0 != before
    assert not explorer.plot.busy


def test_only_curves_that_changed_are_sent(explorer, monkeypatch):
    sent = set()

    def send_state(self, key):
        sent.update([key] if isinstance(key, str) else key)

    monkeypatch.setattr(LivePlot, "send_state", send_state)
    explorer.controls["size"].value = 99
    assert sent == {"alt", "y0"}


def test_a_slow_model_says_that_it_is_working(explorer, monkeypatch):
    seen = []
    explorer.plot.observe(lambda change: seen.append(change.new), "busy")
    explorer.controls["size"].value = 99
    assert seen == []
    monkeypatch.setattr("awsnb.explorer.SLOW_S", -1.0)
    explorer.controls["size"].value = 98
    assert seen == [True, False]


def test_it_starts_where_it_is_told_and_refuses_an_impossible_start():
    with pytest.raises(ScenarioError, match="size = 0: must be a whole number from 1"):
        Explorer(tanks(), size=0)
    with pytest.raises(ScenarioError, match="Did you mean size"):
        Explorer(tanks(), sizes=3)
    with pytest.raises(ScenarioError, match="no section"):
        Explorer("nowhere")
    made = Explorer(tanks(), size=700)
    assert made.controls["size"].value == 700
    made.close()


def test_there_is_a_control_a_field_with_unit_and_meaning(explorer):
    assert list(explorer.controls) == ["kind", "size", "flow", "pumps", "lid", "tap", "note"]
    size = explorer.controls["size"].field
    assert (size["label"], size["unit"], size["meaning"]) == ("Size", "l", "Litres.")
    assert [explorer.controls[name].field["kind"] for name in explorer.controls] == [
        "choice", "int", "float", "int", "bool", "choice", "text",
    ]  # fmt: skip


def test_a_menu_offers_what_a_field_may_be(explorer):
    offers = {name: control.field["options"] for name, control in explorer.controls.items()}
    assert offers["kind"] == [("small", "small"), ("big", "big")]
    assert offers["tap"] == [("default", None), ("yes", True), ("no", False)]
    assert offers["lid"] == offers["size"] == []
    moved(explorer.controls["tap"], False)
    assert explorer.result.scenario.tap is False


def test_a_slider_moves_the_value_in_round_steps_and_shows_it(explorer):
    size = explorer.controls["size"]
    for stop in size.field["stops"][:-1:7]:
        moved(size, stop)
        assert size.value == explorer.result.scenario.size == float(f"{stop:.3g}")
    assert (size.field["stops"][0], size.field["stops"][-1]) == (1, 10_000)


def test_a_value_can_be_typed_exactly(explorer):
    moved(explorer.controls["size"], "1,234")
    assert explorer.result.scenario.size == explorer.controls["size"].value == 1_234
    moved(explorer.controls["flow"], "0.0625")
    assert explorer.result.scenario.flow == 0.0625
    moved(explorer.controls["size"], " ")
    assert explorer.result.scenario.size == explorer.controls["size"].value == 100


def test_what_was_typed_comes_back_as_the_number_it_is(explorer, monkeypatch):
    size, sent = explorer.controls["size"], []
    monkeypatch.setattr(size, "send_state", lambda key: sent.append(size.get_state(key)))
    moved(size, "1,234")
    moved(size, 1_500)
    assert sent == [{"value": 1_234}]


def test_a_small_move_of_the_slider_runs_once(explorer):
    calls.clear()
    moved(explorer.controls["size"], 101)
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("many", "size = 'many': must be a whole number from 1 to 10,000 l."),
        ("20000", "size = 20000: must be a whole number from 1 to 10,000 l."),
        ("13", "size = 13: no tank has that."),
        ("14", "ZeroDivisionError: division by zero"),
    ],
)
def test_what_cannot_be_is_said_and_the_last_answer_stays(explorer, typed, problem):
    last = explorer.result
    size = explorer.controls["size"]
    moved(size, typed)
    assert explorer.problem == size.problem == problem
    assert explorer.plot.stale and not explorer.plot.busy
    assert explorer.result is last
    assert explorer.readout.stale and explorer.readout.problem == ""
    assert size.wrong == problem.startswith("size")
    moved(size, "15")
    assert explorer.problem == size.problem == ""
    assert not explorer.plot.stale and not explorer.readout.stale and not size.wrong
    assert explorer.result.scenario.size == 15


def test_a_field_is_shown_and_passed_only_where_it_applies(explorer):
    assert not explorer.controls["pumps"].shown
    explorer.set(kind="big", pumps=3)
    assert explorer.controls["pumps"].shown
    assert explorer.result.scenario.pumps == 3
    explorer.controls["kind"].value = "small"
    assert explorer.result.scenario.pumps is None
    explorer.controls["kind"].value = "big"
    assert explorer.result.scenario.pumps == 3


def test_a_field_that_is_needed_begins_at_its_lowest():
    made = Explorer(tanks(BigTank))
    made.controls["kind"].value = "big"
    assert made.problem == ""
    assert made.controls["pumps"].value == 2
    made.close()


def test_a_text_of_many_lines_says_where_it_is_wrong():
    made = Explorer(tanks(PolicyTank))
    control = made.controls["policy"]
    assert (control.value, control.field["lines"]) == ("a\nb", 5)
    moved(control, "a\nbcde")
    assert made.problem == control.problem == "policy: a line is too long."
    assert control.wrong and control.place == [2, 4]
    moved(made.controls["size"], 13)
    moved(control, "a\nbc")
    assert made.problem == made.controls["size"].problem == "size = 13: no tank has that."
    assert not control.wrong and control.problem == "" and control.place == []
    made.set(size=20, policy="d")
    assert (control.value, made.result.scenario.policy, made.problem) == ("d", "d", "")
    made.close()


def test_curves_may_come_and_go(explorer):
    assert len(json.loads(explorer.plot.spec)["data"]) == 2
    explorer.set(kind="big", pumps=2)
    assert len(json.loads(explorer.plot.spec)["data"]) == 1


def test_a_preset_sets_everything_with_one_run(explorer):
    explorer.controls["lid"].value = True
    calls.clear()
    explorer.choose("Flood")
    assert len(calls) == 1
    assert explorer.result.scenario == Tank(kind="big", pumps=4, size=5_000)
    assert "Watch the pumps." in explorer._watch.value
    explorer.choose("Drought")
    assert explorer.result.scenario == Tank(size=20, flow=9.0)


def test_a_preset_can_be_chosen_twice_from_the_menu(explorer):
    for _ in range(2):
        explorer._menu.value = "Drought"
        assert explorer.result.scenario.size == 20
        explorer.controls["size"].value = 50


def test_reset_goes_back_to_the_start():
    made = Explorer(tanks(), size=700)
    made.choose("Flood")
    calls.clear()
    made.reset()
    assert len(calls) == 1
    assert made.result.scenario == Tank(size=700)
    made.close()


def test_kept_results_are_drawn_and_tabled_until_dropped(explorer):
    explorer.keep()
    explorer.keep()
    assert len(explorer.kept) == 1
    explorer.controls["size"].value = 200
    assert len(json.loads(explorer.plot.spec)["data"]) == 3
    assert "small 100 l" in explorer._kept_table.value
    assert "small 200 l (now)" in explorer._kept_table.value
    for size in (200, 300, 400):
        explorer.controls["size"].value = size
        explorer.keep()
    assert len(explorer.kept) == 3
    assert explorer._keep.disabled
    explorer._kept_buttons.children[0].click()
    assert [one.scenario.size for one in explorer.kept] == [200, 300]
    assert not explorer._keep.disabled
    explorer.drop(0)
    explorer.drop(0)
    assert explorer._kept_table.value == ""


def test_the_command_says_what_differs(explorer):
    assert explorer.command.text == "awsnb report tanks -o tanks.html"
    explorer.set(size=30, lid=True, note="it's dry")
    assert explorer.command.text == (
        "awsnb report tanks -o tanks.html -p size=30 -p lid=true -p 'note=it'\"'\"'s dry'"
    )
    assert "file=" in report_command("tanks", Tank(file="a.csv"))


def test_text_is_constant_and_says_the_start(explorer):
    explorer.controls["size"].value = 5_000
    bundle = explorer._repr_mimebundle_()
    assert bundle["text/plain"].startswith("Explorer: Tanks & pipes (run this notebook")
    assert "Empty after 50 min." in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "0x" not in bundle["text/plain"]


def test_a_static_build_has_a_picture_and_no_widget(explorer, monkeypatch):
    monkeypatch.setitem(os.environ, "AWSNB_STATIC", "1")
    monkeypatch.setattr("awsnb.figures.picture", lambda figure: {"image/png": b"png"})
    assert explorer._repr_mimebundle_().keys() == {"text/plain", "image/png"}


def test_in_a_report_or_without_a_picture_it_is_the_results_words(explorer, monkeypatch):
    monkeypatch.setitem(os.environ, "AWSNB_STATIC", "report")
    bundle = explorer._repr_mimebundle_()
    assert bundle.keys() == {"text/plain", "text/html"}
    assert "Empty after 50 min." in bundle["text/html"]


def test_a_problem_of_no_control_stands_above_the_numbers(explorer):
    explorer.set(size=14)
    assert explorer.problem == explorer.readout.problem == "ZeroDivisionError: division by zero"
    assert [control.problem for control in explorer.controls.values()] == [""] * 7


def test_the_plot_is_sent_first_and_no_move_is_echoed(explorer, monkeypatch):
    sent = []
    monkeypatch.setattr(
        "ipywidgets.Widget._send", lambda self, msg, buffers=None: sent.append((self, msg))
    )
    moved(explorer.controls["size"], 5_000)
    assert [widget for widget, _ in sent] == [explorer.plot, explorer.readout, explorer.command]
    assert {msg["method"] for _, msg in sent} == {"update"}


def test_running_a_cell_again_closes_what_it_made_before():
    Explorer(tanks()).keep()
    before = len(_instances)
    for _ in range(3):
        made = Explorer(tanks())
        made.keep()
        made.choose("Flood")
    assert len(_instances) == before
    other = Explorer(tanks(slug="other"))
    assert len(_instances) > before
    other.close()
    made.close()
    assert not module._open
    left = [type(one).__name__ for one in _instances.values()]
    assert not [name for name in left if name in ("Control", "LivePlot", "Explorer", "Readout")]


def test_plotly_is_sent_once_a_kernel():
    one, two = LivePlot(), LivePlot()
    assert one.source == two.source
    ipywidgets.Widget.close_all()
    assert LivePlot().source != one.source


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
    plot = LivePlot()
    plot.draw(figures.skeleton(result, drawn), [y for _, y in drawn])
    for sent in (plot.y0, plot.y1):
        np.testing.assert_allclose(unpacked(sent), data["wait_ms"].ravel(), rtol=2e-2)
    assert np.frombuffer(plot.y0[16:24]) == 0 and np.frombuffer(plot.y1[16:24]) == 1


def test_slider_stops_are_round_and_end_at_the_bounds():
    specs = Tank.fields()
    sizes = slider_stops(specs["size"])
    assert (sizes[0], sizes[1], sizes[-1]) == (1, 2, 10_000)
    assert all(isinstance(stop, int) for stop in sizes)
    flows = slider_stops(specs["flow"])
    assert flows[:3] == [0.0, 0.5, 1.0] and flows[-1] == 50.0
    assert slider_stops(specs["pumps"]) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert slider_stops(specs["note"]) == []
