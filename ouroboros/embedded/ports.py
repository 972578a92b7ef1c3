"""Ports on 127.0.0.1."""

import errno
import secrets
import socket
from pathlib import Path

from events.errors import EmbeddedServerError
from ouroboros.embedded.failures import port_taken

# Below the ports that Linux and macOS lend to outgoing connections: a client that keeps calling a server
# which is down would sooner or later be lent the server's own port, and keep it.
CHOICE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Tell whether a server could listen on that port now."""
    with socket.socket() as probe:
        # As the servers do themselves: connections that are still winding down do not occupy a port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
    return True


def free_port(other_than: int = 0) -> int:
    """Return a port that nothing listens on at this moment, and that is not `other_than`."""
    while True:
        port = secrets.choice(CHOICE)
        if port != other_than and is_free(port):
            return port


def choose_port(asked: int | None, memory: Path) -> int:
    """Return the port asked for, else the one of last time if it is free, else any free one.

    The port is written to `memory`, so that what was pointed at a server finds it again after a restart.
    Raises EmbeddedServerError when the port asked for is taken or is no port.
    """
    if asked is not None:
        if not 0 < asked < 65536:
            raise EmbeddedServerError(f"{asked} is no port.", "Ask for one between 1 and 65535.")
        if not is_free(asked):
            raise port_taken(asked)
        chosen = asked
    else:
        last = memory.read_text(encoding="ascii").strip() if memory.exists() else ""
        remembered = int(last) if last.isdecimal() and int(last) < 65536 else 0
        chosen = remembered if remembered and is_free(remembered) else free_port()
    memory.write_text(f"{chosen}\n", encoding="ascii")
    return chosen
