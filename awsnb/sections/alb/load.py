"""The load: made from a rate, or the busiest stretch of an export."""

from awsnb.aws.elb.request_count import MOST_TIMES, busiest
from awsnb.mechanisms import arrivals
from awsnb.mechanisms.random_streams import generator
from awsnb.scenario import ScenarioError
from awsnb.sections._balancing.load import Load, load_of
from awsnb.sections.alb.scenario import AlbScenario
from awsnb.trace import read_load

LEAST_REQUESTS = 100  # of which a 99th percentile is one


def demand(scenario: AlbScenario) -> Load:
    """Return the load of a scenario.

    Raises
    ------
    ScenarioError
        If the trace is too short, holds hardly a request, or is far above what the targets serve.
    TraceError
        If the file can't be read, or is no load of requests.
    """
    return _from_trace(scenario) if scenario.trace else load_of(scenario)


def _from_trace(scenario: AlbScenario) -> Load:
    load = read_load(scenario.trace, "requests", metric=scenario.metric, said=scenario.trace_unit)
    stretch = busiest(load, float(scenario.duration_s))
    per_s, mean_per_s = (
        rate * scenario.load_factor for rate in (stretch.per_s, stretch.mean_per_s)
    )
    _refuse_what_is_too_much_or_little(scenario, per_s)
    edge_s, rate_per_s = stretch.rate
    rate = arrivals.Rate(edge_s, rate_per_s * scenario.load_factor)
    whence = (
        f"Load: the busiest {scenario.duration_s:g} s of {load.trace.describe()}; they begin at "
        f"{stretch.begins_at}."
    )
    arrival_s = arrivals.poisson(rate, generator(scenario.seed, "arrivals"))
    return Load(arrival_s, per_s, mean_per_s, (whence, *load.notes))


def _refuse_what_is_too_much_or_little(scenario: AlbScenario, per_s: float) -> None:
    if per_s > MOST_TIMES * scenario.capacity_per_s:
        raise ScenarioError(
            f"trace = {scenario.trace}: at its busiest {per_s:,.0f} requests/s, and "
            f"the targets serve {scenario.capacity_per_s:,.0f}: for less of a load, say "
            "load_factor.",
            field="trace",
        )
    count = per_s * scenario.duration_s
    if count < LEAST_REQUESTS:
        raise ScenarioError(
            f"trace = {scenario.trace}: its busiest {scenario.duration_s:g} s hold {count:.2g} "
            f"requests; percentiles need {LEAST_REQUESTS} or more: take a longer duration_s, or "
            "more of the load by load_factor.",
            field="trace",
        )
