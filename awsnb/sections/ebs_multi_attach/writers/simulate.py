"""What happens: every order of the writers' steps is run, and one is kept step by step."""

from dataclasses import dataclass
from functools import cached_property

from awsnb.aws.ebs.multi_attach import can_fence
from awsnb.mechanisms import interleavings
from awsnb.mechanisms.interleavings import Census, Job, Moment
from awsnb.sections.ebs_multi_attach.writers.scenario import (
    CLUSTER,
    LOCKED,
    RESERVATIONS,
    WritersScenario,
)


def simulate(scenario: WritersScenario) -> "Outcome":
    """Run every order of the writers' steps.

    Parameters
    ----------
    scenario : WritersScenario
        The writers and what protects the volume.

    Returns
    -------
    Outcome
        The orders counted, and the states of the one that does harm soonest.
    """
    job = job_of(scenario)
    census = interleavings.explore(job)
    moments = interleavings.follow(job, census.order[: census.ends])
    return Outcome(scenario, job, census, moments)


def job_of(scenario: WritersScenario) -> Job:
    """Say what a protection means for the steps of an update.

    A cluster file system locks, reads a block anew under each lock, fences who is presumed dead,
    on io1 by other means than the volume's, and finishes its update from the journal.
    """
    cluster, dead = scenario.protection == CLUSTER, scenario.presumed_dead
    return Job(
        writers=scenario.writers,
        updates=scenario.updates,
        blocks=scenario.block_count,
        locks=scenario.protection in LOCKED,
        caches=scenario.page_cache,
        drops=cluster,
        takes_over=dead,
        fences=dead and scenario.protection in (RESERVATIONS, CLUSTER),
        replays=dead and cluster and scenario.block_count > 1,
    )


@dataclass(frozen=True)
class Outcome:
    """All orders, and one of them step by step."""

    scenario: WritersScenario
    job: Job
    census: Census
    moments: list[Moment]

    def share_pct(self, orders: int) -> float:
        """Return a number of orders as a share of all, %."""
        return 100 * orders / self.census.orders

    @property
    def mean_lost_pct(self) -> float:
        """Share of the updates that is lost, on average over the orders, %."""
        return 100 * self.census.mean_lost / (self.job.writers * self.job.updates)

    @property
    def harmless(self) -> bool:
        """Whether no order loses an update or leaves the blocks in disagreement."""
        return self.census.losing == 0 and self.census.corrupt == 0

    @property
    def fenced_elsewhere(self) -> bool:
        """Whether an instance is fenced by other means than the volume's own."""
        return self.job.fences and not can_fence(self.scenario.volume_type)

    @cached_property
    def gone(self) -> int:
        """Updates of the kept order, as bits, that were on the volume and are not at its end."""
        last = self.moments[-1].volume
        held = 0
        for moment in self.moments:
            held |= int(moment.volume[-1])
        now = int(last[0])
        for block in last:
            now &= int(block)
        return held & ~now
