import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from awsnb import figures
from awsnb.results import Comparison, Curve, Flow, Members, Option, Panel, Place, Result, Scene
from awsnb.scenario import Scenario

RATES = Panel(
    "Rates",
    "IOPS",
    (Curve("asked", "asked", "demand"), Curve("served", "served", "served", compare=True)),
)
CREDIT = Panel("Credit", "%", (Curve("credit", "credit", "first", compare=True),), limits=(0, 100))
LATENCY = Panel("Latency", "ms", (Curve("latency", "latency", "served", compare=True),), log=True)


def result(samples=100, label="a", panels=(RATES, CREDIT, LATENCY), step="60"):
    seconds = np.arange(samples) * int(step)
    wave = 1000 + 500 * np.sin(np.arange(samples) / 50)
    data = {
        "time": np.datetime64("2026-01-05", "s") + seconds,
        "asked": wave,
        "served": np.minimum(wave, 1200),
        "credit": np.linspace(100, 0, samples),
        "latency": np.where(wave > 1200, 100.0, 1.0),
    }
    return Result(Scenario(), label, "Because.", (), data, panels)


def test_a_figure_has_a_trace_a_curve_and_an_axis_a_panel():
    figure = figures.draw(result())
    assert [trace.yaxis for trace in figure.data] == ["y", "y", "y2", "y3"]
    assert figure.layout.yaxis.title.text == "IOPS"
    assert figure.layout.yaxis3.type == "log"
    assert figure.layout.xaxis.anchor == "y3"
    assert figure.layout.meta["alt"] == "a. Because."


def test_panels_do_not_overlap_and_fill_the_height():
    layout = figures.draw(result()).layout
    domains = [layout.yaxis.domain, layout.yaxis2.domain, layout.yaxis3.domain]
    assert domains[0][1] == 1 and domains[2][0] == pytest.approx(0)
    assert domains[0][0] > domains[1][1] and domains[1][0] > domains[2][1]


def test_kept_results_add_the_curves_that_compare_under_their_own_name():
    figure = figures.draw(result(), [result(label="b"), result(label="c")])
    kept = [trace for trace in figure.data if trace.legendgroup]
    assert [trace.name for trace in kept] == ["b"] * 3 + ["c"] * 3
    assert [trace.showlegend for trace in kept] == [True, False, False] * 2
    assert len({(trace.line.dash, trace.line.width) for trace in kept}) == 2


def test_a_panel_without_curves_is_left_out_until_a_kept_result_fills_it():
    bare = result(panels=(RATES, replace(CREDIT, curves=()), LATENCY))
    assert [a.text for a in figures.draw(bare).layout.annotations] == [
        "<b>Rates</b>", "<b>Latency</b>"
    ]  # fmt: skip
    headings = figures.draw(bare, [result(label="b")]).layout.annotations
    assert [a.text for a in headings] == ["<b>Rates</b>", "<b>Credit</b>", "<b>Latency</b>"]


def test_the_figure_draws_the_very_points_of_the_fast_path():
    one, kept = result(3000), [result(50, "b")]
    for trace, (_, y) in zip(figures.draw(one, kept).data, figures.curves(one, kept), strict=True):
        np.testing.assert_array_equal(trace.y, y)


def test_a_short_series_is_drawn_as_it_is():
    one = result(2 * figures.BINS)
    x, y = figures.curves(one)[1]
    np.testing.assert_array_equal(x, one.data["time"])
    np.testing.assert_allclose(y, one.data["served"], rtol=1e-6)


