"""AWS to try things on, offline: plain boto3 calls that an embedded AWS (moto) answers.

No call leaves this process, in the block or after it. Parameters are checked by AWS's own models.
Nothing here takes time: health checks, alarms and failovers are for the sections' models to say.
It needs the extra: ``pip install "awsnb[offline]"``.
"""

import csv
import html
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

from awsnb._paths import data_dir

OURS = ("AWS_", "BOTO", "MOTO_")  # variables that could lead to an account, a profile, a host
NO_FILES = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
NO_PROXY = "http://127.0.0.1:9"  # the port of "discard", where nobody listens
NUMBERS = ("integer", "long", "float", "double")


class OfflineError(RuntimeError):
    """What can't be had offline: moto lacks it, broke at it, or it would have left the machine.

    A notebook shows the sentence alone.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class NoAnswer(dict[str, Any]):
    """The answer to a call that moto lacks: there is nothing in it to read."""

    def __init__(self, operation: str) -> None:
        super().__init__()
        self._operation = operation

    def __missing__(self, key: str) -> Any:
        raise OfflineError(f"moto lacks {self._operation}, so there is no {key} to read.")


class Call(NamedTuple):
    """A call, and what came of it: "answered", "valid only" or "refused"."""

    service: str
    operation: str
    verdict: str


@dataclass
class Step:
    """A step of a walk-through, and what came of it.

    Attributes
    ----------
    number : int
        Its number in the section's list of steps; 0 for what is looked up before the first.
    at_aws : str
        What AWS does besides, as a sentence.
    calls : list of Call
        Its calls.
    shown : str
        What of the answers is to be seen.
    """

    number: int
    at_aws: str = ""
    calls: list[Call] = field(default_factory=list)
    shown: str = ""

    @property
    def told(self) -> list[tuple[str, str]]:
        """The calls, equal ones counted."""
        return [
            (f"{call.operation} ({times} times)" if times > 1 else call.operation, call.verdict)
            for call, times in Counter(self.calls).items()
        ]


class Table:
    """The steps of a walk-through: each call, what came of it, and what AWS does besides."""

    def __init__(self, steps: list[Step]) -> None:
        self._steps = [step for step in steps if step.calls or step.at_aws or step.shown]

    def __repr__(self) -> str:
        return "\n".join([self._caption, *map(_line, self._steps)])

    def _repr_html_(self) -> str:
        heads = "".join(
            f"<th {LEFT}>{head}</th>" for head in ("step", "call", "offline", "shown", "at AWS")
        )
        rows = "".join(_row(step) for step in self._steps)
        table = f'<table class="told"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        return f"<p>{html.escape(self._caption)}</p>{table}"

    @property
    def _caption(self) -> str:
        valid_only = any(verdict == VALID_ONLY for step in self._steps for _, verdict in step.told)
        return f"{CAPTION} {LACKING}" if valid_only else CAPTION


LEFT = 'style="text-align:left;vertical-align:top;line-height:1.6"'  # a notebook: on the right
CALL = LEFT.replace('="', '="white-space:nowrap;')  # so that each verdict stands beside its call
CAPTION = (
    "The steps as boto3 calls, in the folded code. Here moto answers, a library that stands in for "
    "AWS; nothing leaves this machine."
)
VALID_ONLY = "valid only"
LACKING = "Valid only: AWS's own description allows the call, and moto lacks it."


def _line(step: Step) -> str:
    calls = ", ".join(f"{name} {verdict}" for name, verdict in step.told)
    shown = f" Shown: {step.shown}." if step.shown else ""
    at_aws = f" At AWS: {step.at_aws}" if step.at_aws else ""
    return f"{step.number or 'before'}: {calls or 'no call'}.{shown}{at_aws}"


def _row(step: Step) -> str:
    names = "<br>".join(f"<code>{html.escape(name)}</code>" for name, _ in step.told)
    verdicts = "<br>".join(verdict for _, verdict in step.told)
    said = "".join(f"<td {LEFT}>{html.escape(text)}</td>" for text in (step.shown, step.at_aws))
    calls = f"<td {CALL}>{names}</td><td {CALL}>{verdicts}</td>"
    return f"<tr><td {LEFT}>{step.number or ''}</td>{calls}{said}</tr>"


class Offline:
    """An account at the embedded AWS, and the list of what was called."""

    def __init__(self) -> None:
        self.steps = [Step(0)]

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """Make a boto3 client that has no way to the network, now or later.

        Parameters
        ----------
        service : str
            Its name in boto3, such as ``"ec2"``.
        region : str, optional
            Code of the AWS Region.

        Returns
        -------
        botocore.client.BaseClient
        """
        import boto3
        from botocore.config import Config

        session = boto3.session.Session(botocore_session=_no_chain(), region_name=region)
        config = Config(
            proxies={"http": NO_PROXY, "https": NO_PROXY},
            retries={"total_max_attempts": 1},
            ignore_configured_endpoint_urls=True,
        )
        return self._watched(session.client(service, config=config))

    def step(self, number: int, at_aws: str = "") -> None:
        """Begin a step of the section's list.

        Parameters
        ----------
        number : int
            Its number there.
        at_aws : str, optional
            What AWS does besides, where moto does nothing: a sentence.
        """
        self.steps.append(Step(number, at_aws))

    def shows(self, text: object) -> None:
        """Say what of this step's answers is to be seen."""
        self.steps[-1].shown = str(text)

    @contextmanager
    def refused(self, code: str) -> Iterator[None]:
        """Expect that the call in the block is refused.

        Parameters
        ----------
        code : str
            AWS's code of the error.

        Raises
        ------
        AssertionError
            If it is not refused, or with another code.
        """
        from botocore.exceptions import ClientError

        try:
            yield
        except ClientError as error:
            found = error.response["Error"]["Code"]
            assert found == code, f"refused with {found}, not {code}"
        else:
            raise AssertionError(f"not refused with {code}")

    def table(self) -> Table:
        """Return the steps, to be shown."""
        return Table(self.steps)

    def _watched(self, client: Any) -> Any:
        assert client._endpoint.http_session  # if botocore renames it, fail here
        client._endpoint.http_session = NoWire()
        events = client.meta.events
        events.register_last("before-parameter-build", _check)
        events.register("before-call", _leave_out)
        events.register("after-call", self._note)
        events.register("after-call-error", _explain)
        return client

    def _note(self, model: Any, parsed: Mapping[str, Any], http_response: Any, **_: Any) -> None:
        if parsed.get("Error", {}).get("Message") == "Not yet implemented":
            raise OfflineError(_lacks(model.name))
        verdict = "refused" if http_response.status_code >= 300 else "answered"
        if isinstance(parsed, NoAnswer):
            verdict = VALID_ONLY
        service = model.service_model.service_name
        self.steps[-1].calls.append(Call(service, model.name, verdict))


