"""The explorer: move a section's controls and see at once what happens, and why.

It knows no single section. Controls come from the scenario's fields, curves from the result.
"""

import html
import os
import shlex
import time
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import anywidget
import ipywidgets
import traitlets

from awsnb import figures
from awsnb.controls import Control
from awsnb.live_plot import LivePlot
from awsnb.results import Result
from awsnb.scenario import Scenario, ScenarioError
from awsnb.sections import Section
from awsnb.sections import section as find

CHOOSE = "Choose a situation…"
SLOW_S = 0.1  # a model that took longer says that it is working, before it runs again
MOST_KEPT = len(figures.KEPT_STYLES)

_browser = files("awsnb") / "browser"
_open: dict[str, "Explorer"] = {}


class Readout(anywidget.AnyWidget):
    """The headline numbers, the sentence that says why, and a problem that is of no control."""

    _esm = (_browser / "readout.js").read_text("utf-8")
    _css = (_browser / "explorer.css").read_text("utf-8")

    numbers: Any = traitlets.List().tag(sync=True)
    why = traitlets.Unicode().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    stale = traitlets.Bool(False).tag(sync=True)


class Command(anywidget.AnyWidget):
    """A command line with a button that copies it."""

    _esm = (_browser / "command.js").read_text("utf-8")

    text = traitlets.Unicode().tag(sync=True)


