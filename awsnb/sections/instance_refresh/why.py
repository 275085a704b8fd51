"""Why it takes so long, what it leaves meanwhile, and what turns a bad version back."""

import math

from awsnb.aws.autoscaling import ASG
from awsnb.sections.instance_refresh.scenario import DEAD, FAILS
from awsnb.sections.instance_refresh.simulate import Outcome
from awsnb.sections.instance_refresh.traffic import TIMEOUT_S, spike_s
from awsnb.words import are, counted, percent, span


def why(outcome: Outcome) -> str:
    """Say in two to six sentences what decides."""
    return " ".join(
        filter(
            None,
            (
                _own(outcome),
                _pace(outcome),
                _zone(outcome),
                _policy(outcome),
                _capacity(outcome),
                _end(outcome),
            ),
        )
    )


def _own(outcome: Outcome) -> str:
    """Compare the reader's own refresh with the model's."""
    if outcome.own is None:
        return ""
    took, ended_s = span(outcome.own.took_s, "no time"), outcome.ended_s
    model = "never ends" if ended_s is None else f"takes {span(ended_s, 'no time')}"
    own = outcome.own
    if own.status == "Successful":
        return f"Your refresh took {took}; the model's {model}."
    return (
        f"Your refresh ended as {own.status} at {own.complete_pct} %, after {took}; the model's "
        f"{model}."
    )


def _pace(outcome: Outcome) -> str:
    asked, plan = outcome.scenario, outcome.rollout.plan
    batches = [count for _, count in outcome.rollout.batches]
    if not batches:
        return "Nothing is replaced: all instances match already, or are left as they are."
    first = "new ones come first" if plan.floor >= asked.desired else "old ones end first"
    if plan.floor < asked.desired < plan.ceiling:
        first = "some end as others come"
    size = min(max(batches), plan.ceiling - plan.floor)
    return (
        f"At least {plan.floor} {_stay(plan.floor)} ready and at most {plan.ceiling} "
        f"{are(plan.ceiling)} there, so {size} {are(size)} replaced at a time; {first}. "
        f"{_batch(outcome)}"
    )


def _batch(outcome: Outcome) -> str:
    asked, plan = outcome.scenario, outcome.rollout.plan
    ready_s = max(plan.warm_up_s, plan.boot_s if plan.checked else 0.0)
    if ready_s == math.inf:
        return "The new ones never get ready."
    if plan.boot_s == math.inf:
        return "A new instance counts as ready after its warm-up, and never serves."
    if plan.boot_s > ready_s:
        return (
            f"A new instance counts as ready {span(plan.boot_s - ready_s)} before it serves, so "
            "fewer serve than the minimum says."
        )
    slow = plan.checked and plan.boot_s > plan.warm_up_s
    return (
        f"A batch takes {span(asked.pending_s + ready_s, '0 s')}: launch, and "
        f"{'the first healthy check' if slow else 'warm-up'}."
    )


def _zone(outcome: Outcome) -> str:
    lost = [mark.instances for mark in outcome.rollout.marks if mark.step == "lost"]
    if not lost:
        return ""
    found_s = float(ASG.value("health", "status_check"))
    return (
        f"The lost zone takes {counted(lost[0], 'instance')} with it, and the group replaces "
        f"what it lost after {span(found_s)}, in the new version while it rolls that out."
    )


def _policy(outcome: Outcome) -> str:
    """Say how many instances the policy adds, in the spike and after a zone is lost, and ends."""
    if outcome.scenario.target_pct is None:
        return ""
    added, ended = _added(outcome), outcome.changed("in")
    if not added and not ended:
        return "The policy changes nothing: what it asks for is there, or on its way."
    most = max(size.desired for size in outcome.rollout.sizes)
    if not added:
        return f"The policy ends {counted(ended, 'instance')}."
    later = f"; later it ends {ended}" if ended else ""
    return f"The policy adds {' and '.join(added)}, up to a desired capacity of {most}{later}."


def _added(outcome: Outcome) -> list[str]:
    asked = outcome.scenario
    lost_s = math.inf if asked.zone_lost_min is None else 60.0 * asked.zone_lost_min
    begin_s, end_s = spike_s(asked) if asked.spike_pct else (math.inf, math.inf)
    spans = {
        "": (0.0, min(begin_s, lost_s)),
        " in the spike": (begin_s, min(end_s, lost_s)),
        " after the spike": (end_s, lost_s),
        " after the zone is lost": (lost_s, math.inf),
    }
    counts = {when: outcome.changed("out", *moments) for when, moments in spans.items()}
    return [f"{count}{when}" for when, count in counts.items() if count]


