"""Accounts from files: a folder of policies, or an export of AWS's."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from awsnb.aws.iam.account import Account
from awsnb.aws.iam.account_text import read_account
from awsnb.aws.iam.export import EXPORT, from_export, is_export
from awsnb.aws.iam.files import json_in
from awsnb.aws.iam.locate import placed_in
from awsnb.scenario import ScenarioError

ACCOUNT = "account.json"


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
        found = json_in(folder / ACCOUNT)
        body = _merged(body, from_export(found) if is_export(found) else found)
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


def _merged(one: Mapping[str, Any], other: Any) -> dict[str, Any]:
    """Put two accounts together, part by part and name by name; the second wins."""
    if not isinstance(other, Mapping):
        raise ScenarioError(f"policies: {ACCOUNT} must be an object.")
    both = {**one, **other}
    for part in one.keys() & other.keys():
        if isinstance(one[part], Mapping) and isinstance(other[part], Mapping):
            both[part] = {**one[part], **other[part]}
    return both
