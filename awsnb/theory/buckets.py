"""Token buckets: how long a burst lasts, and how long it takes to earn it back."""


def burst_duration_s(credit: float, burst_per_s: float, baseline_per_s: float) -> float:
    """How long a token bucket lasts at its burst rate, s.

    AWS: credit balance / (burst rate - baseline rate), Amazon EBS User Guide, General Purpose SSD.

    Parameters
    ----------
    credit : float
        Tokens held.
    burst_per_s : float
        Tokens spent per second, above the baseline.
    baseline_per_s : float
        Tokens earned per second.

    Returns
    -------
    float
        In seconds.

    Examples
    --------
    >>> burst_duration_s(5_400_000, 3000, 300)
    2000.0
    """
    return credit / (burst_per_s - baseline_per_s)


def refill_duration_s(capacity: float, baseline_per_s: float) -> float:
    """How long an empty, idle token bucket takes to fill, s.

    Parameters
    ----------
    capacity : float
        Tokens that fit.
    baseline_per_s : float
        Tokens earned per second, above 0.

    Returns
    -------
    float
        In seconds.

    Examples
    --------
    >>> refill_duration_s(5_400_000, 300)
    18000.0
    """
    return capacity / baseline_per_s


def scan_duration_s(
    work: float, capacity: float, burst_per_s: float, baseline_per_s: float
) -> float:
    """How long work takes that arrives at once before a full token bucket, s.

    At the burst rate while credit lasts, at the baseline rate afterwards.

    Parameters
    ----------
    work : float
        In tokens.
    capacity : float
        Tokens that fit, all held at first.
    burst_per_s : float
        Tokens per second while credit lasts.
    baseline_per_s : float
        Tokens earned per second, above 0.

    Returns
    -------
    float
        In seconds.

    Examples
    --------
    A full scan of 1 TiB of st1, 250 MiB/s while 1 TiB of credit lasts, finishes on credit alone:

    >>> round(scan_duration_s(2**20, 2**20, 250, 40) / 3600, 2)
    1.17
    """
    if burst_per_s == baseline_per_s:
        return work / baseline_per_s
    bursting_s = burst_duration_s(capacity, burst_per_s, baseline_per_s)
    on_credit = burst_per_s * bursting_s
    if work <= on_credit:
        return work / burst_per_s
    return bursting_s + (work - on_credit) / baseline_per_s
