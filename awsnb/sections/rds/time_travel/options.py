"""The two ways back, and a longer retention where backups no longer reach."""

import math

from awsnb.aws.rds import RDS
from awsnb.results import Comparison, Number, Option
from awsnb.sections.rds.time_travel.scenario import COPY, DAY_MIN, SWITCH, TimeTravelScenario
from awsnb.sections.rds.time_travel.simulate import simulate
from awsnb.words import counted, span


def compare(scenario: TimeTravelScenario) -> Comparison:
    """Compare the ways back after the same accident.

    Parameters
    ----------
    scenario : TimeTravelScenario
        The accident.

    Returns
    -------
    Comparison
        Both ways; with a longer retention if this one does not reach. `best` loses least.
    """
    reach = scenario.replace(retention_days=_needed_days(scenario))
    plain = reach.model_dump(exclude={"way", "copy_min", "switch_min"})
    both = [TimeTravelScenario(**{**plain, "way": way}) for way in (SWITCH, COPY)]
    own = next(index for index, one in enumerate(both) if one.way == scenario.way)
    both[own] = reach
    asked = [] if reach == scenario else [_option("as asked: ", scenario)]
    options = (*asked, *(_option("", one) for one in both))
    best = next((option for option in reversed(options) if option.holds), None)
    return Comparison("Ways back after this accident", _verdict(best), options, best)


def _needed_days(scenario: TimeTravelScenario) -> int:
    """The least retention that reaches the accident, at least what is asked."""
    upload = RDS.value("backup", "log_upload_interval")
    days = math.ceil(max(scenario.noticed_min, upload) / DAY_MIN)
    return int(min(max(days, scenario.retention_days), RDS.value("backup", "retention_max")))


def _option(prefix: str, scenario: TimeTravelScenario) -> Option:
    outcome = simulate(scenario)
    away = outcome.away_min if outcome.possible else None
    lost = outcome.all_lost_min if outcome.possible else None
    return Option(
        label=f"{prefix}{scenario.way}, {counted(scenario.retention_days, 'day')} kept",
        scenario=scenario,
        holds=outcome.possible,
        cost_usd_month=None,
        numbers=(
            Number(
                "away_min",
                "without the table",
                away,
                "for good" if away is None else span(60 * away),
            ),
            Number("lost_min", "all writes lost", lost, "-" if lost is None else span(60 * lost)),
        ),
    )


def _verdict(best: Option | None) -> str:
    if best is None:
        return "No retention reaches back to this accident: only snapshots taken by hand do."
    return (
        f"What loses least: {best.label}. Only the table goes back, so other tables keep their "
        "writes."
    )
