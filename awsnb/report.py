"""Reports: a section's answer to somebody's own numbers, as one page that opens offline.

The first screen is the verdict, what to do, what that costs, and the plot. Then come the
alternatives, the reasons, and what the section's notebook adds in its cells tagged ``report``.
"""

import logging
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import awsnb
from awsnb import figures
from awsnb._files import write_whole
from awsnb.results import Comparison, Option, Result
from awsnb.scenario import FieldSpec, Scenario
from awsnb.sections import Section
from awsnb.site import cells, parts, shell
from awsnb.site.notebook import AT_AWS, FOLDED, Cell, Notebook
from awsnb.site.parts import escaped
from awsnb.words import capital, unit_of, usd

REPORT_TAG = "report"
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
SENTENCE = re.compile(r"(?<=\.) (?=[A-Z“])")
SHORT = 24  # letters of a verdict that stands large
MOST = 150  # of the sentences beside it
SLIDERS_BYTES = 1_100_000


class ReportError(RuntimeError):
    """A notebook that failed; the message names the cell, the reason and where the rest is kept."""


def write_report(
    section: Section,
    scenario: Scenario,
    page: Path,
    notebook: Path | None = None,
    progress: bool = False,
    sliders: bool = False,
) -> None:
    """Answer a scenario and write the answer as an HTML page.

    Parameters
    ----------
    section : Section
        The section.
    scenario : Scenario
        What to answer: a scenario of one of its views.
    page : Path
        The page to write: self-contained. It shows what the section's notebook adds in its cells
        tagged ``report``.
    notebook : Path, optional
        Where to keep the notebook, run on the scenario: all but the walk-through at the embedded
        AWS, which no scenario changes.
    progress : bool
        Whether to show a progress bar on standard error.
    sliders : bool
        Whether the page's controls can be moved, from this scenario.

    Raises
    ------
    ReportError
        If a cell fails. No page is written then; the notebook is kept up to the failing cell.
    """
    if notebook:
        _keep_notebook(section, scenario, notebook, progress)
    text = to_html(section, scenario, _cells(section, scenario, page))
    if sliders:
        text = text.replace(_SLIDERS, _sliders(section, scenario, progress))
    write_whole(page, text)


def _cells(section: Section, scenario: Scenario, page: Path) -> list[Cell | cells.Ran]:
    """Run what the page shows of the notebook: its cells of text, and of code as they ran."""
    notebook = Notebook.read(section.notebook)
    told = [cell for cell in notebook.cells if REPORT_TAG in cell.tags]
    todo = cells.needed(notebook.code, told)
    try:
        ran = cells.run(todo, section.parameters(scenario))
    except cells.CellError as error:
        kept = page.with_suffix(".failed.ipynb")
        write_whole(kept, cells.written(notebook, error.ran))
        raise ReportError(f"{error} The notebook up to there: {kept}") from error
    of = {one.cell: one for one in ran}
    return [of.get(cell, cell) for cell in told]


def to_html(section: Section, scenario: Scenario, told: list[Cell | cells.Ran]) -> str:
    """Write a report as one self-contained page.

    Parameters
    ----------
    section : Section
        The section.
    scenario : Scenario
        What was asked.
    told : list
        What the notebook adds, in order: cells of text, and cells of code that were run.

    Returns
    -------
    str
        HTML that loads nothing.
    """
    view = section.view_of(scenario)
    result = view.simulate(scenario)
    compared = view.compare(scenario) if view.compare else None
    added = _Added.of(_of_this_question(told, compared), result, compared)
    first, rest = _verdict(result.why)
    parted = [
        f'<p class="kicker">{escaped(section.title)} · report · {escaped(result.label)}</p>',
        f"<h1>{escaped(view.question)}</h1>",
        f'<p class="inputs">{_inputs(scenario)}</p>',
        f'<div class="verdict-of {_tone(scenario, compared)}">{first}</div>',
        _three(scenario, result, compared),
        _plot(section, scenario, result, compared),
        parts.folded("How to read it", "".join(added.reading)) if added.reading else "",
        *_alternatives(compared, added.options),
        f"<h2>Why</h2><p>{escaped(rest or result.why)}</p>",
        _notes(result),
        _SLIDERS,
        *added.groups,
        parts.folded("All numbers", parts.numbers(result)),
        parts.folded("What was asked", _asked(scenario)),
        f"<footer>Made by awsnb {awsnb.__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC. "
        "A model, not a measurement: see how far to trust it above.</footer>",
    ]
    title = f"{section.title}: {result.label}"
    return shell.page(
        title, f"report {section.slug}", f'<article class="report">{"".join(parted)}</article>'
    )


def _verdict(why: str) -> tuple[str, str]:
    """Part the first sentences of a why from the rest: a short clause stands large."""
    first, *others = SENTENCE.split(why)
    clause, colon, after = first.partition(": ")
    large = ""
    if colon and len(clause) <= SHORT:
        large, first = f"{clause}.", capital(after)
    elif len(first) <= SHORT and others:
        large, first = first, others.pop(0)
    while others and len(f"{first} {others[0]}") <= MOST:
        first += f" {others.pop(0)}"
    stands = f"<strong>{escaped(large)}</strong>" if large else ""
    return f"{stands}<p>{escaped(first)}</p>", " ".join(others)


