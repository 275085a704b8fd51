"""How a night begins: the site's numbers as the kernel reads them, and a cache that is warm."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms._records import records, records_of
from awsnb.mechanisms.cascade import kernel
from awsnb.mechanisms.cascade.site import Batch, Cache, HealthCheck, Site
from awsnb.mechanisms.control_loop import Case, Sensor
from awsnb.mechanisms.control_loop.controller import control_of
from awsnb.mechanisms.control_loop.kernel import Control
from awsnb.mechanisms.control_loop.policies import rules_of
from awsnb.mechanisms.popularity import zipf_weights

CLASSES = 24  # of popularity
SENSOR = Sensor(kernel.MINUTE_S, kernel.MINUTE_S)  # a datapoint is seen a minute after its end


class Memory(NamedTuple):
    """What a night keeps in mind (s slots, c classes of keys, n steps, a attempts).

    Attributes
    ----------
    site, state : ndarray, shape (1,)
    slots : ndarray, shape (s,)
    keys : ndarray, shape (c,)
    phases : ndarray of float, shape (s, l)
        Of the health checks of an instance and of those that take its place, 0 to 1.
    users : ndarray of float, shape (n,)
        Who arrive, by step.
    arrived : ndarray of float, shape (s, n)
        Requests that came to an instance in a step.
    mix : ndarray of float, shape (n, a)
        The parts of them that are first, second ... attempts.
    due : ndarray of float, shape (a ring of steps, a)
        Retries to come.
    expiry : ndarray of float, shape (a ring of steps, c)
        By how much more of the keys expire in a step than in the one before.
    alive : ndarray of float, shape (s, a)
        Queries under way that will be answered in time.
    rows : ndarray, shape (n,)
    minutes : ndarray, shape (m,)
    control : Control
        Of the scaling policies.
    """

    site: NDArray
    state: NDArray
    slots: NDArray
    keys: NDArray
    phases: NDArray[np.float64]
    users: NDArray[np.float64]
    arrived: NDArray[np.float64]
    mix: NDArray[np.float64]
    due: NDArray[np.float64]
    expiry: NDArray[np.float64]
    alive: NDArray[np.float64]
    rows: NDArray
    minutes: NDArray
    control: Control


def memory_of(
    site: Site, users_per_s: NDArray[np.float64], step_s: float, phases: NDArray[np.float64]
) -> Memory:
    """Make room, and begin with the initial instances and a warm cache."""
    numbers = _numbers(site, step_s)
    n, slots, attempts = users_per_s.size, phases.shape[0], site.clients.retries + 1
    minutes = n // round(kernel.MINUTE_S / step_s)
    keys, expiry = _warm(site, users_per_s[0], numbers)
    return Memory(
        site=numbers,
        state=_state(site),
        slots=_slots(site, phases),
        keys=keys,
        phases=phases,
        users=users_per_s * step_s,
        arrived=np.zeros((slots, n)),
        mix=np.zeros((n, attempts)),
        due=np.zeros((_longest_pause(site, numbers) + 2, attempts)),
        expiry=expiry,
        alive=np.zeros((slots, attempts)),
        rows=records(kernel.STEP, n),
        minutes=records(kernel.MINUTE, minutes),
        control=control_of(
            Case(site.group, site.policies, SENSOR), rules_of(site.policies), minutes
        ),
    )


def _control(site: Site, minutes: int) -> Control:
    case = Case(site.group, site.policies, SENSOR)
    return control_of(case, rules_of(site.policies), minutes)


def _longest_pause(site: Site, numbers: NDArray) -> int:
    """Steps from an arrival to the last moment at which a retry of it can be due."""
    pause_s = site.clients.pause_s * 2.0 ** max(0, site.clients.retries - 1)
    return int(numbers["patience"][0] + np.ceil(pause_s / numbers["step"][0]) + 1)


def _numbers(site: Site, step_s: float) -> NDArray:
    clients, instance, group, database, *_ = site
    cache, batch = site.cache or Cache(1, 0.0, step_s), site.batch or Batch(0.0, 0.0, 1, 0.0)
    checks = site.health_check or HealthCheck(1.0, 1.0)
    first = max(1, round(cache.ttl_s * (1 - cache.ttl_jitter) / step_s))
    last = max(first + 1, round(cache.ttl_s * (1 + cache.ttl_jitter) / step_s))
    row = {
        "step": step_s,
        "patience": round(clients.patience_s / step_s),
        "pause": clients.pause_s,
        "retries": clients.retries,
        "full_jitter": clients.full_jitter,
        "budget": clients.retry_budget,
        "vcpus": instance.vcpus,
        "request_cpu": instance.request_cpu_ms / 1000,
        "threads": instance.threads,
        "pool": instance.pool,
        "queue_limit": instance.queue_limit,
        "query_limit": instance.query_limit,
        "database_vcpus": database.vcpus,
        "query_cpu": database.query_cpu_ms / 1000,
        "query_ios": database.query_ios,
        "io": database.io_ms / 1000,
        "login_cpu": database.login_cpu_ms / 1000,
        "max_connections": database.max_connections,
        "proxied": database.proxied,
        "baseline": database.volume.baseline,
        "burst": database.volume.burst,
        "capacity": database.volume.capacity,
        "cached": site.cache is not None,
        "coalesced": cache.coalesced,
        "ttl_from": first,
        "ttl_to": last,
        "batch_start": batch.start_s,
        "workers": batch.workers,
        "think": batch.think_ms / 1000,
        "publishes": batch.publishes_s,
        "checked": site.health_check is not None,
        "interval": checks.interval_s,
        "timeout": checks.timeout_s,
        "failures": checks.failures,
        "grace": checks.grace_s,
        "boot": group.boot_s,
        "warm_up": group.warm_up_s,
        "drain": group.drain_s,
    }
    return records_of(kernel.SITE, [row])


def _state(site: Site) -> NDArray:
    database = site.database
    return records_of(
        kernel.STATE,
        [
            {
                "credits": database.volume.level,
                "batch_left": site.batch.ios if site.batch else 0.0,
                "query_s": (database.query_cpu_ms + database.query_ios * database.io_ms) / 1000,
                "miss_share": 1.0,
            }
        ],
    )


def _slots(site: Site, phases: NDArray[np.float64]) -> NDArray:
    slots = records(kernel.SLOT, phases.shape[0])
    slots["status"][: site.group.initial] = kernel.BOOTING
    slots["serves_at"] = slots["counts_at"] = -np.inf
    return slots


def _warm(site: Site, users_per_s: float, numbers: NDArray) -> tuple[NDArray, NDArray[np.float64]]:
    """A cache in balance: a key is absent from its expiry until it is next asked for."""
    if site.cache is None:
        return records(kernel.KEYS, 0), np.zeros((1, 0))
    count, share = _classes(site.cache.keys, site.cache.alpha)
    keys = records(kernel.KEYS, count.size)
    asked = users_per_s * share / count * site.cache.ttl_s
    keys["keys"], keys["share"], keys["cached"] = count, share, asked / (1 + asked)
    ring = int(numbers["ttl_to"][0]) + 2
    expiry = np.zeros((ring, count.size))
    steps = max(1, round(site.cache.ttl_s / numbers["step"][0]))
    expiry[0] += keys["cached"] / steps
    expiry[steps] -= keys["cached"] / steps
    return keys, expiry


@lru_cache(maxsize=8)
def _classes(keys: int, alpha: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Keys by rank in classes that grow by a factor, and the share of requests for each class."""
    edges = np.unique(np.round(np.geomspace(1, keys + 1, CLASSES + 1))).astype(np.int64) - 1
    weight = np.add.reduceat(zipf_weights(keys, alpha), edges[:-1])
    return np.diff(edges).astype(np.float64), weight
