import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from awsnb import facts, theory
from awsnb.aws.ebs import Io, Volume, volume_limits
from awsnb.mechanisms import token_bucket
from awsnb.mechanisms.token_bucket import NOT_THROTTLED, Bucket, Service, serve

INF = float("inf")
EBS = facts.load("ebs")
GP2 = Bucket(cost=1, baseline=300, burst=3000, capacity=5.4e6, level=5.4e6)
CAP = Bucket(cost=1 / 64, baseline=128, burst=128, capacity=0, level=0)

# --- the naive twins


def exact_twin(duration, demand, buckets, backlog_limit):
    """The same physics in fractions, where no comparison is off by rounding."""
    buckets = [Bucket(*map(Fraction, bucket)) for bucket in buckets]
    backlog_limit = Fraction(backlog_limit) if backlog_limit < INF else INF
    x, queue, rows = [bucket.level for bucket in buckets], Fraction(0), []
    for left, arriving in zip(map(Fraction, duration), map(Fraction, demand), strict=True):
        served = lost = waiting = throttled = Fraction(0)
        while left:
            free = min(
                (b.burst if tokens else b.baseline) / b.cost
                for b, tokens in zip(buckets, x, strict=True)
            )
            held_back = queue > 0 or arriving > free
            rate = free if held_back else arriving
            gain = [b.baseline - rate * b.cost for b in buckets]
            growth, losing = arriving - rate, Fraction(0)
            if growth > 0 and queue == backlog_limit:
                growth, losing = Fraction(0), growth
            steps = [left] + [t / -g for t, g in zip(x, gain, strict=True) if t > 0 > g]
            if growth < 0:
                steps.append(queue / -growth)
            if growth > 0 and backlog_limit < INF:
                steps.append((backlog_limit - queue) / growth)
            step = min(steps)
            x = [min(b.capacity, t + g * step) for b, t, g in zip(buckets, x, gain, strict=True)]
            waiting += (2 * queue + growth * step) / 2 * step
            queue += growth * step
            served += rate * step
            lost += losing * step
            throttled += step if held_back else 0
            left -= step
        rows.append((served, lost, queue, waiting, throttled, *x))
    return np.array(rows, dtype=float).T


def stepper_twin(duration, demand, buckets, backlog_limit, dt):
    """No events at all: small equal steps, in each of which a bucket is a handful of tokens."""
    x, queue, rows = [b.level for b in buckets], 0.0, []
    for length, arriving in zip(duration, demand, strict=True):
        served = lost = waiting = throttled = 0.0
        for _ in range(round(length / dt)):
            let = min(
                min(b.burst * dt, tokens + b.baseline * dt) / b.cost
                for b, tokens in zip(buckets, x, strict=True)
            )
            asked = queue + arriving * dt
            done = min(asked, let)
            queue = min(asked - done, backlog_limit)
            over = asked - done - queue
            x = [
                min(b.capacity, tokens + b.baseline * dt - b.cost * done)
                for b, tokens in zip(buckets, x, strict=True)
            ]
            served, lost, waiting = served + done, lost + over, waiting + queue * dt
            throttled += dt if asked - done > 1e-9 * asked else 0.0
        rows.append((served, lost, queue, waiting, throttled, *x))
    return np.array(rows).T


def rows_of(service):
    return np.vstack([*service[:5], service.level.T])


def tolerance_of(duration, demand, buckets):
    """Rounding of the largest numbers that were added up, for each row of `rows_of`."""
    work, total_s = 1 + float(np.dot(duration, demand)), 1 + sum(duration)
    tokens = [b.capacity + b.baseline * total_s + b.cost * work for b in buckets]
    seconds = 1e3 + total_s  # in which a backlog of rounding's size drains
    return 1e-12 * np.array([work, work, work, work * total_s, seconds, *tokens])[:, None]


# --- inputs; dyadic, so that the ties in them are exact in floats too

whole = st.integers
durations = st.sampled_from([0.125, 0.5, 1.0, 3.0, 7.5, 60.0, 300.0, 301.0])
costs = st.sampled_from([1 / 64, 0.25, 1.0, 2.0, 4.0])


@st.composite
def buckets_of(draw):
    cost, baseline = draw(costs), draw(st.sampled_from([1, 3, 10, 64, 300]))
    if draw(st.booleans()):
        return Bucket(cost, baseline, baseline, 0, 0)
    burst = baseline * draw(st.sampled_from([1, 2, 10]))
    capacity = draw(st.sampled_from([1, 100, 5000, 100_000]))
    return Bucket(cost, baseline, burst, capacity, capacity * draw(st.sampled_from([0, 0.5, 1])))


