"""What there is to say: who can, who can't and why, what each costs and where that changes."""

import numpy as np

from awsnb.aws.elb import ELB, Bill
from awsnb.aws.elb.bill import DIMENSIONS
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.results import HALF_A_CENT, Curve, Number, Panel, Result, Role
from awsnb.sections.elb.which_one.simulate import Candidate, Outcome, growth_s
from awsnb.words import a_second, milliseconds, span, usd

LABELS = {"alb": "ALB", "nlb": "NLB", "gwlb": "GWLB", "clb": "CLB"}
ROLES: tuple[Role, ...] = ("first", "second", "third", "fourth")
CANNOT, CAN = 0, 1
RANGE = 100.0  # how far below and above the load the bills are drawn


def tell(outcome: Outcome) -> Result:
    """Say which load balancer to take.

    Returns
    -------
    Result
        By ``kind``, whether it does each thing that is ``asked``, and the parts of its bill; by
        ``load_rps`` the whole bill of each kind; by ``dimension`` their capacity units.
    """
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data=_data(outcome),
        panels=_panels(outcome),
        notes=(*outcome.load.notes, *_notes(outcome)),
    )


def name_of(candidate: Candidate) -> str:
    """Name a load balancer, or one before another: ``NLB before ALB``."""
    return " before ".join(LABELS[kind] for kind in candidate.kinds)


def reasons(candidate: Candidate) -> str:
    """Say what it lacks, in a few words."""
    return "; ".join(f"no {lack}" if not lack.endswith("ms") else f"slower than {lack}"
                     for lack in candidate.lacks).replace("no a ", "no ")  # fmt: skip


def _data(outcome: Outcome) -> dict[str, np.ndarray]:
    load = outcome.load.requests_per_s
    loads = np.geomspace(load / RANGE, load * RANGE, 81)
    asked = [f"{outcome.scenario.traffic} traffic", *outcome.scenario.needs]
    bills = {one.kinds[0]: one.bills[0] for one in outcome.singles}
    return {
        "kind": np.array([LABELS[kind] for kind in bills]),
        "asked": np.array(asked),
        "does": _does(outcome),
        **_parts(list(bills.values())),
        "load_rps": loads,
        **{f"{kind}_usd_month": usd for kind, usd in outcome.usd_month_at(loads).items()},
        "dimension": np.array(list(DIMENSIONS.values())),
        **{f"{kind}_units": _units(bills[kind]) for kind in ("alb", "nlb", "gwlb")},
    }


def _does(outcome: Outcome) -> np.ndarray:
    """Whether each kind does each thing that is asked: things x kinds."""
    needs = [f"a listener for {outcome.scenario.traffic}", *outcome.scenario.needs]
    rows = [[CANNOT if n in one.lacks else CAN for one in outcome.singles] for n in needs]
    return np.array(rows, dtype=np.float64)


def _parts(bills: list[Bill]) -> dict[str, np.ndarray]:
    parts = {
        "hours_usd_month": [HOURS_A_MONTH * bill.hour_usd for bill in bills],
        "used_usd_month": [HOURS_A_MONTH * bill.billed_units * bill.unit_usd for bill in bills],
        "addresses_usd_month": [bill.addresses_usd_month for bill in bills],
        "endpoints_usd_month": [bill.endpoints_usd_month for bill in bills],
    }
    return {name: np.array(part, dtype=np.float64) for name, part in parts.items()}


def _units(bill: Bill) -> np.ndarray:
    """Capacity units by dimension; 0 for one that a kind does not have."""
    return np.array([bill.units.get(name, 0.0) for name in DIMENSIONS.values()])


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    here = (outcome.load.requests_per_s, "here")
    changes = tuple((at, f"{LABELS[to]} from here") for at, _, to in outcome.changes)
    return (
        Panel("Who does what is asked", "", (Curve("does", "does it", "first"),), kind="heat",
              x="kind", rows="asked", levels=("can't", "can")),
        Panel("The bill of a month", "USD",
              tuple(Curve(f"{part}_usd_month", label, role) for part, label, role in
                    zip(("hours", "used", "addresses", "endpoints"),
                        ("hours", "capacity units or GB", "public addresses", "endpoints"),
                        ROLES, strict=True)),
              kind="bars", x="kind", stacked=True),
        Panel("The same mix at another load", "USD a month",
              tuple(Curve(f"{kind}_usd_month", label, role)
                    for (kind, label), role in zip(LABELS.items(), ROLES, strict=True)),
              x="load_rps", x_title="requests a second", x_log=True, log=True,
              events=(here, *changes)),
        Panel("Capacity units; the largest is paid for", "units",
              tuple(Curve(f"{kind}_units", LABELS[kind], role)
                    for kind, role in zip(("alb", "nlb", "gwlb"), ROLES[:3], strict=True)),
              kind="bars", x="dimension"),
    )  # fmt: skip


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    best, first = outcome.best, next(iter(outcome.changes), None)
    cost = best.usd_month if best else None
    latency = best.latency_ms if best else None
    peak = outcome.scenario.peak_gbps
    grows = () if peak is None else (_grows(growth_s(peak)),)
    return (
        Number("best", "Choose", name_of(best) if best else None,
               name_of(best) if best else "none of them", headline=True),
        Number("cost_usd_month", "Its bill per month", cost, usd(cost) if cost else "-",
               headline=True),
        Number("changes_at_rps", "The cheapest changes at", first[0] if first else None,
               a_second(first[0], "request") if first else "never", headline=True),
        Number("latency_ms", "On a new connection", latency,
               "not published" if latency is None else milliseconds(latency)),
        *(_bill(one) for one in outcome.singles),
        *grows,
    )  # fmt: skip


