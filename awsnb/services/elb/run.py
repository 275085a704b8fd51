"""What an Application Load Balancer does with a load."""

from awsnb.results import Result
from awsnb.services.elb.alb import AlbScenario
from awsnb.services.elb.bill import ELB
from awsnb.services.elb.fleet import CRASH, HANG
from awsnb.services.elb.told import notes_of, told
from awsnb.services.elb.traffic import Run


def simulate_alb(scenario: AlbScenario) -> Result:
    """Serve a load by targets behind an Application Load Balancer.

    Parameters
    ----------
    scenario : AlbScenario

    Returns
    -------
    Result
        Per hundredth of the run, requests that arrived, were answered and failed per second, and
        their latency (ms); per target, its share of the requests and of its time busy (%); the
        latency that one request in so many exceeds, with Erlang's formulas; and the milliseconds
        that a request costs its client on the way.
    """
    return told(Run.of(scenario), (*notes_of(scenario), *_notes(scenario)))


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
    if scenario.trace:
        notes.insert(0, scenario.stretch.note)
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
