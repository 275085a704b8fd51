"""T instances: what credit they earn, hold and are launched with, and what surplus costs."""

from dataclasses import dataclass
from typing import Literal

from awsnb.aws.prices import EC2, instance_usd_hour
from awsnb.scenario import ScenarioError

Mode = Literal["standard", "unlimited"]

STANDARD, UNLIMITED = "standard", "unlimited"
FAMILIES = ("t2", "t3", "t3a", "t4g")
BURSTABLE = tuple(
    name for name in EC2.subjects() if "." in name and EC2.has(name, "credits_earned")
)
CREDIT_VCPU_S = 60.0  # a credit is one vCPU at 100 % for a minute
PEER_FAMILY = {"t2": "m5", "t3": "m5", "t3a": "m5", "t4g": "m7g"}
PEER_SIZES = ("large", "xlarge", "2xlarge")

hour_price = instance_usd_hour


@dataclass(frozen=True)
class Burstable:
    """A T instance in one of its two modes.

    Parameters
    ----------
    instance_type : str
        Such as ``"t3.micro"``.
    mode : {"standard", "unlimited"}
        Whether it slows down without credit, or spends what it has not earned yet.

    Examples
    --------
    >>> micro = Burstable("t2.micro", "standard")
    >>> micro.baseline_vcpus, micro.max_credits, micro.launch_credits
    (0.1, 144, 30)
    """

    instance_type: str
    mode: Mode

    def _fact(self, key: str) -> float:
        return EC2.value(self.instance_type, key)

    def check(self, on_dedicated_host: bool) -> None:
        """Refuse what AWS refuses.

        Raises
        ------
        ScenarioError
            If the mode can't be had there.
        """
        key = "unlimited_on_dedicated_host"
        if not on_dedicated_host or self.mode == STANDARD or not EC2.has(self.family, key):
            return
        rule = EC2.get(self.family, key)
        if not rule.value:
            raise ScenarioError(
                f"mode = '{self.mode}': on a Dedicated Host AWS allows {self.family.upper()} only "
                f"in standard mode ({rule.source}).",
                field="mode",
            )

    @property
    def family(self) -> str:
        """Such as ``"t3"``."""
        return self.instance_type.partition(".")[0]

    @property
    def vcpus(self) -> int:
        """How many vCPUs it has."""
        return int(self._fact("vcpus"))

    @property
    def memory_gib(self) -> float:
        """Its memory, GiB."""
        return self._fact("memory")

    @property
    def earned_per_h(self) -> float:
        """Credits that it earns an hour."""
        return self._fact("credits_earned")

    @property
    def baseline_vcpus(self) -> float:
        """VCPUs that its earnings pay for, for ever."""
        return self.earned_per_h * CREDIT_VCPU_S / 3600

    @property
    def baseline_pct(self) -> float:
        """The same as CPUUtilization shows it, %."""
        return 100 * self.baseline_vcpus / self.vcpus

    @property
    def max_credits(self) -> float:
        """Earned credits that it holds at most; in unlimited mode also the most it may owe."""
        return self._fact("max_credits")

    @property
    def launch_credits(self) -> float:
        """Credits at launch that it has not earned: T2 in standard mode alone gets them."""
        if self.mode == STANDARD and EC2.has(self.instance_type, "launch_credits"):
            return self._fact("launch_credits")
        return 0.0

    @property
    def usd_h(self) -> float:
        """Its price without surplus credits, USD an hour."""
        return hour_price(self.instance_type)

    @property
    def usd_per_credit(self) -> float:
        """What a surplus credit costs, USD."""
        return float(EC2.value(self.family, "surplus_price")) * CREDIT_VCPU_S / 3600

    def break_even_pct(self, other_usd_h: float) -> float:
        """Find the mean CPU at which unlimited mode costs as much as another instance, %.

        AWS's equation, EC2 User Guide, unlimited mode: the price difference buys surplus credits
        above the baseline.
        """
        surplus_per_h = (other_usd_h - self.usd_h) / self.usd_per_credit
        return self.baseline_pct + 100 * surplus_per_h / (60 * self.vcpus)

    def mean_usd_h(self, mean_pct: float) -> float:
        """Price in unlimited mode at a mean CPU over more than a day, USD an hour."""
        surplus_vcpus = max(mean_pct - self.baseline_pct, 0.0) / 100 * self.vcpus
        return self.usd_h + surplus_vcpus * 60 * self.usd_per_credit


def peer(instance_type: str) -> str:
    """Find the instance of fixed performance to weigh a T instance against.

    It is of the same size, or the smallest there is of its family.
    """
    family, _, size = instance_type.partition(".")
    return f"{PEER_FAMILY[family]}.{size if size in PEER_SIZES else PEER_SIZES[0]}"
