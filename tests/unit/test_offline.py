"""No way out: each case in a process of its own, which records every look-up and connection."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

RECORDER = """
import json, os, socket
reached = []
def record(*where):
    reached.append(str(where))
    raise OSError("recorded, and refused")
socket.getaddrinfo = record
socket.gethostbyname = record
socket.create_connection = record
socket.socket.connect = lambda _, where: record(where)
socket.socket.connect_ex = lambda _, where: record(where)
def tell(call):
    try:
        said = call()["ResponseMetadata"]["HTTPStatusCode"]
    except Exception as error:
        said = type(error).__name__
    print(json.dumps([said, reached]))
"""


def said_and_reached(code: str, **environment: str) -> tuple[Any, list[str]]:
    """Run code that ends in `tell(...)`: what came of the call, and where it went."""
    run = subprocess.run(
        [sys.executable, "-c", RECORDER + code],
        capture_output=True,
        text=True,
        env={**os.environ, "AWS_ACCESS_KEY_ID": "mine", "AWS_SECRET_ACCESS_KEY": "s"} | environment,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    said, reached = json.loads(run.stdout.splitlines()[-1])
    return said, reached


OPEN = """
from awsnb.offline import offline
with offline() as aws:
    iam = aws.client("iam")
    {inside}
{after}
"""


def test_the_recorder_sees_a_client_that_has_a_wire() -> None:
    code = """
from moto import mock_aws
import boto3
with mock_aws():
    iam = boto3.client("iam", region_name="us-east-1")
tell(iam.list_users)
"""
    said, reached = said_and_reached(code)
    assert said == "EndpointConnectionError" and "iam.amazonaws.com" in reached[0]


def test_a_call_in_the_block_is_answered() -> None:
    assert said_and_reached(OPEN.format(inside="tell(iam.list_users)", after="")) == (200, [])


def test_a_client_is_dead_after_its_block() -> None:
    after = "tell(iam.list_users)"
    assert said_and_reached(OPEN.format(inside="pass", after=after)) == ("OfflineError", [])


def test_a_client_made_before_moto_was_imported_is_refused() -> None:
    first = 'import boto3\nearly = boto3.client("ec2", region_name="us-east-1")\n'
    code = first + OPEN.format(inside="tell(early.describe_vpcs)", after="")
    assert said_and_reached(code) == ("OfflineError", [])


def test_a_client_made_by_hand_in_the_block_has_no_way_to_an_endpoint_of_its_own() -> None:
    by_hand = 'boto3.client("iam", endpoint_url="http://example.com", region_name="us-east-1")'
    inside = f"import boto3; tell({by_hand}.list_users)"
    assert said_and_reached(OPEN.format(inside=inside, after=""))[1] == []


def test_a_dual_stack_endpoint_is_not_looked_up() -> None:
    inside = (
        'os.environ["AWS_USE_DUALSTACK_ENDPOINT"] = "true"; tell(aws.client("ec2").describe_vpcs)'
    )
    assert said_and_reached(OPEN.format(inside=inside, after=""))[1] == []


def test_a_passthrough_of_moto_leads_nowhere() -> None:
    inside = """
    from moto.core.config import default_user_config
    default_user_config["core"]["passthrough"] = {"services": ["iam"], "urls": []}
    tell(iam.list_users)"""
    assert said_and_reached(OPEN.format(inside=inside, after="")) == ("OfflineError", [])


@pytest.mark.parametrize(
    "environment",
    [
        {"AWS_ENDPOINT_URL": "http://example.com"},
        {"AWS_ENDPOINT_URL_IAM": "http://example.com"},
        {"AWS_PROFILE": "missing"},
        {"HTTPS_PROXY": "http://example.com:3128"},
    ],
    ids=str,
)
def test_what_the_environment_says_changes_nothing(environment: dict[str, str]) -> None:
    code = OPEN.format(inside="tell(iam.list_users)", after="")
    assert said_and_reached(code, **environment) == (200, [])


def test_a_program_for_credentials_is_not_run(tmp_path: Path) -> None:
    ran, config = tmp_path / "ran", tmp_path / "config"
    config.write_text(f"[default]\ncredential_process = touch {ran}\n")
    code = OPEN.format(inside="tell(iam.list_users)", after="")
    assert said_and_reached(code, AWS_CONFIG_FILE=str(config), AWS_ACCESS_KEY_ID="") == (200, [])
    assert not ran.exists()


@pytest.mark.parametrize("mode", ["TEST_SERVER_MODE", "TEST_PROXY_MODE"])
def test_a_server_of_moto_is_not_asked(mode: str) -> None:
    code = "from awsnb.offline import offline\ntell(lambda: offline().__enter__())"
    assert said_and_reached(code, **{mode: "true"}) == ("OfflineError", [])


def test_the_environment_comes_back() -> None:
    after = (
        'tell(lambda: {"ResponseMetadata": {"HTTPStatusCode": os.environ["AWS_ACCESS_KEY_ID"]}})'
    )
    assert said_and_reached(OPEN.format(inside="pass", after=after)) == ("mine", [])


def test_without_the_extra_one_sentence_says_how_to_get_it() -> None:
    code = """
import sys
sys.modules["moto"] = None
from awsnb.offline import offline
try:
    offline().__enter__()
except RuntimeError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip().endswith('pip install "awsnb[offline]"')
    assert "\n" not in run.stdout.strip()
