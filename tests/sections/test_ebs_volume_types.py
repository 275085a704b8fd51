import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from awsnb import facts, workloads
from awsnb.aws.ebs import Io, Volume, instance_limits, volume_limits
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.ebs_volume_types.load import demand
from awsnb.sections.ebs_volume_types.presets import PRESETS
from awsnb.sections.ebs_volume_types.scenario import VolumeScenario
from awsnb.sections.ebs_volume_types.simulate import limits_of, serve
from awsnb.trace import TraceError

EBS = facts.load("ebs")
TYPES = section("ebs-volume-types")
SMALL = Io(16, "random")
REAL = Path(
    os.environ.get("AWSNB_TRACES", Path(__file__).resolve().parents[3] / "shared" / "traces")
)
GUIDE = "2023-06"
PERIOD_S = 60


@pytest.fixture
def load(tmp_path):
    """A trace file of so many operations (or bytes) per minute; None leaves a gap."""

    def write(totals, header="VolumeReadOps Sum", name="load.csv"):
        start = datetime(2024, 3, 1, tzinfo=UTC)
        rows = [
            f"{start + timedelta(seconds=PERIOD_S * i):%Y-%m-%dT%H:%M:%SZ},{total}"
            for i, total in enumerate(totals)
            if total is not None
        ]
        path = tmp_path / name
        path.write_text("\n".join([f"timestamp,{header}", *rows, ""]))
        return str(path)

    return write


@pytest.fixture
def iops(load):
    """A trace file of so many operations per second, minute by minute."""
    return lambda *rates: load([rate * PERIOD_S for rate in rates])


def refusal(**values):
    with pytest.raises(ScenarioError) as caught:
        VolumeScenario(**values)
    return str(caught.value)


def examples(volume_type, prefix, suffix):
    found = [
        (int(fact.key[len(prefix) : -len(suffix)]), fact.value)
        for fact in EBS.rows(volume_type)
        if fact.key.startswith(prefix) and fact.key.endswith(suffix)
    ]
    assert found
    return found


# --- what AWS refuses


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"volume_type": "gp2", "size_gib": 16_385}, "on gp2 AWS allows 1 to 16,384 GiB"),
        ({"volume_type": "st1", "size_gib": 124}, "on st1 AWS allows 125 to 16,384 GiB"),
        ({"volume_type": "st1", "size_gib": 16_385}, "125 to 16,384 GiB"),
        ({"volume_type": "sc1", "size_gib": 124}, "on sc1 AWS allows 125 to 16,384 GiB"),
        ({"volume_type": "io1", "size_gib": 3, "provisioned_iops": 100}, "4 to 16,384 GiB"),
        ({"volume_type": "io2", "size_gib": 3, "provisioned_iops": 100}, "4 to 65,536 GiB"),
        ({"volume_type": "gp3", "size_gib": 16_385, "as_of": GUIDE}, "1 to 16,384 GiB"),
        ({"volume_type": "gp3", "size_gib": 65_537}, "from 1 to 65,536 GiB"),
        ({"volume_type": "gp3", "provisioned_iops": 2999}, "3,000 to 80,000 IOPS"),
        ({"volume_type": "gp3", "size_gib": 999, "provisioned_iops": 80_001}, "3,000 to 80,000"),
        ({"volume_type": "gp3", "size_gib": 6, "provisioned_iops": 3001}, "500 IOPS per GiB"),
        ({"volume_type": "gp3", "size_gib": 159, "provisioned_iops": 80_000}, "so 79,500 IOPS at"),
        ({"volume_type": "gp3", "provisioned_iops": 20_000, "as_of": GUIDE}, "3,000 to 16,000"),
        ({"volume_type": "gp3", "provisioned_throughput_mibps": 124}, "125 to 2,000 MiB/s"),
        ({"volume_type": "gp3", "provisioned_throughput_mibps": 751}, "0.25 MiB/s per IOPS, so"),
        (
            {
                "volume_type": "gp3",
                "provisioned_iops": 8000,
                "provisioned_throughput_mibps": 1001,
                "as_of": GUIDE,
            },
            "125 to 1,000 MiB/s",
        ),
        ({"volume_type": "io1"}, "provisioned_iops is missing: io1 volumes need it, from 100 to"),
        ({"volume_type": "io2"}, "provisioned_iops is missing: io2 volumes need it, from 100 to"),
        ({"volume_type": "io1", "size_gib": 100, "provisioned_iops": 5001}, "50 IOPS per GiB"),
        ({"volume_type": "io1", "size_gib": 9999, "provisioned_iops": 64_001}, "100 to 64,000"),
        ({"volume_type": "io1", "provisioned_iops": 99}, "from 100 to"),
        ({"volume_type": "io2", "size_gib": 255, "provisioned_iops": 256_000}, "1,000 IOPS per"),
        (
            {"volume_type": "io2", "size_gib": 100, "provisioned_iops": 50_001, "as_of": GUIDE},
            "500 IOPS per GiB, so 50,000 IOPS at 100 GiB",
        ),
        (
            {"volume_type": "io2", "size_gib": 999, "provisioned_iops": 64_001, "as_of": GUIDE},
            "100 to 64,000 IOPS",
        ),
        ({"volume_type": "gp2", "provisioned_iops": 3000}, "does not apply at volume_type = 'gp2'"),
        ({"volume_type": "io2", "provisioned_iops": 100, "provisioned_throughput_mibps": 125},
         "does not apply at volume_type = 'io2': it is for gp3"),
        ({"volume_type": "gp3", "queue_depth": 4}, "does not apply at overload = 'queue'"),
    ],
)  # fmt: skip
def test_what_aws_refuses_is_refused_with_its_rule(values, rule):
    text = refusal(**values)
    assert rule in text
    assert text.count(". ") == 0 and text.endswith(".")


