"""What EC2's notebook states is what the facts and the model say."""

import pytest

from awsnb import facts, section
from awsnb.aws.ec2 import Burstable, hour_price
from awsnb.aws.ec2.purchase import RESERVED_1, TERM_MONTHS, rate_usd_h

EC2 = facts.load("ec2")
CREDITS, REACH, LIFE, COST = section("ec2").views


def stated(subject, key):
    return EC2.value(subject, key)


def ports(system):
    return tuple(stated("ephemeral_ports", f"{system}_{end}") for end in ("first", "last"))


def lost(operation):
    return {fact.key for fact in EC2.rows(operation) if fact.value == "lost"}


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("One credit pays for one vCPU at 100 % for a minute",
         stated("cpu_credits", "credit") == "1 vCPU at 100 % for 1 minute"),
        ("**standard** (T2 by default)", stated("t2", "default_mode") == "standard"),
        ("**unlimited** (T3, T3a, T4g by default)",
         {stated(family, "default_mode") for family in ("t3", "t3a", "t4g")} == {"unlimited"}),
        ("A new T2 in standard mode has 30 *launch credits* a vCPU",
         stated("t2.micro", "launch_credits") == 30 * stated("t2.micro", "vcpus")),
        ("Stopped, a T2 loses its balance", stated("cpu_credits", "kept_after_stop_t2") == 0),
        ("a T3 keeps it for seven days", stated("cpu_credits", "kept_after_stop_t3") == 7),
        ("Surplus costs 0.05 USD for a vCPU-hour", stated("t3", "surplus_price") == 0.05),
        ("32768 to 61000 on Linux", ports("linux") == (32768, 61000)),
        ("49152 to 65535 on Windows", ports("windows") == (49152, 65535)),
        ("1024 to 65535 behind a NAT gateway", ports("nat_gateway") == (1024, 65535)),
        ("A *reboot* loses only the RAM", lost("reboot") == {"ram"}),
        ("A *stop* also loses the instance store", lost("stop") == {"ram", "instance_store"}),
        ("*Hibernation* writes the RAM to the root volume",
         lost("hibernate") == {"instance_store"}),
        ("A *termination* deletes the root volume", "root_volume" in lost("terminate")),
        ("a public IPv4 address costs 0.005 USD an hour",
         facts.load("common").value("public_ipv4", "price") == 0.005),
        ("every hour of one or three years", set(TERM_MONTHS.values()) == {12, 36}),
        ("with a notice of two minutes", stated("spot", "notice") == 120),
        ("The rates are 0.11431 and 0.1728 USD an hour",
         (rate_usd_h("m6a.xlarge", RESERVED_1), hour_price("m6a.xlarge")) == (0.11431, 0.1728)),
        ("that one in the first hour is free", stated("spot", "free_when_reclaimed_within") == 1),
        ("a micro has 10 % of each vCPU", stated("t3.micro", "baseline_per_vcpu") == 10),
        ("The prices are 0.0672 and 0.0816 USD an hour",
         (hour_price("t4g.large"), hour_price("m7g.large")) == (0.0672, 0.0816)),
        ("A vCPU-hour of surplus costs 0.04 USD on T4g", stated("t4g", "surplus_price") == 0.04),
        ("above the baseline of 30 %", Burstable("t4g.large", "unlimited").baseline_pct == 30),
        ("It spends 60 credits an hour and earns 24", stated("t3.small", "credits_earned") == 24),
        ("576 / 36 is 16 hours, 960 minutes", stated("t3.small", "max_credits") == 576),
        ("eight times the", stated("m5.large", "memory") == 8 * stated("t3.micro", "memory")),
        ("AWS rounds 122.4 credits to 122",
         stated("t3.nano", "example_balance_after_p4") == 122.4),
    ],
)  # fmt: skip
def test_what_the_notebook_states_is_what_the_facts_say(prose, said, fact):
    assert said in prose and fact


def test_the_worked_answers_are_the_models(prose):
    full = CREDITS.scenario(
        instance_type="t3.small", mode="standard", quiet_vcpus=1, busy_vcpus=1, start_credits=576
    )
    assert CREDITS.simulate(full).summary["throttled_after_min"] == pytest.approx(960)
    arm = CREDITS.simulate(CREDITS.scenario(instance_type="t4g.large"))
    assert arm.summary["break_even_pct"] == pytest.approx(48) and "30 %: 48 %" in prose


def test_reserved_costs_less_from_the_hours_that_the_notebook_tells(prose):
    year = COST.simulate(COST.scenario(instance_type="m6a.xlarge", months=12))
    assert round(year.summary["reserved_1_year_from_h"], 1) == 15.9
    assert "as much as 15.9 hours at the second" in prose


def test_an_m5_large_costs_less_than_a_micro_that_never_rests(prose):
    busy = CREDITS.scenario(instance_type="t3.micro", quiet_vcpus=2, busy_vcpus=2)
    assert CREDITS.simulate(busy).summary["cost_usd_month"] > 730 * hour_price("m5.large")
    assert "For less, an m5.large runs at 100 %" in prose
