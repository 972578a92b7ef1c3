from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import journal
from events.codec import encode
from events.errors import UnreadableEvent
from events.journal import POSITIONS_HEADER, RECORD_BYTES, Run, decode_record, encode_records
from tests.events.documents import announced, leg, taken, terminated
from tests.strategies import ANY_EVENT, NAMES

RUNS = st.lists(
    st.builds(Run, NAMES, st.integers(0, 2**62), st.lists(ANY_EVENT, min_size=1, max_size=4).map(tuple)),
    max_size=6,
)


def big_run(offset: int, size: int, events: int = 1) -> Run:
    """Make a run of about so many bytes."""
    each = taken(terminated(why="x" * 4000))
    count = max(events, size // len(encode(each)))
    return Run(
        "deals/0",
        offset,
        tuple(each.model_copy(update={"event_id": UUID(int=number)}) for number in range(count)),
    )


def positions(*runs: tuple[str, int, int]) -> list[tuple[str, bytes]]:
    return [(POSITIONS_HEADER, orjson.dumps(runs))]


ONE = encode(taken(terminated()))


@settings(max_examples=100, deadline=None)
@given(RUNS, st.integers(1, 3000))
def test_runs_come_back_as_they_were_written_however_they_are_cut_into_records(
    runs: list[Run], record_bytes: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "RECORD_BYTES", record_bytes)
        records = list(encode_records(runs))
    assert [run for value, headers in records for run in decode_record(value, headers)] == runs
    # Nothing but the last run of a record goes beyond the size.
    for value, headers in records:
        *all_but_last, _ = decode_record(value, headers)
        assert sum(len(b",".join(map(encode, run.events))) for run in all_but_last) < record_bytes


def test_no_runs_make_no_record() -> None:
    assert list(encode_records([])) == []


def test_small_runs_share_a_record() -> None:
    runs = [big_run(offset, 1) for offset in range(50)]
    ((_, headers),) = encode_records(runs)
    assert orjson.loads(dict(headers)[POSITIONS_HEADER]) == [["deals/0", offset, 1] for offset in range(50)]


def test_records_are_bounded() -> None:
    runs = [big_run(offset, 100_000) for offset in range(40)]
    records = list(encode_records(runs))
    assert len(records) > 2
    assert all(RECORD_BYTES <= len(value) < RECORD_BYTES + 110_000 for value, _ in records[:-1])


def test_a_run_is_never_cut() -> None:
    runs = [big_run(0, 1), big_run(1, 3 * RECORD_BYTES), big_run(2, 1)]
    records = list(encode_records(runs))
    assert [[run.offset for run in decode_record(*record)] for record in records] == [[0, 1], [2]]


def test_events_of_earlier_versions_are_brought_up_to_today() -> None:
    old = orjson.dumps([announced(leg(conditional=True), schema_version=1), terminated()])
    (run,) = decode_record(old, positions(("deals/0", 7, 2)))
    assert [(event.event_type, event.schema_version) for event in run.events] == [
        ("DealAnnounced", 2),
        ("DealTerminated", 1),
    ]


def test_other_headers_are_passed_over() -> None:
    (run,) = decode_record(b"[" + ONE + b"]", [("trace", b"\xff"), *positions(("deals/0", 7, 1))])
    assert (run.source, run.offset) == ("deals/0", 7)


@pytest.mark.parametrize(
    ("value", "headers", "reason"),
    [
        (b"[" + ONE + b"]", [], "has no positions header"),
        (b"[" + ONE + b"]", [(POSITIONS_HEADER, b"[")], "positions"),
        (b"[" + ONE + b"]", [(POSITIONS_HEADER, b"7")], "positions"),
        (b"[" + ONE + b"]", [(POSITIONS_HEADER, b'[["deals/0", 1]]')], "positions"),
        (b"[" + ONE + b"]", positions(("deals/0", 7, 2)), "holds 1 events, its positions header 2"),
        (
            b"[" + ONE + b"," + ONE + b"]",
            positions(("deals/0", 7, 1)),
            "holds 2 events, its positions header 1",
        ),
        (b"[" + ONE + b"," + ONE + b"]", positions(), "holds 2 events, its positions header 0"),
        (b"[" + ONE, positions(("deals/0", 7, 1)), "not JSON"),
        (b"7", positions(("deals/0", 7, 1)), "array"),
        (ONE, positions(("deals/0", 7, 1)), "array"),
        (b"[7]", positions(("deals/0", 7, 1)), "this is a number"),
        (b'[{"event_type":"DealCrashed"}]', positions(("deals/0", 7, 1)), "'DealCrashed' is not known"),
    ],
)
def test_a_record_that_no_sequencer_wrote_is_refused(
    value: bytes, headers: list[tuple[str, bytes]], reason: str
) -> None:
    with pytest.raises(UnreadableEvent, match=reason):
        decode_record(value, headers)
