"""Who may share a volume, and what each instance gets of it."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from awsnb.aws.ebs import EBS, Volume
from awsnb.aws.ebs.limits import INSTANCE_TYPES
from awsnb.aws.ebs.multi_attach import IO1_REGIONS, check_attachments
from awsnb.aws.ebs.volume import range_of
from awsnb.aws.prices import EC2
from awsnb.results import Curve, Number, Panel, Result
from awsnb.scenario import Preset, Scenario, field
from awsnb.view import View
from awsnb.words import usd

_SIZE, _IOPS = range_of("size"), range_of("iops")
REGIONS = tuple(dict.fromkeys((*IO1_REGIONS, "eu-central-1", "eu-west-1", "ap-southeast-2")))


class SharingScenario(Scenario):
    """Several instances of one type that share a volume."""

    volume_type: Literal["gp2", "gp3", "io1", "io2", "st1", "sc1"] = field(
        "io2", label="Volume type", meaning="Only io1 and io2 can be shared."
    )
    instances: int = field(
        4,
        label="Instances",
        unit="instances",
        low=1,
        high=64,
        meaning="How many instances the volume is attached to.",
    )
    instance_type: str = field(
        "m5.8xlarge",
        label="Instance",
        choices=INSTANCE_TYPES,
        meaning="Their type; its own EBS limit holds for each of them.",
    )
    asked_iops: int = field(
        30_000,
        label="Asked for by each",
        unit="IOPS",
        low=1,
        high=400_000,
        log=True,
        meaning="What each instance would do if nothing held it back.",
    )
    provisioned_iops: int = field(
        50_000,
        label="Provisioned IOPS",
        unit="IOPS",
        low=_IOPS[0],
        high=_IOPS[1],
        log=True,
        meaning="What is paid for: all instances together get no more.",
    )
    size_gib: int = field(
        1_000,
        label="Size",
        unit="GiB",
        low=_SIZE[0],
        high=_SIZE[1],
        log=True,
        group="Volume",
        advanced=True,
        meaning="Size of the volume.",
    )
    region: str = field(
        "us-east-1",
        label="Region",
        choices=REGIONS,
        group="Volume",
        advanced=True,
        meaning="Where the volume is.",
    )
    one_zone: bool = field(
        True,
        label="All in its zone",
        group="Volume",
        advanced=True,
        meaning="Whether every instance is in the Availability Zone of the volume.",
    )
    boot_volume: bool = field(
        False,
        label="Boot volume",
        group="Volume",
        advanced=True,
        meaning="Whether an instance boots from it.",
    )

    @property
    def volume(self) -> Volume:
        """The volume, as AWS sells it."""
        return Volume(self.volume_type, self.size_gib, self.provisioned_iops)

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        check_attachments(
            self.volume_type,
            self.region,
            self.instances,
            self.instance_type,
            self.one_zone,
            self.boot_volume,
        )
        self.volume.check()
        return self


@dataclass(frozen=True)
class Outcome:
    """What a number of instances get together, for each number up to that asked for."""

    scenario: SharingScenario
    instance_iops: float
    together_iops: NDArray[np.float64]

    @property
    def each_iops(self) -> float:
        """What each gets if they share evenly, I/Os per second."""
        return float(self.together_iops[-1]) / self.scenario.instances

    @property
    def volume_binds(self) -> bool:
        """Whether the volume holds the instances back."""
        return self.scenario.instances * self.instance_iops > self.scenario.provisioned_iops


def simulate(scenario: SharingScenario) -> Outcome:
    """Share the IOPS of a volume among its instances, by AWS's rule for their sum."""
    limit = EC2.value(scenario.instance_type, "ebs_baseline_iops")
    instance_iops = float(min(scenario.asked_iops, limit))
    attached = np.arange(1, scenario.instances + 1)
    together = together_iops(instance_iops * attached.astype(np.float64), scenario.provisioned_iops)
    return Outcome(scenario, instance_iops, together)


def together_iops(asked_iops: NDArray[np.float64], provisioned_iops: float) -> NDArray[np.float64]:
    """Return what instances get together: what they ask for, up to what is provisioned."""
    return np.minimum(asked_iops, provisioned_iops)


def tell(outcome: Outcome) -> Result:
    """Say what the instances get.

    Returns
    -------
    Result
        `data` has by ``attached`` instances what they ask for and get together, IOPS.
    """
    scenario = outcome.scenario
    attached = np.arange(1, scenario.instances + 1)
    return Result(
        scenario=scenario,
        label=f"{scenario.instances} x {scenario.instance_type} on {scenario.volume.text}",
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "attached": attached,
            "asked_iops": attached * outcome.instance_iops,
            "together_iops": outcome.together_iops,
        },
        panels=(
            Panel(
                "All instances together",
                "IOPS",
                (
                    Curve("asked_iops", "what they can ask for", "theory"),
                    Curve("together_iops", "what they get", "first", compare=True),
                ),
                x="attached",
                x_title="instances attached",
                events=((scenario.instances, "yours"),),
            ),
        ),
        notes=(
            "AWS publishes the sum, and not how instances share it: an even share is assumed.",
            "Multi-Attach costs nothing extra. Each instance counts with its baseline limit.",
        ),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    together, each = float(outcome.together_iops[-1]), outcome.each_iops
    cost = outcome.scenario.volume.cost_usd_month
    return (
        Number("together_iops", "All together", together, f"{together:,.0f} IOPS", headline=True),
        Number("each_iops", "Each, shared evenly", each, f"{each:,.0f} IOPS", headline=True),
        Number("cost_usd_month", "Volume per month", cost, usd(cost), headline=True),
        Number("instance_iops", "Each alone", outcome.instance_iops,
               f"{outcome.instance_iops:,.0f} IOPS"),
    )  # fmt: skip


def _why(outcome: Outcome) -> str:
    scenario, together = outcome.scenario, outcome.together_iops[-1]
    if outcome.volume_binds:
        return (
            f"The volume holds them back: together they get its {together:,.0f} IOPS, "
            f"{outcome.each_iops:,.0f} each if they share evenly. Alone each could do "
            f"{outcome.instance_iops:,.0f}."
        )
    held = outcome.instance_iops < scenario.asked_iops
    limit = f"the EBS limit of its {scenario.instance_type}" if held else "all that it asks for"
    return (
        f"The volume has enough for all: each gets {outcome.instance_iops:,.0f} IOPS, which is "
        f"{limit}."
    )


PRESETS = (
    Preset(
        "Sixteen instances",
        "Each asks for little, and sixteen are the most that AWS allows. Try a seventeenth.",
        {"instances": 16, "asked_iops": 2_000},
    ),
    Preset(
        "More than the instance can do",
        "The volume has enough. The instance's own EBS limit is what holds.",
        {"instances": 2, "instance_type": "m5.large", "asked_iops": 20_000},
    ),
)

VIEW = View(
    name="sharing",
    question="Who may share a volume, and what does each instance get of its IOPS?",
    scenario=SharingScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
)


def example() -> tuple[int, int]:
    """AWS's example of two unlike instances: the sum that it states, and the model's."""
    asked = [EC2.value(name, "ebs_baseline_iops") for name in ("m5.8xlarge", "c5.12xlarge")]
    provisioned = EBS.value("multi_attach", "example_iops_provisioned")
    model = together_iops(np.array([float(sum(asked))]), provisioned)
    return EBS.value("multi_attach", "example_iops_together"), int(model[0])