@st.composite
def cases(draw):
    buckets = draw(st.lists(buckets_of(), min_size=1, max_size=3))
    ties = [rate / b.cost for b in buckets for rate in (b.baseline, b.burst)]
    rates = st.one_of(
        st.just(0.0), st.sampled_from(ties), whole(0, 1000).map(float), whole(0, 40).map(float)
    )
    segments = draw(st.lists(st.tuples(durations, rates), min_size=1, max_size=8))
    duration, demand = map(list, zip(*segments, strict=True))
    return duration, demand, buckets, draw(st.sampled_from([INF, 0.0, 1.0, 50.0, 4096.0]))


GP2_DAY = ([3600.0, 3600.0, 7200.0], [3000.0, 100.0, 900.0], [GP2, CAP], INF)


# --- against the twins


FULL_QUEUE = ([0.125] * 3 + [0.5], [0.0] * 3 + [17.0], [Bucket(2.0, 3, 6, 1, 0)], 1.0)


@given(cases())
@example(FULL_QUEUE)
def test_the_kernel_agrees_with_the_exact_twin_to_rounding(case):
    ours, twins = rows_of(serve(*case)), exact_twin(*case)
    off = np.abs(ours - twins)
    assert (off <= tolerance_of(*case[:3])).all(), off.max(axis=1)


@pytest.mark.parametrize("backlog_limit", [INF, 0.0, 40.0])
@pytest.mark.parametrize(
    "buckets",
    [
        [Bucket(1, 10, 100, 900, 900)],
        [Bucket(1, 10, 100, 900, 0)],
        [Bucket(1, 10, 100, 900, 450), Bucket(0.5, 30, 30, 0, 0)],
        [Bucket(1, 10, 100, 900, 900), Bucket(2, 60, 120, 300, 100), Bucket(1, 80, 80, 0, 0)],
    ],
)
def test_the_kernel_agrees_with_small_steps(buckets, backlog_limit):
    duration, demand = [20.0, 30.0, 7.0, 40.0, 25.0], [90.0, 2.0, 130.0, 0.0, 35.0]
    dt = 1 / 256
    ours = rows_of(serve(duration, demand, buckets, backlog_limit))
    steps = stepper_twin(duration, demand, buckets, backlog_limit, dt)
    np.testing.assert_allclose(ours, steps, rtol=2e-3, atol=200 * dt)


def test_what_the_docstring_says_of_units():
    service = serve(*GP2_DAY)
    rates, capped_s = service.served / GP2_DAY[0], service.throttled_s
    assert capped_s[0] == pytest.approx(1600)  # 2,000 s on credit, then at the baseline
    assert rates[0] == pytest.approx((2000 * 3000 + 1600 * 300) / 3600)
    assert service.backlog[0] == pytest.approx(1600 * 2700)
    assert service.waiting[0] == pytest.approx(1600 * 1600 * 2700 / 2)
    assert service.level[0].tolist() == [0, 0]
    assert service.limiter.tolist() == [0, 0, 0]


# --- which limit binds


@pytest.mark.parametrize(
    ("buckets", "demand", "limiter"),
    [
        ([GP2, CAP], 3000, NOT_THROTTLED),
        ([GP2, CAP], 4000, 2),
        ([GP2._replace(level=0), CAP], 4000, 0),
        ([GP2, CAP._replace(cost=1)], 4000, 1),
        ([CAP._replace(cost=1), GP2._replace(level=0)], 4000, 0),
        ([CAP, GP2._replace(level=0)], 4000, 1),
        ([CAP, GP2], 4000, 3),
    ],
)
def test_the_limiter_is_the_bucket_that_sets_the_rate(buckets, demand, limiter):
    assert serve([1.0], [demand], buckets).limiter.tolist() == [limiter]


def test_the_limiter_of_a_segment_is_the_last_one_in_it():
    assert serve([3600.0], [4000.0], [GP2, CAP]).limiter.tolist() == [0]


# --- conservation


@given(cases())
def test_tokens_and_work_are_conserved(case):
    duration, demand, buckets, _ = case
    service = serve(*case)
    work, *_ = tolerance = tolerance_of(duration, demand, buckets)[:, 0]
    tokens = tolerance[5:]
    served = service.served.sum()
    for j, bucket in enumerate(buckets):
        earned = bucket.baseline * sum(duration)
        change = service.level[-1, j] - bucket.level
        assert earned == pytest.approx(
            bucket.cost * served + service.overflow[j] + change, abs=tokens[j]
        )
    offered = np.multiply(duration, demand)
    change = np.diff(service.backlog, prepend=0.0)
    np.testing.assert_allclose(offered, service.served + service.lost + change, atol=work)


