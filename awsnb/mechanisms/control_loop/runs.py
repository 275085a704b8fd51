"""Let policies follow a load: once with its whole ledger, or many times for the totals."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb._cores import cores
from awsnb.mechanisms._records import layout, records, records_of
from awsnb.mechanisms.control_loop import kernel
from awsnb.mechanisms.control_loop.ahead import (
    Action,
    Forecast,
    actions_in_order,
    forecast_capacity,
)
from awsnb.mechanisms.control_loop.plant import Group, Sensor, plant_record
from awsnb.mechanisms.control_loop.policies import Alarm, Policy, Rules, rules_of

CHUNK = 64  # most cases that a thread takes at a time


class Case(NamedTuple):
    """What `sweep` varies."""

    group: Group
    policies: Sequence[Policy]
    sensor: Sensor


class Totals(NamedTuple):
    """Sums over a run: numbers, or one array element a case.

    Attributes
    ----------
    instance_s : float
        Instance-seconds, from launch until gone.
    served, lost, delayed : float
        Work done, turned away, and made to wait.
    waiting : float
        Integral of the backlog: work x seconds.
    short_s : float
        Seconds in which capacity did not suffice.
    above_s : float
        Seconds of periods whose datapoint breached an alarm above its threshold.
    launched, removed, reversals : float
        Instances, and changes of direction between scaling out and in.
    peak, peak_backlog, backlog : float
        Largest desired capacity and backlog, at the end of any period; backlog at the end.
    """

    instance_s: Any
    served: Any
    lost: Any
    delayed: Any
    waiting: Any
    short_s: Any
    above_s: Any
    launched: Any
    removed: Any
    reversals: Any
    peak: Any
    peak_backlog: Any
    backlog: Any


TOTALS = layout(float64=" ".join(Totals._fields))


class Scaling(NamedTuple):
    """What happened, per metric period (n periods, a alarms).

    Attributes
    ----------
    metric : ndarray of float, shape (m, n)
        The datapoints of the period itself, NaN where missing: utilisation, and those of `METRICS`
        up to the last one that an alarm watches.
    instance_s, served, lost, delayed, waiting, short_s, backlog : ndarray of float, shape (n,)
        As in `Totals`; the backlog is the one at the period's end.
    desired, warming, booting, leaving : ndarray of int, shape (n,)
        Instances right after the decision.
    cause : ndarray of int, shape (n,)
        Number of the alarm that changed the capacity, from 1; or `NOBODY`, `SCHEDULE`, `FORECAST`,
        `BOUNDS`.
    breaching, reason, wanted : ndarray of int, shape (a, n)
        Breaching datapoints among an alarm's last, what it came to (`WAITS` to `SCALED`), and the
        capacity its policy asked for.
    alarms : list of Alarm
        Those of the policies, in order; scale-out before scale-in.
    names : list of str
        Of the policy of each alarm.
    group : Group
    sensor : Sensor
    totals : Totals
    """

    metric: NDArray[np.float64]
    instance_s: NDArray[np.float64]
    served: NDArray[np.float64]
    lost: NDArray[np.float64]
    delayed: NDArray[np.float64]
    waiting: NDArray[np.float64]
    short_s: NDArray[np.float64]
    backlog: NDArray[np.float64]
    desired: NDArray[np.int32]
    warming: NDArray[np.int32]
    booting: NDArray[np.int32]
    leaving: NDArray[np.int32]
    cause: NDArray[np.int32]
    breaching: NDArray[np.int32]
    reason: NDArray[np.int32]
    wanted: NDArray[np.int32]
    alarms: list[Alarm]
    names: list[str]
    group: Group
    sensor: Sensor
    totals: Totals

    @property
    def decided_s(self) -> NDArray[np.float64]:
        """When each period's decision fell, s."""
        period_s, delay_s = self.sensor
        return np.arange(self.desired.size, dtype=np.float64) * period_s + delay_s % period_s

    @property
    def counting(self) -> NDArray[np.int32]:
        """Instances that count in the metric right after the decision."""
        return self.desired - self.warming - self.booting