@pytest.mark.parametrize("samples", [1201, 2016, 105_120])
def test_thinning_keeps_extremes_and_an_equally_spaced_x(samples):
    one = result(samples)
    one.data["served"][samples // 3] = 9_999
    one.data["served"][samples // 2] = -9_999
    for x, y in figures.curves(one):
        assert len(x) == len(y) == 2 * figures.BINS
        assert len(np.unique(np.diff(x))) == 1
        assert one.data["time"][0] <= x[0] and x[-1] <= one.data["time"][-1]
    served = figures.curves(one)[1][1]
    assert (served.max(), served.min()) == (9_999, -9_999)


def test_x_does_not_depend_on_the_values():
    one, other = result(5000), result(5000)
    other.data["served"][:] = 0
    assert all(
        (a == b).all()
        for (a, _), (b, _) in zip(figures.curves(one), figures.curves(other), strict=True)
    )


def test_thinning_follows_a_fall_downwards_and_holds_across_gaps():
    one = result(2000)
    credit = figures.curves(one)[2][1]
    assert (np.diff(credit) <= 0).all()
    time = one.data["time"]
    time[1000:] += np.timedelta64(1000, "h")
    assert np.isfinite(figures.curves(one)[2][1]).all()


def test_gaps_in_the_values_do_not_swallow_their_neighbours():
    one = result(2400)
    one.data["served"][:3] = np.nan
    assert np.isfinite(figures.curves(one)[1][1][2:]).all()


def test_axes_stand_still_for_a_small_move():
    one, other = result(), result()
    other.data["served"][:] *= 0.98
    spec = figures.skeleton(one, figures.curves(one))
    assert spec == figures.skeleton(other, figures.curves(other))


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (0.9, 1), (1, 1), (11, 12.5), (1400, 1500), (9.9e4, 1e5)]
)
def test_ranges_end_at_round_numbers(value, top):
    assert figures.axes.round_above(value) == top


def test_irregular_times_are_written_out():
    one = result(50)
    one.data["time"][10:] += np.timedelta64(7, "s")
    trace = figures.draw(one).data[0]
    assert trace.x0 is None and len(trace.x) == 50


WAIT = Panel(
    "Wait",
    "ms",
    (Curve("wait_ms", "simulated", "first", compare=True), Curve("mm1_ms", "theory", "theory")),
    x="rho",
    x_title="Load",
    doubtful=((0.9, np.inf, "unsteady"),),
)
SHARE = Panel("Share", "%", (Curve("share_pct", "share", "first"),), x="reply_ms", x_log=True)
TARGETS = Panel(
    "Targets",
    "1/s",
    (
        Curve("even_rps", "even", "first", compare=True),
        Curve("odd_rps", "odd", "second", compare=True),
        Curve("fair_rps", "theory", "theory"),
    ),
    kind="bars",
    x="target",
)
MAP = Panel(
    "Map", "ms", (Curve("map_ms", "wait", "first"), Curve("edge", "edge", "theory")),
    kind="heat", x="rho", rows="servers", rows_log=True, log=True,
)  # fmt: skip
LOG = Panel(
    "Log", "", (Curve("state", "state", "first"),),
    kind="heat", x="lsn", rows="segment", levels=("missing", "received", "durable"),
)  # fmt: skip


def shapes(*panels, label="a", targets=3, columns=50):
    rho = np.linspace(0.05, 0.95, columns)
    data = result().data | {
        "rho": rho,
        "wait_ms": 1 / (1 - rho),
        "mm1_ms": 1 / (1 - rho) ** 2,
        "reply_ms": np.geomspace(0.01, 1e7, 80),
        "share_pct": np.linspace(0, 100, 80),
        "target": np.array([f"target {i}" for i in range(targets)]),
        "even_rps": np.full(targets, 40.0),
        "odd_rps": np.full(targets, 55.0),
        "fair_rps": np.full(targets, 50.0),
        "servers": np.array([1, 2, 4]),
        "map_ms": np.outer([100, 10, 1], 1 / (1 - rho)),
        "edge": 1 + 3 * rho,
        "lsn": np.arange(7),
        "segment": np.array(["a1", "b1"]),
        "state": np.array([[2, 2, 2, 1, 1, 0, np.nan], [2, 2, 1, 1, 0, 0, 0]]),
    }
    return Result(Scenario(), label, "Because.", (), data, panels)


