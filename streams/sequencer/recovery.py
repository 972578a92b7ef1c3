"""What the journal already holds of a partition, looked up when the partition is taken over.

Whatever of a partition is not yet acknowledged was appended to it at a certain time, and can
only have reached the journal after that. So the journal is read from there on, and no
further back, for the high-water marks of its sources.
"""

from collections.abc import Iterable

import orjson

from events.journal import POSITIONS_HEADER
from events.topics import JOURNAL
from streams.kafka import PartitionReader
from streams.settings import Settings

# Brokers' clocks may differ by a little.
CLOCK_MARGIN_MS = 60_000


async def high_water_marks_since(settings: Settings, timestamp_ms: int) -> dict[str, int]:
    """Read the last offset of every source in what was journaled since a time."""
    reader = PartitionReader(settings, settings.topic(JOURNAL))
    await reader.start()
    marks: dict[str, int] = {}
    try:
        start = await reader.offset_at(max(0, timestamp_ms - CLOCK_MARGIN_MS))
        async for records in reader.read(start, await reader.end()):
            for record in records:
                _raise_marks(marks, record.headers)
    finally:
        await reader.stop()
    return marks


def _raise_marks(marks: dict[str, int], headers: Iterable[tuple[str, bytes]]) -> None:
    for name, content in headers:
        if name == POSITIONS_HEADER:
            for source, offset, _ in orjson.loads(content):
                marks[source] = max(offset, marks.get(source, -1))
