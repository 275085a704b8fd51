"""Closed forms, by subject: drawn beside the simulations, and the oracles of the tests."""

from awsnb.theory.buckets import (
    burst_duration_s,
    refill_duration_s,
    scan_duration_s,
)
from awsnb.theory.caches import (
    characteristic_time,
    lru_hit_ratio,
    random_hit_ratio,
    resting_lru_hit_ratio,
    stampede_size,
    ttl_hit_ratio,
    warm_up_hit_ratio,
)
from awsnb.theory.queues import (
    erlang_c,
    finite_source_wait_s,
    mg1_wait_s,
    mmc_sojourn_quantile_s,
    mmc_sojourn_tail,
    mmc_wait_s,
    mmck_blocked,
    two_choices_sojourn_s,
)
from awsnb.theory.quorums import (
    loss_rate,
    mean_time_below,
    order_statistic_cdf,
    quorum_availability,
    quorum_latency_cdf,
)
from awsnb.theory.replication import (
    loss_window_s,
    on_off_backlog_tail,
    read_capacity,
)
from awsnb.theory.residuals import (
    equal_residual_tail,
    exponential_residual_tail,
    lognormal_residual_tail,
    lognormal_tail,
    pareto_residual_tail,
    sample_residual_tail,
)
from awsnb.theory.scaling import (
    idle_band,
    instances_needed,
    scale_out_rounds,
    scale_out_s,
    stable_gain,
)
from awsnb.theory.sessions import load_cv, most_sessions

__all__ = [
    "burst_duration_s",
    "characteristic_time",
    "equal_residual_tail",
    "erlang_c",
    "exponential_residual_tail",
    "finite_source_wait_s",
    "idle_band",
    "instances_needed",
    "load_cv",
    "lognormal_residual_tail",
    "lognormal_tail",
    "loss_rate",
    "loss_window_s",
    "lru_hit_ratio",
    "mean_time_below",
    "mg1_wait_s",
    "mmc_sojourn_quantile_s",
    "mmc_sojourn_tail",
    "mmc_wait_s",
    "mmck_blocked",
    "most_sessions",
    "on_off_backlog_tail",
    "order_statistic_cdf",
    "pareto_residual_tail",
    "quorum_availability",
    "quorum_latency_cdf",
    "random_hit_ratio",
    "read_capacity",
    "refill_duration_s",
    "resting_lru_hit_ratio",
    "sample_residual_tail",
    "scale_out_rounds",
    "scale_out_s",
    "scan_duration_s",
    "stable_gain",
    "stampede_size",
    "ttl_hit_ratio",
    "two_choices_sojourn_s",
    "warm_up_hit_ratio",
]
