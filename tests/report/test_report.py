"""Reports from the command line: whole pages or none, and one clear line when it can't be."""

import html
import json
import os
import re
import sys
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from awsnb import report, sections
from awsnb._files import write_whole
from awsnb.cli import app
from awsnb.site import coding, parts
from awsnb.site.cells import needed
from awsnb.site.cells import run as run_cells
from awsnb.site.notebook import Cell

SLUG = "ebs-volume-types"
READY = [section for section in sections.SECTIONS if section.ready]
OTHER_MACHINE = re.compile(r"""(?:src|href)\s*=\s*["'](?:https?:)?//""")

LARGEST = 2_200_000


def words(page):
    """Return what a page says, without its programs and styles."""
    bare = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", bare))


each_view = pytest.mark.parametrize(
    ("slug", "view"), [(section.slug, view.name) for section in READY for view in section.views]
)


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_page_answers_when_how_long_and_what_would_have_held(report_of):
    report = report_of(SLUG)
    for said in ("gp2 20 GiB", "Throttled for", "Cheapest that holds", "02 Mar at 00:05"):
        assert said in report.page
    assert "Throttled for" in report.output and "Wrote" in report.output


@each_view
def test_a_page_loads_nothing(slug, view, report_of):
    page = report_of(slug, view).page
    assert not OTHER_MACHINE.findall(page) and len(page.encode()) <= LARGEST
    assert "plotly" not in words(page).lower()


@each_view
def test_a_page_draws_and_holds_the_reports_cells_and_no_lesson(slug, view, report_of):
    page = report_of(slug, view).page
    assert "How far to trust" in page and '<div class="figure">' in page
    assert "Exercise" not in words(page) and "Predict" not in words(page)


@each_view
def test_the_verdict_comes_first_then_the_alternatives_then_why(slug, view, report_of):
    page = report_of(slug, view).page
    in_order = ['class="verdict-of', 'class="three"', 'class="figure"', "<h2>Why</h2>"]
    if sections.section(slug).view(view).compare:
        in_order.insert(3, 'class="alternatives"')
    places = [page.index(part) for part in [*in_order, "<summary>What was asked"]]
    assert places == sorted(places)
    first = html.escape(report_of(slug, view).output.split()[0].rstrip(":,"))
    assert first in page[places[0] : places[1]]


def test_what_leads_to_the_options_stands_below_them(report_of):
    page = report_of("iam").page  # its notebook says how to read the options before they come
    assert "What would let it through" not in page
    assert page.count("would let through as well") == 1
    assert page.index("would let through as well") < page.index("<h2>Why</h2>")


@pytest.mark.parametrize("slug", [section.slug for section in READY])
def test_a_report_runs_the_notebook_on_what_was_asked(slug, report_of):
    cells = [cell for cell in report_of(slug).notebook.cells if cell.cell_type == "code"]
    assert "error" not in {output.output_type for cell in cells for output in cell.outputs}
    assert {cell.id for cell in cells if cell.execution_count is None} <= {"walk"}
    (injected,) = [cell for cell in cells if "injected-parameters" in cell.metadata.tags]
    for name, text in re.findall(r"-p (\w+)=([\w.-]+)", report_of(slug).command):
        assert re.search(
            rf'^{name} = "?{re.escape(text)}"?$', injected.source, re.MULTILINE | re.IGNORECASE
        )


