"""An event as a row of Parquet: what is looked for in columns of their own, and the whole as JSON.

The columns of bars are empty for facts, so that prices are read without parsing any JSON.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from events.codec import encode
from events.errors import UsageError
from events.families.prices import EquityBarClosed, GpuBarClosed
from ouroboros.history.source import Entry

if TYPE_CHECKING:
    import pyarrow as pa

_OF_BARS = (
    "interval_seconds",
    "bucket",
    "open_usd",
    "high_usd",
    "low_usd",
    "close_usd",
    "first_at",
    "last_at",
)


def arrow() -> Any:
    """Import pyarrow. Raises UsageError with a remedy where it is not installed."""
    try:
        import pyarrow  # noqa: PLC0415  a worker's image does not have it
        import pyarrow.parquet  # noqa: PLC0415
    except ImportError:
        raise UsageError(
            "Parquet needs pyarrow, which is not installed.",
            "Run `pip install 'ouroboros[research]'`, or use JSONL.",
        ) from None
    return pyarrow


def schema() -> "pa.Schema":
    """Return the columns of an exported row; times are in UTC, to the microsecond."""
    pa = arrow()
    time, text = pa.timestamp("us", tz="UTC"), pa.string()
    fields: list[tuple[str, Any, bool]] = [
        ("journal_offset", pa.int64(), False),
        ("journal_index", pa.int32(), False),
        ("event_id", text, False),
        ("event_type", text, False),
        ("schema_version", pa.int32(), False),
        ("occurred_at", time, False),
        ("known_at", time, False),
        ("source", text, False),
        ("source_url", text, True),
        ("certainty", text, False),
        ("key", text, False),
        ("payload", text, False),
        ("interval_seconds", pa.int32(), True),
        ("bucket", time, True),
        ("open_usd", pa.float64(), True),
        ("high_usd", pa.float64(), True),
        ("low_usd", pa.float64(), True),
        ("close_usd", pa.float64(), True),
        ("volume", pa.float64(), True),
        ("quantity", pa.float64(), True),
        ("basis", text, True),
        ("first_at", time, True),
        ("last_at", time, True),
    ]
    return pa.schema([pa.field(name, kind, nullable=empty) for name, kind, empty in fields])


def table(entries: Sequence[Entry]) -> "pa.Table":
    """Return rows of entries."""
    return arrow().Table.from_pylist([_row(entry) for entry in entries], schema=schema())


def _row(entry: Entry) -> dict[str, Any]:
    event = entry.event
    row: dict[str, Any] = {
        "journal_offset": entry.offset,
        "journal_index": entry.index,
        "event_id": str(event.event_id),
        "event_type": event.event_type,
        "schema_version": event.schema_version,
        "occurred_at": event.occurred_at,
        "known_at": event.known_at,
        "source": event.source,
        "source_url": event.source_url,
        "certainty": event.certainty.value,
        "key": event.key,
        "payload": encode(event).decode(),
    }
    match event:
        case EquityBarClosed():
            row |= {name: getattr(event, name) for name in _OF_BARS} | {"volume": event.volume}
        case GpuBarClosed():
            row |= {name: getattr(event, name) for name in _OF_BARS}
            row |= {"quantity": event.quantity, "basis": event.basis}
        case _:
            pass
    return row