@pytest.mark.parametrize(
    "values",
    [
        {"volume_type": "gp3", "size_gib": 1},
        {"volume_type": "gp3", "size_gib": 1, "provisioned_iops": 3000},
        {"volume_type": "gp3", "size_gib": 7, "provisioned_iops": 3500},
        {"volume_type": "gp3", "size_gib": 100, "provisioned_iops": 20_000},
        {"volume_type": "gp3", "size_gib": 160, "provisioned_iops": 80_000},
        {"volume_type": "gp3", "size_gib": 32, "provisioned_iops": 16_000, "as_of": GUIDE},
        {"volume_type": "gp3", "size_gib": 65_536},
        {"volume_type": "gp3", "provisioned_throughput_mibps": 750},
        {"volume_type": "gp2", "size_gib": 1},
        {"volume_type": "gp2", "size_gib": 16_384},
        {"volume_type": "io1", "size_gib": 4, "provisioned_iops": 100},
        {"volume_type": "io2", "size_gib": 256, "provisioned_iops": 256_000},
        {"volume_type": "io2", "size_gib": 100, "provisioned_iops": 50_000, "as_of": GUIDE},
        {"volume_type": "st1", "size_gib": 125},
    ],
)
def test_what_aws_allows_is_allowed(values):
    assert VolumeScenario(**values).volume.cost_usd_month > 0


def test_a_refusal_names_its_source():
    assert "(docs.aws.amazon.com/" in refusal(
        volume_type="io1", size_gib=100, provisioned_iops=5001
    )


@pytest.mark.parametrize(
    ("volume_type", "gib", "most"),
    [
        (kind, *example)
        for kind in ("io1", "io2")
        for example in examples(kind, "example_iops_max_", "_gib")
        if (kind, example[0]) != ("io2", 100)  # before Block Express
    ],
)
def test_most_iops_of_a_size_are_aws_worked_examples(volume_type, gib, most):
    allowed = VolumeScenario(volume_type=volume_type, size_gib=gib, provisioned_iops=most)
    assert allowed.volume.iops == most
    refusal(volume_type=volume_type, size_gib=gib, provisioned_iops=most + 1)


# --- limits


@pytest.mark.parametrize(("iops", "mibps"), examples("io1", "example_throughput_max_", "_iops"))
@pytest.mark.parametrize("kind_and_month", [("io1", "today"), ("io1", GUIDE), ("io2", GUIDE)])
def test_throughput_of_io1_and_the_old_io2_is_aws_worked_examples(kind_and_month, iops, mibps):
    kind, month = kind_and_month
    volume = VolumeScenario(volume_type=kind, size_gib=2000, provisioned_iops=iops, as_of=month)
    assert volume.volume.throughput_mibps == mibps


