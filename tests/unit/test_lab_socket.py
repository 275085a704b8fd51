from types import SimpleNamespace

import pytest
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyterlab.labapp import LabApp
from jupyterlab_server.config import get_page_config
from typer.testing import CliRunner

from awsnb.cli import app
from awsnb.lab_socket import PromptConnection


@pytest.fixture
def lab_arguments(monkeypatch):
    asked = []
    monkeypatch.setattr(LabApp, "launch_instance", asked.extend)
    assert CliRunner().invoke(app, ["lab", "--no-browser"]).exit_code == 0
    return asked


def test_lab_uses_it(lab_arguments):
    server = ServerApp()
    server.parse_command_line([one for one in lab_arguments if "connection_class" in one])
    assert server.kernel_websocket_connection_class is PromptConnection


def test_lab_shows_that_the_kernel_is_busy_in_one_place_alone(lab_arguments):
    (settings,) = [one for one in lab_arguments if "app_settings_dir" in one]
    off = get_page_config([], settings.partition("=")[2])["disabledExtensions"]
    assert "@jupyterlab/application-extension:faviconbusy" in off
    parts = "apputils", "console", "notebook"  # the last two can't start without the first
    assert set(off) >= {f"@jupyterlab/{part}-extension:kernel-status" for part in parts}


def test_the_socket_is_told_not_to_wait_before_the_kernel_speaks(monkeypatch):
    told = []
    handler = SimpleNamespace(set_nodelay=told.append)
    monkeypatch.setattr(PromptConnection, "websocket_handler", handler)
    monkeypatch.setattr(
        ZMQChannelsWebsocketConnection, "connect", lambda self: told.append("connected")
    )
    PromptConnection.connect(object.__new__(PromptConnection))
    assert told == [True, "connected"]
