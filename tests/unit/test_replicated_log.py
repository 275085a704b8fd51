from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from awsnb.mechanisms.replicated_log import Log, Record, Segment, _end, is_annulled


def deliver(log, lsn, names):
    for name in names.split():
        log.deliver(name, lsn)


def written(log, names="A1 A2 B1 B2", **kind):
    lsn = log.append(**kind)
    deliver(log, lsn, names)
    return lsn


# --- one thing at a time


def test_a_commit_is_acknowledged_by_the_fourth_segment_and_no_sooner():
    log = Log()
    lsn = log.append(commit=True)
    for name, told in [("A1", []), ("B1", []), ("C1", []), ("C2", [lsn]), ("A2", [lsn])]:
        log.deliver(name, lsn)
        assert log.acknowledged == told


def test_a_segment_is_complete_up_to_its_first_hole_whatever_came_after():
    log = Log()
    for _ in range(3):
        log.append()
    deliver(log, 1, "A1 A2 B1 B2")
    deliver(log, 3, "A1 A2 B1 B2 C1 C2")
    assert [log.segments[name].scl for name in ("A1", "C1")] == [1, 0]
    assert (log.pgcl, log.vcl) == ((1,), 1)
    deliver(log, 2, "A1")
    for name in ("A2", "B1", "B2"):
        log.gossip("A1", name)
    assert (log.pgcl, log.vcl, log.segments["C1"].scl) == ((3,), 3, 0)


def test_the_backlink_is_to_the_group_so_other_groups_leave_no_holes():
    log = Log(groups=2)
    one, two, three = log.append(0), log.append(1), log.append(0)
    deliver(log, one, "A1.0 A2.0 B1.0 B2.0")
    deliver(log, three, "A1.0 A2.0 B1.0 B2.0")
    assert log.segments["A1.0"].scl == three
    assert (log.pgcl, log.vcl) == ((three, 0), one)  # 2 is missing in the other group
    deliver(log, two, "A1.1 C2.1 B1.1 B2.1")
    assert (log.pgcl, log.vcl, log.vdl) == ((three, two), three, three)


def test_the_papers_example_of_a_volume_complete_to_1007_and_durable_to_1000():
    """SIGMOD 2017, section 4.1: consistency points 900, 1000 and 1100."""
    log = Log(allocation_limit=2000)
    for lsn in range(1, 1101):
        log.append(consistent=lsn in (900, 1000, 1100))
        deliver(log, lsn, "A1 A2 B1" + (" C1" if lsn <= 1007 else ""))
    assert (log.vcl, log.vdl) == (1007, 1000)


def test_half_a_mini_transaction_is_given_up_in_recovery_and_its_numbers_never_return():
    log = Log(allocation_limit=10)
    commit = written(log, commit=True)
    written(log, consistent=False)
    log.crash()
    assert log.recover()
    assert (log.vcl, log.vdl, log.acknowledged) == (commit, commit, [commit])
    assert log.annulled == ((1, 11),)
    assert all(2 not in s.records for s in log.segments.values())
    log.gossip("A1", "C1")
    assert log.append() == 12


def test_a_record_on_a_single_reachable_segment_is_found_as_it_may_have_been_acknowledged():
    log = Log()
    commit = written(log, "A1 A2 B1 C1", commit=True)
    log.crash()
    for name in ("A1", "A2", "B1"):  # a zone and one more
        log.destroy(name)
    assert log.recover()
    assert log.vdl == commit
    assert log.writer == "recovering"  # three can't write
    for name in ("A1", "A2", "B1"):
        assert log.rebuild(name)
    for name in ("B2", "C2"):
        log.gossip("C1", name)
    assert log.writer == "open"
    assert written(log, commit=True) in log.acknowledged


def test_with_a_zone_and_one_more_gone_nothing_is_written_and_everything_read():
    log = Log()
    written(log, "A1 A2 B1 B2 C1 C2", commit=True)
    for name in ("A1", "A2", "B1"):
        log.stop(name)
    lsn = log.append(commit=True)
    deliver(log, lsn, "A1 A2 B1 B2 C1 C2")
    assert log.acknowledged == [1]
    assert log.read() == "B2"
    log.crash()
    log.stop("B2")
    assert not log.recover()


def test_a_read_asks_one_segment_that_is_complete_to_the_read_point():
    log = Log()
    written(log, "A2 B1 B2 C1", commit=True)
    assert log.read() == "A2"
    for name in ("A2", "B1", "B2", "C1"):
        log.stop(name)
    assert log.read() is None


def test_records_of_an_older_epoch_are_refused():
    log = Log()
    written(log)
    late = log.append(commit=True)
    log.recover()  # the old writer is not even dead
    for name in log.segments:
        log.deliver(name, late)
    assert "refuses" in log.history[-1].what
    assert not log.acknowledged
    assert all(late not in s.records for s in log.segments.values())


