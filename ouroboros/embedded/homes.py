"""Folders that belong to one server at a time and are filled completely or not at all."""

import errno
import fcntl
import os
import secrets
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from events.errors import EmbeddedServerError


class HomeLock:
    """Keep a home for the process that holds the lock; the kernel frees it when that process dies."""

    def __init__(self, home: Path, name: str) -> None:
        self._home = home
        self._name = name
        self._descriptor: int | None = None

    def take(self) -> None:
        """Take the lock, if it is not taken. Raises EmbeddedServerError when another Ouroboros holds it."""
        if self._descriptor is not None:
            return
        descriptor = os.open(self._home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode().strip() or "unknown"
            os.close(descriptor)
            raise EmbeddedServerError(
                f"Another Ouroboros (process {holder}) is running {self._name} in {self._home}.",
                "Stop that one first, or name another folder in OUROBOROS_HOME.",
            ) from None
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the home back, or do nothing when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def locked(home: Path, name: str) -> Iterator[HomeLock]:
    """Take the lock of a home for the server that is started meanwhile; give it back where that fails."""
    lock = HomeLock(home, name)
    lock.take()
    try:
        yield lock
    except BaseException:
        lock.release()
        raise


def filled_once(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Return the folder, filled under another name and renamed when it is complete.

    A start that is killed half-way leaves nothing that a later one would mistake for the whole, and of two
    that start at once the second waits for the first. Raises what `fill` raises.
    """
    if folder.is_dir():
        return folder
    with (folder.parent / f".{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            part = folder.with_name(f"{folder.name}.part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            try:
                fill(part)
                part.rename(folder)
            except BaseException:
                shutil.rmtree(part, ignore_errors=True)
                raise
    return folder


# Below the ports that Linux and macOS lend to outgoing connections: a client that keeps calling a server
# which is down would sooner or later be lent the server's own port, and keep it.
CHOICE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Return whether a server could listen on that port now."""
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


def choose_port(memory: Path) -> int:
    """Return the port of last time if it is free, else any free one.

    The port is written to `memory`, so that what was pointed at a server finds it again after a restart.
    """
    last = memory.read_text(encoding="ascii").strip() if memory.exists() else ""
    remembered = int(last) if last.isdecimal() and int(last) < 65536 else 0
    chosen = remembered if remembered and is_free(remembered) else free_port()
    memory.write_text(f"{chosen}\n", encoding="ascii")
    return chosen
