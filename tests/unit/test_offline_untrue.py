"""Where moto answers as AWS would not: each test says what AWS does, and fails while moto does not.

The walk-throughs say the same in `at_aws`. The day moto learns one of these, its test passes, which
is an error here (strict): then take the sentence out of the walk, and the test out of this file.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from awsnb.offline import Offline, offline

IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
LAUNCH = {"ImageId": IMAGE, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
LOGIN = {"MasterUsername": "ann", "MasterUserPassword": "not-a-secret"}
DATABASE = {**LOGIN, "Engine": "mysql", "DBInstanceClass": "db.t4g.micro", "AllocatedStorage": 20}


def at_aws(says: str) -> pytest.MarkDecorator:
    """Mark what AWS does and moto does not."""
    return pytest.mark.xfail(strict=True, raises=AssertionError, reason=f"At AWS: {says}")


@pytest.fixture(scope="module")
def aws() -> Iterator[Offline]:
    with offline() as account:
        yield account


@pytest.fixture(scope="module")
def ec2(aws: Offline) -> Any:
    return aws.client("ec2")


@pytest.fixture(scope="module")
def elbv2(aws: Offline) -> Any:
    return aws.client("elbv2")


@pytest.fixture(scope="module")
def rds(aws: Offline) -> Any:
    return aws.client("rds")


@pytest.fixture(scope="module")
def zones(ec2: Any) -> list[str]:
    """Give a subnet in each of three zones."""
    return [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"][:3]]


@pytest.fixture(scope="module")
def vpc(ec2: Any) -> str:
    return str(ec2.describe_subnets()["Subnets"][0]["VpcId"])


@pytest.fixture
def instance(ec2: Any) -> Any:
    return ec2.run_instances(**LAUNCH)["Instances"][0]


@pytest.fixture
def volume(ec2: Any, instance: Any) -> Any:
    zone = instance["Placement"]["AvailabilityZone"]
    return ec2.create_volume(AvailabilityZone=zone, VolumeType="gp3", Size=100)


def accepted(call: Callable[..., Any], **values: Any) -> Any:
    """Call what AWS accepts."""
    try:
        return call(**values)
    except ClientError as error:
        raise AssertionError(str(error)) from None


def refused(call: Callable[..., Any], **values: Any) -> None:
    """Call what AWS refuses."""
    try:
        call(**values)
    except ClientError:
        return
    raise AssertionError("moto accepts it")


# identity and access


@at_aws("only who the trust policy names may take on a role")
def test_a_role_for_instances_is_taken_on_by_no_user(aws: Offline) -> None:
    trust = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"""
    made = aws.client("iam").create_role(RoleName="web", AssumeRolePolicyDocument=trust)
    arn = made["Role"]["Arn"]
    refused(aws.client("sts").assume_role, RoleArn=arn, RoleSessionName="ann")


@at_aws("the codes of a second factor must be right")
def test_wrong_codes_are_refused(aws: Offline) -> None:
    iam = aws.client("iam")
    iam.create_user(UserName="ann")
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="ann")["VirtualMFADevice"]
    codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "123456"}
    refused(iam.enable_mfa_device, UserName="ann", SerialNumber=device["SerialNumber"], **codes)


# instances, volumes, images


@at_aws("an instance is pending at first")
def test_an_instance_is_pending(ec2: Any, instance: Any) -> None:
    (found,) = ec2.describe_instances(InstanceIds=[instance["InstanceId"]])["Reservations"]
    assert found["Instances"][0]["State"]["Name"] == "pending"


@at_aws("a key pair must exist")
def test_an_unknown_key_pair_is_refused(ec2: Any) -> None:
    refused(ec2.run_instances, **LAUNCH, KeyName="nobody's")


@at_aws("an instance hibernates only if it was launched for it")
def test_hibernation_without_having_asked_for_it_is_refused(ec2: Any, instance: Any) -> None:
    refused(ec2.stop_instances, InstanceIds=[instance["InstanceId"]], Hibernate=True)


@at_aws("an instance store volume is mapped by its virtual name")
def test_an_ephemeral_drive_is_mapped(ec2: Any) -> None:
    drive = {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}
    accepted(ec2.run_instances, **LAUNCH, BlockDeviceMappings=[drive])


@at_aws("a snapshot is pending while its blocks are copied")
def test_a_snapshot_is_pending(ec2: Any, volume: Any) -> None:
    made = ec2.create_snapshot(VolumeId=volume["VolumeId"])
    (found,) = ec2.describe_snapshots(SnapshotIds=[made["SnapshotId"]])["Snapshots"]
    assert found["State"] == "pending"