def _as_asked(scenario: Scenario, compared: Comparison | None) -> Option | None:
    options = compared.options if compared else ()
    return next((option for option in options if option.scenario == scenario), None)


def _tone(scenario: Scenario, compared: Comparison | None) -> str:
    asked = _as_asked(scenario, compared)
    return "" if asked is None else "good" if asked.holds else "bad"


def _three(scenario: Scenario, result: Result, compared: Comparison | None) -> str:
    """Say what to do, what it costs and what one gets; without alternatives, the numbers."""
    asked, best = _as_asked(scenario, compared), compared.best if compared else None
    if best is None:
        told = [(one.label, one.text, "") for one in result.numbers if one.headline]
    elif best is asked:
        told = [("What to do", "Leave it as it is", "Of these options that hold, it is the best.")]
        told += [(one.label, one.text, "") for one in result.numbers if one.headline][:2]
    else:
        told = [("What to do", capital(best.label), best.remark), *_cost(best, asked)]
        told += _gain(best, asked)
    items = "".join(
        f"<div><dt>{escaped(capital(term))}</dt><dd><b>{escaped(text)}</b>{escaped(more)}</dd></div>"
        for term, text, more in told
    )
    return f'<dl class="three">{items}</dl>'


def _cost(best: Option, asked: Option | None) -> list[tuple[str, str, str]]:
    if best.cost_usd_month is None:
        return []
    change = best.dearer_by(asked) if asked else ""
    more = f"{change} than as asked" if change else "as much as asked" if asked else ""
    return [("What it costs", f"{usd(best.cost_usd_month)} a month", more)]


def _gain(best: Option, asked: Option | None) -> list[tuple[str, str, str]]:
    """Say the first two numbers of an option that are no price, and what they are as asked."""
    before = {number.name: number.text for number in asked.numbers} if asked else {}
    shown = [number for number in best.numbers if "usd" not in number.name][:2]
    return [(one.label, one.text, _before(one.text, before.get(one.name))) for one in shown]


def _before(text: str, before: str | None) -> str:
    if before is None:
        return ""
    return "as asked" if before == text else f"instead of {before}"


def _plot(section: Section, scenario: Scenario, result: Result, compared: Comparison | None) -> str:
    """Draw the answer, as asked beside the best option that is of the same kind."""
    best = compared.best if compared else None
    if best is None or type(best.scenario) is not type(scenario) or best.scenario == scenario:
        return parts.figure([result])
    return parts.figure([result, section.simulate(best.scenario)], [best.label])


def _alternatives(compared: Comparison | None, added: list[str]) -> list[str]:
    if compared is None:
        return []
    return [
        f"<h2>{escaped(compared.title)}</h2><p>{escaped(compared.why)}</p>",
        parts.alternatives(compared),
        *added,
    ]


def _notes(result: Result) -> str:
    notes = "".join(f"<li>{escaped(note)}</li>" for note in result.notes)
    return f'<ul class="small">{notes}</ul>' if notes else ""


def _of_this_question(
    told: list[Cell | cells.Ran], compared: Comparison | None
) -> list[Cell | cells.Ran]:
    """Leave out comparisons that answer another question, and the words that lead to any."""
    kept: list[Cell | cells.Ran] = []
    for cell in told:
        value = cell.value if isinstance(cell, cells.Ran) else None
        if isinstance(value, Comparison) and kept and isinstance(kept[-1], Cell):
            kept[-1] = _without_leading(kept[-1])
        if not isinstance(value, Comparison) or (compared and value.title == compared.title):
            kept.append(cell)
    return kept


def _without_leading(cell: Cell) -> Cell:
    """Drop a last paragraph that leads to what comes below."""
    before, _, last = cell.source.rpartition("\n\n")
    return replace(cell, source=before) if last.endswith(":") else cell


