import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from awsnb.results import Comparison, Curve, Number, Option, Panel, Result, cheapest
from awsnb.scenario import Scenario
from awsnb.sections import SECTIONS

SITUATIONS = [
    pytest.param(view, scenario, id=f"{section.slug}-{view.name}-{number}")
    for section in SECTIONS
    if section.ready
    for view in section.views
    for number, scenario in enumerate(view.situations())
]
UNITS = (
    "depth min s ms h hours d pct at iops rps rpm gib mib mibps usd usd_month ratio "
    "connections day millions readers records s_year years instances units waiting delayed "
    "waiting_at_end vcpus credits bytes fleets gb gbps reads_a_year requests trips days functions"
)
UNIT = re.compile(rf"(^|_)({UNITS.replace(' ', '|')})$")


def bears_its_unit(name):
    return UNIT.search(name)


TIMES = np.array(["2024-03-01T00:00", "2024-03-01T00:05"], "datetime64[ms]")


def result(notes=("Load: <made up>.",)):
    return Result(
        scenario=Scenario(),
        label="gp2 <100 GiB>",
        why="Throttled & slow.",
        numbers=(
            Number("throttled_min", "Throttled", 5.0, "5 min", headline=True),
            Number("first_throttled_at", "First <at>", None, "never"),
        ),
        data={"time": TIMES, "asked_iops": np.array([1.0, 2.0]), "latency_ms": np.zeros(2)},
        panels=(Panel("Rates", "IOPS", (Curve("asked_iops", "asked for", "demand"),)),),
        notes=notes,
    )


def comparison():
    cost = Number("cost_usd_month", "USD a month", 10.0, "10.00")
    none = Number("cost_usd_month", "USD a month", None, "-")
    options = (
        Option("gp2 & co", Scenario(), True, 10.0, (cost,)),
        Option("st1", None, False, None, (none,), "no size <holds> it"),
    )
    return Comparison("The <cheapest>", "Take gp2 & go.", options, options[0])


# --- results


def test_a_result_says_itself_in_text():
    assert str(result()) == "\n".join(
        [
            "gp2 <100 GiB>",
            "",
            "Throttled & slow.",
            "",
            "Throttled   5 min",
            "First <at>  never",
            "",
            "- Load: <made up>.",
        ]
    )
    assert repr(result()) == str(result())
    assert str(result(notes=())).endswith("First <at>  never")


def test_the_html_says_the_same_escaped():
    page = result()._repr_html_()
    for text in ("gp2 &lt;100 GiB&gt;", "Throttled &amp; slow.", "First &lt;at&gt;", "&lt;made up"):
        assert text in page
    assert "<100" not in page and "<made" not in page
    assert "<ul>" not in result(notes=())._repr_html_()


def test_the_summary_has_the_values_by_name():
    assert result().summary == {"throttled_min": 5.0, "first_throttled_at": None}


def test_the_series_is_indexed_by_time():
    series = result().series
    assert isinstance(series.index, pd.DatetimeIndex) and series.index.name == "time"
    assert list(series.columns) == ["asked_iops", "latency_ms"]
    np.testing.assert_array_equal(series.index.to_numpy(), TIMES)
    np.testing.assert_array_equal(series["asked_iops"], [1, 2])
    assert "time" in result().data


def test_the_series_has_the_columns_as_long_as_the_first():
    data = {
        "rho": np.array([0.1, 0.2]),
        "wait_ms": np.array([1.0, 2.0]),
        "target": np.array(["a", "b", "c"]),
        "map_ms": np.ones((2, 2)),
    }
    series = replace(result(), data=data).series
    assert list(series.columns) == ["wait_ms"]
    assert series.index.name == "rho" and series.index.tolist() == [0.1, 0.2]


# --- comparisons


