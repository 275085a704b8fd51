"""What the notebook states is what facts and models say."""

import pytest

from awsnb import facts
from awsnb.aws.elb.certificates import covers
from awsnb.sections import section
from awsnb.sections.tls_certificates.handshake import EARLY, FIRST, RETURNING, measured, round_trips
from awsnb.sections.tls_certificates.year import YEAR_DAYS, YearScenario, habit

ROOM = section("tls-certificates")
ELB, ACM = facts.load("elb"), facts.load("acm")


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("a default certificate and up to 25 more", ELB.value("tls", "list_certificates") == 25),
        ("knows no SNI: it has one certificate", ELB.value("tls", "classic_certificates") == 1),
        ("the API takes `ELBSecurityPolicy-2016-08`",
         ELB.value("tls", "default_policy_api") == "ELBSecurityPolicy-2016-08"),
        ("such as `ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09`",
         ELB.value("tls", "default_policy_console").endswith("Res-PQ-2025-09")),
        ("Load balancers of ELB don't take it", not ELB.value("tls", "early_data")),
        ("sessions only at the same IP address", "same IP" in ELB.value("tls", "resumption")),
        ("the modes verify and passthrough",
         ELB.value("tls", "mutual") == "verify or passthrough"),
        ("ACM's public ones cost nothing", ACM.value("public", "price") == 0),
        ("lasts **198 days**", ACM.value("public", "validity") == 198),
        ("198 days, before 395", ACM.value("public", "validity", on="2025-01") == 395),
        ("renews it: 45 days before the end", ACM.value("public", "renewal_start") == 45),
        ("from 45 days before the end, and somebody", ACM.value("event", "first_day") == 45),
        ("From 2029-03 on, with 47 days", ACM.value("industry", "max_validity_2029") == 47),
        ("An **imported** one ACM does not renew", not ACM.value("imported", "renewed_by_acm")),
        ("`*.example.com` has `www.example.com`", covers("*.example.com", "www.example.com")),
        ("but neither `example.com`", not covers("*.example.com", "example.com")),
        ("nor `a.b.example.com`", not covers("*.example.com", "a.b.example.com")),
    ],
)  # fmt: skip
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_the_table_of_round_trips_is_the_models(prose, version):
    trips = [round_trips(version, visit) for visit in (FIRST, RETURNING)]
    early = "none" if version == "1.2" else round_trips(version, EARLY)
    assert f"| TLS {version} | {trips[0]} | {trips[1]} | {early} |" in prose


def test_a_server_signs_so_many_times_as_often(prose):
    ratio = measured()["RSA 2048"].sign_ms / measured()["ECDSA P-256"].sign_ms
    assert f"a server signs {ratio:.0f} times as often with ECDSA P-256" in prose


def test_how_often_the_dice_are_rolled(prose):
    assert "about twice a year" in prose and "about ten times" in prose
    renewals = [YEAR_DAYS / habit(YearScenario(), days).cycle_days for days in (198, 47)]
    assert renewals == [pytest.approx(2, rel=0.2), pytest.approx(10, rel=0.2)]


def test_what_the_predictions_and_exercises_say_is_so(prose):
    fleet = YearScenario(imported=30, reminders=4, acted_pct=90.0, unread_pct=3.0)
    renewals = 30 * YEAR_DAYS / habit(fleet, 200).cycle_days
    assert "about 70 renewals in a year" in prose and renewals == pytest.approx(70, rel=0.05)
    assert "so `b` is sent" in prose
