"""What every widget of a notebook needs: to be readable without its kernel, and to leave no trace.

JupyterLab shows a widget from the state that is saved with the notebook (`awsnb lab` asks it to
save that); wherever else the notebook is opened, its words stand in the widget's place.
"""

from typing import Any

import anywidget
import traitlets

_open: dict[str, tuple[str, list["NotebookWidget"]]] = {}


class NotebookWidget(anywidget.AnyWidget):
    """A widget that says itself in words, and is closed when its cell runs again.

    Attributes
    ----------
    me : str
        Its own model's id, by which the page finds out whether a kernel still listens.
    """

    me = traitlets.Unicode().tag(sync=True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.me = self.model_id
        _close_those_of_an_earlier_run(self)

    def static_bundle(self) -> dict[str, Any]:
        """Return what stands in the widget's place where there is none, by MIME type."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the widget and its layout, in the kernel and on the page."""
        if self.comm is not None:
            self.layout.close()
            super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        return data | self.static_bundle(), metadata


def _close_those_of_an_earlier_run(widget: NotebookWidget) -> None:
    cell, run = _running_cell()
    if not cell:
        return
    before, widgets = _open.get(cell, ("", []))
    if before != run:
        for one in widgets:
            one.close()
        widgets = []
    _open[cell] = run, [*widgets, widget]


def _running_cell() -> tuple[str, str]:
    """Return the running cell's id and that of its run; empty where there is no notebook."""
    from IPython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    request = kernel.get_parent("shell") if kernel else {}
    cell = request.get("metadata", {}).get("cellId", "")
    return cell, request.get("header", {}).get("msg_id", "")