@at_aws("a snapshot is archived some time later")
def test_a_snapshot_is_archived_later(ec2: Any, volume: Any) -> None:
    made = ec2.create_snapshot(VolumeId=volume["VolumeId"])["SnapshotId"]
    ec2.modify_snapshot_tier(SnapshotId=made, StorageTier="archive")
    (found,) = ec2.describe_snapshots(SnapshotIds=[made])["Snapshots"]
    assert found["StorageTier"] == "standard"


@at_aws("a change of a volume is modifying, then optimizing")
def test_a_change_is_not_completed_at_once(ec2: Any, volume: Any) -> None:
    ec2.modify_volume(VolumeId=volume["VolumeId"], Size=200)
    found = ec2.describe_volumes_modifications(VolumeIds=[volume["VolumeId"]])
    assert found["VolumesModifications"][0]["ModificationState"] != "completed"


@at_aws("a volume never shrinks")
def test_a_smaller_volume_is_refused(ec2: Any, volume: Any) -> None:
    refused(ec2.modify_volume, VolumeId=volume["VolumeId"], Size=50)


@at_aws("a volume is changed four times in 24 hours at most")
def test_a_fifth_change_is_refused(ec2: Any, volume: Any) -> None:
    for size in (200, 300, 400, 500):
        ec2.modify_volume(VolumeId=volume["VolumeId"], Size=size)
    refused(ec2.modify_volume, VolumeId=volume["VolumeId"], Size=600)


@at_aws("st1 has 125 GiB or more")
def test_a_tiny_st1_is_refused(ec2: Any) -> None:
    refused(ec2.create_volume, AvailabilityZone="us-east-1a", VolumeType="st1", Size=4)


@at_aws("a shared volume is attached to several instances at once")
def test_both_attachments_are_listed(ec2: Any) -> None:
    one, two = ec2.run_instances(**LAUNCH | {"MinCount": 2, "MaxCount": 2})["Instances"]
    zone = {"AvailabilityZone": one["Placement"]["AvailabilityZone"]}
    kind = {"VolumeType": "io2", "Size": 100, "Iops": 3000, "MultiAttachEnabled": True}
    shared = ec2.create_volume(**zone, **kind)["VolumeId"]
    for host in (one, two):
        ec2.attach_volume(VolumeId=shared, InstanceId=host["InstanceId"], Device="/dev/sdf")
    assert len(ec2.describe_volumes(VolumeIds=[shared])["Volumes"][0]["Attachments"]) == 2


@at_aws("an image is pending while its snapshots are made")
def test_an_image_is_pending(ec2: Any, instance: Any) -> None:
    made = ec2.create_image(InstanceId=instance["InstanceId"], Name="web-1")["ImageId"]
    assert ec2.describe_images(ImageIds=[made])["Images"][0]["State"] == "pending"


# load balancers


def group_of(elbv2: Any, vpc: str, name: str, **kind: Any) -> str:
    made = elbv2.create_target_group(Name=name, VpcId=vpc, **kind)["TargetGroups"][0]
    return str(made["TargetGroupArn"])


WEB = {"Protocol": "HTTP", "Port": 80}


@at_aws("a target without a listener is unused; with one it is initial until a check passes")
def test_a_target_is_not_healthy_at_once(elbv2: Any, vpc: str, instance: Any) -> None:
    group = group_of(elbv2, vpc, "fresh", **WEB)
    elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": instance["InstanceId"]}])
    (found,) = elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert found["TargetHealth"]["State"] != "healthy"


@at_aws("a target that leaves is draining until its delay ends")
def test_a_target_drains(elbv2: Any, vpc: str, zones: list[str], instance: Any) -> None:
    group = group_of(elbv2, vpc, "leaves", **WEB)
    balancer = elbv2.create_load_balancer(Name="leaves", Subnets=zones)["LoadBalancers"][0]
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    arn = balancer["LoadBalancerArn"]
    elbv2.create_listener(LoadBalancerArn=arn, **WEB, DefaultActions=forward)
    target = {"TargetGroupArn": group, "Targets": [{"Id": instance["InstanceId"]}]}
    elbv2.register_targets(**target)
    elbv2.deregister_targets(**target)
    found = elbv2.describe_target_health(**target)["TargetHealthDescriptions"]
    assert [one["TargetHealth"]["State"] for one in found] == ["draining"]


@at_aws("an ALB needs subnets in two zones")
def test_an_alb_in_one_zone_is_refused(elbv2: Any, zones: list[str]) -> None:
    refused(elbv2.create_load_balancer, Name="narrow", Subnets=zones[:1])


@at_aws("an ALB is cross-zone, always")
def test_an_alb_is_cross_zone(elbv2: Any, zones: list[str]) -> None:
    made = elbv2.create_load_balancer(Name="across", Subnets=zones)["LoadBalancers"][0]
    arn = made["LoadBalancerArn"]
    found = elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    assert {"Key": "load_balancing.cross_zone.enabled", "Value": "true"} in found


