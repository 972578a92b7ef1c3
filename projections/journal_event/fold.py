"""The archive: every event that counted, kept where no broker can lose it."""

from datetime import datetime
from typing import Annotated, NamedTuple
from uuid import UUID

import numpy as np

from events.base import Event
from events.codec import encode
from events.words import price
from projections.base import BatchStep, BigInt, JournaledEvent, Projection, SqlType, Table
from projections.column_block import ColumnBlock
from projections.event_batch import EventBatch
from projections.kernel import LearnedBatch


class JournalEventRow(NamedTuple):
    """One event as the journal holds it; `headline` tells it in one line, `payload` is its JSON."""

    known_at: datetime
    journal_offset: BigInt
    journal_index: int
    event_id: UUID
    event_type: str
    occurred_at: datetime
    source: str
    certainty: str
    key: str
    headline: str
    payload: Annotated[str, SqlType("jsonb")]


def project(state: None, learned: LearnedBatch) -> BatchStep[None]:
    """Write a batch: bars of shares out of their columns, all other events one by one."""
    rows = tuple([_row(journaled) for journaled in learned.batch.others.values()])
    # Batches of facts alone are small, and empty columns would cost more than their rows.
    return BatchStep(state, (_bars(learned.batch), rows) if learned.batch.bars.symbols else (rows,))


def _bars(batch: EventBatch) -> ColumnBlock:
    bars = batch.bars
    at = np.flatnonzero(bars.code >= 0)
    symbols = np.array(bars.symbols, dtype=object)[bars.code[at]]
    headlines = np.empty(len(at), dtype=object)
    # As the events themselves have them, for a third of the time.
    closes_usd = bars.close_usd[at].tolist()
    headlines[:] = [
        f"{symbol} closed at {price(usd)}" for symbol, usd in zip(symbols, closes_usd, strict=True)
    ]
    columns = {
        # The events' own, rather than the folds' clock.
        "known_at": batch.known_at[at],
        "journal_offset": batch.offset[at],
        "journal_index": batch.index[at],
        "event_id": bars.event_id[at],
        "event_type": np.full(len(at), "EquityBarClosed", dtype=object),
        "occurred_at": bars.occurred_at[at],
        "source": bars.source[at],
        "certainty": bars.certainty[at],
        "key": symbols,
        "headline": headlines,
        "payload": bars.payload[at],
    }
    return ColumnBlock(JournalEventRow, tuple(columns[name] for name in JournalEventRow._fields))


def _row(journaled: JournaledEvent) -> JournalEventRow:
    # Naming the columns would cost twice the time.
    event = journaled.event
    return JournalEventRow(
        event.known_at,
        journaled.offset,
        journaled.index,
        event.event_id,
        event.event_type,
        event.occurred_at,
        event.source,
        event.certainty.value,
        event.key,
        event.headline,
        encode(event).decode(),
    )


JOURNAL_EVENT = Projection(
    name="journal_event",
    version=1,
    initial=None,
    reads=(Event,),
    project=project,
    tables=(Table("journal_event", JournalEventRow, time_column="known_at"),),
)