class Explorer(ipywidgets.Box):
    """Controls on the left; numbers, reasons and curves on the right.

    Parameters
    ----------
    section : str or Section
        The section, or its slug.
    **start
        Fields of its scenario that begin elsewhere than at their defaults.

    Attributes
    ----------
    controls : dict of str to Control
        The controls by field; setting one's ``value`` does what moving it does.
    result : Result
        What came of the last question that could be answered.
    kept : list of Result
        Results that are drawn too, for comparison.
    plot : LivePlot
        The curves.
    readout : Readout
        The numbers and the words.
    problem : str
        Why the present question can't be answered; empty if it can.

    Raises
    ------
    ScenarioError
        If there is no such section, or the start is no possible scenario.
    """

    def __init__(self, section: str | Section, **start: Any) -> None:
        self.section = find(section) if isinstance(section, str) else section
        scenario = self.section.scenario(**start)
        start_s = time.perf_counter()
        self.result: Result = self.section.simulate(scenario)
        self._took_s = time.perf_counter() - start_s
        self.kept: list[Result] = []
        self._start = scenario.model_dump()
        self._text = (
            f"Explorer: {self.section.title} (run this notebook to move its controls)\n"
            f"{self.result}"
        )
        self._quiet = False
        self.problem = ""
        if self.section.slug in _open:
            _open[self.section.slug].close()
        _open[self.section.slug] = self
        super().__init__(self._build())
        self.add_class("awsnb-explorer")
        self._apply_applicable(self._start)
        self._draw()

    def choose(self, name: str) -> None:
        """Set all controls to a preset, by its name."""
        preset = {preset.name: preset for preset in self.section.presets}[name]
        defaults = {name: spec.default for name, spec in self.section.scenario.fields().items()}
        self._watch.value = f"<p>{html.escape(preset.watch)}</p>"
        self.set(**defaults | self._fixed | dict(preset.values))

    def reset(self) -> None:
        """Set all controls to where the explorer began."""
        self._watch.value = ""
        self.set(**self._start)

    def set(self, **values: Any) -> None:
        """Set several fields at once, and simulate once."""
        self.section.scenario.check_names(values)
        self._quiet = True
        for name, value in values.items():
            if name in self.controls:
                self.controls[name].value = value
            else:
                self._fixed[name] = value
        self._quiet = False
        self._update()

    def keep(self) -> None:
        """Keep the present result on the plot, to compare others with it."""
        known = self.result.scenario in [one.scenario for one in self.kept]
        if not known and len(self.kept) < MOST_KEPT:
            self.kept.append(self.result)
            self._list_kept()

    def drop(self, index: int) -> None:
        """Take the kept result at an index off the plot."""
        del self.kept[index]
        self._list_kept()

    def close(self) -> None:
        """Close the explorer and all that belongs to it, in the kernel and on the page."""
        if self.comm is None:
            return
        if _open.get(self.section.slug) is self:
            del _open[self.section.slug]
        for child in self.children:
            _close_tree(child)
        self.layout.close()
        super().close()

    def __repr__(self) -> str:
        return self._text

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        if os.environ.get("AWSNB_STATIC"):
            picture = figures.picture(figures.draw(self.result, self.kept))
            return {
                "text/plain": self._text,
                **(picture or {"text/html": self.result._repr_html_()}),
            }
        return super()._repr_mimebundle_(**kwargs) | {"text/plain": self._text}

    def _build(self) -> tuple[ipywidgets.Widget, ...]:
        specs = self.section.scenario.fields().values()
        self._fixed = {spec.name: self._start[spec.name] for spec in specs if not spec.control}
        self.controls = {
            spec.name: Control(spec, self._start[spec.name]) for spec in specs if spec.control
        }
        for control in self.controls.values():
            control.observe(lambda change: self._update(change.owner), "value")
        self.readout, self.command, self.plot = Readout(), Command(), LivePlot(self._text)
        self._watch = _classed(ipywidgets.HTML(), "awsnb-watch", "awsnb-wide")
        self._kept_table = ipywidgets.HTML()
        self._kept_buttons = _classed(ipywidgets.HBox(), "awsnb-buttons")
        self._kept_box = _classed(
            ipywidgets.VBox([self._kept_table, self._kept_buttons]), "awsnb-kept"
        )
        self._keep = _button("Keep to compare", self.keep, "Leave these curves on the plot")
        reset = _button("Reset", self.reset, "Back to where this began")
        names = [preset.name for preset in self.section.presets]
        self._menu = _classed(
            ipywidgets.Dropdown(options=[(CHOOSE, ""), *((name, name) for name in names)]),
            "awsnb-presets",
            "awsnb-wide",
        )
        self._menu.layout.display = None if names else "none"
        self._menu.observe(lambda change: self._pick(change.new), "value")
        left = [
            self._menu,
            self._watch,
            *self.controls.values(),
            _classed(ipywidgets.HBox([self._keep, reset]), "awsnb-buttons", "awsnb-wide"),
        ]
        right = [self.readout, self.plot, self._kept_box, self.command]
        return (
            _classed(ipywidgets.Box(left), "awsnb-left"),
            _classed(ipywidgets.VBox(right), "awsnb-right"),
        )

    def _pick(self, name: str) -> None:
        if name:
            self.choose(name)

    def _update(self, moved: Control | None = None) -> None:
        """Answer what the controls ask now; if that can't be, say so beside what was moved."""
        if self._quiet:
            return
        values = self._values()
        self._menu.value = ""  # so that the same situation can be chosen again
        self._apply_applicable(values)
        self.plot.busy = self._took_s > SLOW_S
        start = time.perf_counter()
        try:
            self.result = self.section.simulate(self._scenario(values))
        except ScenarioError as error:
            self._refuse(error, moved)
        except Exception as error:  # a slider must not die of what a model did
            self._refuse(ScenarioError(f"{type(error).__name__}: {error}"), moved)
        else:
            self._took_s = time.perf_counter() - start
            self._draw()

    def _values(self) -> dict[str, Any]:
        """Return what the controls ask; fields that mean nothing beside the others rest."""
        values = {name: control.value for name, control in self.controls.items()} | self._fixed
        for spec in self.section.scenario.fields().values():
            if not spec.applies(values):
                values[spec.name] = spec.default
        return values

    def _scenario(self, values: Mapping[str, Any]) -> Scenario:
        """Build the scenario; a field that it can't do without begins at its lowest."""
        try:
            return self.section.scenario(**values)
        except ScenarioError as refusal:
            lowest = {
                name: control.stops[0]
                for name, control in self.controls.items()
                if values[name] is None and control.shown and control.stops
            }
            try:
                scenario = self.section.scenario(**{**values, **lowest})
            except ScenarioError:
                raise refusal from None
            self._quiet = True
            for name, value in lowest.items():
                self.controls[name].value = value
            self._quiet = False
            return scenario

    def _apply_applicable(self, values: Mapping[str, Any]) -> None:
        for control in self.controls.values():
            control.shown = control.spec.applies(values)

    def _refuse(self, refusal: ScenarioError, moved: Control | None) -> None:
        self._accept()
        self.problem = str(refusal)
        about = self.controls.get(refusal.field)
        if about is not None:
            about.wrong = True
            about.place = [number for number in (refusal.line, refusal.column) if number]
        (about or moved or self.readout).problem = self.problem
        with self.plot.hold_sync():
            self.plot.busy, self.plot.stale = False, True
        self.readout.stale = True

    def _accept(self) -> None:
        """Take what was said of a problem away."""
        self.problem = self.readout.problem = ""
        for control in self.controls.values():
            control.accept()

    def _draw(self) -> None:
        result = self.result
        drawn = figures.curves(result, self.kept)
        spec = figures.skeleton(result, drawn, self.kept)
        alt = spec["layout"].pop("meta")["alt"]
        self.plot.draw(spec, [y for _, y in drawn], alt)  # first, since it is felt most
        with self.readout.hold_sync():
            self.readout.numbers = [[number.label, number.text] for number in _headline(result)]
            self.readout.why = result.why
            self.readout.stale = False
        if self.problem:
            self._accept()
        for name, texts in result.scenario.suggestions().items():
            self.controls[name].suggestions = list(texts)
        self.command.text = report_command(self.section.slug, result.scenario)
        self._kept_table.value = _kept_table(result, self.kept)

    def _list_kept(self) -> None:
        for button in self._kept_buttons.children:
            _close_tree(button)
        self._kept_buttons.children = [
            _button(f"✕ {one.label}", lambda i=i: self.drop(i), "Take it off the plot")
            for i, one in enumerate(self.kept)
        ]
        self._keep.disabled = len(self.kept) == MOST_KEPT
        self._draw()


