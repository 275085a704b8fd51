"""Models that load, or are compiled, while the reader reads."""

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from awsnb.lessons import record
from awsnb.words import counted

if TYPE_CHECKING:
    from awsnb.sections import Section

IN_BACKGROUND = "The models load while you read; on a new machine they are compiled first."
LOADING = "Loading the models…"
COMPILING = "Compiling the models, once on this machine: read on, or wait some seconds…"
READY = "The models are ready."
SOON_S = 1.0  # what takes longer is not loading


def get_ready(section: "Section") -> None:
    """Open a section's lesson: its models load while the reader reads.

    Parameters
    ----------
    section : Section
    """
    record.begin(section.slug)
    load_in_background(section)


def load_in_background(section: "Section") -> threading.Thread:
    """Load a section's models, or compile them, and say so on the page.

    Parameters
    ----------
    section : Section

    Returns
    -------
    threading.Thread
        It ends when they are ready; it is not begun where a page is made, or there are no threads.
    """
    import ipywidgets
    from IPython.display import display

    said = ipywidgets.HTML(LOADING)
    live = said._repr_mimebundle_() or {}
    display({**live, "text/plain": IN_BACKGROUND}, raw=True)
    compiling = threading.Timer(SOON_S, setattr, (said, "value", COMPILING))

    def load() -> None:
        compiling.start()
        try:
            seconds, compiled = section.warm_up()
        finally:
            compiling.cancel()
            compiling.join()
        done = f"Compiled {counted(compiled, 'kernel')} in {seconds:.0f} s."
        said.value = done if compiled else READY

    thread = threading.Thread(target=load, daemon=True)
    if os.environ.get("AWSNB_STATIC") not in ("page", "site"):
        with suppress(RuntimeError):  # a browser has no threads: models load when they are asked
            thread.start()
    return thread