@given(cases())
def test_no_number_leaves_its_range(case):
    duration, _, buckets, backlog_limit = case
    service = serve(*case)
    assert (rows_of(service) >= 0).all() and (service.overflow >= 0).all()
    assert (service.level <= [b.capacity for b in buckets]).all()
    assert (service.backlog <= backlog_limit).all()
    assert (service.throttled_s <= np.multiply(duration, 1 + 1e-12)).all()
    assert ((service.limiter == NOT_THROTTLED) == (service.throttled_s == 0)).all()
    fastest = min(b.burst / b.cost for b in buckets)
    assert (service.served <= fastest * np.array(duration) * (1 + 1e-12)).all()
    if backlog_limit == 0:
        assert not service.waiting.any()
    if backlog_limit == INF:
        assert not service.lost.any()


# --- metamorphic


@given(cases())
def test_twice_the_rates_in_half_the_time_is_the_same_story(case):
    duration, demand, buckets, limit = case
    twice = [b._replace(baseline=2 * b.baseline, burst=2 * b.burst) for b in buckets]
    once = serve(duration, demand, buckets, limit)
    fast = serve(np.divide(duration, 2), np.multiply(demand, 2), twice, limit)
    halves = {"waiting", "throttled_s"}
    for name, a, b in zip(Service._fields, once, fast, strict=True):
        np.testing.assert_array_equal(a / 2 if name in halves else a, b, err_msg=name)


@given(cases(), st.data())
def test_a_segment_cut_in_two_changes_nothing(case, data):
    duration, demand, buckets, limit = case
    at = data.draw(whole(0, len(duration) - 1))
    share = data.draw(st.sampled_from([0.25, 0.5, 0.875]))
    pieces = [duration[at] * share, duration[at] * (1 - share)]
    whole_one = rows_of(serve(*case))
    cut = rows_of(
        serve(
            duration[:at] + pieces + duration[at + 1 :],
            demand[: at + 1] + demand[at:],
            buckets,
            limit,
        )
    )
    joined = np.delete(cut, at, axis=1)
    joined[[0, 1, 3, 4], at] += cut[[0, 1, 3, 4], at]
    assert (np.abs(joined - whole_one) <= tolerance_of(duration, demand, buckets)).all()


@given(cases(), buckets_of())
def test_one_more_bucket_never_serves_more(case, bucket):
    duration, demand, buckets, limit = case
    less = serve(duration, demand, [*buckets, bucket], limit).served.cumsum()
    more = serve(*case).served.cumsum()
    assert (less <= more + tolerance_of(duration, demand, buckets)[0]).all()


@given(cases())
def test_more_credit_at_the_start_never_loses_more(case):
    duration, demand, buckets, _ = case
    poor = serve(duration, demand, [b._replace(level=0) for b in buckets], 0.0)
    rich = serve(duration, demand, [b._replace(level=b.capacity) for b in buckets], 0.0)
    _, lost, _, _, seconds, *_ = tolerance_of(duration, demand, buckets)[:, 0]
    assert rich.lost.sum() <= poor.lost.sum() + lost
    if sum(b.capacity > 0 for b in buckets) <= 1:  # what serves more may drain another bucket
        assert rich.throttled_s.sum() <= poor.throttled_s.sum() + seconds


def test_the_order_of_the_buckets_is_no_matter():
    duration, demand, buckets, limit = GP2_DAY
    there, back = serve(*GP2_DAY), serve(duration, demand, buckets[::-1], limit)
    for name in ("served", "lost", "backlog", "waiting", "throttled_s"):
        np.testing.assert_array_equal(getattr(there, name), getattr(back, name))
    np.testing.assert_array_equal(there.level, back.level[:, ::-1])


# --- compiled and plain


def bits(service):
    return [array.tobytes() for array in service]


@given(cases())
def test_compiled_and_plain_python_agree_to_the_last_bit(case):
    plain = getattr(token_bucket._serve, "py_func", None)
    if plain is None:
        pytest.skip("kernels run as plain Python here")
    compiled = serve(*case)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(token_bucket, "_serve", plain)
        assert bits(serve(*case)) == bits(compiled)


