import math
import re

import numpy as np
import pytest
from pydantic import ValidationError, field_validator

from awsnb.scenario import Scenario, ScenarioError, field
from awsnb.sections import SECTIONS
from awsnb.sections.ebs_volume_types.scenario import VolumeScenario

NAMED_VIEWS = [
    (f"{section.slug}-{view.name}", view)
    for section in SECTIONS
    if section.ready
    for view in section.views
]
VIEWS = [pytest.param(view, id=name) for name, view in NAMED_VIEWS]
FIELDS = [
    pytest.param(view.scenario, spec, id=f"{name}-{spec.name}")
    for name, view in NAMED_VIEWS
    for spec in view.scenario.fields().values()
]
NUMBERS = [param for param in FIELDS if param.values[1].kind in ("int", "float")]
CHOICES = [param for param in FIELDS if param.values[1].kind == "choice"]
WRONG_TYPES = {
    "int": ["5", 5.5, True, [5], {}],
    "float": ["0.5", True, [0.5], {}],
    "bool": ["yes", 1, None],
    "choice": [5, None, ["gp2"], True],
    "text": [5, None, b"x"],
    "path": [5, None, b"x"],
}


class Oven(Scenario):
    """A scenario with a field of every kind."""

    heat: int = field(180, label="Heat", unit="C", low=50, high=300, meaning="How hot.")
    hours: float = field(0.5, label="Time", unit="h", low=0.1, high=9, meaning="How long.")
    fan: bool = field(True, label="Fan", meaning="Whether the fan runs.")
    shelf: str = field("top", label="Shelf", choices=("top", "bottom"), meaning="Where.")
    dish: str = field("", label="Dish", meaning="What.")
    speed: int | None = field(
        None, label="Speed", low=1, high=3, only_when={"fan": (True,)}, meaning="Of the fan."
    )


WITHOUT_UNIT = ("seed", "step", "zipf_alpha")


def refusal(scenario, **values):
    """The one sentence that refuses the values."""
    with pytest.raises(ScenarioError) as caught:
        scenario(**values)
    text = str(caught.value)
    assert caught.value.__cause__ is None
    assert text.endswith((".", "?")) and "\n" not in text
    assert "pydantic" not in text
    return text


def only_sentence(spec, value):
    return f"{spec.name} = {value!r}: must be {spec.range_text}."


def test_the_field_lists_are_worth_the_name():
    assert VIEWS and NUMBERS and CHOICES


# --- each field of each section


@pytest.mark.parametrize(("scenario", "spec"), NUMBERS)
def test_a_number_out_of_its_range_is_refused_in_one_sentence(scenario, spec):
    beyond = [spec.low - 1, spec.high + 1, -(10**30), 10**30]
    for value in beyond if spec.kind == "int" else map(float, beyond):
        text = refusal(scenario, **{spec.name: value})
        assert text == only_sentence(spec, value)
        assert spec.range_text in text


@pytest.mark.parametrize(("scenario", "spec"), NUMBERS)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), np.float64("nan")])
def test_what_is_no_number_is_refused_in_one_sentence(scenario, spec, value):
    assert refusal(scenario, **{spec.name: value}) == only_sentence(spec, float(value))


def test_minus_zero_is_zero():
    class Loads(Scenario):
        held_ms: float = field(5.0, label="Held", unit="ms", low=0, high=9, meaning="A time.")

    for minus_zero in (-0.0, np.float64(-0.0)):
        assert math.copysign(1.0, Loads(held_ms=minus_zero).held_ms) == 1.0


@pytest.mark.parametrize(("scenario", "spec"), FIELDS)
def test_the_wrong_type_is_refused_in_one_sentence(scenario, spec):
    for value in WRONG_TYPES[spec.kind]:
        assert refusal(scenario, **{spec.name: value}) == only_sentence(spec, value)


@pytest.mark.parametrize(("scenario", "spec"), FIELDS)
def test_none_is_refused_where_a_field_must_say_something(scenario, spec):
    if spec.default is None:
        assert getattr(scenario(), spec.name) is None
    else:
        assert refusal(scenario, **{spec.name: None}) == only_sentence(spec, None)


@pytest.mark.parametrize(("scenario", "spec"), CHOICES)
def test_a_misspelt_choice_is_refused_with_the_nearest_one(scenario, spec):
    text = refusal(scenario, **{spec.name: spec.default + "x"})
    assert text.startswith(only_sentence(spec, spec.default + "x"))
    assert any(choice in text for choice in spec.choices)


@pytest.mark.parametrize(("scenario", "spec"), FIELDS)
def test_an_unknown_name_is_refused_with_the_nearest_field(scenario, spec):
    wrong = spec.name + "_"
    text = refusal(scenario, **{wrong: 1})
    assert text.startswith(f"{wrong} is not a field of {scenario.__name__}; its fields are ")
    assert f"Did you mean {spec.name}" in text


