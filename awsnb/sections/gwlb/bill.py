"""The view "bill": what traffic of its own costs a Gateway Load Balancer, hour by hour."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elb import ELB
from awsnb.aws.elb.bill import DIMENSIONS
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.results import Curve, Number, Panel, Result
from awsnb.scenario import Preset, Scenario, ScenarioError, field
from awsnb.trace import Load, Trace, TraceError, load_of, read_every
from awsnb.trace.metrics import known
from awsnb.view import View
from awsnb.words import counted, percent, rate, usd

Floats = NDArray[np.float64]

NEW, OPEN, BYTES = KEYS = ("new_connections", "active_connections", "processed_bytes")
METRICS = {NEW: "NewFlowCount", OPEN: "ActiveFlowCount", BYTES: "ProcessedBytes"}
MEASURES = {NEW: "connections", OPEN: "open flows", BYTES: "network bytes"}
HOUR_S = 3600
DAY_H = 24


# --- what can be asked


class BillScenario(Scenario):
    """Flows and bytes of a Gateway Load Balancer, asked or as a CloudWatch export has them."""

    new_per_s: float = field(
        100.0, label="New flows", unit="flows/s", low=0.01, high=1_000_000, log=True,
        meaning="Connections that begin. Of the metric NewFlowCount, where a trace holds it.",
    )  # fmt: skip
    open_flows: float = field(
        30_000.0, label="Open flows", unit="flows", low=1, high=100_000_000, log=True,
        meaning="At any time, on average. Of the metric ActiveFlowCount, where a trace holds it.",
    )  # fmt: skip
    gb_per_h: float = field(
        100.0, label="Traffic", unit="GB/hour", low=0.001, high=1_000_000, log=True,
        meaning="In both directions. Of the metric ProcessedBytes, where a trace holds it.",
    )  # fmt: skip
    zones: int = field(
        2, label="Zones", unit="zones", low=1, high=6, meaning="That the load balancer is in.",
    )  # fmt: skip
    endpoints: int = field(
        2, label="Endpoints", unit="endpoints", low=0, high=200,
        meaning="Of PrivateLink, one for each zone of each VPC that it inspects.",
    )  # fmt: skip
    trace: str = field(
        "", label="Trace", path=True,
        meaning="Path of a CloudWatch export of one Gateway Load Balancer: NewFlowCount (Sum), "
        "ActiveFlowCount (Average), ProcessedBytes (Sum), or some of them.",
    )  # fmt: skip

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return f"GWLB in {counted(self.zones, 'zone')}, {counted(self.endpoints, 'endpoint')}"


# --- what happens


@dataclass(frozen=True)
class Outcome:
    """What is used, and what it costs.

    Attributes
    ----------
    scenario : BillScenario
    units : dict of str to ndarray of float, shape (hours,)
        GLCU that each of `KEYS` comes to, by the hour.
    gb_per_h : float
        Mean over the hours, which the endpoints follow.
    held : tuple of str
        Those of `KEYS` that the trace holds.
    notes : tuple of str
    """

    scenario: BillScenario
    units: dict[str, Floats]
    gb_per_h: float
    held: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def billed(self) -> Floats:
        """GLCU that are billed in each hour: those of the largest dimension."""
        return np.maximum.reduce([self.units[key] for key in KEYS])

    @property
    def decides(self) -> str:
        """The dimension that is the largest in most hours."""
        rows = np.stack([self.units[key] for key in KEYS])
        return KEYS[int(np.bincount(rows.argmax(axis=0), minlength=len(KEYS)).argmax())]

    @property
    def hours_usd(self) -> float:
        """The load balancer's own hours, USD a month."""
        return float(self.scenario.zones * ELB.value("gwlb", "hour_price") * HOURS_A_MONTH)

    @property
    def units_usd(self) -> float:
        """Its capacity units, USD a month of such hours."""
        return float(self.billed.mean() * ELB.value("gwlb", "unit_price") * HOURS_A_MONTH)

    @property
    def endpoints_usd(self) -> float:
        """Its endpoints' hours and gigabytes, USD a month."""
        hour, gb = (ELB.value("gwlb", f"endpoint_{per}_price") for per in ("hour", "gb"))
        each_h = self.scenario.endpoints * hour + self.gb_per_h * gb * bool(self.scenario.endpoints)
        return float(each_h * HOURS_A_MONTH)

    @property
    def usd_month(self) -> float:
        """All of it, USD a month."""
        return self.hours_usd + self.units_usd + self.endpoints_usd


