"""What the README tells a person to type works as it stands there."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from awsnb.cli import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^( *)```(\w*)\n(.*?)^\1```", README, re.DOTALL | re.MULTILINE)
COMMANDS = [line.strip() for _, kind, text in FENCES if not kind for line in text.splitlines()]
TABLE = re.findall(r"^\| `(awsnb [^`]+)`", README, re.MULTILINE)


def run(line, **kwargs):
    return CliRunner().invoke(app, shlex.split(line)[1:], **kwargs)


def test_the_two_commands_are_the_ones_that_the_checks_run():
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "pip install -e . && awsnb lab" in COMMANDS
    assert 'pip install -e ".[test]" && pytest' in COMMANDS
    assert 'pip install --quiet -c requirements.lock -e ".[test]"' in checks
    assert re.search(r"^pytest\b", checks, re.MULTILINE)


@pytest.mark.parametrize(
    ("slug", "says"),
    [("ebs-volume-types", "gp2 20 GiB"), ("iam", "ann: s3:ListAllMyBuckets on *")],
)
def test_the_report_command_writes_its_page(report_of, slug, says):
    report = report_of(slug)
    assert report.command in COMMANDS
    assert says in report.page


def test_the_python_example_runs(capsys):
    (code,) = [text for _, kind, text in FENCES if kind == "python"]
    exec(re.sub(r"^ {3}", "", code, flags=re.MULTILINE), {})
    said = capsys.readouterr().out
    assert said.startswith("Throttled for") and "Cheapest that holds: gp3" in said


@pytest.mark.parametrize("line", TABLE)
def test_each_command_of_the_table_exists(line):
    name = line.split()[1]
    assert run(f"awsnb {name} --help").exit_code == 0
    asks_for_more = re.search(r"\b[A-Z]{3,}\b", line)
    if not asks_for_more and name not in ("lab", "warm-up"):
        assert run(line).exit_code == 0
