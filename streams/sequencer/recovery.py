"""What the journal already holds of a partition, looked up when the partition is taken over.

Whatever of a partition is not yet acknowledged was appended to it at a certain time, and can
only have reached the journal after that. So the journal is read from there on, and no
further back, for the high-water marks of its sources.
"""

from itertools import chain

import orjson

from events.journal import POSITIONS_HEADER
from streams.kafka import reading_journal
from streams.settings import Settings

# Brokers' clocks may differ by a little.
CLOCK_MARGIN_MS = 60_000


async def high_water_marks_since(settings: Settings, timestamp_ms: int) -> dict[str, int]:
    """Read the last offset of every source in what was journaled since a time."""
    marks: dict[str, int] = {}
    async with reading_journal(settings) as journal:
        start = await journal.offset_at(max(0, timestamp_ms - CLOCK_MARGIN_MS))
        async for records in journal.read(start, await journal.end()):
            headers = chain.from_iterable(record.headers for record in records)
            for content in (content for name, content in headers if name == POSITIONS_HEADER):
                for source, offset, _ in orjson.loads(content):
                    marks[source] = max(offset, marks.get(source, -1))
    return marks
