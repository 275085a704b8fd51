"""Accounts from files: a folder of policies, or an export of AWS's."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from awsnb.aws.iam.account import Account
from awsnb.aws.iam.account_text import read_account
from awsnb.aws.iam.files import json_in
from awsnb.aws.iam.locate import placed_in
from awsnb.scenario import ScenarioError

ACCOUNT = "account.json"
EXPORT = "authorization-details.json"


def read_folder(folder: Path) -> Account:
    """Read an account from a folder.

    Parameters
    ----------
    folder : Path
        Holds ``account.json`` (see `account_text`), whose policies may stand in files of their own
        names, or ``authorization-details.json``, what ``aws iam
        get-account-authorization-details`` prints, or both: then the first adds to the second.

    Raises
    ------
    ScenarioError
        If a file is missing or wrong; it names the file.
    """
    body: dict[str, Any] = {}
    if (folder / EXPORT).exists():
        body = from_export(json_in(folder / EXPORT))
    if (folder / ACCOUNT).exists():
        body = _merged(body, json_in(folder / ACCOUNT))
    if not body:
        raise ScenarioError(f"policies = {str(folder)!r}: holds neither {ACCOUNT} nor {EXPORT}.")
    named = {
        file.stem: json_in(file)
        for file in sorted(folder.glob("*.json"))
        if file.name not in (ACCOUNT, EXPORT)
    }
    try:
        return read_account(_merged(body, {"policies": named}), f"policies, {folder.name}")
    except ScenarioError as error:
        raise placed_in(folder, ACCOUNT, error) from None


def from_export(details: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what ``aws iam get-account-authorization-details`` prints into an account's parts.

    Notes
    -----
    IAM API Reference, "GetAccountAuthorizationDetails".
    """
    if isinstance(details, Mapping) and details.get("IsTruncated"):
        raise ScenarioError(
            f"policies: {EXPORT} is but a page of the export: let the command line fetch them all "
            "(without --max-items and --no-paginate)."
        )
    try:
        users, roles = details["UserDetailList"], details["RoleDetailList"]
        groups = details["GroupDetailList"]
        arns = [one["Arn"] for one in (*users, *roles, *groups)]
        return {
            "account": arns[0].split(":")[4] if arns else "",
            "policies": {one["Arn"]: _default_version(one) for one in details["Policies"]},
            "groups": {one["GroupName"]: {"policies": _attached(one, "Group")} for one in groups},
            "users": {
                one["UserName"]: _entity(one, "User")
                | {"arn": one["Arn"], "groups": one.get("GroupList", [])}
                for one in users
            },
            "roles": {
                one["RoleName"]: _entity(one, "Role")
                | {"arn": one["Arn"], "trust": one["AssumeRolePolicyDocument"]}
                for one in roles
            },
        }
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ScenarioError(
            f"policies: {EXPORT} is not what get-account-authorization-details prints: "
            f"{type(error).__name__} {error}."
        ) from None


def _merged(one: Mapping[str, Any], other: Any) -> dict[str, Any]:
    """Put two accounts together, part by part and name by name; the second wins."""
    if not isinstance(other, Mapping):
        raise ScenarioError(f"policies: {ACCOUNT} must be an object.")
    both = {**one, **other}
    for part in one.keys() & other.keys():
        if isinstance(one[part], Mapping) and isinstance(other[part], Mapping):
            both[part] = {**one[part], **other[part]}
    return both


def _entity(one: Mapping[str, Any], kind: str) -> dict[str, Any]:
    boundary = one.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    tags = {tag["Key"]: tag["Value"] for tag in one.get("Tags", ())}
    found = {"policies": _attached(one, kind), "boundary": boundary, "tags": tags}
    return found | {"id": one.get(f"{kind}Id", "")}


def _attached(one: Mapping[str, Any], kind: str) -> list[Any]:
    managed = [each["PolicyArn"] for each in one.get("AttachedManagedPolicies", ())]
    inline = [each["PolicyDocument"] for each in one.get(f"{kind}PolicyList", ())]
    return managed + inline


def _default_version(policy: Mapping[str, Any]) -> Any:
    versions = policy["PolicyVersionList"]
    return next(one["Document"] for one in versions if one["IsDefaultVersion"])