class NoWire:
    """What a client has in the place of a connection."""

    def send(self, request: Any) -> Any:
        """Refuse a request."""
        raise OfflineError(f"{request.method} {request.url} would have left this machine.")

    def close(self) -> None:
        """Close nothing."""


@contextmanager
def offline(managed_policies: bool = False) -> Iterator[Offline]:
    """Open an empty account at the embedded AWS; at the end of the block all in it is gone.

    Parameters
    ----------
    managed_policies : bool, optional
        Whether IAM has the policies that AWS manages. Reading them takes a second or two.

    Yields
    ------
    Offline
        It gives clients, and lists what was called.

    Raises
    ------
    OfflineError
        If the extra is missing, or moto is set to send calls to a server.
    """
    mock_aws, seed = _moto()
    from botocore.httpsession import URLLib3Session

    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    with (
        patch.dict(os.environ, kept | NO_FILES, clear=True),
        patch.object(URLLib3Session, "send", lambda _, request: NoWire().send(request)),
        mock_aws(config={"iam": {"load_aws_managed_policies": managed_policies}}),
    ):
        seed(25)  # ids are then the same on every run
        yield Offline()


def _moto() -> tuple[Any, Any]:
    try:
        import boto3  # noqa: F401
        from moto import mock_aws, settings
        from moto.moto_api._internal import mock_random
    except ModuleNotFoundError as error:
        raise OfflineError(
            f'No {error.name} here. To run these calls offline: pip install "awsnb[offline]"'
        ) from None
    if settings.TEST_SERVER_MODE or settings.is_test_proxy_mode():
        raise OfflineError("Unset TEST_SERVER_MODE and TEST_PROXY_MODE: they send calls elsewhere.")
    return mock_aws, mock_random.seed


