"""What there is to say of stores: the bill, what a store lacks, and when another is cheaper."""

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ebs.volume import EBS
from awsnb.aws.efs import EFS
from awsnb.aws.s3 import S3
from awsnb.results import HALF_A_CENT, Curve, Number, Panel, Result, Role
from awsnb.sections.efs.alternatives.lacking import lacking
from awsnb.sections.efs.alternatives.scenario import S3_STANDARD, STORES, VOLUMES
from awsnb.sections.efs.alternatives.simulate import FULL_PCT, Outcome, volume_gib
from awsnb.words import counted, usd

GP3 = "EBS gp3"
REGIONAL_STANDARD = ("EFS bursting", "EFS elastic")
READ_CURVES: dict[str, Role] = {
    "EFS bursting": "first",
    "EFS elastic": "second",
    GP3: "third",
    S3_STANDARD: "fourth",
}


def tell(outcome: Outcome) -> Result:
    """Say what the files cost where, and which store will do.

    Returns
    -------
    Result
        `data` has by ``store`` what is stored and what is read and written, USD, or the whole
        bill of a store that will not do, and the bill of the store asked for; by ``full_pct``
        a GiB of files on volumes and in the store asked for, USD a month; by ``read_gib`` a day
        the bill of four stores, and of that asked for, USD a month.
    """
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "store": np.array(STORES),
            **_bars(outcome),
            "full_pct": FULL_PCT,
            **{f"{kind}_usd": outcome.by_fullness(store) for store, kind in VOLUMES.items()},
            "here_usd": np.full(FULL_PCT.size, outcome.bill.usd / outcome.scenario.stored_gib),
            "read_gib": outcome.read_gib_day,
            **{
                _column(store): outcome.by_reads(store)
                for store in (*READ_CURVES, outcome.scenario.store)
            },
        },
        panels=(_by_store(outcome), _by_fullness(outcome), _by_reads(outcome)),
        notes=_notes(outcome),
    )


def _column(store: str) -> str:
    return store.lower().replace(" ", "_") + "_usd_month"


def _bars(outcome: Outcome) -> dict[str, NDArray[np.float64]]:
    bills = outcome.bills.values()
    does = np.array([not bill.lacks for bill in bills])
    storage, use = np.array([(bill.storage_usd, bill.use_usd) for bill in bills]).T
    asked = np.array(STORES) == outcome.scenario.store
    return {
        "storage_usd": storage * does,
        "use_usd": use * does,
        "unfit_usd": (storage + use) * ~does,
        "asked_usd": np.where(asked, storage + use, np.nan),
    }


def _by_store(outcome: Outcome) -> Panel:
    curves = (
        Curve("storage_usd", "stored", "first"),
        Curve("use_usd", "read and written", "second"),
        Curve("unfit_usd", "will not do", "demand"),
        Curve("asked_usd", "as asked", "theory", compare=True),
    )
    here = ((outcome.scenario.store, "yours"),)
    return Panel("Bill a month", "USD", curves, kind="bars", x="store", stacked=True, events=here)


def _by_fullness(outcome: Outcome) -> Panel:
    volumes = (Curve("gp3_usd", "gp3", "third"), Curve("gp2_usd", "gp2", "fifth"))
    store = outcome.scenario.store
    here = () if store in VOLUMES else (Curve("here_usd", store, "first", compare=True),)
    return Panel(
        "A GiB of files, by how full the volumes are",
        "USD/month",
        (*volumes, *here),
        x="full_pct",
        x_title="volume full to, %",
        events=((outcome.scenario.full_pct, "yours"),),
    )


