"""What a move of a slider sends to the page, of every section: gates that no clock is asked for."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from awsnb.controls import slider_stops
from awsnb.explorer import Explorer
from awsnb.scenario import FieldSpec
from awsnb.sections import SECTIONS, Section
from awsnb.view import View

MOST_BYTES = 20_000
LARGER = {"cross-zone": 23_500, "cascade": 23_500}  # they miss it: a hundred places, ten curves
STOPS = 6  # of a slider, about equally far apart
VIEWS = [(one, view) for one in SECTIONS if one.ready for view in one.views]


@pytest.fixture
def sent(monkeypatch):
    messages = []
    monkeypatch.setattr(
        "ipywidgets.Widget._send", lambda self, msg, buffers=(): messages.append((msg, buffers))
    )
    return messages


def sliders(explorer: Explorer) -> list[FieldSpec]:
    """List the numbers that are not folded away and mean something now."""
    specs = explorer._scenario_class.fields().values()
    numbers = [one for one in specs if one.kind in ("int", "float") and one.control]
    return [one for one in numbers if not one.advanced and one.applies(explorer.values)]


def moves(explorer: Explorer) -> Iterator[dict[str, Any]]:
    for spec in sliders(explorer):
        stops = list(slider_stops(spec))
        home = explorer.values[spec.name]
        for value in [*stops[:: max(1, len(stops) // STOPS)], stops[-1], home]:
            yield explorer.values | {spec.name: value}


def size_of(message: dict[str, Any], buffers: list[bytes]) -> int:
    text = json.dumps(message, ensure_ascii=False)
    return len(text.encode()) + sum(len(one) for one in buffers)


@pytest.mark.parametrize(
    ("section", "view"), VIEWS, ids=[f"{one.slug}-{view.name}" for one, view in VIEWS]
)
def test_a_move_is_one_small_message_of_what_changed(
    section: Section, view: View, sent: list[Any]
) -> None:
    explorer = Explorer(section, view=view.name)
    for values in moves(explorer):
        before = explorer.get_state()
        sent.clear()
        explorer.set_state({"values": values, "asked": explorer.asked + 1})
        ((message, buffers),) = sent
        assert size_of(message, buffers) <= LARGER.get(section.slug, MOST_BYTES), values
        now = explorer.get_state()
        told = {*message["state"], *(path[0] for path in message["buffer_paths"])}
        assert [name for name in told if now[name] == before[name]] == []
    explorer.close()