@pytest.mark.parametrize(
    ("iops", "mibps"), [(1000, 256), (10_000, 2560), (15_625, 4000), (16_000, 4000), (99_000, 4000)]
)
def test_throughput_of_io2_block_express(iops, mibps):
    volume = VolumeScenario(volume_type="io2", size_gib=500, provisioned_iops=iops)
    assert volume.volume.throughput_mibps == pytest.approx(mibps)


@pytest.mark.parametrize(("size_gib", "mibps"), [(170, 128), (171, 250), (334, 250), (9999, 250)])
def test_throughput_of_gp2_by_size(size_gib, mibps):
    assert Volume("gp2", size_gib).throughput_mibps == mibps


def test_gp2_of_1000_gib_and_more_has_no_bucket():
    assert volume_limits(Volume("gp2", 999), SMALL)[0].has_credit
    assert not volume_limits(Volume("gp2", 1000), SMALL)[0].has_credit


def test_256_kib_ios_meet_gp2s_throughput_at_the_iops_aws_says(iops):
    volume = VolumeScenario(size_gib=5334, io_size_kib=256, trace=iops(5000, 5000), overload="drop")
    served = TYPES.simulate(volume).data["served_iops"]
    assert served == pytest.approx(EBS.value("gp2", "example_iops_at_256_kib"))


@pytest.mark.parametrize(
    ("kib", "access", "counted"),
    [
        (1, "random", 1),
        (16, "random", 1),
        (256, "random", 1),
        (257, "random", 2),
        (1024, "random", 4),
        (16, "sequential", 1 / 16),
        (256, "sequential", 1),
        (1024, "sequential", 4),
    ],
)
def test_ssd_splits_and_merges_at_256_kib(kib, access, counted):
    assert Io(kib, access).ssd_ios == counted


@pytest.mark.parametrize(
    ("kib", "access", "mib"),
    [
        (16, "random", 1),
        (1024, "random", 1),
        (16, "sequential", 1 / 64),
        (1024, "sequential", 1),
    ],
)
def test_hdd_charges_a_random_io_one_mib(kib, access, mib):
    (limit,) = volume_limits(Volume("st1", 1024), Io(kib, access))
    assert limit.bucket.cost == mib


def test_an_instance_holds_its_maximum_for_half_an_hour(iops):
    volume = VolumeScenario(
        volume_type="io2",
        size_gib=500,
        provisioned_iops=50_000,
        instance_type="m5.large",
        trace=iops(*[18_750] * 60),
        overload="drop",
    )
    first, second = instance_limits(volume.instance_type, volume.io)
    assert (first.bucket.baseline, first.bucket.burst) == (3600, 18_750)
    assert second.bucket.burst == pytest.approx(593.75e6 / 2**20)
    result = TYPES.simulate(volume)
    assert result.summary["throttled_min"] == pytest.approx(30)
    np.testing.assert_allclose(
        result.data["served_iops"][[0, 29, 30, 59]], [18_750] * 2 + [3600] * 2
    )


def test_an_instance_that_never_bursts_is_a_plain_cap():
    limits = instance_limits("c5.12xlarge", SMALL)
    assert [limit.has_credit for limit in limits] == [False, False]
    assert instance_limits(VolumeScenario().instance_type, SMALL) == []


def test_credit_at_the_start_is_a_share_of_the_bucket():
    half = limits_of(VolumeScenario(start_credit_pct=50.0))[0].bucket
    assert (half.level, half.capacity) == (2.7e6, 5.4e6)


# --- prices