def test_panels_in_a_row_with_the_same_x_share_an_axis():
    figure = figures.draw(shapes(RATES, CREDIT, WAIT, SHARE, LATENCY))
    xs = {trace.yaxis: trace.xaxis for trace in figure.data}
    assert xs == {"y": "x", "y2": "x", "y3": "x2", "y4": "x3", "y5": "x4"}
    layout = figure.layout
    assert [layout[f"xaxis{n}"].anchor for n in ("", 2, 3, 4)] == ["y2", "y3", "y4", "y5"]
    assert [layout[f"xaxis{n}"].type for n in ("", 2, 3, 4)] == ["date", "linear", "log", "date"]
    assert layout.xaxis2.title.text == "Load"
    tops = [layout[f"yaxis{n}"].domain for n in ("", 2, 3, 4, 5)]
    assert all(above[0] > below[1] for above, below in pairwise(tops))
    assert layout.meta["alt"] == "a. Because."


def test_an_x_of_numbers_is_written_by_first_and_step_and_its_axis_ends_with_it():
    figure = figures.draw(shapes(WAIT))
    assert figure.data[0].x is None and figure.data[0].x0 == pytest.approx(0.05)
    assert figure.layout.xaxis.range == pytest.approx((0.05, 0.95))


def test_theory_lies_over_the_others_and_does_not_stretch_their_axis():
    figure = figures.draw(shapes(WAIT, RATES), [shapes(WAIT, RATES, label="b")])
    assert [trace.name for trace in figure.data] == [
        "b",
        "b",
        "simulated",
        "asked",
        "served",
        "theory",
    ]
    assert figure.data[-1].line.dash == "dashdot"
    assert figure.layout.yaxis.range[1] < 35 < max(figure.data[-1].y)


def test_two_curves_of_one_role_differ_in_dash():
    other = Curve("mm1_ms", "theory of another", "theory")
    figure = figures.draw(shapes(replace(WAIT, curves=(*WAIT.curves, other))))
    assert [trace.line.dash for trace in figure.data[-2:]] == ["dashdot", "dot"]


@pytest.mark.parametrize(
    ("x", "title", "unit"),
    [
        ("second", "time of arrival (s)", "s"),
        ("reply_ms", "", "ms"),
        ("rho", "Load", ""),
        ("minute", "minutes from the start", "min"),
        ("size_pct", "size, % of the keys", "%"),
    ],
)
def test_the_clock_of_a_run_has_the_unit_that_its_axis_names(x, title, unit):
    assert figures.axes.unit_along(replace(WAIT, x=x, x_title=title)) == unit


def test_doubt_is_shaded_to_the_end_of_the_axis_and_says_why():
    layout = figures.draw(shapes(WAIT)).layout
    (shade,) = layout.shapes
    assert (shade.x0, shade.x1) == pytest.approx((0.9, 0.95))
    assert "unsteady" in [note.text for note in layout.annotations]


def test_events_are_lines_with_labels_that_do_not_meet():
    time = result().data["time"]
    near = tuple((time[i], f"target {i} fails") for i in (10, 11, 12, 13, 99))
    layout = figures.draw(shapes(replace(RATES, events=near))).layout
    assert layout.shapes[0].x0 == "2026-01-05T00:10:00.000"
    notes = layout.annotations[1:]
    assert len({note.y for note in notes}) == 4
    assert [note.text for note in notes][3] == "•"
    assert [note.hovertext for note in notes] == [text for _, text in near]
    assert notes[4].xanchor == "right"
    late = figures.draw(shapes(replace(SHARE, events=((1000, "timeout"),)))).layout
    assert (late.shapes[0].x0, late.annotations[1].x) == (pytest.approx(1000), 3)


