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
# Counting who holds an array, atomically at each call, took up to a third of a kernel's time.
IN_PLACE: dict[str, Any] = {"_nrt": False}

KERNELS: list[Any] = []
"""Every kernel imported so far."""


def kernel(function: Kernel) -> Kernel:
    """Compile `function` lazily with numba, in strict IEEE arithmetic, cached on disk.

    It makes no arrays: it writes into those that it is given. A cache folder that cannot be written
    costs a compilation per process, never an error.
    """
    return _kernel(function, OPTIONS | IN_PLACE)


def allocating_kernel(function: Kernel) -> Kernel:
    """Compile, as `kernel` does, a function that makes arrays."""
    return _kernel(function, OPTIONS)


def cache_misses() -> int:
    """How many kernels this process had to compile, rather than load from the cache."""
    return sum(sum(one.stats.cache_misses.values()) for one in KERNELS if hasattr(one, "stats"))


def _kernel(function: Kernel, options: dict[str, Any]) -> Kernel:
    compiled = function if JIT_DISABLED else _compile(function, options)
    KERNELS.append(compiled)
    return compiled


def _compile(function: Kernel, options: dict[str, Any]) -> Any:
    try:
        import numba
    except ImportError:
        return function
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # no folder to cache in
        return numba.njit(**options)(function)
