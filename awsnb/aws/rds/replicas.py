"""Read replicas of RDS: how many there may be, how deep a chain, and what one costs."""

from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.aws.rds.deployment import RDS
from awsnb.scenario import ScenarioError

KEYS = {
    "PostgreSQL": "postgresql",
    "MySQL": "mysql",
    "MariaDB": "mariadb",
    "Oracle": "oracle",
    "SQL Server": "sqlserver",
    "Db2": "db2",
}
CHAINED = ("PostgreSQL", "MySQL", "MariaDB")
SECONDS_A_MONTH = 3600 * HOURS_A_MONTH
KIB_A_GB = 1e9 / 1024


def check_replicas(engine: str, replicas: int, levels: int) -> None:
    """Refuse more replicas, or a longer chain, than AWS allows.

    Parameters
    ----------
    engine : str
        One of `KEYS`.
    replicas : int
        Of one source.
    levels : int
        1 for replicas of the source, 2 for replicas of replicas.

    Raises
    ------
    ScenarioError
        With AWS's rule and its source.
    """
    most = RDS.get("read_replica", f"max_{KEYS[engine]}")
    if replicas > most.value:
        raise ScenarioError(
            f"replicas = {replicas}: of one {engine} source AWS allows 1 to {most.value} replicas "
            f"({most.source}); use {most.value} or fewer.",
            field="replicas",
        )
    if levels > 1 and engine not in CHAINED:
        raise ScenarioError(
            f"levels = {levels}: replicas of replicas are known here for "
            f"{', '.join(CHAINED)}, not for {engine}; use 1 level.",
            field="levels",
        )


def replica_usd_hour(engine: str, instance_class: str) -> float | None:
    """Price of a replica, USD an hour on demand in us-east-1: an instance's; None if not known."""
    key = f"{KEYS[engine]}_price"
    return float(RDS.value(instance_class, key)) if RDS.has(instance_class, key) else None


def copying_usd_month(kib_per_s: float, *, other_region: bool) -> float:
    """Price of sending a replica its log, USD a month: only to another Region it costs anything."""
    where = "cross" if other_region else "same"
    usd_gb = float(RDS.value("read_replica", f"{where}_region_transfer_price"))
    return kib_per_s * SECONDS_A_MONTH / KIB_A_GB * usd_gb
