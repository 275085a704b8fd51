"""A real JupyterLab, started as a learner would, and a headless Chromium that looks at it."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import (
    Browser,
    Locator,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
ARTIFACTS = ROOT / "test-artifacts"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LAB_SETTINGS = {
    "docmanager-extension/plugin": {"autosave": False},
}
START_S = 60
MADE_UP = "made-up.ipynb"
MADE_UP_CELLS = [
    (Path(__file__).parent / "made_up.py").read_text("utf-8"),
    "from awsnb import Explorer\n\nExplorer(PATIENCE)",
    "len(asked)",
    "import os\n\nos.getpid()",
    "from awsnb import lessons\n\n"
    "lessons.estimate('How many?', 1, 100, answer=7, because='Seven.')",
    *[f"print({number})" for number in range(60)],
]
LIMIT_MS = 60_000
expect.set_options(timeout=LIMIT_MS / 2)


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def report_file(report_of: Callable[[str], Any]) -> Path:
    return report_of("ebs-volume-types").file


@pytest.fixture(scope="module")
def browser(report_file: Path, chromium: Browser) -> Browser:  # the report is made before
    return chromium


@pytest.fixture(scope="module")  # not the session: Playwright's event loop would stay in the way
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        reason = "no Chromium found: on Debian, apt-get install chromium fonts-dejavu-core"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def lab_address(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """Install awsnb into a temporary folder as a wheel would, run `awsnb lab`, give URL and token.

    The checkout's own notebooks are never opened, let alone saved. A notebook of a made-up section
    stands beside the copies: `MADE_UP`.
    """
    folder = tmp_path_factory.mktemp("lab")
    package = folder / "site" / "awsnb"
    shutil.copytree(ROOT / "awsnb", package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("data", "notebooks"):
        shutil.copytree(ROOT / name, package / name)
    nbformat.write(made_up_notebook(), package / "notebooks" / MADE_UP)
    for name, settings in LAB_SETTINGS.items():
        file = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(settings))
    env = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
    env |= {
        "PYTHONPATH": str(folder / "site"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    env.pop("AWSNB_STATIC", None)
    command = [sys.executable, "-c", "from awsnb.cli import app; app()", "lab", "--no-browser"]
    with open(folder / "lab.log", "w") as log:
        server = subprocess.Popen(
            [*command, "--port", str(free_port()), "--folder", str(folder / "mine")],
            cwd=folder,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield wait_for_server(server, folder)
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()


def made_up_notebook() -> nbformat.NotebookNode:
    cells = [nbformat.v4.new_code_cell(source) for source in MADE_UP_CELLS]
    spec = {"name": "python3", "display_name": "Python 3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_server(server: subprocess.Popen[bytes], folder: Path) -> tuple[str, str]:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and server.poll() is None:
        for file in (folder / "runtime").glob("jpserver-*.json"):
            try:
                found = json.loads(file.read_text())
            except ValueError:  # half written
                continue
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", found["port"])) == 0:
                    return found["url"], found["token"]
        time.sleep(0.1)
    pytest.fail("awsnb lab did not start:\n" + (folder / "lab.log").read_text()[-3000:])


class Lab:
    """A browser page on the lab, and what went wrong on it."""

    def __init__(self, page: Page, url: str, token: str) -> None:
        self.page, self.url, self.token = page, url, token
        self.page_errors: list[str] = []
        self.left_the_machine: list[str] = []
        page.on("pageerror", lambda error: self.page_errors.append(str(error)))
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        where = urlsplit(request.url)
        over_network = where.scheme in ("http", "https", "ws", "wss")
        if over_network and where.hostname not in ("127.0.0.1", "localhost"):
            self.left_the_machine.append(request.url)

    def open_notebook(self, name: str, reset: bool = True) -> None:
        """Open a notebook and wait until its kernel answers; `reset` forgets the old layout."""
        options = f"token={self.token}" + ("&reset" if reset else "")
        self.page.goto(f"{self.url}lab/tree/{name}?{options}")
        self.wait_for_kernel()

    def open_made_up(self) -> None:
        """Open the made-up section's notebook and run its Explorer."""
        self.open_notebook(MADE_UP)
        self.run_made_up()

    def run_made_up(self) -> None:
        self.run_cell(0)
        self.run_cell(1)

    def wait_for_kernel(self) -> None:
        self.page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
        kernel = self.page.locator(".jp-NotebookPanel .jp-KernelName").first
        expect(kernel).to_contain_text("Python 3", timeout=LIMIT_MS)
        self.wait_until_idle()

    def wait_until_idle(self) -> None:
        indicator = self.page.locator(".jp-Notebook-ExecutionIndicator").first
        expect(indicator).to_have_attribute("data-status", "idle", timeout=LIMIT_MS)

    def run_all(self, tries: int = 3) -> None:
        """Run every cell, from the menu; again if the click came before the kernel."""
        self.menu("Edit", "Clear Outputs of All Cells")
        for _ in range(tries):
            self.menu("Run", "Run All Cells")
            if self._all_have_run():
                return
            self.assert_clean()
        raise AssertionError(f"some cells did not run: {self.prompts()}")

    def run_cell(self, number: int) -> str:
        """Run the code cell of this number, from 0; return the text that it leaves."""
        cell = self.page.locator(".jp-CodeCell").nth(number)
        prompt = cell.locator(".jp-InputPrompt").first
        prompt.scroll_into_view_if_needed()
        prompt.click()
        prompt.evaluate("node => { node.textContent = 'not yet'; }")  # the count may be the same
        self.page.keyboard.press("Control+Enter")
        expect(prompt).to_have_text(re.compile(r"\[\d+\]"))
        return " ".join(cell.locator(".jp-OutputArea-output pre").all_text_contents())

    def restart_kernel(self) -> None:
        """Restart the kernel from the menu, and wait until it answers."""
        self.menu("Kernel")
        self.page.locator(".lm-Menu-itemLabel", has_text="Restart Kernel…").first.click()
        self.page.locator(".jp-Dialog button.jp-mod-accept").last.click()
        self.wait_until_idle()

    def save(self) -> None:
        """Save the notebook, and wait until the server has it."""

        def saved(response: Response) -> bool:
            return response.request.method == "PUT" and "/api/contents/" in response.url

        with self.page.expect_response(saved) as response:
            self.page.keyboard.press("Control+s")
        assert response.value.ok

    def stop_kernels(self) -> None:
        """Stop every kernel, as a server does that is started anew."""
        sessions = self.page.request.get(f"{self.url}api/sessions?token={self.token}").json()
        for session in sessions:
            where = f"{self.url}api/sessions/{session['id']}?token={self.token}"
            assert self.page.request.delete(where).ok

    def menu(self, *path: str) -> None:
        for name in path:
            self.page.get_by_role("menuitem", name=name, exact=True).first.click()

    def prompts(self) -> list[str]:
        """Return the execution counts as shown: a number, `*` while running, or nothing.

        A cell whose source is folded away shows its count beside its output alone.
        """
        shown = self.page.locator(".jp-CodeCell").evaluate_all(
            """cells => cells.map(cell => [".jp-InputPrompt", ".jp-OutputPrompt"]
                .map(prompt => cell.querySelector(prompt)?.textContent ?? "")
                .find(text => text.trim()) ?? "")"""
        )
        return [prompt.strip().strip("[]: ") for prompt in shown]

    def _all_have_run(self) -> bool:
        deadline = time.monotonic() + LIMIT_MS / 1000
        idle_looks = 0
        while time.monotonic() < deadline and idle_looks < 15:
            prompts = self.prompts()
            if prompts[0].isdigit() and prompts[-1].isdigit() and "*" not in prompts:
                first = int(prompts[0])  # a folded cell whose output is a figure shows no count
                assert all(p in ("", str(first + step)) for step, p in enumerate(prompts))
                assert int(prompts[-1]) == first + len(prompts) - 1
                self.wait_until_idle()
                return True
            idle_looks = 0 if "*" in prompts else idle_looks + 1
            self.page.wait_for_timeout(200)
        return False

    def slider(self, label: str) -> Locator:
        """Return the Explorer's slider with this label."""
        return self.page.locator(".awsnb-explorer").get_by_role("slider", name=label, exact=True)

    def assert_clean(self) -> None:
        """No error in an output, none on the page, and nothing asked of another machine."""
        outputs = self.page.locator(
            ".jp-RenderedText[data-mime-type='application/vnd.jupyter.error'],"
            ".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']"
        )
        assert outputs.all_text_contents() == []
        assert self.page.get_by_text("Error displaying widget").count() == 0
        assert self.page_errors == []
        assert self.left_the_machine == []

    def screenshot(self, name: str) -> None:
        """Keep a picture of the page in test-artifacts/."""
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{name}.png")


@pytest.fixture
def lab(
    browser: Browser, lab_address: tuple[str, str], request: pytest.FixtureRequest
) -> Iterator[Lab]:
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(LIMIT_MS)
    page = Lab(context.new_page(), *lab_address)
    yield page
    page.screenshot(re.sub(r"\W+", "-", request.node.name))
    context.close()
