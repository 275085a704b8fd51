"""A group of instances, a metric that watches it, and policies that change its size.

Within a metric period the plant is exact: load and capacity are piecewise constant, so what is
served, waits, is lost or costs is integrated from one event to the next (a load step ends, an
instance boots, warms up or leaves, the decision falls), however long that is. There is no small
time step. A period without events, backlog or overload is one sum.

Once a period, when its datapoint has come in, every alarm looks at its last datapoints and every
policy in alarm asks for a capacity. All policies are rows of numbers to one kernel.

A group of no instances has no datapoints: only a schedule or a forecast can start it.

Left out: differences between instances (all get the same share of the load), failed launches and
health checks, instance weights, and alarms that look for datapoints older than their window when
some are missing.
"""

import itertools
import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb._jit import kernel

HOUR_S = 3600.0
ROUNDING = 1e-9  # of an instance, that a quotient may be off without costing a whole one
NEVER = math.inf
CHUNK = 16  # cases a thread takes at a time

METRICS = ("utilisation", "load per instance", "backlog per instance")
ADJUSTMENTS = ("change", "percent", "exact")
CHANGE, PERCENT, EXACT = range(3)
TRACK, STEP, SIMPLE = range(3)

WAITS, NO_DATA, NO_STEP, COVERED, WARMING, COOLDOWN, LIMIT, OUTVOTED, SCALED = range(9)
"""What a policy's alarm came to: too few datapoints breach; no datapoint to go by; no step fits, or
it is 0; as many are there or coming; instances still boot or warm up; the cooldown runs; the group
is as large or small as it may be; another policy decides; it changed the capacity."""

NOBODY, SCHEDULE, FORECAST, BOUNDS = -1, -2, -3, -4
"""Who changed the capacity, if not an alarm: no one, a scheduled action, the forecast, or the
group's smallest or largest size."""

# columns of the tables that the kernel reads
PERIOD, LAG, OFFSET, CAPACITY, ROOM, BOOT, WARM_UP, DRAIN, INITIAL, SMALLEST, LARGEST = range(11)
KIND, METRIC, SIDE, THRESHOLD, LINE, DATAPOINTS, PERIODS = range(7)
TARGET, AT_MOST, ADJUSTMENT, AT_LEAST, PAUSE, FIRST, LAST = range(7, 14)
WORK, PEAK, SEEN, WANTED = range(4)
# and of those that it writes: instances by state, and what each alarm came to
BOOTING, WARM, LEAVING, COUNTING, FIRST_OF, LAST_OF, NOTES = 0, 1, 2, 3, 4, 7, 10
ABOVE_S, LAUNCHED, REMOVED, REVERSALS, PEAK_CAPACITY, PEAK_BACKLOG = range(6)
OF_ALARMS = 6


class Group(NamedTuple):
    """The plant: instances that share the load evenly.

    Attributes
    ----------
    initial, smallest, largest : int
        Instances at the start, and the bounds of the desired capacity.
    capacity_per_s : float
        Work an instance can do per second, above 0.
    boot_s : float
        From launch until it serves, s. It costs from launch on.
    warm_up_s : float
        From then until it counts, in the metric and as capacity when scaling out, s.
    drain_s : float
        From its removal until it is gone, s. It serves no more, but costs, and counts as capacity
        when scaling in.
    backlog_limit : float
        Work that may wait: ``inf`` queues all of it, 0 turns away what can't be served at once.
    """

    initial: int
    smallest: int
    largest: int
    capacity_per_s: float = 1.0
    boot_s: float = 0.0
    warm_up_s: float = 0.0
    drain_s: float = 0.0
    backlog_limit: float = math.inf


class Sensor(NamedTuple):
    """The metric's averaging period, and how long after a period's end its datapoint is seen, s.

    That is when the alarms are looked at, and the policies act.
    """

    period_s: float
    delay_s: float = 0.0


class Alarm(NamedTuple):
    """Goes off when `datapoints` of the last `periods` datapoints breach the threshold.

    Attributes
    ----------
    threshold : float
        In the metric's unit: % for utilisation, work per second and instance, or work an instance.
    above : bool
        Whether a datapoint breaches above the threshold, or below.
    datapoints, periods : int
        M of N. A missing datapoint does not breach.
    inclusive : bool
        Whether a datapoint on the threshold breaches.
    metric : str
        One of `METRICS`: mean utilisation of the instances that count; load, or backlog, for each
        instance that serves.
    """

    threshold: float
    above: bool
    datapoints: int
    periods: int
    inclusive: bool = False
    metric: str = "utilisation"


