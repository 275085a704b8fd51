"""What the kernels cost to compile, each by itself, when nothing is cached.

A new process with an empty cache runs the examples in the mechanisms' docstrings, which call every
kernel. Times are the processor's; numba's own start, paid once a process, is not in them.

    python benchmarks/bench_compile.py
"""

import doctest
import importlib
import itertools
import os
import pkgutil
import statistics
import tempfile
import time
from typing import Any, NamedTuple


class Compiled(NamedTuple):
    """Seconds to compile a kernel, without and with the callees that were compiled for it."""

    module: str
    name: str
    own_s: float
    whole_s: float


def stopwatch() -> list[Compiled]:
    """Time every compilation from now on; a callee's is taken out of its caller's."""
    from numba.core.dispatcher import Dispatcher

    found: list[Compiled] = []
    callees_s: list[float] = []
    compile_once = Dispatcher.compile

    def timed(self: Any, signature: Any) -> Any:
        if signature in self.overloads:
            return compile_once(self, signature)
        start = time.process_time()
        callees_s.append(0.0)
        entry = compile_once(self, signature)
        whole_s = time.process_time() - start
        own_s = whole_s - callees_s.pop()
        if self.py_func.__module__.startswith("awsnb"):
            found.append(Compiled(self.py_func.__module__, self.py_func.__name__, own_s, whole_s))
            if callees_s:
                callees_s[-1] += whole_s
        return entry

    Dispatcher.compile = timed
    return found


def run_examples() -> None:
    """Run the docstrings' examples of every mechanism, and what these leave out."""
    from awsnb import mechanisms
    from awsnb.mechanisms import eviction, queueing

    for module in pkgutil.walk_packages(mechanisms.__path__, "awsnb.mechanisms."):
        failed, _ = doctest.testmod(importlib.import_module(module.name))
        assert not failed, module.name
    eviction.segmented_lru([0, 1, 0], 2, hot_share=0.2, warm_share=0.4)
    for rule, weight in itertools.product(queueing.RULES, (1, 2)):
        balancer = queueing.Balancer([queueing.Target(), queueing.Target(weight=weight)], rule)
        balancer.serve([0.0, 0.1, 0.2], [1.0, 1.0, 1.0], flow=[0, 1, 0])
    overload = queueing.Balancer([queueing.Target()], "least outstanding")
    overload.serve([0.0] * 1000, [1.0] * 1000)  # more than its calendar was made for


def main() -> None:
    """Print the kernels, the slowest first."""
    import numba

    numba.njit(lambda x: x + 1)(1)
    found = stopwatch()
    run_examples()

    from awsnb._jit import KERNELS

    compiled = {(one.module, one.name) for one in found}
    for kernel in KERNELS:
        name = kernel.py_func.__module__, kernel.py_func.__name__
        assert name in compiled, f"no example runs {name}: its time is missing"
        assert len(kernel.signatures) == 1, f"{name} is compiled for {kernel.signatures}"
    for one in sorted(found, key=lambda one: -one.whole_s):
        where = one.module.removeprefix("awsnb.mechanisms.")
        print(f"{where:<22} {one.name:<18} {one.own_s:5.2f} s alone {one.whole_s:5.2f} s in all")
    print(f"{len(found)} kernels, {sum(one.own_s for one in found):.1f} s together")


FIRST_CALL = """
import time
from awsnb import section
asg = section("scaling-policies")
scenario = asg.scenario()
{reading}
start = time.perf_counter()
asg.simulate(scenario)
print(time.perf_counter() - start)
"""


def test_the_first_answer_after_a_warm_up(python: Any, capsys: Any, benchmark: Any) -> None:
    """What the reader feels, all kernels cached, who read on while they were loaded."""
    in_a_thread = "import threading; t = threading.Thread(target=asg.warm_up); t.start(); t.join()"
    waits_s: dict[str, list[float]] = {"pass": [], in_a_thread: []}
    benchmark.pedantic(python, (FIRST_CALL.format(reading="pass"),), rounds=1)
    for _ in range(5):
        for reading, seconds in waits_s.items():
            seconds.append(float(python(FIRST_CALL.format(reading=reading))))
    at_once, after = (1000 * statistics.median(seconds) for seconds in waits_s.values())
    with capsys.disabled():
        print(f"\n  first answer at once {at_once:.0f} ms, after a warm-up {after:.1f} ms")


def test_cold_compilation(python: Any, capsys: Any, benchmark: Any) -> None:
    run = f"import runpy; runpy.run_path({__file__!r}, run_name='__main__')"
    told = benchmark.pedantic(python, (run,), rounds=1)
    with capsys.disabled():
        print(f"\n{told}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:
        os.environ["NUMBA_CACHE_DIR"] = empty  # before numba is imported
        main()