def test_a_trace_is_handed_on(report_of):
    cells = report_of(SLUG).notebook.cells
    injected = next(cell for cell in cells if "injected-parameters" in cell.metadata.tags)
    assert "volume.csv" in injected.source


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-p", "size_gib=0"], "size_gib = 0: must be a whole number from 1 to 65,536 GiB"),
        (["-p", "size_gib=much"], "size_gib = 'much': must be a whole number"),
        (["-p", "size=5"], "Did you mean size_gib?"),
        (["-p", "size_gib"], "must be NAME=VALUE"),
        (["-p", "volume_type=gp9"], "must be one of gp2"),
        (["-p", "volume_type=st1"], "st1 AWS allows 125 to 16,384 GiB"),
        (["-p", "load_factor=nan"], "load_factor = nan: must be a number from 0.01 to 100"),
        (["--trace", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_a_bad_question_is_refused_before_anything_runs(tmp_path, words, says, monkeypatch):
    monkeypatch.setattr(report, "_cells", lambda *_: pytest.fail("ran"))
    answer = run("report", SLUG, "-o", tmp_path / "page.html", *words)
    assert answer.exit_code == 2
    assert says in answer.output and answer.output.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_section_is_refused():
    assert "Written so far: iam, " in run("report", "ebz", "-o", "x.html").output


@pytest.fixture
def failing(tmp_path, monkeypatch, request):
    """A section whose notebook fails in a cell: it divides by zero, or as the test says."""
    last = getattr(request, "param", "1 / 0")
    tags = {"tags": ["report"]}
    sources = ("x = 1\nx", last, "'never'")
    cells = [nbformat.v4.new_code_cell(source, metadata=tags) for source in sources]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, tmp_path / "04-ebs-volume-types.ipynb")
    monkeypatch.setattr(sections, "notebooks_dir", lambda: tmp_path)


@pytest.mark.usefixtures("failing")
def test_a_failing_cell_leaves_no_page_and_keeps_the_notebook(tmp_path):
    page = tmp_path / "out" / "page.html"
    page.parent.mkdir()
    page.write_text("the page before")
    answer = run("report", SLUG, "-o", page)
    assert answer.exit_code == 1
    assert "Cell [2] failed: ZeroDivisionError: division by zero" in answer.output
    assert answer.output.count("\n") == 1
    assert page.read_text() == "the page before"
    kept = page.with_suffix(".failed.ipynb")
    assert str(kept) in answer.output
    ran = [c.execution_count for c in nbformat.read(kept, 4).cells if c.cell_type == "code"]
    assert ran == [1, 2, None]
    assert sorted(p.name for p in page.parent.iterdir()) == ["page.failed.ipynb", "page.html"]


@pytest.mark.parametrize("failing", ["import os; os._exit(1)"], indirect=True)
@pytest.mark.usefixtures("failing")
def test_a_kernel_that_dies_is_said_and_nothing_is_promised(tmp_path):
    kept = tmp_path / "kept.ipynb"
    answer = run("report", SLUG, "-o", tmp_path / "page.html", "--ipynb", kept)
    assert answer.exit_code == 1
    assert answer.output == "awsnb: The notebook could not run: DeadKernelError: Kernel died.\n"
    assert [p.name for p in tmp_path.iterdir()] == ["04-ebs-volume-types.ipynb"]


def test_writing_is_whole_or_not_at_all(tmp_path, monkeypatch):
    page = tmp_path / "page.html"
    page.write_text("before")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_whole(page, "after")
    assert page.read_text() == "before" and list(tmp_path.iterdir()) == [page]


def test_the_other_commands():
    assert "EBS volume types" in run("list").output
    assert run("list").output.count("(to come)") < 25
    assert "gp3 max_iops = 80000 IOPS" in run("facts", "ebs", "gp3").output
    assert "gp3 max_iops = 16000 IOPS" in run("facts", "ebs", "gp3", "--on", "2023-06").output
    assert "ebs has no gp9" in run("facts", "ebs", "gp9").output
    assert (
        "size_gib (default 100): a whole number from 1 to 65,536 GiB" in run("fields", SLUG).output
    )
    assert run("--version").output.startswith("awsnb ")
    for command in (
        "list",
        "lab",
        "report",
        "site",
        "sweep",
        "fields",
        "facts",
        "claims",
        "warm-up",
    ):
        assert "Usage" in run(command, "--help").output


@pytest.mark.parametrize(
    ("word", "name"), [("", "00-index"), ("claims", "27-claims"), ("iam", "01-iam")]
)
def test_lab_opens_the_notebook_that_is_named(tmp_path, monkeypatch, word, name):
    asked = []
    monkeypatch.setattr("jupyterlab.labapp.LabApp.launch_instance", asked.extend)
    assert run("lab", *filter(None, [word]), "--folder", tmp_path).exit_code == 0
    assert f"--LabApp.default_url=/lab/tree/{name}.ipynb" in asked
    assert (tmp_path / f"{name}.ipynb").exists()


@pytest.mark.parametrize("name", ["sweep.csv", "sweep.parquet"])
def test_sweep_writes_a_table(tmp_path, name):
    answer = run("sweep", SLUG, "--grid", "size_gib=100,200", "-o", tmp_path / name)
    assert answer.exit_code == 0 and "2 scenarios" in answer.output
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_sweep_refuses_a_file_that_it_cannot_write(monkeypatch):
    assert "must end in" in run("sweep", SLUG, "--grid", "size_gib=1", "-o", "x.xls").output
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    answer = run("sweep", SLUG, "--grid", "size_gib=1", "-o", "x.parquet")
    assert answer.exit_code == 2 and answer.output.count("\n") == 1
    assert "x.parquet: a .parquet file needs the extra 'parquet'" in answer.output


REAL = Path(__file__).resolve().parents[3] / "shared" / "traces"


@pytest.mark.skipif(not REAL.is_dir(), reason="the real traces do not lie beside the checkout")
def test_real_traces_are_answered_or_refused_clearly(tmp_path):
    page = tmp_path / "page.html"
    real = REAL / "ec2_disk_write_bytes_1ef3de.csv"
    disk = run("report", SLUG, "--trace", real, "-p", "trace_unit=bytes", "-o", page)
    assert disk.exit_code == 0 and "It holds" in disk.output
    text = page.read_text()
    assert "where summer time begins" in text and "assumed, not measured" in text
    for other in (
        "elb_request_count_8c0756",
        "ec2_cpu_utilization_5f5533",
        "rds_cpu_utilization_cc0c53",
    ):
        answer = run("report", SLUG, "--trace", REAL / f"{other}.csv", "-o", tmp_path / "none.html")
        assert answer.exit_code == 2 and "say trace_unit = bytes" in answer.output
    assert not (tmp_path / "none.html").exists()


def test_papermill_itself_runs_the_notebook_and_stops_at_a_bad_value(tmp_path):
    import papermill

    notebook = str(sections.section(SLUG).notebook)
    with pytest.raises(papermill.PapermillExecutionError, match="must be a whole number from 1"):
        papermill.execute_notebook(
            notebook, str(tmp_path / "out.ipynb"), {"size_gib": 0}, progress_bar=False
        )
    assert json.loads((tmp_path / "out.ipynb").read_text())["cells"]


def test_policies_and_requests_from_files_make_a_page(tmp_path):
    folder = tmp_path / "policies"
    folder.mkdir()
    account = {"account": "111122223333", "users": {"zoe": {"policies": ["reader"]}}}
    allow = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}
    (folder / "account.json").write_text(json.dumps(account))
    (folder / "reader.json").write_text(json.dumps({"Statement": allow}))
    requests, page = tmp_path / "requests.csv", tmp_path / "page.html"
    requests.write_text(
        "principal,action,resource,expected\n"
        "zoe,s3:GetObject,arn:aws:s3:::b/k,allow\nzoe,s3:PutObject,arn:aws:s3:::b/k,allow\n"
    )
    answer = run("report", "iam", "--policies", folder, "--requests", requests, "-o", page)
    assert answer.exit_code == 0, answer.output
    assert "Of the 2 requests of the file 1 is allowed. 1 is not as expected" in answer.output
    assert "nothing in the identity policies allows s3:PutObject" in page.read_text()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["iam", "--policies", "nowhere"], "policies = 'nowhere': must be a built-in account"),
        (["iam", "--requests", "nowhere.csv"], "requests = 'nowhere.csv': can't be read"),
        ([SLUG, "--policies", "nowhere"], "--policies: is no option here"),
        (
            ["efs", "--listing", "nowhere"],
            "of the question classes: awsnb report efs classes --listing FILE",
        ),
    ],
)
def test_files_that_do_not_fit_are_refused(tmp_path, words, says):
    answer = run("report", *words, "-o", tmp_path / "page.html")
    assert answer.exit_code == 2
    assert says in answer.output
    assert list(tmp_path.iterdir()) == []


