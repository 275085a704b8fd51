"""What there is to say of targets behind an NLB."""

from awsnb.aws.elb import ELB
from awsnb.results import Result
from awsnb.sections._balancing.scenario import DEREGISTER, HANG
from awsnb.sections._balancing.scene import scene
from awsnb.sections._balancing.simulate import Outcome
from awsnb.sections._balancing.tell import result_of
from awsnb.sections.nlb.scenario import NlbScenario


def tell(outcome: Outcome) -> Result:
    """Say what an NLB and its targets did with a load.

    Returns
    -------
    Result
        As that of an ALB.
    """
    assert isinstance(outcome.scenario, NlbScenario)
    return result_of(outcome, _notes(outcome.scenario), scene(outcome, "NLB", "flow hash"))


def _notes(scenario: NlbScenario) -> list[str]:
    notes = ["A connection is hashed once and keeps its target; AWS's hash itself is not public."]
    if scenario.event == HANG and scenario.listener == "UDP":
        fact = ELB.get("nlb", "unhealthy_udp_flows")
        notes.append(
            f"UDP flows of an unhealthy target {fact.value}: {fact.confidence}, from {fact.source}."
        )
    elif scenario.event == HANG:
        notes.append(
            "Requests on the dead target's connections fail until it is unhealthy and they are "
            "reset, as TCP and TLS connections are by default; clients that give up and connect "
            "anew sooner are not modelled."
        )
    if scenario.event == DEREGISTER and scenario.after_delay == "by protocol":
        does = "closes" if scenario.connections_close else "keeps"
        notes.append(
            f"When the delay is over, a new {scenario.listener} target group {does} what is left, "
            "by default."
        )
    return notes
