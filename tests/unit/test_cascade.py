"""The cascade, judged by what it is not made of: other mechanisms, closed forms, an event twin."""

import hashlib

import numpy as np
import pytest
from cascade_twin import HOUR, SITUATIONS, SMALL
from cascade_twin import Night as Twin

from awsnb._read import recorded
from awsnb.mechanisms.cascade import Batch, HealthCheck, Site, run, spread
from awsnb.mechanisms.cascade.nights import LIVES
from awsnb.mechanisms.control_loop import Alarm, Group, Sensor, TargetTracking, scale
from awsnb.mechanisms.random_streams import generator
from awsnb.mechanisms.token_bucket import Bucket, serve

# Without the compiler a night takes seconds: a process of its own compares the bits of both.
pytestmark = pytest.mark.statistical

DATABASE, INSTANCE = SMALL.database, SMALL.instance
STEADY = Bucket(cost=1, baseline=3000, burst=3000, capacity=0, level=0)


def tracking(target, metric="utilisation"):
    return TargetTracking(
        target,
        Alarm(target, True, 3, 3, metric=metric),
        Alarm(0.7 * target, False, 15, 15, metric=metric),
    )


def scaled(metric="utilisation", target=50.0):
    group = Group(2, 2, 9, boot_s=120, warm_up_s=180, drain_s=60)
    return SMALL._replace(group=group, policies=[tracking(target, metric)])


def replaced(**more):
    return SITUATIONS["replaced"]._replace(**more)


def guarded():
    """Everything that fails fast or spreads out, and instances that come and go."""
    return scaled()._replace(
        clients=SMALL.clients._replace(full_jitter=True, retry_budget=0.5),
        instance=INSTANCE._replace(queue_limit=30, query_limit=15),
        cache=SMALL.cache._replace(ttl_jitter=0.1, coalesced=True),
        health_check=HealthCheck(30, 5, 2, 60),
    )


EVERY = {**SITUATIONS, "scaled": scaled(), "guarded": guarded()}


# --- nothing is lost, nothing is more than it may be


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("step_s", [1, 2])
def test_users_are_answered_have_failed_or_are_still_there(name, step_s):
    night = run(EVERY[name], HOUR[::step_s], step_s)
    totals = night.totals
    assert totals.users == pytest.approx(np.sum(HOUR[::step_s]) * step_s, rel=1e-12)
    there = totals.answered + totals.failed + night.still_there
    assert there == pytest.approx(totals.users, rel=1e-9)


@pytest.mark.parametrize("name", EVERY)
def test_every_attempt_has_one_end(name):
    """Of those that do not wait any more: answered, given up, shed, refused, cut or unserved."""
    night = run(EVERY[name], [*HOUR, *[0.0] * 600])  # in ten minutes without users all is over
    totals = night.totals
    assert night.still_there == pytest.approx(0, abs=1e-6 * totals.users)
    ends = (totals.answered, totals.gave_up, totals.shed, totals.refused, totals.cut)
    assert sum(ends) + totals.unserved == pytest.approx(totals.sent, rel=1e-9)


@pytest.mark.parametrize("name", EVERY)
def test_the_token_bucket_judges_the_ios(name):
    night = run(EVERY[name], HOUR)
    volume = EVERY[name].database.volume
    judged = serve(np.ones(len(HOUR)), night.steps["ios"], [volume])
    level = judged.level[:, 0]
    assert night.steps["credits"] == pytest.approx(level, rel=1e-9, abs=1e-9 * volume.capacity)
    assert judged.backlog.max() <= 1e-6


@pytest.mark.parametrize("name", ["few connections", "guarded", "replaced"])
def test_connections_are_never_more_than_the_database_allows(name):
    night, most = run(EVERY[name], HOUR), EVERY[name].database.max_connections
    assert 0 < night.steps["connections"].max() <= most * (1 + 1e-12)
    assert np.all(night.steps["queries"] <= night.steps["in_service"] * INSTANCE.threads + 1e-9)