class TargetTracking(NamedTuple):
    """Asks for the capacity at which the metric would be on target, rounded up.

    Scale-in waits for instances that boot or warm up, and for the other target tracking policies:
    all that have a scale-in alarm must be in alarm.

    Attributes
    ----------
    target : float
    scale_out : Alarm
        Usually above the target.
    scale_in : Alarm, optional
        Usually below some share of the target. None disables scale-in.
    remove_at_most : float
        Instances removed by one decision.
    name : str
    cooldown_in_s : float
        From the end of the group's last change until it may scale in, s.
    """

    target: float
    scale_out: Alarm
    scale_in: Alarm | None = None
    remove_at_most: float = math.inf
    name: str = "target tracking"
    cooldown_in_s: float = 0.0


class Step(NamedTuple):
    """By how much to scale where the datapoint is between two distances from the threshold.

    Above the threshold the lower bound belongs to the step, below it the upper one.
    """

    lower: float
    upper: float
    adjustment: float


class StepScaling(NamedTuple):
    """Scales by an amount that depends on how far the newest datapoint is off the threshold.

    It keeps acting while instances boot or warm up: out, counting only those that are warm, so that
    a breach of the same size changes nothing; in, not at all until they are.

    Attributes
    ----------
    alarm : Alarm
    steps : sequence of Step
    adjustment : str
        One of `ADJUSTMENTS`: instances; % of the capacity, below 1 instance rounded to 1, else
        towards 0; or the new capacity.
    at_least : int
        The smallest change, for "percent".
    name : str
    """

    alarm: Alarm
    steps: Sequence[Step]
    adjustment: str = "change"
    at_least: int = 0
    name: str = "step scaling"


class SimpleScaling(NamedTuple):
    """Scales by one amount, then waits: `cooldown_s` from the end of the group's last change."""

    alarm: Alarm
    amount: float
    cooldown_s: float
    adjustment: str = "change"
    at_least: int = 0
    name: str = "simple scaling"


Policy = TargetTracking | StepScaling | SimpleScaling


class Action(NamedTuple):
    """A scheduled action. It takes effect at the first decision at or after its time, s."""

    at_s: float
    smallest: int | None = None
    largest: int | None = None
    desired: int | None = None


class Forecast(NamedTuple):
    """What predictive scaling expects. The group is never smaller than this needs.

    Attributes
    ----------
    load_per_s : array_like of float
        Of each hour from the start on, as by `predict`; NaN where there is none.
    target : float
        Utilisation at which it is to be served, %.
    ahead_s : float
        How long before an hour its capacity is launched, s.
    """

    load_per_s: ArrayLike
    target: float
    ahead_s: float = 0.0


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


