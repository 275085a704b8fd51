"""The numbers that prose states are the facts', and the index lists what there is."""

import re

import build_notebooks
import nbformat
import pytest

from awsnb import facts
from awsnb.sections import SECTIONS, section

ASG = facts.load("autoscaling")
EBS = facts.load("ebs")


def prose(name):
    notebook = nbformat.read(build_notebooks.NOTEBOOKS / f"{name}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    return re.sub(r"\s+", " ", text)


def stated(subject, key):
    return EBS.value(subject, key)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("A full bucket pays for 5.4 million", stated("gp2", "bucket_capacity") == 5_400_000),
        ("3 IOPS per GiB, and a bucket", stated("gp2", "baseline_iops_per_gib") == 3),
        ("each second 3,000 go out", stated("gp2", "burst_iops") == 3_000),
        ("gp3 gives 3,000 IOPS at all times", stated("gp3", "included_iops") == 3_000),
        ("pieces of up to 256 KiB", stated("io_accounting", "ssd_max_io_size") == 256),
        ("merge up to 1 MiB", stated("io_accounting", "hdd_max_io_size") == 1024),
        ("costs a whole MiB of credit", stated("io_accounting", "hdd_random_io_charge") == 1),
        ("64 TiB, 80,000 IOPS, 2,000 MiB/s", stated("gp3", "max_size") == 64 * 1024),
        ("64 TiB, 80,000 IOPS, 2,000 MiB/s", stated("gp3", "max_iops") == 80_000),
        ("64 TiB, 80,000 IOPS, 2,000 MiB/s", stated("gp3", "max_throughput") == 2_000),
        ("16 TiB, 16,000 IOPS, 1,000 MiB/s", EBS.value("gp3", "max_iops", "2023-06") == 16_000),
        ("16 TiB, 16,000 IOPS, 1,000 MiB/s", EBS.value("gp3", "max_size", "2023-06") == 16 * 1024),
        (
            "20 % cheaper per GiB",
            stated("gp3", "storage_price") == pytest.approx(0.8 * stated("gp2", "storage_price")),
        ),
        ("256,000 IOPS, 4,000 MiB/s", stated("io2", "max_iops") == 256_000),
        ("99.999 % durable", stated("io2", "durability") == 99.999),
        ("at io1's price per GB", stated("io2", "storage_price") == stated("io1", "storage_price")),
        ("four changes a day", stated("modification", "max_modifications") == 4),
        ("0.25 MiB/s for each", stated("gp3", "throughput_per_iops_max") == 0.25),
        ("rate 99 % of the time", stated("gp3", "consistency_time") == 99),
        ("io1 and io2 99.9 %", stated("io2", "consistency_time") == 99.9),
        ("HDD 90 % of the burst rate", stated("st1", "consistency_share") == 90),
    ],
)
def test_ebs_prose_says_what_the_facts_say(said, fact):
    assert said in prose("04-ebs-volume-types")
    assert fact


IAM = facts.load("iam")


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("from 15 minutes to 12 hours", IAM.value("session", "shortest") == 15),
        ("from 15 minutes to 12 hours", IAM.value("session", "longest") == 12 * 60),
        ("an hour by default", IAM.value("session", "default") == 60),
        ("one hour if a role took on the role", IAM.value("session", "longest_chained") == 60),
        ("every root user must have it", IAM.value("root", "mfa_required")),
        ("every root user must have it", not IAM.value("root", "mfa_required", "2023-06")),
        ("35 days after signing in", IAM.value("root", "mfa_grace") == 35),
        ("up to 8 devices each", IAM.value("quota", "mfa_devices") == 8),
        ("10,240 characters long, ten on each level", IAM.value("size", "scp") == 10_240),
        ("10,240 characters long, ten on each level", IAM.value("quota", "scps_per_node") == 10),
        ("before, 5,120 and five", IAM.value("size", "scp", "2026-04") == 5_120),
        ("before, 5,120 and five", IAM.value("quota", "scps_per_node", "2026-04") == 5),
        ("it is no principal, and does not nest", IAM.value("group", "nesting") == "not possible"),
        ("a KMS key's policy must always grant", IAM.value("kms", "key_policy_must_allow")),
        ("instance carries one role", IAM.value("quota", "roles_per_instance_profile") == 1),
    ],
)
def test_iam_prose_says_what_the_facts_say(said, fact):
    assert said in prose("01-iam")
    assert fact


def test_iam_worked_answers_are_those_that_are_tested():
    from awsnb.sections.iam.challenges import NO_DELETING, REPORTS, SERVERS

    text = prose("01-iam")
    for challenge in (REPORTS, SERVERS, NO_DELETING):
        assert " ".join(challenge.worked.split()) in text