@pytest.mark.parametrize("name", ["as it is", "guarded"])
def test_the_batch_does_no_more_than_all_of_its_ios(name):
    site = EVERY[name]._replace(batch=SMALL.batch._replace(ios=1e5))
    night = run(site, HOUR)
    assert night.steps["batch_ios"].sum() == pytest.approx(1e5, rel=1e-9)


# --- the scaling policies


@pytest.mark.parametrize(
    ("metric", "datapoint", "target"),
    [("utilisation", "cpu_pct", 40.0), ("requests per instance", "requests_per_s", 5.0)],
)
def test_the_control_loop_judges_the_decisions(metric, datapoint, target):
    """`scale` sees the cascade's datapoints: its own times what they are off by."""
    site = scaled(metric, target)
    site = site._replace(group=site.group._replace(drain_s=0))
    night = run(site, HOUR)
    minutes = len(HOUR) // 60
    serving = night.steps["in_service"][30::60]
    own = 100 * 0.1 / serving if metric == "utilisation" else 0.1 / serving
    seen = night.minutes[datapoint] / own
    load = [0.1] * minutes
    judged = scale(load, 60, site.group, site.policies, Sensor(60, 60), seen=seen)
    decided = night.minutes["desired"]
    assert len(set(decided.tolist())) > 2
    assert decided[:-1].tolist() == judged.desired[1:].tolist()
    assert [cause != "" for cause in night.causes[:-1]] == (judged.cause[1:] > 0).tolist()


def test_threads_that_wait_leave_the_cpu_idle_so_that_its_policy_does_not_act():
    site = SMALL._replace(group=Group(4, 4, 12, boot_s=120), policies=[tracking(70)])
    night = run(site, HOUR)
    stuck = slice(2701 + 10, 2760)
    assert night.steps["in_service"][stuck].max() == 4
    assert night.steps["cpu_pct"][stuck].max() < 50
    assert night.steps["queries"][stuck].min() > 0.95 * 4 * INSTANCE.threads
    assert night.minutes["desired"][45:49].max() == 4


# --- closed forms


def test_without_a_cache_every_request_is_a_query_and_littles_law_holds():
    site = SMALL._replace(cache=None, batch=None, database=DATABASE._replace(volume=STEADY))
    night = run(site, [30.0] * 600)
    last = night.steps[-1]
    assert last["ios"] == pytest.approx(30 * 5, rel=1e-9)
    assert last["query_ms"] == pytest.approx(2 + 5 * 1, rel=1e-9)
    assert last["queries"] == pytest.approx(30 * 0.007, rel=1e-9)
    assert night.totals.answered == pytest.approx(night.totals.users, rel=1e-4)


def test_a_volume_without_credits_serves_a_closed_loop_of_connections_and_workers():
    """x queries of i I/Os and D / (think + L) of the batch share the baseline: L is a root."""
    empty = DATABASE.volume._replace(level=0)
    site = SMALL._replace(cache=None, database=DATABASE._replace(volume=empty))
    last = run(site, [40.0] * 600).steps[-1]
    each = np.linspace(0.001, 5, 500_000)
    cycle_s = 0.12 + 0.002 + 5 * each  # a thread's: its request's CPU, then the query's
    asked = 80 / cycle_s * 5 + 4 / (0.02 + each)
    root = np.interp(-60, -asked, each)
    assert last["io_ms"] == pytest.approx(1000 * root, rel=1e-4)
    assert last["connections"] <= 80
    assert last["ios"] == pytest.approx(60, rel=1e-9)


def test_a_database_of_little_cpu_holds_the_queries_back():
    """With a volume that keeps up, vCPUs / CPU of a query is all there is."""
    small = DATABASE._replace(vcpus=1, query_cpu_ms=50, volume=STEADY)
    site = SMALL._replace(cache=None, batch=None, database=small)
    last = run(site, [40.0] * 600).steps[-1]
    assert last["ios"] / 5 == pytest.approx(1 / 0.05, rel=1e-9)
    assert last["database_pct"] == pytest.approx(100)
    assert last["query_ms"] == pytest.approx(1000 * (80 / 20 - 0.12), rel=1e-6)