@dataclass
class _Added:
    """What a notebook adds to a report: how to read the plot, on the options, and the rest."""

    reading: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls, told: list[Cell | cells.Ran], result: Result, compared: Comparison | None
    ) -> "_Added":
        """Sort cells: a text belongs to what was shown above it."""
        added = cls()
        group: list[str] = []
        place = added.reading
        title, is_folded = "", False
        for cell in told:
            if isinstance(cell, cells.Ran):
                above = added._of_the_report(cell, result, compared)
                if above is added.options:  # what leads to the options is said below them
                    added.options += group
                    group = []
                place = group if above is None else above
                place += parts.shown(cell) if above is None else []
                continue
            for heading, text in _headed(cell.source):
                if heading:
                    added._close(title, group, is_folded)
                    title, group = heading, []
                    is_folded = cell.is_collapsed or bool(FOLDED.match(f"# {heading}"))
                    place = group
                here, _, below = text.rpartition("\n\n") if text.endswith(":") else (text, "", "")
                place += _text(here)
                group += _text(below)
        added._close(title, group, is_folded)
        return added

    def _of_the_report(
        self, ran: cells.Ran, result: Result, compared: Comparison | None
    ) -> list[str] | None:
        """Return where texts below a cell go that shows what the report shows by itself."""
        drawn = [data[figures.LIVE] for data in ran.shown if figures.LIVE in data]
        if isinstance(ran.value, Comparison) and compared and ran.value.title == compared.title:
            return self.options
        if isinstance(ran.value, Result) and ran.value.scenario == result.scenario:
            return self.reading
        if drawn and all(not one or one[0].scenario == result.scenario for one in drawn):
            return self.reading if all(drawn) else self.options
        return None

    def _close(self, title: str, group: list[str], is_folded: bool) -> None:
        inside = "".join(group)
        if is_folded:
            self.groups.append(parts.folded(title, inside))
        elif inside:
            self.groups.append(f"<h2>{escaped(title)}</h2>{inside}")


def _headed(source: str) -> Iterator[tuple[str, str]]:
    """Part Markdown at its headings: each with what stands below it, the first may have none."""
    before, *headed = HEADING.split(source)
    if before.strip():
        yield "", before.strip()
    for heading, text in zip(headed[::2], headed[1::2], strict=True):
        yield heading, text.strip()


def _text(source: str) -> list[str]:
    return [parts.markdown(source)] if source.strip() else []


def _inputs(scenario: Scenario) -> str:
    changed = [_input(spec, value) for spec, value in _told(scenario, scenario.changes())]
    if not changed:
        return "All as by default."
    return f"{', '.join(changed)}. All else as by default."


def _input(spec: FieldSpec, value: Any) -> str:
    name = spec.label[:1].lower() + spec.label[1:] if spec.label[1:2].islower() else spec.label
    if spec.lines and "\n" in str(value):
        return f"{escaped(name)} as given"
    text = Path(value).name if spec.kind == "path" else _said(spec, value)
    return f"{escaped(name)} <b>{escaped(text)}</b>"


def _told(scenario: Scenario, values: Mapping[str, Any]) -> Iterator[tuple[FieldSpec, Any]]:
    for name, value in values.items():
        if value not in (None, ""):
            yield scenario.fields()[name], value


def _said(spec: FieldSpec, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return f"{value} {spec.unit}".strip()
    return f"{value:,.10g} {unit_of(value, spec.unit)}".strip()


def _asked(scenario: Scenario) -> str:
    rows = "".join(
        f"<tr><th scope=row>{escaped(spec.label)}</th><td>{escaped(_said(spec, value))}</td></tr>"
        for spec, value in _told(scenario, scenario.model_dump())
    )
    return f'<table class="told">{rows}</table>'


_SLIDERS = "<!-- sliders -->"


def _sliders(section: Section, scenario: Scenario, progress: bool) -> str:
    """Make an Explorer that begins at a scenario, and answers from the page."""
    from tqdm import tqdm

    from awsnb.explorer import Explorer
    from awsnb.site import book

    explorer = Explorer(section, view=section.view_of(scenario).name, **scenario.changes())
    with tqdm(unit="answer", leave=False, disable=not progress) as bar:
        data = book.write(explorer, SLIDERS_BYTES, bar=bar, situations=[explorer.situation])
    return f"<h2>Move it</h2>{parts.explorer(data, explorer.result)}"


def _keep_notebook(section: Section, scenario: Scenario, notebook: Path, progress: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        executed = Path(folder) / section.notebook.name
        try:
            _execute(section.notebook, executed, section.parameters(scenario), progress)
        except Exception as error:
            message = _reason(error)
            if executed.exists():
                write_whole(notebook, executed.read_text(encoding="utf-8"))
                message += f" The notebook up to there: {notebook}"
            raise ReportError(message) from error
        write_whole(notebook, executed.read_text(encoding="utf-8"))


def _execute(source: Path, target: Path, parameters: dict[str, Any], progress: bool) -> Any:
    import papermill

    logging.getLogger("papermill").setLevel(logging.ERROR)  # no names that its cell does not set
    with cells.static("report"):
        return papermill.execute_notebook(
            str(source),
            str(target),
            parameters=parameters,
            kernel_name="python3",
            progress_bar={"leave": False} if progress else False,
            store_widget_state=False,
            request_save_on_cell_execute=False,  # else the whole notebook, twice a cell
            start_timeout=120,
            skip_cells_with_tag=AT_AWS,
            extra_arguments=["--IPKernelApp.log_level=40"],
        )


def _reason(error: Exception) -> str:
    """Say in one line which cell failed and why."""
    number = getattr(error, "exec_count", None)
    if number is None:
        return f"The notebook could not run: {type(error).__name__}: {error}."
    why = f"{error.ename}: {error.evalue}".rstrip(".")  # type: ignore[attr-defined]
    return f"Cell [{number}] failed: {why}."
