"""EFS: throughput modes against AWS's examples and slow twins, classes against single files."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from awsnb.aws.efs import EFS, Policy, StorageBill
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.efs import truth
from awsnb.sections.efs.classes.scenario import ClassesScenario
from awsnb.sections.efs.classes.simulate import GIB, MONTH_DAYS, YEAR_DAYS, Stock, year
from awsnb.sections.efs.throughput.scenario import ThroughputScenario
from awsnb.trace import TraceError

S = section("efs")
THROUGHPUT, CLASSES = S.view("throughput"), S.view("classes")
ELASTIC = StorageBill("elastic")


def preset(view, name):
    (found,) = (one for one in view.presets if one.name == name)
    return view.scenario(**found.values)


def ask(view, **values):
    return view.outcome(view.scenario(**values))


# --- throughput


def test_published_examples_are_met():
    table = truth.published_examples()
    rounded = table.drop(index="longest burst a day, 100 GiB")
    assert rounded["difference in %"].abs().max() < 0.3
    # AWS rounds 4.88 MiB/s of baseline to 5
    assert table["difference in %"].abs().max() < 2.5


@pytest.mark.parametrize("credit_pct", [0.0, 3.0, 60.0])
@pytest.mark.parametrize("workload", ["steady", "nightly-batch"])
def test_agrees_with_steps_of_a_second(workload, credit_pct):
    scenario = ThroughputScenario(
        workload=workload, io_size_kib=16, standard_gib=60, start_credit_pct=credit_pct, read_pct=20
    )
    outcome = THROUGHPUT.outcome(scenario)
    served, credit = truth.stepped(scenario)
    assert outcome.service.served.sum() == pytest.approx(served, rel=1e-6)
    assert outcome.service.level[-1, 0] == pytest.approx(credit, rel=1e-6, abs=20)
    assert outcome.throttled_s > 0 or credit_pct == 60


def test_a_new_small_file_system_is_fast_for_days_and_then_crawls():
    outcome = THROUGHPUT.outcome(preset(THROUGHPUT, "A new file system, almost empty"))
    why = THROUGHPUT.tell(outcome).why
    assert outcome.first_throttled_s > 5 * 86_400
    assert "The credit runs out: then 1.0 MiB/s of metered" in why
    assert "the credit falls" in why and "comes back" not in why


def test_elastic_and_provisioned_hold_that_load_and_cost_more():
    for name in ("The same load, elastic", "Provisioned for the peak"):
        outcome = THROUGHPUT.outcome(preset(THROUGHPUT, name))
        why = THROUGHPUT.tell(outcome).why
        assert why.startswith("It holds") and "runs out:" not in why
        assert outcome.credit is None and outcome.usd_month > 100


def test_four_tib_earn_their_own_speed():
    outcome = THROUGHPUT.outcome(preset(THROUGHPUT, "Four TiB earn their own speed"))
    assert outcome.holds and "the credit comes back" in THROUGHPUT.tell(outcome).why
    assert outcome.credit.bucket.baseline == 200


def test_one_client_is_the_limit_and_two_are_not():
    scenario = preset(THROUGHPUT, "One client is the limit")
    assert "clients' own limit stops at 500.0 MiB/s" in THROUGHPUT.simulate(scenario).why
    assert "clients" not in THROUGHPUT.simulate(scenario.replace(clients=3)).why


def test_small_files_one_by_one_are_slow_in_every_mode():
    scenario = preset(THROUGHPUT, "Small files, one by one")
    why = THROUGHPUT.simulate(scenario).why
    # 8.1 ms a file: 123 a second, 2.25 h for a million
    assert "1 client with 1 request of 4 KiB outstanding gets" in why and "0.5 MiB/s" in why
    assert "2 requests more" in why and "123 files a second, 2 h 15 min for a million" in why
    assert not THROUGHPUT.compare(scenario).best
    assert THROUGHPUT.outcome(scenario.replace(queue_depth=24)).holds
    large = THROUGHPUT.simulate(scenario.replace(file_kib=None, io_size_kib=4)).why
    assert "files a second" not in large and "1.4 MiB/s" in large


@pytest.mark.parametrize(("read_pct", "busy_ms"), [(0.0, 2.7), (100.0, 0.25), (50.0, 1.475)])
@pytest.mark.parametrize("file_kib", [1, 4, 40, 1000])
def test_files_one_by_one_take_the_time_of_their_requests(read_pct, busy_ms, file_kib):
    outcome = ask(
        THROUGHPUT, mode="elastic", clients=1, queue_depth=1, io_size_kib=32, file_kib=file_kib,
        read_pct=read_pct,
    )  # fmt: skip
    requests = 2 + file_kib / min(32, file_kib)
    assert outcome.files_per_s == pytest.approx(1000 / (requests * busy_ms))


def test_metadata_counts_as_four_kib_and_elastic_bills_data_by_32():
    values = {"mode": "elastic", "read_pct": 0.0, "io_size_kib": 4}
    large, small = ask(THROUGHPUT, **values), ask(THROUGHPUT, **values, file_kib=4)
    stored = 20 * 0.30
    # of each 4 KiB written: 32 of data, and for a small file twice 4 of metadata
    assert small.usd_month - stored == pytest.approx(40 / 32 * (large.usd_month - stored))
    assert small.mean_metered_mibps == pytest.approx(3 * large.mean_metered_mibps)


def test_one_zone_costs_less_writes_faster_and_may_be_lost():
    values = {"clients": 1, "queue_depth": 1, "read_pct": 0.0, "io_size_kib": 4}
    regional, one_zone = (
        ask(THROUGHPUT, **values, kind=kind, mode="bursting") for kind in ("Regional", "One Zone")
    )
    assert one_zone.usd_month == pytest.approx(20 * 0.16)
    assert regional.usd_month == pytest.approx(20 * 0.30)
    assert one_zone.throttled_s < regional.throttled_s
    notes = " ".join(THROUGHPUT.tell(one_zone).notes)
    assert "a One Zone file system" in notes and "lost if its zone is" in notes
    assert "lost" not in " ".join(THROUGHPUT.tell(regional).notes)


def test_build_files_in_one_zone_cost_about_half():
    scenario = preset(THROUGHPUT, "Build files in one zone")
    outcome, regional = (
        THROUGHPUT.outcome(one) for one in (scenario, scenario.replace(kind="Regional"))
    )
    assert outcome.holds and regional.holds
    assert regional.usd_month - outcome.usd_month == pytest.approx(2000 * (0.30 - 0.16))
    assert "One Zone" in THROUGHPUT.tell(outcome).label


def test_one_zone_has_the_least_maxima_but_in_bursting_mode():
    many = {"workload": "oltp-day", "load_factor": 100.0, "clients": 20, "read_pct": 0.0,
            "io_size_kib": 1024, "standard_gib": 100_000}  # fmt: skip
    why = [
        THROUGHPUT.simulate(ThroughputScenario(**many, mode=mode, kind="One Zone")).why
        for mode in ("elastic", "bursting")
    ]
    assert "stops at 1,024.0 MiB/s" in why[0] and "3,072.0 MiB/s" in why[1]


def test_the_best_option_holds_and_the_next_smaller_does_not():
    scenario = ThroughputScenario()
    options = THROUGHPUT.compare(scenario).options
    grown, provisioned = options[1].scenario, options[2].scenario
    for fits, field in ((grown, "standard_gib"), (provisioned, "provisioned_mibps")):
        assert THROUGHPUT.outcome(fits).holds
        less = fits.replace(**{field: getattr(fits, field) - 1})
        assert not THROUGHPUT.outcome(less).holds


def test_credit_that_falls_without_running_out_does_not_hold():
    outcome = ask(THROUGHPUT, standard_gib=60)
    assert not outcome.throttled_s and not outcome.holds
    text = THROUGHPUT.tell(outcome).why
    assert text.startswith("It does not hold beyond the end") and "and is gone" in text


@pytest.fixture
def trace(tmp_path):
    """A CloudWatch export of so many bytes a minute."""

    def write(header, totals):
        start = datetime(2024, 3, 1, tzinfo=UTC)
        rows = [
            f"{start + timedelta(minutes=i):%Y-%m-%dT%H:%M:%SZ},{t}" for i, t in enumerate(totals)
        ]
        path = tmp_path / "efs.csv"
        path.write_text("\n".join([f"timestamp,{header}", *rows, ""]))
        return str(path)

    return write


def test_own_data_is_read_as_bytes(trace):
    path = trace("TotalIOBytes Sum", [60 * 2**20 * 50] * 10)
    outcome = ask(THROUGHPUT, trace=path, read_pct=100.0)
    assert outcome.load.asked_mibps == pytest.approx(np.full(10, 50.0))
    assert outcome.mean_metered_mibps == pytest.approx(50 / 3)
    assert any("read_pct" in note for note in outcome.load.notes)


def test_a_measured_credit_is_drawn_over_the_models(trace, tmp_path):
    load = trace("TotalIOBytes Sum", [60 * 2**20 * 50] * 10)  # all written: 49 MiB/s more than 1
    falls = [(1000 * 1024 - 49 * 60 * i) * 2.0**20 for i in range(1, 11)]
    beside = tmp_path / "more"
    beside.mkdir()
    rows = [f"2024-03-01T00:{i:02d}:00Z,{value}" for i, value in enumerate(falls)]
    balance = beside / "credit.csv"
    balance.write_text("\n".join(["timestamp,BurstCreditBalance Average", *rows, ""]))
    values = {"trace": load, "read_pct": 0.0, "balance": str(balance), "standard_gib": 1}
    start = 100 * 1000 / (2.1 * 1024)
    asked = THROUGHPUT.simulate(ThroughputScenario(**values, start_credit_pct=start))
    assert asked.summary["credit_error_gib"] == pytest.approx(0, abs=1e-6)
    begins = ask(THROUGHPUT, **values)  # at the first measured credit, a minute later
    assert begins.credit_error_gib == pytest.approx(49 * 60 / 1024)
    elastic = THROUGHPUT.simulate(ThroughputScenario(**values, mode="elastic"))
    assert "credit_error_gib" not in elastic.summary and "measured_credit_gib" in elastic.data
    with pytest.raises(TraceError, match=r"export BurstCreditBalance \(Average\)"):
        ask(THROUGHPUT, trace=load, balance=load)


def export(folder, metric, values):
    """A CloudWatch export of a value a minute, in a folder of its own."""
    path = folder / f"{metric.split()[0]}.csv"
    rows = [f"2024-03-01T00:{i:02d}:00Z,{value}" for i, value in enumerate(values)]
    path.write_text("\n".join([f"timestamp,{metric}", *rows, ""]))
    return str(path)


def test_a_measured_limit_is_drawn_over_the_models(trace, tmp_path):
    load = trace("TotalIOBytes Sum", [60 * 2**20 * 50] * 10)
    # 6 GiB of credit pay 49 MiB/s for two minutes and five seconds; then 1 MiB/s is left
    limit = export(tmp_path, "PermittedThroughput Average", [100 * 2**20] * 2 + [2**20] * 8)
    values = {"trace": load, "read_pct": 0.0, "permitted": limit, "standard_gib": 1}
    start = 100 * 6 / (2.1 * 1024)
    result = THROUGHPUT.simulate(ThroughputScenario(**values, start_credit_pct=start))
    assert result.summary["permitted_error_mibps"] == 0
    assert result.data["permitted_mibps"].tolist() == [100] * 2 + [1] * 8
    assert [panel.title for panel in result.panels][2] == "Throughput that may pass, metered"
    full = THROUGHPUT.simulate(ThroughputScenario(**values))
    assert full.summary["permitted_error_mibps"] == pytest.approx(0.8 * 99)
    provisioned = ask(THROUGHPUT, **values, mode="provisioned", provisioned_mibps=50)
    assert provisioned.permitted_error_mibps == pytest.approx(0.2 * 50 + 0.8 * 49)
    elastic = THROUGHPUT.simulate(ThroughputScenario(**values, mode="elastic"))
    assert elastic.data["permitted_mibps"].tolist() == [5120] * 10
    assert any("PermittedThroughput is the most that may be written" in n for n in elastic.notes)


def test_without_a_measured_limit_none_is_drawn(trace):
    result = THROUGHPUT.simulate(ThroughputScenario())
    assert "permitted_mibps" not in result.data
    assert "permitted_error_mibps" not in result.summary


def test_what_is_no_limit_is_refused(trace, tmp_path):
    load = trace("TotalIOBytes Sum", [60 * 2**20 * 50] * 10)
    credit = export(tmp_path, "BurstCreditBalance Average", [2**40] * 10)
    with pytest.raises(TraceError, match=r"export PermittedThroughput \(Average\)"):
        ask(THROUGHPUT, trace=load, permitted=credit)


def test_the_wrong_metric_is_refused_with_the_right_one(trace):
    with pytest.raises(TraceError, match="export TotalIOBytes"):
        ask(THROUGHPUT, trace=trace("BurstCreditBalance Average", [1e12] * 10))
    with pytest.raises(TraceError, match="TotalIOBytes"):
        ask(THROUGHPUT, trace=trace("VolumeReadOps Sum", [100] * 10))


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"mode": "provisioned"}, "provisioned_mibps is missing"),
        ({"mode": "provisioned", "provisioned_mibps": 3415}, "from 1 to 3,414 MiB/s"),
        ({"provisioned_mibps": 5}, "it is for provisioned"),
        ({"clients": 25_001}, "from 1 to 25,000 clients"),
    ],
)
def test_what_can_not_be_is_refused(values, rule):
    with pytest.raises(ScenarioError, match=rule):
        ThroughputScenario(**values)


# --- classes


def stock(idle_days, size_gib=1.0):
    idle = np.asarray(idle_days, dtype=np.float64)
    return Stock(0.0, idle, np.full((2, idle.size), size_gib), "")


def singly(idle_days, reads_a_year, policy, seed=1):
    """One file at a time, with reads that fall as they may: the bill of a year, USD."""
    rng = np.random.default_rng(seed)
    usd, place_of = 0.0, lambda age: (
        2 if policy.archive_days is not None and age >= policy.archive_days
        else 1 if policy.ia_days is not None and age >= policy.ia_days else 0
    )  # fmt: skip
    price, tier, fee = ELASTIC.usd_gib_month, ELASTIC.tiering_usd_gib, ELASTIC.access_usd_gib
    for idle in idle_days:
        age = int(min(idle, max(policy.ia_days or 0, policy.archive_days or 0)))
        place = place_of(age)
        usd += tier[place] if place else 0.0
        for reads in rng.poisson(reads_a_year / YEAR_DAYS, YEAR_DAYS):
            usd += price[place] / MONTH_DAYS
            if reads:
                usd += fee[place] * (1 if policy.move_back else reads)
            if reads and (policy.move_back or place == 0):
                usd += ELASTIC.back_usd_gib[place]
                if place == 2:
                    usd += max(90 - (age - policy.archive_days), 0) * price[2] / MONTH_DAYS
                age, place = 0, 0
                continue
            age += 1
            if place_of(age) != place:
                place = place_of(age)
                usd += tier[place]
    return usd


@pytest.mark.parametrize(
    "policy",
    [
        Policy(7),
        Policy(30, None, True),
        Policy(7, 14, True),
        Policy(30, 90),
        Policy(None, 60, True),
    ],
)
def test_agrees_with_files_followed_singly(policy):
    idle = np.tile([8.0, 25.0, 60.0, 400.0], 75)
    usd, _ = year(stock(idle), [6.0], policy, ELASTIC)
    assert usd.sum() == pytest.approx(singly(idle, 6.0, policy), rel=0.03)


def test_with_moving_back_the_share_in_standard_is_that_of_a_renewal_process():
    # in Standard while the last read is younger than 7 days: 1 - exp(-rate x 7), in days
    rate = 12 / YEAR_DAYS
    _, stored = year(stock(np.full(10, 400.0)), [12.0], Policy(7, None, True), ELASTIC)
    share = stored[-1, 0, 0] / stored[-1].sum()
    assert share == pytest.approx(1 - np.exp(-7 * rate), rel=1e-6)


def test_no_byte_is_lost():
    _, stored = year(stock([10, 50, 400]), [0.0, 5.0, 365.0], Policy(7, 30, True), ELASTIC)
    assert stored.sum(axis=1) == pytest.approx(3.0)


def test_without_moving_back_a_file_that_is_read_ages_on_into_archive():
    usd, stored = year(stock([40.0]), [300.0], Policy(30, 90), ELASTIC)
    assert stored[-1, 2, 0] == pytest.approx(1.0)
    back, stored = year(stock([40.0]), [300.0], Policy(30, 90, True), ELASTIC)
    assert stored[-1, 2, 0] < 1e-6
    assert back.shape == usd.shape


def test_leaving_archive_early_is_billed_for_the_rest_of_90_days():
    policy = Policy(None, 1, True)
    usd, _ = year(stock([400.0]), [1e9], policy, ELASTIC)
    # read on the first day: all 90 days are still to be billed
    assert usd[0, 5, 0] == pytest.approx(90 * 0.008 / MONTH_DAYS)


def test_a_file_below_seven_kib_is_dearer_in_infrequent_access():
    least = EFS.value("objects", "min_billed") * ELASTIC.usd_gib_month[1] / 0.30
    assert least == pytest.approx(6.83, abs=0.01)
    outcome = CLASSES.outcome(preset(CLASSES, "Many small files"))
    why, notes = CLASSES.tell(outcome).why, CLASSES.tell(outcome).notes
    assert notes[0] == "Files: 100,000, made up for 'many small files'."
    assert outcome.usd_month > outcome.standard_usd_month
    assert outcome.break_even_reads == 0.0
    assert why.startswith("The policy costs more") and "128 KiB" in why and "saves" not in why


def test_old_files_save_and_moving_back_costs_more():
    outcome = CLASSES.outcome(preset(CLASSES, "Old home directories"))
    why = CLASSES.tell(outcome).why
    assert why.startswith("The policy saves") and "Moving files back" in why and "more." in why
    too_often = CLASSES.outcome(preset(CLASSES, "Back when read, too often"))
    assert too_often.other_usd_month < too_often.usd_month
    assert "Leaving files where they are" in CLASSES.tell(too_often).why


def test_presets_of_archive():
    left = CLASSES.outcome(preset(CLASSES, "Archive, and left there"))
    assert left.stored_gib[-1, 2] > left.stored_gib[-1, 1]
    assert left.parts_usd_month["early"] == 0
    soon = CLASSES.outcome(preset(CLASSES, "Archive, and back too soon"))
    assert soon.parts_usd_month["early"] > 1


def test_at_the_break_even_the_bills_are_equal():
    scenario = preset(CLASSES, "Back when read, too often")
    outcome = CLASSES.outcome(scenario)
    there = CLASSES.outcome(scenario.replace(reads_a_year=outcome.break_even_reads))
    assert there.usd_month == pytest.approx(outcome.standard_usd_month, rel=0.02)


def test_all_in_standard_is_the_price_times_the_bytes():
    outcome = ask(CLASSES, ia_after="never")
    assert outcome.usd_month == pytest.approx(outcome.stock.gib * 0.30)
    assert outcome.standard_usd_month == pytest.approx(outcome.usd_month)


def test_one_zone_has_a_cheaper_infrequent_access_and_no_archive():
    regional, one_zone = (ask(CLASSES, kind=kind) for kind in ("Regional", "One Zone"))
    for mode, regional_usd in (("elastic", 0.016), ("bursting", 0.025)):
        for zone, usd in ((False, regional_usd), (True, 0.0133)):
            assert StorageBill(mode, zone).usd_gib_month[1] == usd
    assert one_zone.parts_usd_month["ia"] == pytest.approx(
        regional.parts_usd_month["ia"] * 0.0133 / 0.016
    )
    assert one_zone.standard_usd_month == pytest.approx(regional.standard_usd_month * 16 / 30)
    labels = [option.label for option in CLASSES.compare(one_zone.scenario).options]
    assert labels and not any("Archive" in label for label in labels)


def test_a_file_that_moves_back_pays_for_it():
    back = year(stock([400.0]), [1e9], Policy(1, None, True), ELASTIC)[0][0, 3, 0]
    assert back == pytest.approx(0.01 + 0.01)  # into Infrequent Access, and back the same day


def test_the_months_add_up_to_the_year():
    outcome = CLASSES.outcome(preset(CLASSES, "Archive, and back too soon"))
    assert outcome.months_usd.sum() == pytest.approx(outcome.usd.sum(), rel=0.01)
    assert sum(outcome.parts_usd_month.values()) == pytest.approx(outcome.usd_month)


def test_the_best_policy_is_the_cheapest():
    comparison = CLASSES.compare(ClassesScenario())
    costs = [option.cost_usd_month for option in comparison.options]
    assert comparison.best.cost_usd_month == min(costs)


@pytest.fixture
def listing(tmp_path):
    def write(text):
        path = tmp_path / "files.txt"
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        return str(path)

    return write


def test_a_listing_that_changed_is_read_again(listing):
    first = ask(CLASSES, listing=listing("4096 1700000000 ./a\n")).stock.gib
    assert ask(CLASSES, listing=listing("40960 1700000000 ./a\n")).stock.gib > first


def test_files_that_cost_next_to_nothing_claim_no_saving(listing):
    path = listing("4096 1700000000 ./a\n4096 1600000000 ./b\n")
    why = CLASSES.simulate(ClassesScenario(listing=path)).why
    assert why.startswith("The policy makes no difference") and "saves" not in why


def test_a_listing_is_read(listing):
    day = 86_400
    path = listing(
        f"{2**30} {1_700_000_000 - 40 * day}.0 ./old movie.mkv\n"
        f"4096 1700000000.0000000000 ./today\n1 {1_700_000_000 - 8 * day} ./\udcff odd name\n"
    )
    outcome = ask(CLASSES, listing=path)
    assert sorted(outcome.stock.idle_days.astype(int)) == [8, 40]
    assert outcome.stock.cold_gib[0].sum() == pytest.approx(1 + 4096 / GIB)
    assert outcome.stock.always_gib == pytest.approx((4096 + 3 * 2048) / GIB)
    assert "3 of the listing" in outcome.stock.note


@pytest.mark.parametrize(
    ("text", "rule", "line"),
    [
        ("", "holds no files", None),
        ("12 34\n", "line 1 is not as find writes it", 1),
        ("5 1700000000.0 ./a\ntotal 48\n", "line 2 is not", 2),
        ("-5 1700000000.0 ./a\n", "line 1 has a size or time", 1),
        ("5 nan ./a\n", "line 1 has a size or time", 1),
        ("-rw-r--r-- 1 root root 5 Nov 1 a\n", "line 1 is not as find", 1),
    ],
)
def test_what_is_no_listing_is_refused_with_the_command(listing, text, rule, line):
    with pytest.raises(ScenarioError, match=rule) as e:
        ask(CLASSES, listing=listing(text))
    assert "find . -type f -printf" in str(e.value)
    assert e.value.field == "listing" and e.value.line == line


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"ia_after": "0 days"}, "never, 1 day, 7 days, .* none under a day .*LifecyclePolicy"),
        ({"archive_after": "45 days"}, "270 days, 365 days. AWS has these times only"),
        ({"archive_after": "30 days"}, "later than ia_after"),
        ({"archive_after": "90 days", "mode": "bursting"}, "only with elastic"),
        ({"archive_after": "90 days", "kind": "One Zone"}, "Archive on Regional file systems only"),
        ({"reads_a_year": -1.0}, "from 0 to 365"),
        ({"listing": "/nowhere/files.txt"}, "is no file"),
    ],
)
def test_what_aws_refuses_is_refused_with_its_rule(values, rule):
    with pytest.raises(ScenarioError, match=rule):
        ask(CLASSES, **values)


@pytest.mark.parametrize("reads", [0.1, 2.0, 9.0, 365.0])
def test_the_curve_shows_the_bill_of_the_headline_at_the_own_rate(reads):
    result = CLASSES.simulate(ClassesScenario(reads_a_year=reads))
    shown = result.data["policy_usd"][result.data["reads_a_year"] == reads]
    assert shown == pytest.approx(result.summary["usd_month"])
    assert (np.diff(result.data["reads_a_year"]) >= 0).all()


# --- alternatives

ALTERNATIVES = S.view("alternatives")
MONTH_D = 730 / 24


def in_stores(**values):
    return ask(ALTERNATIVES, **values).bills


def test_a_gb_costs_three_times_gp2_and_a_third_of_a_volume_costs_as_much():
    values = {"stored_gib": 16_000, "instances": 1, "file_kib": 2**20, "store": "EFS bursting"}
    outcome = ask(ALTERNATIVES, **values)
    assert outcome.same_at_full_pct("EBS gp2") == pytest.approx(100 / 3, rel=1e-3)
    assert outcome.same_at_full_pct("EBS gp3") == pytest.approx(100 * 0.08 / 0.30, rel=1e-3)
    for store, same in (("EBS gp2", 100 / 3), ("EBS gp3", 100 * 8 / 30)):
        fuller, emptier = (in_stores(**values, full_pct=same + d)[store].usd for d in (1, -1))
        assert fuller < outcome.bill.usd < emptier


def test_bills_by_hand():
    bills = in_stores(
        stored_gib=300, full_pct=50, instances=3, use="only read", read_gib_day=20,
        written_gib_day=5, file_kib=64, cold_pct=40,
    )  # fmt: skip
    metadata = 300 * 2 / 64  # GiB: 2 KiB for each file of 64
    bytes_each = (64 + 2 * 4) / 64  # a file is opened and closed
    use = MONTH_D * bytes_each * (20 * 0.03 + 5 * 0.06)
    stored = {
        "EFS bursting": (300 + metadata) * 0.30,
        "EFS elastic": (300 + metadata) * 0.30,
        "EFS One Zone": (300 + metadata) * 0.16,
        "EFS with IA": (180 + metadata) * 0.30 + 120 * 128 / 64 * 0.016,
        "EBS gp3": 3 * 600 * 0.08,
        "EBS gp2": 3 * 600 * 0.10,
        "S3 Standard": 300 * 0.023,
    }
    assert {store: bill.storage_usd for store, bill in bills.items()} == pytest.approx(stored)
    for store in ("EFS elastic", "EFS One Zone", "EFS with IA"):
        assert bills[store].use_usd == pytest.approx(use)
    requests = MONTH_D * 16_384 * (20 * 0.0000004 + 5 * 0.000005)
    assert bills["S3 Standard"].use_usd == pytest.approx(requests)
    assert bills["EFS bursting"].use_usd == bills["EBS gp3"].use_usd == 0


@pytest.mark.parametrize(
    ("values", "lacking"),
    [
        ({"instances": 1}, {"S3 Standard"}),
        ({"instances": 2}, {"EBS gp3", "EBS gp2", "S3 Standard"}),
        ({"instances": 2, "use": "write whole files"}, {"EBS gp3", "EBS gp2"}),
        ({"instances": 2, "use": "only read"}, set()),
        (
            {"instances": 1, "zone_loss": True},
            {"EBS gp3", "EBS gp2", "S3 Standard", "EFS One Zone"},
        ),
        (
            {"instances": 2, "use": "only read", "read_gib_day": 5000, "stored_gib": 300},
            {"EFS bursting"},
        ),
        (
            {"instances": 1, "use": "only read", "full_pct": 2, "stored_gib": 1000},
            {"EBS gp2"},  # 50,000 GiB: above 16 TiB, below gp3's 64
        ),
    ],
)
def test_what_a_store_can_not_do(values, lacking):
    assert {store for store, bill in in_stores(**values).items() if bill.lacks} == lacking


def test_bursting_holds_up_to_what_the_size_earns():
    # 100 GiB earn 4.88 MiB/s of metered throughput: three times as much may be read
    most_gib = 3 * 100 * 50 / 1024 * 86_400 / 1024
    values = {"stored_gib": 100, "written_gib_day": 0, "file_kib": 2**20}
    less, more = (
        ALTERNATIVES.scenario(**values, read_gib_day=most_gib * part) for part in (0.999, 1.01)
    )
    assert not ALTERNATIVES.outcome(less).bill.lacks
    assert "4.93 MiB/s are metered and the size earns 4.88" in ALTERNATIVES.simulate(more).why


def said(name):
    return ALTERNATIVES.simulate(preset(ALTERNATIVES, name)).why


def test_what_the_presets_of_alternatives_say():
    room, full = said("A disk with room to grow"), said("A disk that is nearly full")
    assert "3.75 times a GB of gp3 and 3 times one of gp2" in room
    assert "A volume that is 20 % full bills 500 GiB, 40.00 USD on gp3; at 27 %" in room
    assert "EBS gp3" in full.split("Cheapest")[1] and "EBS gp3" not in room
    uploads = said("Uploads of four web servers")
    assert "4 instances can't write to a volume's file system together" in uploads
    assert uploads.endswith("EFS with IA, 60.45 USD.") and "One Zone" not in uploads
    copies = said("A copy on each of ten")
    assert "10 volumes, a copy for each instance and 70 % full, bill 580 GiB" in copies
    assert "times" not in copies and "S3 Standard" in copies
    training = said("Training data, all day long")
    assert "of it to read and write" in training and "S3 Standard" in training
    tiny = said("Millions of tiny objects")
    assert "EBS gp3" in tiny.split("Cheapest")[1] and "times a GB" not in tiny


def test_the_sentence_names_a_store_that_will_not_do_and_why():
    why = ALTERNATIVES.simulate(ALTERNATIVES.scenario(store="S3 Standard")).why
    assert "It will not do: an object can't be changed in place." in why
    alone = ALTERNATIVES.scenario(
        store="EFS bursting", instances=1, zone_loss=True, stored_gib=1, read_gib_day=5000
    )
    assert "Cheapest that will do: EFS with IA" in ALTERNATIVES.simulate(alone).why
    assert ALTERNATIVES.outcome(alone).best != "EFS bursting"
    one = ALTERNATIVES.simulate(alone.replace(zone_loss=False, store="EBS gp3")).why
    assert "Nothing else that will do costs less." in one and "1 volumes" not in one


def test_the_cheapest_store_of_the_options_is_the_one_of_the_sentence():
    for scenario in ALTERNATIVES.situations():
        comparison, best = ALTERNATIVES.compare(scenario), ALTERNATIVES.outcome(scenario).best
        assert comparison.best.label == best
        held = [option.cost_usd_month for option in comparison.options if option.holds]
        assert comparison.best.cost_usd_month == min(held)


def test_the_curves_pass_through_the_bill():
    result = ALTERNATIVES.simulate(ALTERNATIVES.scenario(read_gib_day=50.0, store="EFS elastic"))
    at = result.data["read_gib"] == 50.0
    assert result.data["efs_elastic_usd_month"][at] == pytest.approx(result.summary["usd_month"])
    shown = dict(zip(result.data["store"], result.data["unfit_usd"] > 0, strict=True))
    assert [store for store, unfit in shown.items() if unfit] == [
        "EBS gp3", "EBS gp2", "S3 Standard",
    ]  # fmt: skip
    full = result.data["full_pct"] == 60.0
    bills = ask(ALTERNATIVES, read_gib_day=50.0).bills
    assert result.data["gp3_usd"][full] == pytest.approx(bills["EBS gp3"].usd / 500)
