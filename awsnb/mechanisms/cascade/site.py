"""What there is: clients, a fleet of instances, a cache, a database on a volume, and a batch."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from awsnb.mechanisms.control_loop import Group, Policy
from awsnb.mechanisms.token_bucket import Bucket


class Clients(NamedTuple):
    """Users who lose patience and send their request again.

    Attributes
    ----------
    patience_s : float
        After which a request has failed to its client. Its instance does not know, and works on.
    retries : int
        How often a user tries again before giving up.
    pause_s : float
        Before the first retry; it doubles before each further one.
    full_jitter : bool
        Whether the pause is a random part of that, each as likely.
    retry_budget : float
        Retries for each first request, at most. A retry beyond it is given up.
    """

    patience_s: float
    retries: int = 0
    pause_s: float = 1.0
    full_jitter: bool = False
    retry_budget: float = math.inf


class Instance(NamedTuple):
    """One of those that the balancer shares the requests among, evenly.

    Attributes
    ----------
    vcpus : float
    request_cpu_ms : float
        Of one request, without its query. It holds a thread for as long.
    threads : int
        Requests under way at once. The others wait in a queue, first come, first served.
    pool : int
        Connections to the database, or to its proxy, at most. They are opened when needed.
    queue_limit : float
        Requests that may wait; one more is refused at once.
    query_limit : float
        Queries under way or waiting for a connection, at most; one more fails at once: a bulkhead.
    """

    vcpus: float
    request_cpu_ms: float
    threads: int
    pool: int
    queue_limit: float = math.inf
    query_limit: float = math.inf


class HealthCheck(NamedTuple):
    """A request that goes through an instance's queue, as any other, every `interval_s`.

    Attributes
    ----------
    interval_s, timeout_s : float
    failures : int
        In a row, until the instance is replaced.
    grace_s : float
        After an instance comes into service, in which it is not replaced.
    """

    interval_s: float
    timeout_s: float
    failures: int = 2
    grace_s: float = 0.0


class Database(NamedTuple):
    """What answers the queries of all instances.

    Attributes
    ----------
    vcpus : float
    query_cpu_ms : float
        Of one query.
    query_ios : float
        I/Os of one query, one after another.
    io_ms : float
        Of one I/O while the volume keeps up.
    login_cpu_ms : float
        To open a connection, or to refuse it.
    max_connections : int
    volume : Bucket
        I/O credits: cost 1, rates in IOPS. A capacity of 0 is a volume of constant IOPS.
    proxied : bool
        Whether a proxy keeps the connections open and shares them query by query. Nothing is
        refused then; what finds none waits.
    """

    vcpus: float
    query_cpu_ms: float
    query_ios: float
    io_ms: float
    login_cpu_ms: float
    max_connections: int
    volume: Bucket
    proxied: bool = False


class Cache(NamedTuple):
    """Keys that are loaded by a query when they are absent.

    Attributes
    ----------
    keys : int
    alpha : float
        Skew of Zipf's law.
    ttl_s : float
        From load to expiry.
    ttl_jitter : float
        The TTL is spread evenly by this part of it, down and up: 0 to 1.
    coalesced : bool
        Whether one query loads a key for all who ask while it lasts. They wait without a thread.
    """

    keys: int
    alpha: float
    ttl_s: float
    ttl_jitter: float = 0.0
    coalesced: bool = False


class Batch(NamedTuple):
    """Work on the database's own volume.

    Attributes
    ----------
    start_s : float
    ios : float
        I/Os in all.
    workers : int
        Each does one I/O at a time, and thinks in between.
    think_ms : float
    publishes_s : float
        When its result writes every key of the cache anew; ``inf`` is never.
    """

    start_s: float
    ios: float
    workers: int
    think_ms: float
    publishes_s: float = math.inf


class Site(NamedTuple):
    """All of it.

    Attributes
    ----------
    clients : Clients
    instance : Instance
    group : Group
        Initial, smallest and largest number of instances; times to boot, warm up and drain.
    database : Database
    cache : Cache, optional
        Without one, every request is a query.
    batch : Batch, optional
    health_check : HealthCheck, optional
        Without one, no instance is replaced.
    policies : sequence of Policy
        Of the metrics "utilisation" (CPU of the instances that count, %) and "requests per
        instance" (sent, each second and instance in service).
    """

    clients: Clients
    instance: Instance
    group: Group
    database: Database
    cache: Cache | None = None
    batch: Batch | None = None
    health_check: HealthCheck | None = None
    policies: Sequence[Policy] = ()


def check(site: Site) -> None:
    """Refuse what can't be.

    Raises
    ------
    ValueError
        If a number is out of its range.
    """
    clients, instance, database = site.clients, site.instance, site.database
    _above_0("Clients", patience_s=clients.patience_s, pause_s=clients.pause_s)
    _not_below_0("Clients", retries=clients.retries, retry_budget=clients.retry_budget)
    if clients.retries > 10:
        raise ValueError(f"Clients has retries = {clients.retries}: must be 0 to 10.")
    _above_0("Instance", vcpus=instance.vcpus, request_cpu_ms=instance.request_cpu_ms,
             threads=instance.threads, pool=instance.pool)  # fmt: skip
    _not_below_0("Instance", queue_limit=instance.queue_limit, query_limit=instance.query_limit)
    _above_0("Database", vcpus=database.vcpus, query_cpu_ms=database.query_cpu_ms,
             query_ios=database.query_ios, io_ms=database.io_ms,
             max_connections=database.max_connections)  # fmt: skip
    _not_below_0("Database", login_cpu_ms=database.login_cpu_ms)
    _check_volume(database.volume)
    if site.cache:
        _check_cache(site.cache)
    if site.batch:
        _check_batch(site.batch)
    if site.health_check:
        _check_health(site.health_check)


def _above_0(whose: str, **numbers: float) -> None:
    for name, number in numbers.items():
        if not 0 < number < math.inf:
            raise ValueError(f"{whose} has {name} = {number}: must be finite and above 0.")


def _not_below_0(whose: str, **numbers: float) -> None:
    for name, number in numbers.items():
        if not number >= 0:
            raise ValueError(f"{whose} has {name} = {number}: must be 0 or more.")


def _check_volume(volume: Bucket) -> None:
    if volume.cost != 1:
        raise ValueError(f"Database has a volume of cost {volume.cost}: must be 1 credit an I/O.")
    if not (0 < volume.baseline <= volume.burst < math.inf):
        raise ValueError("Database needs a volume with 0 < baseline <= burst, both finite.")
    if not 0 <= volume.level <= volume.capacity < math.inf:
        raise ValueError("Database needs a volume with 0 <= level <= capacity, both finite.")


def _check_cache(cache: Cache) -> None:
    _above_0("Cache", keys=cache.keys, ttl_s=cache.ttl_s)
    _not_below_0("Cache", alpha=cache.alpha)
    if not 0 <= cache.ttl_jitter <= 1:
        raise ValueError(f"Cache has ttl_jitter = {cache.ttl_jitter}: must be 0 to 1.")


def _check_batch(batch: Batch) -> None:
    _not_below_0("Batch", start_s=batch.start_s, ios=batch.ios, publishes_s=batch.publishes_s)
    _above_0("Batch", workers=batch.workers, think_ms=batch.think_ms)


def _check_health(check: HealthCheck) -> None:
    _above_0("HealthCheck", interval_s=check.interval_s, timeout_s=check.timeout_s,
             failures=check.failures)  # fmt: skip
    _not_below_0("HealthCheck", grace_s=check.grace_s)