DIGEST = """
import hashlib
import numpy as np
from awsnb import _jit
from awsnb.mechanisms.token_bucket import Bucket, _serve, serve

rng = np.random.default_rng(7)
duration, demand = rng.choice([60.0, 300.0, 3600.0], 500), rng.gamma(0.5, 900.0, 500)
buckets = [Bucket(1, 300, 3000, 5.4e6, 2e6), Bucket(1 / 3, 400, 400, 0, 0),
           Bucket(0.1, 70, 200, 1e5, 1e5)]
digest = hashlib.sha256()
for limit in (np.inf, 0.0, 32.0):
    for array in serve(duration, demand, buckets, limit):
        digest.update(array.tobytes())
print(_jit.JIT_DISABLED, hasattr(_serve, "py_func"), digest.hexdigest())
"""


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout.split()


def test_the_whole_module_gives_the_same_bits_with_the_compiler_off():
    on, off = run(DIGEST, AWSNB_DISABLE_JIT="0"), run(DIGEST, AWSNB_DISABLE_JIT="1")
    assert (on[0], off[:2]) == ("False", ["True", "False"])
    assert on[2] == off[2]


def test_the_same_question_has_the_same_answer_and_leaves_its_inputs_alone():
    duration, demand, buckets, limit = GP2_DAY
    duration, demand = np.array(duration), np.array(demand)
    before = duration.tobytes(), demand.tobytes()
    assert bits(serve(duration, demand, buckets, limit)) == bits(serve(*GP2_DAY))
    assert before == (duration.tobytes(), demand.tobytes())


# --- inputs at the edge of what floats can say

ADVERSARIAL = """
import itertools
import numpy as np
from awsnb.mechanisms.token_bucket import Bucket, serve

tiny, third, cap = 5e-324, 1 / 3, Bucket(1, 1, 1, 0, 0)
near = np.nextafter(1.0, [0, 2])
b, c = next((b, c) for b in range(1, 99) for c in range(1, 99) if b / c * c > b)  # by rounding
buckets = [
    [Bucket(c, b, 2 * b, 9, 0)], [Bucket(1, b / c, 5, 9, 0), Bucket(c, b, 2 * b, 9, 0)],
    [Bucket(1, 1, 1, tiny, tiny)], [Bucket(1, 1, 2, 1, tiny), Bucket(1, 1, 2, 1, 2 * tiny)],
    [Bucket(third, third, 1, 1, 1), Bucket(3, 3, 9, 1, 0), cap],
    [Bucket(0.1, 0.1, 0.3, 1, 0), Bucket(0.3, 0.3, 0.3, 0, 0), Bucket(0.7, 0.7, 2.1, 9, 9)],
    [Bucket(1, tiny, tiny, 1, 1)], [Bucket(1e-300, 1e-3, 1e3, 1e300, 1e300)],
    [Bucket(1e300, 1e300, 1e300, 1e-300, 1e-300), cap],
]
demands = [[0.0, 1.0, *near], [tiny, 1.0, 2.0, 3.0], [third, 3 * third, 0.1 + 0.2, 1.0],
           [1e-300, 1e15, 0.0, 1.0], [1.0, 2.0, 1.0, near[1]], [b / c, 9.0, 0.0, b / c]]
durations = [[1.0] * 4, [tiny, 1.0, 1e9, 1e-9], [1e-308, third, 3.0, 1e12]]
for one, demand, duration, limit in itertools.product(
    buckets, demands, durations, [np.inf, 0.0, tiny, third, 1e300]
):
    service = serve(duration, demand, one, limit)
    assert not any(np.isnan(array).any() for array in service), (one, demand, duration, limit)
print("done")
"""


@pytest.mark.parametrize("disable", ["0", "1"])
def test_adversarial_inputs_come_to_an_end(disable):
    assert run(ADVERSARIAL, AWSNB_DISABLE_JIT=disable) == ["done"]


extreme = st.floats(1e-320, 1e12, allow_subnormal=True)


@given(
    st.lists(st.tuples(extreme, st.one_of(st.just(0.0), extreme)), min_size=1, max_size=6),
    st.lists(st.tuples(extreme, extreme, extreme, extreme), min_size=1, max_size=3),
    st.one_of(st.sampled_from([INF, 0.0]), extreme),
)
def test_any_floats_come_to_an_end_within_range(segments, quadruples, limit):
    buckets = [Bucket(c, min(r, b), max(r, b), full, full) for c, r, b, full in quadruples]
    duration, demand = zip(*segments, strict=True)
    service = serve(duration, demand, buckets, limit)
    assert (service.level >= 0).all()
    assert (service.level <= [b.capacity for b in buckets]).all()
    assert (service.backlog <= limit).all()


def test_no_segments_are_no_service():
    service = serve([], [], [GP2, CAP])
    assert service.served.shape == (0,)
    assert service.level.shape == (0, 2)


