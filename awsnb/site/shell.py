"""The frame of a page: one file with its styles and programs in it."""

import re
from functools import cache

from awsnb.page import module, style
from awsnb.site.parts import escaped

MODULES = (
    "alive", "inflate", "prefetch", "keys", "text", "scale", "path", "plot", "controls", "stage",
    "scene", "zoom", "explorer", "sketch", "prediction", "exercise", "steps", "progress", "record",
    "course", "beside", "book", "ledger", "page",
)  # fmt: skip
THEME = (  # before anything is painted
    "try{document.documentElement.dataset.theme=localStorage.getItem('awsnb theme')||"
    "(matchMedia('(prefers-color-scheme:dark)').matches?'dark':'light')}catch{}"
)
COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)


def page(title: str, name: str, main: str, bar: str = "") -> str:
    """Frame a page.

    Parameters
    ----------
    title : str
        For the browser's tab.
    name : str
        By which the browser remembers what was done on it.
    main : str
        What it says, as HTML.
    bar : str, optional
        What stands in its bar between the name and the theme, as HTML.

    Returns
    -------
    str
        HTML that loads nothing.
    """
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escaped(title)}</title>
<link rel="icon" href="data:,">
<style>{_styles()}</style>
<script>{THEME}</script>
</head>
<body data-page="{escaped(name)}">
<nav class="top">{bar}<button id="theme" type="button" class="button">Light or dark</button></nav>
<main>
{main}
</main>
<script type="module">
{_program()}
</script>
</body>
</html>
"""


@cache
def _styles() -> str:
    return "\n".join(style(name) for name in ("explorer", "lesson", "page"))


@cache
def _program() -> str:
    return COMMENT.sub("", module(*MODULES)).replace("</script", "<\\/script")
