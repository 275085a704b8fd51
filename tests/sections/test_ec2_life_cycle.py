"""What survives an instance's operations, and what goes on costing."""

import pytest

from awsnb import facts
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.ec2.life_cycle import OPERATIONS, PRESETS, LifeCycleScenario, compare

EC2 = facts.load("ec2")
LIFE = section("ec2").view("life cycle")
# AWS's table of the differences between reboot, stop, hibernate and terminate, and retirement
SURVIVES = {
    "RAM": {"hibernate"},
    "instance store": {"reboot"},
    "root volume": {"reboot", "stop", "hibernate", "retire"},
    "data volume": set(OPERATIONS),
    "public address": {"reboot"},
}


def answer(**values):
    return LIFE.simulate(LifeCycleScenario(**values))


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("keep", SURVIVES)
def test_what_survives_is_what_awss_table_says(operation, keep):
    found = answer(operation=operation, keep=keep)
    assert (found.summary["kept"] == "kept") == (operation in SURVIVES[keep])
    assert ("is not kept" in found.why) == (operation not in SURVIVES[keep])


def test_an_elastic_ip_stays_through_a_stop_and_costs_while_it_is_idle():
    plain, elastic = (answer(keep="public address", elastic_ip=own) for own in (False, True))
    assert plain.summary["kept"] == "new" and elastic.summary["kept"] == "kept"
    price = 730 * facts.load("common").value("public_ipv4", "price")
    assert elastic.summary["address_usd_month"] == pytest.approx(price)
    assert plain.summary["address_usd_month"] == pytest.approx(price / 2)
    assert "Elastic IP" not in plain.why and "Elastic IP" in elastic.why


def test_the_data_volume_outlives_the_instance_unless_it_is_told_to_go():
    outlives = answer(operation="terminate")
    assert outlives.summary["kept"] == "kept" and outlives.summary["instance_usd_month"] == 0
    gone = answer(operation="terminate", delete_data=True)
    assert gone.summary["kept"] == "lost" and gone.summary["cost_usd_month"] == 0


def test_hibernation_takes_a_root_volume_that_holds_the_ram():
    """AWS: the root volume must be large enough for the RAM; a t3.2xlarge has 32 GiB."""
    large = {"instance_type": "t3.2xlarge", "keep": "RAM"}
    with pytest.raises(ScenarioError, match="must hold the 32 GiB") as refused:
        answer(operation="hibernate", root_gib=31, **large)
    assert refused.value.field == "root_gib"
    assert answer(operation="hibernate", root_gib=32, **large).summary["kept"] == "kept"
    without = compare(LifeCycleScenario(root_gib=8, **large))
    assert without.best is None and "takes a root volume of 32 GiB or more" in without.why
    assert compare(LifeCycleScenario(root_gib=40, **large)).best.label == "hibernate"
    stopped = compare(LifeCycleScenario(root_gib=8, **large | {"keep": "root volume"}))
    assert stopped.best.label == "stop" and "hibernate" not in str(stopped)


def test_off_half_of_the_day_halves_the_instances_bill_and_not_the_volumes():
    on, off = (answer(off_h=hours).summary for hours in (0, 12))
    assert off["instance_usd_month"] == pytest.approx(on["instance_usd_month"] / 2)
    assert off["volumes_usd_month"] == on["volumes_usd_month"]


def test_the_cheapest_keeps_what_must_be_kept():
    assert compare(LifeCycleScenario(keep="RAM")).best.label == "hibernate"
    assert compare(LifeCycleScenario(keep="instance store")).best.label == "reboot"
    kept = compare(LifeCycleScenario(keep="data volume", delete_data=True))
    assert kept.best.label == "stop" and "retire" not in str(kept)


def test_who_goes_on_with_an_instance_is_not_told_to_end_it():
    for one in LIFE.situations():
        labels = [option.label for option in LIFE.compare(one).options]
        assert ("terminate" in labels) == (one.operation == "terminate")
    assert compare(LifeCycleScenario()).best.label == "stop"


SAYS = {
    "Off at night": "The root volume is kept by a stop. Lost: RAM and instance store.",
    "Work in memory": "The RAM is not kept by a stop.",
    "The data outlives the instance": "The data volume is kept by a termination.",
    "AWS retires the host": "The instance store is not kept by a retirement.",
    "The name that pointed elsewhere": "It gets another public address and host.",
}


@pytest.mark.parametrize("preset", PRESETS, ids=[preset.name for preset in PRESETS])
def test_a_preset_says_what_it_teaches(preset):
    assert SAYS[preset.name] in answer(**preset.values).why
