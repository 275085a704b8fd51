"""What is known ahead: scheduled actions, and the forecast of predictive scaling."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb.mechanisms.control_loop.kernel import ACTION

HOUR_S = 3600.0


class Action(NamedTuple):
    """A scheduled action. It takes effect at the first decision at or after its time, s."""

    at_s: float
    smallest: int | None = None
    largest: int | None = None
    desired: int | None = None


class Forecast(NamedTuple):
    """What predictive scaling expects. The group is never smaller than this needs.

    Attributes
    ----------
    load_per_s : array_like of float
        Of each hour from the start on, as by `predict`; NaN where there is none.
    target : float
        Utilisation at which it is to be served, %.
    ahead_s : float
        How long before an hour its capacity is launched, s.
    """

    load_per_s: ArrayLike
    target: float
    ahead_s: float = 0.0


def predict(
    load_per_s: ArrayLike,
    every_s: float,
    least_h: int,
    lookback_h: int,
    horizon_h: int,
    refresh_h: int,
) -> NDArray[np.float64]:
    """Forecast the mean load of each hour from the hours before it.

    Every `refresh_h` hours, if `least_h` hours are known, a forecast is made for the next
    `horizon_h`: the mean of the same hour of the week, else of the same hour of the day, among the
    last `lookback_h` hours. The newest forecast counts.

    Parameters
    ----------
    load_per_s : array_like of float, shape (m,)
        Work per second, constant for `every_s` each.
    every_s : float
        Divides an hour, s.
    least_h : int
        Hours that must be known before the first forecast, 1 or more.
    lookback_h : int
        Hours looked back at, 1 or more.
    horizon_h : int
        Hours that a forecast reaches ahead, 1 or more.
    refresh_h : int
        Hours from one forecast to the next, 1 or more.

    Returns
    -------
    ndarray of float
        Work per second in each hour; NaN where there is no forecast.

    Raises
    ------
    ValueError
        If `every_s` does not divide an hour, or a number of hours is below 1.

    Examples
    --------
    >>> day = [1.0] * 12 + [9.0] * 12
    >>> predict(day * 3, 3600, least_h=24, lookback_h=336, horizon_h=48, refresh_h=24)[30:42:6]
    array([1., 9.])
    """
    steps = HOUR_S / every_s if every_s > 0 else 0.5
    if steps != int(steps):
        raise ValueError(f"every_s = {every_s}: must divide an hour.")
    if min(least_h, lookback_h, horizon_h, refresh_h) < 1:
        raise ValueError("least_h, lookback_h, horizon_h and refresh_h must be 1 or more.")
    load = np.asarray(load_per_s, dtype=np.float64)
    hourly = load[: load.size - load.size % int(steps)].reshape(-1, int(steps)).mean(axis=1)
    out = np.full(hourly.size, np.nan)
    for now in range(refresh_h, hourly.size, refresh_h):
        if now < least_h:
            continue
        known = np.arange(max(0, now - lookback_h), now)
        for hour in range(now, min(now + horizon_h, hourly.size)):
            like = known[known % 168 == hour % 168]
            if not like.size:
                like = known[known % 24 == hour % 24]
            out[hour] = hourly[like].mean() if like.size else np.nan
    return out


def forecast_capacity(forecast: Forecast, at_s: NDArray) -> NDArray[np.float64]:
    """Capacity, in work per second, that a forecast wants at each time; 0 where it knows none."""
    if not (0 < forecast.target <= 100 and forecast.ahead_s >= 0):
        raise ValueError("a Forecast needs a target above 0 and up to 100 %, and ahead_s >= 0.")
    hourly = np.nan_to_num(np.asarray(forecast.load_per_s, dtype=np.float64))
    padded = np.append(hourly, 0.0)

    def expected(at: NDArray) -> NDArray:
        return padded[np.minimum(at // HOUR_S, hourly.size).astype(np.int64)]

    now, soon = expected(at_s), expected(at_s + forecast.ahead_s)
    return np.maximum(now, soon) / (forecast.target / 100)


def actions_in_order(schedule: Sequence[Action]) -> NDArray:
    """Check scheduled actions, and turn them into records by time."""
    for action in schedule:
        numbers = [number for number in action[1:] if number is not None]
        if not (0 <= action.at_s < np.inf) or any(not 0 <= number < np.inf for number in numbers):
            raise ValueError("an Action needs at_s and its sizes finite and 0 or more.")
    ordered = sorted(schedule, key=lambda action: action.at_s)
    rows = [tuple(-1 if number is None else number for number in action) for action in ordered]
    return np.array(rows, dtype=ACTION)
