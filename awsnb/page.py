"""What travels to the page: its programs, and columns of numbers as 16-bit steps."""

import gzip
import re
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

STEPS = 65_534  # 65,535 stands for no value

_browser = files("awsnb") / "browser"
_NAMESPACE = re.compile(r"^import \* as (\w+) from \"\./(\w+)\.js\";\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|let|class) )", re.MULTILINE)
_DEFAULT = re.compile(r"^export default [^;]*;$", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function|const) (\w+)", re.MULTILINE)


def module(*names: str) -> str:
    """Join modules of the browser into one, since a widget has but one.

    Parameters
    ----------
    *names : str
        The modules in an order in which each follows those that it imports; the last one's
        exports are those of the whole.

    Returns
    -------
    str
        JavaScript. Each module has its own scope.
    """
    *parts, last = names
    scopes = [_scope(name) for name in parts]
    return "\n".join([*scopes, _local(last)])


def _scope(name: str) -> str:
    text = (_browser / f"{name}.js").read_text("utf-8")
    given = ", ".join(_EXPORTED.findall(text))
    body = _EXPORT.sub("", _DEFAULT.sub("", _imports(text)))
    return f"const ${name} = (() => {{\n{body}\nreturn {{ {given} }};\n}})();"


def _local(name: str) -> str:
    return _imports((_browser / f"{name}.js").read_text("utf-8"))


def _imports(text: str) -> str:
    """Write imports from other modules as what their scopes give."""
    text = _NAMESPACE.sub(r"const \1 = $\2;\n", text)
    return re.sub(
        r"^import (\{[^}]*\}) from \"\./(\w+)\.js\";", r"const \1 = $\2;", text, flags=re.M
    )


def style(name: str) -> str:
    """Return a style sheet of the browser's."""
    return (_browser / f"{name}.css").read_text("utf-8")


@cache
def plotly() -> bytes:
    """Return plotly.js, compressed by gzip."""
    from plotly.offline import get_plotlyjs

    return gzip.compress(get_plotlyjs().encode(), compresslevel=3)


def packed(y: npt.NDArray[Any], log: bool = False) -> bytes:
    """Pack values as 16-bit steps between the least and the greatest: finer than a screen shows.

    Parameters
    ----------
    y : ndarray of float
        The values; those that are not finite become gaps.
    log : bool, optional
        Whether the steps are equal in the logarithm; values of 0 and less become gaps.

    Returns
    -------
    bytes
        Three float64 (least, greatest, 1 if log), then one uint16 a value, little-endian.
    """
    values = np.asarray(y, np.float64)
    if log:
        values = np.log10(values, out=np.full(len(values), np.nan), where=values > 0)
    finite = np.isfinite(values)
    low = values.min(initial=np.inf, where=finite)
    high = values.max(initial=-np.inf, where=finite)
    if low > high:
        low = high = 0.0
    steps = np.full(len(values), STEPS + 1, "<u2")
    span = high - low if high > low else 1.0
    steps[finite] = np.rint((values[finite] - low) / span * STEPS)
    return np.array([low, high, log], "<f8").tobytes() + steps.tobytes()
