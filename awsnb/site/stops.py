"""Which questions a page can answer: from each situation, two controls together, the others alone.

Controls that no page can answer for, such as a text that anybody may write, are left out.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from awsnb.controls import described, menu_options, slider_stops
from awsnb.scenario import FieldSpec

TOGETHER = 2  # controls that move together
STOPS = (20, 16, 13, 11, 9, 8, 7, 6, 5, 4, 3)  # each a choice among those before it
FOLDED = 3  # a control that is folded away has so many times fewer
WIDE = 20  # ratio between ends of a control beyond which its stops are equally far apart in ratio
Values = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """A question that a page can answer: a situation of a view, and what is changed of it."""

    view: str
    situation: str
    changes: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Reach:
    """How far one view of a page can be moved.

    Parameters
    ----------
    view : dict
        The view as an Explorer's form describes it: name, fields, situations.
    specs : mapping of str to FieldSpec
        Its scenario's fields.
    stops : mapping of str to sequence
        The values that each control can take.
    """

    view: dict[str, Any]
    specs: Mapping[str, FieldSpec]
    stops: Mapping[str, Sequence[Any]]

    @classmethod
    def of(
        cls,
        view: dict[str, Any],
        specs: Mapping[str, FieldSpec],
        offers: Mapping[str, Sequence[str]],
        most: int,
        idle: Collection[str] = (),
    ) -> "Reach":
        """Choose at most so many stops for each control, and the values that situations have.

        Controls that are `idle` have none.

        Controls that are folded away have a third of them. `most` is one of `STOPS`; what is chosen
        for fewer is among what is chosen for more, so that no answer is asked for in vain.
        """
        homes = [situation["values"] for situation in view["situations"]]
        stops = {
            name: _stops(spec, [home[name] for home in homes], offers.get(name, ()), most)
            for name, spec in specs.items()
            if spec.control and name not in idle
        }
        return cls(view, specs, {name: values for name, values in stops.items() if len(values) > 1})

    @property
    def together(self) -> list[str]:
        """The controls that move together: the first that are not folded away."""
        return [name for name in self.stops if not self.specs[name].advanced][:TOGETHER]

    def questions(self) -> list[Question]:
        """List the questions, each once, neighbours beside each other."""
        name = self.view["name"]
        return [
            Question(name, situation["name"], changes)
            for situation in self.view["situations"]
            for changes in dict.fromkeys(self._changes(situation["values"]))
        ]

    def _changes(self, home: Values) -> Iterator[tuple[tuple[str, Any], ...]]:
        yield ()
        for values in product(*(self.stops[name] for name in self.together)):
            yield _changed(home, dict(zip(self.together, values, strict=True)))
        for name in self.stops:
            if name not in self.together:
                for alone in self._alone(name):
                    yield _changed(home, alone)

    def _alone(self, name: str) -> Iterator[Values]:
        """List what is set to move one control: it, and those beside which it means anything."""
        needs = self.needs(name)
        for others in product(*needs.values()):
            for value in self.stops[name]:
                yield dict(zip(needs, others, strict=True)) | {name: value}

    def needs(self, name: str) -> dict[str, list[Any]]:
        """Return the controls beside which a control means something, and their values for that."""
        return {
            other: [value for value in self.stops[other] if value in allowed]
            for other, allowed in self.specs[name].only_when.items()
            if other in self.stops
        }

    def form(self) -> dict[str, Any]:
        """Describe the view for the page: its controls stop where answers are."""
        fields = [self._field(spec) for spec in self.specs.values()]
        needs = {name: list(self.needs(name)) for name in self.stops}
        return self.view | {"fields": fields, "together": self.together, "needs": needs}

    def _field(self, spec: FieldSpec) -> dict[str, Any]:
        values = self.stops.get(spec.name, [])
        field = described(spec) | {"control": bool(values)}
        if spec.kind in ("int", "float"):
            return field | {"stops": [value for value in values if value is not None]}
        if spec.kind == "bool" and spec.default is not None:
            return field
        texts = {value: text for text, value in menu_options(spec)}
        options = [[texts.get(value, str(value)) or "none", value] for value in values]
        return field | {"kind": "choice", "options": options}


def _changed(home: Values, values: Values) -> tuple[tuple[str, Any], ...]:
    return tuple((name, value) for name, value in values.items() if value != home[name])


def _stops(spec: FieldSpec, homes: Sequence[Any], offers: Sequence[str], most: int) -> list[Any]:
    found = dict.fromkeys([*_offered(spec, offers, most), *homes])
    if spec.lines or spec.kind == "path" or (spec.kind == "text" and not offers):
        return []
    if spec.kind in ("int", "float"):
        numbers = sorted(value for value in found if value is not None)
        return [*([None] if None in found else []), *numbers]
    return list(found)


def _offered(spec: FieldSpec, offers: Sequence[str], most: int) -> list[Any]:
    if spec.kind in ("int", "float"):
        ends = [None] if spec.default is None and spec.unset else []
        return [*ends, *_fewer(slider_stops(spec), spec, most)]
    if spec.kind == "text":
        return _fewer(offers, spec, most)
    if spec.kind == "bool" and spec.default is not None:
        return [False, True]
    return _fewer([value for _, value in menu_options(spec)], spec, most)


def _fewer(values: Sequence[Any], spec: FieldSpec, most: int) -> list[Any]:
    """Take fewer and fewer of the values of a control, until they are so few."""
    thinned = _thinned_numbers if spec.kind in ("int", "float") else _thinned
    for stops in STOPS[: STOPS.index(most) + 1]:
        values = thinned(values, max(STOPS[-1], stops // FOLDED) if spec.advanced else stops)
    return list(values)


def _thinned_numbers(values: Sequence[float], most: int) -> list[Any]:
    """Take at most so many numbers, close to each other where they are small if they span much."""
    positive = [value for value in values if value > 0]
    if len(values) <= most or not positive or positive[-1] < WIDE * positive[0]:
        return _thinned(values, most)
    zero = [value for value in values if value <= 0][:1]
    count = most - len(zero)
    ratio = (positive[-1] / positive[0]) ** (1 / (count - 1))
    wanted = [positive[0] * ratio**i for i in range(count)]
    near = [_nearest(one, positive) for one in wanted]
    return list(dict.fromkeys([*zero, *near]))


def _nearest(wanted: float, values: Sequence[float]) -> float:
    return min(values, key=lambda value: abs(value - wanted))


def _thinned(values: Sequence[Any], most: int) -> list[Any]:
    """Take at most so many values, the first and the last among them, equally far apart."""
    if len(values) <= most:
        return list(values)
    return [values[round(i * (len(values) - 1) / (most - 1))] for i in range(most)]
