"""When a bad version is found, and by what: an alarm, tests at a checkpoint, or people."""

from typing import Literal, NamedTuple

import numpy as np

from awsnb.aws.autoscaling import ASG
from awsnb.mechanisms.group import NEVER, Rollout
from awsnb.sections.instance_refresh.scenario import DEAD, GOOD, RefreshScenario
from awsnb.sections.instance_refresh.traffic import Traffic, failing, traffic

Cause = Literal["none", "alarm", "tests", "people"]


class Verdict(NamedTuple):
    """When the refresh is stopped, when the old version is called back, and by what."""

    stop_s: float = NEVER
    back_s: float = NEVER
    cause: Cause = "none"


def judge(scenario: RefreshScenario, rollout: Rollout) -> Verdict:
    """Find what comes first: an alarm, your tests at a checkpoint, or people who notice."""
    flow = traffic(scenario, rollout)
    alarm_s, people_s = alarmed_s(scenario, rollout, flow), noticed_s(scenario, rollout, flow)
    ways: list[tuple[float, Cause]] = [(people_s, "people"), (tested_s(scenario, rollout), "tests")]
    if scenario.auto_rollback:
        ways.append((alarm_s, "alarm"))
    back_s, cause = min(ways)
    if alarm_s < back_s:
        back_s, cause = people_s, "people"
    stop_s = alarm_s if alarm_s < back_s else NEVER
    return Verdict(stop_s, back_s, cause if back_s < NEVER else "none")


def alarmed_s(scenario: RefreshScenario, rollout: Rollout, flow: Traffic) -> float:
    """When the alarm goes off while the refresh goes on; ``inf`` if it does not."""
    if scenario.alarm_pct is None:
        return NEVER
    minutes = np.arange(0.0, flow.at_s[-1] + 60, 60)
    share = np.diff(flow.failed_by(minutes)) / np.maximum(np.diff(flow.load_by(minutes)), 1e-9)
    above = np.concatenate([[0], np.cumsum(100 * share > scenario.alarm_pct)])
    in_row = np.flatnonzero(above[scenario.alarm_points :] - above[: -scenario.alarm_points]
                            == scenario.alarm_points)  # fmt: skip
    if not in_row.size:
        return NEVER
    delay_s = float(ASG.value("monitoring", "datapoint_delay"))
    at_s = float(minutes[in_row[0] + scenario.alarm_points]) + delay_s
    over_s = rollout.first_s("done", "failed")
    return at_s if over_s is None or at_s <= over_s else NEVER


def tested_s(scenario: RefreshScenario, rollout: Rollout) -> float:
    """When tests at a checkpoint find a bad version; ``inf`` if they do not."""
    takes = scenario.verify_min
    if takes is None or takes > scenario.delay_min or scenario.version == GOOD:
        return NEVER
    pauses = [mark.at_s for mark in rollout.marks if mark.step == "pause"]
    ends = np.array([at_s + 60.0 * takes for at_s in pauses])
    seen = (failing(scenario, rollout, ends) > 0) | (scenario.version == DEAD)
    return float(ends[seen].min(initial=NEVER))


def noticed_s(scenario: RefreshScenario, rollout: Rollout, flow: Traffic) -> float:
    """When people notice a bad version; ``inf`` if it shows in nothing."""
    if scenario.version == GOOD:
        return NEVER
    signs = [float(at) for at in flow.at_s[:-1][flow.failed_rps > 0][:1]]
    stuck_s = rollout.first_s("failed")
    signs += [] if stuck_s is None else [stuck_s]
    return min(signs, default=NEVER) + 60.0 * scenario.notice_min
