"""An event as a row of Parquet: what is looked for in columns of their own, and the whole as JSON.

The columns of bars are empty for facts, so that prices are read without parsing any JSON.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from events.codec import encode
from events.errors import UsageError
from events.families.prices import Bar
from ouroboros.history.source import Entry

if TYPE_CHECKING:
    import pyarrow as pa


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
    time, text, whole, number = pa.timestamp("us", tz="UTC"), pa.string(), pa.int32(), pa.float64()
    every = {
        "journal_offset": pa.int64(),
        "journal_index": whole,
        "event_id": text,
        "event_type": text,
        "schema_version": whole,
        "occurred_at": time,
        "known_at": time,
        "source": text,
        "source_url": text,
        "certainty": text,
        "key": text,
        "payload": text,
    }
    of_bars = {
        "interval_seconds": whole,
        "bucket": time,
        **dict.fromkeys(("open_usd", "high_usd", "low_usd", "close_usd", "volume", "quantity"), number),
        "basis": text,
        "first_at": time,
        "last_at": time,
    }
    return pa.schema(
        [
            pa.field(name, kind, nullable=name in of_bars or name == "source_url")
            for name, kind in (every | of_bars).items()
        ]
    )


def table(entries: Sequence[Entry]) -> "pa.Table":
    """Return rows of entries."""
    columns = schema()
    return arrow().Table.from_pylist([_row(entry, columns.names) for entry in entries], schema=columns)


def _row(entry: Entry, columns: Sequence[str]) -> dict[str, Any]:
    event = entry.event
    row: dict[str, Any] = {
        "journal_offset": entry.offset,
        "journal_index": entry.index,
        "event_id": str(event.event_id),
        "certainty": event.certainty.value,
        "payload": encode(event).decode(),
    }
    # Facts have figures of the same names, which are in their JSON alone.
    shown = columns if isinstance(event, Bar) else columns[: columns.index("payload")]
    return {name: getattr(event, name, None) for name in shown} | row
