"""What there is to say of targets behind an ALB."""

from awsnb.aws.elb import ELB
from awsnb.results import Result
from awsnb.sections._balancing.scenario import CRASH, ERRORS, HANG
from awsnb.sections._balancing.scene import scene
from awsnb.sections._balancing.simulate import Outcome
from awsnb.sections._balancing.tell import result_of
from awsnb.sections.alb.scenario import AlbScenario


def tell(outcome: Outcome) -> Result:
    """Say what an ALB and its targets did with a load.

    Returns
    -------
    Result
        Per hundredth of the run, requests that arrived, were answered and failed per second, and
        their latency (ms); per target, its share of the requests and of its time busy (%); the
        latency that one request in so many exceeds, with Erlang's formulas; and the milliseconds
        that a request costs its client on the way.
    """
    assert isinstance(outcome.scenario, AlbScenario)
    chosen = outcome.scenario.algorithm.replace("_requests", "").replace("_", " ")
    return result_of(outcome, _notes(outcome.scenario), scene(outcome, "ALB", chosen))


def _notes(scenario: AlbScenario) -> list[str]:
    notes = []
    if scenario.event == CRASH:
        code = ELB.value("alb", "error_bad_response")
        notes.append(
            f"A request to a target that refuses connections fails at once, with a {code}; the "
            "ALB itself doesn't try another."
        )
    if scenario.event == HANG:
        code, idle = ELB.value("alb", "error_target_timeout"), ELB.value("alb", "idle_timeout")
        notes.append(f"A request that is never answered fails with a {code} after {idle} s.")
    if scenario.event == ERRORS:
        notes.append(
            "A health check asks for one page only: it passes here while the others fail. Anomaly "
            "mitigation, with weighted_random, looks at answers instead; it is not modelled."
        )
    if scenario.retries:
        pause = ELB.value("client", "retry_pause")
        notes.append(
            f"Clients try again {pause} s after a failure, then after twice that, and so on: "
            "assumed. Latency counts from the first attempt."
        )
    if scenario.patience_s is not None:
        notes.append("A client that gives up is not noticed: its target works on all the same.")
    if scenario.algorithm == "weighted_random":
        notes.append("All weights are equal: anomaly mitigation is off, as it is by default.")
    return notes