def test_only_what_gives_names_to_the_report_is_run():
    cells = [
        Cell(True, "unused = 1 / 0"),
        Cell(True, "def twice(x): return x * n"),
        Cell(False, "n = 5"),
        Cell(True, "n = 2", ("parameters",)),
        Cell(True, "from math import pi as half"),
        Cell(True, "twice(half)", ("report",)),
    ]
    code = [cell for cell in cells if cell.is_code]
    todo = needed(code, cells[-1:])
    assert todo == [cells[1], *cells[3:]]
    assert run_cells(todo, {"n": 10})[-1].value == pytest.approx(31.4159, rel=1e-5)


def test_what_a_cell_shows_is_kept_apart():
    lines = (
        "from IPython.display import display",
        "print('said')",
        "display({'text/plain': 'a'}, raw=True)",
        "3",
    )
    cell = Cell(True, "\n".join(lines))
    (ran,) = run_cells([cell])
    assert ran.printed == "said\n" and ran.value == 3
    assert [data["text/plain"] for data in ran.shown] == ["a"]


def test_sliders_make_the_page_answer(tmp_path):
    page = tmp_path / "page.html"
    answer = run("report", "iam", "-o", page, "-p", "principal=ben", "--sliders")
    assert answer.exit_code == 0, answer.output
    (text,) = re.findall(r'<script type="text/plain">(.*?)</script>', page.read_text("utf-8"))
    told, _ = coding.read(parts.decoded(text))
    (view,) = told["form"]["views"]
    (situation,) = view["situations"]
    assert situation["values"]["principal"] == "ben" and len(told["asked"]) > 50
    assert page.stat().st_size <= LARGEST
