"""The Explorer: move a section's controls and see at once what happens, and why.

It knows no single section. Controls come from a scenario's fields, plots from a result. The page
sets `values` (or a situation, or what is kept) and counts `asked` up; the kernel answers with one
message that holds the numbers, the words and the curves that changed. While a reader looks, the
page fetches what the slider in hand would say one stop further.
"""

import contextlib
import json
import os
import shlex
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import traitlets

from awsnb import figures
from awsnb.controls import described, read
from awsnb.page import module, packed, plotly, style
from awsnb.results import Result
from awsnb.scenario import Scenario, ScenarioError, closest
from awsnb.sections import Section
from awsnb.sections import section as find
from awsnb.view import View
from awsnb.widgets import NotebookWidget

SLOTS = 64  # columns that a picture can have
MOST_KEPT = 3
OWN = "Your numbers"  # where an explorer starts that is none of the section's situations
PLAIN = "The defaults"
MODULES = (
    "alive",
    "inflate",
    "prefetch",
    "keys",
    "text",
    "scale",
    "path",
    "plot",
    "controls",
    "stage",
    "scene",
    "zoom",
    "explorer",
)

_of_the_page: Any = {"sync": True, "echo_update": False}  # the page has what it sent


class Explorer(NotebookWidget):
    """Situations, controls, numbers, the sentence that says why, and plots.

    Parameters
    ----------
    section : str or Section
        The section, or its slug.
    situation : str, optional
        The name of one of its situations, to start from.
    view : str, optional
        The name of one of its views; the first if not given.
    **start
        Fields of its scenario that begin elsewhere than in the situation, or at their defaults.

    Attributes
    ----------
    values : dict
        What is asked: every field of the scenario.
    result : Result
        What came of the last question that could be answered.
    kept : list of dict
        Questions (view, situation, values) whose results are drawn too, for comparison.
    answer : dict
        The numbers and words on the page.
    problem : str
        Why the present question can't be answered; empty if it can.

    Raises
    ------
    ScenarioError
        If there is no such section, situation or view, or the start is no possible scenario.
    """

    _esm = module(*MODULES)
    _css = style("explorer")

    form = traitlets.Dict().tag(sync=True)
    view = traitlets.Unicode().tag(**_of_the_page)
    situation = traitlets.Unicode().tag(**_of_the_page)
    values: Any = traitlets.Dict().tag(**_of_the_page)
    kept: Any = traitlets.List().tag(**_of_the_page)
    asked = traitlets.Int().tag(**_of_the_page)
    shown = traitlets.Int().tag(**_of_the_page)  # the pictures that the page has of what it asks
    answer = traitlets.Dict().tag(sync=True)
    panels = traitlets.Unicode("{}").tag(sync=True)
    scene = traitlets.Unicode("null").tag(sync=True)
    drawn = traitlets.Int().tag(sync=True)  # by which the pictures are known

    def __init__(
        self, section: str | Section, situation: str = "", *, view: str = "", **start: Any
    ) -> None:
        self.section = find(section) if isinstance(section, str) else section
        self._views = {one.name: one for one in self.section.views}
        chosen = self.section.view(view)
        begun = _situations(chosen)
        given = begun[_known(situation, begun)] if situation else {}
        scenario = chosen.scenario(**given | start)
        self.result: Result = chosen.simulate(scenario)
        self.problem = ""
        self._kept_results: dict[str, Result] = {}
        self._not_to_send = set[str]()
        values = scenario.model_dump()
        if not situation:
            situation, begun = _began_at(scenario, chosen, begun)
            values = begun[situation]
        self._situations = {one.name: _situations(one) for one in self._views.values()}
        self._situations[chosen.name] = begun
        super().__init__(
            form=self._form(), view=chosen.name, situation=situation, values=dict(values)
        )
        columns = [f"{letter}{slot}" for letter in "ys" for slot in range(SLOTS)]
        self.add_traits(**{name: traitlets.Bytes().tag(sync=True) for name in columns})
        self._before = dict(self.values)
        self._draw()
        self.observe(lambda _: self._respond(self.shown), "asked")
        self.on_msg(lambda _, message, __: self._take(message))

    def choose(self, name: str) -> None:
        """Begin a situation of the present view, by its name."""
        begun = self._situations[self.view]
        self.situation = _known(name, begun)
        self.values = dict(begun[name])
        self._respond()

    def set(self, **values: Any) -> None:
        """Set several fields at once, and answer once."""
        self._scenario_class.check_names(values)
        self.values = self.values | values
        self._respond()

    def keep(self) -> None:
        """Keep the present question, to compare others with it."""
        now = {"view": self.view, "situation": self.situation, "values": dict(self.values)}
        if now not in self.kept and len(self.kept) < MOST_KEPT:
            self.kept = [*self.kept, now]
            self._respond()

    def drop(self, index: int) -> None:
        """Take the kept question at an index away."""
        self.kept = [one for i, one in enumerate(self.kept) if i != index]
        self._respond()

    @property
    def code(self) -> str:
        """The present state as a line of Python."""
        return self._code(self.values)

    def _code(self, values: Mapping[str, Any]) -> str:
        begun = self._situations[self.view][self.situation]
        listed = self.situation not in (OWN, PLAIN)
        start = begun if listed else self._scenario_class().model_dump()
        words = [repr(self.section.slug), *([repr(self.situation)] if listed else [])]
        if self.view != next(iter(self._views)):
            words.append(f"view={self.view!r}")
        changed = [f"{k}={v!r}" for k, v in values.items() if v != start[k]]
        return f"Explorer({', '.join([*words, *changed])})"

    def send_state(self, key: Any = None) -> None:
        """Send what changed, but no picture that the page has painted already."""
        super().send_state(key - self._not_to_send if isinstance(key, set) else key)

    def static_bundle(self) -> dict[str, Any]:
        """Return the result as text and HTML; in a static build, its picture."""
        picture = (
            figures.picture(figures.draw(self.result)) if os.environ.get("AWSNB_STATIC") else {}
        )
        return {
            "text/plain": repr(self),
            **(picture or {"text/html": self.result._repr_html_()}),
        }

    def __repr__(self) -> str:
        return (
            f"Explorer: {self.section.title} (run this notebook to move its controls)\n"
            f"{self.result}"
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        if os.environ.get("AWSNB_STATIC"):
            return self.static_bundle(), {}
        return super()._repr_mimebundle_(**kwargs)

    @property
    def _scenario_class(self) -> type[Scenario]:
        return self._views[self.view].scenario

    def _form(self) -> dict[str, Any]:
        views = [
            {
                "name": one.name,
                "question": one.question,
                "fields": [described(spec) for spec in one.scenario.fields().values()],
                "situations": [
                    {"name": name, "watch": _watch(one, name), "values": values}
                    for name, values in self._situations[one.name].items()
                ],
            }
            for one in self._views.values()
        ]
        return {"title": self.section.title, "views": views}

    def _respond(self, shown: int = 0) -> None:
        """Answer what is asked now; if that can't be, say so beside what was moved."""
        moved = [k for k, value in self.values.items() if value != self._before.get(k)]
        self._before = dict(self.values)
        with self.hold_sync():
            try:
                self.values = self._read(self.values)
                self.result = self._simulated(self.view, self.values)
            except ScenarioError as error:
                self._refuse(error, moved)
            except Exception as error:  # a slider must not die of what a model did
                self._refuse(ScenarioError(f"{type(error).__name__}: {error}"), moved)
            else:
                self._draw(shown)

    def _read(self, values: Mapping[str, Any]) -> dict[str, Any]:
        specs = self._scenario_class.fields()
        return {name: read(specs[name], value) for name, value in values.items()}

    def _simulated(self, view: str, values: Mapping[str, Any]) -> Result:
        """Answer a question; fields that mean nothing beside the others rest."""
        one = self._views[view]
        return one.simulate(one.scenario(**_applied(one.scenario, values)))

    def _hidden(self, values: Mapping[str, Any]) -> list[str]:
        specs = self._scenario_class.fields().values()
        return [spec.name for spec in specs if not spec.applies(values)]

    def _refuse(self, refusal: ScenarioError, moved: Sequence[str]) -> None:
        self.problem = str(refusal)
        specs, hidden = self._scenario_class.fields(), self._hidden(self.values)
        shown = [n for n, spec in specs.items() if spec.control and n not in hidden]
        own = refusal.field in shown
        beside = refusal.field if own else moved[0] if len(moved) == 1 else ""
        self.answer = self.answer | {
            "of": self.asked,
            "hidden": hidden,
            "trouble": {"text": self.problem, "beside": beside, "own": own},
            "place": [number for number in (refusal.line, refusal.column) if number],
        }

    def _draw(self, shown: int = 0) -> None:
        self.problem = ""
        told = self._told(self.result, self.values)
        with self.hold_sync():
            for name, value in told.items():
                self.set_trait(name, value)
            self._not_to_send = {*told} - {"answer"} if self.drawn == shown else set()

    def _told(self, result: Result, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the page is told of a result: pictures, and an answer in words."""
        kept = self._kept_here()
        drawn = figures.curves(result, kept)
        picture = figures.panels(result, drawn, kept)
        scene, moved = figures.moving(result, kept)
        logs = figures.slots(picture)
        curves = [packed(y.ravel(), log) for (_, y), log in zip(drawn, logs, strict=True)]
        pictures: dict[str, Any] = {
            "panels": _written(picture),
            "scene": _written(scene),
            **{f"y{slot}": column for slot, column in enumerate(curves)},
            **{f"s{slot}": packed(*column) for slot, column in enumerate(moved)},
        }
        pictures["drawn"] = _checksum(pictures.values())
        return pictures | {"answer": self._answer(result, values, kept, pictures["drawn"])}

    def _answer(
        self, result: Result, values: Mapping[str, Any], kept: Sequence[Result], drawn: int
    ) -> dict[str, Any]:
        return {
            "of": self.asked,
            "drawn": drawn,
            "numbers": _numbers(result, kept),
            "why": result.why,
            "alt": f"{result.label}. {result.why}",
            "trouble": None,
            "place": [],
            "hidden": self._hidden(values),
            "inForce": result.scenario.in_force(),
            "offers": {k: list(texts) for k, texts in result.scenario.suggestions().items()},
            "kept": [one["values"] for one in self.kept if one["view"] == self.view],
            "code": self._code(values),
            "command": report_command(self.section, result.scenario),
        }

    def _kept_here(self) -> list[Result]:
        return [self._kept_result(one) for one in self.kept if one["view"] == self.view]

    def _kept_result(self, asked: Mapping[str, Any]) -> Result:
        key = json.dumps(asked, sort_keys=True)
        if key not in self._kept_results:
            self._kept_results[key] = self._simulated(asked["view"], asked["values"])
        return self._kept_results[key]

    def _take(self, message: Mapping[str, Any]) -> None:
        """Do what the page asks beside its questions."""
        send = {
            "zoom": self._send_zoom,
            "prefetch": self._send_prefetched,
            "pictures": self._send_pictures,
        }
        send[message["ask"]](message)

    def _send_prefetched(self, message: Mapping[str, Any]) -> None:
        """Send what a move would change, beside what is drawn; nothing if it would be refused."""
        told: dict[str, Any] = {}
        with contextlib.suppress(Exception):  # it is said when the move is made
            values = self._read(self.values | message["moved"])
            told = self._told(self._simulated(self.view, values), values)
        news = {name: value for name, value in told.items() if value != getattr(self, name)}
        columns = {name: value for name, value in news.items() if isinstance(value, bytes)}
        words = _written({k: v for k, v in news.items() if k not in columns}).encode()
        reply = {
            "prefetched": message["question"],
            "base": self.drawn if told else 0,
            "words": len(words),
            "columns": [(name, len(value)) for name, value in columns.items()],
        }
        self.send(reply, [zlib.compress(b"".join([words, *columns.values()]), level=1)])

    def _send_pictures(self, _: Mapping[str, Any]) -> None:
        """Send all that is painted, to a page that was not sent what another one had."""
        self.send_state([*self._told(self.result, self.values)])

    def _send_zoom(self, message: Mapping[str, Any]) -> None:
        """Send the plots as a figure of plotly's, with its program if the page lacks it."""
        figure = figures.draw(self.result, self._kept_here()).to_json()
        self.send({"zoom": figure}, [plotly()] if message["script"] else [])


def _written(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _checksum(told: Iterable[str | bytes]) -> int:
    sum_ = 0
    for one in told:
        sum_ = zlib.crc32(one if isinstance(one, bytes) else one.encode(), sum_)
    return sum_


def _known(name: str, among: Mapping[str, Any]) -> str:
    if name not in among:
        near = closest(name, among)
        raise ScenarioError(f"situation = {name!r}: there are {', '.join(among)}.{near}")
    return name


def _situations(view: View[Any, Any]) -> dict[str, dict[str, Any]]:
    """List a view's situations with all values of each; the defaults first if they are no other."""
    plain = {name: spec.default for name, spec in view.scenario.fields().items()}
    presets = {preset.name: plain | dict(preset.values) for preset in view.presets}
    is_there = any(not view.scenario(**values).changes() for values in presets.values())
    return presets if is_there else {PLAIN: plain} | presets


def _began_at(
    scenario: Scenario, view: View[Any, Any], begun: Mapping[str, dict[str, Any]]
) -> tuple[str, dict[str, dict[str, Any]]]:
    """Return the situation that a scenario is, and all of them; one of its own if it is none."""
    values, changes = scenario.model_dump(), scenario.changes()
    for name, others in begun.items():
        if view.scenario(**others).changes() == changes:
            return name, dict(begun)
    return OWN, {OWN: values} | {name: v for name, v in begun.items() if name != PLAIN}


def _watch(view: View[Any, Any], name: str) -> str:
    return next((preset.watch for preset in view.presets if preset.name == name), "")


def _applied(scenario: type[Scenario], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values in which fields that mean nothing beside the others are at their defaults."""
    applied = dict(values)
    for spec in scenario.fields().values():
        if not spec.applies(applied):
            applied[spec.name] = spec.default
    return applied


def _numbers(result: Result, kept: Sequence[Result]) -> list[dict[str, Any]]:
    others = [{number.name: number.text for number in one.numbers} for one in kept]
    return [
        {
            "label": number.label,
            "text": number.text,
            "kept": [texts.get(number.name, "none") for texts in others],
        }
        for number in result.numbers
        if number.headline
    ]


def report_command(section: Section, scenario: Scenario) -> str:
    """Write the command line that makes a report of a scenario.

    Parameters
    ----------
    section : Section
        The section.
    scenario : Scenario
        The scenario of one of its views; only what differs from the defaults is written.

    Returns
    -------
    str
        A line for a POSIX shell.
    """
    view = section.view_of(scenario).name
    words = ["awsnb", "report", section.slug, *([view] if view != section.views[0].name else [])]
    words += ["-o", f"{section.slug}.html"]
    for name, value in scenario.changes().items():
        if value is not None:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            words += ["-p", f"{name}={text}"]
    return shlex.join(words)
