"""Policies as AWS's command line prints them: the document inside what is around it."""

import re
from typing import Any
from urllib.parse import unquote

from awsnb.mechanisms.authorization import JsonError, read_json

_WRAPPERS = (
    "PolicyVersion", "Document", "PolicyDocument", "policyDocument", "AssumeRolePolicyDocument",
    "Role", "Policy", "policy", "Content", "Attributes", "policyText", "ResourcePolicy",
    "PolicyInJson", "InlinePolicy", "VpcEndpoints", "AccessPolicies",
)  # fmt: skip
"""What stands around a document: `get-policy-version`, `get-role-policy`, `get-bucket-policy`,
`get-role`, `describe-policy`, `get-queue-attributes`, `get-repository-policy` and their like."""

_ENCODED = re.compile(r"\s*%7B", re.IGNORECASE)
_MOST_LAYERS = 4


class NoDocumentError(ValueError):
    """What a command printed holds no document, or several, or one that can't be read."""


def document_of(found: Any) -> Any:
    """The policy inside what a command printed; anything else as it is.

    Raises
    ------
    NoDocumentError
        If it tells of a policy without its document, or of several.

    Examples
    --------
    >>> document_of({"Policy": '{"Statement": []}'})
    {'Statement': []}
    """
    for _ in range(_MOST_LAYERS):
        inner = _inside(found)
        if inner is None:
            return found
        found = inner
    return found


def decoded(text: str) -> str:
    """A document as IAM's API gives it, its characters escaped as in a URL, as plain text."""
    return unquote(text) if _ENCODED.match(text) else text


def _inside(found: Any) -> Any:
    """What is one layer further in; None at a document, and where nothing is around one."""
    if isinstance(found, str):
        return _parsed(found)
    if isinstance(found, list) and found and isinstance(found[0], dict):
        return _only(found)
    if not isinstance(found, dict) or "Statement" in found:
        return None
    if "DefaultVersionId" in found and "Document" not in found:
        raise NoDocumentError(
            "get-policy prints no document: aws iam get-policy-version --policy-arn "
            f"{found.get('Arn', 'ARN')} --version-id {found['DefaultVersionId']} does."
        )
    return next((found[key] for key in _WRAPPERS if key in found), None)


def _parsed(text: str) -> Any:
    """A document that stands as text."""
    text = decoded(text)
    try:
        return read_json(text) if text.lstrip("\ufeff \t\r\n").startswith("{") else None
    except JsonError as error:
        raise NoDocumentError(f"the policy that stands in it as text is {error}") from None


def _only(several: list[Any]) -> Any:
    if len(several) > 1:
        raise NoDocumentError(f"{len(several)} policies stand there: give one of them.")
    return several[0]