@pytest.mark.parametrize(
    ("duration", "demand", "buckets", "limit", "words"),
    [
        ([1, 2], [1], [GP2], 0, r"equally long and one-dimensional, not \(2,\) and \(1,\)"),
        ([[1]], [[1]], [GP2], 0, "one-dimensional"),
        ([0], [1], [GP2], 0, "duration_s must be finite and above 0"),
        ([-1], [1], [GP2], 0, "duration_s"),
        ([np.nan, 1], [1, 1], [GP2], 0, "duration_s"),
        ([1, np.inf], [1, 1], [GP2], 0, "duration_s"),
        ([1], [-1], [GP2], 0, "demand_per_s must be finite and 0 or more"),
        ([1, 1], [1, np.nan], [GP2], 0, "demand_per_s"),
        ([1], [np.inf], [GP2], 0, "demand_per_s"),
        ([1], [1], [GP2], -1, "backlog_limit = -1"),
        ([1], [1], [GP2], np.nan, "backlog_limit = nan"),
        ([1], [1], [], 0, "at least one Bucket"),
        ([1], [1], [GP2._replace(level=np.nan)], 0, "finite numbers"),
        ([1], [1], [GP2._replace(burst=np.inf)], 0, "finite numbers"),
        ([1], [1], [GP2._replace(cost=0)], 0, "cost > 0"),
        ([1], [1], [GP2._replace(cost=-1)], 0, "cost > 0"),
        ([1], [1], [GP2._replace(baseline=0)], 0, "baseline > 0"),
        ([1], [1], [GP2._replace(burst=299)], 0, "burst >= baseline"),
        ([1], [1], [CAP, GP2._replace(level=-1)], 0, "0 <= level"),
        ([1], [1], [CAP, GP2._replace(level=5.5e6)], 0, "level <= capacity"),
        ([1], [1], [(1, 2, 3)], 0, "list of at least one Bucket"),
    ],
)
def test_what_cannot_be_is_refused(duration, demand, buckets, limit, words):
    with pytest.raises(ValueError, match=words):
        serve(duration, demand, buckets, limit)


# --- what AWS has published


def published(volume_type, prefix, suffix):
    facts_found = [
        (float(fact.key[len(prefix) : -len(suffix)].replace("_", ".")), fact.value)
        for fact in EBS.rows(volume_type)
        if fact.key.startswith(prefix) and fact.key.endswith(suffix)
    ]
    assert facts_found
    return [(volume_type, *found) for found in facts_found]


def bucket_of(volume_type, size_gib, start_credit_pct=100.0):
    io = Io(16, "random") if volume_type == "gp2" else Io(1024, "sequential")
    return volume_limits(Volume(volume_type, int(size_gib)), io, start_credit_pct)[0].bucket


@pytest.mark.parametrize(
    ("volume_type", "gib", "seconds"), published("gp2", "example_burst_duration_", "_gib")
)
def test_a_full_gp2_bucket_lasts_as_long_as_aws_says(volume_type, gib, seconds):
    service = serve([86_400.0], [3000.0], [bucket_of(volume_type, gib)])
    lasted = 86_400 - service.throttled_s[0]
    assert lasted == pytest.approx(seconds, abs=0.5)  # AWS rounds to the second
    bucket = bucket_of(volume_type, gib)
    assert lasted == pytest.approx(
        theory.burst_duration_s(bucket.capacity, bucket.burst, bucket.baseline)
    )


@pytest.mark.parametrize(
    ("volume_type", "gib", "seconds"), published("gp2", "example_refill_duration_", "_gib")
)
def test_an_empty_gp2_bucket_fills_in_the_time_aws_says(volume_type, gib, seconds):
    bucket = bucket_of(volume_type, gib, start_credit_pct=0.0)
    almost, full = seconds - 1.0, 2.0
    level = serve([almost, full], [0.0, 0.0], [bucket]).level[:, 0]
    assert level[0] < bucket.capacity == level[1]


@pytest.mark.parametrize(
    ("volume_type", "tib", "hours"),
    published("st1", "example_scan_duration_", "_tib")
    + published("sc1", "example_scan_duration_", "_tib"),
)
def test_a_full_scan_takes_as_long_as_aws_says(volume_type, tib, hours):
    bucket = bucket_of(volume_type, 1024 * tib)
    scan_mib = tib * 2**20
    service = serve([1.0, 1e6], [scan_mib, 0.0], [bucket])
    took = service.throttled_s.sum()
    assert took / 3600 == pytest.approx(hours, abs=0.006)  # AWS rounds to 0.01 h
    assert took == pytest.approx(
        theory.scan_duration_s(scan_mib, bucket.capacity, bucket.burst, bucket.baseline)
    )