@pytest.mark.parametrize(
    ("values", "usd"),
    [
        ({"volume_type": "gp2", "size_gib": 100}, 10.00),
        ({"volume_type": "gp3", "size_gib": 100}, 8.00),
        (
            {
                "volume_type": "gp3",
                "size_gib": 100,
                "provisioned_iops": 6000,
                "provisioned_throughput_mibps": 250,
            },
            8.00 + 15.00 + 5.00,
        ),
        ({"volume_type": "io1", "size_gib": 100, "provisioned_iops": 5000}, 12.50 + 325.00),
        ({"volume_type": "io2", "size_gib": 100, "provisioned_iops": 32_000}, 12.50 + 2080.00),
        (
            {"volume_type": "io2", "size_gib": 256, "provisioned_iops": 40_000},
            32.00 + 2080.00 + 364.00,
        ),
        (
            {"volume_type": "io2", "size_gib": 256, "provisioned_iops": 100_000},
            32.00 + 2080.00 + 1456.00 + 1146.60,
        ),
        ({"volume_type": "st1", "size_gib": 1024}, 46.08),
        ({"volume_type": "sc1", "size_gib": 1024}, 15.36),
    ],
)
def test_prices_are_those_worked_out_by_hand(values, usd):
    assert VolumeScenario(**values).volume.cost_usd_month == pytest.approx(usd)


# --- overload


def overloaded(path, overload, **more):
    return VolumeScenario(volume_type="gp3", size_gib=100, trace=path, overload=overload, **more)


def test_a_queue_keeps_what_waits_and_drains_it_later(iops):
    result = TYPES.simulate(overloaded(iops(4000, 4000, 1000, 1000), "queue"))
    np.testing.assert_allclose(result.data["served_iops"], [3000, 3000, 3000, 1000])
    assert result.summary["throttled_min"] == pytest.approx(3)
    assert result.summary["lost_pct"] == 0
    np.testing.assert_allclose(result.data["queue_depth"], [30_000, 90_000, 60_000, 0])


def test_dropping_gives_up_what_cannot_be_served_at_once(iops):
    result = TYPES.simulate(overloaded(iops(4000, 4000, 1000, 1000), "drop"))
    np.testing.assert_allclose(result.data["served_iops"], [3000, 3000, 1000, 1000])
    assert result.summary["lost_pct"] == pytest.approx(20)
    assert result.summary["throttled_min"] == pytest.approx(2)
    assert not result.data["queue_depth"].any()


@pytest.mark.parametrize("depth", [6, 32])
def test_a_closed_loop_waits_as_long_as_its_outstanding_ios_take(iops, depth):
    result = TYPES.simulate(overloaded(iops(*[4000] * 5), "closed loop", queue_depth=depth))
    np.testing.assert_allclose(result.data["served_iops"][1:], 3000)
    np.testing.assert_allclose(result.data["latency_ms"][1:], 1000 * depth / 3000)
    assert 0 < result.summary["lost_pct"] < 26


def test_a_closed_loop_of_one_gets_no_further_than_its_latency_lets_it(iops):
    result = TYPES.simulate(overloaded(iops(*[4000] * 3), "closed loop"))
    np.testing.assert_allclose(result.data["served_iops"][1:], 1000)
    np.testing.assert_allclose(result.data["latency_ms"][1:], 1)
    assert "With 1 I/O outstanding at 1 ms each" in result.why


@pytest.mark.parametrize("overload", ["queue", "closed loop", "drop"])
@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_latency_is_littles_law_in_every_preset(preset, overload):
    volume = VolumeScenario(**{**preset.values, "overload": overload, "queue_depth": None})
    result = TYPES.simulate(volume)
    waiting = result.data["served_iops"] * result.data["latency_ms"] / 1000
    alone = result.data["served_iops"] * volume.volume.latency_unloaded_ms / 1000
    expected = result.data["queue_depth"] + (0 if overload == "closed loop" else alone)
    np.testing.assert_allclose(waiting, np.maximum(expected, alone), rtol=1e-9)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_work_is_conserved_in_every_preset(preset):
    result = TYPES.simulate(VolumeScenario(**preset.values))
    asked, served = (result.data[name].sum() for name in ("asked_iops", "served_iops"))
    lost = result.summary["lost_pct"] / 100 * asked
    assert served + lost <= asked * (1 + 1e-9)
    assert not any(np.isnan(column).any() for name, column in result.data.items() if name != "time")


# --- the numbers


