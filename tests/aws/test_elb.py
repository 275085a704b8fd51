import numpy as np
import pytest

from awsnb.aws.elb import (
    ELB,
    KINDS,
    CrossZone,
    HealthCheck,
    Inbound,
    Thresholds,
    alb_bill,
    all_offered,
    budget,
    clb_bill,
    gwlb_bill,
    nlb_bill,
    nlb_listener,
    offers,
    reaches,
    rule_limits,
    takes,
)
from awsnb.aws.elb.path import NLB_TCP, NLB_TLS
from awsnb.scenario import ScenarioError

# --- the way


def test_round_trips_by_hand():
    args = {"rtt_ms": 100.0, "target_ms": 0.0, "crossing": 0.0}
    trips = {
        (tls, new, resumed): round(
            budget("ALB", tls=tls, new=new, resumed=resumed, **args).total_ms / 100
        )
        for tls in ("none", "1.2", "1.3")
        for new in (True, False)
        for resumed in (True, False)
    }
    assert trips["none", True, False] == 2
    assert trips["1.2", True, False] == 4
    assert trips["1.2", True, True] == trips["1.3", True, True] == 3
    assert trips["1.3", True, False] == 3
    assert {n for (_, new, _), n in trips.items() if not new} == {1}


def test_budget_of_each_balancer_by_hand():
    same = ELB.value("path", "same_zone_round_trip")
    kept = {"rtt_ms": 40.0, "tls": "1.3", "target_ms": 20.0, "new": False, "crossing": 0.0}
    assert budget("ALB", **kept).total_ms == pytest.approx(40 + 20 + 2 + same)
    assert budget(NLB_TCP, **kept).total_ms == pytest.approx(40 + 20 + 0.2 + same)
    new = budget(NLB_TCP, **{**kept, "new": True})
    assert new.tcp_ms == pytest.approx(40 + same + 0.2)
    assert new.tls_ms == pytest.approx(40 + same + 0.2 + 1)
    assert budget(NLB_TLS, **{**kept, "new": True}).balancer_ms == pytest.approx(2 * same + 0.2)


def test_the_notes_400_and_100_ms_are_a_new_and_a_kept_connection():
    far = {"rtt_ms": 100.0, "tls": "1.2", "target_ms": 1.0}
    assert budget("ALB", **far).total_ms == pytest.approx(400, rel=0.03)
    assert budget("ALB", **far, new=False).total_ms == pytest.approx(100, rel=0.05)
    apart = budget("ALB", **far).total_ms - budget(NLB_TCP, **far).total_ms
    assert abs(apart) < 3


# --- the bill


@pytest.mark.parametrize(
    ("kb_per_request", "per_connection", "connection_s", "rules", "units", "dimension"),
    [
        (20.0, 10.0, 60.0, 5, 7.2, "processed bytes"),
        (2.0, 1.0, 60.0, 5, 4.0, "new connections"),
        (2.0, 1.0, 600.0, 5, 20.0, "active connections"),
        (2.0, 10.0, 60.0, 60, 5.0, "rule evaluations"),
    ],
)
def test_units_are_the_largest_dimension(
    kb_per_request, per_connection, connection_s, rules, units, dimension
):
    bill = alb_bill(100.0, kb_per_request, per_connection, connection_s, rules)
    assert bill.billed_units == pytest.approx(units)
    assert bill.dimension == dimension
    assert bill.usd_month == pytest.approx(730 * (0.0225 + 0.008 * units))


@pytest.mark.parametrize(
    ("listener", "connections", "connection_s", "kb_per_request", "crossing", "units", "crossed"),
    [
        ("TCP", 40, 3600.0, 20.0, 0.0, 7.2, 0.0),
        ("TLS", 5000, 5.0, 2.0, 0.0, 20.0, 0.0),
        ("UDP", 5000, 5.0, 2.0, 0.0, 2.5, 0.0),
        ("TCP", 40, 3600.0, 20.0, 0.5, 7.2, 7.2 / 2 * 0.02),
    ],
)
def test_nlb_bills_by_hand(
    listener, connections, connection_s, kb_per_request, crossing, units, crossed
):
    bill = nlb_bill(listener, connections, connection_s, 100.0, kb_per_request, crossing)
    assert bill.billed_units == pytest.approx(units)
    assert bill.usd_month == pytest.approx(730 * (0.0225 + 0.006 * units + crossed))


def test_public_addresses_are_billed_by_zone():
    public, internal = (alb_bill(100.0, 20.0, 10.0, 60.0, 5, zones) for zones in (3, 0))
    assert public.addresses_usd_month == pytest.approx(3 * 0.005 * 730)
    assert public.usd_month - internal.usd_month == pytest.approx(public.addresses_usd_month)
    nlb = nlb_bill("TCP", 40, 3600.0, 100.0, 20.0, public_zones=2)
    assert nlb.addresses_usd_month == pytest.approx(7.30)