def test_who_is_never_served_is_sent_as_often_as_clients_try():
    """The first second is all that a queue of no place and busy threads ever lets in."""
    stuck = Bucket(cost=1, baseline=1e-6, burst=1e-6, capacity=0, level=0)
    site = SMALL._replace(
        cache=None, batch=None, instance=INSTANCE._replace(queue_limit=0, threads=1, pool=1),
        database=DATABASE._replace(volume=stuck),
    )  # fmt: skip
    last = run(site, [20.0] * 300).steps[-1]
    assert last["sent"] == pytest.approx(20 * (1 + 3), rel=1e-3)
    assert last["failed"] == pytest.approx(20, rel=1e-3)


def test_a_cache_in_balance_misses_a_key_once_in_ttl_and_a_gap():
    cache = SMALL.cache._replace(keys=1, alpha=0)
    site = SMALL._replace(cache=cache._replace(ttl_s=100), batch=None)
    night = run(site, [0.01] * 36_000)  # one request in 100 s: a cycle is 100 s and 100 s
    assert night.steps["misses"].sum() == pytest.approx(360 / 2, rel=0.01)


def test_one_instance_and_no_load_at_all():
    one = SMALL._replace(group=Group(1, 1, 1), batch=None)
    assert run(one, [1.0] * 120).totals.answered == pytest.approx(120, rel=1e-3)
    night = run(one, [0.0] * 120)
    assert night.totals.users == night.totals.sent == night.totals.failed_pct == 0
    assert np.isnan(night.percentile_s(99)).all()
    assert night.minutes["cpu_pct"].tolist() == [0, 0]


def test_nobody_is_served_where_no_instance_is():
    nobody = SMALL._replace(group=Group(0, 0, 1))
    totals = run(nobody, [10.0] * 60 + [0.0] * 60).totals
    assert totals.failed == pytest.approx(600) and totals.unserved == pytest.approx(2400)


# --- the story


def test_without_the_batch_nothing_happens():
    night = run(SITUATIONS["no batch"], HOUR)
    assert night.totals.failed_pct < 1e-9 and night.totals.slow_minutes == 0
    assert night.percentile_s(99).max() < 0.2


def test_credits_that_are_gone_hurt_only_when_the_keys_expire():
    night = run(SMALL, HOUR)
    steps = night.steps
    out_s = int(np.argmax(steps["credits"] < 1))
    first_failed_s = int(np.argmax(steps["failed"] > 0.1))
    assert 1300 < out_s < 1500 and first_failed_s > 1800 + 900
    assert steps["hit_ratio"][2690] > 0.99 > 0.5 > steps["hit_ratio"][2705]


def test_a_constant_volume_or_a_spread_ttl_holds():
    steady = SMALL._replace(database=DATABASE._replace(volume=STEADY))
    assert run(steady, HOUR).totals.failed_pct < 1e-9
    assert run(SITUATIONS["TTL jitter"], HOUR).totals.failed_pct < 1e-9


def test_a_step_of_half_a_second_agrees():
    fine = run(SMALL, np.repeat(HOUR, 2), 0.5).totals
    for step_s in (1, 2):
        coarse = run(SMALL, HOUR[::step_s], step_s).totals
        assert coarse.failed == pytest.approx(fine.failed, rel=0.02)
        assert abs(coarse.slow_minutes - fine.slow_minutes) <= 1


def test_phases_decide_how_much_fails():
    found = spread(replaced(), HOUR, sets=6, threads=1)
    assert found.least.failed < 0.7 * found.most.failed
    assert found.least.failed <= found.median.failed <= found.most.failed
    assert found.each.failed.shape == (6,)


