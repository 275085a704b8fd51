import pytest

from awsnb.aws.aurora import AURORA
from awsnb.sections.aurora.storage import VIEW
from awsnb.sections.aurora.storage.scenario import StorageScenario


def summary(**values):
    return VIEW.simulate(StorageScenario(**values)).summary


def hour_by_hour(cluster):
    """The plain way: data, and the space that it took so far, an hour at a time."""
    data = used = float(cluster.size_gib)
    price, bill = AURORA.value("standard", "storage_price"), 0.0
    for hour in range(24 * cluster.days):
        data += cluster.growth_gib_per_day / 24
        if cluster.freed_by != "nothing" and hour == 24 * cluster.freed_day:
            data *= 1 - cluster.freed_pct / 100
        used = data if cluster.freed_by != "deleted rows" else max(used, data)
        bill += used * price / 730
    return data, used, bill


@pytest.mark.parametrize("freed_by", ["dropped tables", "deleted rows", "nothing"])
@pytest.mark.parametrize("days", [100, 365])
def test_storage_agrees_with_an_hour_by_hour_sum(freed_by, days):
    cluster = StorageScenario(freed_by=freed_by, days=days)
    data, used, bill = hour_by_hour(cluster)
    result = VIEW.simulate(cluster)
    assert result.summary["billed_gib"] == pytest.approx(used, rel=1e-3)
    assert result.data["data_gib"][-1] == pytest.approx(data, rel=1e-3)
    assert result.summary["storage_usd"] == pytest.approx(bill, rel=1e-3)


def test_growth_alone_costs_what_the_triangle_says():
    cluster = StorageScenario(freed_by="nothing", growth_gib_per_day=3.0, days=730)
    months = 730 * 24 / 730
    assert VIEW.simulate(cluster).summary["storage_usd"] == pytest.approx(
        months * 0.1 * (500 + 3.0 * 730 / 2)
    )


def test_a_volume_is_full_on_the_day_that_division_says():
    values = {"size_gib": 100 * 1024, "growth_gib_per_day": 200.0, "days": 1000}
    values["freed_by"] = "nothing"
    assert summary(**values)["full_day"] == pytest.approx(156 * 1024 / 200)
    then = summary(**values, as_of="2023-06")
    assert then["full_day"] == pytest.approx(28 * 1024 / 200)
    assert then["billed_gib"] == 128 * 1024
    assert then["rds_storage_usd"] is None  # gp3 on RDS ends at 64 TiB


@pytest.mark.parametrize(("growth", "volume"), [(0.01, 510), (0.1, 510), (0.2, 520), (0.21, 530)])
def test_a_volume_grows_by_ten_gib_at_a_time(growth, volume):
    grown = summary(freed_by="nothing", days=100, growth_gib_per_day=growth)
    assert grown["volume_gib"] == volume and grown["billed_gib"] == 500 + 100 * growth


def test_what_deleting_leaves_is_billed_until_it_is_filled_again():
    freed = StorageScenario(freed_by="deleted rows", days=200)
    result = VIEW.simulate(freed)
    assert result.summary["billed_gib"] == 1400  # 500 + 180 x 5, before 60 % of it went
    assert result.summary["free_inside_gib"] == pytest.approx(840 - 20 * 5)
    dropped = VIEW.simulate(freed.replace(freed_by="dropped tables"))
    saved = result.summary["storage_usd"] - dropped.summary["storage_usd"]
    for one in (result, dropped):
        assert f"{saved:,.2f} USD" in one.why


# --- true sentences


def test_a_volume_that_fills_says_what_finds_no_room():
    full = VIEW.simulate(VIEW.situations()[2])
    assert full.summary["full_day"] == pytest.approx((262_144 - 51_200) / 200)
    assert full.summary["refused_gib"] == pytest.approx(51_200 + 200 * 1200 - 262_144)
    assert "On day 1,055 the volume is as large as AWS lets it be" in full.why
    assert "until day 1,200, 29,056 GiB find no room." in full.why


@pytest.mark.parametrize("freed_by", ["dropped tables", "deleted rows", "nothing"])
@pytest.mark.parametrize("freed_pct", [1.0, 50.0])
def test_what_finds_no_room_is_counted_as_day_by_day(freed_by, freed_pct):
    values = {"freed_pct": freed_pct} if freed_by != "nothing" else {}
    scenario = StorageScenario(
        size_gib=250_000, growth_gib_per_day=100.0, days=400, freed_by=freed_by, **values
    )
    data = refused = 0.0
    data = 250_000.0
    for day in range(400):
        if day == 180 and values:
            data *= 1 - freed_pct / 100
        came = min(100.0, 262_144 - data)
        data, refused = data + came, refused + 100.0 - came
    assert VIEW.simulate(scenario).summary["refused_gib"] == pytest.approx(refused, abs=1e-6)


def test_a_volume_that_has_room_says_when_it_would_be_full():
    year = VIEW.simulate(StorageScenario(freed_by="nothing"))
    texts = {number.name: number.text for number in year.numbers}
    assert year.summary["full_day"] is None and year.summary["refused_gib"] == 0
    assert texts["full_day"] == f"on day {(262_144 - 500) / 5:,.0f} at this rate"
    assert "no room" not in year.why


def test_deleted_rows_are_not_said_to_leave_the_bill():
    deleted = VIEW.simulate(VIEW.situations()[1]).why
    assert "1,400 GiB stay billed" in deleted and "give their space back" not in deleted
    dropped = VIEW.simulate(VIEW.situations()[0]).why
    assert "from 1,400 to 560 GiB" in dropped and "stay billed" not in dropped


@pytest.mark.parametrize("freed_by", ["dropped tables", "deleted rows"])
def test_where_nothing_is_freed_nothing_is_said_to_be(freed_by):
    whole = VIEW.simulate(StorageScenario(freed_by=freed_by, freed_pct=0.0)).why
    assert whole.startswith("Nothing is removed") and "give their space back" not in whole
