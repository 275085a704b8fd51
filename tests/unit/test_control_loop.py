import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from awsnb import theory
from awsnb.mechanisms.control_loop import (
    ADJUSTMENTS,
    BOUNDS,
    COOLDOWN,
    COVERED,
    FORECAST,
    LIMIT,
    METRICS,
    MISSING_DATA,
    NO_DATA,
    NO_STEP,
    NOBODY,
    OUTVOTED,
    SCALED,
    SCHEDULE,
    WAITS,
    WARMING,
    Action,
    Alarm,
    Case,
    Controller,
    Cooldowns,
    Decision,
    Forecast,
    Group,
    Scaling,
    Sensor,
    SimpleScaling,
    Step,
    StepScaling,
    TargetTracking,
    activities,
    entry,
    explain,
    kernel,
    predict,
    scale,
    sweep,
)

INF = math.inf
MINUTE = Sensor(60)


def tracking(target, low=0.7, out=(3, 3), inward=(15, 15), **more):
    scale_in = Alarm(low * target, False, *inward) if low else None
    return TargetTracking(target, Alarm(target, True, *out), scale_in, **more)


def at_once(target):
    return tracking(target, low=1.0, out=(1, 1), inward=(1, 1))


# --- the naive twin: instances one by one, alarms that look at lists


class Instance:
    def __init__(self, serves_at, counts_at, batch):
        self.serves_at, self.counts_at, self.batch, self.gone_at = serves_at, counts_at, batch, INF

    def state(self, now):
        if self.gone_at < INF:
            return "leaving" if now < self.gone_at else "gone"
        if now < self.serves_at:
            return "booting"
        return "warming" if now < self.counts_at else "counting"


