"""Other delays, and other load balancers, for the same deploy."""

from collections.abc import Iterator

from awsnb.aws.elb import ELB
from awsnb.results import Comparison, Number, Option
from awsnb.sections.connection_draining.scenario import ALB, CLB, NLB, NLB_CLOSES, DrainScenario
from awsnb.sections.connection_draining.simulate import Outcome, deploy, enough_s
from awsnb.sections.connection_draining.tell import few
from awsnb.sections.connection_draining.work import Work, work_of
from awsnb.words import span


def compare(scenario: DrainScenario) -> Comparison:
    """Deploy with other delays, and behind other load balancers.

    Parameters
    ----------
    scenario : DrainScenario

    Returns
    -------
    Comparison
        An option holds if it cuts no more requests than accepted; the best is the quickest of
        those behind the same load balancer.

    Raises
    ------
    TraceError
        If the file of request times can't be read.
    """
    work = work_of(scenario)
    options = [_option(label, deploy(one, work)) for label, one in _alternatives(scenario, work)]
    same = [one for one in options if one.holds and _balancer(one) == scenario.balancer]
    best = min(same, key=lambda one: float(one.numbers[1].value or 0), default=None)
    return Comparison(
        title="Delays for this deploy",
        why=_verdict(best, options[0]),
        options=tuple(options),
        best=best,
    )


def _alternatives(scenario: DrainScenario, work: Work) -> Iterator[tuple[str, DrainScenario]]:
    yield "as asked", scenario
    enough, default = enough_s(scenario, work), ELB.value("deregistration", "delay")
    delays = {
        "the least delay": scenario.least_delay_s,
        "just enough": enough,
        "AWS's default": default,
        "the longest": ELB.value("deregistration", "max_delay"),
    }
    seen = {None, scenario.delay_s}
    for label, delay in delays.items():
        if delay not in seen:
            seen.add(delay)
            yield f"{label}, {span(delay, '0 s')}", scenario.replace(delay_s=delay)
    for balancer in (ALB, NLB, NLB_CLOSES, CLB):
        if balancer != scenario.balancer and (scenario.delay_s or balancer != CLB):
            yield f"as asked, {balancer}", scenario.replace(balancer=balancer)


def _balancer(option: Option) -> str:
    assert isinstance(option.scenario, DrainScenario)
    return option.scenario.balancer


def _option(label: str, outcome: Outcome) -> Option:
    cut, minutes, closed = outcome.cut, outcome.deploy_min, outcome.connections_cut
    return Option(
        label=label,
        scenario=outcome.scenario,
        holds=cut <= outcome.scenario.accepted,
        cost_usd_month=None,
        numbers=(
            Number("cut_requests", "requests cut", cut, few(cut)),
            Number("deploy_min", "deploy", minutes, span(60 * minutes, "0 s")),
            Number("cut_connections", "long connections cut", closed, few(closed)),
        ),
    )


def _verdict(best: Option | None, asked: Option) -> str:
    if best is None:
        return "No delay cuts as few requests as are accepted: shorten the longest requests."
    if best is asked:
        return "As asked is the quickest of those that cut no more requests than accepted."
    return (
        f"The quickest that cuts no more requests than accepted is '{best.label}': "
        f"{best.numbers[1].text} in place of {asked.numbers[1].text}."
    )
