"""Reports: a section's notebook run on somebody's own numbers, as one page that opens offline."""

import html
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import awsnb
from awsnb._files import write_whole
from awsnb.scenario import Scenario
from awsnb.sections import Section

REPORT_TAG = "report"
PLOTLY = "application/vnd.plotly.v1+json"


class ReportError(RuntimeError):
    """A notebook that failed; the message names the cell, the reason and where the rest is kept."""


def write_report(
    section: Section,
    scenario: Scenario,
    page: Path,
    notebook: Path | None = None,
    progress: bool = False,
) -> None:
    """Run a section's notebook on a scenario and write what it answers as an HTML page.

    Parameters
    ----------
    section : Section
        Whose notebook to run.
    scenario : Scenario
        What to run it on.
    page : Path
        The page to write: self-contained, with the cells of the notebook tagged ``report``.
    notebook : Path, optional
        Where to keep the executed notebook as well.
    progress : bool
        Whether to show a progress bar on standard error.

    Raises
    ------
    ReportError
        If a cell fails. No page is written then; the notebook is kept up to the failing cell.
    """
    with tempfile.TemporaryDirectory() as folder:
        executed = Path(folder) / section.notebook.name
        kept = notebook or page.with_suffix(".failed.ipynb")
        try:
            parameters = section.parameters(scenario)
            content = _execute(section.notebook, executed, parameters, progress)
        except Exception as error:
            message = _reason(error)
            if executed.exists():
                write_whole(kept, executed.read_text(encoding="utf-8"))
                message += f" The notebook up to there: {kept}"
            raise ReportError(message) from error
        if notebook:
            write_whole(notebook, executed.read_text(encoding="utf-8"))
    write_whole(page, to_html(content, section.title, scenario))


def to_html(content: Any, title: str, scenario: Scenario) -> str:
    """Render the cells tagged ``report`` of an executed notebook as one self-contained page.

    Parameters
    ----------
    content : nbformat.NotebookNode
        The executed notebook.
    title : str
        Title of the page.
    scenario : Scenario
        Listed at the head of the page: every field with its value and unit.

    Returns
    -------
    str
        HTML with plotly.js and the styles inside: it loads nothing.
    """
    from nbconvert import HTMLExporter
    from plotly.offline import get_plotlyjs

    content = content.copy()
    content.cells = [c for c in content.cells if REPORT_TAG in c.metadata.get("tags", [])]
    for cell in content.cells:
        for output in cell.get("outputs", []):
            _draw_without_kernel(output)
    exporter = HTMLExporter(template_name="basic", exclude_input=True, exclude_output_prompt=True)
    body, _ = exporter.from_notebook_node(content)
    return _PAGE.format(
        title=html.escape(title),
        plotly=get_plotlyjs(),
        asked=_asked(scenario),
        body=body,
        made=f"awsnb {awsnb.__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    )


def _execute(source: Path, target: Path, parameters: dict[str, Any], progress: bool) -> Any:
    import papermill

    logging.getLogger("papermill").setLevel(logging.ERROR)  # no names that its cell does not set
    with _static_outputs():
        return papermill.execute_notebook(
            str(source),
            str(target),
            parameters=parameters,
            kernel_name="python3",
            progress_bar={"leave": False} if progress else False,
            store_widget_state=False,
            request_save_on_cell_execute=False,  # else the whole notebook, twice a cell
            start_timeout=120,
            extra_arguments=["--IPKernelApp.log_level=40"],
        )


@contextmanager
def _static_outputs() -> Iterator[None]:
    before = os.environ.get("AWSNB_STATIC")
    os.environ["AWSNB_STATIC"] = "report"
    try:
        yield
    finally:
        if before is None:
            del os.environ["AWSNB_STATIC"]
        else:
            os.environ["AWSNB_STATIC"] = before


def _reason(error: Exception) -> str:
    """Say in one line which cell failed and why."""
    number = getattr(error, "exec_count", None)
    if number is None:
        return f"The notebook could not run: {type(error).__name__}: {error}."
    why = f"{error.ename}: {error.evalue}".rstrip(".")  # type: ignore[attr-defined]
    return f"Cell [{number}] failed: {why}."


def _draw_without_kernel(output: Any) -> None:
    from plotly import io

    from awsnb import figures

    data = output.get("data", {})
    if PLOTLY in data:
        figure = {key: data[PLOTLY][key] for key in ("data", "layout")}
        alt = "".join(data.get("text/plain", ""))
        drawn = io.to_html(
            figure, include_plotlyjs=False, full_html=False, validate=False,
            config={"responsive": True, **figures.CONFIG},
        )  # fmt: skip
        data.clear()
        data["text/html"] = f'<figure role="img" aria-label="{html.escape(alt)}">{drawn}</figure>'


def _asked(scenario: Scenario) -> str:
    values = scenario.model_dump()
    rows = "".join(
        f"<tr><th scope='row'>{html.escape(spec.label)}</th>"
        f"<td>{html.escape(str(values[spec.name]))} {html.escape(spec.unit)}</td></tr>"
        for spec in scenario.fields().values()
        if values[spec.name] not in (None, "")
    )
    return f"<table>{rows}</table>"


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: awsnb report</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #1b2330; background: #fff; }}
h1 {{ line-height: 1.2; }}
figure {{ margin: 1rem 0; }}
table {{ border-collapse: collapse; border: 0; font-size: 0.85rem; margin: 0.5rem 0; }}
th, td {{ padding: 0.2rem 0.8rem 0.2rem 0; border: 0; border-bottom: 1px solid #dde1e7;
  text-align: left !important; vertical-align: top; overflow-wrap: anywhere; min-width: 3rem; }}
th {{ font-weight: 600; overflow-wrap: normal; }}
pre {{ white-space: pre-wrap; font-size: 0.85rem; }}
.output_area {{ overflow-x: auto; }}
.anchor-link {{ display: none; }}
footer, details {{ color: #5b6472; font-size: 0.85rem; margin: 1.5rem 0; }}
</style>
<script>{plotly}</script>
</head>
<body>
<h1>{title}</h1>
{body}
<details><summary>What was asked</summary>{asked}</details>
<footer>Made by {made}. A model, not a measurement: see how far to trust it above.</footer>
</body>
</html>
"""
