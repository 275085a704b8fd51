"""The command line: list, lab, report, site, sweep, fields, facts, claims, warm-up."""

import gc
import os
import shlex
import shutil
import signal
import sys
import textwrap
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

import awsnb
from awsnb import claims as ledger
from awsnb._files import check_writable, in_a_sentence, written_whole

app = typer.Typer(
    help="awsnb: an interactive laboratory for learning and sizing AWS.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
SectionName = Annotated[str, typer.Argument(metavar="SECTION", help="See `awsnb list`.")]
ViewName = Annotated[
    str, typer.Argument(metavar="[VIEW]", help="Which of the section's questions.")
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Set a field; repeatable."),
]
LAB: dict[str, dict[str, Any]] = {
    "ServerApp": {
        "contents_manager_class": "awsnb.lab_files.NotebookFiles",
        "kernel_websocket_connection_class": "awsnb.lab_socket.PromptConnection",
    },
    "LabApp": {
        "app_settings_dir": str(Path(__file__).parent / "lab_settings"),
        "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "news_url": None,
    },
}
"""JupyterLab's settings: widgets are saved with their notebook, and nothing is asked at first.

Nor does a move wait while the tab's icon is fetched twice and the status bar drawn anew: that the
kernel is busy stands in the notebook's toolbar. Binder's server has them too: see
``binder/jupyter_server_config.py``.
"""
OTHER_NOTEBOOKS = {"": "00-index.ipynb", "claims": "27-claims.ipynb"}
"""Notebooks that are of no section, by the word that opens them."""
WRAPPED = textwrap.TextWrapper(84, break_long_words=False, break_on_hyphens=False)
FIELD_OPTIONS = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Options that the scenario's fields make, and that are read by `_options`."""


@app.callback(invoke_without_command=True)
def main(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version, if that is all that is asked."""
    signal.signal(signal.SIGTERM, _end)
    if version:
        typer.echo(f"awsnb {awsnb.__version__}")
        raise typer.Exit


@app.command("list")
def list_sections() -> None:
    """List the guide's sections, and which of them are written."""
    from awsnb.sections import SECTIONS

    for one in SECTIONS:
        typer.echo(
            f"{one.number:>2}  {one.slug:<20}  {one.title}{'' if one.ready else '  (to come)'}"
        )


@app.command()
def lab(
    section: Annotated[
        str, typer.Argument(help="Open this section's notebook; `claims` opens the last.")
    ] = "",
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
    port: Annotated[int, typer.Option(help="Port to listen on, on this machine only.")] = 8888,
    folder: Annotated[
        Path, typer.Option(help="Where your copy of the notebooks is, or is put.")
    ] = Path("awsnb-notebooks"),
    edit: Annotated[
        bool, typer.Option("--edit", help="For contributors: open the checkout's own notebooks.")
    ] = False,
) -> None:
    """Open JupyterLab on a copy of the notebooks that is yours."""
    from awsnb.sections import section as find

    with _one_line_errors():
        name = OTHER_NOTEBOOKS.get(section) or find(section).notebook.name
        root = _checkout() if edit else _workspace(folder)
    from jupyterlab.labapp import LabApp

    arguments = [
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{name}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
    ]
    for part, settings in LAB.items():
        arguments += [f"--{part}.{name}={value}" for name, value in settings.items()]
    if not browser:
        arguments.append("--no-browser")
    if _is_root():
        arguments.append("--allow-root")
    LabApp.launch_instance(arguments)


@app.command(context_settings=FIELD_OPTIONS)
def report(
    context: typer.Context,
    section: SectionName,
    output: Annotated[Path, typer.Option("-o", "--output", help="The HTML page to write.")],
    view: ViewName = "",
    parameter: Parameters = None,
    notebook: Annotated[
        Path | None, typer.Option("--ipynb", help="Keep the executed notebook here as well.")
    ] = None,
    sliders: Annotated[
        bool, typer.Option("--sliders", help="Let the page's controls be moved, from your numbers.")
    ] = False,
) -> None:
    """Run a section on your own numbers and write one HTML page that opens offline.

    A field that is a file, such as a CloudWatch export, is an option of its own: --trace FILE; and
    so is the series to read of it: --metric NAME. For what may be set, see `awsnb fields SECTION`.
    """
    from awsnb.report import ReportError, write_report
    from awsnb.sections import section as find

    with _one_line_errors():
        found = find(section)
        view, options = _view_and_options(view, context.args)
        asked = found.view(view)
        _check_options(found, asked.scenario, options)
        scenario = asked.scenario(**_values(asked.scenario, parameter or [], options))
        for file in filter(None, (output, notebook)):
            check_writable(file)
        why = asked.simulate(scenario).why
        try:
            shown = sys.stderr.isatty()
            write_report(found, scenario, output, notebook, progress=shown, sliders=sliders)
        except ReportError as error:
            _stop(str(error), 1)
    typer.echo(why)
    typer.echo(f"Wrote {output}")


@app.command()
def site(
    folder: Annotated[Path, typer.Argument(help="Where to write the pages.")],
    sections: Annotated[
        list[str] | None, typer.Argument(metavar="[SECTION]...", help="All if none is named.")
    ] = None,
) -> None:
    """Write the lessons as pages that need no kernel: for a web server, or to open as files.

    Stopped, it goes on where it was; what has not changed is not made again.
    """
    from awsnb.sections import section as find
    from awsnb.site.build import SiteError, write_site

    with _one_line_errors():
        chosen = [find(one) for one in sections or []]
        try:
            files = write_site(folder, chosen, progress=sys.stderr.isatty())
        except SiteError as error:
            _stop(str(error), 1)
    for file in files:
        typer.echo(f"Wrote {file}: {file.stat().st_size / 1000:,.0f} kB")


@app.command(context_settings=FIELD_OPTIONS)
def sweep(
    context: typer.Context,
    section: SectionName,
    grid: Annotated[
        list[str],
        typer.Option(metavar="FIELD=VALUES", help="a,b,c or low:high:step; repeatable."),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="A .csv or .parquet file.")],
    view: ViewName = "",
    parameter: Parameters = None,
) -> None:
    """Simulate every combination of a grid; stopped, it goes on where it was.

    Example: awsnb sweep ebs-volume-types --grid volume_type=gp2,gp3 --grid size_gib=100:1000:100
    -o sweep.csv
    """
    from awsnb import sweep as sweeps
    from awsnb.sections import section as find

    with _one_line_errors():
        if output.suffix not in (".parquet", ".csv"):
            raise ValueError(f"-o {output}: must end in .csv or .parquet.")
        if output.suffix == ".parquet" and find_spec("pyarrow") is None:
            raise ValueError(
                f"-o {output}: a .parquet file needs the extra 'parquet': "
                'pip install "awsnb[parquet]". Or end it in .csv.'
            )
        found = find(section)
        view, options = _view_and_options(view, context.args)
        scenario = found.view(view).scenario
        axes: dict[str, list[Any]] = {}
        for pair in grid:
            name, text = _name_and_text(scenario, pair, given=axes)
            axes[name] = sweeps.axis(scenario.fields()[name], text)
        base = _values(scenario, parameter or [], options)
        journal = output.with_name(f"{output.name}.partial")
        check_writable(output)
        shown = sys.stderr.isatty()
        try:
            table = sweeps.sweep(found, axes, base, journal=journal, progress=shown, view=view)
        except sweeps.SweepError as error:
            _stop(str(error), 1)
        with written_whole(output) as unfinished:
            if output.suffix == ".csv":
                table.to_csv(unfinished, index=False)
            else:
                table.to_parquet(unfinished, index=False)
        journal.unlink()
    typer.echo(f"Wrote {output}: {len(table):,} scenarios")


@app.command()
def fields(section: SectionName, view: ViewName = "") -> None:
    """List what a section's report can be asked: names, ranges, defaults, meanings."""
    from awsnb.sections import section as find

    with _one_line_errors():
        found = find(section)
        views = [found.view(view)] if view or len(found.views) == 1 else found.views
    for one in views:
        if len(found.views) > 1:
            typer.echo(f"{one.name}: {one.question}")
        for spec in one.scenario.fields().values():
            typer.echo(
                f"{spec.name} (default {spec.unset or repr(spec.default)}): {spec.range_text}\n"
                f"    {spec.meaning}"
            )


@app.command()
def facts(
    service: Annotated[str, typer.Argument(help="Such as ebs.")] = "",
    subject: Annotated[str, typer.Argument(help="Such as gp3; all if left out.")] = "",
    on: Annotated[str | None, typer.Option(help="As of this month, YYYY-MM.")] = None,
) -> None:
    """Print the AWS numbers that the models use, with unit, source and date."""
    from awsnb import facts as book

    if not service:
        typer.echo("\n".join(book.services()))
        return
    with _one_line_errors():
        found = book.load(service)
        if subject and subject not in found.subjects():
            raise ValueError(f"{service} has no {subject}; it has {', '.join(found.subjects())}.")
        for fact in found.rows(subject or None, on):
            where = f" in {fact.region}" if fact.region else ""
            typer.echo(
                f"{fact.subject} {fact.key} = {fact.value} {fact.unit}{where}"
                f"  [{fact.confidence}, {fact.as_of}: {fact.source}]"
            )


@app.command()
def claims(
    section: Annotated[str, typer.Argument(help="Its claims; counts of all if left out.")] = "",
) -> None:
    """Say which claims of the course notes hold, what is true now, and which cell shows it."""
    with _one_line_errors():
        chosen = ledger.of(section) if section else []
    typer.echo("\n".join(map(_entry, chosen)) if section else ledger.summary())


def _entry(one: ledger.Claim) -> str:
    """Write a claim within 100 columns; a fact names its erratum, which says what is true."""
    where = f" [cell {one.cell}]" if one.cell else ""
    told = [f"{one.claim}.{where}", one.source]
    if one.erratum:
        told = [f"{one.claim}; see {one.erratum}.{where}"]
    if one.is_erratum:
        told[1:] = [f"Now: {one.truth}.", f"Since {one.since}. {one.source}"]
    lines = [line for text in told for line in WRAPPED.wrap(text)]
    return f"{one.id:<5}{one.verdict:<11}" + ("\n" + " " * 5).join(lines)


@app.command("warm-up")
def warm_up() -> None:
    """Compile the models ahead of the first click, and say how long each took."""
    from awsnb.sections import SECTIONS

    gc.disable()  # a compiler makes much garbage: a tenth of the time goes into looking for it
    for one in SECTIONS:
        if one.ready:
            seconds, compiled = one.warm_up()
            typer.echo(f"{one.slug:<24} {seconds:6.2f} s  {compiled} kernels compiled")


def _view_and_options(view: str, rest: list[str]) -> tuple[str, list[str]]:
    """Tell a view from a field's option, which stands in its place where no view is named."""
    return ("", [view, *rest]) if view.startswith("-") else (view, rest)


def _check_options(section: Any, scenario: Any, options: list[str]) -> None:
    """Refuse an option of another of the section's questions, and say of which."""
    takes = {
        f"--{name.replace('_', '-')}": view.name
        for view in section.views
        for name, spec in view.scenario.fields().items()
        if spec.option and name not in scenario.fields()
    }
    for word in (one.partition("=")[0] for one in options):
        if word in takes:
            command = f"awsnb report {section.slug} {shlex.quote(takes[word])} {word} FILE"
            raise ValueError(f"{word}: is an option of the question {takes[word]}: {command}.")


def _values(scenario: Any, parameters: list[str], options: list[str]) -> dict[str, Any]:
    """Read NAME=VALUE pairs and options by the scenario's fields; paths become absolute."""
    specs = scenario.fields()
    values: dict[str, Any] = {}
    for pair in [*parameters, *_options(scenario, options)]:
        name, text = _name_and_text(scenario, pair, given=values)
        values[name] = specs[name].parse(text)
    paths = {name for name in values if specs[name].kind == "path"}
    return values | {name: _absolute(values[name]) for name in paths if values[name]}


def _options(scenario: Any, options: list[str]) -> Iterator[str]:
    """Read ``--NAME VALUE`` and ``--NAME=VALUE``, for the fields that are options, as pairs."""
    known = {name: spec for name, spec in scenario.fields().items() if spec.option}
    rest = iter(options)
    for word in rest:
        option, equals, value = word.partition("=")
        name = option.removeprefix("--").replace("-", "_")
        if not option.startswith("--") or name not in known:
            offered = ", ".join(f"--{one}" for one in known) or "none"
            raise ValueError(f"{word}: is no option here; this question takes {offered}.")
        value = value if equals else next(rest, "")
        if not value:
            what = "file" if known[name].kind == "path" else "value"
            raise ValueError(f"{option}: needs a {what}.")
        yield f"{name}={value}"


def _absolute(text: str) -> str:
    """Write a path so that it holds in any folder; a text that is none stays as it is."""
    try:
        return str(Path(text).resolve(strict=True))
    except OSError:
        return text


def _name_and_text(scenario: Any, pair: str, given: Collection[str]) -> tuple[str, str]:
    name, equals, text = pair.partition("=")
    if not equals:
        raise ValueError(f"{pair}: must be NAME=VALUE.")
    scenario.check_names([name])
    if name in given:
        raise ValueError(f"{name}: is given twice; give it once.")
    return name, text


def _workspace(folder: Path) -> Path:
    """Return a working copy of the notebooks; a file already there is kept."""
    from awsnb._paths import notebooks_dir

    folder.mkdir(parents=True, exist_ok=True)
    for notebook in notebooks_dir().glob("*.ipynb"):
        if not (folder / notebook.name).exists():
            shutil.copy(notebook, folder)
    return folder.resolve()


def _checkout() -> Path:
    """Return the notebooks that a contributor edits."""
    from awsnb._paths import notebooks_dir

    source = notebooks_dir()
    if not (source.parent / "pyproject.toml").exists():
        raise ValueError("--edit: is for a checkout of awsnb; this is an installed package.")
    os.environ["AWSNB_PROGRESS"] = "off"
    return source


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """Turn a refusal into one line on standard error and exit status 2."""
    try:
        yield
    except (ValueError, LookupError) as error:
        _stop(str(error), 2)
    except OSError as error:
        _stop(in_a_sentence(error), 1)


def _end(number: int, _: object) -> NoReturn:
    """End in order on a signal: temporary files go, workers stop."""
    raise SystemExit(128 + number)


def _stop(message: str, status: int) -> NoReturn:
    typer.echo(f"awsnb: {message}", err=True)
    raise typer.Exit(status)