def cached(subject, key, on=None):
    return facts.load("elasticache").value(subject, key, on)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("(3 on ElastiCache", cached("eviction", "maxmemory_samples") == 3),
        ("5 in the open-source default", cached("eviction", "maxmemory_samples_open_source") == 5),
        ("The default on ElastiCache is `volatile-lru`",
         cached("eviction", "default_policy") == "volatile-lru"),
        ("a sweep finds it, ten times a second", cached("expire", "hz") == 10),
        ("16,384 *hash slots*", cached("cluster", "slots") == 16_384),
        ("up to 5 replicas per shard", cached("replication", "replicas_max") == 5),
        ("Valkey 20 % below Redis OSS", cached("engines", "valkey_discount_nodes") == 20),
        ("20 % (nodes) to 33 % (serverless) cheaper",
         cached("engines", "valkey_discount_serverless") == 33),
        ("keep 25 % of it back", cached("memory", "reserved_memory") == 25),
        ("may lose up to 10 seconds", cached("durability", "async_loss_max") == 10),
        ("lag of one second is an assumption", cached("replication", "lag") == 1),
        ("then stores: three trips", cached("strategy", "miss_trips") == 3),
        ("*and* the cache: two trips", cached("strategy", "write_through_trips") == 2),
        ("copies in three zones", cached("serverless", "zones") == 3),
        ("one for each KB that a request moves", cached("serverless", "ecpu_per_kb") == 1),
        ("it was fixed at creation", not cached("durability", "changeable", "2026-06")),
        ("a hit moves an item at most once a minute", cached("memcached", "lru_rest") == 60),
        ("only while more than one in ten", cached("expire", "acceptable_stale") == 10),
        ("takes twenty keys at a time", cached("expire", "keys_per_loop") == 20),
        ("can be changed on a cluster that exists", cached("durability", "changeable")),
        ("where it is switched on", cached("memcached", "no_modern")),
        ("has 0.5 GiB, 25 % of which", cached("cache.t4g.micro", "maxmemory") == 2**29),
        ("six times the memory", 6 <= cached("cache.t4g.medium", "maxmemory") / 2**29 < 6.5),
    ],
)  # fmt: skip
def test_elasticache_prose_says_what_the_facts_say(said, fact):
    assert said in prose("24-elasticache")
    assert fact


def test_elasticache_prose_says_what_the_model_says():
    from awsnb.sections.elasticache.truth import recorded

    cache = section("elasticache")
    text, small = prose("24-elasticache"), cache.simulate(cache.scenario()).summary
    assert f"{small['capacity_items']:,} items of 256 KiB fit" in text
    assert f"about {small['warm_hit_pct']:.0f} % of the reads hit" in text
    assert "some two fifths of the reads are stale" in text
    assert small["stale_pct"] == pytest.approx(40, abs=3)
    short = cache.simulate(cache.scenario(ttl_s=30)).summary["stale_pct"]
    assert "with a TTL of 30 s about half as many" in text
    assert short == pytest.approx(small["stale_pct"] / 2, rel=0.15)
    for strategy in ("write-through", "invalidate"):
        assert cache.simulate(cache.scenario(strategy=strategy)).summary["stale_pct"] < 1
    assert len(recorded()) == 7


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("the 300 s cooldown binds **simple**", ASG.value("cooldown", "duration") == 300),
        ("three one-minute", ASG.value("target_tracking", "alarm_high_datapoints") == 3),
        ("three one-minute", ASG.value("target_tracking", "alarm_period") == 60),
        ("fifteen in a row", ASG.value("target_tracking", "alarm_low_datapoints") == 15),
        ("28 is 70 % of the target", ASG.value("target_tracking", "alarm_low_threshold") == 70),
        (
            "Its low alarm is at 90 %",
            ASG.value("target_tracking", "alarm_low_threshold_application") == 90,
        ),
        ("two cooldowns of 300 s", ASG.value("application", "scale_out_cooldown") == 300),
        ("two cooldowns of 300 s", ASG.value("application", "scale_in_cooldown") == 300),
        ("needs 24 h of data", ASG.value("predictive", "min_history") == 24),
        ("looks back 14 days", ASG.value("predictive", "lookback") == 14),
        ("48 h ahead", ASG.value("predictive", "horizon") == 48),
        ("renews every 6 h", ASG.value("predictive", "refresh") == 6),
        ("starts in forecast-only mode", ASG.value("predictive", "mode") == "ForecastOnly"),
        ("It never scales in", not ASG.value("predictive", "scales_in")),
        ("1 vCPU on a t2.micro", ASG.value("t2.micro", "vcpus") == 1),
        ("five with the free kind", ASG.value("monitoring", "basic_period") == 300),
        ("AWS allows itself two minutes", ASG.value("scheduled", "start_precision") == 2),
        ("one instance a decision", ASG.value("target_tracking", "remove_at_most") == 1),
    ],
)
def test_scaling_prose_says_what_the_facts_say(said, fact):
    assert said in prose("18-scaling-policies")
    assert fact


def test_scaling_prose_says_what_the_model_says():
    asg = section("scaling-policies")

    text = prose("18-scaling-policies")
    assert "Six get by for the minutes that scaling takes; twelve are needed" in text
    delayed = {n: asg.simulate(asg.scenario(min_size=n)).summary["delayed"] for n in (5, 6)}
    assert delayed[5] > 0 == delayed[6]
    assert asg.simulate(asg.scenario()).summary["most_needed"] == 12
    assert "needs 18 instances at 50 %" in text
    office = asg.simulate(asg.scenario(load="office-days")).summary
    assert office["most_needed"] == 18
    assert "costs four minutes" in text.replace("metric costs", "costs")
    basic = asg.simulate(asg.scenario(monitoring="basic")).summary["reaction_min"]
    assert basic - asg.simulate(asg.scenario()).summary["reaction_min"] == pytest.approx(4)
    assert asg.presets[6].name in text


def test_the_index_lists_every_section_and_links_those_that_are_written():
    index = prose("00-index")
    for entry in SECTIONS:
        link = f"**[{entry.number}. {entry.title}]({entry.notebook.name})**<br>"
        later = re.search(rf"[:;] {entry.number} {re.escape(entry.title)}[;.]", index)
        assert (link + entry.question in index) == entry.ready
        assert bool(later) != entry.ready
