"""The journal on Kafka as a history: what of it counted, by the projector's own rules."""

import asyncio
import queue
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime

from events.errors import JournalGap
from events.journal import decode_record
from ouroboros.history.hashing import Hashing
from ouroboros.history.ordering import ordered
from ouroboros.history.source import Entry, Order
from projections.base import JournaledEvent
from projections.deduplication import Deduplicator, deduplicate
from streams.kafka import check_topics, reading_journal
from streams.messages import as_pairs
from streams.settings import Settings

# Batches of the journal that wait for whoever reads them.
BATCHES_AHEAD = 2

_Batch = list[JournaledEvent] | BaseException | None
_Batches = queue.Queue[_Batch]


class Journal:
    """The events that counted in the journal on Kafka, read from its beginning."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._hashing = Hashing("journal")
        self._last = -1

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read what stands there now; what counted is told by the projector's own rules.

        Raises UsageError where no broker answers, UnreadableEvent for a record that is none of ours,
        JournalGap where records are missing.
        """
        return self._hashing.through(ordered(self._counted(), order, until, "journal"))

    def last_offset(self) -> int:
        """Tell the last offset of the journal when its reading began."""
        return self._last

    @property
    def hashes(self) -> Mapping[str, str]:
        """Give the hash of the events that were last read to the end."""
        return self._hashing.hashes

    def _counted(self) -> Iterator[Entry]:
        batches: _Batches = queue.Queue(BATCHES_AHEAD)
        left = threading.Event()

        # A thread of its own: whoever reads may stand inside an event loop.
        def run() -> None:
            try:
                asyncio.run(self._fill(batches, left))
            except BaseException as error:
                _put(batches, error, left)
            else:
                _put(batches, None, left)

        reader = threading.Thread(target=run, name="journal history", daemon=True)
        reader.start()
        try:
            while (batch := batches.get()) is not None:
                if isinstance(batch, BaseException):
                    raise batch
                for one in batch:
                    yield Entry(one.offset, one.index, one.event)
        finally:
            left.set()
            reader.join()

    async def _fill(self, batches: _Batches, left: threading.Event) -> None:
        await check_topics(self._settings)
        async with reading_journal(self._settings) as journal:
            end = await journal.end()
            self._last = end - 1
            deduplicator, expected = Deduplicator(), 0
            async for records in journal.read(0, end):
                for record in records:
                    if record.offset != expected:
                        raise JournalGap(
                            f"The journal goes on at offset {record.offset} where {expected} was expected.",
                            "Check the retention of the topic; the archive in the database may have it all.",
                        )
                    expected = record.offset + 1
                    runs = decode_record(record.value, as_pairs(record.headers))
                    deduplicator, taken = deduplicate(deduplicator, record.offset, runs)
                    if not _put(batches, taken, left):
                        return


def _put(
    batches: _Batches,
    batch: _Batch,
    left: threading.Event,
) -> bool:
    """Hand a batch over; tell whether anybody is still reading."""
    while not left.is_set():
        with suppress(queue.Full):
            batches.put(batch, timeout=0.2)
            return True
    return False
