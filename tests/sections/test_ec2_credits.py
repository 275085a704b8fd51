"""Credits, compared with AWS's worked examples and with a model that goes second by second."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from awsnb import facts
from awsnb.aws.ec2 import Burstable, peer
from awsnb.aws.ec2.burstable import BURSTABLE
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.ec2.credits.options import compare
from awsnb.sections.ec2.credits.presets import PRESETS
from awsnb.sections.ec2.credits.run import run
from awsnb.sections.ec2.credits.scenario import CreditScenario
from awsnb.sections.ec2.credits.simulate import simulate
from awsnb.sections.ec2.truth import worked_examples
from awsnb.trace import TraceError

EC2 = facts.load("ec2")
CREDITS = section("ec2").view("credits")
PERIOD_S = 300


def answer(**values):
    return CREDITS.simulate(CreditScenario(**values))


@pytest.fixture
def export(tmp_path):
    """A CloudWatch export of five-minute values."""

    def write(values, metric="CPUUtilization Average", day=1):
        start = datetime(2024, 3, day, tzinfo=UTC)
        rows = [
            f"{start + timedelta(seconds=PERIOD_S * i):%Y-%m-%dT%H:%M:%SZ},{value}"
            for i, value in enumerate(values)
        ]
        path = tmp_path / f"{metric.split()[0]}-{day}.csv"
        path.write_text("\n".join([f"timestamp,{metric}", *rows, ""]))
        return str(path)

    return write


# --- what AWS writes


def test_awss_worked_examples_come_out():
    table = worked_examples()
    credits = table[table.unit == "credits"]
    assert len(credits) == 14 and credits.difference.abs().max() <= 0.5  # AWS rounds 122.4
    assert table[table.unit == "%"].difference.abs().max() <= 0.5


def test_break_even_is_awss_at_the_price_that_aws_counts_with():
    large, price = Burstable("t3.large", "unlimited"), EC2.value("t3.large", "example_price")
    m5 = EC2.value("m5.large", "hour_price") + large.usd_h - price
    assert large.break_even_pct(m5) == pytest.approx(EC2.value("t3.large", "example_break_even_m5"))


@pytest.mark.parametrize("name", BURSTABLE)
def test_earnings_baseline_and_limit_of_a_type_agree(name):
    one = Burstable(name, "standard")
    assert one.max_credits == pytest.approx(24 * one.earned_per_h, rel=0.001)
    assert one.baseline_pct == pytest.approx(EC2.value(name, "baseline_per_vcpu"), rel=0.02)
    assert one.launch_credits == (30 * one.vcpus if one.family == "t2" else 0)
    assert EC2.has(peer(name), "hour_price")


# --- second by second


def twin(instance, vcpus, earned, launch, overload):
    """Spend and earn once a second; work that finds no credit waits or is given up."""
    base, most, unlimited = instance.baseline_vcpus, 60.0 * instance.max_credits, (
        instance.mode == "unlimited"
    )  # fmt: skip
    credit, gift, waits = 60.0 * earned, 60.0 * launch, 0.0
    charged = throttled = served = 0.0
    for asked in np.repeat(vcpus, PERIOD_S):
        can = float(instance.vcpus)
        if not unlimited:
            can = min(can, gift + credit + base)
        done = min(asked + waits, can)
        short = asked + waits - done
        throttled += short > 1e-9
        waits = short if overload == "queue" else 0.0
        served += done
        from_gift = min(gift, done)
        gift -= from_gift
        credit = min(credit + base - (done - from_gift), most)
        if unlimited and credit < -most:
            charged += (-most - credit) / 60
            credit = -most
        elif not unlimited:
            credit = max(credit, 0.0)
    return credit / 60 + gift / 60, charged, throttled, served


@pytest.mark.parametrize("seed", range(12))
def test_a_second_by_second_model_agrees(seed):
    rng = np.random.default_rng(seed)
    name = ["t2.micro", "t3.nano", "t3.medium", "t4g.large"][seed % 4]
    instance = Burstable(name, ["standard", "unlimited", "standard"][seed % 3])
    overload = ["queue", "drop"][seed % 2]
    vcpus = instance.vcpus * rng.random(60) ** 2
    earned = float(rng.random() * min(instance.max_credits, 40))
    done = run(instance, np.full(60, 300.0), vcpus, earned, instance.launch_credits, overload)
    balance, charged, throttled, served = twin(
        instance, vcpus, earned, instance.launch_credits, overload
    )
    assert done.balance[-1] - done.surplus[-1] == pytest.approx(balance, abs=0.05)
    assert done.charged.sum() == pytest.approx(charged, abs=0.05)
    assert done.throttled_s.sum() == pytest.approx(throttled, rel=0.01, abs=20)
    assert done.served_vcpu_s.sum() == pytest.approx(served, rel=1e-3)


def test_every_credit_is_accounted_for():
    instance = Burstable("t3.small", "unlimited")
    vcpus = np.random.default_rng(5).random(400) * 0.4 + 0.5  # always above the baseline
    done = run(instance, np.full(400, 300.0), vcpus, 100.0)
    earned = 400 * 300 * instance.baseline_vcpus / 60
    spent = float((vcpus * 300).sum()) / 60
    held = done.balance[-1] - done.surplus[-1]
    assert 100 + earned - spent + done.charged.sum() == pytest.approx(held)


def test_launch_credits_end_within_a_sample():
    instance = Burstable("t2.micro", "standard")
    done = run(instance, np.array([3600.0]), np.array([1.0]), 0.0, 30.0)
    # 30 minutes on launch credits earn 3 credits; these last 3 / 0.9 minutes more
    assert done.throttled_s[0] == pytest.approx(3600 - 1800 - 200)


# --- what is said

SAYS = {
    "Four busy hours a day": ("It holds", "surplus costs"),
    "Six hours, standard mode": ("It ran out of credit: 24 credits an hour", "surplus costs"),
    "Cheap becomes dear": ("An m5.large costs less", "Slowed down"),
    "The first week of a micro": ("the credit saved before a peak did not last", "surplus costs"),
    "Too few vCPUs": ("the t3.micro has 2: it takes a larger one", "ran out of credit"),
}


@pytest.mark.parametrize("preset", PRESETS, ids=[preset.name for preset in PRESETS])
def test_a_preset_says_what_it_teaches(preset):
    why = answer(**preset.values).why
    must, must_not = SAYS[preset.name]
    assert must in why and must_not not in why


def test_above_break_even_and_only_there_the_peer_costs_less():
    even = answer(instance_type="t3.large").summary["break_even_pct"]
    for pct, weighed in ((even - 2, "more"), (even + 2, "less")):
        load = 2 * pct / 100
        asked = {"instance_type": "t3.large", "quiet_vcpus": load, "busy_vcpus": load}
        full = answer(**asked, start_credits=0)
        assert f"An m5.large costs {weighed}" in full.why


def test_the_end_of_the_load_is_not_the_end_of_the_story():
    asked = {"mode": "standard", "quiet_vcpus": 0.45, "busy_vcpus": 0.45, "start_credits": 576}
    found = simulate(CreditScenario(**asked))
    assert not found.throttled_s and not found.holds
    said = answer(**asked)
    left = 576 - 7 * 24 * 0.05 * 60
    assert said.summary["empty_after_end_min"] == pytest.approx(left / 0.05, rel=1e-6)
    assert "does not hold beyond the end" in said.why and "it slows down" in said.why


def test_the_month_repeats_the_load_from_the_same_start():
    one, four = (answer(mode="unlimited", quiet_vcpus=1.0, days=days) for days in (1, 4))
    key = "surplus_usd_month"
    assert one.summary[key] == pytest.approx(four.summary[key], rel=0.03)


def test_the_cheapest_holds_and_has_the_memory():
    asked = CreditScenario(mode="standard", busy_h=8.0, memory_gib=8.0)
    options = compare(asked)
    assert not options.options[0].holds and options.best.holds
    for option in options.options[1:]:
        assert option.scenario is None or option.scenario.instance.memory_gib >= 8
    assert "On x86 it is" in options.why and "Arm" in options.why


# --- own data


def test_an_export_is_a_share_of_the_vcpus_it_was_measured_on(export):
    trace = export([50.0] * 12)
    with pytest.raises(ScenarioError) as caught:
        answer(trace=trace)
    assert caught.value.field == "measured_vcpus" and caught.value.missing
    found = answer(trace=trace, measured_vcpus=4)
    np.testing.assert_allclose(found.data["asked_vcpus"], 2.0)
    assert "shows the work that was done" in str(found)


def test_a_measured_balance_is_drawn_over_the_models(export):
    trace = export([10.0] * 24)
    grows = [50 + 0.2 * 5 * i for i in range(1, 25)]  # 2 vCPUs: earns 2, spends 1 in 5 minutes
    asked = {"trace": trace, "measured_vcpus": 2, "start_credits": 50}
    balance = export(grows, "CPUCreditBalance Average")
    found = answer(**asked, balance=balance)
    assert found.summary["balance_error_credits"] == pytest.approx(0, abs=1e-6)
    assert "measured_credits" in found.data
    begins = answer(trace=trace, measured_vcpus=2, balance=balance)
    assert begins.data["balance_credits"][0] == pytest.approx(grows[0] + 1)


def test_one_export_of_cpu_and_credits_serves_as_both(export, tmp_path):
    cpu, credits = [10.0] * 24, [80.0 - i for i in range(24)]
    rows = ["timestamp,CPUUtilization Average,CPUCreditBalance Average"]
    for i, row in enumerate(zip(cpu, credits, strict=True)):
        at = datetime(2024, 3, 1, tzinfo=UTC) + timedelta(seconds=PERIOD_S * i)
        rows.append(f"{at:%Y-%m-%dT%H:%M:%SZ},{row[0]},{row[1]}")
    both = tmp_path / "both.csv"
    both.write_text("\n".join([*rows, ""]))
    asked = {"trace": str(both), "metric": "CPUUtilization", "measured_vcpus": 2}
    found = answer(**asked, balance=str(both))
    assert list(found.data["measured_credits"]) == credits
    apart = answer(
        trace=export(cpu), measured_vcpus=2, balance=export(credits, "CPUCreditBalance Average")
    )
    assert found.summary == apart.summary


def test_wrong_files_are_refused_in_a_sentence(export):
    trace = export([10.0] * 12)
    with pytest.raises(TraceError, match=r"export CPUCreditBalance \(Average\)"):
        answer(trace=trace, measured_vcpus=2, balance=trace)
    other = export([10.0] * 12, "CPUCreditBalance Average", day=9)
    with pytest.raises(TraceError, match="export both for the same time"):
        answer(trace=trace, measured_vcpus=2, balance=other)
    with pytest.raises(TraceError, match="CPUUtilization"):
        answer(trace=export([10.0] * 12, "NetworkIn Sum"), measured_vcpus=2)


def test_unlimited_mode_is_refused_where_aws_refuses_it():
    with pytest.raises(ScenarioError, match="only in standard mode") as caught:
        CreditScenario(tenancy="dedicated host")
    assert caught.value.field == "mode"
    standard = CreditScenario(tenancy="dedicated host", mode="standard")
    assert "you pay for the host" in str(CREDITS.simulate(standard))
    assert compare(standard).best.holds