@at_aws("an NLB's ARN says net")
def test_an_nlb_has_an_arn_of_its_own(elbv2: Any, zones: list[str]) -> None:
    made = elbv2.create_load_balancer(Name="raw", Type="network", Subnets=zones)
    assert "/net/" in made["LoadBalancers"][0]["LoadBalancerArn"]


@at_aws("an NLB's answer names its Elastic IP in each zone")
def test_elastic_addresses_are_shown(ec2: Any, elbv2: Any, zones: list[str]) -> None:
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    mapping = [{"SubnetId": zones[0], "AllocationId": address}]
    made = elbv2.create_load_balancer(Name="fixed", Type="network", SubnetMappings=mapping)
    (zone,) = made["LoadBalancers"][0]["AvailabilityZones"]
    assert [one["AllocationId"] for one in zone.get("LoadBalancerAddresses", ())] == [address]


@at_aws("resets of a GWLB need no_rebalance")
def test_resets_beside_a_rebalance_are_refused(elbv2: Any, vpc: str) -> None:
    group = group_of(elbv2, vpc, "inspect", Protocol="GENEVE", Port=6081)
    both = [f"target_failover.{when}" for when in ("on_unhealthy", "on_deregistration")]
    settings = [{"Key": key, "Value": "rebalance"} for key in both]
    elbv2.modify_target_group_attributes(TargetGroupArn=group, Attributes=settings)
    reset = {"Key": "send_tcp_reset.on_unhealthy.enabled", "Value": "true"}
    refused(elbv2.modify_target_group_attributes, TargetGroupArn=group, Attributes=[reset])


@at_aws("a certificate that is not validated has no dates")
def test_a_pending_certificate_has_no_end(aws: Offline) -> None:
    acm = aws.client("acm")
    asked = acm.request_certificate(DomainName="example.com", ValidationMethod="DNS")
    found = acm.describe_certificate(CertificateArn=asked["CertificateArn"])["Certificate"]
    assert found["Status"] == "PENDING_VALIDATION" and "NotAfter" not in found


# scaling


@pytest.fixture(scope="module")
def scaling(aws: Offline, ec2: Any, zones: list[str]) -> Any:
    """Give a client, and a group "web" of three instances in three zones."""
    client = aws.client("autoscaling")
    template = {"ImageId": IMAGE, "InstanceType": "t3.micro"}
    ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData=template)
    client.create_auto_scaling_group(
        AutoScalingGroupName="web",
        LaunchTemplate={"LaunchTemplateName": "web"},
        VPCZoneIdentifier=",".join(zones),
        MinSize=3,
        MaxSize=3,
    )
    return client


@at_aws("a group spreads its instances over its zones")
def test_a_group_uses_its_zones(scaling: Any) -> None:
    members = scaling.describe_auto_scaling_instances()["AutoScalingInstances"]
    assert len({member["AvailabilityZone"] for member in members}) == 3


@at_aws("each launch is an activity")
def test_a_group_lists_its_activities(scaling: Any) -> None:
    assert scaling.describe_scaling_activities(AutoScalingGroupName="web")["Activities"]


@at_aws("a desired capacity is not above the maximum")
def test_a_desired_capacity_above_the_maximum_is_refused(scaling: Any) -> None:
    refused(scaling.set_desired_capacity, AutoScalingGroupName="web", DesiredCapacity=9)


@at_aws("target tracking makes two alarms, and names them")
def test_target_tracking_names_its_alarms(scaling: Any) -> None:
    metric = {"PredefinedMetricType": "ASGAverageCPUUtilization"}
    made = scaling.put_scaling_policy(
        AutoScalingGroupName="web",
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={"PredefinedMetricSpecification": metric, "TargetValue": 40},
    )
    assert len(made.get("Alarms", ())) == 2


# databases and caches


@at_aws("a database is creating at first")
def test_a_database_is_creating(rds: Any) -> None:
    rds.create_db_instance(DBInstanceIdentifier="fresh", **DATABASE)
    (found,) = rds.describe_db_instances(DBInstanceIdentifier="fresh")["DBInstances"]
    assert found["DBInstanceStatus"] == "creating"


@at_aws("a Multi-AZ instance names the zone of its standby")
def test_a_standby_has_a_zone(rds: Any) -> None:
    rds.create_db_instance(DBInstanceIdentifier="two-zones", MultiAZ=True, **DATABASE)
    (found,) = rds.describe_db_instances(DBInstanceIdentifier="two-zones")["DBInstances"]
    assert found.get("SecondaryAvailabilityZone")


