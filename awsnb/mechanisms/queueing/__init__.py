"""Requests, a balancer that picks a target for each, and a queue in front of every target.

Each target serves first come, first served, with a number of workers. As its failures and drainings
are known beforehand, a request's departure is known on arrival: it starts when a worker is free,
and ends after its service or when the target is cut off, whichever is first. So a target is no more
than the times at which its workers become free. Only rules that look at outstanding requests need
to know who has left by now; departures wait in a calendar for them, and for nobody else.

One idea a file: `targets` are what there is, `balancer` takes requests in, `rotation` says who
serves when, `dispatch` picks targets by rules that know them on arrival, `serving` queues requests
at theirs and picks by what is outstanding, `retries` are what clients send again, and `outcome`
holds and measures what became of them.

Left out: the network (a budget of its own).
"""

from awsnb.mechanisms.queueing.balancer import RULES, Balancer
from awsnb.mechanisms.queueing.outcome import (
    CUT,
    FAILED,
    GIVEN_UP,
    LOST,
    NO_TARGET,
    OK,
    REJECTED,
    Outcome,
    percentiles,
    percentiles_over_time,
)
from awsnb.mechanisms.queueing.retries import Clients, Served, serve
from awsnb.mechanisms.queueing.targets import NOT_STICKY, Registration, Sticky, Target

__all__ = [
    "CUT",
    "FAILED",
    "GIVEN_UP",
    "LOST",
    "NOT_STICKY",
    "NO_TARGET",
    "OK",
    "REJECTED",
    "RULES",
    "Balancer",
    "Clients",
    "Outcome",
    "Registration",
    "Served",
    "Sticky",
    "Target",
    "percentiles",
    "percentiles_over_time",
    "serve",
]
