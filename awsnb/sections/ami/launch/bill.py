"""What an approach costs beyond the instances that the load needs."""

from awsnb.aws.ebs import EBS
from awsnb.aws.ec2 import launch_fact
from awsnb.aws.prices import HOURS_A_MONTH, instance_usd_hour
from awsnb.sections.ami.launch.scenario import FAST_RESTORE, WARM_POOL, LaunchScenario
from awsnb.sections.ami.launch.simulate import needed


def usd_month(scenario: LaunchScenario) -> float:
    """What the approach costs beyond the instances that the load needs, USD a month."""
    spare = scenario.spare * instance_usd_hour(scenario.instance_type) * HOURS_A_MONTH
    return spare + _image_usd(scenario) + _restore_usd(scenario) + _pool_usd(scenario)


def _image_usd(scenario: LaunchScenario) -> float:
    """One image of one's own, in one region."""
    stored = launch_fact("system") + scenario.software_gib if scenario.baked else 0.0
    return stored * float(EBS.value("snapshot", "snapshot_storage_price"))


def _restore_usd(scenario: LaunchScenario) -> float:
    """Fast restore of one snapshot, all month, in each zone."""
    if scenario.loading != FAST_RESTORE or scenario.approach == WARM_POOL:
        return 0.0
    return scenario.zones * HOURS_A_MONTH * float(EBS.value("fsr", "dsu_price"))


def _pool_usd(scenario: LaunchScenario) -> float:
    """Volumes of stopped instances: as many as the load can make the group launch."""
    if scenario.approach != WARM_POOL:
        return 0.0
    volume_gib = launch_fact("root_size") + scenario.software_gib
    return pool_size(scenario) * volume_gib * float(EBS.value("gp3", "storage_price"))


def pool_size(scenario: LaunchScenario) -> int:
    """How many instances wait in the pool: what the load needs afterwards, less what is there."""
    before = needed(scenario, scenario.base_rps) + scenario.spare
    return max(needed(scenario, scenario.base_rps * scenario.growth) - before, 0)
