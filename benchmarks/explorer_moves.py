"""Time an Explorer in a real JupyterLab: from a key on a slider to the painted plot.

Opens a section's Explorer in headless Chromium, moves one field's slider by keyboard, and reports
the time to the plot's change and its paint, and the bytes that the kernel sent for each move.
With another checkout beside, both are opened, moved in turns, and compared.

    python benchmarks/explorer_moves.py ebs-volume-types --field size_gib --beside ../before
"""

import argparse
import contextlib
import json
import os
import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, Page, WebSocket, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
ROOT = Path(__file__).resolve().parents[1]
SETTINGS = ROOT / "awsnb" / "lab_settings"
NOTEBOOK = "explorer.ipynb"
WARM = 5  # moves that do not count
CELL = """from awsnb import Explorer

Explorer("{}")"""
CURVES = ".awsnb-area :is(path.awsnb-line, path.awsnb-bar), .scatterlayer path.js-line"
CURVE = f".awsnb-plot :is({CURVES})"

# resolves to [ms to the first change of a curve, ms to its paint] after the next key
WATCH = """
() => { window.awsnbMove = new Promise((done) => {
  let start = null;
  document.addEventListener("keydown", () => { start ??= performance.now(); },
                            { capture: true, once: true });
  const watcher = new MutationObserver(() => {
    if (start === null) return;
    watcher.disconnect();
    const changed = performance.now() - start;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => done([changed, performance.now() - start]);
      channel.port2.postMessage(0);
    });
  });
  watcher.observe(document.querySelector(".awsnb-plot"),
                  { subtree: true, childList: true, attributes: true, attributeFilter: ["d"] });
  setTimeout(() => done(null), 5000);
}) }
"""


@dataclass
class Traffic:
    """Bytes and frames that kernels have sent to the page."""

    frames: int = 0
    size: int = 0
    outside: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("websocket", self._websocket)
        page.on("request", lambda request: self._request(request.url))

    def _websocket(self, socket: WebSocket) -> None:
        if "/api/kernels/" in socket.url:
            socket.on("framereceived", self._frame)

    def _frame(self, payload: str | bytes) -> None:
        self.frames += 1
        self.size += len(payload.encode() if isinstance(payload, str) else payload)

    def _request(self, url: str) -> None:
        if not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")):
            self.outside.append(url)


@contextlib.contextmanager
def lab(root: Path, tree: Path) -> Iterator[str]:
    """Serve a folder with JupyterLab, and a checkout's awsnb; gives the URL of its notebooks."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    base = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as settings:
        own = tree / "awsnb" / "lab_settings"  # 3824a8b has none
        shutil.copytree(own if own.exists() else SETTINGS, settings, dirs_exist_ok=True)
        if not own.exists():
            Path(settings, "page_config.json").unlink()
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.root_dir={root}",
            "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0", "--LabApp.expose_app_in_browser=True",
            "--ServerApp.kernel_websocket_connection_class=awsnb.lab_socket.PromptConnection",
            f"--IdentityProvider.token={token}", f"--LabApp.app_settings_dir={settings}",
        ]  # fmt: skip
        if os.geteuid() == 0:
            command.append("--allow-root")
        server = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(tree), "JUPYTERLAB_SETTINGS_DIR": settings,
                 "JUPYTERLAB_WORKSPACES_DIR": settings},
        )  # fmt: skip
        try:
            _wait_for(f"{base}/api/status?token={token}")
            yield f"{base}/lab/tree/{{notebook}}?token={token}&reset"
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)


def run_all(page: Page, patience_s: float = 60) -> float:
    """Run the open notebook; gives the seconds to a drawn plot."""
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.wait_for_selector(
        '.jp-Toolbar [data-status="idle"], .jp-NotebookPanel-toolbar', timeout=60_000
    )
    page.wait_for_function(
        "() => document.body.innerText.includes('Idle')"
        " || document.querySelector('[data-status=idle]')", timeout=60_000
    )  # fmt: skip
    for _ in range(3):  # a run asked for before the session is attached is lost
        if page.locator(".jp-Dialog .jp-mod-accept").count():
            print("dialog:", page.locator(".jp-Dialog").first.inner_text(), file=sys.stderr)
            page.click(".jp-Dialog .jp-mod-accept >> nth=0")
        start = time.perf_counter()
        page.click(".jp-Notebook .jp-CodeCell .cm-content >> nth=0")
        page.keyboard.press("Shift+Enter")
        with contextlib.suppress(Exception):
            page.wait_for_selector(CURVE, timeout=1000 * patience_s / 3, state="attached")
            return time.perf_counter() - start
    raise TimeoutError("the notebook drew no plot")


def move(page: Page, handle: str, key: str) -> tuple[float, float] | None:
    """Press one key on a slider; gives ms to the plot's change and to its paint."""
    page.evaluate(WATCH)
    page.press(handle, key)
    return page.evaluate("() => window.awsnbMove")