def test_limits_and_checks_by_hand():
    assert rule_limits() == (3, 5, 5, 128, 50_000, 5, 999)
    check = HealthCheck(30, 5, 2)
    assert (check.found_after_s(hangs=False), check.found_after_s(hangs=True)) == (60, 65)


# --- who may knock


def test_only_the_load_balancers_group_reaches_the_instances():
    groups = {"alb": (Inbound(80, "0.0.0.0/0"),), "web": (Inbound(80, "alb"),)}
    assert reaches("1.2.3.4", (), 80, ("alb",), groups)
    assert not reaches("1.2.3.4", (), 80, ("web",), groups)
    assert reaches("10.0.0.9", ("alb",), 80, ("web",), groups)
    assert not reaches("10.0.0.9", ("alb",), 443, ("web",), groups)
    assert not reaches("10.0.0.9", ("web",), 80, ("web",), groups)


@pytest.mark.parametrize(
    ("kb_per_request", "per_connection", "connection_s", "units", "dimension"),
    [
        (20.0, 10.0, 60.0, 7.2, "processed bytes"),
        (0.1, 0.05, 1.0, 2000 / 600, "new connections"),
        (0.1, 1.0, 3600.0, 6.0, "active connections"),
    ],
)
def test_a_gwlb_pays_for_zones_units_endpoints_and_their_gigabytes(
    kb_per_request, per_connection, connection_s, units, dimension
):
    bill = gwlb_bill(100.0, kb_per_request, per_connection, connection_s, zones=2)
    gb_per_h = 0.36 * kb_per_request
    by_hand = 730 * (2 * 0.0125 + 0.004 * units + 2 * 0.01 + 0.0035 * gb_per_h)
    assert (bill.dimension, bill.billed_units) == (dimension, pytest.approx(units))
    assert bill.usd_month == pytest.approx(by_hand)


def test_a_clb_pays_for_hours_gigabytes_and_addresses():
    assert clb_bill(100.0, 20.0).usd_month == pytest.approx(730 * (0.025 + 0.008 * 7.2))
    public = clb_bill(100.0, 20.0, public_zones=2)
    assert public.usd_month - clb_bill(100.0, 20.0).usd_month == pytest.approx(730 * 2 * 0.005)


# --- the kinds


@pytest.mark.parametrize(
    ("need", "kinds"),
    [
        ("rules on path or host", {"alb"}),
        ("user sign-in", {"alb"}),
        ("Lambda targets", {"alb"}),
        ("fixed IP addresses", {"nlb"}),
        ("third-party appliances", {"gwlb"}),
        ("PrivateLink service", {"nlb", "gwlb"}),
        ("on-premises targets", {"alb", "nlb", "gwlb"}),
        ("TLS ends at the target", {"nlb", "gwlb", "clb"}),
    ],
)
def test_who_meets_which_need_in_awss_table(need, kinds):
    assert {kind for kind in KINDS if need in offers(kind)} == kinds
    assert need in all_offered()


def test_an_nlb_listens_to_the_transport_below():
    assert [nlb_listener(one) for one in takes("nlb")] == ["TCP", "TLS", "TCP", "TLS", "UDP"]


# --- target group health


def test_awss_example_of_two_zones_with_ten_targets_each():
    half = Thresholds(*2 * [ELB.value("target_group_health", "example_threshold")])
    assert half.dns_failover(4, 10) and half.routing_failover(4, 10)
    assert not half.dns_failover(14, 20) and not half.routing_failover(14, 20)


def test_by_default_one_healthy_target_is_enough():
    assert not Thresholds().dns_failover(1, 100) and not Thresholds().routing_failover(1, 100)
    assert Thresholds().dns_failover(0, 100) and Thresholds().routing_failover(0, 100)


# --- cross-zone


def test_cross_zone_is_on_by_default_for_an_alb_alone():
    assert [kind for kind in KINDS if CrossZone(kind).on] == ["alb"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("on", [True, False])
def test_every_kind_lets_cross_zone_be_turned_on_and_off_somewhere(kind, on):
    setting = CrossZone(kind).switched(on)
    setting.check()
    assert setting.on == on


def test_cross_zone_is_refused_where_a_kind_has_no_such_switch():
    for setting in (CrossZone("alb", at_balancer="off"), CrossZone("clb", at_target_group="on")):
        with pytest.raises(ScenarioError, match=setting.kind.upper()):
            setting.check()


# --- new targets


def test_a_new_target_needs_one_good_check_and_one_that_failed_twice_five():
    check = HealthCheck(10.0, 5.0, 2)
    answers, first = np.array([0.0, 12.0, 13.0, 23.0]), np.array([3.0, 3.0, 3.0, 3.0])
    # checks at 3, 13, 23, ...: none, one, one and two fail before the answer
    assert check.healthy_after_s(answers, first).tolist() == [3.0, 13.0, 13.0, 63.0]
