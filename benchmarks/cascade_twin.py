"""A night of the cascade, event by event: every request, login, I/O and health check, in SimPy.

It shares no code with `awsnb.mechanisms.cascade`, and takes the same `Site`. Requests and keys come
by lot; a processor serves one after the other, and so does the volume. The number of instances is
fixed.
"""

import random
from bisect import bisect
from collections import deque
from itertools import accumulate

import simpy

from awsnb.sections.cascade.truth import HOUR, SITUATIONS, SMALL

__all__ = ["HOUR", "SITUATIONS", "SMALL", "Night"]

MISSING = -1.0
COUNTS = "users", "sent", "answered", "failed", "gave_up", "shed", "refused", "cut", "unserved"


class Request:
    """An attempt: which one of its user it is, when it came, and whether anybody waits for it."""

    def __init__(self, attempt, came_s, checks=None):
        self.attempt, self.came_s, self.waited_for, self.checks = attempt, came_s, True, checks


class Volume:
    """Serves I/Os in order, each for a credit; it waits for the credit where there is none."""

    def __init__(self, env, bucket):
        self.env, self.bucket, self.level = env, bucket, bucket.level
        self.free_s = self.counted_s = 0.0
        self.out_s, self.ios = None, 0

    def io_until(self, io_s):
        bucket = self.bucket
        start = max(self.env.now, self.free_s)
        room = max(bucket.capacity, 1.0)
        self.level = min(room, self.level + (start - self.counted_s) * bucket.baseline)
        if self.level < 1.0:
            self.out_s = start if self.out_s is None else self.out_s
            start += (1.0 - self.level) / bucket.baseline
            self.level = 1.0
        self.level -= 1.0
        self.counted_s, self.free_s, self.ios = start, start + 1.0 / bucket.burst, self.ios + 1
        return start + io_s


class Server:
    """An instance: threads, a queue, and connections of its own."""

    def __init__(self, night, phase):
        self.night, self.phase = night, phase
        self.begin(0.0)

    def begin(self, now):
        site = self.night.site
        self.serving, self.since, self.failed = True, now, 0
        self.idle, self.queue, self.held = site.instance.threads, deque(), set()
        self.cpu = simpy.Resource(self.night.env, int(site.instance.vcpus))
        self.connections = self.spare = self.queries = 0
        self.want_connection = deque()
        self.life = object()  # those who still work for an earlier one know by this

    def take(self, request):
        if self.idle:
            self.idle -= 1
            self.held.add(request)
            self.night.env.process(self.thread(request))
        elif len(self.queue) >= self.night.site.instance.queue_limit:
            self.night.end(request, "shed")
        else:
            self.held.add(request)
            self.queue.append(request)

    def thread(self, request):
        life = self.life
        while True:
            yield from self.work(request)
            if self.life is not life:
                return
            self.held.discard(request)
            if not self.queue:
                self.idle += 1
                return
            request = self.queue.popleft()

    def work(self, request):
        night, life = self.night, self.life
        if request.checks:
            request.checks.append(night.env.now)
            return
        with self.cpu.request() as turn:
            yield turn
            yield night.env.timeout(night.site.instance.request_cpu_ms / 1000)
        if self.life is not life:
            return
        key = night.draw_key()
        if night.cached.get(key, MISSING) > night.env.now:
            night.end(request, "answered")
            return
        night.misses += 1
        how = yield from self.query(life)
        if self.life is life:
            if how == "answered":
                night.keep(key)
            night.end(request, how)

    def query(self, life):
        night, site = self.night, self.night.site
        database = site.database
        if self.queries >= site.instance.query_limit:
            return "refused"
        self.queries += 1
        if not database.proxied and not (yield from self.connect()):
            self.queries -= 1
            return "refused"
        shared = night.proxy.request() if database.proxied else None
        if shared:
            yield shared
        yield from night.use(night.database_cpu, database.query_cpu_ms / 1000)
        for _ in range(int(database.query_ios)):
            if self.life is not life:
                break
            yield night.env.timeout(night.volume.io_until(database.io_ms / 1000) - night.env.now)
        if shared:
            night.proxy.release(shared)
        if self.life is life:
            self.queries -= 1
            if not database.proxied:
                self.hand_over()
        return "answered"

    def connect(self):
        night, database = self.night, self.night.site.database
        if self.spare:
            self.spare -= 1
            return True
        if self.connections >= night.site.instance.pool:
            mine = night.env.event()
            self.want_connection.append(mine)
            yield mine
            return True
        if night.connections >= database.max_connections:
            night.env.process(night.use(night.database_cpu, database.login_cpu_ms / 1000))
            return False
        self.connections += 1
        night.connections += 1
        night.most_connections = max(night.most_connections, night.connections)
        yield from night.use(night.database_cpu, database.login_cpu_ms / 1000)
        return True

    def hand_over(self):
        if self.want_connection:
            self.want_connection.popleft().succeed()
        else:
            self.spare += 1

    def check_health(self):
        night, check = self.night, self.night.site.health_check
        yield night.env.timeout(self.phase * check.interval_s)
        while True:
            probe = Request(0, night.env.now, checks=[0.0])
            sent_s, life = night.env.now, self.life
            if self.serving:
                self.take(probe)
            yield night.env.timeout(check.timeout_s)
            if self.serving and self.life is life:
                self.failed = self.failed + 1 if len(probe.checks) == 1 else 0
                if self.failed >= check.failures and night.env.now >= self.since + check.grace_s:
                    night.env.process(self.replace())
            yield night.env.timeout(sent_s + check.interval_s - night.env.now)

    def replace(self):
        night = self.night
        night.replaced += 1
        night.connections -= self.connections
        held, self.life, self.serving = list(self.held), object(), False
        self.held = set()
        for request in held:
            if not request.checks:
                night.end(request, "cut")
        yield night.env.timeout(night.site.group.boot_s)
        self.begin(night.env.now)
        self.since = night.env.now


