"""EC2's view "life cycle": what survives of an instance, and what goes on costing."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from awsnb.aws.ebs import Volume
from awsnb.aws.ec2 import BURSTABLE, EC2, hour_price
from awsnb.aws.ec2.life_cycle import KEPT, LOST, NEW, OPERATIONS, TERMINATE, fate
from awsnb.aws.prices import HOURS_A_MONTH, PUBLIC_IPV4_USD_HOUR
from awsnb.results import Comparison, Curve, Number, Option, Panel, Result, cheapest
from awsnb.scenario import Preset, Scenario, ScenarioError, field
from awsnb.view import View
from awsnb.words import usd

THINGS = {
    "ram": "RAM",
    "instance_store": "instance store",
    "root_volume": "root volume",
    "data_volume": "data volume",
    "private_address": "private address",
    "public_address": "public address",
    "elastic_ip": "Elastic IP",
    "host": "host",
}
FATES = (LOST, NEW, KEPT)
BY_AWS, HIBERNATE = "retire", "hibernate"
OFF = ("stop", HIBERNATE, BY_AWS)


# --- what can be asked


class LifeCycleScenario(Scenario):
    """An instance, and what is done to it."""

    operation: Literal["reboot", "stop", "hibernate", "terminate", "retire"] = field(
        "stop",
        label="Operation",
        meaning="What is done to it. After a stop, a hibernation or AWS's retirement of its host, "
        "it is started again.",
    )
    keep: Literal[
        "RAM", "instance store", "root volume", "data volume", "public address"
    ] = field(
        "data volume", label="To be kept", meaning="What must still be there afterwards."
    )  # fmt: skip
    delete_data: bool = field(
        False, label="Delete data volume",
        meaning="DeleteOnTermination of the data volume. That of the root volume is on.",
    )  # fmt: skip
    off_h: float = field(
        12.0, label="Off for", unit="h a day", low=0, high=24,
        meaning="Hours of a day between the operation and the next start.",
    )  # fmt: skip
    elastic_ip: bool = field(
        False, label="Elastic IP",
        meaning="Whether its public address is an Elastic IP, which stays yours.",
    )  # fmt: skip
    instance_type: str = field(
        "t3.medium", label="Instance", choices=BURSTABLE, group="Bill", advanced=True,
        meaning="Its type, for the bill.",
    )  # fmt: skip
    root_gib: int = field(
        8, label="Root volume", unit="GiB", low=1, high=16_384, log=True, group="Bill",
        advanced=True, meaning="Size of the root volume, gp3.",
    )  # fmt: skip
    data_gib: int = field(
        100, label="Data volume", unit="GiB", low=1, high=16_384, log=True, group="Bill",
        advanced=True, meaning="Size of the data volume, gp3.",
    )  # fmt: skip

    @property
    def text(self) -> str:
        """The operation in a few words."""
        return f"{self.operation}, to keep the {self.keep}"

    @property
    def memory_gib(self) -> float:
        """The instance's memory, GiB."""
        return EC2.value(self.instance_type, "memory")

    @property
    def can_hibernate(self) -> bool:
        """Whether its root volume can take the RAM."""
        return self.root_gib >= self.memory_gib

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        if self.operation == HIBERNATE and not self.can_hibernate:
            source = EC2.get(HIBERNATE, "root_volume_holds").source
            raise ScenarioError(
                f"root_gib = {self.root_gib:,}: hibernation writes the RAM to the root volume, "
                f"which must hold the {self.memory_gib:g} GiB of a {self.instance_type} and what "
                f"else is on it ({source}).",
                field="root_gib",
            )
        return self


# --- what happens


