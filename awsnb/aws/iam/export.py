"""An export of AWS's, what ``aws iam get-account-authorization-details`` prints, as an account."""

from collections.abc import Mapping
from typing import Any

from awsnb.aws.iam.unwrapped import NoDocumentError, document_of
from awsnb.scenario import ScenarioError

EXPORT = "authorization-details.json"


def is_export(found: Any) -> bool:
    """Whether a JSON object is such an export."""
    return isinstance(found, Mapping) and "UserDetailList" in found


def from_export(details: Mapping[str, Any]) -> dict[str, Any]:
    """Turn what ``aws iam get-account-authorization-details`` prints into an account's parts.

    Notes
    -----
    IAM API Reference, "GetAccountAuthorizationDetails".
    """
    if isinstance(details, Mapping) and (details.get("IsTruncated") or "NextToken" in details):
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
                | {"arn": one["Arn"], "trust": document_of(one["AssumeRolePolicyDocument"])}
                for one in roles
            },
        }
    except NoDocumentError as error:
        raise ScenarioError(f"policies: {EXPORT}: {error}") from None
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ScenarioError(
            f"policies: {EXPORT} is not what get-account-authorization-details prints: "
            f"{type(error).__name__} {error}."
        ) from None


def _entity(one: Mapping[str, Any], kind: str) -> dict[str, Any]:
    boundary = one.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    tags = {tag["Key"]: tag["Value"] for tag in one.get("Tags", ())}
    found = {"policies": _attached(one, kind), "boundary": boundary, "tags": tags}
    return found | {"id": one.get(f"{kind}Id", "")}


def _attached(one: Mapping[str, Any], kind: str) -> list[Any]:
    managed = [each["PolicyArn"] for each in one.get("AttachedManagedPolicies", ())]
    inline = [document_of(each["PolicyDocument"]) for each in one.get(f"{kind}PolicyList", ())]
    return managed + inline


def _default_version(policy: Mapping[str, Any]) -> Any:
    versions = policy["PolicyVersionList"]
    return document_of(next(one["Document"] for one in versions if one["IsDefaultVersion"]))