def test_the_table_has_a_row_an_option_as_a_reader_sees_it():
    table = comparison().table
    assert table.index.tolist() == ["gp2 & co", "st1"]
    assert table.loc["gp2 & co"].tolist() == ["yes", "10.00", ""]
    assert table.loc["st1"].tolist() == ["no", "-", "no size <holds> it"]
    assert list(table.columns) == ["holds", "USD a month", "remark"]


def test_the_rows_have_values_with_units_in_their_names():
    rows = comparison().rows
    assert list(rows.columns) == ["option", "holds", "cost_usd_month"]
    assert rows["holds"].tolist() == [True, False]
    assert rows["cost_usd_month"][0] == 10.0 and pd.isna(rows["cost_usd_month"][1])


def test_a_comparison_says_itself_in_text_and_html():
    lines = str(comparison()).splitlines()
    assert lines[:4] == ["The <cheapest>", "", "Take gp2 & go.", ""]
    assert lines[4].split() == ["holds", "USD", "a", "month", "remark"]
    assert lines[5] == "gp2 & co  yes    10.00"
    assert lines[6] == "st1       no     -            no size <holds> it"
    assert repr(comparison()) == str(comparison())
    page = comparison()._repr_html_()
    for text in ("The &lt;cheapest&gt;", "Take gp2 &amp; go.", "gp2 &amp; co", "&lt;holds&gt;"):
        assert text in page
    assert "<cheapest>" not in page and "<holds>" not in page


# --- what the sections make of them


@pytest.mark.parametrize(("view", "scenario"), SITUATIONS)
def test_every_result_keeps_the_shape(view, scenario):
    made = view.simulate(scenario)
    names = [number.name for number in made.numbers]
    assert len(set(names)) == len(names)
    measured = [number.name for number in made.numbers if type(number.value) is float]
    assert all(map(bears_its_unit, measured)), measured
    axes = {panel.x for panel in made.panels} | {panel.rows for panel in made.panels}
    states = {curve.column for panel in made.panels if panel.levels for curve in panel.curves}
    columns = [name for name, column in made.data.items() if column.dtype.kind == "f"]
    assert all(bears_its_unit(name) for name in columns if name not in axes | states), columns
    for panel in made.panels:
        lengths = {made.data[curve.column].shape[-1] for curve in panel.curves}
        assert lengths <= {len(made.data[panel.x])}, panel.title
    drawn = {curve.column for panel in made.panels for curve in panel.curves}
    assert drawn and drawn <= set(made.data)
    assert 1 <= sum(number.headline for number in made.numbers) <= 4
    assert made.why.endswith(".") and all(note.endswith(".") for note in made.notes)
    for number in made.numbers:
        assert number.text in str(made) and type(number.value) in (int, float, str, type(None))
        assert number.value == number.value, f"{number.name} is NaN; None says that there is none"


@pytest.mark.parametrize(("view", "scenario"), SITUATIONS)
def test_every_comparison_keeps_the_shape(view, scenario):
    if view.compare is None:
        return
    made = view.compare(scenario)
    assert made.why.endswith(".")
    assert made.best is None or (made.best in made.options and made.best.holds)
    assert len(made.table) == len(made.rows) == len(made.options)
    numbers = [tuple(number.name for number in option.numbers) for option in made.options]
    assert len(set(numbers)) == 1
    for option in made.options:
        measured = [number.name for number in option.numbers if type(number.value) is float]
        assert all(map(bears_its_unit, measured))


def test_the_cheapest_that_holds_is_found():
    ten, none = comparison().options
    five = replace(ten, label="gp3", cost_usd_month=5.0)
    assert cheapest([ten, five, replace(five, holds=False, cost_usd_month=1.0)]) is five
    assert cheapest([none]) is None


@pytest.mark.parametrize(
    ("usd_month", "apart"), [(10.004, ""), (12.5, "2.50 USD more"), (8.0, "2.00 USD less")]
)
def test_how_far_apart_two_prices_are(usd_month, apart):
    ten = comparison().options[0]
    assert replace(ten, cost_usd_month=usd_month).dearer_by(ten) == apart
