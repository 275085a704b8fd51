"""ElastiCache: what a cache holds, what it costs, and what it does for the database behind it."""

from awsnb.services.elasticache.cache import CacheScenario
from awsnb.services.elasticache.checked import measured_errors
from awsnb.services.elasticache.durability import loss_windows
from awsnb.services.elasticache.measured import (
    beside_redis,
    recorded,
    recorded_lru,
    recorded_memcached,
    stale_keys,
)
from awsnb.services.elasticache.options import compare_caches
from awsnb.services.elasticache.presets import CACHE_PRESETS
from awsnb.services.elasticache.told import simulate_cache

__all__ = [
    "CACHE_PRESETS",
    "CacheScenario",
    "beside_redis",
    "compare_caches",
    "loss_windows",
    "measured_errors",
    "recorded",
    "recorded_lru",
    "recorded_memcached",
    "simulate_cache",
    "stale_keys",
]
