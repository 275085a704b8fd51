from dataclasses import replace

import pytest

from awsnb.aws.aurora import AURORA, Cluster, backtrack_usd_month, protection_groups
from awsnb.aws.aurora.cluster import OPTIMIZED, STANDARD
from awsnb.aws.rds import RDS

SMALL = Cluster("db.t3.large", 3, STANDARD, size_gib=200, io_per_s=100.0)


def test_bills_by_hand():
    standard, optimized = SMALL.bill, replace(SMALL, storage=OPTIMIZED).bill
    assert standard.instances == pytest.approx(3 * 0.164 * 730)
    assert standard.storage == pytest.approx(20)
    assert standard.io == pytest.approx(100 * 3600 * 730 / 1e6 * 0.2)
    assert optimized.total == pytest.approx(3 * 0.164 * 1.3 * 730 + 200 * 0.225)


def test_backtrack_by_hand():
    assert backtrack_usd_month(100.0, 24.0) == pytest.approx(8.64 * 0.012 * 730)
    bill = replace(SMALL, backtrack_h=24.0, changes_per_s=100.0).bill
    assert bill.backtrack == backtrack_usd_month(100.0, 24.0)


def test_at_break_even_both_configurations_cost_the_same():
    even = replace(SMALL, io_per_s=SMALL.break_even_io_per_s)
    assert even.bill.total == pytest.approx(replace(even, storage=OPTIMIZED).bill.total)


def test_the_guides_fifth_more_holds_for_mysql_instances():
    over = AURORA.value("db.t3.large", "aurora_price") / RDS.value("db.t3.large", "mysql_price")
    assert over == pytest.approx(1.206, abs=0.001)


@pytest.mark.parametrize(("size_gib", "groups"), [(1, 1), (9, 1), (10, 2), (931, 100), (932, 101)])
def test_a_protection_group_holds_ten_gb(size_gib, groups):
    assert protection_groups(size_gib) == groups
