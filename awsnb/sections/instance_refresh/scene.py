"""The roll-out as a moving picture: old instances go, new ones come, requests fail."""

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.group import Mark, Versioned
from awsnb.results import Flow, Members, Place, Scene
from awsnb.sections.instance_refresh.scenario import FAILS
from awsnb.sections.instance_refresh.simulate import Outcome
from awsnb.sections.instance_refresh.traffic import failing
from awsnb.words import are, counted

OLD, NEW, FAILED = "Old version", "New version", "Failed"
MOST_WORDS = 60


def scene(outcome: Outcome) -> Scene:
    """Show the instances of each version by state, and count the requests that failed."""
    times = outcome.samples_s
    failed = outcome.traffic.failed_by(times)
    rate = np.diff(failed, prepend=0.0) / max(times[1], 1e-9)
    return Scene(
        alt=f"{outcome.scenario.text}: instances of the old and the new version by state",
        x="minute",
        places=(
            _version(outcome, OLD, new=False),
            _version(outcome, NEW, new=True),
            Place(FAILED, 2, count=failed, note="so far", tone="bad"),
        ),
        flows=(
            Flow(OLD, NEW, _launched(outcome, new=True), 1.0),
            Flow(NEW, OLD, _launched(outcome, new=False), 1.0, back=True),
            Flow(NEW, FAILED, rate, max(1.0, float(rate.max())), "bad"),
        ),
        events=tuple((mark.at_s / 60, "") for mark in outcome.rollout.marks[:MOST_WORDS]
                     if mark.at_s),
        words=tuple(_words(outcome)),
    )  # fmt: skip


def _version(outcome: Outcome, name: str, *, new: bool) -> Place:
    times, asked = outcome.samples_s, outcome.scenario
    own = [one for one in outcome.rollout.instances if one.new == new]
    bad = failing(asked, outcome.rollout, times) if new else np.zeros(times.size, np.int64)
    serving = outcome.serving(times, new)
    there = _count(own, times, "launched_s", "ended_s")
    pending = _count(own, times, "launched_s", "in_service_s")
    lost = _count(own, times, "failed_s", "ended_s")
    members = [
        Members("serving", "ok", serving - bad),
        Members("in service, not serving", "wait", there - pending - lost - serving),
        Members("pending", "off", pending),
        Members("lost", "out", lost),
    ]
    if new and asked.version == FAILS:
        members.insert(1, Members("serving, failing", "bad", bad))
    return Place(name, int(new), members=tuple(members), room=max(1, int(there.max())))


def _count(
    instances: list[Versioned], times: NDArray[np.float64], begin: str, end: str
) -> NDArray[np.int64]:
    count = np.zeros(times.size, np.int64)
    for one in instances:
        ends = min(getattr(one, end), one.ended_s)
        count += (getattr(one, begin) <= times) & (times < ends)
    return count


def _launched(outcome: Outcome, *, new: bool) -> NDArray[np.float64]:
    """Launches up to each sample, from the one before."""
    counts = np.zeros(outcome.samples_s.size)
    for one in outcome.rollout.instances:
        if one.new == new and one.launched_s >= 0:
            counts[np.searchsorted(outcome.samples_s, one.launched_s)] += 1
    return counts


def _words(outcome: Outcome) -> Iterator[tuple[float, str]]:
    told = [mark for mark in outcome.rollout.marks if mark.step != "resume"]
    if not told or told[0].at_s:
        yield 0.0, "All instances are old."
    old_from_s = outcome.rollout.first_s("back", "failed", "stopped")
    for at_s, marks in groupby(told[:MOST_WORDS], lambda mark: mark.at_s):
        version = "new" if old_from_s is None or at_s < old_from_s else "old"
        yield at_s / 60, " ".join(_said(mark, version) for mark in marks)
    if len(told) > MOST_WORDS:
        yield told[MOST_WORDS].at_s / 60, "It goes on like this."


def _said(mark: Mark, version: str) -> str:
    several = counted(mark.instances, "instance")
    verb = are(mark.instances)
    return {
        "batch": f"{counted(mark.instances, f'{version} instance')} {verb} launched.",
        "pause": f"A checkpoint: {several} {verb} new.",
        "replaced": "All that it replaces is new and ready.",
        "done": "The refresh is done.",
        "failed": "The refresh fails.",
        "stopped": "The alarm stops the refresh.",
        "back": "The old version is called back.",
        "restored": "All instances are old again.",
        "out": f"The policy launches {several}.",
        "in": f"The policy ends {several}.",
        "lost": f"A zone is lost, with {several}.",
    }[mark.step]