def test_bars_stand_beside_each_other_or_on_each_other():
    beside, on = (
        figures.draw(shapes(replace(TARGETS, stacked=stacked)), [shapes(TARGETS, label="b")])
        for stacked in (False, True)
    )
    assert [trace.type for trace in beside.data] == ["bar"] * 4 + ["scatter"]
    assert len({trace.offsetgroup for trace in beside.data[:4]}) == 4
    assert len({trace.offsetgroup for trace in on.data[2:4]}) == 1
    assert beside.layout.yaxis.range[1] < 70 and on.layout.yaxis.range[1] > 95
    assert beside.data[2].marker.pattern.shape != beside.data[3].marker.pattern.shape
    assert beside.layout.xaxis.categoryarray == ("target 0", "target 1", "target 2")


def test_kept_bars_may_have_other_categories():
    figure = figures.draw(shapes(TARGETS), [shapes(TARGETS, label="b", targets=5)])
    assert len(figure.layout.xaxis.categoryarray) == 5


def test_a_heat_map_has_logarithmic_colours_with_ticks_of_time_and_theory_over_it():
    figure = figures.draw(shapes(MAP))
    heat, edge = figure.data
    assert (heat.type, edge.type) == ("heatmap", "scatter")
    assert heat.z.shape == (3, 50)
    np.testing.assert_allclose(10**heat.z, heat.customdata, rtol=1e-5)
    assert (heat.zmin, heat.zmax) == (0, 4)
    assert heat.colorbar.ticktext == ("1 ms", "10 ms", "100 ms", "1 s", "10 s")
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.yaxis.ticktext == ("1", "2", "4")


def test_states_have_a_colour_each_and_are_named():
    figure = figures.draw(shapes(LOG), [shapes(LOG, label="b")])
    (heat,) = figure.data
    assert heat.colorbar.ticktext == LOG.levels
    assert len({color for _, color in heat.colorscale}) == 3
    assert heat.text[0] == ["durable"] * 3 + ["received"] * 2 + ["missing", ""]
    low, high = figure.layout.yaxis.range
    assert low > high and figure.layout.yaxis.categoryarray == ("a1", "b1")


def test_a_kept_result_of_another_shape_adds_its_panels():
    kept = shapes(WAIT, SHARE, label="b", columns=20)
    figure = figures.draw(shapes(RATES, WAIT), [kept])
    assert [len(trace.y) for trace in figure.data if trace.yaxis == "y2"] == [20, 50, 50]
    assert "<b>Share</b>" in [note.text for note in figure.layout.annotations]


def test_long_lines_and_maps_are_thinned_and_bars_are_not():
    long = shapes(WAIT, TARGETS, MAP, columns=5000, targets=1500)
    lengths = [y.shape[-1] for _, y in figures.curves(long)]
    bins = figures.BINS
    assert lengths == [2 * bins, 1500, 1500, bins, 2 * bins, 1500, 2 * bins]


def test_a_long_map_keeps_what_lasts_one_sample_where_it_is():
    states = shapes(LOG)
    moment = np.arange(5000)
    states.data.update(lsn=moment, state=np.stack([0 * moment, 2 * (moment == 3721)]))
    ((x, y),) = figures.curves(states)
    assert len(x) == figures.BINS and np.flatnonzero(y.max(axis=0)).tolist() == [372]
    assert y[1, 372] == 2 and abs(x[372] - 3721) <= x[1] - x[0]


def test_a_long_loop_is_drawn_as_it_is():
    loop = shapes(WAIT, columns=5000)
    loop.data["rho"][:] = np.sin(np.arange(5000))
    assert [len(y) for _, y in figures.curves(loop)] == [5000, 5000]


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (1, 90, ("1 ms", "10 ms", "100 ms")),
        (2e5, 9e5, ("1 min", "10 min", "1 h")),
        (0.004, 9e8, ("1 µs", "1 ms", "1 s", "10 min", "1 d")),
    ],
)
def test_milliseconds_over_decades_read_as_durations(low, high, texts):
    one = result(panels=(LATENCY,))
    one.data["latency"][:] = np.geomspace(low, high, 100)
    assert figures.draw(one).layout.yaxis.ticktext == texts


def test_a_logarithmic_x_in_milliseconds_does_too():
    ticks = figures.draw(shapes(SHARE)).layout.xaxis.ticktext
    assert ticks == ("10 µs", "1 ms", "100 ms", "10 s", "10 min")


