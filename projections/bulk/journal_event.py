"""The archive of a batch: a block of all its events."""

import numpy as np

from projections.base import Step
from projections.column_block import ColumnBlock
from projections.event_batch import EventBatch, Texts
from projections.journal_event.fold import Archive, apply
from projections.journal_event.rows import JournalEventRow


def archived(state: Archive, batch: EventBatch) -> ColumnBlock:
    """Write every event down: bars out of their columns, the others as the fold does."""
    bars = batch.bars
    # A code of -1 takes the last one, which stands for no symbol.
    key = _texts((*bars.symbols, ""))[bars.code]
    headline = _texts(
        # As `headline` tells a bar, for a third of the time: symbols have no blanks in them and are short.
        [f"{symbol} closed at ${usd:,.2f}" for symbol, usd in zip(key, bars.close_usd.tolist(), strict=True)]
    )
    columns = {
        "known_at": batch.known_at,
        "journal_offset": batch.offset,
        "journal_index": batch.index,
        "event_id": bars.event_id.copy(),
        "event_type": _texts(["EquityBarClosed"]).repeat(len(batch)),
        "occurred_at": bars.occurred_at.copy(),
        "source": bars.source.copy(),
        "certainty": bars.certainty.copy(),
        "key": key,
        "headline": headline,
        "payload": bars.payload.copy(),
    }
    others = list(batch.others)
    rows = [row for journaled in batch.others.values() for row in _rows(apply(state, journaled))]
    for name in ("event_type", "source", "certainty", "key", "headline", "payload"):
        columns[name][others] = _texts([getattr(row, name) for row in rows])
    columns["event_id"][others] = _texts([str(row.event_id) for row in rows])
    columns["occurred_at"][others] = np.array(
        [row.occurred_at.replace(tzinfo=None) for row in rows], dtype="datetime64[us]"
    )
    return ColumnBlock(JournalEventRow, tuple(columns[name] for name in JournalEventRow._fields))


def _rows(step: Step[Archive]) -> list[JournalEventRow]:
    return [row for row in step.rows if isinstance(row, JournalEventRow)]


def _texts(texts: "list[str] | tuple[str, ...]") -> Texts:
    made = np.empty(len(texts), dtype=object)
    made[:] = texts
    return made
