import orjson

from events.codec import decode_document
from projections.journal_event.fold import JOURNAL_EVENT, JournalEventRow
from tests.given import event, given, noon, rows_of

REPAID = event("LoanRepaid", "2026-01-02", facility_id="f", amount_usd=5e8)


def test_every_event_is_archived_whole_with_its_place_and_told_in_a_line() -> None:
    (_, row) = rows_of(given(JOURNAL_EVENT, event("ClockTicked"), REPAID), JournalEventRow)
    assert (row.journal_offset, row.journal_index, row.event_id) == (1, 0, REPAID.event_id)
    assert (row.event_type, row.key, row.source, row.certainty) == ("LoanRepaid", "f", "test", "stated")
    assert row.headline == "$500M of the loan f was paid back"
    assert decode_document(orjson.loads(row.payload)) == REPAID


def test_what_comes_late_is_archived_with_its_own_time() -> None:
    late = event("LoanRepaid", "2026-01-01", facility_id="f", amount_usd=5e8)
    rows = rows_of(given(JOURNAL_EVENT, REPAID, late), JournalEventRow)
    assert [row.known_at for row in rows] == [noon("2026-01-02"), noon("2026-01-01")]
