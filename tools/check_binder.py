"""Do what Binder does, without Docker: install, warm up, start, run a notebook, save one.

`python tools/check_binder.py [--python PATH]`. The tree is what git would commit, copied to a
temporary folder; the environment and the home folder are new.
"""

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = "notebooks/04-ebs-volume-types.ipynb"
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET = {"card": {"model_name": "AnyModel", "state": {"guess": "A"}}}
ADDRESS = re.compile(r"http://127[.\d]+:\d+")
TOKEN = "binder"
COUNT_CACHE = """
import json
from awsnb._jit import KERNELS
stats = [kernel.stats for kernel in KERNELS if hasattr(kernel, "stats")]
count = {name: sum(sum(getattr(s, name).values()) for s in stats)
         for name in ("cache_hits", "cache_misses")}
print(json.dumps(count))
"""


def copy_tree(to: Path) -> None:
    """Copy what git tracks, and what it would if all were added."""
    git = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT)]
    which = ["-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run([*git, "ls-files", *which], check=True, capture_output=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def runtime_python() -> str:
    """Find the Python that Binder would use, or settle for this one, and say which."""
    wanted = (ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    found = shutil.which(f"python{wanted}")
    if found and subprocess.run([found, "--version"], capture_output=True).returncode == 0:
        return found
    print(f"no Python {wanted} here: using {sys.version.split()[0]} instead", flush=True)
    return sys.executable


def simulate(python: str) -> None:
    """Build and start as Binder does, in folders that are thrown away."""
    with tempfile.TemporaryDirectory(prefix="awsnb-binder-") as name:
        folder = Path(name)
        tree, venv, home = folder / "repo", folder / "venv", folder / "home"
        tree.mkdir()
        home.mkdir()
        copy_tree(tree)
        env = {key: value for key, value in os.environ.items() if not key.startswith("NUMBA_")}
        env["PATH"] = f"{venv / 'bin'}{os.pathsep}{env['PATH']}"
        at_home = {**env, "HOME": str(home)}

        def step(title: str, command: list[str], environment: dict[str, str]) -> None:
            start = time.perf_counter()
            subprocess.run(command, cwd=tree, env=environment, check=True)
            print(f"binder: {title}: {time.perf_counter() - start:.0f} s", flush=True)

        step("new environment", [python, "-m", "venv", str(venv)], env)
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        step("requirements.txt", [*pip, "-r", "binder/requirements.txt"], env)
        step("postBuild", ["binder/postBuild"], at_home)
        run = ["binder/start", "python", "tools/check_binder.py", "--inside"]
        step("start, one notebook, and the server", run, at_home)


def run_on_warm_kernels() -> None:
    """Run the notebook where Binder would, and refuse a kernel that had to be compiled."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(COUNT_CACHE))
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        store_widget_state=False,
        resources={"metadata": {"path": "notebooks"}},
    )
    client.execute()
    count = json.loads(notebook.cells[-1].outputs[0].text)
    print(f"binder: {NOTEBOOK} ran on Python {sys.version.split()[0]}: {count}", flush=True)
    if count["cache_misses"] or not count["cache_hits"]:
        sys.exit("binder: the kernels were not loaded from the cache that postBuild made")


def save_without_kernel() -> None:
    """Save a notebook whose widget no kernel listens to: the server has to keep its state."""
    with _server() as address:
        for state in (WIDGET, {}):
            _ask(f"{address}/api/contents/saved.ipynb", _notebook(state))
        kept = _ask(f"{address}/api/contents/saved.ipynb")
        settings = _ask(f"{address}/lab/api/settings/@jupyter-widgets/jupyterlab-manager:plugin")
    if kept["content"]["metadata"]["widgets"][STATE]["state"] != WIDGET:
        sys.exit("binder: a notebook that was saved without its kernel has lost its widgets")
    if not settings["schema"]["properties"]["saveState"]["default"]:
        sys.exit("binder: JupyterLab does not save widgets with their notebook")
    print("binder: widgets are saved with their notebook, and kept without its kernel", flush=True)


@contextmanager
def _server() -> Iterator[str]:
    """Start JupyterLab's server as Binder would, and return its address."""
    command = ["jupyter", "lab", "--no-browser", f"--IdentityProvider.token={TOKEN}", "--port=0"]
    command += ["--allow-root"] if os.geteuid() == 0 else []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            address = next(filter(None, map(ADDRESS.search, process.stderr)))[0]
            while not _listens(address) and process.poll() is None:  # it says so a little early
                time.sleep(0.1)
            yield address
        finally:
            process.terminate()


def _listens(address: str) -> bool:
    """Whether a server takes connections there."""
    with socket.socket() as one:
        host, port = address.removeprefix("http://").split(":")
        return one.connect_ex((host, int(port))) == 0


def _ask(address: str, content: dict[str, Any] | None = None) -> Any:
    """Get what is at an address, or put a notebook there."""
    model = {"type": "notebook", "format": "json", "content": content}
    request = urllib.request.Request(
        address,
        data=json.dumps(model).encode() if content else None,
        headers={"Authorization": f"token {TOKEN}"},
        method="PUT" if content else "GET",
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def _notebook(state: dict[str, Any]) -> dict[str, Any]:
    """Make a notebook that shows the widget; of its state it has what is given."""
    import nbformat

    cell = nbformat.v4.new_code_cell("1")
    shown = {VIEW: {"model_id": "card"}, "text/plain": "in words"}
    cell.outputs = [nbformat.v4.new_output("display_data", shown)]
    made = nbformat.v4.new_notebook(cells=[cell])
    made.metadata["widgets"] = {STATE: {"state": state, "version_major": 2, "version_minor": 0}}
    return made


def main() -> None:
    """Simulate a Binder build and start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", help="the interpreter to use; Binder's version if it is here")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        run_on_warm_kernels()
        save_without_kernel()
        return
    try:
        simulate(arguments.python or runtime_python())
    except subprocess.CalledProcessError as error:
        sys.exit(f"binder: failed: {' '.join(map(str, error.cmd))}")


if __name__ == "__main__":
    main()