@pytest.mark.parametrize("name", ["replaced", "guarded", "no batch"])
def test_sets_that_share_their_first_minutes_are_single_runs(name):
    site = EVERY[name]._replace(health_check=SITUATIONS["replaced"].health_check)
    each = spread(site, HOUR, sets=3, seed=4).each
    for number in range(3):
        slots = 2 * site.group.largest
        phases = generator(4, "health checks", number).random((slots, LIVES))
        single = run(site, HOUR, phases=phases).totals
        assert tuple(float(column[number]) for column in each) == single


def test_an_instance_without_a_queue_is_healthy_until_it_turns_requests_away():
    site = replaced(batch=None, instance=INSTANCE._replace(queue_limit=0))
    assert run(site, HOUR[:600]).totals.replaced == 0
    assert run(site, [80.0] * 600).totals.replaced > 0


# --- the event-level twin


def rows_of(situation):
    return [row for row in recorded("cascade") if row["situation"] == situation]


@pytest.mark.parametrize("name", [name for name in SITUATIONS if name != "replaced"])
def test_an_hour_beside_the_event_level_twin(name):
    night, rows = run(SITUATIONS[name], HOUR), rows_of(name)
    totals = night.totals
    for count, off in {"failed": 0.15, "gave_up": 0.15, "shed": 0.1, "refused": 0.15}.items():
        twins = np.mean([float(row[count]) for row in rows])
        if name == "few connections" and count in ("failed", "gave_up"):
            assert abs(getattr(totals, count) - twins) < 0.01 * totals.users
        elif name == "queue limit" and count == "gave_up":
            assert abs(totals.gave_up - twins) < 0.005 * totals.users
        else:
            assert getattr(totals, count) == pytest.approx(twins, rel=off, abs=1)
    slow = [int(row["slow_minutes"]) for row in rows]
    assert min(slow) - 2 <= totals.slow_minutes <= max(slow) + 2
    if name != "no batch":
        out_s = np.mean([float(row["credits_out_s"]) for row in rows])
        assert np.argmax(night.steps["credits"] < 1) == pytest.approx(out_s, rel=0.05)


def test_replaced_fleets_fail_within_the_range_of_the_twins():
    twins = [float(row["failed"]) for row in rows_of("replaced")]
    found = spread(replaced(), HOUR).each.failed
    assert min(twins) - 1000 <= found.min() and found.max() <= 1.25 * max(twins)
    assert max(found.min(), min(twins)) < min(found.max(), max(twins))


def test_ten_minutes_beside_a_twin_that_runs_now():
    """No credits; all keys expire after 4 minutes: the queue collapses."""
    empty = DATABASE._replace(volume=DATABASE.volume._replace(level=0))
    cache, batch = SMALL.cache._replace(ttl_s=120), Batch(0, 1e6, 4, 20, publishes_s=120)
    site, users = SMALL._replace(database=empty, cache=cache, batch=batch), [40.0] * 600
    twin, totals = Twin(site, users, seed=1).run(), run(site, users).totals
    ended = twin.counts["answered"] + twin.counts["failed"]
    assert (
        0 <= twin.counts["users"] - ended < 40 * (4 * 10 + 7) * 1.1
    )  # four times the patience, and pauses
    assert twin.volume.ios <= 600 * 60 + 84 + 1  # one I/O of each thread and worker is under way
    assert totals.failed_pct > 20
    for count in ("failed", "gave_up"):
        assert getattr(totals, count) == pytest.approx(twin.counts[count], rel=0.15)


# --- the same bits


DIGEST = """
import hashlib
import numpy as np
from awsnb._jit import JIT_DISABLED
from awsnb.mechanisms.cascade import *
from awsnb.mechanisms.control_loop import *
from awsnb.mechanisms.token_bucket import Bucket
volume = Bucket(1, 60, 300, 2e5, 0)
site = Site(
    Clients(10, 3, 1.0, True, 0.5), Instance(2, 120, 20, 20, 50, 18),
    Group(2, 2, 4, boot_s=30, warm_up_s=30), Database(2, 2, 5, 1, 5, 50, volume),
    Cache(4000, 0.8, 120, 0.1), Batch(0, 1e6, 4, 20, 30), HealthCheck(10, 5, 2, 20),
    [TargetTracking(50, Alarm(50, True, 1, 1), Alarm(30, False, 3, 3))],
)
night = run(site, [40.0] * 480)
found = hashlib.sha256(night.steps.tobytes() + night.minutes.tobytes())
for column in spread(site, [40.0] * 180, sets=3, seed=5, threads=THREADS).each:
    found.update(np.ascontiguousarray(column, dtype=np.float64).tobytes())
print(JIT_DISABLED, found.hexdigest())
"""