@pytest.mark.parametrize(("scenario", "spec"), FIELDS)
def test_every_field_says_what_it_is(scenario, spec):
    assert spec.label and spec.meaning.endswith(".")
    if spec.kind in ("int", "float"):
        assert spec.low < spec.high
        assert spec.unit or spec.name in WITHOUT_UNIT
    if spec.kind == "choice":
        assert spec.default in spec.choices
    for other, allowed in spec.only_when.items():
        control = scenario.fields()[other]
        assert control.kind == "bool" or set(allowed) & set(control.choices)


@pytest.mark.parametrize("view", VIEWS)
def test_the_default_scenario_and_every_preset_can_be(view):
    assert view.scenario().changes() == {}
    for preset in view.presets:
        assert view.scenario(**preset.values).changes().items() <= preset.values.items()


@pytest.mark.parametrize("view", VIEWS)
def test_what_a_field_left_out_means_is_said(view):
    """A word, or the value that AWS puts in force while the field applies."""
    for scenario in view.situations():
        values = scenario.model_dump()
        for name, spec in scenario.fields().items():
            if values[name] is None and spec.default is None and spec.applies(values):
                assert bool(spec.unset) != (name in scenario.in_force()), name


@pytest.mark.parametrize("view", VIEWS)
def test_a_handful_of_controls_are_not_folded_away(view):
    shown = [s.name for s in view.scenario.fields().values() if s.control and not s.advanced]
    assert 1 <= len(shown) <= 6, shown
    assert all(s.group for s in view.scenario.fields().values() if s.control and s.advanced)


# --- what is typed, and what is shown of it


@pytest.mark.parametrize(("text", "value"), [("1,600", 1600), ("12", 12), ("1,234,567", 1234567)])
def test_commas_may_part_thousands(text, value):
    assert Oven.fields()["heat"].parse(text) == value


@pytest.mark.parametrize(
    ("name", "text"), [("hours", "15,5"), ("heat", "15,50"), ("hours", "0,25")]
)
def test_a_decimal_comma_is_refused_with_the_cure(name, text):
    with pytest.raises(
        ScenarioError, match="Write a point, not a comma, before decimals"
    ) as refused:
        Oven.fields()[name].parse(text)
    assert refused.value.field == name


@pytest.mark.parametrize("value", ["x" * 10_000, 10**4_400, [0] * 10_000], ids=type)
def test_an_error_repeats_little_of_a_long_value(value):
    with pytest.raises(ScenarioError) as refused:
        Oven(heat=value)
    assert len(str(refused.value)) < 150


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "\x07"])
def test_text_that_nothing_can_hold_is_refused(text):
    with pytest.raises(ScenarioError, match="must be text without control characters"):
        Oven(dish=text)
    assert Oven(dish="many\n\tlines").dish == "many\n\tlines"


# --- the base


def test_two_wrong_fields_are_two_sentences():
    text = refusal(Oven, heat=10, hours=99.0)
    assert text == (
        "heat = 10: must be a whole number from 50 to 300 C. "
        "hours = 99.0: must be a number from 0.1 to 9 h."
    )


def test_a_refusal_shows_no_traceback_of_pydantic():
    with pytest.raises(ScenarioError) as caught:
        Oven(heat=10)
    assert caught.value.__suppress_context__


def test_nothing_near_offers_nothing():
    assert "Did you mean" not in refusal(Oven, zzzz=1)
    assert refusal(Oven, shelf="zzzz") == "shelf = 'zzzz': must be one of top, bottom."
    assert refusal(Oven, shelf="botom").endswith(" Did you mean bottom?")


def test_ends_of_a_range_belong_to_it():
    assert Oven(heat=50).heat == 50
    assert Oven(heat=300).heat == 300
    assert Oven(hours=9).hours == 9.0


@pytest.mark.parametrize(
    "values",
    [
        {"heat": np.int64(200)},
        {"heat": np.uint8(200)},
        {"heat": np.array(200)},
        {"hours": np.float32(0.5)},
        {"hours": np.int32(2)},
        {"fan": np.bool_(False)},
        {"shelf": np.str_("bottom")},
    ],
)
def test_numpy_scalars_are_the_numbers_they_hold(values):
    oven = Oven(**values)
    ((name, value),) = values.items()
    assert getattr(oven, name) == value
    assert type(getattr(oven, name)) in (int, float, bool, str)


def test_an_array_is_no_number():
    with pytest.raises(
        ScenarioError, match=r"heat = array\(\[200, 210\]\): must be a whole number"
    ):
        Oven(heat=np.array([200, 210]))


