"""Accounts and requests from files: a folder of policies, an export of AWS's, a CSV of requests."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from awsnb.scenario import ScenarioError
from awsnb.services.iam.account import Account, read_account

ACCOUNT = "account.json"
EXPORT = "authorization-details.json"
REQUIRED = ("principal", "action", "resource")
EXPECTED = "expected"
ANSWERS = {"allow": True, "allowed": True, "deny": False, "denied": False}


class Asked(NamedTuple):
    """A row of a file of requests; `expected` is None where the file says nothing of it."""

    line: int
    principal: str
    action: str
    resource: str
    context: dict[str, Any]
    expected: bool | None


def read_folder(folder: Path) -> Account:
    """Read an account from a folder.

    Parameters
    ----------
    folder : Path
        Holds ``account.json`` (see `account`), of which the policies may stand in files of their
        own names, or ``authorization-details.json``, what ``aws iam
        get-account-authorization-details`` prints, or both: then the first adds to the second.

    Raises
    ------
    ScenarioError
        If a file is missing or wrong; it names the file.
    """
    body: dict[str, Any] = {}
    if (folder / EXPORT).is_file():
        body = from_export(_json(folder / EXPORT))
    if (folder / ACCOUNT).is_file():
        body = _merged(body, _json(folder / ACCOUNT))
    if not body:
        raise ScenarioError(f"policies = {str(folder)!r}: holds neither {ACCOUNT} nor {EXPORT}.")
    named = {
        file.stem: _json(file)
        for file in sorted(folder.glob("*.json"))
        if file.name not in (ACCOUNT, EXPORT)
    }
    return read_account(_merged(body, {"policies": named}), f"policies, {folder.name}")


def from_export(details: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what ``aws iam get-account-authorization-details`` prints into an account's parts.

    Notes
    -----
    IAM API Reference, "GetAccountAuthorizationDetails".
    """
    try:
        users, roles = details["UserDetailList"], details["RoleDetailList"]
        groups = details["GroupDetailList"]
        arns = [one["Arn"] for one in (*users, *roles, *groups)]
        return {
            "account": arns[0].split(":")[4] if arns else "",
            "policies": {one["Arn"]: _default_version(one) for one in details["Policies"]},
            "groups": {one["GroupName"]: {"policies": _attached(one, "Group")} for one in groups},
            "users": {
                one["UserName"]: _entity(one, "User") | {"groups": one.get("GroupList", [])}
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


def read_requests(file: Path) -> list[Asked]:
    """Read requests from a CSV file.

    Parameters
    ----------
    file : Path
        With the columns ``principal``, ``action`` and ``resource``; if it has ``expected``, that
        is ``allow`` or ``deny``. Any other column is a context key, absent where it is empty; a
        value that is a JSON list has several values.

    Raises
    ------
    ScenarioError
        If it can't be read; it names file, line and column.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
            if missing:
                raise ScenarioError(f"requests: {file.name}, line 1: no column {missing[0]!r}.")
            found = [_asked(file.name, reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ScenarioError(f"requests = {str(file)!r}: can't be read: {error}.") from None
    if not found:
        raise ScenarioError(f"requests: {file.name} has no request below its heading.")
    return found


def _asked(name: str, line: int, row: Mapping[str, Any]) -> Asked:
    if None in row or None in row.values():
        raise ScenarioError(f"requests: {name}, line {line}: not as many cells as the heading.")
    cells = {column: str(cell).strip() for column, cell in row.items()}
    for column in REQUIRED:
        if not cells[column]:
            raise ScenarioError(f"requests: {name}, line {line}: {column} is empty.")
    answer = cells.pop(EXPECTED, "").lower()
    if answer and answer not in ANSWERS:
        raise ScenarioError(
            f"requests: {name}, line {line}: expected = {answer!r}: must be allow or deny."
        )
    who, action, resource = (cells.pop(column) for column in REQUIRED)
    if ":" not in action:
        raise ScenarioError(
            f"requests: {name}, line {line}: action {action!r} must be service:Name."
        )
    context = {key: _values(cell) for key, cell in cells.items() if cell}
    return Asked(line, who, action, resource, context, ANSWERS.get(answer))


def _values(cell: str) -> Any:
    if cell.startswith("["):
        try:
            return json.loads(cell)
        except json.JSONDecodeError:
            return cell
    return cell


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise ScenarioError(
            f"policies: {file.name} is not JSON at line {error.lineno}, column {error.colno}: "
            f"{error.msg}."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"policies: {file.name} can't be read: {error}.") from None


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
    return {"policies": _attached(one, kind), "boundary": boundary, "tags": tags}


def _attached(one: Mapping[str, Any], kind: str) -> list[Any]:
    managed = [each["PolicyArn"] for each in one.get("AttachedManagedPolicies", ())]
    inline = [each["PolicyDocument"] for each in one.get(f"{kind}PolicyList", ())]
    return managed + inline


def _default_version(policy: Mapping[str, Any]) -> Any:
    versions = policy["PolicyVersionList"]
    return next(one["Document"] for one in versions if one["IsDefaultVersion"])