def _by_reads(outcome: Outcome) -> Panel:
    asked = outcome.scenario.store
    own = () if asked in READ_CURVES else (Curve(_column(asked), asked, "fifth", compare=True),)
    return Panel(
        "Bill by how much is read",
        "USD/month",
        (
            *(Curve(_column(s), s, role, compare=s == asked) for s, role in READ_CURVES.items()),
            *own,
        ),
        x="read_gib",
        x_title="GiB read a day",
        events=((outcome.scenario.read_gib_day, "yours"),),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    bill, scenario = outcome.bill, outcome.scenario
    per_gib, best = bill.usd / scenario.stored_gib, outcome.best
    least = outcome.bills[best].usd if best else None
    others = ((store, outcome.bills[store].usd) for store in STORES if store != scenario.store)
    return (
        Number("usd_month", "Bill a month", bill.usd, usd(bill.usd), headline=True),
        Number("file_gib_usd", "A GiB of files", per_gib, f"{per_gib:.3f} USD", headline=True),
        Number("best", "Cheapest that will do", best, best or "none", headline=True),
        Number("best_usd_month", "It costs", least, "-" if least is None else usd(least)),
        Number("use_usd_month", "Of the bill, read and written", bill.use_usd, usd(bill.use_usd)),
        Number("volume_gib", "Size of a volume", volume_gib(scenario),
               f"{volume_gib(scenario):,} GiB"),
        *(Number(_column(store), store, cost, usd(cost)) for store, cost in others),
    )  # fmt: skip


def _why(outcome: Outcome) -> str:
    return " ".join(part for part in (_here(outcome), _ratio(outcome), _best(outcome)) if part)


def _here(outcome: Outcome) -> str:
    scenario, bill = outcome.scenario, outcome.bill
    used = f", {usd(bill.use_usd)} of it to read and write" if bill.use_usd >= HALF_A_CENT else ""
    lacks = f" It will not do: {lacking(scenario, bill)}." if bill.lacks else ""
    return (
        f"{counted(scenario.stored_gib, 'GiB', 'GiB')} of files on {scenario.store} cost "
        f"{usd(bill.usd)} a month{used}.{lacks}"
    )


def _ratio(outcome: Outcome) -> str:
    """Compare with volumes: a GB costs less there, and part of it is paid for and empty."""
    store = outcome.scenario.store
    if store in VOLUMES:
        return f"{_volumes(outcome)}, filled or not."
    gp3 = outcome.bills[GP3]
    if gp3.lacks:
        return f"{_list_price(store)}EBS is no alternative: {lacking(outcome.scenario, gp3)}."
    same = outcome.same_at_full_pct(GP3)
    turn = f"at {same:.0f} % it costs as much" if same < 100 else "even full it costs more"
    return f"{_list_price(store)}{_volumes(outcome)}, {usd(gp3.usd)} on gp3; {turn}."


def _list_price(store: str) -> str:
    """Say how many times the price of a volume a GB in Standard is."""
    if store not in REGIONAL_STANDARD:
        return ""
    price = EFS.value("standard", "storage_price")
    times = [price / EBS.value(kind, "storage_price") for kind in ("gp3", "gp2")]
    return f"A GB costs {times[0]:.2f} times a GB of gp3 and {times[1]:g} times one of gp2. "


def _volumes(outcome: Outcome) -> str:
    scenario, each = outcome.scenario, volume_gib(outcome.scenario)
    count, full = scenario.volume_count, f"{scenario.full_pct:g} % full"
    if count == 1:
        return f"A volume that is {full} bills {each:,} GiB"
    return f"{count:,} volumes, a copy for each instance and {full}, bill {count * each:,} GiB"


def _best(outcome: Outcome) -> str:
    best = outcome.best
    if best is None:
        return "None of these stores will do."
    if best == outcome.scenario.store:
        return "Nothing else that will do costs less."
    return f"Cheapest that will do: {best}, {usd(outcome.bills[best].usd)}."


def _notes(outcome: Outcome) -> tuple[str, ...]:
    prices = EFS.get("standard", "storage_price"), S3.get("standard", "storage_price_tier1")
    return (
        f"Prices: {prices[0].region}, as of {prices[0].as_of} (EFS) and {prices[1].as_of} (S3); "
        "no snapshots, no backups.",
        "The bill is of a month in which the files stay as they are; EFS bills each size rounded "
        "up and some metadata. What moving files to Infrequent Access costs is left out: see the "
        "view classes.",
        "Volumes are as fast as their price includes: section 4 asks whether that is enough.",
        "S3 bills requests, one for each file here. Bytes between zones are left out.",
    )
