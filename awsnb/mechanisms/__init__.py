"""What happens: arrays and rates, free of AWS. A module a mechanism, each imported when first used.

>>> from awsnb.mechanisms import token_bucket
>>> token_bucket.Bucket(cost=1, baseline=300, burst=3000, capacity=5.4e6, level=0).burst
3000
"""

from importlib import import_module
from types import ModuleType

__all__ = [
    "affinity",
    "after_end",
    "arrivals",
    "authorization",
    "block_maps",
    "caching",
    "cascade",
    "connection_pool",
    "control_loop",
    "eviction",
    "flows",
    "group",
    "interleavings",
    "keystore",
    "lazy_loading",
    "lifetimes",
    "listener_rules",
    "popularity",
    "queueing",
    "quorum",
    "random_streams",
    "replicated_log",
    "replication",
    "stays",
    "token_bucket",
]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return import_module(f"awsnb.mechanisms.{name}")
    raise AttributeError(f"module 'awsnb.mechanisms' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
