import numpy as np
import pytest

from awsnb.aws.aurora import max_size_gib
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.aurora.truth import measured_errors, published_cases

AURORA = section("aurora")
SITUATIONS = [
    pytest.param(view, scenario, id=f"{view.name}-{i}")
    for view in AURORA.views
    for i, scenario in enumerate(view.situations())
]


def refusal(view, **values):
    with pytest.raises(ScenarioError) as caught:
        AURORA.view(view).scenario(**values)
    return caught.value


@pytest.mark.parametrize(
    ("view", "values", "rule"),
    [
        ("cost", {"size_gib": 131_073, "as_of": "2023-06"}, "grows to 131,072 GiB"),
        ("storage", {"size_gib": 131_073, "as_of": "2023-06"}, "grows to 131,072 GiB"),
        ("cost", {"size_gib": 262_145}, "to 262,144 GiB"),
        (
            "cost",
            {"backtrack_h": 1.0, "engine": "Aurora PostgreSQL"},
            "only Aurora MySQL can be rewound",
        ),
        ("cost", {"backtrack_h": 73.0}, "from 0 to 72 h"),
        ("failover", {"readers": 16}, "from 0 to 15 instances"),
        ("cost", {"design": "6 of 6"}, "not a field of CostScenario"),
        ("failover", {"address_kept_s": 5.0}, "at client = 'resolves anew'"),
        ("cost", {"instance_class": "db.t3.larg"}, "Did you mean db.t3.large?"),
        ("log protocol", {"sequence": "a hole"}, "must be one of"),
        (
            "reader scaling",
            {"min_readers": 5, "max_readers": 4},
            "AWS allows at most max_readers, 4 readers",
        ),
        ("reader scaling", {"min_readers": 0}, "from 1 to 15 readers"),
        ("reader scaling", {"connections_target": 90}, "at scaling_metric = 'CPU'"),
        ("storage", {"freed_pct": 10.0, "freed_by": "nothing"}, "at freed_by = 'nothing'"),
    ],
)
def test_what_cannot_be_is_refused_and_the_field_named(view, values, rule):
    error = refusal(view, **values)
    assert rule in str(error) and error.field == next(iter(values))


def test_the_volume_that_grew():
    size = 200 * 1024
    assert "size_gib = 204,800" in str(refusal("cost", size_gib=size, as_of="2023-06"))
    assert AURORA.view("cost").scenario(size_gib=size).size_gib == size
    assert (max_size_gib("2023-06"), max_size_gib()) == (128 * 1024, 256 * 1024)


def test_the_log_comes_first_and_what_it_costs_last():
    names = [view.name for view in AURORA.views]
    assert names[0] == "log protocol" and names[-1] == "cost" and len(set(names)) == 8


def test_only_what_has_alternatives_is_compared():
    for view in AURORA.views:
        if view.compare is None:
            with pytest.raises(ScenarioError, match="there are no alternatives"):
                AURORA.compare(view.scenario())
    assert [view.name for view in AURORA.views if view.compare] == ["availability", "cost"]


@pytest.mark.parametrize(("view", "scenario"), SITUATIONS)
def test_every_situation_answers_the_same_twice_in_words_numbers_and_panels(view, scenario):
    first, again = view.simulate(scenario), view.simulate(scenario)
    assert str(first) == str(again) and "$" not in str(first)
    for name, column in first.data.items():
        assert np.array_equal(column, again.data[name], equal_nan=column.dtype.kind == "f")
    assert len(first.panels) == 2 and first.why.endswith(".")
    assert sum(number.headline for number in first.numbers) == 3
    for panel in first.panels:
        for curve in panel.curves:
            assert first.data[curve.column].shape[-1] == len(first.data[panel.x])


# --- what is stated


def test_what_aws_and_the_papers_state():
    off = published_cases()["difference in %"].astype(float).abs()
    assert off.iloc[:2].max() < 0.05 and off.iloc[4:].max() == 0
    assert off.iloc[2] < 5  # AWS's rule of thumb


def test_closed_forms_and_draws_agree():
    assert measured_errors()["difference in %"].astype(float).abs().max() < 3
