"""A site whose parts break each other: one night of a load balancer, a scaling group, and more.

Users ask a fleet of instances with threads and connection pools. These ask a cache, and where it
lacks the key, a database whose volume lives on credits, beside a batch. Users who lose patience ask
again, health checks replace instances, policies scale them.

`site` is what there is, `kernel` runs a night step by step, and solves each step of all of it
together, `nights` says what became of it.
"""

from awsnb.mechanisms.cascade.kernel import MINUTE, STEP
from awsnb.mechanisms.cascade.nights import Night, Range, Totals, nights, run, spread
from awsnb.mechanisms.cascade.site import (
    Batch,
    Cache,
    Clients,
    Database,
    HealthCheck,
    Instance,
    Site,
)

__all__ = [
    "MINUTE",
    "STEP",
    "Batch",
    "Cache",
    "Clients",
    "Database",
    "HealthCheck",
    "Instance",
    "Night",
    "Range",
    "Site",
    "Totals",
    "nights",
    "run",
    "spread",
]