def test_a_scenario_is_frozen_and_can_be_a_key():
    oven = Oven()
    with pytest.raises(ValidationError):
        oven.heat = 200
    assert {Oven(): "default"}[oven] == "default"
    assert Oven(heat=200) != oven


def test_a_field_applies_only_when_it_says():
    assert Oven(speed=2).speed == 2
    assert refusal(Oven, fan=False, speed=2) == (
        "speed = 2 does not apply at fan = False: it is for True."
    )
    spec = Oven.fields()["speed"]
    assert spec.applies({"fan": True}) and not spec.applies({"fan": False})
    assert refusal(VolumeScenario, volume_type="gp2", provisioned_iops=3000) == (
        "provisioned_iops = 3000 does not apply at volume_type = 'gp2': it is for gp3, io1, io2."
    )


def test_of_takes_what_it_knows_from_a_notebooks_variables():
    namespace = {"heat": 220, "shelf": "bottom", "np": np, "_": None, "Heat": 1}
    assert Oven.of(namespace) == Oven(heat=220, shelf="bottom")
    assert Oven.of({}) == Oven()
    with pytest.raises(ScenarioError, match="heat = 10"):
        Oven.of({"heat": 10})


def test_changes_and_replace_are_each_others_inverse():
    oven = Oven(heat=220, hours=2, speed=1)
    assert oven.changes() == {"heat": 220, "hours": 2.0, "speed": 1}
    assert Oven(**oven.changes()) == oven
    assert Oven().replace(**oven.changes()) == oven
    assert oven.replace(heat=180, hours=0.5, speed=None) == Oven()
    assert oven.replace() == oven


def test_replace_checks_anew():
    with pytest.raises(ScenarioError, match="heat = 10"):
        Oven().replace(heat=10)
    with pytest.raises(ScenarioError, match="heatt is not a field of Oven"):
        Oven().replace(heatt=200)
    with pytest.raises(ScenarioError, match="speed = 1 does not apply"):
        Oven(speed=1).replace(fan=False)


def test_the_place_of_the_first_problem_survives_validation():
    class Page(Scenario):
        text: str = field("", label="Text", meaning="Words.", lines=3)
        count: int = field(1, label="Count", meaning="Pages.", low=1, high=9)

        @field_validator("text")
        @classmethod
        def _short(cls, text):
            if len(text) > 3:
                raise ScenarioError("text: too long.", line=1, column=4)
            return text

    with pytest.raises(ScenarioError, match=r"^text: too long\. count = 0: must be") as refused:
        Page(text="many words", count=0)
    assert (refused.value.line, refused.value.column) == (1, 4)
    with pytest.raises(ScenarioError) as refused:
        Page(count=0)
    assert (refused.value.line, refused.value.column) == (None, None)
    assert Page.fields()["text"].lines == 3 and Page.fields()["count"].lines == 0


def test_fields_come_in_order_with_their_kinds():
    assert {spec.name: spec.kind for spec in Oven.fields().values()} == {
        "heat": "int",
        "hours": "float",
        "fan": "bool",
        "shelf": "choice",
        "dish": "text",
        "speed": "int",
    }
    assert list(Oven.fields()) == ["heat", "hours", "fan", "shelf", "dish", "speed"]


# --- text of a command line


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("heat", "200", 200),
        ("heat", "1,000", 1000),
        ("heat", "1_000", 1000),
        ("hours", "1.5", 1.5),
        ("hours", "1e-1", 0.1),
        ("fan", "true", True),
        ("fan", " No ", False),
        ("fan", "0", False),
        ("shelf", "bottom", "bottom"),
        ("dish", "a pie", "a pie"),
    ],
)
def test_text_is_parsed_by_kind(name, text, value):
    parsed = Oven.fields()[name].parse(text)
    assert parsed == value and type(parsed) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [("heat", "hot"), ("heat", "200.5"), ("heat", ""), ("hours", "long"), ("fan", "maybe")],
)
def test_text_of_another_kind_is_refused_in_one_sentence(name, text):
    spec = Oven.fields()[name]
    with pytest.raises(ScenarioError, match=f"^{re.escape(only_sentence(spec, text))}$"):
        spec.parse(text)


@pytest.mark.parametrize(("scenario", "spec"), FIELDS)
def test_a_default_survives_being_written_and_parsed(scenario, spec):
    if spec.default is not None:
        assert spec.parse(str(spec.default)) == spec.default


@pytest.mark.parametrize(("scenario", "spec"), NUMBERS)
def test_bounds_are_written_as_people_write_them(scenario, spec):
    """`1e+06` is how a program writes a million."""
    low, high = re.search(r"from (\S+) to (\S+)", spec.range_text).groups()
    assert not re.search("[a-z]", low + high)
    assert [float(bound.replace(",", "")) for bound in (low, high)] == [spec.low, spec.high]
