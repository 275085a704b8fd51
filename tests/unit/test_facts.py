import csv
import itertools
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from awsnb import facts
from awsnb.facts import Fact, FactsError, UnknownFactError

EBS = facts.load("ebs")
EC2 = facts.load("ec2")
VOLUME_TYPES = ("gp2", "gp3", "io1", "io2", "st1", "sc1")
INSTANCE_TYPES = [name for name in EC2.subjects() if EC2.has(name, "ebs_baseline_iops")]

COLUMNS = [field.name for field in fields(Fact)]
GOOD_ROW = {
    "subject": "gp3",
    "key": "storage_price",
    "value": "0.08",
    "unit": "USD/GB-month",
    "region": "us-east-1",
    "since": "2020-12",
    "as_of": "2024-07",
    "source": "price page",
    "confidence": "verified",
    "note": "",
}


def write(path: Path, rows: list[dict[str, str]], columns: list[str] = COLUMNS) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def examples(subject: str, prefix: str, suffix: str) -> dict[float, float]:
    """AWS's worked examples, by the size (or IOPS) in the key."""
    found = {}
    for fact in EBS.rows(subject):
        if fact.key.startswith(prefix + "_") and fact.key.endswith(suffix):
            number = fact.key.removeprefix(prefix + "_").removesuffix(suffix)
            found[float(number.replace("_", "."))] = fact.value
    assert found
    return found


# The files


@pytest.mark.parametrize("service", facts.services())
def test_every_file_loads_and_is_sorted(service):
    loaded = facts.load(service)
    assert loaded.rows()
    path = facts.data_dir() / f"{service}.csv"
    text = path.read_bytes()
    assert b"\r" not in text and text.endswith(b"\n")
    with open(path, encoding="utf-8", newline="") as lines:
        subjects = [row["subject"] for row in csv.DictReader(lines)]
    assert subjects == sorted(subjects)


@pytest.mark.parametrize("service", facts.services())
def test_every_price_has_a_region_and_every_key_one_unit(service):
    units: dict[str, set[str]] = {}
    for fact in facts.load(service).rows():
        assert fact.region or not fact.unit.startswith("USD")
        units.setdefault(fact.key, set()).add(fact.unit)
    assert {key: unit for key, unit in units.items() if len(unit) > 1} == {}


@pytest.mark.parametrize("service", facts.services())
def test_a_value_that_changed_says_since_when_and_changed(service):
    loaded = facts.load(service)
    for fact in loaded.rows():
        history = loaded.history(fact.subject, fact.key)
        for before, after in itertools.pairwise(history):
            assert before.since < after.since
            assert before.value != after.value


def test_only_known_services_load():
    with pytest.raises(FactsError, match="'ebss'; did you mean ebs"):
        facts.load("ebss")


def test_load_reads_once():
    assert facts.load("ebs") is facts.load("ebs")


def test_importing_needs_no_pandas():
    code = "import sys, awsnb.facts; print(sorted({'pandas', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Malformed files


def test_a_good_row_is_read(tmp_path):
    loaded = facts.read(write(tmp_path / "good.csv", [GOOD_ROW]))
    assert loaded.get("gp3", "storage_price") == Fact(**{**GOOD_ROW, "value": 0.08})


@pytest.mark.parametrize(
    ("column", "text"),
    [
        *((column, "") for column in COLUMNS if column not in ("since", "note")),
        ("value", "8 cents"),
        ("value", "1e3"),
        ("value", "nan"),
        ("value", " 0.08"),
        ("key", "Storage price"),
        ("confidence", "sure"),
        ("since", "2020"),
        ("since", "2020-13"),
        ("as_of", "July 2024"),
    ],
)
def test_a_bad_cell_is_named(tmp_path, column, text):
    other = {**GOOD_ROW, "key": "other"}
    path = write(tmp_path / "bad.csv", [other, {**GOOD_ROW, column: text}])
    with pytest.raises(FactsError, match=rf"bad\.csv, line 3, column '{column}': found '{text}'"):
        facts.read(path)


@pytest.mark.parametrize(
    ("unit", "text"), [("bool", "yes"), ("date", "soon"), ("date", "2025-09-32"), ("GiB", "many")]
)
def test_a_value_must_be_of_its_unit(tmp_path, unit, text):
    path = write(tmp_path / "bad.csv", [{**GOOD_ROW, "unit": unit, "value": text}])
    with pytest.raises(FactsError, match=rf"line 2, column 'value': .*'{text}'.* unit {unit}"):
        facts.read(path)


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_column_is_named(tmp_path, column):
    path = write(tmp_path / "bad.csv", [GOOD_ROW], [name for name in COLUMNS if name != column])
    with pytest.raises(FactsError, match=rf"bad\.csv, line 1, column '{column}'"):
        facts.read(path)


