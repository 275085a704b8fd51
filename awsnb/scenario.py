"""Scenarios: what can be asked of a section, said once.

A scenario is a frozen pydantic model. From its fields come the slider and its range, the
papermill check, the command-line option, the sweep axis and the error message.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Self, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Kind = Literal["int", "float", "bool", "choice", "text", "path"]

TODAY = "today"
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
DECIMAL_COMMA = " Write a point, not a comma, before decimals."
MOST_SHOWN = 80  # characters of a value that an error repeats
MOST_LISTED, FEW = 12, 4  # choices that a sentence names
NEAREST = 3  # spellings that are offered where there are many


class ScenarioError(ValueError):
    """A scenario that cannot be: one sentence a problem, each naming field, value and range.

    Parameters
    ----------
    message : str
        The sentences.
    field : str, optional
        The field that the first of them is about; empty if it is about none or several.
    missing : bool, optional
        Whether that field was left out and can't be.
    line, column : int, optional
        Where in a text of many lines the first problem lies, from 1.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str = "",
        missing: bool = False,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        super().__init__(message)
        self.field, self.missing = field, missing
        self.line, self.column = line, column


@dataclass(frozen=True)
class FieldSpec:
    """One field of a scenario, as controls, command lines and tables see it.

    `low` and `high` bound the value, in `unit`; `choices` lists what a choice may be.
    `only_when` maps another field to the values at which this one applies: elsewhere it must
    stay at its default. `control` is False for fields that no slider or menu can set. `lines` is
    the least number of lines that a text is written on; 0 for a text that is a line. `option` says
    that the command line has an option of the field's name. `reads` names the field of a file that
    this one says how to read; without a file it must stay at its default.

    `group` names what the field belongs to, in a word or two, and `advanced` fields are folded
    under it. `unset` says what None means: ``"no limit"``, ``"never"``; it is empty where a value
    that AWS chooses is in force, which `Scenario.in_force` then tells.
    """

    name: str
    kind: Kind
    default: Any
    unit: str
    label: str
    meaning: str
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    log: bool
    only_when: Mapping[str, tuple[Any, ...]]
    control: bool
    option: bool
    reads: str
    lines: int
    group: str
    advanced: bool
    unset: str

    def applies(self, values: Mapping[str, Any]) -> bool:
        """Whether the field means anything beside the other `values`."""
        return all(values[other] in allowed for other, allowed in self.only_when.items())

    @property
    def range_text(self) -> str:
        """What the field may be, in words: ``1 to 16,384 GiB``."""
        if self.kind == "choice":
            return f"one of {_listed(self.choices)}"
        if self.kind == "bool":
            return "True or False"
        if self.kind in ("text", "path"):
            return "text" if self.kind == "text" else "the path of a file or folder"
        number = "a whole number" if self.kind == "int" else "a number"
        if self.low is None or self.high is None:
            return f"{number} {self.unit}".strip()
        return f"{number} from {_spelt(self.low)} to {_spelt(self.high)} {self.unit}".strip()

    def parse(self, text: str) -> Any:
        """Read the field's value from the text of a command line.

        Raises
        ------
        ScenarioError
            If the text is not of the field's kind.
        """
        try:
            return _PARSERS[self.kind](text)
        except (ValueError, KeyError):
            hint = DECIMAL_COMMA if _has_decimal_comma(self.kind, text) else ""
            raise ScenarioError(
                f"{self.name} = {shown(text)}: must be {self.range_text}.{hint}", field=self.name
            ) from None


def _spelt(bound: float) -> str:
    """Write a number without an exponent: ``0.000001``, ``1,000,000``."""
    return f"{bound:,.9f}".rstrip("0").rstrip(".")


_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def _plain_digits(text: str) -> str:
    """Take the commas out of a number where they part thousands; refuse others."""
    if "," in text and not _THOUSANDS.fullmatch(text.strip()):
        raise ValueError(text)
    return text.replace(",", "")


def _has_decimal_comma(kind: str, text: str) -> bool:
    return kind in ("int", "float") and re.fullmatch(r"\s*[+-]?\d+,\d*\s*", text) is not None