def _bill(one: Candidate) -> Number:
    kind, bill = one.kinds[0], one.bills[0]
    paid = f"{bill.billed_units:,.2f} {'GB an hour' if kind == 'clb' else f'by {bill.dimension}'}"
    text = f"{usd(bill.usd_month)}, {paid}"
    return Number(f"{kind}_usd_month", f"{LABELS[kind]} per month", bill.usd_month, text)


def _grows(after_s: float) -> Number:
    return Number("grows_s", "An NLB carries the peak", after_s,
                  f"after {span(after_s)}" if after_s else "at once")  # fmt: skip


def _why(outcome: Outcome) -> str:
    best = outcome.best
    if best is None:
        return f"None of the four does all of this, and no pair. {_failing(outcome)}"
    if len(best.kinds) > 1:
        return (
            f"None of the four does all of this alone. {_failing(outcome)} "
            f"{name_of(best)} does, for {usd(best.usd_month)} a month, both bills together."
        )
    parts = (
        _chosen(best),
        _others(outcome, best),
        _legacy(outcome, best),
        _changes(outcome),
        _peak(outcome, best),
    )
    return " ".join(filter(None, parts))


def _failing(outcome: Outcome) -> str:
    return ". ".join(f"{name_of(one)}: {reasons(one)}" for one in outcome.singles) + "."


def _chosen(best: Candidate) -> str:
    bill, kind = best.bills[0], best.kinds[0]
    what = f"{bill.billed_units:,.2f} capacity units, by {bill.dimension}"
    paid = f"{bill.billed_units:,.2f} GB an hour" if kind == "clb" else what
    return f"{name_of(best)} does all that is asked, for {usd(best.usd_month)} a month: {paid}."


def _others(outcome: Outcome, best: Candidate) -> str:
    """Say what the other able kinds of the present generation cost more."""
    dearer = [one for one in outcome.able if one is not best and one.current]
    if not dearer:
        return "No other kind of the present generation does."
    parts = [f"{name_of(one)} does too, for {_apart(one, best)}" for one in dearer]
    return f"{'; '.join(parts)}."


def _apart(one: Candidate, best: Candidate) -> str:
    more = one.usd_month - best.usd_month
    return "as much" if more < HALF_A_CENT else f"{usd(more)} more"


def _legacy(outcome: Outcome, best: Candidate) -> str:
    """Say that a load balancer of the previous generation is cheaper, if it is."""
    cheaper = outcome.able[0]
    if cheaper is best or best.usd_month - cheaper.usd_month < HALF_A_CENT:
        return ""
    less = usd(best.usd_month - cheaper.usd_month)
    return f"{name_of(cheaper)} would cost {less} less; it is of the previous generation."


def _changes(outcome: Outcome) -> str:
    """Say from which loads on another kind is the cheapest."""
    said = [f"from {a_second(at, 'request')} on, {LABELS[to]}" for at, _, to in outcome.changes]
    if not said:
        return ""
    return f"The cheapest at a small load is {LABELS[outcome.changes[0][1]]}; {'; '.join(said)}."


def _peak(outcome: Outcome, best: Candidate) -> str:
    peak = outcome.scenario.peak_gbps
    if peak is None or best.kinds != ("nlb",):
        return ""
    after_s = growth_s(peak)
    when = f"after {span(after_s)} of growth" if after_s else "at once"
    return f"It carries a sudden {peak:g} Gbit/s {when}."


def _notes(outcome: Outcome) -> tuple[str, ...]:
    rest = "Prices: us-east-1, without data transfer, targets and appliances."
    gwlb = "GWLB: with one endpoint a zone, and the gigabytes that pass it."
    latency = "Latency: of ALB and NLB alone; AWS publishes nothing for the other two."
    peak = outcome.scenario.peak_gbps
    fact = ELB.get("nlb", "initial_capacity")
    grows = f"An NLB begins with {fact.value} Gbit/s and adds about as much each minute "
    grows += f"({fact.source}). For the other kinds AWS publishes no such rate."
    return (rest, gwlb, latency, *((grows,) if peak is not None else ()))