@at_aws("storage never shrinks")
def test_less_storage_is_refused(rds: Any) -> None:
    rds.create_db_instance(DBInstanceIdentifier="full", **DATABASE | {"AllocatedStorage": 100})
    refused(rds.modify_db_instance, DBInstanceIdentifier="full", AllocatedStorage=50)


@at_aws("a replica's source must keep backups")
def test_a_source_without_backups_is_refused(rds: Any) -> None:
    rds.create_db_instance(DBInstanceIdentifier="bare", BackupRetentionPeriod=0, **DATABASE)
    replica = {"DBInstanceIdentifier": "copy", "SourceDBInstanceIdentifier": "bare"}
    refused(rds.create_db_instance_read_replica, **replica)


@at_aws("a promoted replica stands alone")
def test_a_promoted_replica_names_no_source(rds: Any) -> None:
    rds.create_db_instance(DBInstanceIdentifier="source", BackupRetentionPeriod=1, **DATABASE)
    replica = {"DBInstanceIdentifier": "replica", "SourceDBInstanceIdentifier": "source"}
    rds.create_db_instance_read_replica(**replica)
    rds.promote_read_replica(DBInstanceIdentifier="replica")
    (found,) = rds.describe_db_instances(DBInstanceIdentifier="replica")["DBInstances"]
    assert not found.get("ReadReplicaSourceDBInstanceIdentifier")


@at_aws("a failover goes to the reader with the smallest promotion tier")
def test_a_failover_obeys_the_tiers(rds: Any) -> None:
    rds.create_db_cluster(DBClusterIdentifier="tiers", Engine="aurora-mysql", **LOGIN)
    member = {"DBClusterIdentifier": "tiers", "Engine": "aurora-mysql"}
    member |= {"DBInstanceClass": "db.r6g.large"}
    for name, tier in (("writer", 0), ("last", 15), ("next", 1)):
        rds.create_db_instance(DBInstanceIdentifier=f"tiers-{name}", PromotionTier=tier, **member)
    rds.failover_db_cluster(DBClusterIdentifier="tiers")
    (found,) = rds.describe_db_clusters(DBClusterIdentifier="tiers")["DBClusters"]
    writers = [one for one in found["DBClusterMembers"] if one["IsClusterWriter"]]
    assert [one["DBInstanceIdentifier"] for one in writers] == ["tiers-next"]


@at_aws("a proxy of MySQL listens on port 3306")
def test_a_proxy_of_mysql_has_its_port(rds: Any, zones: list[str]) -> None:
    rds.create_db_instance(DBInstanceIdentifier="behind", **DATABASE)
    login = [{"AuthScheme": "SECRETS", "SecretArn": "arn:aws:secretsmanager:us-east-1:1:secret:s"}]
    rds.create_db_proxy(
        DBProxyName="front",
        EngineFamily="MYSQL",
        Auth=login,
        RoleArn="arn:aws:iam::123456789012:role/proxy",
        VpcSubnetIds=zones,
    )
    rds.register_db_proxy_targets(DBProxyName="front", DBInstanceIdentifiers=["behind"])
    (target,) = rds.describe_db_proxy_targets(DBProxyName="front")["Targets"]
    assert target["Port"] == 3306


@pytest.fixture(scope="module")
def cache(aws: Offline) -> Any:
    return aws.client("elasticache")


def nodes(name: str, **values: Any) -> dict[str, Any]:
    group = {"ReplicationGroupId": name, "ReplicationGroupDescription": name}
    return {**group, "Engine": "valkey", "CacheNodeType": "cache.t4g.micro", **values}


@at_aws("a cluster is creating at first")
def test_a_cache_is_creating(cache: Any) -> None:
    made = cache.create_replication_group(**nodes("fresh"))
    assert made["ReplicationGroup"]["Status"] == "creating"


@at_aws("NumCacheClusters counts a primary and its replicas")
def test_two_cache_clusters_are_two(cache: Any) -> None:
    made = cache.create_replication_group(**nodes("pair", NumCacheClusters=2))
    assert len(made["ReplicationGroup"]["MemberClusters"]) == 2


@at_aws("the durability that was asked for is in the answer")
def test_durability_is_kept(cache: Any) -> None:
    made = cache.create_replication_group(**nodes("sync", Durability="sync"))
    assert made["ReplicationGroup"].get("Durability") == "sync"


@at_aws("a cluster of MemoryDB has the version that was asked for")
def test_a_cluster_has_its_version(aws: Offline) -> None:
    made = aws.client("memorydb").create_cluster(
        ClusterName="shop", NodeType="db.t4g.small", ACLName="open-access",
        Engine="valkey", EngineVersion="7.3",
    )  # fmt: skip
    assert made["Cluster"]["EngineVersion"] == "7.3"