def test_what_is_said_of_a_spell(iops):
    path = iops(1000, 4000, 1000, 1000, 3600, 3600, 1000)
    result = TYPES.simulate(overloaded(path, "queue"))
    summary = result.summary
    assert summary["throttled_min"] == pytest.approx(1.5 + 2.6)
    assert summary["longest_spell_min"] == pytest.approx(2.6)
    assert summary["throttled_pct"] == pytest.approx(100 * 4.1 / 7)
    assert summary["first_throttled_at"] == "2024-03-01T00:01:00+00:00"
    assert summary["throttled_after_min"] == pytest.approx(1)
    assert summary["peak_asked_iops"] == pytest.approx(4000)
    assert summary["lowest_credit_pct"] is None
    assert "in 2 spells, the longest 2.6 min, first on Fri 01 Mar at 00:01 UTC" in result.why


def test_what_throttles_from_the_start_is_not_said_never_to(iops):
    result = TYPES.simulate(overloaded(iops(4000, 100), "queue"))
    assert result.summary["throttled_after_min"] == 0
    texts = {number.name: number.text for number in result.numbers}
    assert texts["throttled_after_min"] == "at once"
    assert texts["first_throttled_at"] == "Fri 2024-03-01 00:00 UTC"


def test_credit_that_runs_out_within_a_sample_is_dated_within_it(iops):
    volume = VolumeScenario(size_gib=100, trace=iops(*[3000] * 40))
    summary = TYPES.simulate(volume).summary
    assert summary["first_throttled_at"] == "2024-03-01T00:33:20+00:00"  # 2,000 s of full burst
    assert summary["lowest_credit_pct"] == 0


def test_nothing_throttled_is_said_so(iops):
    result = TYPES.simulate(VolumeScenario(trace=iops(100, 200)))
    assert result.why == (
        "It holds: the load peaks at 200 IOPS (3.1 MiB/s), nothing had to wait and credit never "
        "fell below 100.0 %."
    )
    assert result.summary["first_throttled_at"] is None
    assert result.summary["worst_latency_ms"] == result.summary["p99_latency_ms"] == 1


def test_p99_is_of_the_ios_not_of_the_samples(iops):
    calm, busy = [30] * 99, [3100]
    result = TYPES.simulate(overloaded(iops(*calm, *busy), "queue"))
    assert result.summary["p99_latency_ms"] == result.summary["worst_latency_ms"] > 100


# --- the words name the limit that binds


@pytest.mark.parametrize(
    ("values", "rates", "words"),
    [
        ({}, [2900] * 60, "The volume's IOPS ran out of credit: a full bucket lasts 33 min"),
        (
            {},
            [4000] * 2,
            "Credit or not, the volume's IOPS bursts to 3,000 IOPS, and the load asks for 4,000",
        ),
        (
            {"volume_type": "gp3"},
            [4000] * 2,
            "The volume's IOPS is capped at 3,000 IOPS, and the load asks for 4,000 IOPS",
        ),
        (
            {"volume_type": "gp3", "io_size_kib": 256},
            [600] * 2,
            "The volume's throughput is capped at 125 MiB/s, and the load asks for 150 MiB/s",
        ),
        (
            {"volume_type": "st1", "size_gib": 1024, "io_size_kib": 1024, "access": "sequential"},
            [200] * 180,
            "The volume's throughput ran out of credit",
        ),
        (
            {
                "volume_type": "io2",
                "provisioned_iops": 16_000,
                "instance_type": "t3.medium",
            },
            [6000] * 90,
            "The instance's IOPS ran out of credit: a full bucket lasts 30 min at 11,800 IOPS",
        ),
        (
            {"volume_type": "gp3", "overload": "closed loop", "queue_depth": 2},
            [2500] * 2,
            "With 2 I/O outstanding at 1 ms each, the application itself gets no further than "
            "2,000 IOPS",
        ),
    ],
)
def test_why_names_the_limit_that_binds(iops, values, rates, words):
    assert words in TYPES.simulate(VolumeScenario(**values, trace=iops(*rates))).why


def test_the_minutes_of_an_instances_bucket_are_said_to_be_the_least_that_aws_promises(iops):
    def notes(**values):
        return " ".join(TYPES.simulate(VolumeScenario(trace=iops(100, 100), **values)).notes)

    assert "t3.medium's maximum for at least 30 minutes a day" in notes(instance_type="t3.medium")
    assert "promises" not in notes()


def test_what_still_waits_is_said(iops):
    why = TYPES.simulate(overloaded(iops(4000, 4000), "queue")).why
    assert why.endswith("120,000 I/Os still wait at the end.")


