"""The scenario as the mechanism knows it: clients, instances, cache, database, batch, policies."""

import math

from awsnb.aws.autoscaling import ASG, EC2_GROUPS, low_share_pct, tracking_alarms
from awsnb.aws.ebs import EBS
from awsnb.aws.elb.limits import ELB
from awsnb.mechanisms.cascade import (
    Batch,
    Cache,
    Clients,
    Database,
    HealthCheck,
    Instance,
    Site,
)
from awsnb.mechanisms.control_loop import Group, TargetTracking
from awsnb.sections.cascade.scenario import (
    CPU,
    DB_VCPUS,
    DEEP,
    PAGE,
    PROXY,
    SMALLEST,
    VCPUS,
    CascadeScenario,
)

BOOT_S, INITIAL = 120.0, 4
KEYS, SKEW = 200_000, 0.8
PUBLISHES_S = 4.5 * 3600  # 06:30


def site_of(scenario: CascadeScenario) -> Site:
    """Return the site that a scenario describes."""
    return Site(
        clients=_clients(scenario),
        instance=_instance(scenario),
        group=Group(
            min(INITIAL, scenario.largest), SMALLEST, scenario.largest, boot_s=BOOT_S,
            warm_up_s=float(ASG.value("warm_up", "duration")),
        ),
        database=_database(scenario),
        cache=Cache(
            KEYS, SKEW, 60.0 * scenario.ttl_min, scenario.ttl_jitter_pct / 100, scenario.coalesce
        ),
        batch=_batch(scenario),
        health_check=_health_check() if scenario.health_check == DEEP else None,
        policies=[_policy(scenario)],
    )  # fmt: skip


def _clients(scenario: CascadeScenario) -> Clients:
    budget = scenario.retry_budget_pct
    return Clients(
        scenario.patience_s,
        scenario.retries,
        scenario.pause_s,
        scenario.full_jitter,
        math.inf if budget is None else budget / 100,
    )


def _instance(scenario: CascadeScenario) -> Instance:
    limits = (
        math.inf if limit is None else limit for limit in (scenario.queue_limit, scenario.bulkhead)
    )
    return Instance(VCPUS, scenario.cpu_ms, scenario.threads, scenario.pool, *limits)


def _database(scenario: CascadeScenario) -> Database:
    return Database(
        vcpus=DB_VCPUS,
        query_cpu_ms=scenario.query_ms,
        query_ios=scenario.query_ios,
        io_ms=EBS.value(scenario.storage_type, "latency_unloaded"),
        login_cpu_ms=scenario.login_ms,
        max_connections=scenario.most_connections,
        volume=scenario.storage.limits(PAGE)[0].bucket,
        proxied=scenario.connect == PROXY,
    )


def _batch(scenario: CascadeScenario) -> Batch | None:
    if not scenario.batch_workers:
        return None
    ios = 1e6 * scenario.batch_million
    return Batch(0.0, ios, scenario.batch_workers, scenario.think_ms, PUBLISHES_S)


def _health_check() -> HealthCheck:
    interval_s, timeout_s, failures = (
        ELB.value("health_check", key) for key in ("interval", "timeout_alb", "unhealthy_threshold")
    )
    return HealthCheck(interval_s, timeout_s, failures, ASG.value("health", "grace_console"))


def _policy(scenario: CascadeScenario) -> TargetTracking:
    share = low_share_pct(EC2_GROUPS) / 100
    target, metric = scenario.target_pct, "utilisation"
    if scenario.scale_on != CPU:  # as many requests as keep the CPU at the target
        target, metric = target / 100 * VCPUS * 1000 / scenario.cpu_ms, "requests per instance"
    out, back = tracking_alarms(target, share * target, metric=metric)
    at_most = ASG.value("target_tracking", "remove_at_most")
    return TargetTracking(target, out, back, remove_at_most=at_most)