class Twin:
    def __init__(self, load, every, group, policies, sensor, schedule, forecast, seen):
        self.group, self.sensor, self.policies = group, sensor, policies
        self.smallest, self.largest, self.desired = group.smallest, group.largest, group.initial
        self.fleet = [Instance(-INF, -INF, -1) for _ in range(group.initial)]
        self.settled, self.queue, self.points, self.rows = -INF, 0.0, [[] for _ in METRICS], []
        self.alarmed = {}
        self.grew = self.shrank = -INF
        self.before = 0  # the size when the running scale-out cooldown began
        self.orders = sorted(schedule, key=lambda action: action.at_s)
        self.forecast, self.last_direction, self.reversals = forecast, 0, 0
        period = sensor.period_s
        steps, repeats = max(1, round(period / every)), max(1, round(every / period))
        fine = [rate for rate in load for _ in range(repeats)]
        for k in range(len(fine) // steps):
            part = fine[k * steps : (k + 1) * steps]
            self.period(k, part, 1.0 if seen is None else seen[k])

    def count(self, now):
        states = [instance.state(now) for instance in self.fleet]
        return [states.count(s) for s in ("counting", "warming", "booting", "leaving")]

    def period(self, k, part, factor):
        period, delay = self.sensor
        start, end = k * period, (k + 1) * period
        decision, width = start + delay % period, period / len(part)
        edges = [start + (j + 1) * width for j in range(len(part) - 1)] + [end]
        now, j, decided, row = start, 0, False, []
        done_work = lost = delayed = waiting = short = cost = busy = counted = serving = 0.0
        while now < end:
            if not decided and now >= decision:
                decided, row = True, self.decide(k, now)
                continue
            counting, warming, booting, leaving = self.count(now)
            rate = (counting + warming) * self.group.capacity_per_s
            moments = [t for i in self.fleet for t in (i.serves_at, i.counts_at, i.gone_at)]
            due = min((t for t in moments if t > now), default=INF)
            if now == start and decided and due >= end and self.queue <= 0 and max(part) <= rate:
                until, served, tight = end, np.array(part).sum() * width, 0.0
            else:
                until = min(edges[j], due, decision if not decided else INF)
                served, turned, waited, tight = self.flow(part[j], rate, until - now)
                if self.group.backlog_limit > 0:
                    delayed += max(0.0, part[j] * tight - turned)
                lost, waiting, short = lost + turned, waiting + waited, short + tight
            done_work += served
            if rate:
                busy += served / rate * counting
            counted += (until - now) * counting
            serving += (until - now) * (counting + warming)
            cost += (until - now) * (counting + warming + booting + leaving)
            j += until >= edges[j]
            now = until
        work = np.array(part).sum() * width
        ratios = (100.0 * busy, counted), (work, serving), (waiting, serving)
        used, *others = [a / b * factor if b else math.nan for a, b in ratios]
        idle, full = self.group.memory_idle, self.group.memory_busy
        memory = idle + (full - idle) * used / 100.0
        found = used, *others, others[0] if work else math.nan, memory
        for points, value in zip(self.points, found, strict=True):
            points.append(value)
        self.rows.append((*row, done_work, lost, delayed, self.queue, waiting, short, cost))

    def flow(self, arriving, rate, span):
        queue, room, growth = self.queue, self.group.backlog_limit, arriving - rate
        if queue <= 0 and growth <= 0:
            self.queue = 0.0
            return arriving * span, 0.0, 0.0, 0.0
        if growth < 0 and queue + growth * span <= 0:
            drains, self.queue = queue / -growth, 0.0
            served = rate * drains + arriving * (span - drains)
            return served, 0.0, 0.5 * (queue + 0.0) * drains, drains
        self.queue = queue + growth * span
        if self.queue <= room:
            return rate * span, growth * 0.0, 0.5 * (queue + self.queue) * span, span
        fills, self.queue = (room - queue) / growth, room
        waited = 0.5 * (queue + room) * fills + room * (span - fills)
        return rate * span, growth * (span - fills), waited, span

    def decide(self, k, now):
        desired = self.desired
        for order in [o for o in self.orders if o.at_s <= now]:
            self.orders.remove(order)
            self.smallest = self.smallest if order.smallest is None else order.smallest
            self.largest = self.largest if order.largest is None else order.largest
            desired = desired if order.desired is None else order.desired
        newest = k - 1 - int(self.sensor.delay_s // self.sensor.period_s)
        pairs = [(policy, alarm) for policy in self.policies for alarm in alarms_of(policy)]
        asked = [
            self.ask(i, policy, alarm, newest, desired, now)
            for i, (policy, alarm) in enumerate(pairs)
        ]
        low = max(self.smallest, self.floor(now))
        wish = desired
        outward = [c for reason, c, _ in asked if reason == SCALED and c > desired]
        inward = [(c, tracks) for reason, c, tracks in asked if reason == SCALED and c <= desired]
        tracks_in = [
            reason == SCALED
            for (reason, _, tracks), alarm in zip(asked, every_alarm(self.policies), strict=True)
            if tracks and not alarm.above
        ]
        inward = [c for c, tracks in inward if not tracks or all(tracks_in)]
        if outward:
            wish = max(outward)
        elif inward:
            wish = max(inward)
        wish = min(max(wish, low), self.largest)
        wish = max(wish, min(self.desired, self.group.protected))
        self.resize(k, wish, now)
        return (self.desired, *self.count(now), *(c for _, c, _ in asked))

    def ask(self, i, policy, alarm, newest, desired, now):
        points = self.points[METRICS.index(alarm.metric)][: max(0, newest + 1)]
        window = points[-alarm.periods :] if newest >= 0 else []
        tracks = isinstance(policy, TargetTracking)
        if not window:
            return NO_DATA, 0, tracks
        value = window[-1]
        if math.isnan(value) and alarm.missing in ("missing", "ignore"):
            if alarm.missing == "missing" or not self.alarmed.get(i):
                return NO_DATA, 0, tracks
        else:
            count = sum(breaches(alarm, point) for point in window)
            self.alarmed[i] = count >= alarm.datapoints
        if not self.alarmed[i]:
            return NO_DATA if math.isnan(value) else WAITS, 0, tracks
        value = alarm.threshold if math.isnan(value) else value
        counting, warming, booting, leaving = self.count(now)
        if tracks and policy.cooldowns:
            if not alarm.above:
                if now < self.shrank + policy.cooldowns.in_s:
                    return COOLDOWN, desired, True
                wish = math.ceil(desired * value / policy.target - 1e-9)
                wish = max(wish, desired - policy.remove_at_most)
                return (SCALED, max(0, wish), True) if wish < desired else (COVERED, wish, True)
            if now >= self.grew + policy.cooldowns.out_s:
                self.before = desired
            wish = math.ceil(self.before * value / policy.target - 1e-9)
            return (SCALED, wish, True) if wish > desired else (COVERED, wish, True)
        if tracks:
            if alarm.above:
                wish = math.ceil(counting * value / policy.target - 1e-9)
                return (SCALED, wish, True) if wish > desired else (COVERED, wish, True)
            if warming + booting:
                return WARMING, desired, True
            wish = math.ceil((desired + leaving) * value / policy.target - 1e-9)
            wish = max(wish, desired - policy.remove_at_most)
            return (SCALED, max(0, wish), True) if wish < desired else (COVERED, wish, True)
        simple = isinstance(policy, SimpleScaling)
        if simple and now - self.settled < policy.cooldown_s:
            return COOLDOWN, desired, False
        amount = policy.amount if simple else step_of(policy, value - alarm.threshold)
        exact = policy.adjustment == "exact"
        if amount is None or (amount == 0 and not exact):
            return NO_STEP, desired, False
        scales_out = amount > (desired if exact else 0)
        if not simple and not scales_out and warming + booting:
            return WARMING, desired, False
        base = desired if simple else counting if scales_out else desired + leaving
        wish = {
            "exact": lambda: int(amount),
            "change": lambda: base + int(amount),
            "percent": lambda: base + rounded(base * amount / 100, policy.at_least, amount),
        }[policy.adjustment]()
        moves = wish > desired if scales_out else wish < desired
        return (SCALED, max(0, wish), False) if moves else (COVERED, wish, False)

    def floor(self, now):
        if self.forecast is None:
            return 0
        start, loads = now // self.sensor.period_s * self.sensor.period_s, self.forecast.load_per_s
        hours = [int(t // 3600) for t in (start, start + self.forecast.ahead_s)]
        known = [loads[h] for h in hours if h < len(loads) and not math.isnan(loads[h])]
        wanted = max(known, default=0.0) / (self.forecast.target / 100)
        return math.ceil(wanted / self.group.capacity_per_s - 1e-9)

    def resize(self, k, wish, now):
        change, self.desired = wish - self.desired, wish
        if change > 0:
            serves_at = now + self.group.boot_s
            batch = [
                Instance(serves_at, serves_at + self.group.warm_up_s, k) for _ in range(change)
            ]
            self.fleet += batch
            self.settled = self.grew = serves_at
            self.shrank = -INF
        elif change < 0:
            ready = {"booting": 0, "warming": 1, "counting": 2}
            here = [i for i in self.fleet if i.state(now) in ready]
            here.sort(key=lambda i: (ready[i.state(now)], -i.batch))
            for instance in here[:-change]:
                booting = instance.state(now) == "booting"
                instance.gone_at = -INF if booting else now + self.group.drain_s
                instance.serves_at = instance.counts_at = -INF
            self.settled = self.shrank = now + self.group.drain_s
        if change * self.last_direction < 0:
            self.reversals += 1
        self.last_direction = change or self.last_direction
        self.fleet = [i for i in self.fleet if i.state(now) != "gone"]


def alarms_of(policy):
    if isinstance(policy, TargetTracking):
        return [alarm for alarm in (policy.scale_out, policy.scale_in) if alarm]
    return [policy.alarm]


def every_alarm(policies):
    return [alarm for policy in policies for alarm in alarms_of(policy)]


def breaches(alarm, point):
    if math.isnan(point):
        return alarm.missing == "breaching"
    rounding = 1e-9 * abs(alarm.threshold)
    if abs(point - alarm.threshold) <= rounding:
        return alarm.inclusive
    return point > alarm.threshold if alarm.above else point < alarm.threshold


def step_of(policy, gap):
    rounding = 1e-9 * abs(policy.alarm.threshold)
    for step in policy.steps:
        if policy.alarm.above and step.lower <= gap + rounding < step.upper:
            return step.adjustment
        if not policy.alarm.above and step.lower < gap - rounding <= step.upper:
            return step.adjustment
    return None


def rounded(share, at_least, amount):
    size = max(abs(share), at_least)
    size = 1 if 0 < abs(share) < 1 and size < 1 else math.floor(size)
    return int(math.copysign(size, amount))


# --- scenarios

whole = st.integers
targets = st.sampled_from([30.0, 40.0, 50.0, 75.0])
seconds = st.sampled_from([0.0, 30.0, 45.0, 60.0, 90.0, 300.0])


@st.composite
def groups(draw):
    smallest, extra, more = draw(whole(0, 3)), draw(whole(0, 5)), draw(whole(0, 12))
    return Group(
        smallest + extra, smallest, smallest + extra + more, draw(st.sampled_from([1.0, 8.0])),
        draw(seconds), draw(seconds), draw(seconds), draw(st.sampled_from([INF, 0.0, 500.0])),
        draw(whole(0, 6)), draw(st.sampled_from([0.0, 25.0])), draw(st.sampled_from([50.0, 100.0])),
    )  # fmt: skip


@st.composite
def alarms(draw, above, missing=("missing",)):
    periods = draw(whole(1, 4))
    metric = draw(st.sampled_from(METRICS))
    return Alarm(
        draw(st.sampled_from([0.5, 5.0, 30.0, 50.0])), above, draw(whole(1, periods)), periods,
        draw(st.booleans()), metric, draw(st.sampled_from(missing)),
    )  # fmt: skip


@st.composite
def policies_of(draw):
    kind = draw(st.sampled_from(["tracking", "step", "simple"]))
    if kind == "tracking":
        scale_in = draw(st.none() | alarms(above=False))
        at_most = draw(st.sampled_from([INF, 1, 2]))
        cooldowns = draw(st.none() | st.builds(Cooldowns, seconds, seconds))
        target, out = draw(targets), draw(alarms(above=True))
        return TargetTracking(target, out, scale_in, at_most, cooldowns=cooldowns)
    alarm = draw(alarms(above=draw(st.booleans()), missing=MISSING_DATA))
    how, at_least = draw(st.sampled_from(ADJUSTMENTS)), draw(whole(0, 2))
    amounts = whole(0, 9) if how == "exact" else st.sampled_from([-30, -2, -1, 0, 1, 3, 30])
    if kind == "simple":
        return SimpleScaling(alarm, draw(amounts), draw(seconds), how, at_least)
    joints = sorted(draw(st.sets(whole(-40, 40), max_size=3)))
    bounds = [-INF, *joints, INF]
    steps = [Step(a, b, draw(amounts)) for a, b in pairwise(bounds)]
    return StepScaling(alarm, steps, how, at_least)


@st.composite
def scenarios(draw):
    period, every = draw(
        st.sampled_from([(60.0, 20.0), (60.0, 60.0), (60.0, 120.0), (300.0, 60.0), (300.0, 300.0)])
    )
    load = draw(
        st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.5, 7.0, 24.0]), min_size=15, max_size=45)
    )
    load = [rate for rate in load for _ in range(draw(st.just(3)))]
    n = int(len(load) * every // period)
    actions = st.builds(
        Action, whole(0, 3000).map(float), st.none() | whole(0, 4), st.none() | whole(4, 20),
        st.none() | whole(0, 20),
    )  # fmt: skip
    hourly = st.lists(st.sampled_from([0.0, 2.0, 9.0, math.nan]), max_size=5)
    forecast = draw(st.none() | st.builds(Forecast, hourly, targets, seconds))
    factors = st.sampled_from([1.0, 1.0, 1.0, 0.5, 2.0, math.nan])
    seen = draw(st.none() | st.lists(factors, min_size=n, max_size=n))
    return (
        load, every, draw(groups()), draw(st.lists(policies_of(), max_size=3)),
        Sensor(period, draw(st.sampled_from([0.0, 30.0, 60.0, 90.0, 400.0]))),
        draw(st.lists(actions, max_size=2)), forecast, seen,
    )  # fmt: skip


def numbers(run):
    columns = run.desired, run.counting, run.warming, run.booting, run.leaving, *run.wanted
    flows = run.served, run.lost, run.delayed, run.backlog, run.waiting, run.short_s, run.instance_s
    return np.stack([*columns, *flows], axis=1).astype(float)


@given(scenarios())
def test_the_kernel_equals_the_twin_to_the_last_bit(scenario):
    twin, run = Twin(*scenario), scale(*scenario)
    np.testing.assert_array_equal(numbers(run), np.array(twin.rows, dtype=float))
    np.testing.assert_array_equal(run.metric, twin.points[: len(run.metric)])
    assert len(run.metric) > max([METRICS.index(a.metric) for a in run.alarms], default=0)
    assert run.totals.reversals == twin.reversals


# --- decisions about instances of another model's own


class Controlled(Twin):
    """The twin's instances and metric, under the decisions of a `Controller`."""

    def __init__(self, load, every, group, policies, sensor, seen):
        self.controller, self.reasons = Controller(policies, sensor, group), []
        super().__init__(load, every, group, policies, sensor, (), None, seen)

    def decide(self, k, now):
        newest = k - 1 - int(self.sensor.delay_s // self.sensor.period_s)
        if newest >= 0:
            datapoints = {name: self.points[i][newest] for i, name in enumerate(METRICS)}
            decision = self.controller.decide(datapoints, *self.count(now))
            assert bool(decision.by) == (decision.desired != self.desired)
            self.resize(k, decision.desired, now)
        rows = self.controller.entries()
        assert all(row.at_s == now and row.after == self.desired for row in rows)
        self.reasons.append([row.reason for row in rows])
        wanted = [row.wanted for row in rows] or [0] * len(every_alarm(self.policies))
        return (self.desired, *self.count(now), *wanted)


@given(scenarios())
def test_a_controller_decides_as_the_run_does_whose_metric_it_is_shown(scenario):
    load, every, group, policies, sensor, _, _, seen = scenario
    run = scale(load, every, group, policies, sensor, seen=seen)
    twin = Controlled(load, every, group, policies, sensor, seen)
    np.testing.assert_array_equal(numbers(run), np.array(twin.rows, dtype=float))
    decided = [reasons for reasons in twin.reasons if reasons]
    np.testing.assert_array_equal(
        run.reason[:, run.desired.size - len(decided) :].T if decided else [], decided
    )


def test_instances_that_failed_do_not_count_though_the_capacity_is_still_wanted():
    group = Group(4, 1, 12, boot_s=120)
    well, hurt = (Controller([at_once(50)], MINUTE, group) for _ in range(2))
    assert well.decide({"utilisation": 90}, counting=4) == Decision(8, "target tracking")
    assert hurt.decide({"utilisation": 90}, counting=2, booting=2) == Decision(4, "")
    assert explain(hurt.entries()[0]).startswith(
        "target tracking saw 90 and asked for 4, but 2 of the 4 wanted still boot or warm up"
    )


def test_a_controller_has_room_for_any_number_of_periods():
    policy = tracking(50, out=(3, 3), inward=(700, 700))
    controller = Controller([policy], MINUTE, Group(9, 3, 12))
    sizes = [controller.decide({"utilisation": 10}, counting=9).desired for _ in range(701)]
    assert sizes[698:] == [9, 3, 3]


def test_a_controller_refuses_what_cannot_be_and_waits_where_nothing_is_known():
    controller = Controller([at_once(50)], MINUTE, Group(4, 3, 12))
    assert controller.entries() == []
    with pytest.raises(ValueError, match="must be one of"):
        controller.decide({"cpu": 90}, counting=4)
    with pytest.raises(ValueError, match="0 instances or more"):
        controller.decide({"utilisation": 90}, counting=-1)
    assert controller.decide({}, counting=4) == Decision(4, "")
    assert [row.reason for row in controller.entries()] == [NO_DATA, NO_DATA]


# --- AWS's own examples


def held_at(value, initial, policies, periods=1, **group):
    """Run a group whose metric is held at a value by the load, for some decisions."""
    group = Group(initial, 0, 100, 100.0, **group)
    return scale([float(value * initial)] * (periods + 1), 60, group, policies, MINUTE)


OUT = [Step(0, 10, 0), Step(10, 20, 10), Step(20, INF, 30)]
IN = [Step(-10, 0, 0), Step(-20, -10, -10), Step(-INF, -20, -30)]


def stepping(above):
    alarm = Alarm(50, above, 1, 1, inclusive=True)
    return StepScaling(alarm, OUT if above else IN, "percent")


@pytest.mark.parametrize(
    ("value", "initial", "desired"),
    [
        (59, 10, 10), (60, 10, 11), (70, 11, 14), (41, 14, 14), (40, 14, 13), (30, 13, 10),
        (50, 10, 10), (69, 10, 11),
    ],
)  # fmt: skip
def test_step_adjustments_as_in_awss_example(value, initial, desired):
    """Step adjustments, docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html.

    Threshold 50, group of 10: unchanged between 40 and 60, 60 adds 10 % (11), 70 then adds 30 % of
    11, rounded down (14); 40 then removes 10 % of 14 (13), 30 then 30 % of 13 (10).
    """
    run = held_at(value, initial, [stepping(True), stepping(False)])
    assert run.desired[1] == desired


def test_instances_that_warm_up_do_not_count_when_stepping_out():
    """The same page: at 60 one of 10 is added; at 62, while it warms up, none; at 70, only two.

    10 % and 30 % of the 10 that are warm are asked for, of which one is on its way.
    """
    load = [6.0, 6.2, 7.0, 7.0]
    run = scale(load, 60, Group(10, 0, 99, boot_s=3600), [stepping(True)], MINUTE)
    assert run.desired.tolist() == [10, 11, 11, 13]
    assert run.reason[0].tolist() == [NO_DATA, SCALED, COVERED, SCALED]


@pytest.mark.parametrize(
    ("group", "percent", "at_least", "after"),
    [
        (127, 10, 0, 139), (67, 1, 0, 68), (58, -1, 0, 57), (667, -1, 0, 661), (10, 10, 0, 11),
        (4, 25, 2, 6), (8, -25, 0, 6),
    ],
)  # fmt: skip
def test_percentages_are_rounded_as_documented(group, percent, at_least, after):
    """The same page: 12.7 to 12, 0.67 to 1, -0.58 to -1, -6.67 to -6.

    25 % of 4 with a minimum of 2 adds 2: MinAdjustmentMagnitude.
    """
    above = Alarm(50, percent > 0, 1, 1)
    policy = StepScaling(above, [Step(-INF, INF, percent)], "percent", at_least)
    load = group * (0.9 if percent > 0 else 0.1)
    run = scale([load] * 2, 60, Group(group, 0, 999), [policy], MINUTE)
    assert run.desired[1] == after


@pytest.mark.parametrize(("how", "amount", "after"), [("change", 5, 8), ("exact", 5, 5)])
def test_adjustment_types_as_documented(how, amount, after):
    """The same page: from 3, ChangeInCapacity 5 gives 8, ExactCapacity 5 gives 5."""
    policy = StepScaling(Alarm(50, True, 1, 1), [Step(0, INF, amount)], how)
    assert held_at(90, 3, [policy]).desired[1] == after


@pytest.mark.parametrize(
    ("initial", "change", "after"),
    [(2, 3, 3), (3, -2, 2)],
)
def test_the_groups_bounds_cut_a_change_short_as_documented(initial, change, after):
    """Maximum 3, 2 + 3 gives 3; minimum 2, 3 - 2 gives 2.

    docs.aws.amazon.com/autoscaling/ec2/userguide/as-scale-based-on-demand.html
    """
    policy = StepScaling(Alarm(50, change > 0, 1, 1), [Step(-INF, INF, change)])
    load = initial * (0.9 if change > 0 else 0.1)
    run = scale([load] * 2, 60, Group(initial, 2, 3), [policy], MINUTE)
    assert run.desired[1] == after and run.reason[0, 1] == SCALED


def test_of_several_policies_the_largest_capacity_wins_as_documented():
    """The same page: one policy launches 1, another 2: 2. Of 8, one removes 3, another 25 %: 6."""

    def step(above, amount, how):
        return StepScaling(Alarm(50, above, 1, 1), [Step(-INF, INF, amount)], how)  # fmt: skip

    assert held_at(90, 8, [step(True, 1, "change"), step(True, 2, "change")]).desired[1] == 10
    run = held_at(10, 8, [step(False, -3, "change"), step(False, -25, "percent")])
    assert run.desired[1] == 6
    assert run.reason[:, 1].tolist() == [OUTVOTED, SCALED]


@pytest.mark.parametrize(
    ("initial", "value", "after"),
    [(10, 60, 12), (3, 75, 5), (10, 42.5, 9), (10, 50, 10), (10, 100, 20)],
)
def test_target_tracking_rounds_so_that_enough_are_left(initial, value, after):
    """10 instances at 60 % with a target of 50 %: 12.

    docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html: 1.5 to add are 2,
    1.5 to remove are 1.
    """
    run = held_at(value, initial, [tracking(50, low=0.9, out=(1, 1), inward=(1, 1))])
    assert run.desired[1] == after


def paced(out_s, in_s):
    return tracking(50, low=0.9, out=(1, 1), inward=(1, 1), cooldowns=Cooldowns(out_s, in_s))


def test_in_a_scale_out_cooldown_only_a_larger_scale_out_adds_what_is_still_missing():
    """By the documentation: of 2 added in a cooldown and 3 asked for in it, 1 more is added.

    docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
    """
    run = scale([7.0, 7.0, 8.0, 8.0], 60, Group(10, 1, 99), [paced(300, 300)], MINUTE)
    assert run.desired.tolist() == [10, 14, 14, 14]
    slow = Group(10, 1, 99, boot_s=600)
    run = scale([6.0, 6.0, 6.5, 6.5, 6.5], 60, slow, [paced(300, 300)], MINUTE)
    assert run.desired.tolist() == [10, 12, 12, 13, 13]
    assert run.reason[0].tolist() == [NO_DATA, SCALED, COVERED, SCALED, COVERED]


def test_a_scale_in_cooldown_blocks_scale_in_until_it_ends_or_a_scale_out_ends_it():
    load = [5.0] * 2 + [3.0] * 8
    run = scale(load, 60, Group(10, 1, 99), [paced(0, 180)._replace(remove_at_most=1)], MINUTE)
    assert run.desired.tolist() == [10, 10, 10, 9, 9, 9, 8, 8, 8, 7]
    assert run.reason[1, 3:7].tolist() == [SCALED, COOLDOWN, COOLDOWN, SCALED]
    load = [3.0] * 2 + [9.0] * 2 + [3.0] * 3
    drops = Group(10, 1, 99, backlog_limit=0.0)
    run = scale(load, 60, drops, [paced(0, 3600)], MINUTE)
    assert [(a.before, a.after) for a in activities(run)] == [(10, 6), (6, 12), (12, 18), (18, 6)]


def test_the_cooldown_of_simple_scaling_starts_when_the_instances_are_there():
    """Two instances are launched, then scaling pauses until the cooldown ends; if the alarm is
    still on, two more. docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-
    cooldowns.html: the default is 300 s, from the end of the activity.
    """
    policy = SimpleScaling(Alarm(90, True, 1, 1), 2, cooldown_s=300)
    run = scale([99.0] * 20, 60, Group(1, 1, 99, boot_s=120), [policy], MINUTE)
    assert [(a.at_s, a.before, a.after) for a in activities(run)] == [
        (60, 1, 3),
        (60 + 120 + 300, 3, 5),
        (60 + 2 * 420, 5, 7),
    ]
    assert run.reason[0, :3].tolist() == [NO_DATA, SCALED, COOLDOWN]


def test_target_tracking_scales_in_only_if_all_of_them_agree():
    cpu = tracking(50, out=(1, 1), inward=(1, 1))
    per_target = {"metric": METRICS[1]}
    requests = TargetTracking(
        50, Alarm(50, True, 1, 1, **per_target), Alarm(5, False, 1, 1, **per_target)
    )
    run = held_at(10, 10, [cpu, requests])
    assert run.desired[1] == 10 and run.reason[1, 1] == OUTVOTED
    never_in = requests._replace(scale_in=None)
    assert held_at(10, 10, [cpu, never_in]).desired[1] == 2


# --- the run of the guide: 40 %, four stress workers on one vCPU


def test_the_guides_run_goes_from_one_to_three_and_back():
    """One saturated vCPU is 100 %: 3 instances. The other two idle, so the mean is 33 %: no change.

    Once the load ends, 15 datapoints below 28 % are needed: a quarter of an hour, not at once.
    """
    load = [0.0] * 5 + [1.0] * 20 + [0.0] * 25
    run = scale(load, 60, Group(1, 1, 3, boot_s=60, warm_up_s=60), [tracking(40)], MINUTE)
    assert [a[:3] for a in activities(run)] == [(480, 1, 3), (2400, 3, 1)]
    assert run.metric[0, 12:24] == pytest.approx(100 / 3)
    assert 300 + theory.scale_out_s(3, 60, boot_s=60) == 480 + 60
    assert 2400 == 25 * 60 + 15 * 60
    assert explain(entry(run, 8, 0)) == (
        "target tracking saw 100 and asked for 3: the capacity goes from 1 to 3."
    )
    assert explain(entry(run, 30, 1)) == (
        "target tracking saw 0: 5 of its last 15 datapoints are below 28, it takes 15, so it waits."
    )


def test_capacity_may_fall_step_by_step():
    load = [10.0] * 5 + [0.0] * 20
    policy = tracking(50, out=(1, 1), inward=(3, 3), remove_at_most=2)
    run = scale(load, 60, Group(20, 1, 40), [policy], MINUTE)
    assert run.desired[8:12].tolist() == [18, 16, 14, 12]


# --- the ledger


def test_every_reason_has_a_sentence_and_occurs():
    busy, idle = tracking(50, out=(1, 1), inward=(1, 1)), [0.0] * 3
    cases = [
        (WAITS, 0, [5.0] * 3, [tracking(50)], {}),
        (NO_DATA, 0, [5.0] * 3, [busy], {"seen": [math.nan] * 3}),
        (NO_STEP, 0, [5.5] * 3, [stepping(True)], {}),
        (COVERED, 0, [9.0] * 3, [busy], {}),
        (WARMING, 1, [9.0, 0.0, 0.0], [busy], {}),
        (COOLDOWN, 0, [9.0] * 3, [SimpleScaling(Alarm(50, True, 1, 1), 1, 300)], {}),
        (LIMIT, 0, [99.0] * 5, [busy], {}),
        (OUTVOTED, 1, idle, [tracking(9), busy], {"outvoted": True}),
        (SCALED, 0, [9.0] * 2, [busy], {}),
    ]
    sentences = set()
    for reason, alarm, load, policies, more in cases:
        if more.pop("outvoted", False):
            policies, alarm = [tracking(9, inward=(9, 9)), busy], 3
        run = scale(load, 60, Group(10, 1, 18, boot_s=90), policies, MINUTE, **more)
        last = len(load) - 1
        assert run.reason[alarm, last] == reason
        sentences.add(explain(entry(run, last, alarm)))
    assert len(sentences) == len(cases)
    for sentence in sentences:
        assert sentence.endswith(".") and "nan" not in sentence


def test_activities_name_who_changed_the_capacity():
    schedule = [Action(60, desired=4), Action(180, smallest=6), Action(300, largest=5)]
    forecast = Forecast([0.0, 8.0], target=50, ahead_s=600)
    group = Group(2, 1, 30)
    run = scale([0.0] * 70, 60, group, [], MINUTE, schedule[:2], forecast)
    assert [(a.at_s, a.after, a.cause) for a in activities(run)] == [
        (60, 4, "scheduled action"),
        (180, 6, "scheduled action"),
        (3000, 16, "forecast"),
    ]
    run = scale([0.0] * 10, 60, group, [], MINUTE, schedule)
    assert run.desired.tolist() == [2, 4, 4, 6, 6, 5, 5, 5, 5, 5]
    assert set(run.cause.tolist()) == {NOBODY, SCHEDULE}
    assert {BOUNDS, FORECAST} & set(run.cause.tolist()) == set()


def test_missing_datapoints_keep_an_alarm_from_going_off():
    seen = [1, 1, math.nan] * 5
    run = scale([1.0] * 15, 60, Group(1, 1, 9), [tracking(40)], MINUTE, seen=seen)
    assert (run.desired == 1).all() and run.breaching[0].max() == 2
    two_of_three = tracking(40, out=(2, 3))
    assert scale([1.0] * 15, 60, Group(1, 1, 9), [two_of_three], MINUTE, seen=seen).desired[-1] == 3


def test_a_late_metric_delays_every_decision():
    for delay, expected in [(0, 180), (30, 210), (60, 240), (150, 330)]:
        run = scale([1.0] * 10, 60, Group(1, 1, 3), [tracking(40)], Sensor(60, delay))
        assert activities(run)[0].at_s == expected


# --- forecast


def test_a_forecast_uses_only_what_was_known():
    rng = np.random.default_rng(1)
    load = rng.random(24 * 21)
    options = {"least_h": 24, "lookback_h": 336, "horizon_h": 48, "refresh_h": 6}
    first = predict(load, 3600, **options)
    later = load.copy()
    later[300:] = 99
    assert np.isnan(first[:24]).all() and not np.isnan(first[24:]).any()
    np.testing.assert_array_equal(predict(later, 3600, **options)[:306], first[:306])
    two_weeks = [h for h in range(396 - 336, 396) if h % 168 == 400 % 168]
    assert first[400] == pytest.approx(load[two_weeks].mean())


def test_a_forecast_ends_at_its_horizon():
    out = predict(np.ones(100), 3600, least_h=24, lookback_h=336, horizon_h=3, refresh_h=10)
    assert np.flatnonzero(~np.isnan(out))[:7].tolist() == [30, 31, 32, 40, 41, 42, 50]


# --- conservation, bounds, metamorphic


@given(scenarios())
def test_work_is_conserved_and_numbers_stay_in_range(scenario):
    load, every, group, _, sensor, schedule, _, seen = scenario
    run, totals = scale(*scenario), scale(*scenario).totals
    offered = sum(load[: int(len(run.desired) * sensor.period_s / every)]) * every
    tolerance = 1e-9 * (1 + offered)
    assert totals.served + totals.lost + totals.backlog == pytest.approx(offered, abs=tolerance)
    assert totals.instance_s == pytest.approx(run.instance_s.sum())
    assert totals.launched - totals.removed == run.desired[-1] - group.initial
    present = run.counting + run.warming + run.booting
    np.testing.assert_array_equal(present, run.desired)
    assert (numbers(run) >= 0).all() and (run.backlog <= group.backlog_limit).all()
    if seen is None:
        assert np.nanmax(run.metric[0], initial=0) <= 100 * (1 + 1e-12)
    if not schedule:
        assert group.smallest <= run.desired.min() and run.desired.max() <= group.largest
    if not (group.boot_s or group.drain_s or sensor.delay_s):
        assert totals.instance_s == pytest.approx(run.desired.sum() * sensor.period_s)


@given(scenarios(), st.sampled_from([0.5, 4.0]))
def test_more_load_on_as_much_larger_instances_changes_nothing(scenario, factor):
    load, every, group, policies, sensor, schedule, forecast, seen = scenario
    policies = [p for p in policies if all(a.metric == METRICS[0] for a in alarms_of(p))]
    larger = group._replace(
        capacity_per_s=factor * group.capacity_per_s, backlog_limit=factor * group.backlog_limit
    )
    if forecast:
        scaled = [factor * x for x in forecast.load_per_s]
        forecast, more = (forecast, forecast._replace(load_per_s=scaled))
    else:
        more = None
    one = scale(load, every, group, policies, sensor, schedule, forecast, seen)
    many = scale(
        [factor * x for x in load], every, larger, policies, sensor, schedule, more, seen
    )  # fmt: skip
    np.testing.assert_array_equal(one.desired, many.desired)
    np.testing.assert_array_equal(one.metric[0], many.metric[0])
    np.testing.assert_array_equal(factor * one.served, many.served)


def test_twice_the_rates_in_half_the_time():
    rng = np.random.default_rng(2)
    load = rng.random(200) * 9
    slow = Group(3, 1, 30, 1.0, 90, 120, 60, backlog_limit=50.0)
    fast = slow._replace(capacity_per_s=2.0, boot_s=45, warm_up_s=60, drain_s=30)
    one = scale(load, 60, slow, [tracking(50)], Sensor(60, 15))
    two = scale(load * 2, 30, fast, [tracking(50)], Sensor(30, 7.5))
    np.testing.assert_array_equal(one.desired, two.desired)
    np.testing.assert_array_equal(one.served, two.served)
    np.testing.assert_array_equal(one.instance_s, 2 * two.instance_s)


def test_finer_steps_of_the_same_load_change_nothing():
    rng = np.random.default_rng(3)
    load = rng.integers(0, 20, 300).astype(float)
    group = Group(3, 1, 50, 1.0, 90, 120, backlog_limit=4000.0)
    one = scale(load, 60, group, [tracking(50)], MINUTE)
    many = scale(np.repeat(load, 60), 1, group, [tracking(50)], MINUTE)
    np.testing.assert_array_equal(one.desired, many.desired)
    np.testing.assert_allclose(one.served, many.served, rtol=1e-12)
    np.testing.assert_allclose(one.waiting, many.waiting, rtol=1e-9, atol=1e-6)


# --- flow, against fractions


@given(
    st.sampled_from([0.0, 0.5, 1.0, 3.0, 10.0]),
    st.sampled_from([0.0, 0.5, 1.0, 3.0, 10.0]),
    st.sampled_from([0.0, 4.0, 60.0]),
    st.sampled_from([0.0, 60.0, 100.0, INF]),
    st.sampled_from([1.0, 7.0, 60.0]),
)
@example(3.0, 1.0, 4.0, 60.0, 60.0)
def test_flow_is_exact(arriving, rate, queue, room, span):
    queue = min(queue, room)
    left, x, waited, short, lost = Fraction(span), Fraction(queue), Fraction(0), Fraction(0), 0
    growth = Fraction(arriving) - Fraction(rate)
    served = Fraction(0)
    while left:
        calm = x == 0 and growth <= 0
        slope = 0 if calm or (growth > 0 and x == room) else growth
        step = left
        if slope < 0:
            step = min(left, x / -slope)
        if slope > 0 and room < INF:
            step = min(left, (Fraction(room) - x) / slope)
        served += (arriving if calm else Fraction(rate)) * step
        lost += growth * step if growth > 0 and slope == 0 else 0
        waited += (2 * x + slope * step) / 2 * step
        short += 0 if calm else step
        x, left = x + slope * step, left - step
    found = kernel._flow(arriving, rate, queue, room, span)
    expected = [float(number) for number in (served, lost, x, waited, short)]
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-9)


# --- a plant of seconds, with target tracking and nothing else


def second_by_second(load, group, target, low, period=60):
    """Drop what does not fit; returns the desired capacity after each minute's decision."""
    desired = counting = group.initial
    batches, points, out, cost = [], [], [], 0
    busy = counted = 0.0
    for second in range(len(load) * period):
        if second % period == 0:
            if second:
                points.append(100 * busy / counted)
            busy = counted = 0.0
        for batch in [b for b in batches if b[2] <= second]:
            counting += batch[0]
            batches.remove(batch)
        if second % period == 0:
            if len(points) >= 3 and min(points[-3:]) > target:
                wish = min(math.ceil(counting * points[-1] / target - 1e-9), group.largest)
                if wish > desired:
                    serves = second + group.boot_s
                    batches.append((wish - desired, serves, serves + group.warm_up_s))
                    desired = wish
            elif len(points) >= 15 and max(points[-15:]) < low and not batches:
                wish = max(math.ceil(desired * points[-1] / target - 1e-9), group.smallest)
                desired = counting = min(desired, wish)
            out.append(desired)
        rate = counting + sum(count for count, serves, _ in batches if serves <= second)
        busy += min(1.0, load[second // period] / rate) * counting
        counted += counting
        cost += counting + sum(count for count, *_ in batches)
    return out, cost


def test_the_kernel_agrees_with_a_plant_of_seconds():
    minutes = np.arange(1440)
    load = 20 + 15 * np.sin(minutes / 200) + np.random.default_rng(4).random(1440)
    load[600:700] += 40
    group = Group(40, 2, 200, 1.0, 95, 130, backlog_limit=0)
    run = scale(load, 60, group, [tracking(50)], MINUTE)
    desired, cost = second_by_second(load, group, 50, 35)
    assert run.desired.tolist() == desired
    assert run.totals.instance_s == cost
    assert run.totals.reversals > 3 and run.totals.lost > 0


# --- closed forms


@pytest.mark.parametrize("target", [30.0, 40.0, 50.0, 75.0])
@pytest.mark.parametrize("load", [3.0, 17.0, 60.0])
def test_target_tracking_comes_to_rest_where_theory_says(load, target):
    needed = theory.instances_needed(load, 1.0, target)
    group = Group(1, 1, 999, boot_s=60, warm_up_s=60, backlog_limit=0)
    run = scale([load] * 300, 60, group, [tracking(target)], MINUTE)
    assert run.desired[-1] == needed and run.totals.reversals == 0
    assert len(activities(run)) == theory.scale_out_rounds(1, needed, target)
    assert load <= theory.idle_band(needed, target, 0.7 * target)[1] * (1 + 1e-12)
    first = activities(run)[0].at_s + 60
    assert first == theory.scale_out_s(3, 60, boot_s=60)


@pytest.mark.parametrize(
    ("into_s", "delay_s", "period_s"), [(40, 0, 60), (200, 60, 300), (0, 90, 60)]
)
def test_time_to_scale_out(into_s, delay_s, period_s):
    load = np.repeat([4.0, 6.0], [into_s, 3600]) if into_s else np.full(3600, 6.0)
    run = scale(load, 1, Group(10, 1, 99, boot_s=90), [tracking(50)], Sensor(period_s, delay_s))
    wait = theory.scale_out_s(3, period_s, 90, delay_s, into_s)
    mean = (4.0 * into_s + 6.0 * (period_s - into_s)) / period_s
    assert mean <= 5.0 or not into_s
    assert activities(run)[0].at_s + 90 == into_s + wait


@pytest.mark.parametrize("delay", [0, 1, 2, 3, 5])
def test_an_integrator_settles_below_the_stable_gain_and_not_above(delay):
    def swing(gain):
        x = [1.0] * (delay + 1)
        for _ in range(6000):
            x.append(x[-1] - gain * x[-1 - delay])
        return max(map(abs, x[-50:]))

    assert swing(0.97 * theory.stable_gain(delay)) < 1e-3
    assert swing(1.03 * theory.stable_gain(delay)) > 1e3


def test_target_tracking_that_sees_late_what_it_did_swings():
    """Gain 1: settles if each datapoint shows the last decision, else not; warm-up cures it."""
    load = [150.0] * 20 + [225.0] * 200

    def reversals(delay_s, **group):
        start = Group(500, 1, 100_000, **group)
        return scale(load, 60, start, [at_once(30.0)], Sensor(60, delay_s)).totals.reversals

    assert reversals(0) <= 1
    assert reversals(120) > 20
    assert reversals(120, warm_up_s=300, drain_s=300) <= 3


# --- sweeps and determinism

DIGEST = """
import hashlib, numpy as np
from awsnb._jit import JIT_DISABLED
from awsnb.mechanisms.control_loop import *
def tracking(t):
    return TargetTracking(t, Alarm(t, True, 3, 3), Alarm(0.7 * t, False, 15, 15))
steps = [Step(0, 10, 0), Step(10, 20, 10), Step(20, float("inf"), 30)]
stepping = StepScaling(Alarm(50, True, 1, 1, True), steps, "percent")
load = np.random.default_rng(1).integers(0, 40, 600)
cases = [
    Case(Group(20, 2, 90, 1.0, 90, w, 30, 300.0), [tracking(t), stepping], Sensor(p, 20))
    for t in (30.0, 50.0, 70.0) for w in (0, 120, 600) for p in (60, 300)
]
runs = [np.concatenate([np.ravel(c) for c in scale(load, 60, *case)[:16]]) for case in cases[:6]]
found = hashlib.sha256()
for array in (*runs, *sweep(load, 60, cases, threads=THREADS)):
    found.update(np.ascontiguousarray(array, dtype=np.float64).tobytes())
print(JIT_DISABLED, found.hexdigest())
"""


LOAD = np.random.default_rng(2).integers(0, 40, 600)


def cases():
    return [
        Case(Group(20, 2, 90, 1.0, 90, w, 30, 300.0), [tracking(t), stepping(True)], Sensor(p, 20))
        for t in (30.0, 50.0, 70.0)
        for w in (0, 120, 600)
        for p in (60, 300)
    ]


def test_a_sweep_equals_single_runs():
    totals = sweep(LOAD, 60, cases(), threads=2)
    for i, case in enumerate(cases()):
        run = scale(LOAD, 60, *case)
        assert tuple(float(column[i]) for column in totals) == run.totals


def test_sweeps_and_runs_have_the_same_bits_on_any_number_of_threads_and_without_the_compiler(
    digest,
):
    one, two, plain = digest(DIGEST, 1), digest(DIGEST, 2), digest(DIGEST, 2, jit_disabled="1")
    assert [one[0], two[0], plain[0]] == ["False", "False", "True"]
    assert one[1] == two[1] == plain[1]


def test_the_kernel_as_plain_python_has_the_same_bits():
    case = cases()[3]
    compiled = kernel.run
    run = scale(LOAD, 60, *case)
    kernel.run = getattr(compiled, "py_func", compiled)
    try:
        plain = scale(LOAD, 60, *case)
    finally:
        kernel.run = compiled
    np.testing.assert_array_equal(numbers(run), numbers(plain))
    np.testing.assert_array_equal(run.metric, plain.metric)
    assert run.totals == plain.totals


def test_the_same_question_has_the_same_answer_and_leaves_its_inputs_alone():
    load = LOAD.copy()
    one, two = scale(load, 60, *cases()[0]), scale(load, 60, *cases()[0])
    np.testing.assert_array_equal(numbers(one), numbers(two))
    np.testing.assert_array_equal(load, LOAD)


def test_one_compilation_serves_all_scenarios():
    scale([1], 60, Group(1, 1, 1), [], MINUTE)
    scale(LOAD.astype(np.float32), 60, *cases()[0], [Action(60, desired=9)])
    compiled = [one for one in vars(kernel).values() if hasattr(one, "signatures")]
    assert all(len(one.signatures) <= 1 for one in compiled)  # callees of a cached kernel have none
    assert not compiled or len(kernel.run.signatures) == 1


# --- refusals

GROUP, ALARM = Group(1, 1, 3), Alarm(40, True, 3, 3)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"load_per_s": [-1.0]}, "load_per_s"),
        ({"load_per_s": [math.nan]}, "load_per_s"),
        ({"load_per_s": []}, "load_per_s"),
        ({"load_per_s": [[1.0]]}, "load_per_s"),
        ({"every_s": 0}, "every_s"),
        ({"every_s": 7}, "every_s"),
        ({"every_s": 1}, "one metric period"),
        ({"group": GROUP._replace(initial=0)}, "smallest <= initial"),
        ({"group": GROUP._replace(largest=0)}, "smallest <= initial"),
        ({"group": GROUP._replace(capacity_per_s=0)}, "capacity_per_s"),
        ({"group": GROUP._replace(backlog_limit=-1)}, "backlog_limit"),
        ({"group": GROUP._replace(boot_s=-1)}, "boot_s"),
        ({"group": GROUP._replace(warm_up_s=INF)}, "warm_up_s"),
        ({"sensor": Sensor(0)}, "period_s"),
        ({"sensor": Sensor(60, -1)}, "delay_s"),
        ({"schedule": [Action(-1)]}, "Action"),
        ({"schedule": [Action(0, desired=-1)]}, "Action"),
        ({"forecast": Forecast([1.0], 0)}, "Forecast"),
        ({"seen": [1.0]}, "seen"),
        ({"seen": [-1.0, 1.0, 1.0]}, "seen"),
        ({"policies": [TargetTracking(0, ALARM)]}, "target"),
        ({"policies": [TargetTracking(40, ALARM, ALARM)]}, "scale out above"),
        ({"policies": [TargetTracking(40, ALARM, None, 0)]}, "remove_at_most"),
        ({"policies": [TargetTracking(40, ALARM, cooldowns=Cooldowns(-1, 0))]}, "cooldowns"),
        ({"policies": [TargetTracking(40, ALARM._replace(datapoints=4))]}, "datapoints"),
        ({"policies": [TargetTracking(40, ALARM._replace(threshold=INF))]}, "threshold"),
        ({"policies": [TargetTracking(40, ALARM._replace(metric="cpu"))]}, "metric"),
        ({"policies": [StepScaling(ALARM, [])]}, "steps"),
        ({"policies": [StepScaling(ALARM, [Step(0, 1, 1), Step(2, INF, 2)])]}, "gap"),
        ({"policies": [StepScaling(ALARM, [Step(1, 0, 1)])]}, "lower < upper"),
        ({"policies": [StepScaling(ALARM, OUT, "double")]}, "change"),
        ({"policies": [SimpleScaling(ALARM, 1, -1)]}, "cooldown_s"),
    ],
)
def test_refusals_are_one_sentence(change, said):
    arguments = {
        "load_per_s": [1.0] * 3, "every_s": 60, "group": GROUP, "policies": [], "sensor": MINUTE,
    }  # fmt: skip
    with pytest.raises(ValueError, match=said) as refusal:
        scale(**{**arguments, **change})
    sentence = str(refusal.value)
    assert sentence.endswith(".") and ". " not in sentence and "\n" not in sentence


