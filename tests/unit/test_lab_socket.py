from types import SimpleNamespace

import pytest
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyterlab.labapp import LabApp
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


def test_the_socket_is_told_not_to_wait_before_the_kernel_speaks(monkeypatch):
    told = []
    handler = SimpleNamespace(set_nodelay=told.append)
    monkeypatch.setattr(PromptConnection, "websocket_handler", handler)
    monkeypatch.setattr(
        ZMQChannelsWebsocketConnection, "connect", lambda self: told.append("connected")
    )
    PromptConnection.connect(object.__new__(PromptConnection))
    assert told == [True, "connected"]