def test_the_same_bits_on_any_number_of_threads_and_without_the_compiler(digest):
    one, two, plain = digest(DIGEST, 1), digest(DIGEST, 3), digest(DIGEST, 2, jit_disabled="1")
    assert [one[0], two[0], plain[0]] == ["False", "False", "True"]
    assert one[1] == two[1] == plain[1]


def test_the_same_seed_is_the_same_set_of_phases_and_another_is_not():
    def bits(seed):
        each = spread(replaced(), HOUR, sets=2, seed=seed).each
        return hashlib.sha256(np.array(each).tobytes()).hexdigest()

    assert bits(1) == bits(1) != bits(2)


# --- refusals


def changed(part, **numbers):
    return SMALL._replace(**{part: getattr(SMALL, part)._replace(**numbers)})


@pytest.mark.parametrize(
    ("site", "field"),
    [
        (changed("clients", patience_s=0), "patience_s"),
        (changed("clients", retries=-1), "retries"),
        (changed("clients", retries=11), "retries"),
        (changed("clients", pause_s=float("nan")), "pause_s"),
        (changed("clients", retry_budget=-0.1), "retry_budget"),
        (changed("instance", vcpus=0), "vcpus"),
        (changed("instance", threads=0), "threads"),
        (changed("instance", pool=0), "pool"),
        (changed("instance", queue_limit=-1), "queue_limit"),
        (changed("instance", query_limit=float("nan")), "query_limit"),
        (changed("database", query_ios=0), "query_ios"),
        (changed("database", login_cpu_ms=-1), "login_cpu_ms"),
        (changed("database", max_connections=0), "max_connections"),
        (changed("database", volume=Bucket(2, 60, 300, 9, 9)), "cost"),
        (changed("database", volume=Bucket(1, 60, 30, 9, 9)), "burst"),
        (changed("database", volume=Bucket(1, 60, 300, 9, 10)), "level"),
        (changed("cache", keys=0), "keys"),
        (changed("cache", ttl_jitter=1.1), "ttl_jitter"),
        (changed("batch", workers=0), "workers"),
        (changed("batch", ios=-1), "ios"),
        (replaced(health_check=HealthCheck(0, 5)), "interval_s"),
        (changed("group", smallest=5), "smallest"),
    ],
)
def test_a_site_that_cannot_be_is_refused(site: Site, field):
    with pytest.raises(ValueError, match=field):
        run(site, HOUR)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"users_per_s": []}, "users_per_s"),
        ({"users_per_s": [-1.0] * 60}, "users_per_s"),
        ({"users_per_s": [1.0] * 61}, "minutes"),
        ({"users_per_s": [1.0] * 60, "step_s": 3}, "step_s"),
        ({"users_per_s": [1.0] * 60, "step_s": 0}, "step_s"),
        ({"users_per_s": [1.0] * 60, "step_s": 0.7}, "step_s"),
        ({"users_per_s": [1.0] * 60, "phases": [0.5]}, "phases"),
        ({"users_per_s": [1.0] * 60, "phases": np.full((8, 1), 1.5)}, "phases"),
    ],
)
def test_a_run_that_cannot_be_is_refused(arguments, word):
    with pytest.raises(ValueError, match=word):
        run(SMALL, **arguments)


def test_sets_and_threads_are_1_or_more():
    with pytest.raises(ValueError, match="sets"):
        spread(SMALL, HOUR, sets=0)
    with pytest.raises(ValueError, match="threads"):
        spread(SMALL, HOUR, threads=0)