def test_predict_and_sweep_refuse_what_cannot_be():
    for every, hours in [(7000, 1), (0, 1), (3600, 0)]:
        with pytest.raises(ValueError, match=r"every_s|least_h"):
            predict([1.0], every, hours, 1, 1, 1)
    with pytest.raises(ValueError, match="threads"):
        sweep([1.0], 60, [], threads=0)
    with pytest.raises(ValueError, match="target"):
        theory.scale_out_rounds(1, 2, 100)


def test_a_sweep_of_nothing_is_empty():
    assert all(column.size == 0 for column in sweep([1.0], 60, []))


def test_the_columns_of_a_run_are_those_that_the_kernel_fills():
    assert Scaling._fields[1:16] == kernel.Flow._fields + kernel.Ledger._fields


# --- what rounding may not decide


def test_a_load_exactly_on_the_threshold_breaches_neither_alarm():
    """At 40 % of n instances the quotient is off by an ulp for a third of all n."""
    policy = TargetTracking(40, Alarm(40, True, 1, 1), Alarm(40, False, 1, 1))
    off = 0
    for n in range(1, 101):
        run = scale([0.1 * n] * 4 + [0.4 * n] * 4, 60, Group(n, n, 200), [policy], MINUTE)
        assert run.desired.tolist() == [n] * 8
        off += run.metric[0, -1] != 40.0
    assert off > 10