def test_columns_out_of_order_and_no_columns_are_refused(tmp_path):
    with pytest.raises(FactsError, match="line 1"):
        facts.read(write(tmp_path / "bad.csv", [GOOD_ROW], COLUMNS[::-1]))
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(FactsError, match=r"empty\.csv, line 1"):
        facts.read(tmp_path / "empty.csv")


@pytest.mark.parametrize("change", ["a,b", "a,b,c,d,e,f,g,h,i,j,k"])
def test_a_row_of_the_wrong_length_is_refused(tmp_path, change):
    path = write(tmp_path / "bad.csv", [])
    path.write_text(path.read_text() + change + "\n")
    with pytest.raises(FactsError, match=r"line 2, column .* one cell per column"):
        facts.read(path)


def test_a_duplicate_names_both_lines(tmp_path):
    with pytest.raises(FactsError, match=r"line 3, column 'key': .* line 2 does not have"):
        facts.read(write(tmp_path / "bad.csv", [GOOD_ROW, {**GOOD_ROW, "value": "0.09"}]))


# Lookups


@pytest.mark.parametrize(
    ("on", "value"),
    [("2020-12", 16_000), ("2023-06", 16_000), ("2025-08", 16_000), ("2025-09", 80_000)],
)
def test_the_value_in_force(on, value):
    assert EBS.value("gp3", "max_iops", on=on) == value


def test_without_a_month_the_newest_counts():
    assert EBS.value("gp3", "max_iops") == 80_000
    assert [fact.value for fact in EBS.history("gp3", "max_iops")] == [16_000, 80_000]


def test_a_fact_without_since_always_held():
    assert EBS.value("gp2", "burst_iops", on="2015-01") == 3000


def test_before_the_oldest_value():
    with pytest.raises(UnknownFactError, match=r"max_iops has no value in 2019-01.*2020-12"):
        EBS.value("gp3", "max_iops", on="2019-01")
    assert not EBS.has("gp3", "max_iops", on="2019-01")
    assert EBS.has("gp3", "max_iops", on="2023-06")
    keys = {fact.key for fact in EBS.rows("gp3", on="2019-01")}
    assert "included_iops" in keys and "max_iops" not in keys


def test_a_month_is_a_month():
    with pytest.raises(ValueError, match="'2023' is not a month"):
        EBS.value("gp3", "max_iops", on="2023")


def test_unknown_names_get_close_matches():
    with pytest.raises(UnknownFactError, match="gp3 has no 'max_iop'; did you mean max_iops"):
        EBS.value("gp3", "max_iop")
    with pytest.raises(UnknownFactError, match=r"no subject 'm5\.larg'; did you mean m5\.large"):
        EC2.value("m5.larg", "ebs_max_iops")
    with pytest.raises(KeyError):
        EBS.value("zzz", "max_iops")
    assert not EBS.has("gp3", "max_iop")


def test_values_are_typed():
    assert EBS.value("gp2", "boot_volume") is True
    assert EBS.value("st1", "boot_volume") is False
    assert isinstance(EBS.value("gp2", "min_size"), int)
    assert isinstance(EBS.value("gp2", "storage_price"), float)
    assert EBS.value("gp3", "limits_raised") == "2025-09"


def test_the_table_reads_like_a_comparison():
    table = EBS.table(["gp3", "gp2"], ["max_iops", "burst_iops"], on="2023-06")
    assert list(table.columns) == ["gp3", "gp2"]
    assert list(table.index) == [("max_iops", "IOPS"), ("burst_iops", "IOPS")]
    assert table.to_numpy().tolist() == [[16_000, 16_000], ["", 3000]]
    assert set(EBS.table().columns) == set(EBS.subjects())


def test_repr_is_short():
    assert repr(EBS).startswith("<Facts ebs: ")


# AWS's tables agree with themselves


@pytest.mark.parametrize("key", ["min_size", "max_size", "max_throughput", "durability"])
def test_volume_types_share_keys(key):
    assert all(EBS.has(volume_type, key) for volume_type in VOLUME_TYPES)


