"""Facts beside AWS's own words: the API reference's text, which botocore carries."""

import re
from functools import cache

import botocore.session
import pytest

from awsnb import facts

SAID = {  # in which shape's member: a fact, and after which words its number # stands
    "ec2 CreateVolumeRequest.Size": {
        "ebs gp2 min_size": "gp2: # - ",
        "ebs gp2 max_size": "gp2: 1 - #",
        "ebs gp3 max_size": "gp3: 1 - #",
        "ebs io1 min_size": "io1: # - ",
        "ebs io1 max_size": "io1: 4 - #",
        "ebs io2 max_size": "io2: 4 - #",
        "ebs st1 min_size": "st1 and sc1: # - ",
        "ebs sc1 max_size": "st1 and sc1: 125 - #",
        "ebs standard max_size": "standard: 1 - #",
    },
    "ec2 CreateVolumeRequest.Iops": {
        "ebs gp3 min_iops": "gp3: # default",
        "ebs gp3 max_iops": "gp3: 3,000 default - #",
        "ebs io1 max_iops": "io1: 100 - #",
        "ebs io2 max_iops": "io2: 100 - #",
        "ebs io2 max_iops_non_nitro": "Other instances can support up to #",
    },
    "ec2 CreateVolumeRequest.Throughput": {
        "ebs gp3 min_throughput": "Range: # - ",
        "ebs gp3 max_throughput": "Range: 125 - #",
    },
    "ec2 CreateVolumeRequest.MultiAttachEnabled": {
        "ebs multi_attach max_instances": "attach the volume to up to #",
    },
    "ec2 CreateVolumeRequest.VolumeInitializationRate": {
        "ebs initialization min_rate": "Valid range: # - ",
        "ebs initialization max_rate": "Valid range: 100 - #",
    },
    "autoscaling LifecycleHook.GlobalTimeout": {
        "autoscaling hook global_timeout": "The maximum is #",
    },
    "elbv2 TargetGroupAttribute.Key": {
        "elb deregistration delay": "delay.timeout_seconds .*? The default value is #",
        "elb deregistration max_delay": "deregistration_delay.timeout_seconds .*? The range is 0-#",
        "elb alb min_slow_start": "slow_start.duration_seconds .*? range is #",
        "elb alb max_slow_start": "slow_start.duration_seconds .*? range is 30-#",
        "elb alb stickiness_duration_default": "lb_cookie.duration_seconds .*?is 1 day #",
    },
    "elbv2 LoadBalancerAttribute.Key": {
        "elb alb idle_timeout": "idle_timeout.timeout_seconds .*? The default is #",
        "elb alb client_keep_alive": "client_keep_alive.seconds .*? The default is #",
    },
    "elbv2 ListenerAttribute.Key": {
        "elb gwlb max_idle_timeout": "range is 60-#",
    },
    "rds CreateDBInstanceMessage.BackupRetentionPeriod": {
        "rds backup retention_max": "from 0 to #",
    },
    "rds ValidStorageOptions.StorageThroughputToIopsRatio": {
        "rds gp3 throughput_per_iops_max": "For example, 0-#",
    },
    "rds DBProxy.IdleClientTimeout": {
        "rds proxy idle_client_timeout": "Default: #",
    },
    "rds ConnectionPoolConfiguration.ConnectionBorrowTimeout": {
        "rds proxy borrow_timeout": "Default: #",
    },
    "rds ConnectionPoolConfiguration.MaxConnectionsPercent": {
        "rds proxy max_connections_percent": "Default: .*? #",
    },
    "rds CreateDBInstanceMessage.PromotionTier": {
        "aurora failover_with_reader lowest_priority_tier": "Valid Values: 0 - #",
    },
    "elbv2 CreateTargetGroupInput.HealthCheckIntervalSeconds": {
        "elb health_check max_interval": "range is 5-#",
    },
    "elbv2 CreateTargetGroupInput.UnhealthyThresholdCount": {
        "elb health_check unhealthy_threshold": "the default is #",
    },
    "autoscaling RefreshPreferences.MinHealthyPercentage": {
        "autoscaling refresh min_healthy": "the default is #",
    },
    "autoscaling InstancesDistribution.SpotInstancePools": {
        "autoscaling mixed spot_pools": "Default: #",
    },
    "efs CreateFileSystemRequest.ProvisionedThroughputInMibps": {
        "efs provisioned max": "1-#",
    },
    "elasticache CreateReplicationGroupMessage.ReplicasPerNodeGroup": {
        "elasticache replication replicas_max": "0 to #",
    },
    "memorydb CreateClusterRequest.NumReplicasPerShard": {
        "memorydb limits replicas_max": "maximum is #",
    },
    "autoscaling CreateAutoScalingGroupType.MaxInstanceLifetime": {
        "autoscaling group min_lifetime": "equal to or greater than #",
    },
    "autoscaling InstancesDistribution.OnDemandPercentageAboveBaseCapacity": {
        "autoscaling mixed on_demand_above_base": "Default: #",
    },
    "elbv2 CreateTargetGroupInput.HealthyThresholdCount": {
        "elb health_check healthy_threshold": "HTTP or HTTPS, the default is #",
    },
}
NUMBER = r"([\d,]+(?:\.\d+)?)"


@cache
def text_of(place):
    service, shape, member = re.split("[ .]", place)
    model = botocore.session.get_session().get_service_model(service)
    plain = re.sub("<[^>]+>", " ", model.shape_for(shape).members[member].documentation)
    return " ".join(re.sub("[()]", " ", plain).split())


@pytest.mark.parametrize(
    ("place", "fact"), [(place, fact) for place, said in SAID.items() for fact in said]
)
def test_a_fact_is_what_the_api_reference_says(place, fact):
    service, subject, key = fact.split()
    found = re.search(SAID[place][fact].replace("#", NUMBER), text_of(place))
    assert found, text_of(place)
    assert float(found[1].replace(",", "")) == facts.load(service).value(subject, key)
