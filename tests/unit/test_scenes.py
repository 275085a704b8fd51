"""Moving pictures: what a scene and a plot both show is one number."""

import numpy as np
import pytest

from awsnb.results import Result
from awsnb.sections import SECTIONS
from awsnb.view import View

VIEWS = [(one.slug, view) for one in SECTIONS if one.ready for view in one.views]
ALIKE = {  # places and curves that a reader takes for the same, though their names differ
    "ebs-volume-types": {"Application": "asked for"},
    "efs": {"Clients": "asked for", "Waits": "waiting"},
    "alb": {"ALB": "sent, with retries"},
    "scaling-policies": {"In the queue": "waiting"},
    "elasticache": {"Application": "requests of the application",
                    "Database": "queries to the database"},
    "sticky-sessions": {"State lost": "times, so far"},
}  # fmt: skip


def told_twice(slug: str, result: Result) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Return what a place and a curve on the scene's axis both say."""
    curves = {
        curve.label.lower(): result.data[curve.column]
        for panel in result.panels
        if panel.x == result.scene.x and panel.kind == "lines"
        for curve in panel.curves
    }
    named = ALIKE.get(slug, {})
    numbers = {place.name: place.level if place.count is None else place.count
               for place in result.scene.places}  # fmt: skip
    found = [(name, values, curves.get(named.get(name, name.lower())))
             for name, values in numbers.items()]  # fmt: skip
    return [one for one in found if one[1] is not None and one[2] is not None]


@pytest.mark.parametrize(("slug", "view"), VIEWS, ids=lambda one: getattr(one, "name", one))
def test_what_a_scene_and_a_plot_both_show_is_equal_at_every_time(slug: str, view: View) -> None:
    shown = set()
    for scenario in view.situations():
        result = view.simulate(scenario)
        for name, place, curve in told_twice(slug, result) if result.scene else ():
            np.testing.assert_allclose(place, curve, rtol=1e-9, err_msg=f"{scenario}: {name}")
            shown.add(name)
    if slug in ALIKE and any(view.simulate(one).scene for one in view.situations()):
        assert shown >= set(ALIKE[slug])