@dataclass(frozen=True)
class Outcome:
    """What becomes of an instance."""

    scenario: LifeCycleScenario

    def fates(self, operation: str) -> dict[str, str]:
        """What becomes of each thing: lost, kept, or another one in its place."""
        found = {thing: fate(operation, thing) for thing in THINGS}
        found["data_volume"] = fate(
            operation, "data_volume", delete_on_termination=self.scenario.delete_data
        )
        if self.scenario.elastic_ip and found["public_address"] == NEW:
            found["public_address"] = KEPT
        return found

    @cached_property
    def fate(self) -> dict[str, str]:
        """The same of the operation that is asked about, of what the instance has, by name."""
        fates = self.fates(self.scenario.operation)
        if not self.scenario.elastic_ip:
            del fates["elastic_ip"]
        return {THINGS[key]: fate for key, fate in fates.items()}

    @property
    def holds(self) -> bool:
        """Whether what is to be kept is kept."""
        return self.fate[self.scenario.keep] == KEPT

    @property
    def on_h_month(self) -> float:
        """Hours in a month for which the instance itself is billed."""
        if self.scenario.operation == TERMINATE:
            return 0.0
        if self.scenario.operation not in OFF:
            return HOURS_A_MONTH
        return HOURS_A_MONTH * (24 - self.scenario.off_h) / 24

    @property
    def instance_usd_month(self) -> float:
        """Its hours, USD a month."""
        return self.on_h_month * hour_price(self.scenario.instance_type)

    @property
    def volumes_usd_month(self) -> float:
        """The volumes that are left, USD a month: on or off."""
        sizes = {
            "root volume": self.scenario.root_gib,
            "data volume": self.scenario.data_gib,
        }
        kept = [size for name, size in sizes.items() if self.fate[name] == KEPT]
        return sum(Volume("gp3", size).cost_usd_month for size in kept)

    @property
    def address_usd_month(self) -> float:
        """The public IPv4 address, USD a month: an Elastic IP costs as much while it is idle."""
        hours = HOURS_A_MONTH if self.scenario.elastic_ip else self.on_h_month
        return hours * PUBLIC_IPV4_USD_HOUR

    @property
    def cost_usd_month(self) -> float:
        """All of it, USD a month."""
        return self.instance_usd_month + self.volumes_usd_month + self.address_usd_month


def simulate(scenario: LifeCycleScenario) -> Outcome:
    """Say what becomes of an instance.

    Parameters
    ----------
    scenario : LifeCycleScenario
        The instance and the operation.

    Returns
    -------
    Outcome
    """
    return Outcome(scenario)


# --- what is said


def tell(outcome: Outcome) -> Result:
    """Say what survives, and what goes on costing.

    Returns
    -------
    Result
        `fates` says by thing and operation what becomes of it; `bill_usd_month` belongs to `item`.
    """
    fates = [
        [FATES.index(outcome.fates(operation)[thing]) for operation in OPERATIONS]
        for thing in THINGS
    ]
    bill = (outcome.instance_usd_month, outcome.volumes_usd_month, outcome.address_usd_month)
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "operation": np.array(OPERATIONS),
            "thing": np.array(list(THINGS.values())),
            "fates": np.array(fates, dtype=np.float64),
            "item": np.array(["instance", "volumes", "public address"]),
            "bill_usd_month": np.array(bill),
        },
        panels=(
            Panel("What survives", "", (Curve("fates", "fates", "first"),), kind="heat",
                  x="operation", rows="thing", levels=("lost", "another one", "kept")),
            Panel("The bill afterwards", "USD a month",
                  (Curve("bill_usd_month", "bill", "first", compare=True),), kind="bars", x="item"),
        ),
        notes=_notes(outcome),
    )  # fmt: skip


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    kept, cost = outcome.fate[outcome.scenario.keep], outcome.cost_usd_month
    on_h = outcome.on_h_month
    return (
        Number("kept", f"The {outcome.scenario.keep}", kept, _said(kept), headline=True),
        Number("cost_usd_month", "Bill afterwards, per month", cost, usd(cost), headline=True),
        Number("on_h", "Hours billed in a month", on_h, f"{on_h:,.0f} h"),
        Number("instance_usd_month", "Of it, the instance", outcome.instance_usd_month,
               usd(outcome.instance_usd_month)),
        Number("volumes_usd_month", "Of it, volumes", outcome.volumes_usd_month,
               usd(outcome.volumes_usd_month)),
        Number("address_usd_month", "Of it, the public address", outcome.address_usd_month,
               usd(outcome.address_usd_month)),
    )  # fmt: skip


def _said(fate: str) -> str:
    return "another one" if fate == NEW else fate


