"""What is exported comes back: the same events, in both orders, and no file that has changed."""

import json
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.base import Event
from events.codec import decode_document, encode
from events.errors import UsageError
from events.families.deals import DealAnnounced
from events.families.prices import EquityBarClosed
from events.ledger import ledger
from ouroboros.history import writing as writing_module
from ouroboros.history.manifest import MANIFEST, Format, Manifest, read_manifest, sha256
from ouroboros.history.opening import open_history
from ouroboros.history.source import Entry, Order, journaled
from ouroboros.history.writing import writing
from tests.strategies import ANY_EVENT, events_of

FORMATS: tuple[Format, ...] = ("parquet", "jsonl")


def exported(
    folder: Path, entries: Iterable[Entry], format_: Format = "parquet", origin: str = "archive"
) -> Manifest:
    with writing(folder, origin, format_) as (writer, _):
        for entry in entries:
            writer.add(entry)
        return writer.finish()


def placed(events: Sequence[Event]) -> list[Entry]:
    """Give events places as a journal does: two a record, some offsets without any that counted."""
    return [Entry(number // 2 * 3, number % 2, event) for number, event in enumerate(events)]


def waiver(known_at: str, facility: str = "f") -> Event:
    return decode_document(
        {
            "event_type": "CreditWaiverReported",
            "occurred_at": known_at,
            "known_at": known_at,
            "source": "desk",
            "certainty": "reported",
            "facility_id": facility,
            "borrower": "B",
            "kind": "waiver",
        }
    )


def as_known(entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: (one.event.known_at, one.offset, one.index))


@pytest.mark.parametrize("format_", FORMATS)
@settings(deadline=None, max_examples=60)
@given(st.lists(ANY_EVENT | events_of(EquityBarClosed), max_size=12))
def test_events_of_all_types_come_back_the_same_in_both_orders(format_: Format, events: list[Event]) -> None:
    entries = placed(events)
    with tempfile.TemporaryDirectory() as folder:
        exported(Path(folder), entries, format_)
        history = open_history(folder)
        assert list(history.entries(Order.JOURNAL)) == entries
        assert list(history.entries(Order.KNOWN)) == as_known(entries)
        for until in [one.event.known_at for one in entries[:2]]:
            known = [one for one in entries if one.event.known_at <= until]
            assert list(history.entries(Order.JOURNAL, until)) == known
            assert list(history.entries(Order.KNOWN, until)) == as_known(known)


def test_events_lie_in_folders_by_the_month_in_which_they_were_known(tmp_path: Path) -> None:
    moments = ["2025-10-31T23:59:59Z", "2025-11-01T00:00:00Z", "2025-10-01T00:00:00Z"]
    manifest = exported(tmp_path, placed([waiver(one) for one in moments]))
    assert [(one.name, one.events, one.in_known_order) for one in manifest.files] == [
        ("month=2025-10/part-0.parquet", 2, False),
        ("month=2025-11/part-0.parquet", 1, True),
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [MANIFEST, "month=2025-10", "month=2025-11"]


def test_the_manifest_says_what_is_there(tmp_path: Path) -> None:
    facts = [Entry(offset + 7, 0, event) for offset, event in enumerate(ledger())]
    exported(tmp_path, facts)
    manifest = json.loads((tmp_path / MANIFEST).read_text())
    assert (manifest["format_version"], manifest["events"]) == (1, len(facts))
    assert (manifest["first_offset"], manifest["last_offset"]) == (7, 6 + len(facts))
    assert datetime.fromisoformat(manifest["first_known_at"]) == facts[0].event.known_at
    assert datetime.fromisoformat(manifest["last_known_at"]) == facts[-1].event.known_at
    hashes = {one["name"]: one["sha256"] for one in manifest["files"]}
    assert hashes == {name: sha256(tmp_path / name) for name in hashes}
    assert open_history(tmp_path).hashes == hashes


def test_bars_are_read_from_columns_and_facts_leave_them_empty(tmp_path: Path) -> None:
    at = datetime(2025, 10, 1, 20, tzinfo=UTC)
    bar = EquityBarClosed.model_validate(
        {
            "event_id": "f85d6495-73fa-57ca-9056-d3d9c20280d2",
            **dict.fromkeys(("occurred_at", "known_at", "first_at", "last_at"), at),
            **{"bucket": at - timedelta(hours=20), "interval_seconds": 86_400, "volume": 12.5},
            **{"open_usd": 2.5, "high_usd": 4, "low_usd": 2, "close_usd": 3, "symbol": "CAT"},
            **{"source": "desk", "certainty": "reported"},
        }
    )
    exported(tmp_path, placed([bar, waiver("2025-10-02T00:00:00Z")]))
    first, second = pq.read_table(tmp_path / "month=2025-10" / "part-0.parquet").to_pylist()
    prices = ("open_usd", "high_usd", "low_usd", "close_usd", "volume", "interval_seconds")
    assert [first[name] for name in prices] == [2.5, 4.0, 2.0, 3.0, 12.5, 86_400]
    assert (first["bucket"], first["last_at"], first["key"]) == (bar.bucket, at, "CAT")
    assert {second[name] for name in (*prices, "bucket", "first_at", "basis", "quantity")} == {None}
    assert second["payload"] == encode(waiver("2025-10-02T00:00:00Z")).decode()


@pytest.mark.parametrize("format_", FORMATS)
def test_an_export_goes_on_where_it_ended(tmp_path: Path, format_: Format) -> None:
    facts = placed(ledger())
    exported(tmp_path, facts[:30], format_)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob(f"*.{format_}")}
    exported(tmp_path, facts[30:], format_)
    assert list(open_history(tmp_path).entries(Order.JOURNAL)) == facts
    assert list(open_history(tmp_path).entries(Order.KNOWN)) == as_known(facts)
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_small_bounds_of_memory_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, bound in (("ROWS_WAITING", 5), ("ROWS_PER_GROUP", 3), ("MONTHS_OPEN", 2)):
        monkeypatch.setattr(writing_module, name, bound)
    facts = placed(ledger()[::-1] + [waiver(f"2025-{month:02}-01T00:00:00Z") for month in (3, 9, 3, 9, 4)])
    manifest = exported(tmp_path, facts)
    assert any("part-1" in one.name for one in manifest.files)
    assert list(open_history(tmp_path).entries(Order.JOURNAL)) == facts
    assert list(open_history(tmp_path).entries(Order.KNOWN)) == as_known(facts)


def test_a_failure_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    facts = placed(ledger())
    exported(tmp_path, facts[:10])
    there = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(RuntimeError), writing(tmp_path, "archive", "parquet") as (writer, _):
        for entry in facts[10:]:
            writer.add(entry)
        raise RuntimeError
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == there


@pytest.mark.parametrize("change", ["flip", "cut", "remove"])
def test_a_file_that_has_changed_is_refused(tmp_path: Path, change: str) -> None:
    manifest = exported(tmp_path, placed(ledger()))
    path = tmp_path / manifest.files[0].name
    content = path.read_bytes()
    match change:
        case "flip":
            path.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
        case "cut":
            path.write_bytes(content[:-1])
        case _:
            path.unlink()
    with pytest.raises(UsageError, match=r"has changed since|is missing"):
        open_history(tmp_path)


def test_a_folder_without_a_manifest_or_with_a_strange_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cut short"):
        open_history(tmp_path)
    for content in (b"", b"[]", b'{"format_version": 2}', b"\xff"):
        (tmp_path / MANIFEST).write_bytes(content)
        with pytest.raises(UsageError, match="no manifest that this release reads"):
            open_history(tmp_path)


def test_a_manifest_names_no_file_outside_of_its_folder(tmp_path: Path) -> None:
    exported(tmp_path, placed(ledger()))
    document = json.loads((tmp_path / MANIFEST).read_text())
    document["files"][0]["name"] = "../../etc/passwd"
    (tmp_path / MANIFEST).write_bytes(orjson.dumps(document))
    with pytest.raises(UsageError, match="no manifest that this release reads"):
        read_manifest(tmp_path)


def test_a_folder_that_holds_something_else_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(UsageError, match="not empty and no export"):
        exported(tmp_path, placed(ledger()))
    (tmp_path / "thesis.tex").unlink()
    exported(tmp_path, placed(ledger()))
    with pytest.raises(UsageError, match="another export"):
        exported(tmp_path, [], "jsonl")
    with pytest.raises(UsageError, match="another export"):
        exported(tmp_path, [], origin="journal")
    with (
        pytest.raises(UsageError, match="one with an end is never continued"),
        writing(tmp_path, "archive", "parquet", known_before=datetime(2026, 1, 1, tzinfo=UTC)),
    ):
        pass


def test_two_writers_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        writing(tmp_path, "archive", "parquet"),
        pytest.raises(UsageError, match="Someone else is writing"),
        writing(tmp_path, "archive", "parquet"),
    ):
        pass


def test_an_event_of_an_earlier_release_is_brought_up_to_date(tmp_path: Path) -> None:
    old = {
        "event_type": "DealAnnounced",
        "schema_version": 1,
        "event_id": "f85d6495-73fa-57ca-9056-d3d9c20280d2",
        **dict.fromkeys(("occurred_at", "known_at"), "2025-01-01T00:00:00Z"),
        **{"source": "desk", "certainty": "stated", "deal_id": "d", "title": "t"},
        "legs": [{"kind": "equity", "payer": "a", "payee": "b", "amount_usd": "5", "conditional": True}],
    }
    path = tmp_path / "old.jsonl"
    path.write_bytes(orjson.dumps({"journal_offset": 4, "journal_index": 2, "event": old}) + b"\n")
    (entry,) = open_history(path).entries(Order.JOURNAL)
    assert (entry.offset, entry.index, entry.event) == (4, 2, decode_document(old))
    assert isinstance(entry.event, DealAnnounced)
    assert entry.event.schema_version == 2


def test_a_single_file_of_an_export_can_be_read(tmp_path: Path) -> None:
    late = placed([waiver("2025-10-02T00:00:00Z"), waiver("2025-10-01T00:00:00Z")])
    for format_ in FORMATS:
        manifest = exported(tmp_path / format_, late, format_)
        history = open_history(tmp_path / format_ / manifest.files[0].name)
        assert list(history.entries(Order.JOURNAL)) == late
        assert list(history.entries(Order.KNOWN)) == late[::-1]


def test_a_row_that_says_another_time_of_knowing_than_its_event_is_refused(tmp_path: Path) -> None:
    manifest = exported(tmp_path, placed([waiver("2025-10-01T00:00:00Z"), waiver("2025-10-02T00:00:00Z")]))
    path = tmp_path / manifest.files[0].name
    table = pq.read_table(path)
    # As in a table that somebody sorted by when things happened.
    earlier = [one - timedelta(days=20) for one in table["known_at"].to_pylist()]
    at = table.schema.get_field_index("known_at")
    column = pa.array(earlier, table.schema.field(at).type)
    pq.write_table(table.set_column(at, table.schema.field(at), column), path)
    with pytest.raises(
        UsageError, match=r"was known at 2025-10-01 .* but stands there as known at 2025-09-11"
    ):
        list(open_history(path).entries(Order.KNOWN))


def test_the_clock_of_a_fold_never_goes_back(tmp_path: Path) -> None:
    late = placed([waiver("2025-10-02T00:00:00Z"), waiver("2025-10-01T00:00:00Z")])
    exported(tmp_path, late)
    history = open_history(tmp_path)
    assert [one.now.day for one in journaled(history.entries(Order.JOURNAL))] == [2, 2]
    assert [one.now.day for one in journaled(history.entries(Order.KNOWN))] == [1, 2]
