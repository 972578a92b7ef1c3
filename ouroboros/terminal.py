"""The terminal, its log and its progress bars, and the settings: what all commands share."""

import logging
from datetime import UTC, datetime

from pydantic import ValidationError
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from events.errors import UsageError, short
from streams.settings import Settings

PROBLEMS_SHOWN = 20

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

OURS = ("ouroboros", "streams", "projections")
# These report every leader and coordinator that moves; what matters reaches us as exceptions.
TALKATIVE = ("aiokafka", "faust", "mode")


def say(sentence: str, console: Console = out) -> None:
    """Print words that may come from anyone: as they are, and broken by the terminal alone."""
    console.print(sentence, markup=False, soft_wrap=True)


def read_settings() -> Settings:
    """Read the settings from the environment. Raises UsageError naming the one that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = f"OUROBOROS_{str(first['loc'][0]).upper()}"
        raise UsageError(f"The setting {name} cannot be used: {first['msg']}.", f"Correct {name}.") from None


def time_of(text: str | None, option: str) -> datetime | None:
    """Read a day or a time, in UTC unless it says otherwise. Raises UsageError naming the option."""
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    # The year 9999 in one zone may be the year 10000 in UTC.
    except (ValueError, OverflowError):
        raise UsageError(
            f"{option} {short(text)} is no date.", "Write it as 2026-01-31 or 2026-01-31T14:30:00Z."
        ) from None


def log_to_stderr(level: int) -> None:
    """Show what we log from a level on."""
    logging.basicConfig(
        level=logging.WARNING,
        format="%(message)s",
        handlers=[RichHandler(console=err, show_path=False, rich_tracebacks=False)],
    )
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def progress() -> Progress:
    """Return progress bars on stderr; each task has a field `note`, a text beside its bar."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(),
        console=err,
        transient=not err.is_terminal,
    )


class Problems:
    """Shows what does not fit, the first PROBLEMS_SHOWN of it in full and the rest as a number."""

    def __init__(self) -> None:
        self.count = 0

    def show(self, problem: object) -> None:
        """Show what a person can mend, in a line."""
        self.count += 1
        if self.count <= PROBLEMS_SHOWN:
            say(str(problem), err)

    def show_rest(self) -> None:
        """Say how much more there was."""
        if self.count > PROBLEMS_SHOWN:
            err.print(f"... and {self.count - PROBLEMS_SHOWN:,} more.")
