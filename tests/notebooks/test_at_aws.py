"""The walk-throughs *Do it at AWS*: all run in this process, with sockets forbidden."""

import ast
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import build_notebooks
import nbformat
import pytest
from botocore.session import get_session

from awsnb import offline
from awsnb.sections import SECTIONS

TAGS = {"at-aws", "raises-exception"}  # without the extra it says so, and Run All goes on
CODE = re.compile(r"`(\w+)`")
CLIENT = re.compile(r'aws\.client\("([a-z0-9-]+)"')
RECORDED = """
import ipaddress, json, sys
reached = []
def loopback(address):
    return isinstance(address, tuple) and ipaddress.ip_address(address[0]).is_loopback
def record(event, args):
    named = event in ("socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen")
    sent = event in ("socket.bind", "socket.connect", "socket.sendto", "socket.sendmsg")
    if named or sent and not loopback(args[1]):
        reached.append(event)
        raise OSError("recorded, and refused")
sys.addaudithook(record)
for source in json.load(sys.stdin):
    try:
        exec(compile(source, "at-aws", "exec"), {})
    except OSError as error:
        print(error)
print(json.dumps(reached))
"""


@cache
def cells(slug: str) -> list[Any]:
    (path,) = (section.notebook for section in SECTIONS if section.slug == slug)
    return list(nbformat.read(build_notebooks.NOTEBOOKS / path.name, as_version=4).cells)


def walk_of(slug: str) -> Any:
    found = [cell for cell in cells(slug) if "at-aws" in cell.metadata.get("tags", ())]
    assert len(found) == 1
    return found[0]


def steps_of(slug: str) -> list[str]:
    """Return the texts of the section's steps card, as they are shown."""
    (card,) = (cell for cell in cells(slug) if cell.id == "steps")
    return [line[2:] for line in card.outputs[0].data["text/plain"].splitlines()]


SLUGS = [section.slug for section in SECTIONS if section.ready]
each_walk = pytest.mark.parametrize("slug", SLUGS)


class Walk(NamedTuple):
    aws: offline.Offline
    learned: list[str]  # operations that moto is said to lack, and answers


@pytest.fixture(scope="module")
def walks() -> Iterator[Any]:
    """Give the walk of a section, run once; what moto lacks is asked of it all the same."""
    forbidden = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        forbidden.setattr(socket.socket, name, refuse)
    forbidden.setattr(socket, "getaddrinfo", refuse)
    yield cache(lambda slug: run(walk_of(slug).source))
    forbidden.undo()


def refuse(*where: Any, **_: Any) -> None:
    raise AssertionError(f"a walk-through reaches for {where}")


def run(source: str) -> Walk:
    learned: list[str] = []
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(offline.Offline, "client", probing(offline.Offline.client, learned))
        exec(compile(source, "at-aws", "exec"), names)
    return Walk(names["aws"], learned)


def probing(make: Any, learned: list[str]) -> Any:
    """Make clients that ask moto too what it is said to lack."""

    def client(self: Any, *args: str) -> Any:
        made = make(self, *args)

        def ask(model: Any, params: Any, context: Any, **_: Any) -> None:
            if (model.service_model.service_name, model.name) in offline.lacking():
                try:
                    _, parsed = made._make_request(model, params, context)
                except offline.OfflineError:
                    return
                if parsed.get("Error", {}).get("Message") != "Not yet implemented":
                    learned.append(model.name)

        made.meta.events.register_first("before-call", ask)
        return made

    return client


@each_walk
def test_stands_folded_below_the_steps_and_says_only_what_is_the_same_on_every_run(slug):
    walk = walk_of(slug)
    assert cells(slug).index(walk) == 1 + [cell.id for cell in cells(slug)].index("steps")
    assert walk.id == "walk" and set(walk.metadata.tags) == TAGS
    assert walk.metadata.jupyter.source_hidden
    assert "from awsnb.offline import offline\n\nwith offline(" in walk.source
    assert walk.source.endswith("\naws.table()")
    assert len([line for line in walk.source.splitlines() if line.strip()]) <= 65


@each_walk
def test_runs_without_network_and_says_what_is_stored(slug, walks):
    stored = walk_of(slug).outputs[0].data
    assert repr(walks(slug).aws.table()) == stored["text/plain"]
    assert walks(slug).aws.table()._repr_html_() == stored["text/html"]


def test_opens_no_socket_in_a_process_of_its_own():
    """Python's own audit sees what is done in C too; one walk of each service is run."""
    sources, tried = [], set()
    for source in (walk_of(slug).source for slug in SLUGS):
        if not set(CLIENT.findall(source)) <= tried:
            sources.append(source)
            tried |= set(CLIENT.findall(source))
    assert reached(sources) == []


def test_the_audit_sees_a_name_that_is_looked_up_and_a_connection():
    looks_up = "import socket; socket.create_connection(('example.com', 80))"
    connects = "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
    assert reached([looks_up, connects]) == ["socket.getaddrinfo", "socket.connect"]


def reached(sources: list[str]) -> list[str]:
    """Run sources in one process, and say what of it would have left the machine."""
    run = subprocess.run(
        [sys.executable, "-c", RECORDED],
        input=json.dumps(sources),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return list(json.loads(run.stdout.splitlines()[-1]))


@each_walk
def test_goes_through_the_steps_in_their_order(slug, walks):
    numbers = [step.number for step in walks(slug).aws.steps]
    assert numbers == [0, *range(1, len(steps_of(slug)) + 1)]


@each_walk
def test_calls_what_each_step_names(slug, walks):
    aws = walks(slug).aws
    for step, text in zip(aws.steps[1:], steps_of(slug), strict=True):
        named = set(CODE.findall(text)) & operations(aws)
        assert named <= {call.operation for call in step.calls}, step.number


def operations(aws: offline.Offline) -> set[str]:
    """Name all operations of the services that are called."""
    services = {call.service for step in aws.steps for call in step.calls}
    return set().union(*map(operations_of, services))


@cache
def operations_of(service: str) -> list[str]:
    return list(get_session().get_service_model(service).operation_names)


@each_walk
def test_a_state_is_looked_at(slug):
    assert re.search(r"^    (    )*assert ", walk_of(slug).source, re.MULTILINE)


@each_walk
def test_moto_still_lacks_what_it_is_said_to_lack(slug, walks):
    assert walks(slug).learned == [], "take it out of data/not_in_moto.csv"


def test_whatever_moto_lacks_is_called(walks):
    steps = [step for slug in SLUGS for step in walks(slug).aws.steps]
    called = {(call.service, call.operation) for step in steps for call in step.calls}
    assert offline.lacking() - called == set()


@each_walk
def test_it_takes_no_name_that_another_cell_needs(slug: str) -> None:
    """A cell that is run again after the walk finds the section, and the report's parameters."""
    code = [cell for cell in cells(slug) if cell.cell_type == "code"]
    place = next(at for at, cell in enumerate(code) if cell.id == "walk")
    own = {name for cell in code if kept(cell) for name in names_in(cell.source, ast.Store)}
    later = {name for cell in code[place + 1 :] for name in names_in(cell.source, ast.Load)}
    before = {name for cell in code[:place] for name in names_in(cell.source, ast.Store)}
    assert names_in(code[place].source, ast.Store) & (own | later & before) == set()


def kept(cell: Any) -> bool:
    return cell.id == "setup" or "parameters" in cell.metadata.get("tags", ())


def names_in(source: str, context: type) -> set[str]:
    nodes = ast.walk(ast.parse(source))
    return {one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, context)}