def _no_chain() -> Any:
    """Make a session that asks no file, program or host for credentials."""
    import botocore.session

    session = botocore.session.Session()
    session.set_config_variable("config_file", os.devnull)
    session.set_config_variable("credentials_file", os.devnull)
    session.set_credentials("offline", "offline")
    session.register_component("data_loader", _loader())
    return session


@cache
def _loader() -> Any:
    """Make what reads AWS's models, half a second for a large one, once for all clients."""
    from botocore.loaders import create_loader

    return create_loader()


@cache
def lacking() -> frozenset[tuple[str, str]]:
    """Return what the walk-throughs call and moto lacks, as pairs of service and operation."""
    with open(data_dir() / "not_in_moto.csv", encoding="utf-8", newline="") as file:
        return frozenset((row["service"], row["operation"]) for row in csv.DictReader(file))


def _leave_out(model: Any, **_: Any) -> Any:
    """Answer with nothing what moto is known to lack; its parameters are checked by then."""
    if (model.service_model.service_name, model.name) in lacking():
        return SimpleNamespace(status_code=200), NoAnswer(model.name)
    return None


def _explain(event_name: str, exception: Exception, **_: Any) -> None:
    """Say in a sentence what Python says of moto's failure."""
    from botocore.exceptions import BotoCoreError

    operation = event_name.rpartition(".")[2]
    if isinstance(exception, NotImplementedError):
        raise OfflineError(_lacks(operation)) from None
    if not isinstance(exception, BotoCoreError | OfflineError):
        why = f"{type(exception).__name__}: {exception}"
        raise OfflineError(f"{operation} is valid by AWS's model, but moto broke: {why}.") from None


def _lacks(operation: str) -> str:
    return f"{operation} is valid by AWS's model, but moto lacks it."


def _check(params: Any, model: Any, **_: Any) -> None:
    """Refuse what AWS's model refuses and botocore lets pass: enum, max and pattern."""
    from botocore.exceptions import ParamValidationError

    found = list(_breaches(params, model.input_shape, "")) if model.input_shape else []
    if found:
        raise ParamValidationError(report="; ".join(found))


def _breaches(value: Any, shape: Any, place: str) -> Iterator[str]:
    yield from _breaches_here(value, shape, place)
    if shape.type_name == "structure" and isinstance(value, dict):
        for name in value.keys() & shape.members.keys():
            yield from _breaches(value[name], shape.members[name], f"{place}.{name}".strip("."))
    elif shape.type_name == "list" and isinstance(value, list | tuple):
        for at, one in enumerate(value):
            yield from _breaches(one, shape.member, f"{place}[{at}]")
    elif shape.type_name == "map" and isinstance(value, dict):
        for key, one in value.items():
            yield from _breaches(key, shape.key, f"{place}, a key")
            yield from _breaches(one, shape.value, f"{place}[{key!r}]")


def _breaches_here(value: Any, shape: Any, place: str) -> Iterator[str]:
    most = shape.metadata.get("max")
    size = value if shape.type_name in NUMBERS else len(value) if hasattr(value, "__len__") else 0
    if most is not None and isinstance(size, int | float) and size > most:
        yield f"{place} = {value!r}: at most {most}"
    if shape.type_name == "string" and isinstance(value, str):
        if shape.enum and value not in shape.enum:
            yield f"{place} = {value!r}: one of {', '.join(shape.enum[:12])}"
        pattern = _pattern(shape.metadata.get("pattern", ""))
        if pattern and not pattern.fullmatch(value):
            yield f"{place} = {value!r}: must match {pattern.pattern}"


@cache
def _pattern(text: str) -> re.Pattern[str] | None:
    """Read a pattern; AWS writes some of them in a dialect that Python has not."""
    try:
        return re.compile(text) if text else None
    except re.error:
        return None
