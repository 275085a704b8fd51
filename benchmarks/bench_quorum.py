"""A quorum's latency, counted; and copies that fail and are repaired: simulated, and solved."""

import math
import random
import tracemalloc

import numpy as np
import pytest

from awsnb.mechanisms.lifetimes import (
    Lifetimes,
    chain,
    loss_probability,
    mean_time_to_loss,
    simulate,
    unavailability,
)
from awsnb.mechanisms.quorum import Copies, waits

WRITES, PYTHON_WRITES = 1_000_000, 20_000
COPIES = Copies((2, 2, 2), (1.0, 1.0, 1.0), 0.1, 0.3, slow_share=0.01, slow_factor=8.0)
RANKS = [4, 3]
QUANTILES = [0.5, 0.99, 0.999]

OFTEN = Lifetimes(copy_up=100.0, copy_down=2.0, zone_up=500.0, zone_down=5.0)
PER_ZONE, QUORUMS = (2, 2, 2), [4, 3]
HISTORIES, WITHIN, SIMPY_WITHIN = 100, 1e5, 1e5


def counted(copies=COPIES, writes=WRITES):
    return waits(copies, RANKS, writes)


def by_numpy(writes=WRITES, dtype=np.float64, part=None):
    """All draws as arrays; `part` keeps them small enough for the processor's cache."""
    rng, answers = np.random.default_rng(1), []
    for _ in range(0, writes, part or writes):
        n = part or writes
        zone = COPIES.zone_sigma * rng.standard_normal((3, n), dtype)
        x = COPIES.copy_sigma * rng.standard_normal((6, n), dtype) + np.repeat(zone, 2, axis=0)
        x[rng.random((6, n), dtype) < COPIES.slow_share] += dtype(math.log(COPIES.slow_factor))
        answers.append(np.partition(np.exp(x), (2, 3), axis=0)[[3, 2]])
    return np.concatenate(answers, axis=1)


def by_python(writes):
    dice, answers = random.Random(1), []
    for _ in range(writes):
        copies = []
        for _ in range(3):
            zone = dice.gauss(0.0, COPIES.zone_sigma)
            for _ in range(2):
                latency = math.exp(zone + dice.gauss(0.0, COPIES.copy_sigma))
                copies.append(latency * (8.0 if dice.random() < COPIES.slow_share else 1.0))
        copies.sort()
        answers.append((copies[3], copies[2]))
    return np.array(answers).T


@pytest.fixture(scope="module", autouse=True)
def same_answer():
    ours, theirs = counted().quantile(QUANTILES), np.quantile(by_numpy(), QUANTILES, axis=1).T
    np.testing.assert_allclose(ours, theirs, rtol=0.02)


PEERS = {
    "NumPy, all at once": lambda: by_numpy(),
    "NumPy, 16,384 at a time": lambda: by_numpy(part=16_384),
    "NumPy, single precision, 16,384 at a time": lambda: by_numpy(dtype=np.float32, part=16_384),
}


@pytest.mark.parametrize("peer", PEERS)
def test_a_million_writes_against_numpys_partition(against, peer):
    against(f"a million writes / {peer}", counted, PEERS[peer])


def test_a_million_writes_against_plain_python(against):
    against(
        "a million writes / plain Python (20,000, scaled)",
        counted,
        lambda: by_python(PYTHON_WRITES),
        share=PYTHON_WRITES / WRITES,
    )


def test_a_million_writes_against_drawing_their_normals(against):
    """What NumPy needs for the draws alone: nine normals a write, no quorum."""
    rng = np.random.default_rng(1)
    out = np.empty((9, WRITES), np.float32)
    against("a million writes / their normals alone, NumPy", counted,
            lambda: rng.standard_normal(dtype=np.float32, out=out))  # fmt: skip


@pytest.mark.parametrize("per_zone", [(1, 1, 1), (3, 3, 3), (5, 5, 5)])
def test_the_cost_follows_the_copies(against, per_zone):
    other = COPIES._replace(per_zone=per_zone)
    ranks = [sum(per_zone) // 2 + 1]
    against(f"{per_zone} copies / (2, 2, 2)", lambda: waits(other, ranks, WRITES), counted)


def peak(run):
    tracemalloc.start()
    run()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def test_memory(capsys, benchmark):
    ours = peak(counted)
    benchmark.extra_info["bytes"] = ours
    benchmark.pedantic(counted, rounds=1)
    with capsys.disabled():
        print(f"\n  peak memory, a million writes: ours {ours / 1e3:,.0f} kB")
        for name, run in PEERS.items():
            theirs = peak(run)
            print(f"    {name}: {theirs / 1e6:,.1f} MB, {theirs / ours:,.0f}x")


# --- lifetimes


def simulated():
    return simulate(PER_ZONE, OFTEN, QUORUMS, WITHIN, HISTORIES)


def by_simpy(within, seed=1):
    """A process for each copy and each zone; returns the time without each quorum, and events."""
    simpy = pytest.importorskip("simpy")
    dice, world = random.Random(seed), simpy.Environment()
    up, whole = [True] * len(PER_ZONE), list(PER_ZONE)
    lost, since, events = [0.0] * len(QUORUMS), [None] * len(QUORUMS), [0]

    def look():
        events[0] += 1
        reachable = sum(count for count, on in zip(whole, up, strict=True) if on)
        for q, quorum in enumerate(QUORUMS):
            if reachable < quorum:
                since[q] = world.now if since[q] is None else since[q]
            elif since[q] is not None:
                lost[q] += world.now - since[q]
                since[q] = None

    def copy(zone):
        while True:
            yield world.timeout(dice.expovariate(1 / OFTEN.copy_up))
            whole[zone] -= 1
            look()
            yield world.timeout(dice.expovariate(1 / OFTEN.copy_down))
            whole[zone] += 1
            look()

    def zone(number):
        while True:
            yield world.timeout(dice.expovariate(1 / OFTEN.zone_up))
            up[number] = False
            look()
            yield world.timeout(dice.expovariate(1 / OFTEN.zone_down))
            up[number] = True
            look()

    for number, count in enumerate(PER_ZONE):
        world.process(zone(number))
        for _ in range(count):
            world.process(copy(number))
    world.run(until=within)
    return lost, events[0]


def solved():
    states = chain(PER_ZONE, OFTEN)
    return [(unavailability(states, q), mean_time_to_loss(states, q)) for q in QUORUMS]


def test_simulated_lifetimes_against_simpy(against):
    found = simulated()
    share = found.lost / WITHIN
    error = share.std(axis=0, ddof=1) / math.sqrt(HISTORIES)
    for q, (exact, _) in enumerate(solved()):
        assert share[:, q].mean() == pytest.approx(exact, abs=5 * error[q])
    lost, _ = by_simpy(1e6)
    assert lost[0] / 1e6 == pytest.approx(share[:, 0].mean(), rel=0.25)
    against(
        "simulated lifetimes / SimPy, by simulated time",
        simulated,
        lambda: by_simpy(SIMPY_WITHIN),
        share=SIMPY_WITHIN / (WITHIN * HISTORIES),
    )


def test_the_exact_answer_against_the_simulation(against):
    against("exact, from rates to answers, both quorums / simulated", solved, simulated)


def test_a_chance_within_a_year_against_the_steady_state(against):
    states = chain(PER_ZONE, Lifetimes(2 * 8760, 10 / 3600, 3 * 8760, 1.0))
    against("loss within a year / steady state", lambda: loss_probability(states, 3, 8760.0),
            lambda: unavailability(states, 3))  # fmt: skip