# --- the load


def test_operations_and_bytes_are_the_same_load(load, iops):
    operations = VolumeScenario(trace=iops(200, 500, 3200))
    in_bytes = load([r * PERIOD_S * 16_384 for r in (200, 500, 3200)], "VolumeWriteBytes Sum", "b")
    a, b = TYPES.simulate(operations), TYPES.simulate(operations.replace(trace=in_bytes))
    np.testing.assert_allclose(a.data["asked_iops"], b.data["asked_iops"])
    assert a.summary == pytest.approx(b.summary)


@pytest.mark.parametrize(
    ("unit", "iops"),
    [("bytes", 1), ("operations", 16_384), ("bytes/s", 60), ("operations/s", 16_384 * PERIOD_S)],
)
def test_a_file_that_says_nothing_is_read_as_the_user_says(load, unit, iops):
    path = load([16_384 * PERIOD_S] * 2, "value")
    told = TYPES.simulate(VolumeScenario(trace=path, trace_unit=unit))
    assert told.data["asked_iops"] == pytest.approx(iops)
    assert "16 KiB (io_size_kib): assumed" in " ".join(told.notes)


def test_the_load_factor_multiplies(iops):
    result = TYPES.simulate(VolumeScenario(trace=iops(100, 300), load_factor=2.5))
    np.testing.assert_allclose(result.data["asked_iops"], [250, 750])


def test_a_gap_is_no_io_and_is_noted(load):
    path = load([6000, 6000, None, 6000, 6000, 6000])
    result = TYPES.simulate(VolumeScenario(trace=path))
    np.testing.assert_allclose(result.data["asked_iops"], [100, 100, 0, 100, 100, 100])
    assert any(note == "Periods without a datapoint count as no load: 1." for note in result.notes)


def test_a_changed_file_is_read_anew(load):
    path = load([6000, 6000])
    assert TYPES.simulate(VolumeScenario(trace=path)).summary["peak_asked_iops"] == 100
    load([12_000, 12_000])
    os.utime(path, ns=(1, 1))
    assert TYPES.simulate(VolumeScenario(trace=path)).summary["peak_asked_iops"] == 200


@pytest.mark.parametrize(
    ("totals", "header", "words"),
    [
        ([40.0, 60.0], "CPUUtilization Average", "CPUUtilization is a percentage (cpu)"),
        ([40.0, 60.0], "value", "say trace_unit = bytes, bytes/s, operations"),
        ([940, 2000], "RequestCount Sum", "RequestCount is a total per period (requests)"),
        (
            [16_384] * 2,
            "VolumeWriteBytes Average",
            "the Average of VolumeWriteBytes is not its load",
        ),
        (
            [16_384] * 2,
            "VolumeWriteOps Average",
            "the Average of VolumeWriteOps is not its load",
        ),
        ([-5, 20_000], "VolumeWriteBytes Sum", "holds -5 bytes, below 0"),
    ],
)
def test_what_is_no_load_on_a_disk_is_refused(load, totals, header, words):
    path = load(totals, header)
    with pytest.raises(TraceError) as caught:
        TYPES.simulate(VolumeScenario(trace=path))
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_file_that_is_not_there_is_said_so():
    with pytest.raises(TraceError, match="cannot be read"):
        TYPES.simulate(VolumeScenario(trace="nowhere.csv"))


def test_an_idle_trace_holds(load):
    result = TYPES.simulate(VolumeScenario(trace=load([0, 0, 0], "VolumeWriteBytes Sum")))
    assert result.summary["throttled_min"] == result.summary["lost_pct"] == 0


@pytest.mark.parametrize("name", workloads.names())
def test_every_workload_can_be_the_load(name):
    trace = workloads.load(name)
    result = TYPES.simulate(VolumeScenario(workload=name))
    assert len(result.series) == trace.value.size
    offered = result.data["asked_iops"] * trace.duration_s
    np.testing.assert_allclose(offered, trace.value)


# --- real traces, where they are


def real(name):
    path = REAL / name
    if not path.exists():
        pytest.skip(f"no {path}")
    return str(path)


