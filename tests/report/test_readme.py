"""What the README tells a person to type works as it stands there."""

import json
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


def the_report(slug):
    (line,) = [line for line in COMMANDS if line.startswith(f"awsnb report {slug}")]
    return line


def test_the_report_command_writes_its_page(tmp_path, monkeypatch):
    rows = "".join(f"2026-03-02T{hour:02d}:00:00Z,{10**9 * hour}\n" for hour in range(24))
    (tmp_path / "writes.csv").write_text("timestamp,VolumeWriteBytes Sum\n" + rows)
    monkeypatch.chdir(tmp_path)
    answer = run(the_report("ebs-volume-types"))
    assert answer.exit_code == 0, answer.output
    assert "gp2 20 GiB" in (tmp_path / "report.html").read_text()


def test_the_report_command_on_policies_writes_its_page(tmp_path, monkeypatch):
    ann = {"UserName": "ann", "Arn": "arn:aws:iam::111122223333:user/ann"}
    details = {"UserDetailList": [ann], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "authorization-details.json").write_text(json.dumps(details))
    (tmp_path / "requests.csv").write_text("principal,action,resource\nann,s3:ListAllMyBuckets,*\n")
    monkeypatch.chdir(tmp_path)
    answer = run(the_report("iam"))
    assert answer.exit_code == 0, answer.output
    assert "ann: s3:ListAllMyBuckets on *" in (tmp_path / "access.html").read_text()


def test_the_python_example_runs(capsys):
    (code,) = [text for _, kind, text in FENCES if kind == "python"]
    exec(re.sub(r"^ {3}", "", code, flags=re.MULTILINE), {})
    said = capsys.readouterr().out
    assert said.startswith("Throttled for") and "Cheapest that holds: gp3" in said


@pytest.mark.parametrize("line", TABLE)
def test_each_command_of_the_table_exists(line):
    name = line.split()[1]
    assert run(f"awsnb {name} --help").exit_code == 0
    if "SECTION" not in line and name not in ("lab", "warm-up"):
        assert run(line).exit_code == 0
