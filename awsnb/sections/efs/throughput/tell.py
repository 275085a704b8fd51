"""What there is to say of a file system under a load: numbers, the reason, the curves."""

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.efs import EFS
from awsnb.aws.efs.throughput import QUEUE_DEPTH
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.efs.throughput.scene import scene
from awsnb.sections.efs.throughput.simulate import Outcome
from awsnb.words import counted, percent, rate, span, usd


def tell(outcome: Outcome) -> Result:
    """Say what a file system did with a load.

    Returns
    -------
    Result
        `series` has per sample: MiB asked for and served per second, the credit left (GiB, as
        metered) and the measured one where there is any, the limit beside a measured one, and
        the GiB that wait at its end.
    """
    service, load = outcome.service, outcome.load
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.system.text,
        why=_throttled(outcome) if outcome.throttled_s else _held(outcome),
        numbers=_numbers(outcome),
        data={
            "time": load.trace.times(),
            "asked_mibps": load.asked_mibps,
            "served_mibps": service.served / load.trace.duration_s,
            **_credit_columns(outcome),
            **_permitted_columns(outcome),
            "waiting_gib": service.backlog / 1024,
        },
        panels=_panels(outcome),
        notes=(*load.notes, *_notes(outcome)),
        scene=scene(outcome),
    )


def _credit_columns(outcome: Outcome) -> dict[str, NDArray[np.float64]]:
    columns = {
        "credit_gib": outcome.credit_gib,
        "measured_credit_gib": outcome.load.measured_credit_gib,
    }
    return {name: column for name, column in columns.items() if column is not None}


def _permitted_columns(outcome: Outcome) -> dict[str, NDArray[np.float64]]:
    measured = outcome.load.measured_permitted_mibps
    if measured is None:
        return {}
    return {"permitted_mibps": outcome.permitted_mibps, "measured_permitted_mibps": measured}


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    total_s = float(outcome.load.trace.duration_s.sum())
    share = 100 * outcome.throttled_s / total_s
    first_s, peak = outcome.first_throttled_s, float(outcome.load.asked_mibps.max())
    lowest = None if outcome.credit_gib is None else float(outcome.credit_gib.min())
    waiting = float(outcome.service.backlog.max()) / 1024
    metered = outcome.mean_metered_mibps
    baseline = None if outcome.credit is None else outcome.credit.bucket.baseline
    return (
        Number("throttled_min", "Data waits for", outcome.throttled_s / 60,
               span(outcome.throttled_s, "never"), headline=True),
        Number("throttled_after_min", "First after", None if first_s is None else first_s / 60,
               "never" if first_s is None else span(first_s, "at once"), headline=True),
        Number("cost_usd_month", "File system per month", outcome.usd_month,
               usd(outcome.usd_month), headline=True),
        Number("throttled_pct", "Share of the time", share, percent(share)),
        Number("lowest_credit_gib", "Lowest credit", lowest,
               "no credit" if lowest is None else f"{lowest:,.0f} GiB"),
        Number("mean_metered_mibps", "Metered on average", metered, f"{metered:,.1f} MiB/s"),
        Number("baseline_mibps", "Baseline", baseline,
               "-" if baseline is None else f"{baseline:,.1f} MiB/s"),
        Number("peak_asked_mibps", "Peak asked for", peak, f"{peak:,.1f} MiB/s"),
        Number("most_waiting_gib", "Most data waiting", waiting, f"{waiting:,.1f} GiB"),
        *_files_number(outcome),
        *_measured_number(outcome),
    )  # fmt: skip


def _files_number(outcome: Outcome) -> tuple[Number, ...]:
    files = outcome.files_per_s
    if files is None:
        return ()
    return (Number("files_per_s", "Files a second at most", files, f"{files:,.0f}"),)


def _measured_number(outcome: Outcome) -> tuple[Number, ...]:
    credit, permitted = outcome.credit_error_gib, outcome.permitted_error_mibps
    errors = (
        ("credit_error_gib", "Measured credit differs by", credit, "GiB"),
        ("permitted_error_mibps", "Measured limit differs by", permitted, "MiB/s"),
    )
    return tuple(
        Number(name, label, error, f"{error:,.1f} {unit}")
        for name, label, error, unit in errors
        if error is not None
    )


def _held(outcome: Outcome) -> str:
    peak = outcome.load.asked_mibps.max()
    metered = outcome.scenario.io.metered_mib * peak
    if outcome.credit is None:
        return (
            f"It holds: the load peaks at {peak:,.1f} MiB/s, {metered:,.1f} MiB/s as bursting and "
            "provisioned mode meter it, and nothing waits. This mode has no credit to run out of."
        )
    verdict = "It holds" if outcome.lasts else "It does not hold beyond the end of the load"
    return f"{verdict}: nothing waits. {_balance(outcome)}"


def _balance(outcome: Outcome) -> str:
    """Compare what the load meters with what the size earns."""
    if outcome.credit is None:
        return ""
    metered, baseline = outcome.mean_metered_mibps, outcome.credit.bucket.baseline
    told = f"On average the load meters {metered:,.1f} MiB/s and the size earns {baseline:,.1f}"
    if outcome.lasts:
        return f"{told}: the credit comes back."
    after = outcome.dry_after_s
    end = "" if after is None else f", and is gone {span(after, 'just')} after the load's end"
    return f"{told}: the credit falls{end}."


