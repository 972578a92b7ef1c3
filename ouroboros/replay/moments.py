"""Moments as people type them."""

from datetime import UTC, datetime

from events.errors import UsageError, short


def moment(text: str | None, option: str) -> datetime | None:
    """Read a day or a moment, in UTC unless it says otherwise. Raises UsageError naming the option."""
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    # The year 9999 in one zone may be the year 10000 in UTC.
    except (ValueError, OverflowError):
        raise UsageError(
            f"{option} {short(text)} is no moment.", "Write it as 2026-01-31 or 2026-01-31T14:30:00Z."
        ) from None
