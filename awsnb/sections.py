"""The table of contents: the guide's twenty-five sections, and where each one's parts live.

The one module that knows them all. Parts are named, not imported: ``"module:attribute"``.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from awsnb._jit import cache_misses
from awsnb._paths import notebooks_dir
from awsnb.results import Comparison, Result
from awsnb.scenario import Preset, Scenario, ScenarioError, closest


@dataclass(frozen=True)
class Section:
    """A section of the guide; `service` is empty while it is still to be written.

    `service` is the module that answers it, `parts` the names there of its scenario class, its
    simulate and compare functions and its presets.
    """

    number: int
    slug: str
    title: str
    question: str = ""
    service: str = ""
    parts: tuple[str, str, str, str] = ("", "", "", "")
    facts: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether the section is written."""
        return bool(self.service)

    @property
    def notebook(self) -> Path:
        """The section's notebook, in the package or the checkout."""
        return notebooks_dir() / f"{self.number:02d}-{self.slug}.ipynb"

    def warm_up(self) -> tuple[float, int]:
        """Load the section's models by way of its situations, compiling what is not cached yet.

        Returns
        -------
        seconds : float
            How long it took.
        compiled : int
            How many kernels had to be compiled; 0 when all were cached.
        """
        start, before = time.perf_counter(), cache_misses()
        self.simulate(self.scenario())
        for preset in self.presets:
            self.simulate(self.scenario(**preset.values))
        return time.perf_counter() - start, cache_misses() - before

    def _part(self, index: int) -> Any:
        return getattr(import_module(self.service), self.parts[index])

    @cached_property
    def scenario(self) -> type[Scenario]:
        """What can be asked."""
        return self._part(0)

    @cached_property
    def simulate(self) -> Callable[[Any], Result]:
        """What happens."""
        return self._part(1)

    @cached_property
    def compare(self) -> Callable[[Any], Comparison]:
        """What else would do."""
        return self._part(2)

    @cached_property
    def presets(self) -> tuple[Preset, ...]:
        """The situations that teach."""
        return self._part(3)


SECTIONS = (
    Section(
        1,
        "iam",
        "Identity and Access Management",
        question="Who may do what, which policy decides it, and what would one change do?",
        service="awsnb.services.iam",
        parts=("AccessScenario", "simulate_access", "compare_ways", "ACCESS_PRESETS"),
        facts=("iam",),
    ),
    Section(2, "ec2", "Elastic Compute Cloud"),
    Section(3, "ebs", "Elastic Block Store: volumes and snapshots"),
    Section(
        4,
        "ebs-volume-types",
        "EBS volume types",
        question="Which volume holds my load, when would it throttle, and what would cost less?",
        service="awsnb.services.ebs",
        parts=("VolumeScenario", "simulate_volume", "compare_volumes", "VOLUME_PRESETS"),
        facts=("ebs", "ec2"),
    ),
    Section(5, "ebs-multi-attach", "EBS Multi-Attach"),
    Section(6, "ami", "Amazon Machine Images"),
    Section(7, "instance-store", "EC2 instance store"),
    Section(8, "efs", "Elastic File System"),
    Section(9, "elb", "Elastic Load Balancing"),
    Section(
        10,
        "alb",
        "Application Load Balancer",
        question="How many targets carry my traffic, and what do visitors notice when one fails?",
        service="awsnb.services.elb",
        parts=("AlbScenario", "simulate_alb", "compare_alb", "ALB_PRESETS"),
        facts=("elb",),
    ),
    Section(
        11,
        "nlb",
        "Network Load Balancer",
        question="How evenly do connections spread, and what happens to them when a target goes?",
        service="awsnb.services.elb",
        parts=("NlbScenario", "simulate_nlb", "compare_nlb", "NLB_PRESETS"),
        facts=("elb",),
    ),
    Section(12, "gwlb", "Gateway Load Balancer"),
    Section(13, "sticky-sessions", "Sticky sessions"),
    Section(14, "cross-zone", "Cross-zone load balancing"),
    Section(15, "tls-certificates", "SSL/TLS certificates"),
    Section(16, "connection-draining", "Connection draining"),
    Section(17, "auto-scaling-groups", "Auto Scaling groups"),
    Section(
        18,
        "scaling-policies",
        "Scaling policies",
        question="Which policy follows my load, why has it not scaled yet, and what does it cost?",
        service="awsnb.services.autoscaling",
        parts=("PolicyScenario", "simulate_policy", "compare_policies", "POLICY_PRESETS"),
        facts=("autoscaling",),
    ),
    Section(19, "instance-refresh", "Instance refresh"),
    Section(20, "rds", "Relational Database Service"),
    Section(21, "read-replicas", "RDS read replicas"),
    Section(22, "rds-proxy", "RDS Proxy"),
    Section(
        23,
        "aurora",
        "Aurora",
        question="What do six copies buy, what does a failover look like, and what does it cost?",
        service="awsnb.services.aurora",
        parts=("AuroraScenario", "simulate_aurora", "compare_aurora", "AURORA_PRESETS"),
        facts=("aurora",),
    ),
    Section(
        24,
        "elasticache",
        "ElastiCache",
        question="Which cache takes the load off my database, and what when it misses or dies?",
        service="awsnb.services.elasticache",
        parts=("CacheScenario", "simulate_cache", "compare_caches", "CACHE_PRESETS"),
        facts=("elasticache",),
    ),
    Section(25, "memorydb", "MemoryDB"),
)


def section(slug: str) -> Section:
    """Find a written section by its slug.

    Raises
    ------
    ScenarioError
        If there is none, or it is not written yet.
    """
    found = {one.slug: one for one in SECTIONS}.get(slug)
    ready = ", ".join(one.slug for one in SECTIONS if one.ready)
    if found is None:
        near = closest(slug, [one.slug for one in SECTIONS])
        raise ScenarioError(f"There is no section {slug!r}.{near} Written so far: {ready}.")
    if not found.ready:
        raise ScenarioError(f"Section {slug} is not written yet. Written so far: {ready}.")
    return found