_PARSERS: Mapping[Kind, Any] = {
    "int": lambda text: int(_plain_digits(text)),
    "float": lambda text: float(_plain_digits(text)),
    "bool": lambda text: _BOOLEANS[text.strip().lower()],
    "choice": str,
    "text": str,
    "path": str,
}


def field(
    default: Any,
    *,
    label: str,
    meaning: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: Iterable[str] = (),
    log: bool = False,
    only_when: Mapping[str, tuple[Any, ...]] | None = None,
    control: bool = True,
    option: bool = False,
    reads: str = "",
    lines: int = 0,
    path: bool = False,
    group: str = "",
    advanced: bool = False,
    unset: str = "",
) -> Any:
    """Declare a scenario field; see `FieldSpec` for what each part means.

    A choice is annotated ``Literal[...]``, or ``str`` with `choices` where they come from data.
    A `path` is a ``str`` that no control sets, but for one of many `lines`, which may also be the
    text itself. It is an `option` of the command line.
    """
    return Field(
        default,
        ge=low,
        le=high,
        title=label,
        description=meaning,
        allow_inf_nan=False if low is not None else None,
        json_schema_extra={
            "unit": unit,
            "low": low,
            "high": high,
            "choices": list(choices),
            "log": log,
            "only_when": {k: list(v) for k, v in (only_when or {}).items()},
            "path": path,
            "control": control and (lines > 0 or not path),
            "option": option or path,
            "reads": reads,
            "lines": lines,
            "group": group,
            "advanced": advanced,
            "unset": unset,
        },
    )


class Scenario(BaseModel):
    """The base of every section's scenario: frozen, strict, with one-sentence errors.

    Raises
    ------
    ScenarioError
        If a value is of the wrong type, out of range, not a field, or breaks a rule of AWS's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def __init__(self, **values: Any) -> None:
        values = {name: _plain(value) for name, value in values.items()}
        self.check_names(values)
        for name, value in values.items():
            _check_text(name, value)
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise self._refusal(error) from None
        self._check_applicable()

    @property
    def on(self) -> str | None:
        """The month whose facts hold, by the field `as_of`; None for the newest."""
        as_of: str = getattr(self, "as_of", TODAY)
        return None if as_of == TODAY else as_of

    @classmethod
    def fields(cls) -> dict[str, FieldSpec]:
        """The scenario's fields by name, in the order they are declared."""
        return _specs(cls)

    @classmethod
    def check_names(cls, names: Any) -> None:
        """Refuse names that are not fields, with the closest ones that are."""
        for name in names:
            if name not in cls.model_fields:
                raise ScenarioError(
                    f"{name} is not a field of {cls.__name__}; its fields are "
                    f"{', '.join(cls.model_fields)}." + closest(name, cls.model_fields),
                    field=name,
                )

    @classmethod
    def of(cls, namespace: Mapping[str, Any]) -> Self:
        """Make the scenario from a notebook's variables of the same names as its fields."""
        return cls(**{name: namespace[name] for name in cls.model_fields if name in namespace})

    def replace(self, **changes: Any) -> Self:
        """Return the scenario with some fields changed, checked anew."""
        return type(self)(**{**self.model_dump(), **changes})

    def suggestions(self) -> dict[str, tuple[str, ...]]:
        """What the fields of text may well be, by field: offered, not required."""
        return {}

    def in_force(self) -> dict[str, Any]:
        """The values that AWS puts in place of fields left out, by field."""
        return {}

    def changes(self) -> dict[str, Any]:
        """The fields that differ from their defaults."""
        return {
            name: value
            for name, value in self.model_dump().items()
            if value != type(self).model_fields[name].default
        }

    @model_validator(mode="after")
    def _check_choices(self) -> Self:
        """Refuse what is no choice, before the rules of subclasses look at it."""
        for spec in self.fields().values():
            value = getattr(self, spec.name)
            if spec.kind == "choice" and value is not None and value not in spec.choices:
                raise ScenarioError(
                    f"{spec.name} = {shown(value)}: must be {spec.range_text}."
                    + closest(value, spec.choices),
                    field=spec.name,
                )
        return self

    def _check_applicable(self) -> None:
        values = self.model_dump()
        for spec in self.fields().values():
            if spec.reads and values[spec.name] != spec.default and not values[spec.reads]:
                raise ScenarioError(
                    f"{spec.name} = {shown(values[spec.name])}: says how to read {spec.reads}, and "
                    f"{spec.reads} is not given.",
                    field=spec.name,
                )
            if values[spec.name] != spec.default and not spec.applies(values):
                other, allowed = next(
                    (other, allowed)
                    for other, allowed in spec.only_when.items()
                    if values[other] not in allowed
                )
                raise ScenarioError(
                    f"{spec.name} = {shown(values[spec.name])} does not apply at {other} = "
                    f"{shown(values[other])}: it is for {', '.join(map(str, allowed))}.",
                    field=spec.name,
                )

    @classmethod
    def _refusal(cls, error: ValidationError) -> ScenarioError:
        refusals = [cls._refusal_of(problem) for problem in error.errors()]
        first = refusals[0]
        first.args = (" ".join(map(str, refusals)),)
        return first

    @classmethod
    def _refusal_of(cls, problem: Mapping[str, Any]) -> ScenarioError:
        cause = problem.get("ctx", {}).get("error")
        if isinstance(cause, ScenarioError):
            return cause
        spec = cls.fields()[str(problem["loc"][0])]
        return ScenarioError(
            f"{spec.name} = {shown(problem['input'])}: must be {spec.range_text}.", field=spec.name
        )


