"""Things to do at AWS: a list to tick off, and what is ticked stays ticked."""

import html
import re
from dataclasses import dataclass
from typing import Any

import traitlets

from awsnb.lessons import record
from awsnb.page import module, style
from awsnb.widgets import NotebookWidget

CODE = re.compile(r"`([^`]*)`")


@dataclass(frozen=True)
class Steps:
    """Steps in words; what stands in backticks is code."""

    texts: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(f"- {text}" for text in self.texts)

    def _repr_mimebundle_(self, **_: Any) -> Any:
        return Checklist(self)._repr_mimebundle_()


class Checklist(NotebookWidget):
    """The live list; `done` says which are ticked."""

    _esm = module("alive", "keys", "steps")
    _css = style("lesson")

    steps: Any = traitlets.List().tag(sync=True)
    done: Any = traitlets.List().tag(sync=True)

    def __init__(self, steps: Steps) -> None:
        self._texts = steps.texts
        self._words = str(steps)
        super().__init__(
            steps=[_marked_up(text) for text in steps.texts],
            done=[bool(record.ask("steps", text)) for text in steps.texts],
        )

    def static_bundle(self) -> dict[str, Any]:
        """Return the steps as a plain list."""
        listed = "".join(f"<li>{_marked_up(text)}</li>" for text in self._texts)
        return {"text/plain": self._words, "text/html": f"<ul>{listed}</ul>"}

    @traitlets.observe("done")
    def _tick(self, change: Any) -> None:
        for text, is_done in zip(self._texts, change.new, strict=True):
            if bool(record.ask("steps", text)) != is_done:
                record.answer("steps", text, is_done or None)


def steps(*texts: str) -> Steps:
    """List things to do at AWS, each with a box to tick.

    Parameters
    ----------
    *texts : str
        One sentence each; API calls and options in backticks.
    """
    return Steps(tuple(" ".join(text.split()) for text in texts))


def _marked_up(text: str) -> str:
    return CODE.sub(r"<code>\1</code>", html.escape(text, quote=False))