def scale(
    load_per_s: ArrayLike,
    every_s: float,
    group: Group,
    policies: Sequence[Policy],
    sensor: Sensor,
    schedule: Sequence[Action] = (),
    forecast: Forecast | None = None,
    seen: ArrayLike | None = None,
) -> Scaling:
    """Let policies follow a load.

    Parameters
    ----------
    load_per_s : array_like of float, shape (m,)
        Work that arrives per second, constant for `every_s` each, 0 or more.
    every_s : float
        Divides the metric's period, or is a multiple of it, s.
    group : Group
    policies : sequence of Policy
        With any number of them the largest capacity asked for wins, out and in; they scale in only
        if none scales out.
    sensor : Sensor
    schedule : sequence of Action
    forecast : Forecast, optional
    seen : array_like of float, shape (n,), optional
        Factor by which each datapoint is off, for noise; NaN where it is missing.

    Returns
    -------
    Scaling
        For as many whole periods as the load lasts.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    One saturated instance, 40 % wanted, three datapoints needed, a minute to boot:

    >>> from awsnb.mechanisms.control_loop import TargetTracking, entry, explain
    >>> policy = TargetTracking(40, Alarm(40, True, 3, 3), Alarm(28, False, 15, 15))
    >>> run = scale([1.0] * 10, 60, Group(1, 1, 3, boot_s=60), [policy], Sensor(60))
    >>> run.desired.tolist()
    [1, 1, 1, 3, 3, 3, 3, 3, 3, 3]
    >>> print(explain(entry(run, 2, alarm=0)))
    target tracking saw 100: 2 of its last 3 datapoints are above 40, it takes 3, so it waits.
    >>> print(explain(entry(run, 3, alarm=0)))
    target tracking saw 100 and asked for 3: the capacity goes from 1 to 3.
    """
    plants, rules = plants_of([Case(group, policies, sensor)]), rules_of(policies)
    world = _world(load_per_s, every_s, sensor.period_s, schedule, forecast, seen)
    n = world.work.size
    metric, flow, ledger = metric_of(rules, n), _flow(n), _ledger(len(rules.alarms), n)
    totals = records(TOTALS, 1)
    memory = memory_of(plants, len(rules.alarms))
    kernel.run(plants, rules.table, rules.steps, world, metric, flow, ledger, totals, memory)
    return Scaling(
        metric,
        *flow,
        *ledger,
        alarms=rules.alarms,
        names=rules.names,
        group=group,
        sensor=sensor,
        totals=Totals(*totals[0].item()),
    )


def sweep(
    load_per_s: ArrayLike,
    every_s: float,
    cases: Sequence[Case],
    schedule: Sequence[Action] = (),
    forecast: Forecast | None = None,
    threads: int | None = None,
) -> Totals:
    """Run many cases on one load, on all cores.

    Every case is one serial run that writes to its own place, so results are the same to the last
    bit whatever the number of threads.

    Parameters
    ----------
    load_per_s : array_like of float, shape (m,)
        As for `scale`.
    every_s : float
        As for `scale`, s.
    cases : sequence of Case
    schedule : sequence of Action
    forecast : Forecast, optional
    threads : int, optional
        One a core if not given.

    Returns
    -------
    Totals
        Of arrays with one element a case.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> from awsnb.mechanisms.control_loop import TargetTracking
    >>> policy = TargetTracking(50, Alarm(50, True, 1, 1))
    >>> cases = [Case(Group(1, 1, 9, boot_s=b), [policy], Sensor(60)) for b in (0, 120)]
    >>> sweep([2.0] * 10, 60, cases).lost.tolist(), sweep([2.0] * 10, 60, cases).short_s.tolist()
    ([0.0, 0.0], [150.0, 390.0])
    """
    threads = cores() if threads is None else threads
    if threads < 1:
        raise ValueError(f"threads = {threads}: must be 1 or more.")
    plants, totals = plants_of(cases), records(TOTALS, len(cases))
    distinct = {id(case.policies): case.policies for case in cases}  # a map shares most of them
    rules = {key: rules_of(policies) for key, policies in distinct.items()}
    worlds = {
        period: _world(load_per_s, every_s, period, schedule, forecast, None)
        for period in np.unique(plants["period"]).tolist()
    }

    def run(picked: list[int]) -> None:
        first = picked[0]
        totals[picked] = _totals(
            plants[picked], rules[id(cases[first].policies)], worlds[float(plants["period"][first])]
        )

    parts = _parts(cases)
    if threads == 1:
        for part in parts:
            run(part)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(run, parts))
    return Totals(*(np.ascontiguousarray(totals[name]) for name in Totals._fields))