@dataclass(frozen=True)
class Preset:
    """A situation that teaches: the fields that make it, and what to watch."""

    name: str
    watch: str
    values: Mapping[str, Any]


def shown(value: object) -> str:
    """Write a value as an error repeats it: whole if it is short, else its beginning."""
    try:
        text = repr(value)
    except ValueError:  # Python doesn't write integers of thousands of digits
        return "a number of thousands of digits"
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def _check_text(name: str, value: object) -> None:
    """Refuse text that no file and no page can hold."""
    if isinstance(value, str) and UNWRITABLE.search(value):
        raise ScenarioError(
            f"{name} = {shown(value)}: must be text without control characters and lone "
            "surrogates.",
            field=name,
        )


def closest(word: str, among: Iterable[str]) -> str:
    """Offer the nearest spelling, of many names a few; "" if none is near."""
    names = list(among)
    near = difflib.get_close_matches(word, names, n=1 if len(names) <= MOST_LISTED else NEAREST)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def _listed(choices: Sequence[str]) -> str:
    """Name the choices; of many, the first few and how many there are."""
    if len(choices) <= MOST_LISTED:
        return ", ".join(choices)
    return f"{len(choices)} names such as {', '.join(choices[:FEW])}"


def _plain(value: Any) -> Any:
    """Turn a NumPy scalar into the Python number it holds, and minus zero into zero."""
    plain = value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else value
    return plain + 0.0 if isinstance(plain, float) else plain


@cache
def _specs(scenario: type[Scenario]) -> dict[str, FieldSpec]:
    return {name: _spec(name, info) for name, info in scenario.model_fields.items()}


def _spec(name: str, info: Any) -> FieldSpec:
    extra = info.json_schema_extra
    kind, choices = _kind(info.annotation)
    if extra["choices"]:
        kind, choices = "choice", tuple(extra["choices"])
    if extra["path"]:
        kind = "path"
    return FieldSpec(
        name=name,
        kind=kind,
        default=info.default,
        unit=extra["unit"],
        label=info.title,
        meaning=info.description,
        low=extra["low"],
        high=extra["high"],
        choices=choices,
        log=extra["log"],
        only_when={k: tuple(v) for k, v in extra["only_when"].items()},
        control=extra["control"],
        option=extra["option"],
        reads=extra["reads"],
        lines=extra["lines"],
        group=extra["group"],
        advanced=extra["advanced"],
        unset=extra["unset"],
    )


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...]]:
    """Read a field's kind from its annotation; ``X | None`` is of kind X."""
    if get_origin(annotation) is Literal:
        return "choice", get_args(annotation)
    for inner in get_args(annotation):
        if inner is not type(None):
            return _kind(inner)
    kinds: dict[type, Kind] = {bool: "bool", int: "int", float: "float", str: "text"}
    return kinds[annotation], ()
