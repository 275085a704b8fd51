"""What there is to say of new volumes: how slow reads are at first, how long, at what price."""

import math

import numpy as np

from awsnb.aws.ebs.volume import EBS
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.ebs.restore.scenario import CLONE, FAST, LAZY, PRICED_PER_GIB, RATE
from awsnb.sections.ebs.restore.scene import scene
from awsnb.sections.ebs.restore.simulate import CLONE_IOPS, WARM_MS, Outcome
from awsnb.words import counted, milliseconds, span, usd


def tell(outcome: Outcome) -> Result:
    """Say how soon volumes are fast.

    Returns
    -------
    Result
        `data` has by ``minute`` the mean latency of reads on a volume that fetches its blocks, ms,
        and the share of its data that is there, %.
    """
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "minute": outcome.time_s / 60,
            "latency_ms": outcome.latency_ms,
            "fetched_pct": 100 * (1 - outcome.cold_share),
            "served_iops": np.full(outcome.time_s.size, outcome.reads),
        },
        panels=_panels(outcome),
        notes=_notes(outcome),
        scene=scene(outcome),
    )


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    latency = Curve("latency_ms", "mean latency of a read", "served", compare=True)
    fetched = Curve("fetched_pct", "data on the volume", "first", compare=True)
    title = "min since the volumes were made"
    which = " without credit" if outcome.fast_volumes and outcome.lazy_volumes else ""
    if outcome.scenario.method == CLONE:
        served = Curve("served_iops", "served while it is initialized", "served", compare=True)
        return (Panel("Reads of the clone", "IOPS", (served,), x="minute", x_title=title),)
    return (
        Panel(f"Latency of a volume{which}", "ms", (latency,), x="minute", x_title=title),
        Panel("Fetched", "%", (fetched,), x="minute", x_title=title, limits=(0.0, 100.0)),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    scenario, full_s, slow_s = outcome.scenario, outcome.full_speed_s, outcome.one_in_100_slow_s
    first, slow = float(outcome.latency_ms[0]), outcome.loading.slow_reads
    credits = outcome.credits if scenario.method == FAST else None
    finite_s = full_s if full_s is not None and math.isfinite(full_s) else None
    return (
        Number("full_speed_min", "All at full speed after",
               None if finite_s is None else finite_s / 60,
               _full_speed(full_s), headline=True),
        Number("first_latency_ms", "Latency at first", first, milliseconds(first), headline=True),
        Number("cost_usd", "Costs once", outcome.usd,
               "fee not given" if outcome.usd is None else usd(outcome.usd), headline=True),
        Number("fast_volumes", "Fast from the start", outcome.fast_volumes,
               f"{outcome.fast_volumes} of {scenario.volumes}" if scenario.method == FAST
               else "no fast snapshot restore"),
        Number("saved_credits", "Credits at that moment", credits,
               "none needed" if credits is None else f"{credits:.3g} of "
               f"{outcome.fast_restore.bucket:.3g}"),
        Number("slow_share_ends_min", "One read in 100 is slow for",
               None if slow_s is None else slow_s / 60,
               "no time" if slow_s is None else span(slow_s, "an instant")),
        Number("slow_reads", "Slow reads, a volume", round(slow), f"{slow:,.0f}"),
    )  # fmt: skip


def _full_speed(full_s: float | None) -> str:
    if full_s is None:
        return "not published"
    return "never, for sure" if math.isinf(full_s) else span(full_s, "at once")


def _why(outcome: Outcome) -> str:
    if outcome.scenario.method == CLONE:
        return _clone(outcome)
    if outcome.scenario.method == FAST:
        return _fast(outcome)
    return f"{_lazy(outcome)} {_goal(outcome)}"


def _lazy(outcome: Outcome) -> str:
    """Say how a volume that fetches its blocks fares."""
    scenario, loading = outcome.scenario, outcome.loading
    if not loading.blocks:
        return "There is nothing to fetch: the volume is at full speed at once."
    if math.isinf(loading.warm_s):
        return "Nothing fetches the blocks but the reads, so some may stay cold for ever."
    at = f"{loading.background * scenario.data_gib / loading.blocks * 1024:,.0f} MiB/s"
    data = f"{scenario.data_gib:,.4g}" if scenario.data_gib < 100 else f"{scenario.data_gib:,.0f}"
    fetch = f"Fetching {data} GiB takes {span(loading.warm_s)}"
    if loading.turn_share < 1:
        return (
            f"{fetch}: at first the reads fetch more than {at}, each waiting "
            f"{scenario.first_read_ms:g} ms, and then {at} brings the rest.{_promised(outcome)}"
        )
    waits = (
        f"; until then a read of a block that is not there waits {scenario.first_read_ms:g} ms"
        if loading.reads
        else ""
    )
    return f"{fetch} at {at}{waits}."


def _promised(outcome: Outcome) -> str:
    """Say what AWS promises at a rate that is paid for, whatever is read."""
    if outcome.scenario.method != RATE:
        return ""
    alone_s = outcome.loading.blocks / outcome.loading.background
    return f" At the rate alone, which is what AWS promises, it would be {span(alone_s)}."


def _goal(outcome: Outcome) -> str:
    within = span(60 * outcome.scenario.within_min, "no time")
    return f"That is {'within' if outcome.in_time else 'not within'} the {within} asked for."


def _fast(outcome: Outcome) -> str:
    scenario, fast, bucket = outcome.scenario, outcome.fast_volumes, outcome.fast_restore
    if scenario.enabled_h < bucket.optimizing_h:
        return (
            f"Fast snapshot restore is still being enabled, which takes "
            f"{span(3600 * bucket.optimizing_h)} for {scenario.size_gib:,} GiB: no volume is fast "
            f"from the start. {_lazy(outcome)} {_goal(outcome)}"
        )
    credits = f"{bucket.credits_per_h:.3g}"
    per_h = f"{credits} {'credit' if credits == '1' else 'credits'}"
    earned = (
        f"{scenario.size_gib:,} GiB earn {per_h} an hour, and the bucket holds {bucket.bucket:.3g}"
    )
    if not outcome.lazy_volumes:
        all_of = "The volume is" if scenario.volumes == 1 else f"All {fast} volumes are"
        return f"{all_of} at full speed at once: {earned}."
    found = f"{fast} of {counted(scenario.volumes, 'volume')}" if fast else "No volume"
    others = "The others load" if fast else "Each loads"
    return (
        f"{found} found a credit: {earned}, with {outcome.credits:.3g} saved. {others} lazily. "
        f"{_lazy(outcome)} {_goal(outcome)}"
    )


def _clone(outcome: Outcome) -> str:
    scenario = outcome.scenario
    wanted = min(scenario.read_iops, scenario.volume_iops)
    if outcome.full_speed_s is None:
        return (
            f"A clone reads at {WARM_MS:g} ms from the start, and at {CLONE_IOPS:,} IOPS, not the "
            f"{wanted:,} asked for, until it is initialized; AWS does not publish when that is."
        )
    return (
        f"A clone reads at {WARM_MS:g} ms from the start, and the {wanted:,} IOPS asked for are "
        f"within the {CLONE_IOPS:,} that it has at once. It is in the same Availability Zone only."
    )


def _fee(method: str) -> str:
    """Say what is known of a fee that was not given."""
    asked = "AWS charges a fee per GB of data for this, which differs by Region: set usd_per_gib."
    if method == RATE:
        fee = EBS.get("initialization", "price_300_mibps")
        return f"{asked} At 300 MiB/s it is {fee.value:g} {fee.unit} in {fee.region}."
    example = EBS.get("clone", "example_price")
    return (
        f"{asked} The example on AWS's price page, of a Region that it does not name, has "
        f"{example.value:g} {example.unit}."
    )


def _known_fee() -> str:
    fee = EBS.get("initialization", "price_300_mibps")
    return f"Fee: {fee.value:g} {fee.unit} of data, {fee.region}, as of {fee.as_of}."


def _notes(outcome: Outcome) -> tuple[str, ...]:
    scenario, notes = outcome.scenario, []
    if outcome.loading.blocks:
        assumed = EBS.get("initialization", "first_read_latency")
        notes.append(
            f"A first read of {scenario.first_read_ms:g} ms and a default rate of "
            f"{scenario.default_rate_mibps:g} MiB/s are {assumed.confidence}: AWS publishes "
            "neither, and says that the default rate fluctuates. Measure your own. A first read "
            "fetches its block of 512 KiB at once, however many do (assumed)."
        )
    if scenario.read_iops > scenario.volume_iops:
        notes.append(f"The volume serves {scenario.volume_iops:,} of {scenario.read_iops:,} IOPS.")
    if scenario.method == FAST:
        notes.append(
            "The bucket is taken to fill once the snapshot is enabled (assumed). One zone, "
            f"{EBS.value('fsr', 'dsu_price'):g} USD an hour, at least an hour, us-east-1."
        )
        full = EBS.value("fsr", "full_benefit_iops")
        if scenario.volume_iops > full:
            notes.append(f"AWS promises the full benefit up to {full:,} IOPS only.")
    if scenario.method in PRICED_PER_GIB and outcome.usd is None:
        notes.append(_fee(scenario.method))
    if scenario.method == RATE and outcome.usd is not None and scenario.usd_per_gib is None:
        notes.append(_known_fee())
    if scenario.method == CLONE:
        notes.append("Only encrypted volumes can be cloned. A clone is no backup.")
    if scenario.method == LAZY:
        notes.append("Reading every block once, by dd or fio, does the same as waiting.")
    return tuple(notes)