BOTH = [
    (RATES, CREDIT, LATENCY),
    (WAIT, SHARE, RATES),
    (TARGETS,),
    (replace(TARGETS, stacked=True), MAP),
    (LOG, MAP),
    (replace(RATES, events=((np.datetime64("2026-01-05T00:10"), "fails"),)),),
]


@pytest.mark.parametrize("panels", BOTH, ids=lambda panels: panels[0].title + panels[-1].title)
def test_the_page_and_plotly_draw_the_same(panels):
    """One result, two drawings: the same lines in the same order, places, ends, ticks, events."""
    one, kept = shapes(*panels), [shapes(*panels, label="b")]
    drawn = figures.curves(one, kept)
    picture = figures.panels(one, drawn, kept)
    figure = figures.draw(one, kept)
    for panel in picture["panels"]:
        for line in panel["lines"]:
            trace = figure.data[line["slot"]]
            across = figure.layout["xaxis" + trace.xaxis[1:]]
            upright = figure.layout["yaxis" + trace.yaxis[1:]]
            axis = picture["axes"][panel["axis"]]
            same_line(line, trace, panel)
            same_axis(axis, across)
            if panel["y"]["type"] != "linear" or "rows" in panel["y"]:
                same_axis(panel["y"], upright, pad=0.06)
            np.testing.assert_allclose(
                places(picture["xs"][line["x"]]), on_axis(trace, axis, len(drawn[line["slot"]][0])),
                rtol=1e-5, atol=1e-6,
            )  # fmt: skip
    events = [at for panel in picture["panels"] for at, _ in panel["events"]]
    shown = [shape.x0 for shape in figure.layout.shapes if shape.type == "line"]
    assert events == [float(np.datetime64(x, "ms").astype(np.int64)) for x in shown]


def same_line(line, trace, panel):
    assert (line["rank"] > 0) == (trace.name == "b")
    if not line["rank"]:
        assert line["label"] == trace.name
    kinds = {"heat": "heatmap", "bars": "bar"}
    assert trace.type == kinds.get(line["shape"], "scatter")
    if line["shape"] in ("line", "steps"):
        assert (line["shape"] == "steps") == (trace.line.shape == "hv")
    if line["shape"] == "bars" and not panel["stacked"]:
        assert trace.offsetgroup


def same_axis(axis, drawn, pad=0.0):
    assert axis["type"] == drawn.type
    ends = drawn.range
    if axis["type"] == "date":
        ends = [float(np.datetime64(end, "ms").astype(np.int64)) for end in ends]
    slack = pad * abs(axis["high"] - axis["low"]) + 1e-9
    np.testing.assert_allclose([axis["low"], axis["high"]], ends, atol=slack)
    if axis["type"] == "log" and axis["ticks"]:
        assert tuple(text for _, text in axis["ticks"]) == drawn.ticktext or "rows" in axis


def places(xs):
    if isinstance(xs, dict):
        return xs["first"] + xs["step"] * np.arange(xs["count"])
    return np.array(xs, float)


def on_axis(trace, axis, count):
    if axis["type"] == "category":
        return [[name for _, name in axis["ticks"]].index(name) for name in trace.x]
    if trace.x is not None:
        x = np.array(trace.x, float)
    elif axis["type"] == "date":
        first = np.datetime64(trace.x0, "ms").astype(np.int64)
        x = first + trace.dx * np.arange(count)
    else:
        x = trace.x0 + trace.dx * np.arange(count)
    return np.log10(x) if axis["type"] == "log" else x


def test_an_x_is_described_once_however_many_lines_share_it():
    one = result()
    picture = figures.panels(one, figures.curves(one))
    assert len(picture["axes"]) == 1
    assert picture["axes"][0]["type"] == "date"
    assert len(picture["panels"]) == 3


