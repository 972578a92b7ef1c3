"""One server process in one home: started, found again, stopped."""

import atexit
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from events.errors import EmbeddedServerError
from ouroboros.embedded.accounts import Account, identity
from ouroboros.embedded.failures import ELSEWHERE, explained, gave_up, port_taken
from ouroboros.embedded.homes import HomeLock, is_free

START_S = 90.0  # replaying a long write-ahead log after a crash takes its time
STOP_S = 30.0


@dataclass(frozen=True)
class Plan:
    """How a server is run, how one sees that it is up, and which signals end it."""

    name: str
    home: Path
    port: int
    command: tuple[str, ...]
    locale: str
    answers: Callable[[], bool] = field(repr=False)  # may hold a password
    stop_signal: signal.Signals
    kill_signal: signal.Signals
    pid_file: Path | None = None  # None: the server writes one itself
    account: Account | None = None

    @property
    def log(self) -> Path:
        """Return the file that holds what the server prints."""
        return self.home / "server.log"


def bare_environment(locale: str) -> dict[str, str]:
    """Return an environment without the caller's settings for Java and PostgreSQL, which would leak in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return kept | {"LC_ALL": locale, "TZ": "UTC"}


def run_program(
    name: str,
    command: Sequence[str],
    log: Path,
    locale: str,
    account: Account | None = None,
    *,
    stdin: str = "",
) -> None:
    """Run a program in the folder of its log, to its end. Raises EmbeddedServerError where it fails."""
    with log.open("wb") as output:
        done = subprocess.run(
            command,
            input=stdin.encode(),
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env=bare_environment(locale),
            check=False,
            **identity(account),
        )
    if done.returncode != 0:
        raise gave_up(name, done.returncode, log, 0)


def command_line(pid: int) -> str:
    """Return the command line of a running process; empty when there is none or it is a zombie."""
    if sys.platform == "linux":
        try:
            return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" "))
        except (FileNotFoundError, ProcessLookupError):
            return ""
    return subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout


def stop_leftover(
    name: str,
    pid_file: Path,
    marker: str,
    signals: Sequence[signal.Signals],
    report: Callable[[str], None],
) -> None:
    """Stop the server of an Ouroboros that was killed; call it with the home's lock held.

    The marker stands in the command line of this home's server and of no other. A pid file whose process
    is some other program's, as after a reboot, is removed: PostgreSQL would take that program for itself
    and refuse to start. Raises EmbeddedServerError when the server does not end.
    """
    try:
        pid = int(pid_file.read_bytes().split(b"\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    line = command_line(pid)
    if marker not in line:
        if line:
            pid_file.unlink(missing_ok=True)
        return
    report(f"Stopping the {name} that a killed Ouroboros left behind (process {pid}) ...")
    for how in signals:
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        deadline = time.monotonic() + STOP_S
        while time.monotonic() < deadline:
            if marker not in command_line(pid):
                return
            time.sleep(0.05)
    raise EmbeddedServerError(f"{name} (process {pid}) does not end.", f"End it by hand, or {ELSEWHERE}.")


class LocalServer:
    """Run one server: at most one per home, and none that outlives an orderly exit of this process.

    `pid` is the process id of the server, or of the last one when it was stopped.
    """

    def __init__(self, plan: Plan, lock: HomeLock) -> None:
        self.plan = plan
        self.home = plan.home
        self.pid = 0
        self._lock = lock
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()

    def start(self) -> None:
        """Start the server. Raises EmbeddedServerError when it ends, or gives no answer within START_S."""
        with explained(self.plan.name, self.plan.home):
            self._lock.take()
            try:
                if not is_free(self.plan.port):
                    raise port_taken(self.plan.port)
                self._process = self._launch()
                self.pid = self._process.pid
                if self.plan.pid_file is not None:
                    self.plan.pid_file.write_text(f"{self.pid}\n", encoding="ascii")
                atexit.register(self._stop_at_exit)
                self._wait(self._process)
            except BaseException:
                self.kill()
                raise

    def stop(self) -> None:
        """Stop the server in order if it runs, insist after STOP_S seconds, and give the home back."""
        self._end(self.plan.stop_signal)

    def kill(self) -> None:
        """End the server at once, as a crash would, and give the home back."""
        self._end(self.plan.kill_signal)

    def _launch(self) -> subprocess.Popen[bytes]:
        plan = self.plan
        if plan.log.exists():
            plan.log.replace(plan.log.with_suffix(".log.1"))
        with plan.log.open("wb") as log:
            return subprocess.Popen(
                plan.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=plan.home,
                env=bare_environment(plan.locale),
                # The terminal's Ctrl-C is for this process, which then stops its servers in order.
                start_new_session=True,
                **identity(plan.account),
            )

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        plan = self.plan
        deadline = time.monotonic() + START_S
        while not plan.answers():
            exit_code = process.poll()
            if exit_code is not None:
                raise gave_up(plan.name, exit_code, plan.log, plan.port)
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"{plan.name} did not answer on port {plan.port} within {START_S:.0f} seconds.",
                    f"Look into its log, {plan.log}, and start again, or {ELSEWHERE}.",
                )
            time.sleep(0.05)

    def _end(self, first: signal.Signals) -> None:
        process = self._process
        if process is not None:
            for how in (first, self.plan.kill_signal, signal.SIGKILL):
                process.send_signal(how)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(STOP_S)
                    break
            self._process = None
            if self.plan.pid_file is not None:
                self.plan.pid_file.unlink(missing_ok=True)
            atexit.unregister(self._stop_at_exit)
        self._lock.release()

    def _stop_at_exit(self) -> None:
        # A forked child inherits this hook, but the server is not the child's to stop.
        if os.getpid() == self._owner:
            self.stop()
