import numpy as np
import pytest

from awsnb.sections.aurora.backtrack import VIEW
from awsnb.sections.aurora.backtrack.scenario import BacktrackScenario
from awsnb.sections.aurora.backtrack.simulate import kept


def summary(**values):
    return VIEW.simulate(BacktrackScenario(**values)).summary


@pytest.mark.parametrize(("window", "factor"), [(24.0, 1.0), (8.0, 20.0), (72.0, 5.0)])
def test_records_kept_agree_with_a_queue_of_minutes(window, factor):
    """First in, first out: each minute's records enter, those older than the window leave."""
    cluster = BacktrackScenario(backtrack_h=window, changes_per_s=50.0, batch_factor=factor)
    usual = 50.0 * 24 / (21 + 3 * factor)
    queue, seen = [], []
    for minute in range(60 * 120):
        hour = (12 + minute / 60) % 24
        queue.append(60 * usual * (factor if hour < 3 else 1))
        queue = queue[-round(60 * window) :]
        seen.append(sum(queue))
    hours = np.arange(1, 120)
    assert kept(cluster, hours, window) == pytest.approx(np.array(seen)[60 * hours - 1])


def test_a_batch_moves_what_is_kept_but_not_what_it_costs():
    """Over a day every record is kept for the window: the mean is the rate times the window."""
    calm, busy = (summary(backtrack_h=8.0, batch_factor=factor) for factor in (1.0, 30.0))
    assert calm["backtrack_usd_month"] == busy["backtrack_usd_month"]
    assert (
        calm["kept_records"] == pytest.approx(100 * 3600 * 8) == pytest.approx(busy["kept_records"])
    )
    assert busy["kept_most_records"] > 1.5 * calm["kept_most_records"]


@pytest.mark.parametrize(("window", "saved"), [(0.0, False), (5.9, False), (6.0, True)])
def test_a_mistake_can_be_rewound_if_the_window_reaches_back_to_it(window, saved):
    result = VIEW.simulate(BacktrackScenario(backtrack_h=window))
    assert result.summary["rewinds"] == ("yes" if saved else "no")
    assert ("restor" in result.why) != saved


# --- true sentences


def test_a_window_that_is_too_short_promises_no_rewind():
    short = VIEW.simulate(VIEW.situations()[1]).why
    assert "noticed after 2 d 12 h is out of its reach" in short and "can be rewound" not in short
    long = VIEW.simulate(BacktrackScenario(backtrack_h=72.0, noticed_after_h=60.0)).why
    assert "can be rewound; all that was written since goes with it" in long
    assert "out of its reach" not in long and "is off" in VIEW.simulate(BacktrackScenario()).why
