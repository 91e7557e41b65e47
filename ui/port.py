"""Whether the chat can listen where it is told to, found out before anything else is started."""

from __future__ import annotations

import errno
import socket

from index.errors import DoorUnavailable


def require_port(host: str, port: int) -> None:
    """Raise DoorUnavailable, with what to do instead, when nothing can listen on that host and port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            unusable = f"Can't listen on {host}, port {port} ({error.strerror}); try --host 127.0.0.1"
            raise DoorUnavailable(port_in_use(port) if error.errno == errno.EADDRINUSE else unusable) from error


def port_in_use(port: int) -> str:
    """The message for a port that is taken."""
    return f"Port {port} is in use; another one: rag chat --port {port + 1}"
