"""The night as other mechanisms judge it: the volume's bucket, the users, the event-level twin."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb.mechanisms.token_bucket import serve
from awsnb.scenario import Preset
from awsnb.sections.cascade.presets import PRESETS
from awsnb.sections.cascade.scenario import CascadeScenario
from awsnb.sections.cascade.simulate import simulate

if TYPE_CHECKING:
    import pandas as pd


def judged() -> "pd.DataFrame":
    """Judge the default night and each situation's by what the fluid is not made of.

    Returns
    -------
    pandas.DataFrame
        One row a situation: users who are neither answered nor failed nor still there; how far the
        volume's credits are from those of a token bucket that does the same I/Os exactly (section
        4's), in credits; and how many of its I/Os would have had to wait there.
    """
    import pandas as pd

    default = Preset("The default night", "", {})
    return pd.DataFrame([_row(one) for one in (default, *PRESETS)]).set_index("situation")


def _row(preset: Preset) -> dict[str, object]:
    outcome = simulate(CascadeScenario(**{**preset.values, "sets": 1}))  # noqa: PD011
    night, volume = outcome.shown, outcome.volume
    steps, totals = night.steps, night.totals
    lost = totals.users - totals.answered - totals.failed - night.still_there
    seconds = np.full(steps.size, float(night.step_s))
    bucket = serve(seconds, steps["ios"] / night.step_s, [volume])
    apart = np.abs(bucket.level[:, 0] - steps["credits"]).max() if volume.capacity else 0.0
    return {
        "situation": preset.name,
        "users": f"{totals.users:,.0f}",
        "users lost": f"{abs(lost):.1g}",
        "credits apart": f"{apart:.1g}",
        "I/Os that would wait": f"{bucket.backlog.max():.1g}",
    }