def test_a_kept_run_is_drawn_in_every_panel_that_can_show_it():
    bare = replace(CREDIT, curves=(Curve("credit", "credit", "first"),))
    one = result(panels=(RATES, bare, LATENCY))
    picture = figures.panels(one, figures.curves(one, [one]), [one])
    assert [sum(line["rank"] == 1 for line in panel["lines"]) for panel in picture["panels"]] == [
        1, 1, 1,
    ]  # fmt: skip


def test_a_sample_of_time_holds_until_the_next_and_a_point_does_not():
    waits = replace(LATENCY, curves=(*LATENCY.curves, Curve("credit", "theory", "theory")))
    one = result(panels=(waits, replace(WAIT, doubtful=())))
    one = replace(one, data=shapes(WAIT).data)
    shapes_drawn = [
        [line["shape"] for line in panel["lines"]]
        for panel in figures.panels(one, figures.curves(one))["panels"]
    ]
    assert shapes_drawn == [["steps", "steps"], ["line", "line"]]


def comparison():
    def option(label, holds, cost):
        return Option(label, None, holds, cost, (), "remark")

    options = (
        option("dear", True, 90.0),
        option("cheap", False, 5.0),
        option("right", True, 9.0),
        option("none", False, None),
    )
    return Comparison("Volumes", "Take the right one.", options, options[2])


def test_a_comparison_is_sorted_by_price_and_marks_what_holds_and_what_is_best():
    figure = figures.comparison(comparison())
    assert figure.layout.yaxis.categoryarray == ("cheap", "right", "dear", "none")
    holds, fails = figure.data
    assert holds.text == ("<b>9.00 USD ★ best</b>", "90.00 USD")
    assert fails.text == ("5.00 USD, does not hold", "does not hold")
    assert holds.marker.pattern.shape != fails.marker.pattern.shape
    assert figure.layout.meta["alt"] == "Volumes. Take the right one."


@pytest.fixture
def displayed(monkeypatch):
    seen = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: seen.append(bundle))
    return seen


def test_show_gives_the_figure_and_its_words(displayed, monkeypatch):
    monkeypatch.delenv("AWSNB_STATIC", raising=False)
    figures.show(figures.comparison(comparison()))
    figures.show(figures.comparison(comparison()), alt="Bars.")
    assert displayed[0]["text/plain"] == "Volumes. Take the right one."
    assert displayed[1]["text/plain"] == "Bars."
    assert "image/png" not in displayed[0]
    json.dumps(displayed[0]["application/vnd.plotly.v1+json"])


def test_a_static_build_shows_a_picture_where_it_can(displayed, monkeypatch):
    monkeypatch.setenv("AWSNB_STATIC", "1")
    monkeypatch.setattr("kaleido.calc_fig_sync", lambda *a, **k: b"png")
    monkeypatch.setattr("kaleido.start_sync_server", lambda *a, **k: None)
    figures.show(figures.comparison(comparison()))
    assert displayed[0]["image/png"] == b"png"


def test_a_figure_in_a_notebook_is_small():
    year = result(105_120)
    assert len(figures.draw(year, [year, year]).to_json()) < 100_000


def test_a_heat_map_in_a_notebook_is_small():
    assert len(figures.draw(shapes(MAP, LOG, columns=100)).to_json()) < 20_000


def test_a_figure_carries_one_small_theme():
    for figure in (figures.draw(result()), figures.comparison(comparison())):
        assert figure.layout.template.layout.font.color == figures.MIDTONE
        assert not figure.layout.template.data.to_plotly_json()


def scene(samples=2_000):
    x = result(samples).data["time"]
    level = np.linspace(100, 0, samples)
    turn = samples * 7 // 18
    flow = np.where(np.arange(samples) < turn, 5.0, 1.0)
    places = (
        Place("source", 0, count=flow, note="a second"),
        Place("tank", 1, level, 100.0, "l", states=((x[0], "ok", ""), (x[turn], "bad", "low"))),
    )
    flows = (Flow("source", "tank", flow, 5.0),)
    words = ((x[0], "It fills."), (x[turn], "It drains."))
    return Scene("A tank", "time", places, flows, ((x[turn], "low"),), words)