def simulate(scenario: BillScenario) -> Outcome:
    """Work out the capacity units of each hour.

    Parameters
    ----------
    scenario : BillScenario

    Returns
    -------
    Outcome

    Raises
    ------
    ScenarioError
        If the trace holds none of the three metrics, or one of them twice.
    TraceError
        If the file can't be read.
    """
    asked = {NEW: scenario.new_per_s, OPEN: scenario.open_flows, BYTES: scenario.gb_per_h}
    used = {key: np.full(DAY_H, float(value)) for key, value in asked.items()}
    if not scenario.trace:
        return Outcome(scenario, _units(used), scenario.gb_per_h)
    held = _held(scenario)
    loads = {key: _load(trace, key) for key, trace in held.items()}
    hourly = {key: _by_hour(load) for key, load in loads.items()}
    hours = min(each.size for each in hourly.values())
    used = {key: hourly[key][:hours] if key in held else np.full(hours, asked[key]) for key in KEYS}
    found = tuple(f"{METRICS[key]}: {trace.describe()}." for key, trace in held.items())
    more = tuple(note for load in loads.values() for note in load.notes)
    return Outcome(scenario, _units(used), float(used[BYTES].mean()), tuple(held), found + more)


def _units(used: dict[str, Floats]) -> dict[str, Floats]:
    return {key: used[key] / ELB.value("glcu", key) for key in KEYS}


def _held(scenario: BillScenario) -> dict[str, Trace]:
    """Find the three metrics in the file."""
    held: dict[str, Trace] = {}
    for trace in read_every(scenario.trace):
        metric = known(trace.metric, trace.namespace)
        key = next((key for key in KEYS if metric and metric.metric == METRICS[key]), None)
        if key in held:
            raise _refusal(
                f"{trace.source} holds {trace.metric} twice; export one load balancer, without "
                "its zones"
            )
        if key:
            held[key] = trace
    if not held:
        raise _refusal(f"{scenario.trace} holds none of {', '.join(METRICS.values())}")
    return {key: held[key] for key in KEYS if key in held}


def _load(trace: Trace, key: str) -> Load:
    """Turn a metric into flows a second, open flows, or GB an hour."""
    if key != OPEN:
        load = load_of(trace, MEASURES[key])
        return replace(load, per_s=load.per_s * HOUR_S / 1e9) if key == BYTES else load
    if trace.statistic not in ("", "Average", "Maximum"):
        raise TraceError(f"{trace.source}: the {trace.statistic} of {METRICS[OPEN]} is not how "
                         "many flows are open: export its Average.")  # fmt: skip
    level = np.nan_to_num(trace.value)
    if level.min() < 0:
        raise TraceError(f"{trace.source}: holds {level.min():g} open flows, below 0.")
    return Load(trace, level, MEASURES[OPEN])


def _by_hour(load: Load) -> Floats:
    """Average over hours from the file's beginning; a last part of an hour is averaged, too."""
    edges = np.concatenate([[0.0], np.cumsum(load.trace.duration_s)])
    total = np.concatenate([[0.0], np.cumsum(load.per_s * load.trace.duration_s)])
    hours = np.append(np.arange(0.0, edges[-1], HOUR_S), edges[-1])
    return np.diff(np.interp(hours, edges, total)) / np.diff(hours)


def _refusal(why: str) -> ScenarioError:
    return ScenarioError(f"trace = {why}.", field="trace")