def test_a_gap_exactly_on_the_bound_of_a_step_takes_the_step_beyond_it():
    alarm, steps = Alarm(40, True, 1, 1), [Step(0, 20, 1), Step(20, INF, 5)]
    for n in range(1, 101):
        run = scale([0.6 * n] * 2, 60, Group(n, 1, 999), [StepScaling(alarm, steps)], MINUTE)
        assert run.desired.tolist() == [n, n + 5]


# --- other metrics, missing datapoints, protection


def test_requests_per_instance_tell_how_much_is_missing_where_utilisation_is_full():
    jump = [1.5] * 3 + [6.0] * 3
    asked = {}
    for metric, target in (("utilisation", 50), ("requests per instance", 0.5)):
        policy = TargetTracking(target, Alarm(target, True, 3, 3, metric=metric))
        asked[metric] = int(scale(jump * 2, 60, Group(3, 1, 99), [policy], MINUTE).desired[6])
    assert asked == {"utilisation": 6, "requests per instance": 12}


def test_memory_goes_from_idle_to_busy_with_the_utilisation():
    group = Group(4, 4, 4, memory_idle=30.0, memory_busy=80.0)
    watch = TargetTracking(99, Alarm(99, True, 1, 1, metric="memory"))
    run = scale([0.0, 1.0, 2.0, 4.0, 8.0], 60, group, [watch], MINUTE)
    assert run.metric[4].tolist() == [30.0, 42.5, 55.0, 80.0, 80.0]


