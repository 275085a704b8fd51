"""The numbers that Aurora's notebook states are those of the facts and of the models."""

import nbformat
import pytest

from awsnb import facts
from awsnb.sections import section

AURORA = facts.load("aurora")
ASG = facts.load("autoscaling")
RDS = facts.load("rds")


def stated(subject, key, on=None):
    return AURORA.value(subject, key, on)


def asked(view, **values):
    view = section("aurora").view(view)
    return view.simulate(view.scenario(**values))


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("*segments* of 10 GB", stated("storage", "segment_size") == 10),
        ("six copies of each piece of data", stated("storage", "copies") == 6),
        ("two in each of three Availability Zones", stated("storage", "zones") == 3),
        ("when **4 of 6** copies have it", stated("storage", "write_quorum") == 4),
        ("a commit is safe when four have it", stated("storage", "write_quorum") == 4),
        ("asks at least three of six", stated("storage", "read_quorum") == 3),
        ("A read asks one copy", stated("storage", "read_asks") == 1),
        ("10 GiB at a time", stated("storage", "growth_increment") == 10),
        ("up to 10 others hold a copy", stated("global_database", "secondary_regions") == 10),
        ("usually less than a second behind", stated("global_database", "lag_typical") == 1),
        ("Up to **15 readers**", stated("limits", "max_readers") == 15),
        ("5.4 ms at 10,000 writes", stated("replicas", "lag_at_10000_writes") == 5.38),
        ("300 s behind", stated("replicas", "mysql_lag_at_10000_writes") == 300_000),
        ("tier* (0 to 15)", stated("failover_with_reader", "lowest_priority_tier") == 15),
        ("Storage grows to 128 TB", stated("limits", "max_size", "2023-06") == 128),
        ("256 TiB on recent versions", stated("limits", "max_size") == 256),
        ("often under 30 s, with a reader", stated("failover_with_reader", "typical") == 30),
        ("promotes a reader in half a minute", stated("failover_with_reader", "typical") == 30),
        ("typically under 60 s", stated("failover_with_reader", "upper") == 60),
        ("up to 10 minutes without", stated("failover_without_reader", "upper") == 600),
        (
            "20.6 % for a MySQL db.t3.large, 13 % for PostgreSQL",
            stated("db.t3.large", "aurora_price")
            == pytest.approx(1.206 * RDS.value("db.t3.large", "mysql_price"), rel=1e-3)
            == pytest.approx(1.13 * RDS.value("db.t3.large", "postgresql_price"), rel=2e-3),
        ),
        ("Aurora MySQL only, at most 72 hours", stated("backtrack", "max_window") == 72),
        ("DNS with a TTL of 5 s", stated("endpoints", "dns_ttl") == 5),
        ('keep " "DNS answers for 5 s at most', stated("endpoints", "dns_ttl") == 5),
        ("from 2.3 to 67 times", round(stated("claims", "aurora_writes_100_gb") / 1500) == 67),
        ("a token lasts 15 minutes", RDS.value("iam_authentication", "token_life") == 15),
        ("5 times MySQL, 3 times PostgreSQL", stated("claims", "times_mysql") == 5),
        ("5 times MySQL, 3 times PostgreSQL", stated("claims", "times_postgresql") == 3),
        ("0.3 x 0.164 USD an hour", stated("db.t3.large", "aurora_price") == 0.164),
        ("0.3 x 0.164 USD an hour", stated("io_optimized", "instance_factor") == 1.3),
        (
            "200 GiB cost 0.125 USD each more",
            stated("io_optimized", "storage_price") - stated("standard", "storage_price") == 0.125,
        ),
        ("At 0.20 USD a million", stated("standard", "io_price") == 0.2),
        ("ten seconds; at line rate it is eight", stated("storage", "example_repair_time") == 10),
        ("a copy takes 1 ms", stated("latency", "copy_median") == 1),
        ("three of the six copies keep the log only", stated("storage", "full_segments") == 3),
        ("three one-minute", ASG.value("target_tracking", "alarm_high_datapoints") == 3),
        ("three one-minute", ASG.value("target_tracking", "alarm_period") == 60),
        ("How long one takes is assumed (8 min", stated("reader_scaling", "creation_time") == 8),
        ("What you `DROP` or `TRUNCATE`", "DROP" in stated("storage", "shrinks_on")),
        ("A window set to 0 can't", stated("backtrack", "off_for_good")),
        ("7.4 I/Os on MySQL", stated("claims", "mysql_ios_per_transaction") == 7.4),
        ("and 0.95 on Aurora", stated("claims", "aurora_ios_per_transaction") == 0.95),
    ],
)
def test_numbers_are_those_of_the_facts(prose, said, fact):
    assert said in prose
    assert fact


def test_no_output_gives_a_prediction_away():
    late = asked("write latency", design="6 of 6", slow_copy_pct=2.0).summary["late_pct"]
    kept = asked("failover", client="keeps addresses", address_kept_s=300.0).summary["median_s"]
    answers = ("is kept; its client", f"{late:.1f}", f"{late:.2f}", f"{kept:.0f} s")
    cells = nbformat.read(section("aurora").notebook, as_version=4).cells
    outputs = str([cell.outputs for cell in cells if cell.cell_type == "code"])
    assert "3 segments are complete" in outputs
    assert [answer for answer in answers if answer in outputs] == []


def test_the_waiting_commit_of_the_first_prediction_is_as_its_setting_says():
    before = asked("log protocol", sequence="a crash in the middle", step=11)
    assert "3 segments are complete up to it, and it takes 4" in before.why
    after = asked("log protocol", sequence="a crash in the middle", step=16)
    assert "6 segments show" in after.why and "is kept" in after.why


def test_the_default_is_one_copy_short_as_the_text_says(prose):
    assert "a commit is one copy short" in prose
    assert "3 segments are complete up to it, and it takes 4" in asked("log protocol").why
    step = asked("log protocol").scenario.step
    assert "acknowledged" in asked("log protocol", step=step + 1).why


def test_the_log_numbers_are_the_model_s(prose):
    old = {"view": "log protocol", "sequence": "the old writer is not dead"}
    assert "so the VDL is 1" in prose and asked(**old, step=7).summary["vdl"] == 1
    assert "2 to 5 are annulled" in asked(**old, step=7).why and "Records 2 to 5" in prose
    assert "may be 4 LSNs ahead" in prose and "may be 4 LSNs ahead" in asked(**old).notes[0]
    assert "The next LSN is 6" in prose and "ships record 6" in asked(**old, step=12).why


def test_other_numbers_are_the_models(prose):
    small = asked("cost", instance_class="db.t3.large", size_gib=200).summary
    assert "184 a second" in prose and round(small["break_even_io_per_s"]) == 184
    assert "10 GB at 10 Gb/s take 8 seconds" in prose
    assert asked("availability").summary["repair_s"] == 8
    stale = {"view": "failover", "client": "keeps addresses"}
    anew = asked(**stale).summary
    assert "30 s on average" in prose and anew["client_adds_s"] == pytest.approx(30, abs=2)
    pool = asked(**stale, on_read_only="keeps the connection", connection_life_s=60.0).summary
    assert "for the whole 60 s" in prose and pool["read_only_s"] == 60