def test_real_disk_writes_are_answered():
    path = real("ec2_disk_write_bytes_1ef3de.csv")
    scenario = VolumeScenario(trace=path, trace_unit="bytes", volume_type="gp3")
    result = TYPES.simulate(scenario)
    assert result.summary["peak_asked_iops"] > 0
    assert str(result).startswith("gp3 100 GiB")
    assert TYPES.compare(scenario).best is not None


@pytest.mark.parametrize(
    "name",
    [
        "elb_request_count_8c0756.csv",
        "ec2_cpu_utilization_5f5533.csv",
        "rds_cpu_utilization_cc0c53.csv",
    ],
)
def test_a_real_trace_that_tells_nothing_is_asked_about(name):
    with pytest.raises(TraceError, match="say trace_unit = bytes"):
        TYPES.simulate(VolumeScenario(trace=real(name)))


# --- what else would do

ASKED = [
    {"workload": "nightly-batch"},
    {"workload": "diurnal-spikes", "load_factor": 3.0},
    {"workload": "oltp-day", "size_gib": 400, "io_size_kib": 64},
    {"workload": "boot-storm", "io_size_kib": 300},
    {"workload": "steady", "volume_type": "st1", "size_gib": 500, "access": "sequential"},
    {"workload": "steady", "volume_type": "io1", "provisioned_iops": 3000, "load_factor": 20.0},
    {"workload": "steady", "io_size_kib": 1024, "load_factor": 1.5, "as_of": GUIDE},
    {"workload": "diurnal-spikes", "load_factor": 9.0, "as_of": GUIDE},
    {"workload": "diurnal-spikes", "start_credit_pct": 0.0, "io_size_kib": 200},
    {"workload": "boot-storm", "io_size_kib": 300, "as_of": GUIDE},
    {"workload": "steady", "io_size_kib": 600, "load_factor": 1.1},
    {"workload": "oltp-day", "io_size_kib": 700, "load_factor": 1.3},
    {"workload": "boot-storm", "instance_type": "t3.medium", "overload": "closed loop",
     "queue_depth": 4},
]  # fmt: skip


@pytest.fixture(params=ASKED, ids=str)
def asked(request):
    return VolumeScenario(**request.param)


def holds(volume):
    return serve(volume, demand(volume)).holds


def one_less(volume, asked):
    """The next smaller volumes that could be asked for."""
    for name, step in (
        ("size_gib", 1), ("provisioned_iops", 1), ("provisioned_throughput_mibps", 1)
    ):  # fmt: skip
        value = getattr(volume, name)
        if value is None or (name == "size_gib" and value == asked.size_gib):
            continue
        try:
            yield volume.replace(**{name: value - step})
        except ScenarioError:
            continue


def test_what_is_said_to_hold_holds_and_a_bit_less_does_not(asked):
    comparison = TYPES.compare(asked)
    found = [option for option in comparison.options[1:] if option.scenario]
    assert found
    for option in found:
        assert option.holds and holds(option.scenario)
        assert option.scenario.size_gib >= asked.size_gib
        assert not any(holds(less) for less in one_less(option.scenario, asked)), option.label


def test_the_best_is_the_cheapest_that_holds(asked):
    comparison = TYPES.compare(asked)
    holding = [option for option in comparison.options if option.holds]
    cheapest = min(option.cost_usd_month for option in holding)
    assert comparison.best.cost_usd_month == cheapest
    for option in comparison.options:
        if option.scenario is not None:
            assert option.cost_usd_month == option.scenario.volume.cost_usd_month


def test_a_type_without_an_option_has_none_at_its_largest(asked):
    comparison = TYPES.compare(asked)
    for option in comparison.options[1:]:
        if option.scenario is None and option.label in ("gp2", "st1", "sc1"):
            largest = asked.replace(
                volume_type=option.label, size_gib=16_384, instance_type="no instance limit",
                overload="queue", queue_depth=None, provisioned_iops=None,
            )  # fmt: skip
            assert not holds(largest)


def test_the_options_are_the_volume_asked_for_and_one_a_type(asked):
    options = TYPES.compare(asked).options
    assert options[0].label.startswith("as asked: ")
    labels = [option.label.split()[0] for option in options[1:]]
    assert labels == ["gp3", "gp2", "io2", "io1", "st1", "sc1"]