def _parts(cases: Sequence[Case]) -> list[list[int]]:
    """Positions of cases with the same policies and period, some at a time."""
    alike: dict[tuple[float, int], list[int]] = {}
    for i, case in enumerate(cases):
        alike.setdefault((float(case.sensor.period_s), id(case.policies)), []).append(i)
    return [
        picked[i : i + CHUNK] for picked in alike.values() for i in range(0, len(picked), CHUNK)
    ]


def _totals(plants: NDArray, rules: Rules, world: kernel.World) -> NDArray:
    """Run some cases, and keep their totals alone."""
    totals, memory = records(TOTALS, plants.size), memory_of(plants, len(rules.alarms))
    metric = metric_of(rules, world.work.size)
    nothing = _flow(0), _ledger(len(rules.alarms), 0)
    kernel.run(plants, rules.table, rules.steps, world, metric, *nothing, totals, memory)
    return totals


def plants_of(cases: Sequence[Case]) -> NDArray:
    """Check groups and sensors, and turn them into one record a case."""
    return records_of(kernel.PLANT, [plant_record(case.group, case.sensor) for case in cases])


def metric_of(rules: Rules, n: int) -> NDArray[np.float64]:
    """Room for the metrics up to the last one that an alarm watches."""
    return np.empty((1 + int(rules.table["metric"].max(initial=0)), n))


def _flow(n: int) -> kernel.Flow:
    return kernel.Flow(*np.empty((len(kernel.Flow._fields), n)))


def _ledger(alarms: int, n: int) -> kernel.Ledger:
    of_group = np.empty((5, n), np.int32)
    return kernel.Ledger(*of_group, *np.empty((3, alarms, n), np.int32))


def memory_of(plants: NDArray, alarms: int) -> kernel.Memory:
    """Begin with the initial instances; make room for all batches that can be under way at once."""
    states = records(kernel.STATE, plants.size)
    states["counting"] = states["desired"] = plants["initial"]
    states["smallest"], states["largest"] = plants["smallest"], plants["largest"]
    states["due"] = np.inf
    states["settled"] = states["grew"] = states["shrank"] = -np.inf
    longest_s = np.max([plants["boot"], plants["warm_up"], plants["drain"]], axis=0)
    batches = 1 << (int((longest_s // plants["period"]).max()) + 2).bit_length()
    return kernel.Memory(
        states,
        stages=records(kernel.STAGE, (plants.size, 3)),
        notes=records(kernel.NOTE, (plants.size, alarms)),
        batches=records(kernel.BATCH, (3, batches)),
        sums=records(kernel.PERIOD, 1),
    )


def _world(
    load_per_s: ArrayLike,
    every_s: float,
    period_s: float,
    schedule: Sequence[Action],
    forecast: Forecast | None,
    seen: ArrayLike | None,
) -> kernel.World:
    """Cut the load into metric periods, and find what each of them begins with."""
    load = np.ascontiguousarray(load_per_s, dtype=np.float64)
    if load.ndim != 1 or not (load.size and load.min() >= 0 and load.max() < np.inf):
        raise ValueError("load_per_s must be one-dimensional, finite and 0 or more everywhere.")
    if not (0 < every_s < np.inf):
        raise ValueError(f"every_s = {every_s}: must be finite and above 0 s.")
    steps = max(1, round(period_s / every_s))
    repeats = max(1, round(every_s / period_s))
    if steps * every_s != period_s * repeats:
        raise ValueError(f"every_s = {every_s}: must divide the period of {period_s} s, or be a "
                         "multiple of it.")  # fmt: skip
    load = np.repeat(load, repeats) if repeats > 1 else load
    n = load.size // steps
    if not n:
        raise ValueError("load_per_s must last for one metric period or longer.")
    load = load[: n * steps].reshape(n, steps)
    work = (load.sum(axis=1) if steps > 1 else load[:, 0]) * (period_s / steps)
    peak = load.max(axis=1) if steps > 1 else load[:, 0]
    factor = np.ones(1) if seen is None else _factors(seen, n)
    capacity = (
        forecast_capacity(forecast, np.arange(n) * period_s)
        if forecast is not None
        else np.empty(0)
    )
    return kernel.World(load, work, peak, factor, capacity, actions_in_order(schedule))


def _factors(seen: ArrayLike, n: int) -> NDArray[np.float64]:
    factor = np.asarray(seen, dtype=np.float64)
    if factor.shape != (n,) or np.any(factor < 0) or np.any(np.isinf(factor)):
        raise ValueError(f"seen must be {n} factors, one a period, of 0 or more or NaN.")
    return factor
