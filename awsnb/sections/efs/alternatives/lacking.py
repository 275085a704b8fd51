"""What a store can't do for these files, in words."""

from awsnb.sections.efs.alternatives.scenario import AlternativesScenario
from awsnb.sections.efs.alternatives.simulate import (
    Bill,
    earned_mibps,
    metered_mibps,
    volume_gib,
)
from awsnb.words import rate


def lacking(scenario: AlternativesScenario, bill: Bill) -> str:
    """Say why a store will not do; "" if it will."""
    if bill.lacks is None:
        return ""
    return {
        "sharing": f"{scenario.instances:,} instances can't write to a volume's file system "
        "together",
        "size": f"a volume of {volume_gib(scenario):,} GiB is larger than AWS has",
        "zones": "its data lies in one zone",
        "changes in place": "an object can't be changed in place",
        "throughput": f"{rate(metered_mibps(scenario))} MiB/s are metered and the size earns "
        f"{rate(earned_mibps(scenario))}",
    }[bill.lacks]
