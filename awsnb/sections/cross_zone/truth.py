"""What the shares are compared with: AWS's example, and real HAProxys as the nodes of zones."""

from typing import TYPE_CHECKING

from awsnb import _read
from awsnb.aws.elb import ELB
from awsnb.sections.cross_zone.scenario import CrossZoneScenario
from awsnb.sections.cross_zone.simulate import spread

if TYPE_CHECKING:
    import pandas as pd


def example() -> "pd.DataFrame":
    """Compare AWS's example of two and eight targets with the model.

    Returns
    -------
    pandas.DataFrame
        One row a kind of target: AWS's share and the model's, %.
    """
    import pandas as pd

    scenario = CrossZoneScenario(targets_a=2, targets_b=8)
    off, on = (100 * spread(scenario, switch, 0).each_target for switch in (False, True))
    cases = {
        "off, each of two in zone A": ("few", off[0]),
        "off, each of eight in zone B": ("many", off[1]),
        "on, each of two in zone A": ("all", on[0]),
        "on, each of eight in zone B": ("all", on[1]),
    }
    rows = [
        (case, ELB.value("elb", f"example_split_{key}"), round(float(model), 6))
        for case, (key, model) in cases.items()
    ]
    return pd.DataFrame(rows, columns=["cross-zone", "AWS, %", "model, %"]).set_index("cross-zone")


def recorded() -> "pd.DataFrame":
    """Compare what a server got from real HAProxys with the model.

    Returns
    -------
    pandas.DataFrame
        One row a case and zone: HAProxy's share of a server, the model's, and the difference.
    """
    import pandas as pd

    rows = [_compared(row) for row in _read.recorded("haproxy_zones")]
    return pd.DataFrame(rows).set_index(["targets", "cross-zone", "zone"])


def _compared(row: dict[str, str]) -> dict[str, object]:
    counts = [int(count) for count in row["targets"].split()]
    targets_c = counts[2] if len(counts) > 2 else None
    scenario = CrossZoneScenario(targets_a=counts[0], targets_b=counts[1], targets_c=targets_c)
    lost, measured = int(row["lost_in_a"]), float(row["each_pct"])
    each = 100 * spread(scenario, row["switch"] == "on", lost).each_target
    model = float(each["ABC".index(row["zone"])])
    gone = f", {lost} of A lost" if lost else ""
    return {
        "targets": " + ".join(map(str, counts)) + gone,
        "cross-zone": "off, as weights" if row["switch"] == "weights" else row["switch"],
        "zone": row["zone"],
        "HAProxy, %": measured,
        "model, %": round(model, 2),
        "points apart": round(abs(measured - model), 2),
    }
