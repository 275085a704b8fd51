"""A load run on an instance: exact between the moments at which credit ends or is full."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ec2 import Burstable
from awsnb.aws.ec2.burstable import CREDIT_VCPU_S, UNLIMITED
from awsnb.mechanisms import token_bucket
from awsnb.mechanisms.token_bucket import Bucket

Floats = NDArray[np.float64]


class Run(NamedTuple):
    """What an instance did, per sample of the load.

    Attributes
    ----------
    served_vcpu_s, lost_vcpu_s : ndarray of float, shape (n,)
        Work done and work given up.
    throttled_s : ndarray of float, shape (n,)
        Seconds in which work waited or was given up.
    balance, surplus : ndarray of float, shape (n,)
        Credits held, and credits owed, at the sample's end.
    charged : ndarray of float, shape (n,)
        Surplus credits that are billed at once.
    """

    served_vcpu_s: Floats
    lost_vcpu_s: Floats
    throttled_s: Floats
    balance: Floats
    surplus: Floats
    charged: Floats


def run(
    instance: Burstable,
    duration_s: Floats,
    vcpus: Floats,
    earned: float,
    launch: float = 0.0,
    overload: str = "queue",
) -> Run:
    """Run a load on an instance.

    Work above the number of vCPUs is held back first; the rest takes credit. In unlimited mode the
    instance may owe what it earns in a day: a bucket twice as deep, and what does not fit is
    charged.

    Parameters
    ----------
    instance : Burstable
        The instance and its mode.
    duration_s, vcpus : ndarray of float, shape (n,)
        Length of each sample, and the vCPUs that the load would keep busy in it.
    earned, launch : float
        Credits at the start. Launch credits are spent first and do not come back.
    overload : {"queue", "drop"}
        What becomes of work that is held back.
    """
    waiting = np.inf if overload == "queue" else 0.0
    size = float(instance.vcpus)
    served, lost, held_s = vcpus * duration_s, np.zeros(vcpus.size), np.zeros(vcpus.size)
    if vcpus.max() > size:
        cap = Bucket(1.0, size, size, 0.0, 0.0)
        through = token_bucket.serve(duration_s, vcpus, [cap], waiting)
        served, lost, held_s = through.served, through.lost, through.throttled_s
    if instance.mode == UNLIMITED:
        return _unlimited(instance, duration_s, served, earned, (lost, held_s))
    done = _standard(instance, duration_s, served, (earned, launch), waiting)
    throttled_s = np.minimum(done.throttled_s + held_s, duration_s)
    return done._replace(lost_vcpu_s=done.lost_vcpu_s + lost, throttled_s=throttled_s)


def _bucket(instance: Burstable, capacity: float, level: float) -> Bucket:
    base, size = instance.baseline_vcpus, float(instance.vcpus)
    return Bucket(1.0, base, size, capacity * CREDIT_VCPU_S, level * CREDIT_VCPU_S)


def _unlimited(
    instance: Burstable,
    duration_s: Floats,
    work: Floats,
    earned: float,
    capped: tuple[Floats, Floats],
) -> Run:
    most = instance.max_credits
    bucket = _bucket(instance, 2 * most, most + earned)
    service = token_bucket.serve(duration_s, work / duration_s, [bucket], 0.0)
    credit = service.level[:, 0] / CREDIT_VCPU_S - most
    owed, held = np.maximum(-credit, 0.0), np.maximum(credit, 0.0)
    return Run(work, *capped, held, owed, service.lost / CREDIT_VCPU_S)


def _standard(
    instance: Burstable,
    duration_s: Floats,
    work: Floats,
    credits: tuple[float, float],
    waiting: float,
) -> Run:
    """Spend launch credits first: until they are gone, the load takes nothing that was earned."""
    earned, launch = credits
    given = launch * CREDIT_VCPU_S
    spent = np.minimum(np.cumsum(work), given)
    rate, length_s, first = _after_launch(duration_s, work, given)
    bucket = _bucket(instance, instance.max_credits, earned)
    service = token_bucket.serve(length_s, rate, [bucket], waiting)
    last = np.append(first[1:], length_s.size) - 1
    served, lost, throttled_s = (
        np.add.reduceat(column, first)
        for column in (service.served, service.lost, service.throttled_s)
    )
    balance = service.level[last, 0] / CREDIT_VCPU_S + (given - spent) / CREDIT_VCPU_S
    none = np.zeros(work.size)
    served = served + np.diff(spent, prepend=0.0)
    return Run(served, lost, throttled_s, balance, none, none)


def _after_launch(
    duration_s: Floats, work: Floats, given: float
) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Take out what launch credits pay for; the sample in which they end is cut in two.

    Returns
    -------
    rate, length_s : ndarray of float
        Load on the earned credits, and the length of each piece.
    first : ndarray of int, shape (n,)
        The piece that each sample begins with.
    """
    total = np.cumsum(work)
    end = int(np.searchsorted(total, given, side="right"))
    rate = work / duration_s
    index = np.arange(work.size)
    if end == work.size:  # they outlast the load
        return np.where(total <= given, 0.0, rate), duration_s, index
    before = total[end] - work[end]
    part_s = (given - before) / rate[end]
    after = np.where(index < end, 0.0, rate)
    if not 0.0 < part_s < duration_s[end]:
        return after, duration_s, index
    rate, length_s = np.insert(after, end, 0.0), np.insert(duration_s, end, part_s)
    length_s[end + 1] -= part_s
    return rate, length_s, np.where(index > end, index + 1, index)
