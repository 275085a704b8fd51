"""Section 22, RDS Proxy: a storm of functions, and a failover, with and without it."""

from awsnb.sections.rds_proxy import failover, storm

VIEWS = (storm.VIEW, failover.VIEW)