def test_a_column_of_a_scene_has_vessels_or_end_points():
    told = scene()
    end = Place("end", 1, count=told.flows[0].rate)
    with pytest.raises(ValueError, match="vessels or end points"):
        replace(told, places=(*told.places, end))


def moving(samples):
    return figures.moving(replace(result(samples), scene=scene(samples)))


def test_a_scene_is_sent_at_few_moments_of_which_those_of_its_events_are_some():
    described, columns = moving(2_000)
    moments = columns[described["moments"]].values
    assert len(moments) <= 402 and {len(column.values) for column in columns} == {len(moments)}
    (event,) = (at for at, _ in described["events"])
    at = list(moments).index(event)
    assert columns[described["flows"][0]["rate"]].values[at - 1 : at + 1].tolist() == [5.0, 1.0]
    assert [at for at, *_ in described["places"][1]["states"]] == [moments[0], event]


def test_a_column_of_a_scene_is_sent_once():
    described, columns = moving(50)
    assert len(columns) == 3
    assert described["places"][0]["count"] == described["flows"][0]["rate"]


def test_long_lines_beside_a_scene_are_told_at_its_moments_and_kept_ones_at_the_same():
    one, kept = (replace(result(samples), scene=scene(samples)) for samples in (2_000, 1_500))
    described, columns = figures.moving(one, [kept])
    drawn = figures.curves(one, [kept])
    samples = np.searchsorted(one.data["time"].astype("datetime64[ms]").astype(float),
                              columns[described["moments"]].values)  # fmt: skip
    told = {curve["slot"]: columns[curve["values"]] for curve in described["curves"]}
    assert sorted(told) == list(range(len(drawn)))
    for slot, line in enumerate(figures.lines.lines_of(one, [kept])):
        inside = samples < len(line.y)
        assert told[slot].log == line.panel.log
        assert told[slot].values[inside].tolist() == line.y[samples[inside]].tolist()
        assert (told[slot].values[~inside] == line.y[-1]).all()


def test_a_line_that_is_drawn_whole_is_read_where_it_is_drawn():
    assert moving(1_000)[0]["curves"] == []


def test_a_level_of_whole_numbers_is_said_to_be_one():
    one, counts = replace(result(50), scene=scene(50)), np.arange(50)
    source, tank = one.scene.places
    counted = replace(one.scene, places=(source, replace(tank, level=counts)))
    for shown, whole in ((one, False), (replace(one, scene=counted), True)):
        assert figures.moving(shown)[0]["places"][1]["whole"] == whole


def test_a_scene_moves_with_the_axis_of_its_plots():
    described, _ = moving(50)
    one = result(50)
    (axis,) = figures.panels(one, figures.curves(one))["axes"]
    assert all(described["axis"][key] == axis[key] for key in ("key", "type", "low", "high"))


def test_the_members_of_a_place_are_sent_as_how_many_there_are_in_each_state():
    up = np.arange(50.0)
    members = (Members("up", "ok", up, up), Members("coming", "wait", 50 - up))
    group = Place("group", 1, capacity=50.0, members=members, room=50)
    picture = replace(scene(50), places=(scene(50).places[0], group), flows=())
    described, columns = figures.moving(replace(result(50), scene=picture))
    first, second = described["places"][1]["members"]
    assert (first["word"], first["tone"], second["level"]) == ("up", "ok", None)
    assert first["count"] == first["level"]
    assert columns[first["count"]].values.tolist() == up.tolist()
    assert described["places"][1]["room"] == 50


def test_a_scene_begins_at_the_moment_that_its_result_is_of():
    assert moving(50)[0]["at"] is None
    asked = replace(scene(50), at=result(50).data["time"][7])
    described, columns = figures.moving(replace(result(50), scene=asked))
    assert described["at"] == columns[described["moments"]].values[7]


def test_a_result_without_a_scene_has_none():
    assert figures.moving(result(50)) == (None, [])