def _capacity(outcome: Outcome) -> str:
    asked = outcome.scenario
    if outcome.lowest == 0:
        return "For a while nothing serves, and every request fails."
    wait_s = outcome.longest_wait_s
    if wait_s:
        late = " and then fail" if wait_s >= TIMEOUT_S else ""
        return (
            f"At times more requests come than can be served, with as few as {outcome.lowest} "
            f"that serve: they wait, up to {span(wait_s)}{late}."
        )
    if outcome.lowest >= asked.desired:
        return f"The group never serves with fewer than {asked.desired} instances."
    load = 100 * asked.load_rps / (outcome.lowest * asked.instance_rps)
    return f"The fewest that serve, {outcome.lowest}, are busy to {percent(load)}."


def _end(outcome: Outcome) -> str:
    rollout = outcome.rollout
    failed_s, back_s = rollout.first_s("failed"), rollout.first_s("back")
    if failed_s is not None and (back_s is None or failed_s <= back_s):
        return _stuck(outcome, failed_s)
    if outcome.verdict.cause == "none":
        return _partial(outcome) if rollout.first_s("stopped") is None else _stopped(outcome)
    if back_s is None or back_s != outcome.verdict.back_s:
        return ""
    return _turned(outcome, back_s)


def _stuck(outcome: Outcome, failed_s: float) -> str:
    asked = outcome.scenario
    cause = (
        "the new instances do not pass their health checks"
        if asked.version == DEAD and asked.elb_checks
        else "instances that are protected or on standby are still old"
    )
    back_s = outcome.rollout.first_s("back")
    then = ", and what is replaced stays so"
    if not outcome.rollout.batches:
        then = ""
    elif asked.auto_rollback:
        then = ", and the rollback replaces all that was new"
    elif back_s is not None:
        then = f", and people bring the old version back after {span(back_s)}"
    return f"After {span(failed_s)} it fails: for an hour {cause}{then}."


def _partial(outcome: Outcome) -> str:
    """Say what stays old where the last checkpoint is not all."""
    plan = outcome.rollout.plan
    old = plan.desired - plan.keeps - plan.stops[-1]
    if old <= 0 or outcome.rollout.first_s("done") is None:
        return ""
    return f"It ends at its last checkpoint, and {counted(old, 'instance')} {_stay(old)} old."


def _stay(count: int) -> str:
    return "stays" if count == 1 else "stay"


def _stopped(outcome: Outcome) -> str:
    at_s = outcome.rollout.first_s("stopped")
    assert at_s is not None
    return f"The alarm stops it after {span(at_s)}, and what is replaced stays so."


def _turned(outcome: Outcome, back_s: float) -> str:
    said = {
        "alarm": f"The alarm goes off after {span(back_s)} and the old version comes back",
        "tests": f"Tests at a checkpoint find the version bad after {span(back_s)}, and the old "
        "one comes back",
        "people": f"People notice after {span(back_s)} and bring the old version back",
    }[outcome.verdict.cause]
    return f"{_diluted(outcome)}{_blind(outcome)}{said}, at the same pace: {_lost(outcome)}."


def _diluted(outcome: Outcome) -> str:
    """Say how many new instances it takes until the alarm's share of all requests fails."""
    asked = outcome.scenario
    if asked.version != FAILS or asked.alarm_pct is None:
        return ""
    needed = math.floor(asked.desired * asked.alarm_pct / asked.error_pct) + 1
    if needed > asked.desired:
        return "Even if all are new, too few requests fail for the alarm. "
    if needed <= outcome.rollout.batches[0][1]:
        return ""
    return (
        f"Until {needed} of {asked.desired} are new, no more than {asked.alarm_pct:g} % of all "
        "requests fail, and the alarm is silent. "
    )


def _blind(outcome: Outcome) -> str:
    """Say why the alarm that is on did not turn it back."""
    asked = outcome.scenario
    if outcome.verdict.cause != "people" or asked.alarm_pct is None:
        return ""
    if outcome.rollout.first_s("stopped") is not None:
        return "The alarm stops the refresh, and what is replaced stays so. "
    if outcome.rollout.first_s("done") is not None:
        return "The refresh was done before the alarm went off. "
    return "The alarm never goes off. "


def _lost(outcome: Outcome) -> str:
    count = round(outcome.failed)
    if not count:
        return "no request fails"
    share = percent(100 * outcome.failed / outcome.requests)
    return f"{counted(count, 'request')} {'fails' if count == 1 else 'fail'}, {share} of all"
