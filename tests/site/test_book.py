"""What a page can answer, and that it says what the models say."""

import pickle
from contextlib import closing
from functools import cache

import numpy as np
import pytest

from awsnb import sections
from awsnb.explorer import Explorer
from awsnb.sections import section
from awsnb.site import book, build, coding
from awsnb.site.bake import Answer, Kept, Start, answers
from awsnb.site.stops import Question, Reach

SMALL = {"ebs-volume-types": 130_000, "iam": 30_000}
READY = [one.slug for one in sections.SECTIONS if one.ready]


@cache
def small_data(slug):
    with closing(Explorer(slug)) as explorer:
        return book.write(explorer, SMALL[slug])


@cache
def small_book(slug):
    return coding.read(small_data(slug))


@pytest.mark.parametrize("slug", ["ebs-volume-types", "iam"])
def test_words_are_those_of_the_model_and_curves_within_a_step(slug, compare_baked):
    told, columns = small_book(slug)
    for number in np.random.default_rng(4).choice(len(told["asked"]), 25, replace=False):
        compare_baked(section(slug), told, columns, number)


@pytest.mark.parametrize("slug", ["ebs-volume-types", "iam"])
def test_a_book_keeps_to_its_length_and_has_every_situation(slug):
    told, _ = small_book(slug)
    assert len(small_data(slug)) <= SMALL[slug]
    for view in told["form"]["views"]:
        for situation in view["situations"]:
            assert [view["name"], situation["name"], {}] in told["asked"]


def reach(slug, most, view=""):
    with closing(Explorer(slug, view=view)) as explorer:
        form = next(one for one in explorer.form["views"] if one["name"] == explorer.view)
    return Reach.of(form, section(slug).view(view).scenario.fields(), {}, most)


@pytest.mark.parametrize("slug", READY)
@pytest.mark.parametrize("most", [3, 8])
def test_questions_are_asked_once_and_every_control_has_its_home(slug, most):
    reached = reach(slug, most)
    questions = reached.questions()
    assert len(questions) == len(set(questions))
    for situation in reached.view["situations"]:
        assert Question(reached.view["name"], situation["name"], ()) in questions
        for name, stops in reached.stops.items():
            assert situation["values"][name] in stops


def test_two_controls_move_together_and_a_third_where_it_means_something():
    reached = reach("ebs-volume-types", 5)
    assert reached.together == ["volume_type", "size_gib"]
    changes = [dict(question.changes) for question in reached.questions()]
    assert {"volume_type": "gp3", "size_gib": 65_536} in changes
    assert any({"volume_type", "provisioned_iops"} == set(one) for one in changes)
    types = {one.get("volume_type", "gp2") for one in changes if "provisioned_iops" in one}
    assert types <= {"gp2", "gp3", "io1", "io2"} and "gp3" in types


def test_what_anybody_may_write_is_no_control():
    with closing(Explorer("iam")) as explorer:
        told, _ = small_book("iam")
    (view,) = told["form"]["views"]
    controls = {field["name"] for field in view["fields"] if field["control"]}
    assert {"principal", "action", "what_if"} <= controls and "policies" not in controls
    assert "stay as they are" in told["said"]["access"]
    assert explorer.section.slug == "iam"


def test_answers_that_were_kept_are_not_asked_for_again(tmp_path, monkeypatch):
    with closing(Explorer("ebs-volume-types")) as explorer:
        start = Start.of(explorer)
        situation = explorer.situation
    asked = [Question("volume", situation, (("size_gib", size),)) for size in (10, 20, 30)]
    with closing(Kept(tmp_path / "kept", "a")) as kept:
        first = answers(start, asked[:2], kept)
    monkeypatch.setattr(
        "awsnb.site.bake._task",
        lambda start, some: {one: Answer("", "", "", (), ()) for one in some},
    )
    with closing(Kept(tmp_path / "kept", "a")) as kept:
        again = answers(start, asked, kept)
    assert {one: again[one] for one in asked[:2]} == first
    assert again[asked[2]] == Answer("", "", "", (), ())
    with closing(Kept(tmp_path / "kept", "b")) as other:
        assert other.read(asked) == {}


def test_what_is_kept_is_small_and_goes_with_its_page(tmp_path, monkeypatch):
    asked, other = section("ebs-volume-types"), section("iam")
    kept = tmp_path / build.ANSWERS
    raw = []
    written = Kept.write

    def counted(self, found):
        raw.extend(len(pickle.dumps(answer)) for answer in found.values())
        written(self, found)

    def stopped(chosen, alive):
        if chosen == other:
            assert not kept.exists()
            raise KeyboardInterrupt
        page = lesson(chosen, alive)
        assert kept.stat().st_size < sum(raw) / 4
        return page

    lesson = build.lesson
    monkeypatch.setattr(Kept, "write", counted)
    monkeypatch.setattr(build, "lesson", stopped)
    monkeypatch.setattr(build, "BOOKS_BYTES", 60_000)
    with pytest.raises(KeyboardInterrupt):
        build.write_site(tmp_path, [asked, other])
    assert sum(raw) > 1_000_000


def test_workers_say_the_same_as_this_process(monkeypatch):
    with closing(Explorer("ebs-volume-types")) as explorer:
        start = Start.of(explorer)
        situation = explorer.situation
    asked = [Question("volume", situation, (("size_gib", size),)) for size in range(100, 130)]
    here = answers(start, asked)
    monkeypatch.setattr("awsnb.site.bake.WORTH_WORKERS", 10)
    monkeypatch.setattr("awsnb.site.bake.cores", lambda: 2)
    assert answers(start, asked) == here


def test_a_report_has_no_control_that_changes_nothing(tmp_path):
    trace = tmp_path / "load.csv"
    trace.write_text(
        "timestamp,VolumeWriteBytes Sum\n2026-03-02T00:00:00Z,9000000000\n"
        "2026-03-02T00:05:00Z,9000000000\n2026-03-02T00:10:00Z,3000000\n"
    )
    with closing(Explorer("ebs-volume-types", trace=str(trace))) as explorer:
        data = book.write(explorer, SMALL["ebs-volume-types"], situations=[explorer.situation])
    (view,) = coding.read(data)[0]["form"]["views"]
    controls = {field["name"] for field in view["fields"] if field["control"]}
    assert {"volume_type", "size_gib", "load_factor"} <= controls
    assert "workload" not in controls  # the file is the load
