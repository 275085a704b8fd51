"""Why it is whole again when it is, or is not: the cause that is in force."""

import math

from awsnb.aws.autoscaling.health import HANGS, HOST, SPOT, VOLUME, ZONE
from awsnb.sections.auto_scaling_groups.repair.scenario import (
    BALANCED_ONLY,
    CREATED,
    NO_POOL,
    STOPPED,
)
from awsnb.sections.auto_scaling_groups.repair.simulate import Outcome, is_found
from awsnb.words import are, counted, span

SEES = {HANGS: "ELB's", VOLUME: "EBS's or ELB's", HOST: "EC2's or ELB's", ZONE: "EC2's or ELB's"}


def why(outcome: Outcome) -> str:
    """Say in one to four sentences what decides."""
    return " ".join(filter(None, (_repair(outcome), _policy(outcome))))


def _policy(outcome: Outcome) -> str:
    """Say what the policy adds, and from when on."""
    target = outcome.scenario.target_pct
    if target is None:
        return ""
    first, *more = outcome.run.sizes
    if not more and not outcome.lowest:
        return "The policy adds nothing: while no instance serves, it has no CPU to go by."
    if not more:
        return f"The policy adds nothing: it asks for no more than {first.desired}."
    after = span(more[0].at_s - outcome.event_s, "no time")
    return (
        f"Those that serve are busier than {target:g} %, so the policy raises the desired "
        f"capacity from {first.desired} to {more[-1].desired}, first after {after}."
    )


def _repair(outcome: Outcome) -> str:
    if not is_found(outcome):
        return _unseen(outcome)
    if outcome.whole_s is None:
        return _never(outcome)
    if not outcome.missing_s:
        return _nothing_missing(outcome)
    return " ".join(filter(None, (_found(outcome), _replaced(outcome), _turns(outcome),
                                  _condemned(outcome))))  # fmt: skip


def _unseen(outcome: Outcome) -> str:
    asked = outcome.scenario
    them = "It stays" if asked.affected == 1 else f"All {asked.affected} stay"
    return (
        f"The group never knows: the checks that are on ({asked.checks}) do not see this failure; "
        f"{SEES[asked.event]} would. {them} in the group without serving."
    )


def _never(outcome: Outcome) -> str:
    asked, plan = outcome.scenario, outcome.run.plan
    if plan.hook_s is not None and asked.boot_s > plan.hook_s:
        return (
            f"The launch hook waits {span(asked.heartbeat_s)} and the application boots for "
            f"{span(asked.boot_s)}: each new instance is abandoned, and another is launched."
        )
    if outcome.condemned > 1:
        return _churns(outcome)
    if outcome.run.paid([outcome.until_s])[0] < asked.desired:
        return _waits(outcome)
    return (
        f"The group is at work, and {span(outcome.until_s)} is too short to see the end. "
        + _turns(outcome)
    ).rstrip()


def _churns(outcome: Outcome) -> str:
    in_service, serving, condemned = outcome.lost_life_s
    cold = "not from the warm pool " if outcome.lost_life_s != outcome.life_s else ""
    grace = span(outcome.scenario.grace_s, "0 s")
    return (
        f"A new instance {cold}needs {span(serving - in_service)} in service until the balancer "
        f"calls it healthy. Its grace period of {grace} ends before that, and the group "
        f"takes it out {span(condemned)} after its launch: "
        f"{outcome.condemned} new instances are lost like this in {span(outcome.until_s)}."
    )


def _waits(outcome: Outcome) -> str:
    asked = outcome.scenario
    if _held(outcome):
        return (
            "balanced-only makes the group wait for the zone with the fewest instances, and that "
            f"is the one that is lost, for {span(60 * asked.outage_min)}."
        )
    lost = "pools" if asked.event == SPOT else "zones"
    return (
        f"There is no other of the group's {lost} to launch in until the lost one is back, after "
        f"{span(60 * asked.outage_min)}."
    )


def _held(outcome: Outcome) -> bool:
    """Whether a lost zone holds launches up that another zone could take."""
    asked = outcome.scenario
    return asked.event == ZONE and asked.distribution == BALANCED_ONLY and asked.zones > 1


def _nothing_missing(outcome: Outcome) -> str:
    if outcome.scenario.event == SPOT:
        return (
            "At the notice the group launches replacements, and they serve before the "
            "Spot Instances are gone."
        )
    return "The desired capacity serves all the time."


def _found(outcome: Outcome) -> str:
    loss = outcome.loss
    if loss is None or loss.found_after_s == math.inf:
        return ""
    if outcome.run.plan.ahead and loss.notice_s and not _nowhere_else(outcome):
        return f"The replacements are launched at the notice, {span(loss.notice_s)} before the end."
    return f"The group knows after {span(loss.found_after_s)}."


def _replaced(outcome: Outcome) -> str:
    """Say how long a new instance takes, and what for."""
    asked, plan = outcome.scenario, outcome.run.plan
    _, serving, _ = outcome.life_s
    cold = outcome.launches - (asked.warm_size if asked.warm_pool != NO_POOL else 0)
    if asked.warm_pool != NO_POOL and cold > 0 and outcome.scenario.event == CREATED:
        return "The warm pool holds fewer instances than are launched: the others boot cold."
    source = "An instance from the warm pool" if plan.warm else "A new instance"
    if plan.warm and asked.warm_pool == STOPPED:
        source = "A stopped instance from the warm pool"
    said = f"{source} serves {span(serving)} after its launch"
    failed = max(1, math.ceil(asked.boot_s / asked.interval_s)) > asked.unhealthy_threshold
    if plan.hook_s is not None:
        return f"{said}; the hook holds it back while it boots."
    if failed and not plan.warm:
        return (
            f"{said}: it fails {asked.unhealthy_threshold} checks while it boots for "
            f"{span(asked.boot_s)}, and then needs {asked.healthy_threshold} successes in a row."
        )
    return f"{said}."


def _nowhere_else(outcome: Outcome) -> bool:
    """Whether what is lost is the only place to launch in."""
    asked = outcome.scenario
    return asked.zones == 1 and (asked.event == ZONE or (asked.event == SPOT and asked.types == 1))


def _turns(outcome: Outcome) -> str:
    loss, at_once = outcome.loss, outcome.run.plan.at_once
    if _nowhere_else(outcome):
        return _waits(outcome)
    if loss is None or loss.cause == "gone":
        return ""
    if _held(outcome):
        return (
            "balanced-only makes the launches wait until the lost zone is back, after "
            f"{span(60 * outcome.scenario.outage_min)}."
        )
    replaced = sum(one.cause == loss.cause for one in outcome.run.activities)
    if replaced <= at_once:
        return ""
    return f"What still runs is replaced {at_once} at a time, each after the one before serves."


def _condemned(outcome: Outcome) -> str:
    if not outcome.condemned:
        return ""
    return (
        f"On the way {counted(outcome.condemned, 'new instance')} "
        f"{are(outcome.condemned)} taken out before the first healthy check: "
        "the grace period is too short."
    )
