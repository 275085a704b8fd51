"""ElastiCache: caches as they can be bought, what they hold, and what they cost."""

from awsnb.aws.elasticache.cache import (
    ELASTICACHE,
    EXACT,
    NODE_TYPES,
    OF_THE_ENGINE,
    PLAIN,
    REDIS_POLICIES,
    SEGMENTED,
    SERVERLESS,
    Cache,
    Engine,
)

__all__ = [
    "ELASTICACHE",
    "EXACT",
    "NODE_TYPES",
    "OF_THE_ENGINE",
    "PLAIN",
    "REDIS_POLICIES",
    "SEGMENTED",
    "SERVERLESS",
    "Cache",
    "Engine",
]
