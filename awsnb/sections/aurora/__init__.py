"""Section 23, Aurora: eight questions of one cluster, each in a folder of its name."""

from awsnb.sections.aurora import (
    availability,
    backtrack,
    cost,
    failover,
    log_protocol,
    reader_scaling,
    storage,
    write_latency,
)

VIEWS = (
    log_protocol.VIEW,
    write_latency.VIEW,
    availability.VIEW,
    failover.VIEW,
    reader_scaling.VIEW,
    storage.VIEW,
    backtrack.VIEW,
    cost.VIEW,
)