# --- what is said


def tell(outcome: Outcome) -> Result:
    """Say what decides the bill.

    Returns
    -------
    Result
        `data` has by ``hour`` the GLCU of each dimension; and by ``part`` what a month costs.
    """
    parts = {
        "its own hours": outcome.hours_usd,
        "capacity units": outcome.units_usd,
        "endpoints": outcome.endpoints_usd,
    }
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome, parts),
        numbers=_numbers(outcome),
        data={
            "hour": np.arange(outcome.billed.size, dtype=np.float64),
            **{f"{key}_units": outcome.units[key] for key in KEYS},
            "part": np.array(list(parts)),
            "part_usd_month": np.array(list(parts.values())),
        },
        panels=(
            Panel("Capacity units, hour by hour", "GLCU",
                  (Curve("new_connections_units", DIMENSIONS[NEW], "second"),
                   Curve("active_connections_units", DIMENSIONS[OPEN], "third"),
                   Curve("processed_bytes_units", DIMENSIONS[BYTES], "first")),
                  x="hour", x_title="hour"),
            Panel("A month", "USD",
                  (Curve("part_usd_month", "USD a month", "first", compare=True),),
                  kind="bars", x="part"),
        ),
        notes=tuple(_notes(outcome)),
    )  # fmt: skip


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    mean, most = float(outcome.billed.mean()), float(outcome.billed.max())
    total = outcome.usd_month
    return (
        Number("cost_usd_month", "A month", total, usd(total), headline=True),
        Number("units", "Billed on average", mean, f"{rate(mean)} GLCU", headline=True),
        Number("most_units", "Billed in the busiest hour", most, f"{rate(most)} GLCU",
               headline=True),
        Number("dimension", "Decided by", DIMENSIONS[outcome.decides], DIMENSIONS[outcome.decides],
               headline=True),
        Number("endpoints_usd_month", "Endpoints", outcome.endpoints_usd,
               usd(outcome.endpoints_usd)),
    )  # fmt: skip


def _why(outcome: Outcome, parts: dict[str, float]) -> str:
    largest = max(parts, key=lambda part: parts[part])
    share = percent(100 * parts[largest] / max(outcome.usd_month, 1e-9))
    if not outcome.billed.any():
        return f"Nothing passes; {largest} are {share} of the bill."
    return (
        f"Each hour only the largest dimension is billed; most often that is "
        f"{DIMENSIONS[outcome.decides]}. Of the bill of a month, {largest} are {share}."
    )


def _notes(outcome: Outcome) -> list[str]:
    rest = [label for key, label in DIMENSIONS.items() if key in KEYS and key not in outcome.held]
    asked = [f"As asked, not in the file: {', '.join(rest)}."] if outcome.held and rest else []
    return [
        *outcome.notes,
        *asked,
        "us-east-1, a month of such hours. Appliances, and data that crosses zones, are not in it.",
    ]


PRESETS = (
    Preset("Large downloads", "Few flows, and many bytes in each.",
           {"new_per_s": 10.0, "open_flows": 600.0, "gb_per_h": 1000.0}),
    Preset("A storm of short flows", "Many flows begin, and none carries much.",
           {"new_per_s": 20_000.0, "open_flows": 200_000.0, "gb_per_h": 20.0}),
    Preset("Flows that stay open", "Connections of days, nearly silent.",
           {"new_per_s": 20.0, "open_flows": 2_000_000.0, "gb_per_h": 10.0}),
    Preset("Forty VPCs, little traffic", "Each VPC has an endpoint in both zones.",
           {"new_per_s": 20.0, "open_flows": 6000.0, "gb_per_h": 10.0, "endpoints": 80}),
)  # fmt: skip

VIEW = View(
    name="bill",
    question="What do my flows and bytes cost, and which of them decides?",
    scenario=BillScenario,
    outcome=simulate,
    tell=tell,
    presets=PRESETS,
)
