"""What the section is compared with: AWS's examples, block maps one by one, Borg's own chain."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb import _read
from awsnb.aws.ebs.snapshots import FastRestore, archived_usd_month
from awsnb.aws.ebs.volume import EBS
from awsnb.mechanisms import block_maps
from awsnb.mechanisms.lazy_loading import Loading
from awsnb.sections.ebs.restore.scenario import CLONE, RestoreScenario
from awsnb.sections.ebs.restore.simulate import simulate

if TYPE_CHECKING:
    import pandas as pd


def published() -> "pd.DataFrame":
    """Compare the model with AWS's own examples.

    Returns
    -------
    pandas.DataFrame
        One row an example: what AWS says, what the model says, its unit, and the difference in
        percent.
    """
    import pandas as pd

    fast = FastRestore(128)
    rows = [
        _example("three snapshots of 10 GiB, 4 changed, 2 added", "snapshot", "stored_gib",
                 _stored_gib(EBS.value("snapshot", "example_added_gib"))),
        _example("the second of them, archived", "archive", "full_gib_second", _full_gib(4, 1)),
        _example("a third with 4 GiB more, archived", "archive", "full_gib_third",
                 _full_gib(4, 2)),
        _example("100 GiB in the archive", "archive", "usd_month_100_gib",
                 archived_usd_month(100)),
        _example("fast snapshot restore of 128 GiB, bucket", "fsr", "bucket_128_gib", fast.bucket),
        _example("and its rate", "fsr", "rate_128_gib", fast.credits_per_h / 60),
        _example("one snapshot in one zone, 720 h", "fsr", "usd_month", fast.usd(720)),
        _example("10 GiB at 300 MiB/s", "initialization", "s_10_gib_300_mibps",
                 Loading(10 * 1024, 0, 300).warm_s),
        _example("a clone of 1,000 GiB, 600 of them written", "clone", "usd_600_gb", _clone_usd()),
    ]  # fmt: skip
    columns = ["example", "AWS", "model", "unit", "difference in %"]
    return pd.DataFrame(rows, columns=columns).set_index("example")


def recorded() -> "pd.DataFrame":
    """Compare what Borg stored of a chain of backups, step by step, with the model.

    Returns
    -------
    pandas.DataFrame
        One row a step: blocks stored after it, and blocks that its backup alone held, each as
        Borg says and as the model does.
    """
    import pandas as pd

    rows = _read.recorded("borg_chain")
    taken = [row for row in rows if row["what"] == "take"]
    changed = [np.array(row["blocks"].split(), dtype=np.int64) for row in taken]
    kept = np.zeros(len(taken), dtype=bool)
    table = []
    for row in rows:
        snapshot, takes = int(row["snapshot"]), row["what"] == "take"
        so_far = block_maps.observed_changes(changed[: snapshot + 1] if takes else changed)
        kept[snapshot] = True
        alone = block_maps.alone(so_far, kept[: len(so_far)])[snapshot]
        kept[snapshot] = takes
        stored = block_maps.stored(so_far, kept[: len(so_far)])
        table.append(
            (f"{row['what']} {snapshot + 1}", int(row["stored_blocks"]), int(stored),
             int(row["alone_blocks"]), int(alone))
        )  # fmt: skip
    columns = ["step", "stored, Borg", "stored, model", "held alone, Borg", "held alone, model"]
    return pd.DataFrame(table, columns=columns).set_index("step")


def drawn(snapshots: int = 60, share: float = 0.05, seed: int = 1) -> "pd.DataFrame":
    """Compare expected values with one chain of single blocks whose changes are drawn.

    Parameters
    ----------
    snapshots : int
        Daily snapshots of 100 GiB, 204,800 blocks.
    share : float
        The share of the blocks that changes a day.
    seed : int
        Of the draws.

    Returns
    -------
    pandas.DataFrame
        What is stored with all snapshots kept, with every seventh, and with the last; and what
        deleting one in the middle frees: GiB by the drawn blocks, by the model, and the difference
        in percent.
    """
    import pandas as pd

    rng, blocks = np.random.default_rng(seed), 100 * 2048
    changed = [np.arange(blocks)]
    changed += [np.flatnonzero(rng.random(blocks) < share) for _ in range(snapshots - 1)]
    chains = (
        block_maps.observed_changes(changed) / 2048,
        block_maps.even_changes(snapshots, 100.0, share),
    )
    everything = np.ones(snapshots, dtype=bool)
    sevenths, last = np.arange(snapshots) % 7 == 0, np.arange(snapshots) == snapshots - 1
    cases = {
        "stored, all kept": lambda chain: block_maps.stored(chain, everything),
        "stored, every seventh kept": lambda chain: block_maps.stored(chain, sevenths),
        "stored, the last kept": lambda chain: block_maps.stored(chain, last),
        "freed by one in the middle": lambda chain: float(
            block_maps.alone(chain, everything)[snapshots // 2]
        ),
    }
    rows = []
    for case, ask in cases.items():
        truth, model = (ask(chain) for chain in chains)
        rows.append((case, round(truth, 2), round(model, 2), round(100 * (model / truth - 1), 2)))
    columns = ["case", "drawn, GiB", "model, GiB", "difference in %"]
    return pd.DataFrame(rows, columns=columns).set_index("case")


def _chain(added_gib: int) -> np.ndarray:
    """Return AWS's chain: some data, of which a part changes, to which more is added."""
    first, changed = (
        int(EBS.value("snapshot", f"example_{key}_gib")) for key in ("first", "changed")
    )
    return block_maps.observed_changes(
        [np.arange(first), np.arange(changed), np.arange(first, first + added_gib)]
    )


def _stored_gib(added_gib: int) -> float:
    return block_maps.stored(_chain(added_gib), np.ones(3, dtype=bool))


def _full_gib(added_gib: int, snapshot: int) -> float:
    return float(block_maps.full(_chain(added_gib))[snapshot])


def _clone_usd() -> float:
    fee = EBS.value("clone", "example_price")
    asked = {"method": CLONE, "size_gib": 1000, "written_pct": 60.0, "usd_per_gib": fee}
    return simulate(RestoreScenario.of(asked)).usd or 0.0


def _example(example: str, subject: str, key: str, model: float) -> tuple[object, ...]:
    fact = EBS.get(subject, f"example_{key}")
    apart = 100 * (model / fact.value - 1)
    return example, fact.value, round(model, 4), fact.unit, round(apart, 2)
