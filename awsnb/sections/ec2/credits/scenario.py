"""What can be asked: one burstable instance, in one mode, under one load."""

from typing import Any, Literal, Self

from pydantic import model_validator

from awsnb.aws.ec2 import BURSTABLE, Burstable
from awsnb.aws.ec2.burstable import STANDARD
from awsnb.scenario import Scenario, field
from awsnb.trace import fields

MOST_VCPUS = 8
MOST_CREDITS = 4608


class CreditScenario(Scenario):
    """One burstable instance under one load."""

    instance_type: str = field(
        "t3.medium", label="Instance", choices=BURSTABLE, meaning="Which T instance carries it."
    )
    mode: Literal["standard", "unlimited"] = field(
        "unlimited",
        label="Mode",
        meaning="Without credit, standard slows down to the baseline; unlimited goes on and may "
        "cost more. AWS launches T2 as standard and the others as unlimited.",
    )
    quiet_vcpus: float = field(
        0.2, label="Quiet load", unit="vCPUs", low=0, high=MOST_VCPUS,
        meaning="vCPUs that the load keeps busy outside its busy hours.",
    )  # fmt: skip
    busy_vcpus: float = field(
        1.6, label="Busy load", unit="vCPUs", low=0, high=MOST_VCPUS,
        meaning="vCPUs that it keeps busy in its busy hours, which begin at 09:00 every day.",
    )  # fmt: skip
    busy_h: float = field(
        4.0, label="Busy for", unit="h a day", low=0, high=24, meaning="Busy hours of a day."
    )
    trace: str = field(
        "", label="Trace", path=True,
        meaning="Path of a CloudWatch export of CPUUtilization (CSV or JSON): replaces the load.",
    )  # fmt: skip
    measured_vcpus: int | None = field(
        None, label="Measured on", unit="vCPUs", low=1, high=192,
        unset="not said", control=False,
        meaning="vCPUs of the instance that the trace was measured on. A trace needs it.",
    )  # fmt: skip
    balance: str = field(
        "", label="Measured credits", path=True,
        meaning="Path of a CloudWatch export of CPUCreditBalance, to draw over the model's.",
    )  # fmt: skip
    metric: str = fields.metric()
    trace_unit: Literal["as the file says", "CPU %"] = fields.trace_unit()
    load_factor: float = field(
        1.0, label="Load factor", unit="x", low=0.01, high=100, log=True,
        group="Load", advanced=True, meaning="Multiplies the load: 2 is twice the work.",
    )  # fmt: skip
    days: int = field(
        7, label="Days", unit="days", low=1, high=31, group="Load", advanced=True,
        meaning="How long the built-in load lasts.",
    )  # fmt: skip
    overload: Literal["queue", "drop"] = field(
        "queue", label="When held back", group="Load", advanced=True,
        meaning="Work that finds no CPU waits for it, or is given up.",
    )  # fmt: skip
    start_credits: float | None = field(
        None, label="Credits at start", unit="credits", low=0, high=MOST_CREDITS,
        group="Start", advanced=True, unset="as at launch",
        meaning="Earned credits when the load begins. Left out, as many as measured, or as at "
        "launch: T2 in standard mode has launch credits, all others have none.",
    )  # fmt: skip
    tenancy: Literal["shared", "dedicated host"] = field(
        "shared", label="Tenancy", group="Start", advanced=True,
        meaning="On a Dedicated Host AWS refuses unlimited mode for T3.",
    )  # fmt: skip
    memory_gib: float | None = field(
        None, label="Memory needed", unit="GiB", low=0.5, high=32, log=True,
        group="Alternatives", advanced=True,
        meaning="Memory that an alternative must have; left out, as much as the instance has.",
    )  # fmt: skip

    @property
    def instance(self) -> Burstable:
        """The instance, as AWS sells it."""
        return Burstable(self.instance_type, self.mode)

    def in_force(self) -> dict[str, Any]:
        """The memory that alternatives must have where none is asked for."""
        return {"memory_gib": self.memory_needed_gib}

    @property
    def memory_needed_gib(self) -> float:
        """Memory that an alternative must have, GiB."""
        return self.instance.memory_gib if self.memory_gib is None else self.memory_gib

    @property
    def is_standard(self) -> bool:
        """Whether it slows down without credit."""
        return self.mode == STANDARD

    @property
    def text(self) -> str:
        """The instance in a few words."""
        return f"{self.instance_type}, {self.mode}"

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        self.instance.check(self.tenancy == "dedicated host")
        return self
