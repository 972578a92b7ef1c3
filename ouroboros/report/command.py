"""`ouroboros report`: the state of the database as one HTML file."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from events.errors import UsageError
from ouroboros.report.figures import graph_objects
from ouroboros.report.page import page
from ouroboros.report.reading import read_facts
from streams.settings import Settings


def write_report(settings: Settings, into: Path, at: datetime | None, out: Console) -> None:
    """Write what stands, or stood at a time, into a file, and say how large it is.

    Raises UsageError where plotly is not installed or the file cannot be written, psycopg.Error.
    """
    graph_objects()
    facts = read_facts(settings.database_url, at)
    content = page(facts).encode()
    try:
        into.write_bytes(content)
    except OSError as error:
        raise UsageError(
            f"{into} cannot be written: {error.strerror}.", "Name another file with --out."
        ) from None
    known = f"as of {facts.as_of:%Y-%m-%d %H:%M} UTC" if facts.as_of else "of an empty database"
    out.print(f"{into}: {len(content) / 1e6:,.1f} MB, {known}.", markup=False, soft_wrap=True)


def moment_named(text: str | None) -> datetime | None:
    """Read a time, in UTC unless it says otherwise; a day is meant to its end. Raises UsageError."""
    if text is None:
        return None
    try:
        named = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is no time.", "Write it as YYYY-MM-DD or as YYYY-MM-DDTHH:MM, in UTC."
        ) from None
    if len(text) == len("2026-01-31"):
        named = named.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return named if named.tzinfo else named.replace(tzinfo=UTC)
