import json
from dataclasses import replace

import numpy as np
import pytest

from awsnb import figures
from awsnb.results import Comparison, Curve, Option, Panel, Result
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


def test_a_timeline_has_a_trace_a_curve_and_an_axis_a_panel():
    figure = figures.timeline(result())
    assert [trace.yaxis for trace in figure.data] == ["y", "y", "y2", "y3"]
    assert figure.layout.yaxis.title.text == "IOPS"
    assert figure.layout.yaxis3.type == "log"
    assert figure.layout.xaxis.anchor == "y3"
    assert figure.layout.meta["alt"] == "a. Because."


def test_panels_do_not_overlap_and_fill_the_height():
    layout = figures.timeline(result()).layout
    domains = [layout.yaxis.domain, layout.yaxis2.domain, layout.yaxis3.domain]
    assert domains[0][1] == 1 and domains[2][0] == pytest.approx(0)
    assert domains[0][0] > domains[1][1] and domains[1][0] > domains[2][1]


def test_kept_results_add_the_curves_that_compare_under_their_own_name():
    figure = figures.timeline(result(), [result(label="b"), result(label="c")])
    kept = [trace for trace in figure.data if trace.legendgroup]
    assert [trace.name for trace in kept] == ["b"] * 3 + ["c"] * 3
    assert [trace.showlegend for trace in kept] == [True, False, False] * 2
    assert len({(trace.line.dash, trace.line.width) for trace in kept}) == 2


def test_a_panel_without_curves_is_left_out_until_a_kept_result_fills_it():
    bare = result(panels=(RATES, replace(CREDIT, curves=()), LATENCY))
    assert [a.text for a in figures.timeline(bare).layout.annotations] == [
        "<b>Rates</b>", "<b>Latency</b>"
    ]  # fmt: skip
    headings = figures.timeline(bare, [result(label="b")]).layout.annotations
    assert [a.text for a in headings] == ["<b>Rates</b>", "<b>Credit</b>", "<b>Latency</b>"]


def test_the_figure_draws_the_very_points_of_the_fast_path():
    one, kept = result(3000), [result(50, "b")]
    for trace, (_, y) in zip(
        figures.timeline(one, kept).data, figures.curves(one, kept), strict=True
    ):
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
    assert figures._round_above(value) == top


def test_irregular_times_are_written_out():
    one = result(50)
    one.data["time"][10:] += np.timedelta64(7, "s")
    trace = figures.timeline(one).data[0]
    assert trace.x0 is None and len(trace.x) == 50


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
    assert holds.text == ("<b>$9.00 ★ best</b>", "$90.00")
    assert fails.text == ("$5.00, does not hold", "does not hold")
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
    assert len(figures.timeline(year, [year, year]).to_json()) < 100_000


def test_a_figure_carries_one_small_theme():
    for figure in (figures.timeline(result()), figures.comparison(comparison())):
        assert figure.layout.template.layout.font.color == figures.MIDTONE
        assert not figure.layout.template.data.to_plotly_json()
