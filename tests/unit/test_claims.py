import re
from collections import Counter

import pytest
from typer.testing import CliRunner

from awsnb import claims, facts
from awsnb.cli import app
from awsnb.sections import GUIDE

ROWS = claims.load()
ERRATA = {row.id: row for row in ROWS if row.is_erratum}
FACTS = [row for row in ROWS if not row.is_erratum]
MONTH_OR_YEAR = re.compile(r"\b20\d\d(-(0[1-9]|1[0-2]))?\b")


def said(*arguments):
    return CliRunner().invoke(app, ["claims", *arguments])


def test_every_fact_and_every_erratum_stands_there_once():
    assert sorted(row.id for row in FACTS) == [f"F{number:03d}" for number in range(1, 427)]
    assert set(ERRATA) == {f"E{number:02d}" for number in range(1, 122)}
    assert len(ROWS) == 426 + 121


def test_sections_are_the_courses_in_its_order_and_facts_come_first():
    assert claims.sections() == [section.slug for section in GUIDE]
    order = {slug: place for place, slug in enumerate(claims.sections())}
    assert list(ROWS) == sorted(ROWS, key=lambda row: (order[row.section], row.is_erratum))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_says_what_its_verdict_needs(row):
    assert row.verdict in claims.VERDICTS
    assert row.claim and row.source
    assert all(text == text.strip() and not text.endswith(".") for text in vars(row).values())
    assert len(row.claim) <= 75
    corrects = row.is_erratum or row.erratum
    assert bool(row.truth) == bool(row.since) == bool(corrects)
    if row.verdict in ("changed", "wrong", "misleading"):
        assert corrects
    if row.verdict == "changed":
        assert MONTH_OR_YEAR.search(row.since)
    if row.is_erratum:
        assert row.verdict != "holds" and not row.erratum


@pytest.mark.parametrize("row", [row for row in FACTS if row.erratum], ids=lambda row: row.id)
def test_a_fact_agrees_with_its_erratum(row):
    erratum = ERRATA[row.erratum]
    assert (row.truth, row.since, row.source) == (erratum.truth, erratum.since, erratum.source)
    assert row.verdict in ("holds", "unproven", erratum.verdict)


def test_every_erratum_is_on_a_fact():
    assert set(ERRATA) == {row.erratum for row in FACTS if row.erratum}


def test_counts_add_up():
    counted = [claims.counts(claims.of(slug)) for slug in claims.sections()]
    total = sum((Counter(one) for one in counted), Counter())
    assert total == Counter(row.verdict for row in ROWS)
    assert claims.counts([]) == dict.fromkeys(claims.VERDICTS, 0)


def test_the_ledger_is_no_service_of_facts():
    assert "claims" not in facts.services()


def test_the_command_counts_all_sections_and_explains_the_verdicts():
    answer = said()
    assert answer.exit_code == 0
    lines = answer.output.splitlines()
    numbers = {line.split()[0]: line.split()[1:] for line in lines[1:] if line}
    assert numbers["all"][0] == "426" and numbers["all"][-1] == "121"
    for slug in claims.sections():
        facts_of, *verdicts, errata = map(int, numbers[slug])
        assert facts_of == sum(verdicts) and facts_of + errata == len(claims.of(slug))
    assert all(f"{word}  " in answer.output for word in claims.VERDICTS)


@pytest.mark.parametrize("slug", claims.sections())
def test_the_command_says_each_claim_within_100_columns_but_for_an_address(slug):
    lines = said(slug).output.splitlines()
    assert [line for line in lines if len(line) > 100 and " " in line.strip()] == []
    heads = [line.split()[:2] for line in lines if line[0] != " "]
    assert heads == [[row.id, row.verdict] for row in claims.of(slug)]


def test_the_command_names_the_erratum_of_a_fact_and_what_is_true_once():
    answer = " ".join(said("ebs-volume-types").output.split())
    assert "F065 changed gp2 is the default type; see E17." in answer
    assert answer.count(ERRATA["E17"].truth) == 1


def test_an_unknown_section_is_refused_with_the_nearest():
    answer = said("ebs-volumes-types")
    assert answer.exit_code == 2
    assert (
        "The course notes have no section 'ebs-volumes-types'. Did you mean ebs-volume-types?"
        in answer.stderr
    )
