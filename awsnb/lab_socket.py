"""The socket between JupyterLab's server and the page, as `awsnb lab` sets it up."""

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Passes each of a kernel's messages on at once.

    A move of a slider is answered by several short messages. By default the operating system holds
    the second back until the first is acknowledged (Nagle's algorithm, RFC 896), and the page's
    side waits with that for up to 40 ms in case it has something to send too (delayed
    acknowledgement, RFC 1122): every other move would take 40 ms longer.
    """

    def connect(self) -> Any:
        """Connect the page to the kernel."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