def test_gp2_burst_table():
    bucket, burst = EBS.value("gp2", "bucket_capacity"), EBS.value("gp2", "burst_iops")
    baselines = examples("gp2", "example_baseline_iops", "_gib")
    for size, iops in baselines.items():
        linear = size * EBS.value("gp2", "baseline_iops_per_gib")
        clamped = min(max(linear, EBS.value("gp2", "min_iops")), EBS.value("gp2", "max_iops"))
        assert iops == clamped
    for size, duration in examples("gp2", "example_burst_duration", "_gib").items():
        assert duration == round(bucket / (burst - baselines[size]))
    for size, duration in examples("gp2", "example_refill_duration", "_gib").items():
        assert duration == round(bucket / baselines[size])


def test_gp2_throughput_at_large_io():
    rate = EBS.value("gp2", "example_iops_at_256_kib") * 256 / 1024
    assert rate == EBS.value("gp2", "max_throughput")


@pytest.mark.parametrize("on", ["2023-06", "2026-11"])
@pytest.mark.parametrize("volume_type", ["gp3", "io1", "io2"])
def test_provisioned_iops_ratio(volume_type, on):
    size = EBS.value(volume_type, "size_for_max_iops", on)
    assert size * EBS.value(volume_type, "iops_per_gib_max", on) == EBS.value(
        volume_type, "max_iops", on
    )


@pytest.mark.parametrize("on", ["2023-06", "2026-11"])
def test_gp3_throughput_ratio(on):
    iops = EBS.value("gp3", "iops_for_max_throughput", on)
    most = EBS.value("gp3", "max_throughput", on)
    assert iops * EBS.value("gp3", "throughput_per_iops_max", on) == most


def test_io1_throughput_examples():
    for iops, throughput in examples("io1", "example_throughput_max", "_iops").items():
        if iops <= EBS.value("io1", "throughput_step_iops"):
            by_iops = iops * EBS.value("io1", "throughput_per_iops_max")
            assert throughput == min(by_iops, EBS.value("io1", "throughput_step"))
        else:
            assert throughput == iops * EBS.value("io1", "throughput_per_iops_above_step")


def test_io2_tiers_get_cheaper():
    prices = [EBS.value("io2", f"iops_price_tier{tier}") for tier in (1, 2, 3)]
    assert prices == sorted(prices, reverse=True)
    assert prices[1:] == pytest.approx([prices[0] * 0.7, prices[0] * 0.7 * 0.7])
    assert EBS.value("io2", "iops_tier1_max") < EBS.value("io2", "iops_tier2_max")


@pytest.mark.parametrize("volume_type", ["st1", "sc1"])
def test_hdd_tables(volume_type):
    most = EBS.value(volume_type, "max_throughput")
    most_baseline = EBS.value(volume_type, "max_baseline_throughput")
    baseline_per_tib = EBS.value(volume_type, "baseline_throughput_per_tib")
    burst_per_tib = EBS.value(volume_type, "burst_throughput_per_tib")
    for size, rate in examples(volume_type, "example_baseline_throughput", "_tib").items():
        assert rate == min(size * baseline_per_tib, most_baseline)
    for size, rate in examples(volume_type, "example_burst_throughput", "_tib").items():
        assert rate == pytest.approx(min(size * burst_per_tib, most), abs=0.5)
    for size, hours in examples(volume_type, "example_scan_duration", "_tib").items():
        rate = min(size * burst_per_tib, most)
        assert hours == pytest.approx(size * 1024**2 / rate / 3600, abs=0.01)


def test_instances_have_all_six_numbers():
    for instance_type in INSTANCE_TYPES:
        assert sum(fact.key.startswith("ebs_") for fact in EC2.rows(instance_type)) == 6
        for quantity in ("bandwidth", "throughput", "iops"):
            baseline = EC2.value(instance_type, f"ebs_baseline_{quantity}")
            assert 0 < baseline <= EC2.value(instance_type, f"ebs_max_{quantity}")


@pytest.mark.parametrize("level", ["baseline", "max"])
def test_instance_throughput_is_decimal(level):
    ratio = EC2.value("ebs_optimized", "throughput_per_bandwidth")
    for instance_type in INSTANCE_TYPES:
        bandwidth = EC2.value(instance_type, f"ebs_{level}_bandwidth")
        throughput = EC2.value(instance_type, f"ebs_{level}_throughput")
        assert throughput == pytest.approx(bandwidth * ratio, abs=0.006)


def test_listing_says_each_value_with_its_unit_and_where_it_is_from():
    table = facts.load("ebs").listing("gp3")
    assert table.loc["max_iops", "value"] == "80,000 IOPS"
    assert table.loc["max_iops", "source"].startswith("since 2025-09; EC2 API Reference")
    assert table.loc["storage_price", "value"] == "0.08 USD/GB-month in us-east-1"
    assert "assumed" in table.loc["latency_unloaded", "source"]
    assert not any(key.startswith("example_") for key in table.index)