def _why(outcome: Outcome) -> str:
    lost, new, kept = (
        [thing for thing, found in outcome.fate.items() if found == fate] for fate in FATES
    )
    others = f" It gets another {_and(new)}." if new else ""
    gone = f" Lost: {_and(lost)}." if lost else ""
    stays = f" Kept: {_and(kept)}." if kept else ""
    verdict = "is" if outcome.holds else "is not"
    return (
        f"The {outcome.scenario.keep} {verdict} kept by a {_noun(outcome.scenario.operation)}."
        f"{gone}{others}{stays}"
    )


def _noun(operation: str) -> str:
    nouns = {"hibernate": "hibernation", "terminate": "termination", "retire": "retirement"}
    return nouns.get(operation, operation)


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _notes(outcome: Outcome) -> tuple[str, ...]:
    operation = outcome.scenario.operation
    notes = [
        f"{THINGS[fact.key][0].upper()}{THINGS[fact.key][1:]}: {fact.note}."
        for fact in EC2.rows(operation)
        if THINGS.get(fact.key) in outcome.fate and fact.note
    ]
    if outcome.scenario.keep == THINGS["instance_store"]:
        notes.append("T instances have no instance store: this is for a type that has one.")
    if operation == HIBERNATE:
        longest = EC2.value("hibernate", "longest")
        notes.append(f"Nothing may hibernate for more than {longest} days.")
    return (*notes, "Prices: us-east-1, Linux, on demand; volumes are gp3.")


# --- what else would do


def compare(scenario: LifeCycleScenario) -> Comparison:
    """Find the operation of yours that keeps what must be kept, at the lowest bill.

    A termination is among them only if it is asked about: who wants to go on with an instance is
    not told to end it.

    Returns
    -------
    Comparison
        One option an operation; `best` is the cheapest that keeps it.
    """
    left_out = {BY_AWS, TERMINATE} - {scenario.operation}
    left_out |= set() if scenario.can_hibernate else {HIBERNATE}
    options = [
        _option(simulate(scenario.replace(operation=operation)))
        for operation in OPERATIONS
        if operation not in left_out
    ]
    best = cheapest(options)
    why = f"No operation keeps the {scenario.keep}."
    if best is None and HIBERNATE in left_out:
        why += f" To hibernate takes a root volume of {scenario.memory_gib:g} GiB or more."
    if best is not None:
        why = f"The cheapest that keeps the {scenario.keep}: {best.label}."
    return Comparison(
        title=f"Which operation keeps the {scenario.keep}",
        why=why,
        options=tuple(options),
        best=best,
    )


def _option(outcome: Outcome) -> Option:
    lost = [thing for thing, fate in outcome.fate.items() if fate == LOST]
    cost = outcome.cost_usd_month
    return Option(
        label=outcome.scenario.operation,
        scenario=outcome.scenario,
        holds=outcome.holds,
        cost_usd_month=cost,
        numbers=(Number("cost_usd_month", "USD a month", cost, f"{cost:,.2f}"),),
        remark=f"lost: {_and(lost)}" if lost else "",
    )


PRESETS = (
    Preset(
        "Off at night",
        "While it is stopped, only volumes and an Elastic IP cost something. See what it loses.",
        {"operation": "stop", "keep": "root volume", "off_h": 12.0},
    ),
    Preset(
        "Work in memory",
        "One operation alone brings back a program as it stood.",
        {"operation": "stop", "keep": "RAM"},
    ),
    Preset(
        "The data outlives the instance",
        "Switch DeleteOnTermination on, and see what is left.",
        {"operation": "terminate", "keep": "data volume"},
    ),
    Preset(
        "AWS retires the host",
        "Nobody asked for it. What you kept on the instance store is gone.",
        {"operation": "retire", "keep": "instance store", "off_h": 1.0},
    ),
    Preset(
        "The name that pointed elsewhere",
        "After a stop DNS leads to an address that belongs to somebody else. An Elastic IP stays.",
        {"operation": "stop", "keep": "public address"},
    ),
)

VIEW = View(
    name="life cycle",
    question="What survives a stop, a reboot or a termination, and what goes on costing?",
    scenario=LifeCycleScenario,
    outcome=simulate,
    tell=tell,
    compare=compare,
    presets=PRESETS,
)