@pytest.mark.parametrize(
    ("missing", "sizes"),
    [("missing", [4, 4, 4]), ("notBreaching", [4, 4, 4]), ("breaching", [4, 4, 3])],
)
def test_an_alarm_takes_a_missing_datapoint_as_it_is_told(missing, sizes):
    """Two minutes without a request, at two of two datapoints."""
    alarm = Alarm(0.1, False, 2, 2, metric="requests per instance", missing=missing)
    run = scale([2.0, 0.0, 0.0, 0.0], 60, Group(4, 1, 9), [SimpleScaling(alarm, -1, 0)], MINUTE)
    assert run.desired[1:].tolist() == sizes


def test_an_alarm_that_ignores_missing_datapoints_stays_as_it_was():
    alarm = Alarm(0.5, False, 1, 1, metric="requests per instance", missing="ignore")
    few, many = ([rate, 0.0, 0.0] for rate in (0.4, 4.0))
    policy = [SimpleScaling(alarm, -1, 0)]
    assert scale(few, 60, Group(4, 1, 9), policy, MINUTE).desired.tolist() == [4, 3, 2]
    assert scale(many, 60, Group(4, 1, 9), policy, MINUTE).desired.tolist() == [4, 4, 4]


def test_target_tracking_never_takes_a_missing_datapoint_as_low():
    low = Alarm(1, False, 1, 1, missing="breaching")
    policy = TargetTracking(2, Alarm(2, True, 1, 1), low)
    with pytest.raises(ValueError, match="wait for a missing datapoint"):
        scale([1.0], 60, Group(1, 1, 1), [policy], MINUTE)


def test_no_scale_in_ends_a_protected_instance():
    group = Group(6, 1, 9, protected=4)
    run = scale([0.0] * 8, 60, group, [at_once(50)], MINUTE)
    assert run.desired.min() == 4 and run.reason[1, -1] == LIMIT
    assert scale([0.0] * 8, 60, group._replace(initial=2), [at_once(50)], MINUTE).desired[-1] == 2


def test_the_ledger_says_that_it_waits_for_the_warm_up():
    run = scale([9.0] * 8, 60, Group(3, 1, 9, boot_s=60, warm_up_s=300), [at_once(50)], MINUTE)
    assert "goes from 3 to 6" in explain(entry(run, 1, alarm=0))
    said = explain(entry(run, 3, alarm=0))
    assert "3 of the 6 wanted still boot or warm up, so it waits for the warm-up" in said
