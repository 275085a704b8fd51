"""Ask memory for a row before it is needed.

A kernel that jumps about in an array larger than the processor's cache spends its time waiting.
Where the trace tells which rows come next, asking for them ahead makes the waits overlap. It
changes no result: in plain Python it is nothing at all.
"""

import contextlib
from typing import Any

from numpy.typing import NDArray

from awsnb._jit import JIT_DISABLED


def prefetch(rows: NDArray, i: int) -> None:
    """Start to fetch ``rows[i]``, which must exist."""


def _compile_prefetch() -> None:
    from llvmlite import ir  # type: ignore[import-untyped]
    from numba.core import cgutils, types
    from numba.extending import intrinsic, overload

    @intrinsic
    def fetch(typing_context: Any, rows: Any, i: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array = context.make_array(rows)(context, builder, arguments[0])
            stride = builder.extract_value(array.strides, 0)
            offset = builder.mul(context.cast(builder, arguments[1], i, types.intp), stride)
            row = cgutils.pointer_add(builder, array.data, offset)
            int32 = ir.IntType(32)
            instruction = cgutils.get_or_insert_function(
                builder.module,
                ir.FunctionType(ir.VoidType(), [row.type, int32, int32, int32]),
                "llvm.prefetch.p0",
            )
            # to be read, to be kept near, data
            builder.call(instruction, [row, int32(0), int32(3), int32(1)])
            return context.get_dummy_value()

        return types.void(rows, i), generate

    @overload(prefetch)
    def overloaded(rows, i):  # type: ignore[no-untyped-def]
        return lambda rows, i: fetch(rows, i)  # type: ignore[call-arg]


if not JIT_DISABLED:
    with contextlib.suppress(ImportError):
        _compile_prefetch()