class Night:
    """Counts by name, response times by minute, and when credits were out."""

    def __init__(self, site, users_per_s, seed):
        self.site, self.users_per_s = site, users_per_s
        self.env, self.lot = simpy.Environment(), random.Random(seed)
        self.volume, self.cached = Volume(self.env, site.database.volume), {}
        self.database_cpu = simpy.Resource(self.env, int(site.database.vcpus))
        self.proxy = simpy.Resource(self.env, site.database.max_connections)
        self.counts = dict.fromkeys(COUNTS, 0)
        self.connections = self.most_connections = self.misses = self.replaced = self.turn = 0
        self.times = [[] for _ in range(len(users_per_s) // 60 + 1)]
        weights = [rank**-site.cache.alpha for rank in range(1, site.cache.keys + 1)]
        self.popularity = list(accumulate(weights))
        self.servers = [Server(self, self.lot.random()) for _ in range(site.group.initial)]

    def run(self):
        self.warm()
        self.env.process(self.users())
        if self.site.batch:
            self.env.process(self.publish())
            for _ in range(int(self.site.batch.workers)):
                self.env.process(self.work_off())
        if self.site.health_check:
            for server in self.servers:
                self.env.process(server.check_health())
        self.env.run(until=len(self.users_per_s))
        return self

    def warm(self):
        """A key that is asked for every g seconds is absent for g out of TTL + g."""
        ttl_s, rate, total = self.site.cache.ttl_s, self.users_per_s[0], self.popularity[-1]
        for key in range(self.site.cache.keys):
            asked = rate * (key + 1) ** -self.site.cache.alpha / total * ttl_s
            if self.lot.random() < asked / (1 + asked):
                self.cached[key] = self.lot.random() * ttl_s

    def users(self):
        for second, rate in enumerate(self.users_per_s):
            now = second + self.lot.expovariate(rate) if rate else second + 1.0
            while now < second + 1:
                yield self.env.timeout(now - self.env.now)
                self.counts["users"] += 1
                self.send(0)
                now += self.lot.expovariate(rate)

    def send(self, attempt):
        self.counts["sent"] += 1
        request = Request(attempt, self.env.now)
        serving = [server for server in self.servers if server.serving]
        if not serving:
            self.end(request, "unserved")
            return
        self.turn += 1
        patience = self.env.timeout(self.site.clients.patience_s)
        patience.callbacks.append(lambda _: self.end(request, "gave_up"))
        serving[self.turn % len(serving)].take(request)

    def end(self, request, how):
        if not request.waited_for:
            return
        request.waited_for = False
        self.counts[how] += 1
        if how in ("answered", "gave_up"):
            self.times[int(self.env.now // 60)].append(self.env.now - request.came_s)
        if how == "answered":
            return
        clients = self.site.clients
        if request.attempt >= clients.retries:
            self.counts["failed"] += 1
            return
        again = self.env.timeout(clients.pause_s * 2**request.attempt)
        again.callbacks.append(lambda _: self.send(request.attempt + 1))

    def draw_key(self):
        return bisect(self.popularity, self.lot.random() * self.popularity[-1])

    def keep(self, key):
        cache = self.site.cache
        off = self.lot.uniform(-cache.ttl_jitter, cache.ttl_jitter)
        self.cached[key] = self.env.now + cache.ttl_s * (1 + off)

    def publish(self):
        if self.site.batch.publishes_s < len(self.users_per_s):
            yield self.env.timeout(self.site.batch.publishes_s)
            for key in range(self.site.cache.keys):
                self.keep(key)

    def work_off(self):
        batch, io_s = self.site.batch, self.site.database.io_ms / 1000
        yield self.env.timeout(batch.start_s + self.lot.random() * batch.think_ms / 1000)
        for _ in range(int(batch.ios // batch.workers)):
            yield self.env.timeout(batch.think_ms / 1000)
            yield self.env.timeout(self.volume.io_until(io_s) - self.env.now)

    def use(self, resource, time_s):
        with resource.request() as turn:
            yield turn
            yield self.env.timeout(time_s)

    def slow_minutes(self, limit_s=1.0):
        """Minutes in which more than one response in a hundred took longer."""
        slow = [sum(t > limit_s for t in times) > 0.01 * len(times) for times in self.times]
        return sum(slow)
