"""`ouroboros report`: the state of the database as one HTML file."""

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from events.errors import UsageError
from ouroboros.replay.plan import Plan
from ouroboros.report.page import page
from ouroboros.report.reading import read_facts
from projections.store.namespace import LIVE
from streams.settings import Settings


def write_report(settings: Settings, into: Path, at: datetime | None, out: Console) -> None:
    """Write what is known, or was known at a time, into a file, and say how large it is.

    Raises UsageError where the file cannot be written, or the role may not fold the past; psycopg.Error.
    """
    with _views(settings, at) as views:
        facts = read_facts(settings.database_url, views, at)
    content = page(facts).encode()
    try:
        into.write_bytes(content)
    except OSError as error:
        raise UsageError(
            f"{into} cannot be written: {error.strerror}.", "Name another file with --out."
        ) from None
    known = f"as of {facts.as_of:%Y-%m-%d %H:%M} UTC" if facts.as_of else "of an empty database"
    out.print(f"{into}: {len(content) / 1e6:,.1f} MB, {known}.", markup=False, soft_wrap=True)


def read_time(text: str | None) -> datetime | None:
    """Return a time, in UTC unless it names another zone; a day is meant to its end. Raises UsageError."""
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
        if len(text) == len("2026-01-31"):
            time = time.replace(hour=23, minute=59, second=59, microsecond=999_999)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    # The year 9999 in one zone may be the year 10000 in UTC.
    except (ValueError, OverflowError):
        raise UsageError(
            f"{text!r} is no time.", "Write it as YYYY-MM-DD or as YYYY-MM-DDTHH:MM, in UTC."
        ) from None


def _views(settings: Settings, at: datetime | None) -> AbstractContextManager[str]:
    """Name the schema of the views to read: of the past, they are folded for this report alone."""
    if at is None:
        return nullcontext(LIVE.views)
    from ouroboros.replay.rebuilding import temporary_replay  # noqa: PLC0415  OR-tools takes a second to load

    return temporary_replay(settings, Plan("archive", to_time=at))
