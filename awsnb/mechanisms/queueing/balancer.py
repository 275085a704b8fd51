"""A balancer's face: it checks requests and hands them to the kernels, part by part."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb.mechanisms.queueing import dispatch, rotation, serving
from awsnb.mechanisms.queueing.outcome import Outcome
from awsnb.mechanisms.queueing.targets import NOT_STICKY, Registration, Sticky, Target, check
from awsnb.mechanisms.random_streams import stream

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

RULES = {
    "round robin": dispatch.ROUND_ROBIN,
    "random": dispatch.RANDOM,
    "flow hash": dispatch.FLOW_HASH,
    "two choices": serving.TWO_CHOICES,
    "least outstanding": serving.LEAST,
    "weighted least outstanding": serving.WEIGHTED_LEAST,
}
PART = 1 << 16


class Balancer:
    """Targets and the rule by which requests are spread over them.

    `serve` may be called again with later requests and goes on where it stopped, so that runs
    too large to keep can be served in parts.

    Parameters
    ----------
    targets : list of Target
        At least one.
    rule : str
        One of `RULES`. "flow hash" needs flows. Weights and slow start bear on "round robin"
        (smooth: each target earns its share, the richest is chosen and pays for all), "random",
        "flow hash" and "weighted least outstanding" (fewest (outstanding + 1) / weight). Ties go
        to the target that has had as many outstanding for longest, as by HAProxy's leastconn; of
        two choices, to the one drawn last.
    registrations : list of Registration, optional
        When targets serve. All of them, always, if not given.
    sticky : Sticky
        Whether flows keep their target.
    zonal : bool
        Requests go to targets in the zone where they arrive. A zone without any passes them on to
        the next one.
    seed : int
        Of the random rules.

    Raises
    ------
    ValueError
        If a target, a registration or a name can't be.

    Examples
    --------
    >>> balancer = Balancer([Target(), Target()], "round robin")
    >>> outcome = balancer.serve([0.0, 0.1, 0.2], [1.0, 1.0, 1.0])
    >>> outcome.target.tolist(), outcome.wait_s.tolist()
    ([0, 1, 0], [0.0, 0.0, 0.8])
    """

    def __init__(
        self,
        targets: list[Target],
        rule: str = "round robin",
        registrations: list[Registration] | None = None,
        sticky: Sticky = NOT_STICKY,
        zonal: bool = False,
        seed: int = 1,
    ) -> None:
        if rule not in RULES:
            raise ValueError(f"rule = {rule!r}: must be one of {', '.join(RULES)}.")
        if registrations is None:
            registrations = [Registration(k) for k in range(len(targets))]
        check(targets, registrations, sticky)
        self.zonal = zonal
        self.needs_flow = sticky.duration_s > 0 or RULES[rule] == dispatch.FLOW_HASH
        self.fleet = rotation.Fleet.of(targets, registrations, zonal, sticky.while_draining)
        self.changes = rotation.changes_of(self.fleet.slots)
        self.calendar = serving.Calendar.of(self.fleet.slots["zone"], self.fleet.free.size)
        self.how = serving.Dispatch(
            rule=RULES[rule],
            salt=int(stream(seed, "routing")[0]) & 0xFFFFFFFF,
            sticky=sticky._replace(duration_s=float(sticky.duration_s)),
        )
        self.now_s, self.next_change_s, self.served = 0.0, 0.0, 0

    def serve(
        self,
        arrival_s: ArrayLike,
        work_s: ArrayLike,
        flow: ArrayLike | None = None,
        zone: ArrayLike | None = None,
    ) -> Outcome:
        """Serve requests, in order of arrival.

        Parameters
        ----------
        arrival_s : array_like of float, shape (n,)
            0 or more, not before the last one served; s.
        work_s : array_like of float, shape (n,)
            Service time at speed 1, 0 or more; s.
        flow : array_like of int, shape (n,), optional
            What the request belongs to, numbered from 0: a client for a cookie; for a flow hash
            whatever the hash is of, a connection (5-tuple) or a client (3- or 2-tuple).
        zone : array_like of int, shape (n,), optional
            Zone of the balancer's node it came to; for zonal balancers.

        Returns
        -------
        Outcome
        """
        arrival = np.require(arrival_s, np.float64, ["C", "W"])
        work = np.require(work_s, np.float64, ["C", "W"])
        self._check(arrival, work)
        n = arrival.size
        flows = _numbers("flow", flow, n, self.needs_flow)
        zones = _numbers("zone", zone, n, self.zonal)
        if zones.size and zones.max() >= self.fleet.pools.size:
            raise ValueError(
                f"zone = {zones.max()}: targets are in zones 0 to {self.fleet.pools.size - 1}."
            )
        requests = serving.Requests(arrival, work, flows, zones)
        # both in one piece, which memory is found for sooner than for two of half the size
        start_s, end_s = np.empty((2, n))
        out = Outcome(arrival, start_s, end_s, np.empty(n, np.int16), np.empty(n, np.int8))
        if n:
            self._prepare(arrival, flows)
        for part in self._parts(arrival):
            self._serve(requests.part(part), out.part(part))
        return out

    def _prepare(self, arrival: Array, flow: Integers) -> None:
        clock = self.calendar.clock[0]
        if not clock.per_s:
            span = arrival[-1] - arrival[0]
            most = 1e15 / max(1.0, arrival[-1])  # so that moments are integers
            clock.per_s = min(arrival.size / span, most) if span > 0 else 1.0
        self.now_s = float(arrival[-1])
        if self.how.sticky.duration_s:
            self.fleet = self.fleet.with_sessions(int(flow.max()) + 1)

    def _parts(self, arrival: Array) -> Iterator[slice]:
        """Parts in each of which the rotation, brought up to it, stays as it is."""
        begin = 0
        while begin < arrival.size:
            if arrival[begin] >= self.next_change_s:
                self._rotate(arrival[begin])
            stop = int(np.searchsorted(arrival, self.next_change_s))
            stop = min(begin + PART, stop)
            yield slice(begin, stop)
            begin = stop

    def _rotate(self, at_s: float) -> None:
        out = np.empty(self.fleet.slots.size, np.bool_)
        rotation.rotate(at_s, self.fleet, out)
        self.calendar = self.calendar.rotated(out)
        following = self.changes[np.searchsorted(self.changes, at_s, side="right") :]
        self.next_change_s = following[0] if following.size else np.inf

    def _serve(self, requests: serving.Requests, out: Outcome) -> None:
        n, how = requests.work.size, self.how
        chosen = np.empty(n, np.int16)
        if how.rule >= serving.TWO_CHOICES:
            pairs = np.empty((2, n if how.rule == serving.TWO_CHOICES else 0), np.int64)
            dispatch.draw_pairs(self.served + 1, how.salt, pairs)
            self.calendar = self.calendar.with_room(n)
            serving.watch(requests, how, pairs, self.fleet, self.calendar, chosen, out)
        else:
            self._choose(requests, chosen)
            slots, free, recent = self.fleet.slots, self.fleet.free, self.fleet.recent
            serving.serve(0, n, requests.work, chosen, slots, free, recent, out)
        self.served += n

    def _choose(self, requests: serving.Requests, chosen: NDArray) -> None:
        """Pick a slot for each request, where the rule knows it on arrival."""
        fleet, how = self.fleet, self.how
        plain = fleet.alike and not how.sticky.duration_s
        if plain and how.rule == dispatch.ROUND_ROBIN:
            dispatch.take_turns(fleet.pools, fleet.listed, chosen)
            return
        names = requests.flow
        if how.rule != dispatch.FLOW_HASH:
            names = np.arange(self.served + 1, self.served + 1 + chosen.size)
        if plain:
            dispatch.draw_lots(names, how.salt, fleet.pools, fleet.listed, chosen)
        else:
            dispatch.route(requests, how, names, fleet, chosen)

    def _check(self, arrival: Array, work: Array) -> None:
        if arrival.ndim != 1 or arrival.shape != work.shape:
            raise ValueError(
                f"arrival_s and work_s must be equally long and one-dimensional, "
                f"not {arrival.shape} and {work.shape}."
            )
        if not arrival.size:
            return
        in_order = (arrival[1:] >= arrival[:-1]).all()
        if not (in_order and arrival[0] >= self.now_s and arrival[-1] < np.inf):  # NaN is none
            raise ValueError(
                f"arrival_s must be finite, in order, and {self.now_s:g} s or later everywhere."
            )
        if not (work.min() >= 0 and work.max() < np.inf):
            raise ValueError("work_s must be finite and 0 s or more everywhere.")


def _numbers(name: str, given: ArrayLike | None, n: int, needed: bool) -> Integers:
    if not needed:
        return np.empty(0, np.int64)
    if given is None:
        raise ValueError(f"{name} is needed: one number per request.")
    numbers = np.require(given, np.int64, ["C", "W"])
    if numbers.shape != (n,) or (n and numbers.min() < 0):
        raise ValueError(f"{name} must hold a number, 0 or more, for each of the {n} requests.")
    return numbers
