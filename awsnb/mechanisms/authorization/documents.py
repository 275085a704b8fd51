"""Policy documents: JSON in, `Policy` out, or one sentence that says where and what is wrong.

Notes
-----
IAM User Guide, "Grammar of the IAM JSON policy language" and the pages on each element; AWS
Organizations User Guide, "SCP syntax" and "RCP syntax".
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from awsnb.mechanisms.authorization.conditions import NULL, condition, named_operator
from awsnb.mechanisms.authorization.json_text import JsonError, read_json
from awsnb.mechanisms.authorization.matching import (
    EVERYONE,
    ActionElement,
    Element,
    Policy,
    PrincipalElement,
    ResourceElement,
    Statement,
)
from awsnb.mechanisms.authorization.principal import (
    PRINCIPAL_ARN,
    is_account,
    principal_name,
    shown,
)

PLAIN, WITH_VARIABLES = VERSIONS = ("2008-10-17", "2012-10-17")
KINDS = ("identity", "boundary", "session", "scp", "rcp", "resource", "trust", "endpoint")

OF_IDENTITIES = ("identity", "boundary", "session")
_NAME_PRINCIPALS = ("resource", "trust", "endpoint", "rcp")
_MAY_HAVE_ID = ("resource", "trust", "endpoint")
_NEED_ARNS = (*OF_IDENTITIES, "scp", "rcp")
_PAIRED = ("Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal")
_STATEMENT = ("Sid", "Effect", *_PAIRED, "Condition")
_PROHIBITED: dict[str, tuple[str, ...]] = dict.fromkeys(
    (*OF_IDENTITIES, "scp"), ("Principal", "NotPrincipal")
)
_PROHIBITED |= {"trust": ("Resource", "NotResource", "NotPrincipal")}
_PROHIBITED |= {"rcp": ("NotPrincipal", "NotAction")}
_PRINCIPALS = ("AWS", "Service", "Federated", "CanonicalUser")
_ACTION = re.compile(r"\*+|[\w.*?-]+:[\w.*?-]+", re.ASCII)
_PLAIN_SID = re.compile(r"[0-9A-Za-z]*")


class PolicyError(ValueError):
    """A document that is no policy: the statement, the element, and what is wrong with it."""


def parse(document: str | Mapping[str, Any], kind: str = "identity", name: str = "") -> Policy:
    """Read and check a policy document.

    Parameters
    ----------
    document : str or dict
        JSON text, or what `json.loads` makes of it.
    kind : str
        One of `KINDS`: where the policy is attached decides which elements it may have.
    name : str
        What to call it in an explanation and in an error.

    Returns
    -------
    Policy

    Raises
    ------
    PolicyError
        If it is not a policy of this kind; nothing else, whatever the document.

    Examples
    --------
    >>> parse('{"Statement": [{"Effect": "Allow", "Action": "s3:*"}]}')
    Traceback (most recent call last):
    awsnb.mechanisms.authorization.documents.PolicyError: Statement[0]: needs Resource or NotResource.
    """  # noqa: E501
    if kind not in KINDS:
        raise PolicyError(f"kind = {kind!r}: must be one of {', '.join(KINDS)}.")
    try:
        return _parse(document, kind, name or f"the {called(kind)}")
    except PolicyError as error:
        raise PolicyError(f"{name}: {error}" if name else str(error)) from None


def _parse(document: str | Mapping[str, Any], kind: str, name: str) -> Policy:
    body = _load(document) if isinstance(document, str) else document
    where = "Policy"
    _check_keys(where, body, ("Version", "Id", "Statement"))
    version = _version(where, body, kind)
    if "Id" in body:
        _check_id(where, body["Id"], kind)
    bodies = _statements(where, body)
    read = [_statement(i, each, kind, version) for i, each in enumerate(bodies)]
    _check_sids(read)
    return Policy(name, kind, tuple(read))


def called(kind: str) -> str:
    """What a policy of this kind is called in an explanation."""
    return kind.upper() if kind in ("scp", "rcp") else f"{kind} policy"


def _load(text: str) -> Any:
    try:
        return read_json(text)
    except JsonError as error:
        raise PolicyError(f"Policy: {error}") from None


def _fail(where: str, problem: str) -> NoReturn:
    raise PolicyError(f"{where}: {problem}")


def _check_keys(where: str, body: Any, known: Iterable[str] | None = None) -> None:
    if not isinstance(body, Mapping):
        _fail(where, f"must be an object, not {shown(body)}.")
    for key in body:
        if not isinstance(key, str):
            _fail(where, f"{shown(key)} is not a name.")
        if known is not None and key not in known:
            _fail(where, f"{shown(key)} is not an element; there are {', '.join(known)}.")


def _version(where: str, body: Mapping[str, Any], kind: str) -> str:
    version = body.get("Version", PLAIN)
    if version not in VERSIONS or not isinstance(version, str):
        _fail(where, f"Version must be {' or '.join(VERSIONS)}, not {shown(version)}.")
    if kind == "rcp" and version != WITH_VARIABLES:
        _fail(where, f"Version must be {WITH_VARIABLES} in an RCP.")
    return version


def _check_id(where: str, found: Any, kind: str) -> None:
    if kind not in _MAY_HAVE_ID:
        _fail(where, f"Id is not allowed in this kind of policy ({kind}).")
    if not isinstance(found, str):
        _fail(where, f"Id must be text, not {shown(found)}.")


def _statements(where: str, body: Mapping[str, Any]) -> list[Any]:
    if "Statement" not in body:
        _fail(where, "needs Statement.")
    found = body["Statement"]
    if isinstance(found, list):
        return found or _fail(where, "Statement must not be empty.")
    return [found]


def _statement(index: int, body: Any, kind: str, version: str) -> Statement:
    where = f"Statement[{index}]"
    _check_keys(where, body, None)
    sid = _sid(where, body, kind)
    where += f" ({sid})" if sid else ""
    _check_keys(where, body, _STATEMENT)
    for element in _PROHIBITED.get(kind, ()):
        if element in body:
            _fail(where, f"{element} is not allowed in this kind of policy ({kind}).")
    if body.get("Effect") not in ("Allow", "Deny") or not isinstance(body["Effect"], str):
        _fail(where, f"Effect must be Allow or Deny, not {shown(body.get('Effect'))}.")
    elements = tuple(_elements(where, body, kind, version == WITH_VARIABLES))
    if kind == "rcp" and body["Effect"] == "Allow":
        _check_full_access(where, body)
    return Statement(index, sid, body["Effect"], elements)


def _elements(where: str, body: Mapping[str, Any], kind: str, variables: bool) -> Iterable[Element]:
    element = _one_of(where, body, "Action")
    yield ActionElement(element, _actions(f"{where}, {element}", body[element]))
    if kind != "trust":
        element = _one_of(where, body, "Resource")
        at = f"{where}, {element}"
        named = _resources(at, body[element], kind, variables)
        yield _guarded(at, ResourceElement, element, named, variables)
    if kind in _NAME_PRINCIPALS:
        element = _one_of(where, body, "Principal")
        named_principals = _principals(f"{where}, {element}", body[element])
        if kind == "rcp" and body[element] != "*":
            _fail(where, 'Principal must be "*" in an RCP.')
        yield PrincipalElement(element, named_principals)
    if "Condition" in body:
        yield from _conditions(f"{where}, Condition", body["Condition"], variables)


def _one_of(where: str, body: Mapping[str, Any], element: str) -> str:
    found = [name for name in (element, f"Not{element}") if name in body]
    if not found:
        _fail(where, f"needs {element} or Not{element}.")
    if len(found) > 1:
        _fail(where, f"{element} and Not{element} exclude each other.")
    return found[0]


def _guarded(where: str, make: Any, *args: Any) -> Any:
    try:
        return make(*args)
    except ValueError as error:
        raise PolicyError(f"{where}: {error}") from None


def _sid(where: str, body: Mapping[str, Any], kind: str) -> str:
    sid = body.get("Sid", "")
    if not isinstance(sid, str):
        _fail(where, f"Sid must be text, not {shown(sid)}.")
    if kind in (*OF_IDENTITIES, "trust") and not _PLAIN_SID.fullmatch(sid):
        _fail(where, f"Sid {shown(sid)} must be letters A-Z, a-z and digits.")
    return sid


def _check_sids(statements: list[Statement]) -> None:
    seen: dict[str, int] = {}
    for statement in statements:
        if statement.sid and statement.sid in seen:
            where = f"Statement[{statement.index}] ({statement.sid})"
            _fail(where, f"Sid is that of Statement[{seen[statement.sid]}] too.")
        seen[statement.sid] = statement.index


def _texts(where: str, found: Any) -> tuple[str, ...]:
    several = found if isinstance(found, list) else [found]
    if not several:
        _fail(where, "must not be empty.")
    for each in several:
        if not isinstance(each, str) or not each:
            _fail(where, f"must be text or a list of texts, not {shown(each)}.")
    return tuple(several)


def _actions(where: str, found: Any) -> tuple[str, ...]:
    actions = _texts(where, found)
    for action in actions:
        if not _ACTION.fullmatch(action):
            _fail(where, f"{shown(action)} must be * or service:Name.")
    return actions


def _resources(where: str, found: Any, kind: str, variables: bool) -> tuple[str, ...]:
    resources = _texts(where, found)
    for resource in resources:
        parts = resource.split(":")
        is_arn = parts[0] == "arn" and (len(parts) >= 6 or resource.endswith("*"))
        if kind in _NEED_ARNS and not is_arn and set(resource) != {"*"}:
            _fail(where, f"{shown(resource)} must be * or an ARN of six parts.")
        if is_arn and len(parts) > 2 and set(parts[2]) & set("*?$"):
            _fail(where, f"{shown(resource)} must name its service: no wildcard may stand there.")
        if variables and is_arn and any("${" in part for part in parts[:4]):
            _fail(where, f"{shown(resource)} has a variable before its fourth colon.")
    return resources


def _principals(where: str, found: Any) -> frozenset[str]:
    if found == "*" and isinstance(found, str):
        return frozenset({EVERYONE})
    if isinstance(found, str):
        _fail(where, f'{shown(found)} must be "*" or an object, as {{"AWS": "..."}}.')
    _check_keys(where, found, _PRINCIPALS)
    if not found:
        _fail(where, "must not be empty.")
    return frozenset(_names(where, found))


def _names(where: str, found: Mapping[str, Any]) -> Iterable[str]:
    for namespace, several in found.items():
        for name in _texts(f"{where}, {namespace}", several):
            _check_principal(f"{where}, {namespace}", namespace, name)
            yield principal_name(namespace, name)


def _check_principal(where: str, namespace: str, name: str) -> None:
    if namespace == "AWS" and name == "*":
        return
    if set(name) & set("*?"):
        _fail(where, f"{shown(name)}: no wildcard may stand for a part of a principal.")
    is_unique_id = name.isascii() and name.isalnum() and not name.isdigit()
    if namespace == "AWS" and not (
        is_account(name) or is_unique_id or PRINCIPAL_ARN.fullmatch(name)
    ):
        _fail(where, f"{shown(name)} is not an account, or the ARN of a user, role or session.")


def _conditions(where: str, found: Any, variables: bool) -> Iterable[Element]:
    _check_keys(where, found)
    for name, keys in found.items():
        at = f"{where}, {name}"
        if name != NULL:
            _guarded(where, named_operator, name)
        _check_keys(at, keys)
        if len({key.lower() for key in keys}) < len(keys):
            _fail(at, "has a key twice, in different case.")
        for key, values in keys.items():
            wanted = _values(f"{at}, {key}", values)
            yield _guarded(f"{at}, {key}", condition, name, key, wanted, variables)


def _values(where: str, found: Any) -> tuple[str, ...]:
    several = found if isinstance(found, list) else [found]
    return tuple(_value(where, each) for each in several)


def _value(where: str, found: Any) -> str:
    if isinstance(found, bool):
        return str(found).lower()
    if not isinstance(found, str | int | float):
        _fail(where, f"must be text, a number or a boolean, not {shown(found)}.")
    return str(_guarded(where, str, found))


def _check_full_access(where: str, body: Mapping[str, Any]) -> None:
    everything = body["Action"] in ("*", ["*"]) and body.get("Resource") in ("*", ["*"])
    if not everything or "Condition" in body:
        _fail(where, "Effect may be Allow in an RCP only for every action on every resource.")