def report_command(slug: str, scenario: Scenario) -> str:
    """Write the command line that makes a report of a scenario.

    Parameters
    ----------
    slug : str
        The section's slug.
    scenario : Scenario
        The scenario; only what differs from the defaults is written.

    Returns
    -------
    str
        A line for a POSIX shell.
    """
    words = ["awsnb", "report", slug, "-o", f"{slug}.html"]
    for name, value in scenario.changes().items():
        if value is not None:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            words += ["-p", f"{name}={text}"]
    return shlex.join(words)


def _headline(result: Result) -> list[Any]:
    return [number for number in result.numbers if number.headline]


def _kept_table(result: Result, kept: list[Result]) -> str:
    if not kept:
        return ""
    heads = "".join(f"<th scope='col'>{html.escape(n.label)}</th>" for n in _headline(result))
    styles = [figures.ROLE_STYLES["served"], *figures.KEPT_STYLES]
    rows = "".join(
        _row(one, style, "" if rank else " (now)")
        for rank, (one, style) in enumerate(zip([result, *kept], styles, strict=False))
    )
    return f"<table><tr><th></th>{heads}</tr>{rows}</table>"


def _row(result: Result, style: Mapping[str, Any], mark: str) -> str:
    cells = "".join(f"<td>{html.escape(number.text)}</td>" for number in _headline(result))
    name = f"{_swatch(style)} {html.escape(result.label)}{mark}"
    return f"<tr><th scope='row'>{name}</th>{cells}</tr>"


def _swatch(style: Mapping[str, Any]) -> str:
    dash = {"solid": "solid", "dot": "dotted"}.get(style["dash"], "dashed")
    return (
        "<span style='display:inline-block;width:22px;vertical-align:middle;"
        f"border-top:3px {dash} {style['color']}'></span>"
    )


def _button(text: str, press: Any, tooltip: str) -> ipywidgets.Button:
    button = ipywidgets.Button(description=text, tooltip=tooltip)
    button.on_click(lambda _: press())
    return button


def _classed(widget: ipywidgets.DOMWidget, *names: str) -> ipywidgets.DOMWidget:
    for name in names:
        widget.add_class(name)
    return widget


def _close_tree(widget: ipywidgets.Widget) -> None:
    """Close a widget with its children, layout and style, each a model of its own."""
    for child in getattr(widget, "children", ()):
        _close_tree(child)
    for part in ("layout", "style"):
        if hasattr(widget, part):
            getattr(widget, part).close()
    widget.close()
