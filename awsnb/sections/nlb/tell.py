"""What there is to say of targets behind an NLB."""

from awsnb.results import Result
from awsnb.sections._balancing.scenario import HANG
from awsnb.sections._balancing.simulate import Outcome
from awsnb.sections._balancing.tell import result_of


def tell(outcome: Outcome) -> Result:
    """Say what an NLB and its targets did with a load.

    Returns
    -------
    Result
        As that of an ALB.
    """
    notes = ["A connection is hashed once and keeps its target; AWS's hash itself is not public."]
    if outcome.scenario.event == HANG:
        notes.append(
            "Requests on the dead target's connections fail until it is unhealthy and they are "
            "reset; clients that give up and connect anew sooner are not modelled."
        )
    return result_of(outcome, notes)