def test_a_load_beyond_every_type_has_no_best():
    comparison = TYPES.compare(VolumeScenario(workload="diurnal-spikes", load_factor=100.0))
    assert comparison.best is None
    assert comparison.why == "No single volume of any type holds this load without throttling."


def test_the_volume_asked_for_may_be_the_best(iops):
    volume = VolumeScenario(volume_type="gp3", size_gib=100, trace=iops(3000, 3000))
    assert TYPES.compare(volume).why.startswith("The volume asked for holds, and no other")


def test_the_instance_and_the_depth_are_spoken_of_apart():
    slow = VolumeScenario(
        workload="diurnal-spikes",
        instance_type="t3.nano",
        overload="closed loop",
        queue_depth=1,
        start_credit_pct=0.0,
    )
    why = TYPES.compare(slow).why
    assert "But the t3.nano itself throttles this load for " in why
    assert "But with 1 I/O outstanding the application itself gets no further than 1,000" in why
    fast = VolumeScenario(workload="steady", instance_type="m7i.48xlarge")
    assert "The m7i.48xlarge itself never holds the load back." in TYPES.compare(fast).why


# --- the presets show what they promise


def preset(name):
    return TYPES.simulate(VolumeScenario(**next(p for p in PRESETS if p.name == name).values))


def test_the_presets_show_what_they_promise():
    assert "ran out of credit" in preset("A nightly batch on gp2").why
    assert preset("The same batch on gp3").summary["throttled_min"] == 0
    assert "ran out of credit" in preset("A boot storm on a small disk").why
    assert "throughput is capped at 125" in preset("Large I/O meets the other limit").why
    assert "instance's IOPS ran out" in preset("The instance is the bottleneck").why
    assert "ran out of credit" in preset("Random I/O on a hard disk").why
    assert "no further than 1,000 IOPS" in preset("One I/O at a time").why


# --- what people bring


def test_an_rds_class_has_the_limits_of_its_ec2_type():
    mine, ec2s = (instance_limits(name, SMALL) for name in ("db.t3.medium", "t3.medium"))
    assert mine == ec2s
    assert mine[1].bucket.baseline == pytest.approx(347e6 / 8 / 2**20, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("t4g.smal", "t4g.small"), ("db.t3.med", "db.t3.medium"), ("m5.larg", "m5.large")],
)
def test_an_unknown_instance_is_refused_in_a_line_with_the_nearest_names(name, nearest):
    with pytest.raises(ScenarioError) as caught:
        VolumeScenario(instance_type=name)
    assert nearest in str(caught.value) and len(str(caught.value)) < 250


def test_a_load_beyond_all_measure_ends(load):
    path = load([1e16, 1e16])
    assert TYPES.compare(VolumeScenario(trace=path, trace_unit="operations")).best is None


# --- the moving picture


@pytest.mark.parametrize("overload", ["queue", "closed loop", "drop"])
def test_what_flows_into_the_bucket_flows_out_or_is_held_back(overload):
    """At each moment what is asked for is what passes and what does not, and never less."""
    asked = VolumeScenario(overload=overload)
    picture = section("ebs-volume-types").simulate(asked).scene
    into, served, held = (
        next(flow.rate for flow in picture.flows if (flow.source, flow.target) == ends)
        for ends in ends_of(picture)
    )
    np.testing.assert_allclose(held, np.maximum(into - served, 0))
    tank = next(place for place in picture.places if place.level is not None)
    assert tank.level.min() >= 0 and tank.level.max() <= tank.capacity


def ends_of(picture):
    tank = next(place.name for place in picture.places if place.level is not None)
    held = picture.places[-1].name
    return ("Application", tank), (tank, "Served"), (tank, held)


def test_its_words_change_when_the_volume_is_held_back_and_when_it_is_free_again():
    result = section("ebs-volume-types").simulate(VolumeScenario())
    assert len(result.scene.words) == 1 + len(result.scene.events) == 15  # seven nights
    assert result.scene.words[1][1] == "More is asked for than passes: I/O waits."
    calm = section("ebs-volume-types").simulate(VolumeScenario(volume_type="gp3"))
    assert calm.scene.words[0][1] == "All that is asked for passes." and not calm.scene.events
