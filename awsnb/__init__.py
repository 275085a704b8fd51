"""An interactive laboratory for learning and sizing AWS.

Names arrive with their first use, so that ``import awsnb`` costs next to nothing.
"""

from importlib import import_module

TYPE_CHECKING = False  # typing.TYPE_CHECKING, without importing typing: half of the start-up time
if TYPE_CHECKING:
    from typing import Any

__version__ = "1.0.0rc1"

_HOME = {
    "Explorer": "awsnb.explorer",
    "ScenarioError": "awsnb.scenario",
    "read_cloudwatch": "awsnb.trace",
    "section": "awsnb.sections",
    "show": "awsnb.figures",
}
_MODULES = ("facts", "figures", "lessons", "mechanisms", "sections", "theory", "trace", "workloads")

__all__ = ["Explorer", "ScenarioError", "__version__", "read_cloudwatch", "section", "show"]


def __getattr__(name: str) -> "Any":
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in _MODULES:
        return import_module(f"awsnb.{name}")
    raise AttributeError(f"module 'awsnb' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*_HOME, *_MODULES, "__version__"])
