"""The table of contents: the guide's twenty-five sections, and one night of all of them.

A section is written when its room is here, a module or a folder named after it. Rooms are
imported when they are first asked for.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from awsnb._jit import cache_misses
from awsnb._paths import notebooks_dir
from awsnb.results import Comparison, Result
from awsnb.scenario import Preset, Scenario, ScenarioError, closest, shown
from awsnb.view import View


@dataclass(frozen=True)
class Section:
    """A section of the course.

    What is asked of it without naming a view is asked of its first.
    """

    number: int
    slug: str
    title: str
    question: str

    @property
    def room(self) -> str:
        """Name of the module that answers it."""
        return f"{__name__}.{self.slug.replace('-', '_')}"

    @cached_property
    def ready(self) -> bool:
        """Whether the section is written."""
        return find_spec(self.room) is not None

    @property
    def notebook(self) -> Path:
        """The section's notebook, in the package or the checkout."""
        return notebooks_dir() / f"{self.number:02d}-{self.slug}.ipynb"

    @cached_property
    def views(self) -> tuple[View[Any, Any], ...]:
        """Its questions, the main one first."""
        views: tuple[View[Any, Any], ...] = import_module(self.room).VIEWS
        return views

    def view(self, name: str = "") -> View[Any, Any]:
        """Find one of its questions by name, or the first.

        Raises
        ------
        ScenarioError
            If there is none of that name.
        """
        names = [view.name for view in self.views]
        if name and name not in names:
            raise ScenarioError(
                f"view = {shown(name)}: {self.slug} has {', '.join(names)}.{closest(name, names)}",
                field="view",
            )
        return self.views[names.index(name) if name else 0]

    def view_of(self, scenario: Scenario) -> View[Any, Any]:
        """Find the question that a scenario asks."""
        for view in self.views:
            if type(scenario) is view.scenario:
                return view
        raise ScenarioError(f"A {type(scenario).__name__} is no scenario of {self.slug}.")

    @property
    def scenario(self) -> type[Scenario]:
        """What its first question can be asked."""
        return self.views[0].scenario

    @property
    def presets(self) -> tuple[Preset, ...]:
        """The situations of its first question."""
        return self.views[0].presets

    def scenario_of(self, namespace: Mapping[str, Any]) -> Scenario:
        """Make a scenario from a notebook's variables: `view`, if it is there, and its fields."""
        return self.view(namespace.get("view", "")).scenario.of(namespace)

    def parameters(self, scenario: Scenario) -> dict[str, Any]:
        """Return the notebook's variables that make a scenario; see `scenario_of`."""
        name = {"view": self.view_of(scenario).name} if len(self.views) > 1 else {}
        return name | scenario.model_dump()

    def simulate(self, scenario: Scenario) -> Result:
        """Answer a scenario of any of its views."""
        return self.view_of(scenario).simulate(scenario)

    def compare(self, scenario: Scenario) -> Comparison:
        """List what else would do in place of a scenario of any of its views.

        Raises
        ------
        ScenarioError
            If the scenario's view has no alternatives.
        """
        view = self.view_of(scenario)
        if view.compare is None:
            raise ScenarioError(f"view = {view.name!r}: there are no alternatives.", field="view")
        return view.compare(scenario)

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
        for view in self.views:
            for scenario in view.situations():
                view.outcome(scenario)
        return time.perf_counter() - start, cache_misses() - before


GUIDE = tuple(
    Section(number, slug, title, question)
    for number, (slug, title, question) in enumerate(
        (
            (
                "iam",
                "Identity and Access Management",
                "Who may do what, which policy decides it, and what would one change do?",
            ),
            (
                "ec2",
                "Elastic Compute Cloud",
                "Will a burstable instance hold my load, and when does cheap become dear?",
            ),
            (
                "ebs",
                "Elastic Block Store: volumes and snapshots",
                "What do my snapshots hold, and how soon is a restored volume fast?",
            ),
            (
                "ebs-volume-types",
                "EBS volume types",
                "Which volume holds my load, when would it throttle, and what would cost less?",
            ),
            (
                "ebs-multi-attach",
                "EBS Multi-Attach",
                "Two instances, one volume: what goes wrong, and what stops it?",
            ),
            (
                "ami",
                "Amazon Machine Images",
                "How soon does a new instance serve, and what do I pay for a golden image?",
            ),
            (
                "instance-store",
                "EC2 instance store",
                "What survives, how fast is it, and how many copies do I need?",
            ),
            (
                "efs",
                "Elastic File System",
                "Which throughput mode and which storage class, for my files?",
            ),
            (
                "elb",
                "Elastic Load Balancing",
                "Which load balancer, and what happens when a zone goes?",
            ),
            (
                "alb",
                "Application Load Balancer",
                "How many targets carry my traffic, and what do visitors notice when one fails?",
            ),
            (
                "nlb",
                "Network Load Balancer",
                "How evenly do connections spread, and what happens to them when a target goes?",
            ),
            (
                "gwlb",
                "Gateway Load Balancer",
                "What does a bump in the wire cost, and who keeps my flow when an appliance dies?",
            ),
            (
                "sticky-sessions",
                "Sticky sessions",
                "What does affinity cost in balance, and what dies with a target?",
            ),
            (
                "cross-zone",
                "Cross-zone load balancing",
                "What does each target get, and what does crossing cost?",
            ),
            (
                "tls-certificates",
                "SSL/TLS certificates",
                "Which certificate does this client get, and when does it break?",
            ),
            (
                "connection-draining",
                "Connection draining",
                "How long should I wait before I pull a target?",
            ),
            (
                "auto-scaling-groups",
                "Auto Scaling groups",
                "An instance dies, or a zone, or spot takes three: when is the group whole again?",
            ),
            (
                "scaling-policies",
                "Scaling policies",
                "Which policy follows my load, why has it not scaled yet, and what does it cost?",
            ),
            (
                "instance-refresh",
                "Instance refresh",
                "How long does a roll-out take, and what if the new version is bad?",
            ),
            (
                "rds",
                "Relational Database Service",
                "When does my database run out: of space, of speed, of luck?",
            ),
            (
                "read-replicas",
                "RDS read replicas",
                "How many replicas, and how stale may a reader be?",
            ),
            (
                "rds-proxy",
                "RDS Proxy",
                "A thousand functions wake at once: does my database survive?",
            ),
            (
                "aurora",
                "Aurora",
                "What do six copies buy, what does a failover look like, and what does it cost?",
            ),
            (
                "elasticache",
                "ElastiCache",
                "Which cache takes the load off my database, and what when it misses or dies?",
            ),
            ("memorydb", "MemoryDB", "What does it cost a write to be safe?"),
        ),
        start=1,
    )
)
"""The sections of the guide, which make claims."""

SECTIONS = (
    *GUIDE,
    Section(
        len(GUIDE) + 1,
        "cascade",
        "The cascade",
        "A batch at night, an outage in the morning: which link breaks first, and what holds?",
    ),
)
"""All that can be asked: the guide's sections, and the one in which they meet."""


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
        raise ScenarioError(f"There is no section {shown(slug)}.{near} Written so far: {ready}.")
    if not found.ready:
        raise ScenarioError(f"Section {slug} is not written yet. Written so far: {ready}.")
    return found