def measure(opened: Sequence[tuple[Page, Traffic]], name: str, moves: int) -> list[dict[str, Any]]:
    """Move a field's slider back and forth, on each page in turn."""
    handle = f".awsnb-field-{name} input[type=range]"
    told: list[list[tuple[float, float, int, int]]] = [[] for _ in opened]
    for i in range(moves + WARM):
        key = "ArrowRight" if i % 20 < 10 else "ArrowLeft"
        for (page, traffic), own in zip(opened, told, strict=True):
            before = traffic.size, traffic.frames
            times = move(page, handle, key)
            page.wait_for_timeout(60)  # what is still on its way belongs to this move
            if i >= WARM and times is not None:
                own.append((*times, traffic.size - before[0], traffic.frames - before[1]))
    return [_summary(own) for own in told]


def _summary(told: Sequence[tuple[float, float, int, int]]) -> dict[str, Any]:
    changed, painted, sent, frames = zip(*told, strict=True)
    return {
        "moves": len(told),
        "changed_median_ms": statistics.median(changed),
        "painted_median_ms": statistics.median(painted),
        "painted_p95_ms": statistics.quantiles(painted, n=20)[-1],
        "bytes_median": statistics.median(sent),
        "bytes_max": max(sent),
        "frames_median": statistics.median(frames),
    }


@contextlib.contextmanager
def opened(browser: Browser, tree: Path, section: str, width: int) -> Iterator[dict[str, Any]]:
    """Open a section's Explorer as a checkout has it, and run it."""
    cell = nbformat.v4.new_code_cell(CELL.format(section))
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata=metadata)
    with tempfile.TemporaryDirectory() as folder, lab(Path(folder), tree) as url:
        nbformat.write(notebook, Path(folder, NOTEBOOK))
        page = browser.new_page(viewport={"width": width, "height": 1000})
        traffic = Traffic()
        traffic.watch(page)
        page.goto(url.format(notebook=NOTEBOOK))
        first_plot_s = run_all(page)
        page.wait_for_timeout(500)
        yield {"page": page, "traffic": traffic, "first_plot_s": first_plot_s,
               "first_bytes": traffic.size}  # fmt: skip
        page.close()


def main() -> None:
    """Measure, and print one JSON object; of two checkouts, the one beside comes second."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("section")
    parser.add_argument("--field", action="append", required=True)
    parser.add_argument("--beside", type=Path, help="another checkout to compare with")
    parser.add_argument("--moves", type=int, default=60)
    parser.add_argument("--width", type=int, default=1400)
    parser.add_argument("--shot", type=Path, help="where to keep a screenshot")
    asked = parser.parse_args()
    trees = [ROOT, *([asked.beside.resolve()] if asked.beside else [])]
    with sync_playwright() as playwright, contextlib.ExitStack() as stack:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        stack.callback(browser.close)
        sides = [
            stack.enter_context(opened(browser, tree, asked.section, asked.width)) for tree in trees
        ]
        pages = [(side["page"], side["traffic"]) for side in sides]
        report: dict[str, Any] = {"load": os.getloadavg()[0]}
        for key in ("first_plot_s", "first_bytes"):
            report[key] = [side[key] for side in sides]
        for name in asked.field:
            report[name] = measure(pages, name, asked.moves)
        report["requests_outside"] = [traffic.outside for _, traffic in pages]
        if asked.shot:
            pages[0][0].screenshot(path=asked.shot)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
