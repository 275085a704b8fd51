"""Moving pictures: what a scene and a plot both show is one number."""

from collections.abc import Iterator

import numpy as np
import pytest

from awsnb import figures
from awsnb.figures.axes import Axis
from awsnb.figures.lines import Line, lines_of
from awsnb.results import Result
from awsnb.sections import SECTIONS
from awsnb.view import View

VIEWS = [(one.slug, view) for one in SECTIONS if one.ready for view in one.views]
ALIKE = {  # places and curves that a reader takes for the same, though their names differ
    "ebs-volume-types": {"Application": "asked for"},
    "ec2": {"Load": "asked for", "Done": "served"},
    "efs": {"Clients": "asked for", "Waits": "waiting"},
    "alb": {"ALB": "sent, with retries"},
    "scaling-policies": {"In the queue": "waiting"},
    "rds": {"Database": "asked for", "Waits": "waiting",
            "Instance I/O credit": "instance's i/o credit",
            "Instance byte credit": "instance's byte credit"},
    "elasticache": {"Application": "requests of the application",
                    "Database": "queries to the database"},
    "sticky-sessions": {"State lost": "times, so far"},
}  # fmt: skip
TIMES = {("ec2", "Load"): 60, ("ec2", "Done"): 60}  # a vCPU's work for an hour is 60 credits


def twins(slug: str, result: Result) -> dict[str, str]:
    """Return, by a place's name, the label of the curve on the scene's axis that says the same."""
    labels = {
        curve.label.lower(): curve.label
        for panel in result.panels
        if panel.x == result.scene.x and panel.kind == "lines"
        for curve in panel.curves
    }
    named = ALIKE.get(slug, {})
    found = {one.name: labels.get(named.get(one.name, one.name.lower()))
             for one in result.scene.places}  # fmt: skip
    return {name: label for name, label in found.items() if label is not None}


def told_twice(slug: str, result: Result) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield what a place and a curve on the scene's axis both say."""
    curves = {line.curve.label: line.y for line in lines_of(result, ())
              if line.panel.x == result.scene.x}  # fmt: skip
    same = twins(slug, result)
    for place in result.scene.places:
        values = place.level if place.count is None else place.count
        if place.name in same and values is not None:
            yield place.name, values, TIMES.get((slug, place.name), 1) * curves[same[place.name]]


@pytest.mark.parametrize(("slug", "view"), VIEWS, ids=lambda one: getattr(one, "name", one))
def test_what_a_scene_and_a_plot_both_show_is_equal_at_every_time(slug: str, view: View) -> None:
    shown, scenes = set(), 0
    for scenario in view.situations():
        result = view.simulate(scenario)
        scenes += result.scene is not None
        for name, place, curve in told_twice(slug, result) if result.scene else ():
            np.testing.assert_allclose(place, curve, rtol=1e-9, err_msg=f"{scenario}: {name}")
            shown.add(name)
    if slug in ALIKE and shown:
        assert shown >= set(ALIKE[slug])


def legends(result: Result) -> Iterator[tuple[Line, np.ndarray, np.ndarray]]:
    """Yield each line beside a scene, its samples at the scene's moments, and what its legend says.

    A legend says what the scene's column of the curve does, and without one the drawn point that
    holds at the moment.
    """
    scene, columns = figures.moving(result)
    moments = columns[scene["moments"]].values
    told = {curve["slot"]: columns[curve["values"]].values for curve in scene["curves"]}
    axis = Axis.of([result.data[scene["x"]]], log=False, cells=False)
    lines, points = lines_of(result, ()), figures.curves(result)
    for slot, (line, (x, y)) in enumerate(zip(lines, points, strict=True)):
        if line.panel.x == scene["x"] and line.shape == "line":
            samples, drawn = (np.searchsorted(axis.places(one), moments, side="right") - 1
                              for one in (line.x, x))  # fmt: skip
            yield line, line.y[samples], told.get(slot, y[drawn])


@pytest.mark.parametrize(("slug", "view"), VIEWS, ids=lambda one: getattr(one, "name", one))
def test_a_legend_reads_the_sample_that_the_scene_shows(slug: str, view: View) -> None:
    for scenario in view.situations():
        result = view.simulate(scenario)
        for line, sample, read in legends(result) if result.scene else ():
            np.testing.assert_allclose(read, sample, rtol=1e-6, atol=1e-30,
                                       err_msg=f"{scenario}: {line.curve.label}")  # fmt: skip
