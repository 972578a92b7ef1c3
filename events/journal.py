"""Records of the journal: what a sequencer read at once, and where it read it.

A record's value is a JSON array of events. Its `positions` header says, in the order of
the array, which source each run of events came from: `[["deals/0", 41, 2], ...]` are two
events out of the message at offset 41 of partition 0 of `deals`. The source of a bar names
its series too (`equity.prices/3#NVDA`), because bars close in another order than their
partition's ticks came in; its offset is that of the last tick inside.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
from pydantic import NonNegativeInt, TypeAdapter, ValidationError

from events.base import Event
from events.catalog import MANY_EVENTS
from events.codec import decode_document, encode
from events.errors import UnreadableEvent

POSITIONS_HEADER = "positions"
RECORD_BYTES = 1024 * 1024

_POSITIONS = TypeAdapter(list[tuple[str, NonNegativeInt, NonNegativeInt]])
_FOREIGN = "Only sequencers write to the journal; publish events to the ingress topics."


@dataclass(frozen=True, slots=True)
class Run:
    """Events that came out of one message of one source, all of them or none."""

    source: str
    offset: int
    events: tuple[Event, ...]


def encode_records(runs: Iterable[Run]) -> Iterator[tuple[bytes, list[tuple[str, bytes]]]]:
    """Yield runs as values and headers of journal records of about RECORD_BYTES; a run is never cut."""
    parts: list[bytes] = []
    positions: list[tuple[str, int, int]] = []
    size = 0
    for run in runs:
        parts.append(b",".join(map(encode, run.events)))
        positions.append((run.source, run.offset, len(run.events)))
        size += len(parts[-1])
        if size >= RECORD_BYTES:
            yield _record(parts, positions)
            parts, positions, size = [], [], 0
    if parts:
        yield _record(parts, positions)


def decode_record(value: bytes, headers: Iterable[tuple[str, bytes]]) -> list[Run]:
    """Read the runs of one journal record, those of earlier releases too.

    Raises UnreadableEvent: the journal is written by sequencers alone, so this is a bug
    or a foreign writer, and never to be skipped.
    """
    positions = next((content for name, content in headers if name == POSITIONS_HEADER), None)
    if positions is None:
        raise UnreadableEvent("A journal record has no positions header.", _FOREIGN)
    try:
        counted = _POSITIONS.validate_json(positions)
    except ValidationError:
        raise UnreadableEvent("The positions header of a journal record is broken.", _FOREIGN) from None
    events = _events(value)
    announced = sum(count for _, _, count in counted)
    if announced != len(events):
        raise UnreadableEvent(
            f"A journal record holds {len(events)} events, its positions header {announced}.", _FOREIGN
        )
    following = iter(events)
    return [Run(source, offset, tuple(islice(following, count))) for source, offset, count in counted]


def _record(
    parts: Sequence[bytes], positions: Sequence[tuple[str, int, int]]
) -> tuple[bytes, list[tuple[str, bytes]]]:
    return b"[" + b",".join(parts) + b"]", [(POSITIONS_HEADER, orjson.dumps(positions))]


def _events(value: bytes) -> Sequence[Event]:
    try:
        return MANY_EVENTS.validate_json(value)
    except ValidationError:
        # Something older than this release: take the slow way through the upcasters.
        return [decode_document(document) for document in _documents(value)]


def _documents(value: bytes) -> list[Any]:
    try:
        documents = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise UnreadableEvent(f"A journal record is not JSON: {error.msg}.", _FOREIGN) from None
    if not isinstance(documents, list):
        raise UnreadableEvent("A journal record is not an array of events.", _FOREIGN)
    return documents
