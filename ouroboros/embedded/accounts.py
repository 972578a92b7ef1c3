"""PostgreSQL refuses to run as root: which account runs it then, and where that account can reach."""

import hashlib
import os
import pwd
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from events.errors import EmbeddedServerError
from ouroboros.embedded.failures import ELSEWHERE

ROOT_PLACE = Path("/var/lib/ouroboros")
ORDINARY = "nobody"


@dataclass(frozen=True)
class Account:
    """An account of this machine, by its numbers."""

    uid: int
    gid: int


def ordinary_account() -> Account | None:
    """Return the account that root lends PostgreSQL, None for others. Raises EmbeddedServerError."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(ORDINARY)
    except KeyError:
        raise EmbeddedServerError(
            f"PostgreSQL refuses to run as root, and this machine has no user {ORDINARY} to run it as.",
            f"Start Ouroboros as an ordinary user, or {ELSEWHERE}.",
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def identity(account: Account | None) -> dict[str, Any]:
    """Return the arguments that make subprocess run a program as that account, without root's groups."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def reaches(account: Account, path: Path) -> bool:
    """Return whether the account may enter a folder or run a program, by letting it try."""
    trial = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
    return subprocess.run(trial, cwd="/", check=False, **identity(account)).returncode == 0


def settle(home: Path, account: Account | None, report: Callable[[str], None]) -> Path:
    """Create the home and return it, or the folder that stands in for it when the account cannot enter it.

    Nobody's permissions are changed but those of folders made here. Raises EmbeddedServerError when the
    account cannot enter the stand-in either.
    """
    if account is None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return home
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    if reaches(account, nearest):
        _make_passable(home)
        if reaches(account, home):
            return home
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    stand_in = shared_place() / f"{home.name}-{digest}"
    _make_passable(stand_in)
    if not reaches(account, stand_in):
        raise EmbeddedServerError(
            f"PostgreSQL runs as {ORDINARY} when started by root, and {ORDINARY} can enter neither {home} "
            f"nor {stand_in}.",
            f"Choose a home whose parent folders all may enter, or {ELSEWHERE}.",
        )
    report(f"PostgreSQL runs as {ORDINARY}, who cannot enter {home}: its data are kept in {stand_in}.")
    return stand_in


def shared_place() -> Path:
    """Create and return the folder for what root's own folders would hide from the account."""
    _make_passable(ROOT_PLACE)
    return ROOT_PLACE


def _make_passable(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o711)
