"""Target tracking over two weeks: exact within each minute, against plants that step by seconds.

All have the same rules: 60 s of metric, 3 of 3 datapoints to scale out, 15 of 15 to scale in, boot
and warm-up, work that does not fit is lost. What they do is compared before they are timed.
"""

import math
import time

import numpy as np
import pytest

from awsnb.mechanisms.control_loop import Alarm, Case, Group, Sensor, TargetTracking, scale, sweep

simpy = pytest.importorskip("simpy")

MINUTES, DAYS = 1440, 14
DAYS_OF_PEER = 1  # the peers do a day; their time is scaled per simulated second
GROUP = Group(40, 2, 200, 1.0, boot_s=95, warm_up_s=130, backlog_limit=0.0)
TARGET, LOW = 50.0, 35.0


def policy(target=TARGET):
    return TargetTracking(target, Alarm(target, True, 3, 3), Alarm(0.7 * target, False, 15, 15))


def loads(minutes):
    rng = np.random.default_rng(1)
    day = np.arange(minutes) % MINUTES
    load = (20 + 12 * np.sin(2 * np.pi * day / MINUTES)) * rng.gamma(50, 1 / 50, minutes)
    load[(day >= 600) & (day < 660)] *= 2.5  # every day a rush hour
    return load


def by_minutes(load):
    run = scale(load, 60, GROUP, [policy()], Sensor(60))
    return run.totals.instance_s, run.totals.lost


def totals_only(load):
    found = sweep(load, 60, [Case(GROUP, [policy()], Sensor(60))], threads=1)
    return float(found.instance_s[0]), float(found.lost[0])


class Controller:
    """What is wanted, by the minute; shared by the plants of seconds."""

    def __init__(self):
        self.desired = self.counting = GROUP.initial
        self.warming, self.booting = 0, 0
        self.points, self.batches = [], []  # [count, serves at, counts at]

    def mature(self, now):
        for batch in self.batches[:]:
            count, serves_at, counts_at = batch
            if counts_at <= now:
                self.counting += count
                self.warming -= count
                self.batches.remove(batch)
            elif serves_at == now:
                self.booting -= count
                self.warming += count

    def decide(self, now, point):
        points = self.points
        points.append(point)
        if len(points) >= 3 and min(points[-3:]) > TARGET:
            wish = min(math.ceil(self.counting * point / TARGET - 1e-9), GROUP.largest)
            if wish > self.desired:
                count, serves_at = wish - self.desired, now + GROUP.boot_s
                self.batches.append([count, serves_at, serves_at + GROUP.warm_up_s])
                self.booting += count
                self.desired = wish
        elif len(points) >= 15 and max(points[-15:]) < LOW and not self.batches:
            wish = max(math.ceil(self.desired * point / TARGET - 1e-9), GROUP.smallest)
            self.desired = self.counting = min(self.desired, wish)


def by_python(load):
    """One second at a time, nothing in the loop that is not needed."""
    control, cost, lost = Controller(), 0.0, 0.0
    now = 0
    for arriving in load.tolist():
        busy = counted = 0.0
        for now in range(now, now + 60):  # noqa: B020
            if control.batches:
                control.mature(now)
            counting = control.counting
            rate = counting + control.warming
            if arriving > rate:
                busy += counting
                lost += arriving - rate
            else:
                busy += arriving / rate * counting
            counted += counting
            cost += rate + control.booting
        now += 1
        control.mature(now)
        control.decide(now, 100 * busy / counted)
    return cost, lost


def by_simpy(load):
    """A process that is the plant, second by second, and one that decides every minute."""
    env, control, arriving = simpy.Environment(), Controller(), load.tolist()
    sums = {"busy": 0.0, "counted": 0.0, "cost": 0.0, "lost": 0.0}

    def plant():
        while True:
            now = int(env.now)
            control.mature(now)
            counting = control.counting
            rate, asked = counting + control.warming, arriving[now // 60]
            sums["busy"] += min(1.0, asked / rate) * counting
            sums["lost"] += max(0.0, asked - rate)
            sums["counted"] += counting
            sums["cost"] += rate + control.booting
            yield env.timeout(1)

    def controller():
        while True:
            yield env.timeout(60)
            control.mature(int(env.now))
            control.decide(int(env.now), 100 * sums["busy"] / sums["counted"])
            sums["busy"] = sums["counted"] = 0.0

    env.process(controller())
    env.process(plant())
    env.run(until=60 * len(load))
    return sums["cost"], sums["lost"]


@pytest.fixture(scope="module")
def fortnight():
    return loads(DAYS * MINUTES)


@pytest.mark.parametrize("ours", [by_minutes, totals_only])
@pytest.mark.parametrize("peer", [by_python, by_simpy])
def test_two_weeks_against_a_plant_of_seconds(against, fortnight, ours, peer):
    day = fortnight[: DAYS_OF_PEER * MINUTES]
    assert peer(day) == pytest.approx(ours(day), rel=1e-9)
    against(
        f"two weeks, {ours.__name__} / {peer.__name__} (a day, scaled)",
        lambda: ours(fortnight),
        lambda: peer(day),
        share=DAYS_OF_PEER / DAYS,
    )


@pytest.mark.parametrize("every_s", [1, 60])
def test_a_finer_load(against, fortnight, every_s):
    load = np.repeat(fortnight, 60 // every_s)
    against(
        f"two weeks of load by the minute / by {every_s} s",
        lambda: scale(fortnight, 60, GROUP, [policy()], Sensor(60)),
        lambda: scale(load, every_s, GROUP, [policy()], Sensor(60)),
    )


def stability_map():
    return [
        Case(GROUP._replace(warm_up_s=float(w)), policies, Sensor(p))
        for policies in ([policy(float(t))] for t in np.linspace(20, 90, 50))
        for w in range(0, 1000, 20)
        for p in (30.0, 60.0, 120.0, 300.0)
    ]


def test_a_stability_map_of_10_000_cells_on_two_threads(against):
    """Target x warm-up x metric period, each cell a day."""
    load, cases = loads(MINUTES).repeat(2), stability_map()
    one, two = sweep(load, 30, cases, threads=1), sweep(load, 30, cases, threads=2)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(one, two, strict=True))
    against(
        "10,000 cells of a day, 2 threads / 1 thread",
        lambda: sweep(load, 30, cases, threads=2),
        lambda: sweep(load, 30, cases, threads=1),
        rounds=5,
        clock=time.perf_counter,
    )