def test_the_writer_waits_at_the_allocation_limit():
    log = Log(allocation_limit=2)
    log.append(), log.append()
    with pytest.raises(ValueError, match="LSN 3 is more than 2 ahead"):
        log.append()
    deliver(log, 1, "A1 A2 B1 B2")
    assert log.append() == 3


def test_a_replacement_is_filled_from_a_read_quorum_for_one_source_may_lack_what_it_had():
    log = Log()
    written(log, "A1 A2 B1 B2", commit=True)
    log.destroy("A1")
    assert log.rebuild("A1")
    assert log.segments["A1"].scl == 1
    log.destroy("A1")
    for name in ("A2", "B1", "B2"):
        log.stop(name)
    assert not log.rebuild("A1")


def test_what_a_destroyed_segment_answered_does_not_count_for_its_replacement():
    log = Log()
    lsn = log.append(commit=True)
    deliver(log, lsn, "A1 A2 B1")
    log.destroy("A1")
    for name in ("A2", "B1"):
        log.stop(name)
    log.rebuild("A1")  # from those that never had it
    log.resume("A2"), log.resume("B1")
    log.deliver("B2", lsn)
    assert log.acknowledged == []


def test_every_step_tells_what_happened_and_how_things_stand():
    log = Log()
    lsn = log.append(commit=True)
    deliver(log, lsn, "A1 A2 B1 B2")
    log.drop("C1", lsn)
    first, *_, last = log.history
    assert first.what == "6 empty segments in 3 zones."
    assert last.what == "1 is lost on its way to C1."
    assert last.segments["A1"] == ((1,), 1, True, False, 1)
    assert last.segments["C1"] == ((), 0, True, False, 1)
    assert last[2:] == ((1,), 1, 1, (1,), (), (("C2", 1),), 1, "open")
    assert [step.waiting for step in log.history[:-2]] == [(), (1,), (1,), (1,), (1,)]
    assert len(log.history) == 7


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Log(write_quorum=7), "write_quorum = 7, read_quorum = 3: each must be"),
        (lambda: Log(per_zone=()), r"per_zone = \(\): needs 1 to 10 zones"),
        (lambda: Log(groups=0), "groups and allocation_limit must be 1 or more"),
        (lambda: Log().deliver("A1", 1), "1 is not on its way to A1"),
        (lambda: Log().append(group=1), "group = 1: must be from 0 to 0"),
        (lambda: Log().rebuild("A1"), "A1 is not destroyed"),
        (lambda: crashed().append(), "the writer is crashed: it can't append"),
        (lambda: crashed().read(), "the writer is crashed: there is no point to read at"),
    ],
)
def test_what_can_not_be_is_refused_in_a_sentence(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


def crashed():
    log = Log()
    log.crash()
    return log


def test_the_complete_point_of_a_segment_and_of_a_volume():
    backs = [(1, 0), (3, 1), (9, 3), (12, 10)]
    segment = Segment("A1", "A", 0, {n: Record(n, 0, b, True, 1) for n, b in backs})
    assert segment.scl == 9
    assert _end(dict.fromkeys([1, 2, 13, 14, 16]), ((2, 12),)) == 14
    assert _end(dict.fromkeys([6]), ((0, 3), (0, 5))) == 6
    assert [is_annulled(lsn, ((2, 4),)) for lsn in (2, 3, 4, 5)] == [False, True, True, False]


# --- anything that can happen, in any order


class World:
    """A volume among drops, delays, reorders, lost answers, crashes, and segments and zones lost.

    Never more segments of a group are destroyed at once than may be: a zone and one more.
    """

    def __init__(self, log):
        self.log, self.shown = log, 0  # shown: the VDL an open volume had

    def destroyed(self, group):
        return [s.name for s in self.log._of(group) if s.destroyed]

    def may_append(self):
        return self.log.writer == "open" and self.log._next <= self.log.highest_lsn

    def stop(self, name):
        self.log.stop(name)

    def resume(self, name):
        if not self.log.segments[name].destroyed:
            self.log.resume(name)

    def destroy(self, name):
        if len(self.destroyed(self.log.segments[name].group)) < 3:
            self.log.destroy(name)

    def rebuild(self):
        for group in range(self.log.groups):
            for name in self.destroyed(group):
                self.log.rebuild(name)

    def zone(self, zone, do):
        for segment in self.log.segments.values():
            if segment.zone == zone:
                do(segment.name)

    def deliver_all(self, numbers):
        """What is under way arrives at these segments of each group, counted from 0."""
        names = list(self.log.segments)
        for name, lsn in sorted(self.log.flight):
            if names.index(name) % 6 in numbers:
                self.log.deliver(name, lsn)

    def recover(self):
        if self.log.recover():
            for lsn in self.log.acknowledged:
                assert lsn in self.log._known, f"commit {lsn} was acknowledged and is lost"

    def all_return(self):
        """Whatever is not destroyed comes back, and talks till all know what there is."""
        for name in self.log.segments:
            self.resume(name)
        self.rebuild()
        self.gossip()
        if self.log.writer == "recovering":  # what it found was destroyed before it was copied
            self.recover()
            self.gossip()
        assert self.log.writer != "recovering", "the volume stays closed though all are there"

    def gossip(self):
        for group in range(self.log.groups):
            first, *others = (segment.name for segment in self.log._of(group))
            for other in (*others, *others):
                self.log.gossip(first, other)

    def end(self):
        self.all_return()
        self.log.crash()
        self.recover()
        self.check()

    def check(self):
        log = self.log
        if log.writer == "open":
            assert log.vdl <= log.vcl
            assert log.vdl >= self.shown, "the volume went back"
            assert all(lsn <= log.vdl for lsn in log.acknowledged)
            self.shown = log.vdl
        for group in range(log.groups):
            last = max((n for n in log.acknowledged if log._known[n].group == group), default=0)
            kept = [segment.scl for segment in log._of(group) if not segment.destroyed]
            assert max(kept) >= last, "an acknowledged commit is lost on all segments"
        for segment in log.segments.values():
            assert not any(is_annulled(lsn, segment.annulled) for lsn in segment.records)
            assert segment.epoch <= log.epoch


class Volume(RuleBasedStateMachine):
    groups = 2

    def __init__(self):
        super().__init__()
        self.world = World(Log(groups=self.groups, allocation_limit=6))
        self.log = self.world.log
        self.names = list(self.log.segments)

    @precondition(lambda self: self.world.may_append())
    @rule(group=st.integers(0, 1), consistent=st.booleans(), commit=st.booleans())
    def append(self, group, consistent, commit):
        self.log.append(group % self.groups, consistent=consistent, commit=commit)

    @precondition(lambda self: self.log.flight)
    @rule(data=st.data(), acknowledge=st.sampled_from([True, True, True, False]))
    def deliver(self, data, acknowledge):
        name, lsn = data.draw(st.sampled_from(sorted(self.log.flight)))
        self.log.deliver(name, lsn, acknowledge=acknowledge)

    @precondition(lambda self: self.log.flight)
    @rule(data=st.data())
    def drop(self, data):
        self.log.drop(*data.draw(st.sampled_from(sorted(self.log.flight))))

    @precondition(lambda self: self.log.flight)
    @rule(numbers=st.sets(st.integers(0, 5), min_size=3))
    def deliver_all(self, numbers):
        self.world.deliver_all(numbers)

    @rule(i=st.integers(0, 5), j=st.integers(0, 5), group=st.integers(0, 1))
    def gossip(self, i, j, group):
        first = group % self.groups * 6
        self.log.gossip(self.names[first + i], self.names[first + j])

    @rule(number=st.integers(0, 11), what=st.sampled_from(["stop", "resume", "destroy"]))
    def one_segment(self, number, what):
        getattr(self.world, what)(self.names[number % len(self.names)])

    @rule(zone=st.sampled_from("ABC"), what=st.sampled_from(["stop", "resume", "destroy"]))
    def one_zone(self, zone, what):
        self.world.zone(zone, getattr(self.world, what))

    @precondition(lambda self: self.world.may_append())
    @rule(numbers=st.sets(st.integers(0, 5), min_size=3, max_size=4))
    def commit(self, numbers):
        self.log.append(commit=True)
        self.world.deliver_all(numbers)

    @rule(group=st.integers(0, 1), what=st.sampled_from(["stop", "destroy"]))
    def those_that_know_most(self, group, what):
        segments = self.log._of(group % self.groups)
        for segment in sorted(segments, key=lambda s: (s.up, s.scl))[-3:]:
            getattr(self.world, what)(segment.name)

    @rule()
    def fail_over(self):
        self.log.crash()
        self.world.recover()

    @rule()
    def rebuild(self):
        self.world.rebuild()

    @rule()
    def crash(self):
        self.log.crash()

    @rule()
    def recover(self):
        self.world.recover()

    @rule()
    def all_return(self):
        self.world.all_return()

    @invariant()
    def it_is_safe(self):
        self.world.check()

    def teardown(self):
        self.world.end()


class OneGroup(Volume):
    groups = 1


TestVolume, TestOneGroup = Volume.TestCase, OneGroup.TestCase
TestVolume.settings = TestOneGroup.settings = settings(stateful_step_count=50)


# --- the same by plain dice, which are quicker, and which find what must not hold


def live(log, seed, steps=60):
    """Live through `steps` random events; an AssertionError if the log is not safe."""
    world, dice = World(log), Random(seed)
    names = list(log.segments)

    def some():
        return dice.sample(range(6), dice.choice([3, 4, 4, 5, 6]))

    def append():
        if world.may_append():
            log.append(dice.randrange(log.groups), commit=dice.random() < 0.7,
                       consistent=dice.random() < 0.5)  # fmt: skip

    def write():
        append()
        world.deliver_all(some())

    def arrive():
        if log.flight:
            log.deliver(*dice.choice(sorted(log.flight)), acknowledge=dice.random() < 0.8)

    def gossip():
        one, other = dice.sample(log._of(dice.randrange(log.groups)), 2)
        log.gossip(one.name, other.name)

    def strike(do):
        """The worst that can happen: those that know most go."""
        group = dice.sample(log._of(dice.randrange(log.groups)), 6)
        for segment in sorted(group, key=lambda s: (s.up, s.scl))[-dice.choice([1, 3, 3, 4]) :]:
            do(segment.name)

    def fail_over():
        log.crash()
        world.recover()

    events = {
        append: 6,
        arrive: 6,
        gossip: 3,
        (lambda: world.deliver_all(some())): 5,
        write: 4,
        (lambda: strike(log.stop)): 1.5,
        (lambda: strike(world.destroy)): 0.5,
        fail_over: 2,
        (lambda: [world.resume(name) for name in names]): 1,
        (lambda: [world.resume(names[i]) for i in dice.sample(range(len(names)), 3)]): 2,
        (lambda: world.destroy(dice.choice(names))): 1,
        (lambda: world.zone(dice.choice("ABC"), world.destroy)): 0.5,
        world.rebuild: 2,
        log.crash: 0.5,
        world.recover: 1,
        world.all_return: 2,
    }
    # each life has its own weather: some events often, some hardly ever
    weights = [weight * dice.choice([0.1, 1, 3]) for weight in events.values()]
    for event in dice.choices(list(events), weights, k=steps):
        event()
        world.check()
    world.end()


@pytest.mark.parametrize("groups", [1, 2])
def test_no_acknowledged_commit_is_ever_lost(groups):
    acknowledged = recoveries = 0
    for seed in range(100):
        log = Log(groups=groups, allocation_limit=6)
        live(log, seed)
        acknowledged, recoveries = acknowledged + len(log.acknowledged), recoveries + log.epoch
    assert acknowledged > 300
    assert recoveries > 400  # or it would prove little


class OpensTooSoon(Log):
    """Writes on as soon as a read quorum has been asked."""

    def _advance(self):
        self._open = True
        return super()._advance()


class Forgets(Log):
    """Counts a segment as complete up to the last record it has, holes or not."""

    def _report(self, segment):
        told = super()._report(segment)
        if self._alive and segment.epoch == self.epoch:
            self._reported[segment.name] = max(segment.records, default=0)
        return told + self._advance() if self._alive else told


@pytest.mark.parametrize(
    ("kind", "write_quorum", "read_quorum"),
    [(Log, 3, 3), (Log, 4, 2), (OpensTooSoon, 4, 3), (Forgets, 4, 3)],
)
def test_a_protocol_with_a_hole_in_it_is_caught(kind, write_quorum, read_quorum):
    with pytest.raises(AssertionError, match=r"lost|went back|stays closed"):
        for seed in range(3000):
            live(kind(write_quorum=write_quorum, read_quorum=read_quorum, allocation_limit=6), seed)


class Unsafe(OneGroup):
    def __init__(self):
        super().__init__()
        self.log.write_quorum = 3


def test_the_machine_too_finds_that_three_and_three_of_six_do_not_meet():
    hunt = settings(
        max_examples=1000,
        derandomize=True,
        stateful_step_count=40,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with pytest.raises(AssertionError, match=r"lost|went back|stays closed"):
        run_state_machine_as_test(Unsafe, settings=hunt)


@pytest.mark.parametrize(("write_quorum", "read_quorum"), [(3, 3), (4, 2)])
def test_quorums_that_do_not_meet_lose_a_commit_step_by_step(write_quorum, read_quorum):
    log = Log(write_quorum=write_quorum, read_quorum=read_quorum)
    names = list(log.segments)
    lsn = written(log, " ".join(names[:write_quorum]), commit=True)
    assert log.acknowledged == [lsn]
    for name in names[:write_quorum]:
        log.stop(name)
    log.crash()
    assert log.recover()
    assert log.vdl < lsn
