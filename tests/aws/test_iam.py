"""What AWS's reference says of actions, and the document inside what a command printed."""

import itertools
import json
from dataclasses import replace

from awsnb.aws.iam import Resource, read_account
from awsnb.aws.iam.reference import has_resource, object_tag_key, resource_of, tag_keys
from awsnb.aws.iam.unwrapped import decoded, document_of

BOX = "arn:aws:s3:::box"


def test_the_reference_knows_actions_in_any_case_and_takes_others_as_they_are():
    assert not has_resource("EC2:describeInstances") and has_resource("s3:GetObject")
    assert has_resource("nowhere:Nothing") and has_resource("")
    assert resource_of("s3:GetObject", BOX) == BOX
    assert tag_keys("s3:GetObject", BOX) == ("aws:ResourceTag",)
    assert object_tag_key("S3:GetObject") == "s3:ExistingObjectTag"
    assert object_tag_key("ec2:StopInstances") == ""


def test_what_is_no_printed_policy_stays_as_it_is():
    for found in (None, 5, "x", [], {}, {"Statement": {"Policy": "{}"}}, [[]]):
        assert document_of(found) == found
    assert decoded("100%7B") == "100%7B"


def test_layers_around_a_document_end_somewhere():
    found = {"Statement": []}
    for _ in range(50):
        found = {"Policy": found}
    assert "Policy" in document_of(found)


def test_a_resource_is_the_one_listed_or_the_nearest_above_it():
    parts = ["b", "b/", "b/x", "b/x/y", "b:x", "b:", "bx", "b/x:y", ""]
    arns = [f"arn:aws:s3:::{part}" for part in parts]
    empty = read_account(json.dumps({"account": "111122223333"}))
    for listed in itertools.combinations(arns, 3):
        resources = {arn: Resource(tags={"arn": arn}) for arn in listed}
        account = replace(empty, resources=resources)
        for arn in arns:
            above = [one for one in listed if arn == one or arn.startswith((f"{one}/", f"{one}:"))]
            found = account.resource(arn).tags.get("arn", "")
            assert found == max(above, key=len, default=""), (listed, arn)
