"""No way out, each case in a process that records every connection; and what is refused or said."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ParamValidationError

from awsnb.offline import Call, Offline, OfflineError, offline

ROLE = "arn:aws:iam::123456789012:role/web"

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


@pytest.fixture(scope="module")
def aws() -> Iterator[Offline]:
    with offline() as account:
        yield account


@pytest.mark.parametrize(
    ("service", "call", "values", "said"),
    [
        ("sts", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "a b"}, "must match"),
        (
            "sts",
            "assume_role",
            {"RoleArn": ROLE, "RoleSessionName": "ann", "DurationSeconds": 43_201},
            "DurationSeconds = 43201: at most 43200",
        ),
        (
            "sts",
            "assume_role",
            {"RoleArn": ROLE, "RoleSessionName": "ann", "Tags": [{"Key": "k" * 129, "Value": ""}]},
            "Tags[0].Key",
        ),
        ("iam", "list_policies", {"Scope": "aws"}, "Scope = 'aws': one of All, AWS, Local"),
    ],
)
def test_what_botocore_lets_pass_and_aws_refuses_is_refused(
    aws: Offline, service: str, call: str, values: dict[str, Any], said: str
) -> None:
    with pytest.raises(ParamValidationError) as refused:
        getattr(aws.client(service), call)(**values)
    assert said in str(refused.value)
    valid = {"RoleArn": ROLE, "RoleSessionName": "ann", "DurationSeconds": 43_200}
    assert aws.client("sts").assume_role(**valid)["AssumedRoleUser"]


def test_what_moto_is_known_to_lack_is_checked_and_its_answer_says_why_it_is_empty(
    aws: Offline,
) -> None:
    iam = aws.client("iam")
    answer = iam.generate_service_last_accessed_details(Arn=ROLE)
    assert aws.steps[-1].calls[-1].verdict == "valid only"
    with pytest.raises(OfflineError, match="moto lacks GenerateServiceLastAccessedDetails"):
        answer["JobId"]
    with pytest.raises(ParamValidationError):
        iam.generate_service_last_accessed_details(Arn="short")


def test_what_moto_lacks_or_breaks_at_is_said_in_a_sentence(aws: Offline) -> None:
    iam = aws.client("iam")
    with pytest.raises(OfflineError, match="valid by AWS's model, but moto lacks it"):
        iam.get_organizations_access_report(JobId="0" * 36)
    broken = patch("moto.iam.models.IAMBackend.get_user", side_effect=ValueError("no such"))
    with broken, pytest.raises(OfflineError, match="but moto broke: ValueError: no such"):
        iam.get_user(UserName="ann")


def test_a_refusal_is_expected_by_its_code(aws: Offline) -> None:
    iam = aws.client("iam")
    with aws.refused("NoSuchEntity"):
        iam.get_user(UserName="nobody")
    assert aws.steps[-1].calls[-1] == ("iam", "GetUser", "refused")
    with pytest.raises(AssertionError, match="not Throttling"), aws.refused("Throttling"):
        iam.get_user(UserName="nobody")
    with pytest.raises(AssertionError, match="not refused"), aws.refused("NoSuchEntity"):
        iam.list_users()


def test_a_table_counts_equal_calls_and_escapes_what_it_shows() -> None:
    account = Offline()
    account.step(1, at_aws="It is < 5 s.")
    account.steps[-1].calls += [Call("iam", "CreateUser", "answered")] * 2
    account.shows("two users")
    account.step(2)
    table = account.table()
    assert repr(table).splitlines()[1:] == [
        "1: CreateUser (2 times) answered. Shown: two users. At AWS: It is < 5 s."
    ]
    assert "It is &lt; 5 s." in table._repr_html_()