def _throttled(outcome: Outcome) -> str:
    first_s = outcome.first_throttled_s
    first = f"after {span(first_s)}" if first_s else "at once"
    return (
        f"Data waits for {span(outcome.throttled_s)}, first {first}. "
        f"{_cause(outcome)} {_balance(outcome)}"
    ).rstrip()


def _cause(outcome: Outcome) -> str:
    limit, at_burst = outcome.binding
    asked = float(outcome.load.asked_mibps.max()) * limit.bucket.cost
    verb = "meters" if limit.has_credit else "asks for"
    need = f"and the load {verb} {asked:,.1f} {limit.unit} at its peak"
    if limit.has_credit and not at_burst:
        return (
            f"The credit runs out: then {limit.bucket.baseline:,.1f} MiB/s of metered bytes pass, "
            f"{need}."
        )
    if limit.has_credit:
        return f"Even with credit the file system stops at {limit.bucket.burst:,.1f} MiB/s, {need}."
    if limit.name == QUEUE_DEPTH:
        return _one_by_one(outcome)
    return f"The {limit.name} stops at {limit.bucket.baseline:,.1f} {limit.unit}, {need}."


def _one_by_one(outcome: Outcome) -> str:
    """Say what a queue depth comes to."""
    scenario, bucket = outcome.scenario, outcome.binding[0].bucket
    alone = scenario.clients == 1
    return (
        f"{counted(scenario.clients, 'client')}{' with ' if alone else ', each with '}"
        f"{counted(scenario.queue_depth or 0, 'request')} of {scenario.io.request_kib} KiB "
        f"outstanding{' gets' if alone else ', get'} no further than "
        f"{bucket.baseline / bucket.cost:,.1f} MiB/s: a request takes its time, whatever the mode."
        f"{_files(outcome)}"
    )


def _files(outcome: Outcome) -> str:
    """Say how long small files take that are opened and closed one after another."""
    files_per_s = outcome.files_per_s
    if files_per_s is None:
        return ""
    metadata = counted(EFS.value("metadata", "requests"), "request")
    files = f"{rate(files_per_s)} {'file' if rate(files_per_s) == '1' else 'files'}"
    return (
        f" Each file takes {metadata} more, to open and close it: {files} a "
        f"second, {span(1e6 / files_per_s)} for a million."
    )


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    rates = Panel(
        "Throughput",
        "MiB/s",
        (
            Curve("asked_mibps", "asked for", "demand"),
            Curve("served_mibps", "served", "served", compare=True),
        ),
    )
    columns = _credit_columns(outcome)
    curves = {
        "credit_gib": Curve("credit_gib", "credit", "first", compare=True),
        "measured_credit_gib": Curve("measured_credit_gib", "measured", "third"),
    }
    left = Panel("Credit left", "GiB", tuple(curves[name] for name in columns))
    waiting = Panel("Data that waits", "GiB", (Curve("waiting_gib", "waiting", "second", True),))
    credit = (left,) if columns else ()
    return (rates, *credit, *_permitted_panel(outcome), waiting)


def _permitted_panel(outcome: Outcome) -> tuple[Panel, ...]:
    """Compare the limit with a measured one."""
    if outcome.load.measured_permitted_mibps is None:
        return ()
    curves = (
        Curve("permitted_mibps", "limit", "first", compare=True),
        Curve("measured_permitted_mibps", "measured", "third"),
    )
    return (Panel("Throughput that may pass, metered", "MiB/s", curves),)


def _notes(outcome: Outcome) -> tuple[str, ...]:
    mode, kind = outcome.scenario.mode, outcome.scenario.kind
    price = EFS.get("standard" if kind == "Regional" else "one_zone", "storage_price")
    caps = EFS.get(outcome.scenario.system.limits_from, "max_read")
    month = " The load is taken to go on for a month." if mode == "elastic" else ""
    return (
        f"Prices: {price.region}, as of {price.as_of}, a {kind} file system, no backup.{month}",
        f"A file system's own maximum depends on the region ({caps.note}; {caps.confidence}).",
        *_kind_note(outcome),
        *_permitted_note(outcome),
        *_metadata_note(outcome),
    )


def _kind_note(outcome: Outcome) -> tuple[str, ...]:
    """Say what One Zone means, or what a client of a Regional elastic file system needs."""
    if outcome.scenario.kind == "One Zone":
        throughput = EFS.get("one_zone", "throughput_costs")
        return (
            "Its data is lost if its zone is. What clients in other zones send across costs extra, "
            f"and is left out. Throughput is taken to cost {throughput.value} "
            f"({throughput.confidence}).",
        )
    if outcome.scenario.mode != "elastic":
        return ()
    return (
        "A client in elastic mode gets its maximum with efs-utils version 2 or the CSI driver "
        "only.",
    )


def _permitted_note(outcome: Outcome) -> tuple[str, ...]:
    if outcome.scenario.mode != "elastic" or outcome.permitted_error_mibps is None:
        return ()
    return ("In elastic mode PermittedThroughput is the most that may be written.",)


def _metadata_note(outcome: Outcome) -> tuple[str, ...]:
    if outcome.scenario.file_kib is None:
        return ()
    requests, least = EFS.get("metadata", "requests"), EFS.value("metering", "min_request")
    return (
        f"A file takes {requests.value} requests besides its data ({requests.note}; "
        f"{requests.confidence}), each as long as a read or a write and counted as {least} KiB.",
    )