class Scaling(NamedTuple):
    """What happened, per metric period (n periods, a alarms).

    Attributes
    ----------
    decided_s : ndarray of float, shape (n,)
        When the period's decision fell, s.
    metric : ndarray of float, shape (3, n)
        The datapoints of the period itself, in the order of `METRICS`; NaN where missing.
    instance_s, served, lost, delayed, waiting, short_s, backlog : ndarray of float, shape (n,)
        As in `Totals`; the backlog is the one at the period's end.
    desired, counting, warming, booting, leaving : ndarray of int, shape (n,)
        Instances right after the decision.
    cause : ndarray of int, shape (n,)
        The alarm that changed the capacity, or `NOBODY`, `SCHEDULE`, `FORECAST`, `BOUNDS`.
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

    decided_s: NDArray[np.float64]
    metric: NDArray[np.float64]
    instance_s: NDArray[np.float64]
    served: NDArray[np.float64]
    lost: NDArray[np.float64]
    delayed: NDArray[np.float64]
    waiting: NDArray[np.float64]
    short_s: NDArray[np.float64]
    backlog: NDArray[np.float64]
    desired: NDArray[np.int32]
    counting: NDArray[np.int32]
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


class Entry(NamedTuple):
    """One alarm at one decision: a row of the ledger.

    Attributes
    ----------
    at_s : float
    name : str
        Of the policy.
    alarm : Alarm
    value : float
        The newest datapoint; NaN where missing.
    breaching : int
        How many of the alarm's last datapoints breach.
    reason : int
        `WAITS` to `SCALED`.
    wanted, before, after : int
        Capacity the policy asked for, and the desired one before and after the decision.
    unready : int
        Instances that boot or warm up.
    """

    at_s: float
    name: str
    alarm: Alarm
    value: float
    breaching: int
    reason: int
    wanted: int
    before: int
    after: int
    unready: int


class Activity(NamedTuple):
    """A change of the desired capacity, and who made it."""

    at_s: float
    before: int
    after: int
    cause: str


class _World(NamedTuple):
    """What all cases of one metric period share."""

    load: NDArray  # (periods, load steps in each)
    periods: NDArray  # work that arrives, peak of the load, factor seen, capacity forecast
    orders: NDArray


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

    >>> policy = TargetTracking(40, Alarm(40, True, 3, 3), Alarm(28, False, 15, 15))
    >>> run = scale([1.0] * 10, 60, Group(1, 1, 3, boot_s=60), [policy], Sensor(60))
    >>> run.desired.tolist()
    [1, 1, 1, 3, 3, 3, 3, 3, 3, 3]
    >>> print(explain(entry(run, 2, alarm=0)))
    target tracking saw 100: 2 of its last 3 datapoints are above 40, it takes 3, so it waits.
    >>> print(explain(entry(run, 3, alarm=0)))
    target tracking saw 100 and asked for 3: the capacity goes from 1 to 3.
    """
    alarms, names, table, steps = _rows(policies)
    plants, total = _plants([Case(group, policies, sensor)]), np.zeros(PEAK_BACKLOG + 1)
    world = _world(load_per_s, every_s, sensor.period_s, schedule, forecast, seen)
    n, a = len(world.periods), len(alarms)
    metric, flow = np.empty((3, n)), np.zeros((n, 7))
    ledger = np.empty((n, OF_ALARMS + 3 * a), np.int32)
    _run(plants[0], table, steps, *world, True, metric, flow, ledger, total, *_workspace(plants, a))
    decided = np.arange(n) * sensor.period_s + sensor.delay_s % sensor.period_s
    desired, cause, booting, warming, leaving, counting = ledger.T[:OF_ALARMS]
    of_alarms = (ledger.T[OF_ALARMS + i :: 3] for i in range(3))
    columns = *flow.T, desired, counting, warming, booting, leaving, cause, *of_alarms
    totals = Totals._make((*flow[:, :6].sum(axis=0).tolist(), *total.tolist(), float(flow[-1, 6])))
    about = alarms, names, group, sensor, totals
    return Scaling._make((decided, metric, *columns, *about))


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
    load_per_s, every_s, schedule, forecast
        As for `scale`.
    cases : sequence of Case
    threads : int, optional
        One a core if not given.

    Returns
    -------
    Totals
        Of arrays with one element a case.

    Examples
    --------
    >>> policy = TargetTracking(50, Alarm(50, True, 1, 1))
    >>> cases = [Case(Group(1, 1, 9, boot_s=b), [policy], Sensor(60)) for b in (0, 120)]
    >>> sweep([2.0] * 10, 60, cases).lost.tolist(), sweep([2.0] * 10, 60, cases).short_s.tolist()
    ([0.0, 0.0], [150.0, 390.0])
    """
    threads = _cores() if threads is None else threads
    if threads < 1:
        raise ValueError(f"threads = {threads}: must be 1 or more.")
    plants = _plants(cases)
    tables = [_rows(case.policies)[2:] for case in cases]
    flow, total = np.zeros((len(cases), 7)), np.zeros((len(cases), PEAK_BACKLOG + 1))
    ledger = np.empty((0, 0), np.int32)

    def run(part: tuple[_World, NDArray]) -> None:
        world, picked = part
        metric = np.empty((3, len(world.periods)))
        crew, pool = _workspace(plants[picked], max(len(tables[case][0]) for case in picked))
        for case in picked:
            table, steps = tables[case]
            _run(
                plants[case], table, steps, *world, False, metric, flow[case : case + 1], ledger,
                total[case], crew, pool,
            )  # fmt: skip

    parts = []
    for period in np.unique(plants[:, PERIOD]):
        world = _world(load_per_s, every_s, float(period), schedule, forecast, None)
        picked = np.flatnonzero(plants[:, PERIOD] == period)
        parts += [(world, picked[i : i + CHUNK]) for i in range(0, picked.size, CHUNK)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, parts))
    return Totals._make((*flow.T[:6], *total.T, flow.T[6]))


def entry(run: Scaling, period: int, alarm: int) -> Entry:
    """Return the row of the ledger for one alarm at the decision in a period.

    With `explain`, the answer to "why has it not scaled yet?".
    """
    watched = run.alarms[alarm]
    newest = period - 1 - int(run.sensor.delay_s // run.sensor.period_s)
    row = METRICS.index(watched.metric)
    return Entry(
        at_s=float(run.decided_s[period]),
        name=run.names[alarm],
        alarm=watched,
        value=float(run.metric[row, newest]) if newest >= 0 else math.nan,
        breaching=int(run.breaching[alarm, period]),
        reason=int(run.reason[alarm, period]),
        wanted=int(run.wanted[alarm, period]),
        before=int(run.desired[period - 1]) if period else run.group.initial,
        after=int(run.desired[period]),
        unready=int(run.booting[period] + run.warming[period]),
    )


def explain(row: Entry) -> str:
    """Say in one plain sentence what an alarm came to, and why."""
    alarm = row.alarm
    saw = f"{row.name} saw {row.value:.4g}"
    if row.reason == WAITS:
        side = ("at or " if alarm.inclusive else "") + ("above" if alarm.above else "below")
        return (
            f"{saw}: {row.breaching} of its last {alarm.periods} datapoints are {side} "
            f"{alarm.threshold:g}, it takes {alarm.datapoints}, so it waits."
        )
    asked = f"{saw} and asked for {row.wanted}"
    return {
        NO_DATA: f"{row.name} has no datapoint to go by, so it waits.",
        NO_STEP: f"{saw}, for which its steps change nothing.",
        COVERED: f"{asked}, but with {row.after} wanted already there is nothing to change.",
        WARMING: f"{saw} and would scale in, but waits for {row.unready} that boot or warm up.",
        COOLDOWN: f"{saw} and would scale, but waits for the cooldown to end.",
        LIMIT: f"{asked}, but the group stays at {row.after}, its limit.",
        OUTVOTED: f"{asked}, but does not decide alone: the capacity is {row.after}.",
        SCALED: f"{asked}: the capacity goes from {row.before} to {row.after}.",
    }[row.reason]


def activities(run: Scaling) -> list[Activity]:
    """List every change of the desired capacity, in order."""
    others = {SCHEDULE: "scheduled action", FORECAST: "forecast", BOUNDS: "bounds of the group"}
    before = np.concatenate(([run.group.initial], run.desired[:-1]))
    return [
        Activity(
            float(run.decided_s[k]),
            int(before[k]),
            int(run.desired[k]),
            others.get(int(run.cause[k]), "") or run.names[run.cause[k]],
        )
        for k in np.flatnonzero(run.desired != before)
    ]


def predict(
    load_per_s: ArrayLike,
    every_s: float,
    least_h: int,
    lookback_h: int,
    horizon_h: int,
    refresh_h: int,
) -> NDArray[np.float64]:
    """Forecast the mean load of each hour from the hours before it.

    Every `refresh_h` hours, if `least_h` hours are known, a forecast is made for the next
    `horizon_h`: the mean of the same hour of the week, else of the same hour of the day, among the
    last `lookback_h` hours. The newest forecast counts.

    Parameters
    ----------
    load_per_s : array_like of float, shape (m,)
        Work per second, constant for `every_s` each, s.
    every_s : float
        Divides an hour.

    Returns
    -------
    ndarray of float
        Work per second in each hour; NaN where there is no forecast.

    Examples
    --------
    >>> day = [1.0] * 12 + [9.0] * 12
    >>> predict(day * 3, 3600, least_h=24, lookback_h=336, horizon_h=48, refresh_h=24)[30:42:6]
    array([1., 9.])
    """
    steps = HOUR_S / every_s if every_s > 0 else 0.5
    if steps != int(steps):
        raise ValueError(f"every_s = {every_s}: must divide an hour.")
    if min(least_h, lookback_h, horizon_h, refresh_h) < 1:
        raise ValueError("least_h, lookback_h, horizon_h and refresh_h must be 1 or more.")
    load = np.asarray(load_per_s, dtype=np.float64)
    hourly = load[: load.size - load.size % int(steps)].reshape(-1, int(steps)).mean(axis=1)
    out = np.full(hourly.size, np.nan)
    for now in range(refresh_h, hourly.size, refresh_h):
        if now < least_h:
            continue
        known = np.arange(max(0, now - lookback_h), now)
        for hour in range(now, min(now + horizon_h, hourly.size)):
            like = known[known % 168 == hour % 168]
            if not like.size:
                like = known[known % 24 == hour % 24]
            out[hour] = hourly[like].mean() if like.size else np.nan
    return out


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _workspace(plants: NDArray, alarms: int) -> tuple[NDArray, NDArray]:
    """Room for instances by state, and for the batches that are under way at once."""
    longest = np.max(plants[:, [BOOT, WARM_UP, DRAIN]] // plants[:, [PERIOD]])
    most = 1 << (int(longest) + 2).bit_length()
    return np.zeros(NOTES + 3 * alarms, np.int64), np.empty((3, 2, most))


def _world(
    load_per_s: ArrayLike,
    every_s: float,
    period_s: float,
    schedule: Sequence[Action],
    forecast: Forecast | None,
    seen: ArrayLike | None,
) -> _World:
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
    periods = np.empty((n, 4))
    np.sum(load, axis=1, out=periods[:, WORK])
    np.max(load, axis=1, out=periods[:, PEAK])
    periods[:, WORK] *= period_s / steps
    periods[:, SEEN] = 1.0 if seen is None else _factors(seen, n)
    periods[:, WANTED] = 0.0 if forecast is None else _wanted(forecast, np.arange(n) * period_s)
    return _World(load, periods, _orders(schedule))


def _factors(seen: ArrayLike, n: int) -> NDArray[np.float64]:
    factor = np.asarray(seen, dtype=np.float64)
    if factor.shape != (n,) or np.any(factor < 0) or np.any(np.isinf(factor)):
        raise ValueError(f"seen must be {n} factors, one a period, of 0 or more or NaN.")
    return factor


def _wanted(forecast: Forecast, at_s: NDArray) -> NDArray[np.float64]:
    """Capacity, in work per second, that a forecast wants at each time; 0 where it knows none."""
    if not (0 < forecast.target <= 100 and forecast.ahead_s >= 0):
        raise ValueError("a Forecast needs a target above 0 and up to 100 %, and ahead_s >= 0.")
    hourly = np.nan_to_num(np.asarray(forecast.load_per_s, dtype=np.float64))
    padded = np.append(hourly, 0.0)

    def expected(at: NDArray) -> NDArray:
        return padded[np.minimum(at // HOUR_S, hourly.size).astype(np.int64)]

    now, soon = expected(at_s), expected(at_s + forecast.ahead_s)
    return np.maximum(now, soon) / (forecast.target / 100)


def _orders(schedule: Sequence[Action]) -> NDArray[np.float64]:
    """Scheduled actions by time; -1 for what they leave as it is."""
    for action in schedule:
        numbers = [number for number in action[1:] if number is not None]
        if not (0 <= action.at_s < np.inf) or any(not 0 <= number < np.inf for number in numbers):
            raise ValueError("an Action needs at_s and its sizes finite and 0 or more.")
    ordered = sorted(schedule, key=lambda action: action.at_s)
    orders = [[-1 if number is None else number for number in action] for action in ordered]
    return np.array(orders, dtype=np.float64).reshape(-1, 4)


def _plants(cases: Sequence[Case]) -> NDArray[np.float64]:
    """Check groups and sensors, and put their numbers into rows."""
    for group, _, sensor in cases:
        if not (0 < sensor.period_s < np.inf and 0 <= sensor.delay_s < np.inf):
            raise ValueError("a Sensor needs period_s > 0 and delay_s >= 0, both finite.")
        if not 0 <= group.smallest <= group.initial <= group.largest:
            raise ValueError("a Group needs 0 <= smallest <= initial <= largest.")
        if not (0 < group.capacity_per_s < np.inf and group.backlog_limit >= 0):
            raise ValueError("a Group needs capacity_per_s > 0 and finite, and backlog_limit >= 0.")
        times = group.boot_s, group.warm_up_s, group.drain_s
        if not all(0 <= time < np.inf for time in times):
            raise ValueError("a Group needs boot_s, warm_up_s and drain_s finite and 0 or more.")
    rows = [
        (
            period_s,
            delay_s // period_s,
            delay_s % period_s,
            group.capacity_per_s,
            group.backlog_limit,
            *group[4:7],
            *group[:3],
        )
        for group, _, (period_s, delay_s) in cases
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, LARGEST + 1)


def _rows(policies: Sequence[Policy]) -> tuple[list[Alarm], list[str], NDArray, NDArray]:
    """Check policies, and turn them into one row an alarm; scale-out before scale-in."""
    alarms: list[Alarm] = []
    names: list[str] = []
    rows: list[tuple[float, ...]] = []
    steps: list[Step] = []
    for policy in policies:
        if isinstance(policy, TargetTracking):
            if not (0 < policy.target < np.inf and policy.remove_at_most >= 1):
                raise ValueError(f"{policy.name} needs a target above 0, and remove_at_most >= 1.")
            if not 0 <= policy.cooldown_in_s < np.inf:
                raise ValueError(f"{policy.name} needs cooldown_in_s >= 0 s.")
            own = [alarm for alarm in (policy.scale_out, policy.scale_in) if alarm]
            if [alarm.above for alarm in own] != [True, False][: len(own)]:
                raise ValueError(f"{policy.name} needs to scale out above and in below.")
            limits = policy.target, policy.remove_at_most
            kind, rest = TRACK, (*limits, 0, 0, policy.cooldown_in_s, 0, 0)
        else:
            mine = _steps(policy)
            own, kind = [policy.alarm], STEP if isinstance(policy, StepScaling) else SIMPLE
            pause = policy.cooldown_s if isinstance(policy, SimpleScaling) else 0.0
            how = ADJUSTMENTS.index(policy.adjustment), policy.at_least, pause
            rest = (0.0, 0.0, *how, len(steps), len(steps) + len(mine))
            steps += mine
        for alarm in own:
            _check(alarm, policy.name)
            side = 1 if alarm.above else -1
            points = _line(alarm), alarm.datapoints, alarm.periods
            metric = METRICS.index(alarm.metric)
            rows.append((kind, metric, side, alarm.threshold, *points, *rest))
            alarms.append(alarm)
            names.append(policy.name)
    table = np.array(rows, dtype=np.float64).reshape(-1, LAST + 1)
    return alarms, names, table, np.array(steps, dtype=np.float64).reshape(-1, 3)


def _steps(policy: StepScaling | SimpleScaling) -> list[Step]:
    if policy.adjustment not in ADJUSTMENTS or policy.at_least < 0:
        raise ValueError(f"{policy.name} needs one of {ADJUSTMENTS}, and at_least >= 0.")
    if isinstance(policy, SimpleScaling):
        if not (0 <= policy.cooldown_s < np.inf and math.isfinite(policy.amount)):
            raise ValueError(f"{policy.name} needs a finite amount, and cooldown_s >= 0.")
        return [Step(-math.inf, math.inf, policy.amount)]
    steps = sorted(policy.steps)
    if not steps or any(a.upper != b.lower for a, b in itertools.pairwise(steps)):
        raise ValueError(f"{policy.name} needs steps without gap or overlap.")
    if any(not (s.lower < s.upper and math.isfinite(s.adjustment)) for s in steps):
        raise ValueError(f"{policy.name} needs lower < upper and a finite adjustment in each step.")
    if policy.alarm.above:  # the kernel's steps are open below and closed above
        down = -math.inf
        return [s._replace(lower=_next(s.lower, down), upper=_next(s.upper, down)) for s in steps]
    return steps


def _line(alarm: Alarm) -> float:
    """Return the number that a datapoint must be beyond to breach."""
    if not alarm.inclusive:
        return alarm.threshold
    return _next(alarm.threshold, -math.inf if alarm.above else math.inf)


def _next(number: float, towards: float) -> float:
    return math.nextafter(number, towards) if math.isfinite(number) else number


def _check(alarm: Alarm, name: str) -> None:
    if alarm.metric not in METRICS:
        raise ValueError(f"{name} has metric {alarm.metric!r}: must be one of {METRICS}.")
    if not math.isfinite(alarm.threshold) or not 1 <= alarm.datapoints <= alarm.periods:
        raise ValueError(
            f"{name} needs a finite threshold, and 1 <= datapoints <= periods in its alarm."
        )


@kernel
def _run(  # type: ignore[no-untyped-def]
    plant, alarms, steps, load, periods, orders, keep, metric, flow, ledger, total, crew, pool
):
    """One case. To `keep`, each period has its row of flow and ledger; else flow adds up in one."""
    n, m, a = load.shape[0], load.shape[1], len(alarms)
    period, capacity, room, width = plant[PERIOD], plant[CAPACITY], plant[ROOM], plant[PERIOD] / m
    boot, warm_up, drain, lag = plant[BOOT], plant[WARM_UP], plant[DRAIN], int(plant[LAG])
    smallest, largest, desired = int(plant[SMALLEST]), int(plant[LARGEST]), int(plant[INITIAL])
    order, direction, due, settled, queue = 0, 0, NEVER, -NEVER, 0.0
    for i in range(crew.size):
        crew[i] = 0
    crew[COUNTING] = desired

    for k in range(n):
        start = now = k * period
        end, decision, j = start + period, start + plant[OFFSET], 0
        served = lost = delayed = waiting = short = cost = busy = counting = serving = 0.0
        while now < end:
            if now >= due:
                due = _mature(now, warm_up, crew, pool)
            if now >= decision:
                decision, after, cause = NEVER, desired, NOBODY
                while order < len(orders) and orders[order, 0] <= now:
                    smallest = int(orders[order, 1]) if orders[order, 1] >= 0.0 else smallest
                    largest = int(orders[order, 2]) if orders[order, 2] >= 0.0 else largest
                    after = int(orders[order, 3]) if orders[order, 3] >= 0.0 else after
                    order, cause = order + 1, SCHEDULE

                # which datapoints breach?
                newest, rings, above = k - 1 - lag, False, False
                for i in range(a):
                    note, row, leaves = NOTES + 3 * i, int(alarms[i, METRIC]), newest
                    leaves -= int(alarms[i, PERIODS])
                    line, side = alarms[i, LINE], alarms[i, SIDE]
                    value = metric[row, newest] if newest >= 0 else np.nan
                    if (value - line) * side > 0.0:
                        crew[note] += 1
                        above |= side > 0.0
                    if leaves >= 0 and (metric[row, leaves] - line) * side > 0.0:
                        crew[note] -= 1
                    crew[note + 1], crew[note + 2] = NO_DATA, after
                    if value == value:
                        crew[note + 1] = WAITS
                        rings |= crew[note] >= alarms[i, DATAPOINTS]
                if above:
                    total[ABOVE_S] += period

                # who asks for what, and who wins?
                floor = math.ceil(periods[k, WANTED] / capacity - ROUNDING)
                low, by = max(smallest, floor), NOBODY
                wish = min(max(after, low), largest)
                if rings:
                    wish, by = _choose(
                        alarms, steps, metric, newest, after, low, largest, now - settled, crew
                    )
                if by == NOBODY and wish != after:
                    by = FORECAST if wish > max(after, smallest) else BOUNDS
                if by >= 0 or by == FORECAST or cause == NOBODY:
                    cause = by

                change = wish - desired
                if change != 0:
                    state, count, takes = BOOTING, change, boot
                    if change < 0:
                        state, count, takes = LEAVING, _remove(-change, crew, pool), drain
                    settled = now + takes
                    _push(state, count, settled, crew, pool)
                    total[LAUNCHED if change > 0 else REMOVED] += abs(change)
                    if change * direction < 0:
                        total[REVERSALS] += 1.0
                    direction, desired, due = change, wish, _mature(now, warm_up, crew, pool)
                if keep:
                    ledger[k, 0], ledger[k, 1] = desired, cause if change != 0 else NOBODY
                    for i in range(4):
                        ledger[k, 2 + i] = crew[i]
                    for i in range(3 * a):
                        ledger[k, OF_ALARMS + i] = crew[NOTES + i]
                continue

            serves = crew[COUNTING] + crew[WARM]
            rate = serves * capacity
            calm = now == start and decision == NEVER and due >= end
            if calm and queue <= 0.0 and periods[k, PEAK] <= rate:
                span, done, now = period, periods[k, WORK], end
            else:
                edge = start + (j + 1) * width if j + 1 < m else end
                until = min(min(edge, due), decision)
                span, arriving = until - now, load[k, j]
                done, turned, queue, waited, tight = _flow(arriving, rate, queue, room, span)
                if room > 0.0:
                    delayed += max(0.0, arriving * tight - turned)
                lost += turned
                waiting += waited
                short += tight
                now = until
                if now >= edge:
                    j += 1
            served += done
            if rate > 0.0:
                busy += done / rate * crew[COUNTING]
            counting += span * crew[COUNTING]
            serving += span * serves
            cost += span * (serves + crew[BOOTING] + crew[LEAVING])

        seen = periods[k, SEEN]
        metric[0, k] = 100.0 * busy / counting * seen if counting > 0.0 else np.nan
        metric[1, k] = periods[k, WORK] / serving * seen if serving > 0.0 else np.nan
        metric[2, k] = waiting / serving * seen if serving > 0.0 else np.nan
        w = k if keep else 0
        flow[w, 0] += cost
        flow[w, 1] += served
        flow[w, 2] += lost
        flow[w, 3] += delayed
        flow[w, 4] += waiting
        flow[w, 5] += short
        flow[w, 6] = queue
        total[PEAK_CAPACITY] = max(total[PEAK_CAPACITY], float(desired))
        total[PEAK_BACKLOG] = max(total[PEAK_BACKLOG], queue)


@kernel
def _flow(arriving, rate, queue, room, span):  # type: ignore[no-untyped-def]
    """Constant load on constant capacity: served, lost, backlog after, its integral, s short."""
    growth = arriving - rate
    if growth <= 0.0 and queue <= 0.0:
        return arriving * span, 0.0, 0.0, 0.0, 0.0
    if growth < 0.0:
        after, short = queue + growth * span, span
        if after <= 0.0:
            after, short = 0.0, queue / -growth
        served = rate * short + arriving * (span - short)
        return served, 0.0, after, 0.5 * (queue + after) * short, short
    after, filling = queue + growth * span, span
    if after > room:
        after, filling = room, (room - queue) / growth
    waiting = 0.5 * (queue + after) * filling + after * (span - filling)
    return rate * span, growth * (span - filling), after, waiting, span


@kernel
def _choose(alarms, steps, metric, newest, desired, low, high, rested, crew):  # type: ignore[no-untyped-def]
    """Ask every policy in alarm; returns the capacity that wins, in its bounds, and whose it is."""
    out, tracked, other, agreed = desired, -1, -1, True
    for i in range(len(alarms)):
        note, value = NOTES + 3 * i, metric[int(alarms[i, METRIC]), newest]
        if value == value and crew[note] >= alarms[i, DATAPOINTS]:
            crew[note + 1], crew[note + 2] = _wish(alarms, i, steps, value, desired, rested, crew)
        wanted, tracks = crew[note + 2], alarms[i, KIND] == TRACK
        if crew[note + 1] != SCALED:
            agreed = agreed and not (tracks and alarms[i, SIDE] < 0.0)
        elif wanted > desired:
            out = max(out, wanted)
        elif tracks:
            tracked = max(tracked, wanted)
        else:
            other = max(other, wanted)
    wish = out
    if out == desired:
        inward = max(other, tracked) if agreed else other
        wish = inward if inward >= 0 else desired
    after, by = min(max(wish, low), high), NOBODY
    for i in range(len(alarms)):
        note = NOTES + 3 * i
        if crew[note + 1] == SCALED:
            if crew[note + 2] != wish:
                crew[note + 1] = OUTVOTED
            elif (after - desired) * (wish - desired) <= 0:
                crew[note + 1] = LIMIT
            elif by == NOBODY:
                by = i
    return after, by


@kernel
def _wish(alarms, a, steps, value, desired, rested, crew):  # type: ignore[no-untyped-def]
    """Say what a policy in alarm comes to, and the capacity that it asks for."""
    kind, how, amount = alarms[a, KIND], alarms[a, ADJUSTMENT], 0.0
    if kind == SIMPLE and rested < alarms[a, PAUSE]:
        return COOLDOWN, desired
    outward = alarms[a, SIDE] > 0.0
    if kind != TRACK:
        amount, gap = np.nan, value - alarms[a, THRESHOLD]
        for i in range(int(alarms[a, FIRST]), int(alarms[a, LAST])):
            if steps[i, 0] < gap <= steps[i, 1]:
                amount = steps[i, 2]
        if amount != amount or (amount == 0.0 and how != EXACT):
            return NO_STEP, desired
        outward = amount > (desired if how == EXACT else 0.0)
    if kind != SIMPLE and not outward and crew[WARM] + crew[BOOTING] > 0:
        return WARMING, desired
    if kind == TRACK and not outward and max(rested, 0.0) < alarms[a, PAUSE]:
        return COOLDOWN, desired

    # out: those that are warm; in: those that leave as well
    base = crew[COUNTING] if outward else desired + crew[LEAVING]
    if kind == TRACK:
        wish = math.ceil(base * value / alarms[a, TARGET] - ROUNDING)
        if not outward and desired - wish > alarms[a, AT_MOST]:
            wish = desired - int(alarms[a, AT_MOST])
    else:
        if kind == SIMPLE:
            base = desired
        wish = base + _change(how, amount, base, alarms[a, AT_LEAST])
    if (wish <= desired) if outward else (wish >= desired):
        return COVERED, wish
    return SCALED, max(wish, 0)


@kernel
def _change(how, amount, base, at_least):  # type: ignore[no-untyped-def]
    """Instances to add to `base`, or to remove if negative."""
    if how == EXACT:
        return int(amount) - base
    if how == CHANGE:
        return int(amount)
    share = base * amount / 100.0
    size = int(max(abs(share), at_least))
    if size == 0 and share != 0.0:
        size = 1
    return size if amount > 0.0 else -size


@kernel
def _push(state, count, until, crew, pool):  # type: ignore[no-untyped-def]
    """Put a batch of instances into a state that it stays in until a time."""
    i = crew[LAST_OF + state] & (pool.shape[2] - 1)
    pool[state, 0, i], pool[state, 1, i] = count, until
    crew[LAST_OF + state] += 1
    crew[state] += count


@kernel
def _remove(count, crew, pool):  # type: ignore[no-untyped-def]
    """Take out the youngest; returns how many of them served, and so drain."""
    draining = count
    for state in range(BOOTING, WARM + 1):
        while count > 0 and crew[LAST_OF + state] > crew[FIRST_OF + state]:
            i = (crew[LAST_OF + state] - 1) & (pool.shape[2] - 1)
            some = min(count, int(pool[state, 0, i]))
            pool[state, 0, i] -= some
            if pool[state, 0, i] == 0.0:
                crew[LAST_OF + state] -= 1
            crew[state] -= some
            count -= some
            if state == BOOTING:
                draining -= some
    crew[COUNTING] -= count
    return draining


@kernel
def _mature(now, warm_up, crew, pool):  # type: ignore[no-untyped-def]
    """Move on the batches whose time has come; returns when the next one's will have."""
    due = NEVER
    for state in range(BOOTING, LEAVING + 1):
        while crew[FIRST_OF + state] < crew[LAST_OF + state]:
            i = crew[FIRST_OF + state] & (pool.shape[2] - 1)
            count, until = int(pool[state, 0, i]), pool[state, 1, i]
            if until > now:
                due = min(due, until)
                break
            crew[FIRST_OF + state] += 1
            crew[state] -= count
            if state == BOOTING:
                _push(state + 1, count, until + warm_up, crew, pool)
            elif state == WARM:
                crew[COUNTING] += count
    return due
