"""Parts of a page: what a notebook says and shows, as HTML that needs no kernel."""

import base64
import html
import json
import re
import zlib
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from typing import Any

from awsnb import figures
from awsnb.lessons import Checked, Exercise, Prediction, Progress, Steps
from awsnb.lessons.predictions import SURE, WELL_JUDGED, Card
from awsnb.page import packed
from awsnb.results import Comparison, Option, Result
from awsnb.site.cells import Ran

GUESSES = 40  # of a number, at which the plot of what happens is ready
OTHER_PAGES = {"00-index": "index", "27-claims": "claims"}  # of no section
NOTEBOOK = re.compile(r'href="([\w-]+)\.ipynb(#[^"]*)?"')
STYLE = re.compile(r"<style.*?</style>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
MONTH = re.compile(r"<td>(?=\d{4}-\d\d</td>)")


def escaped(text: object) -> str:
    """Write a text as HTML."""
    return html.escape(str(text))


def markdown(source: str) -> str:
    """Write Markdown as HTML; links to notebooks lead to their pages."""
    text = str(_markdown()(source)).replace("</table>", "</table></div>")
    text = text.replace("<table>", '<div class="scroll"><table class="told">')
    text = MONTH.sub('<td class="month">', text)
    return NOTEBOOK.sub(lambda found: f'href="{page_name(found[1])}{found[2] or ""}"', text)


@cache
def _markdown() -> Any:
    import mistune

    class Renderer(mistune.HTMLRenderer):
        def heading(self, text: str, level: int, **_: Any) -> str:
            name = re.sub(r"\W+", "-", html.unescape(TAG.sub("", text))).strip("-").lower()
            return f'<h{level} id="{name}">{text}</h{level}>\n'

    return mistune.create_markdown(renderer=Renderer(escape=False), plugins=["table", "task_lists"])


def page_name(notebook: str) -> str:
    """Return the name of the page that a notebook becomes."""
    return f"{OTHER_PAGES.get(notebook, notebook)}.html"


def embedded(kind: str, data: str, inside: str = "") -> str:
    """Embed data for the page's programs, and what stands there without them."""
    data = data.replace("</", "<\\/")
    return f'<div class="{kind}">{inside}<script type="application/json">{data}</script></div>'


def encoded(data: bytes) -> str:
    """Write bytes as text."""
    return base64.b64encode(data).decode("ascii")


def decoded(text: str) -> bytes:
    """Read bytes from the text that `encoded` wrote."""
    return base64.b64decode(text)


def sealed(value: Any) -> str:
    """Write a value so that nobody reads it by chance."""
    return encoded(zlib.compress(json.dumps(value).encode()))


def figure(results: Sequence[Result], names: Sequence[str] = (), alt: str = "") -> str:
    """Draw a result, and others beside it, by the page's own program."""
    result, *kept = results
    drawn = figures.curves(result, kept)
    picture = figures.panels(result, drawn, kept)
    logs = figures.slots(picture)
    columns = [encoded(packed(y.ravel(), log)) for (_, y), log in zip(drawn, logs, strict=True)]
    words = alt or f"{result.label}. {result.why}"
    told = {"picture": picture, "columns": columns, "alt": words, "names": list(names)}
    without = f"<p>{escaped(words)}</p>"
    return embedded("figure", json.dumps(told, separators=(",", ":")), without)


def numbers(result: Result) -> str:
    """List all numbers of a result."""
    rows = "".join(
        f"<tr><th scope=row>{escaped(one.label)}</th><td>{escaped(one.text)}</td></tr>"
        for one in result.numbers
    )
    return f'<table class="told numbers">{rows}</table>'


def answer(result: Result) -> str:
    """Say a result: the why, its numbers, its notes."""
    notes = "".join(f"<li>{escaped(note)}</li>" for note in result.notes)
    told = f"<p><strong>{escaped(result.label)}</strong></p><p>{escaped(result.why)}</p>"
    return told + numbers(result) + (f'<ul class="small">{notes}</ul>' if notes else "")


def ranked(compared: Comparison) -> list[Option]:
    """Order the options: those that hold first, the cheapest of them on top."""
    return sorted(
        compared.options,
        key=lambda option: (
            option is not compared.best,
            not option.holds,
            option.cost_usd_month or 0.0,
        ),
    )


def alternatives(compared: Comparison) -> str:
    """Show the options as a table, with a bar for what each costs."""
    options = ranked(compared)
    labels = [number.label for number in options[0].numbers]
    dearest = max((option.cost_usd_month or 0.0 for option in options), default=0.0)
    bars = "<th><span class=hidden-text>cost</span></th>" if dearest else ""
    heads = "".join(f"<th>{escaped(label)}</th>" for label in labels)
    rows = "".join(_option(option, compared, dearest) for option in options)
    return (
        f'<div class="scroll"><table class="alternatives"><thead><tr><th>option</th>{bars}{heads}'
        f"<th>holds</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _option(option: Option, compared: Comparison, dearest: float) -> str:
    best = ' class="best"' if option is compared.best else ""
    share = 100 * (option.cost_usd_month or 0.0) / (dearest or 1.0)
    tone = "" if option.holds else ' class="no"'
    priced = option.cost_usd_month is not None
    filled = f'<i{tone} style="width:{share:.1f}%"></i>' if priced else ""
    bar = f'<td class="bar">{filled}</td>' if dearest else ""
    cells = "".join(f"<td>{escaped(number.text)}</td>" for number in option.numbers)
    remark = f"<small>{escaped(option.remark)}</small>" if option.remark else ""
    holds = '<b class="yes">✓ yes</b>' if option.holds else '<b class="no">✕ no</b>'
    name = f"<th scope=row>{escaped(option.label)} {remark}</th>"
    return f"<tr{best}>{name}{bar}{cells}<td>{holds}</td></tr>"


def prediction(asked: Prediction) -> str:
    """Ask for a prediction; what happens is sealed until the reader commits."""
    with closing(Card(asked)) as card:
        told = {"asked": card.asked, "sealed": sealed(_verdicts(asked))}
    listed = "".join(f"<li>{escaped(choice)}</li>" for choice in asked.choices)
    setting = f'<p class="muted">{escaped(asked.setting)}</p>' if asked.setting else ""
    question = f"{setting}<p><strong>{escaped(asked.question)}</strong></p><ul>{listed}</ul>"
    return embedded("prediction", json.dumps(told), question)


def _verdicts(asked: Prediction) -> dict[str, Any]:
    """Say what a reader is told, by the guess; of a number, by guesses close to each other."""
    guesses: Sequence[Any] = asked.choices
    if asked.kind == "sketch":
        guesses = [asked.answer]
    if asked.kind == "number":
        ratio = asked.high / asked.low
        guesses = [asked.low * ratio ** (i / GUESSES) for i in range(GUESSES + 1)]
    told = [[guess, asked.verdict(guess)] for guess in guesses]
    return {"verdicts": told, "unit": asked.unit, "within": asked.within}


def exercise(asked: Exercise) -> str:
    """Ask an exercise; what is right is sealed. A text that only a model can try is no form."""
    if not asked.is_closed:
        return (
            f'<p class="small muted">{escaped(asked.name)} needs the model to try your answer: '
            "do it in the notebook.</p>"
        )
    told = {
        "name": asked.name,
        "unit": asked.unit,
        "choices": asked.choices,
        "wanted": asked.wanted,
        "sealed": sealed(_judgement(asked)),
    }
    without = f"<p>{escaped(asked.name)}: answer with {escaped(asked.wanted)}.</p>"
    return embedded("exercise", json.dumps(told), without)


def _judgement(asked: Exercise) -> dict[str, Any]:
    """Say what is right, and what each answer is told; ``{}`` stands for the answer."""
    offs = {"low": "too low", "high": "too high", "other": "not it"}
    given = asked.said("{}")
    return {
        "truth": float(asked.truth) if asked.is_number else str(asked.truth),
        "within": asked.tolerance,
        "right": asked.praise,
        **{kind: asked.wrong(given, off) for kind, off in offs.items()},
    }


def explorer(book: bytes, result: Result, made_of: str = "") -> str:
    """Stand an Explorer on the page: what it can answer, and without programs the first answer."""
    return (
        f'<div class="explorer" data-made-of="{made_of}"><div>{answer(result)}</div>'
        f'<script type="text/plain">{encoded(book)}</script></div>'
    )


def shown(ran: Ran) -> list[str]:
    """Return what a cell shows, but for what a page shows in its own way."""
    parts = [_pre(ran.printed)] if ran.printed.strip() else []
    parts += [part for data in ran.shown if (part := _bundle(data))]
    value = _value(ran.value)
    return [*parts, *([value] if value else [])]


def _value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Checked):
        return exercise(value.exercise)
    if isinstance(value, Progress):
        levels = [list(level) for level in zip(SURE, WELL_JUDGED, strict=True)]
        return embedded("progress", json.dumps(levels))
    if isinstance(value, Result):
        return answer(value)
    if isinstance(value, Comparison):
        return f"<p>{escaped(value.why)}</p>{alternatives(value)}"
    if isinstance(value, Steps):
        steps = value._repr_mimebundle_()[0]["text/html"]
        return f'<div class="steps-at-aws">{steps}</div>'
    written = getattr(value, "_repr_html_", lambda: None)()
    return _html(written) if written else _pre(repr(value))


def _bundle(data: Any) -> str:
    if figures.LIVE in data:
        return figure(data[figures.LIVE], alt=data["text/plain"]) if data[figures.LIVE] else ""
    if "text/html" in data:
        return _html(data["text/html"])
    has_widget = "application/vnd.jupyter.widget-view+json" in data
    return "" if has_widget else _pre(data.get("text/plain", ""))


def _html(text: str) -> str:
    plain = (
        STYLE.sub("", text).replace(' border="1"', "").replace('class="dataframe"', 'class="told"')
    )
    return f'<div class="scroll">{plain}</div>'


def _pre(text: str) -> str:
    return f"<pre>{escaped(text.rstrip())}</pre>" if text.strip() else ""


def folded(summary: str, inside: str) -> str:
    """Fold a part away under its name."""
    return f'<details class="fold"><summary>{escaped(summary)}</summary>{inside}</details>'
