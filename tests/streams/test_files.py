from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.base import Event
from events.codec import MAX_MESSAGE_BYTES, encode
from events.errors import UsageError
from events.families.credit import LoanOriginated
from events.families.deals import DealAnnounced
from streams.feeds.files import Line, read_events
from tests.events.documents import announced, leg, taken, terminated
from tests.strategies import ANY_EVENT

GOOD = orjson.dumps(terminated("d1"))
COMMON = "occurred_at,known_at,source,certainty"
VALUES = "2026-01-01T12:00:00Z,2026-01-01T12:00:00Z,test,stated"


def read(folder: Path, content: bytes | str, name: str = "events.jsonl") -> list[Line]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_events(path))


def told(lines: list[Line]) -> list[tuple[int, str]]:
    """Tell each line by its number, and by its entity or its problem."""
    return [(line.number, line.event.key if line.event else line.problem) for line in lines]


def problem(folder: Path, content: bytes | str, name: str = "events.jsonl") -> str:
    (line,) = read(folder, content, name)
    assert line.event is None
    return line.problem


@settings(max_examples=50, deadline=None)
@given(events=st.lists(ANY_EVENT, max_size=4), end=st.sampled_from([b"\n", b"\r\n"]), last=st.booleans())
def test_events_come_back_as_they_were_written_with_any_kind_of_line_end(
    tmp_path_factory: pytest.TempPathFactory, events: list[Event], end: bytes, last: bool
) -> None:
    content = end.join(map(encode, events)) + (end if last else b"")
    lines = read(tmp_path_factory.mktemp("feed"), content)
    assert [line.event for line in lines] == events
    assert [line.number for line in lines] == list(range(1, len(events) + 1))
    assert not lines or lines[-1].end == len(content)


def test_a_bad_line_is_told_with_its_number_and_the_others_are_read(tmp_path: Path) -> None:
    lines = read(
        tmp_path,
        b"\n".join([GOOD, b"{oops", orjson.dumps(terminated(certainty="sure")), b"7", b"[]", GOOD]),
    )
    assert [line.number for line in lines] == [1, 2, 3, 4, 5, 6]
    assert [line.event is not None for line in lines] == [True, False, False, False, False, True]
    assert [line.problem == "" for line in lines] == [line.event is not None for line in lines]
    assert lines[1].problem.startswith("not JSON:")
    assert "certainty:" in lines[2].problem
    assert [line.problem for line in lines[3:5]] == [
        "An event is a JSON object, this is a number.",
        "An event is a JSON object, this is an array.",
    ]


def test_empty_lines_are_passed_over_and_counted(tmp_path: Path) -> None:
    assert told(read(tmp_path, b"\n" + GOOD + b"\n \t\r\n\n" + GOOD + b"\n\n")) == [(2, "d1"), (5, "d1")]
    assert read(tmp_path, b"") == []


def test_how_far_a_file_was_read_is_told_with_every_line(tmp_path: Path) -> None:
    umlaut = orjson.dumps(terminated("Zürich"))
    lines = read(tmp_path, GOOD + b"\n\n" + umlaut + b"\n{oops\n")
    assert [line.end for line in lines] == [
        len(GOOD) + 1,
        len(GOOD) + 2 + len(umlaut) + 1,
        len(GOOD) + 2 + len(umlaut) + 1 + 6,
    ]


@pytest.mark.parametrize("name", ["events.jsonl", "EVENTS.JSONL", "events.ndjson", "a.b.jsonl"])
def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path, name: str) -> None:
    assert told(read(tmp_path, b"\xef\xbb\xbf" + GOOD, name)) == [(1, "d1")]


def test_a_deep_nest_is_a_bad_line_like_any_other(tmp_path: Path) -> None:
    for depth in (300, 1000, 5000):
        deep = GOOD[:-1] + b',"why":' + b"[" * depth + b"]" * depth + b"}"
        lines = read(tmp_path, deep + b"\n" + GOOD)
        assert lines[0].problem
        assert told(lines[1:]) == [(2, "d1")]


def test_csv_has_a_field_a_column(tmp_path: Path) -> None:
    lines = read(
        tmp_path,
        f"event_type, deal_id ,{COMMON},why\n"
        f"DealTerminated,d1,{VALUES},\n"
        f'DealTerminated,d2,{VALUES},"because, it is said"\n',
        "events.csv",
    )
    assert told(lines) == [(2, "d1"), (3, "d2")]
    assert [getattr(line.event, "why", "") for line in lines] == [None, "because, it is said"]
    # An empty cell is a field left out: the same event as if there were no such column.
    assert lines[0].event == taken(terminated("d1"))


def test_csv_cells_hold_json_for_legs_and_text_for_numbers_and_truths(tmp_path: Path) -> None:
    legs = orjson.dumps([leg(amount_usd="5.00", payee="Anthropic, PBC")]).decode().replace('"', '""')
    lenders = '"[""Blackstone"",""Magnetar""]"'
    lines = read(
        tmp_path,
        f"event_type,{COMMON},deal_id,title,legs,facility_id,borrower,principal_usd,off_balance_sheet,lenders\n"
        f'DealAnnounced,{VALUES},d1,a deal,"{legs}",,,,,\n'
        f"LoanOriginated,{VALUES},,,,f1,Meta,7500000000.50,true,{lenders}\n",
        "events.csv",
    )
    deal, loan = (line.event for line in lines)
    assert isinstance(deal, DealAnnounced)
    assert deal.legs[0].payee == "Anthropic, PBC"
    assert deal.legs == _legs(taken(announced(leg(payee="Anthropic, PBC"))))
    assert isinstance(loan, LoanOriginated)
    assert (str(loan.principal_usd), loan.off_balance_sheet) == ("7500000000.50", True)
    assert loan.lenders == ("Blackstone", "Magnetar")


def _legs(event: Event) -> Any:
    return getattr(event, "legs", None)


def test_bad_lines_of_csv_are_told_with_their_number_and_the_others_are_read(tmp_path: Path) -> None:
    lines = read(
        tmp_path,
        f"event_type,deal_id,{COMMON},why\n"
        f"DealTerminated,d1,{VALUES}\n"
        "\n"
        ",,,,,,\n"
        f"DealCrashed,d1,{VALUES},\n"
        f"DealTerminated,d1,{VALUES},[1\n"
        f"DealTerminated,d1,{VALUES},,\n"
        f'DealTerminated,d1,{VALUES},"over\ntwo lines"\n'
        f"DealTerminated,d1,{VALUES},\n",
        "events.csv",
    )
    assert [line.number for line in lines] == [2, 5, 6, 7, 9, 10]
    assert lines[0].problem == "6 cells under 7 columns"
    assert "'DealCrashed' is not known" in lines[1].problem
    assert lines[2].problem.startswith("a cell is not JSON:")
    assert lines[3].problem == "8 cells under 7 columns"
    assert [line.event is None for line in lines] == [True, True, True, True, False, False]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_may_begin_with_a_byte_order_mark_and_end_its_lines_as_it_likes(tmp_path: Path, end: str) -> None:
    content = f"\ufeffevent_type,deal_id,{COMMON}{end}DealTerminated,d1,{VALUES}{end}"
    assert told(read(tmp_path, content, "events.CSV")) == [(2, "d1")]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("events.csv", b"deal_id,source\nd1,test\n", "has no column event_type"),
        ("events.csv", b"", "has no column event_type"),
        ("events.csv", b'event_type\n"open', "events.csv, line 2:"),
        ("events.csv", b'event_type\n"a"b\n', "events.csv, line 2:"),
        ("events.csv", b"event_type\n" + b"x" * 200_000, "events.csv, line 2:"),
        ("events.csv", "event_type\nZürich\n".encode("latin-1"), "is not UTF-8"),
        ("events.jsonl", GOOD + b"\n\xff", "is not UTF-8"),
        ("events.jsonl", GOOD.decode().encode("utf-16"), "is not UTF-8"),
        ("events.json", GOOD, "ends in .json"),
        ("events", GOOD, "ends in nothing"),
        ("events.parquet", b"PAR1", "ends in .parquet"),
        ("events.jsonl", b"x" * (MAX_MESSAGE_BYTES + 1), "line 1 is longer than 4,194,304 characters"),
        ("events.jsonl", GOOD + b"\n" + b"x" * (MAX_MESSAGE_BYTES + 1), "line 2 is longer"),
        ("events.csv", b"event_type," + b"x" * MAX_MESSAGE_BYTES, "line 1 is longer"),
    ],
)
def test_a_file_that_holds_something_else_is_an_error_with_a_remedy(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    with pytest.raises(UsageError, match=reason) as error:
        read(tmp_path, content, name)
    assert error.value.remedy


def test_the_lines_before_a_broken_one_are_given_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(GOOD + b"\n" + b"x" * (MAX_MESSAGE_BYTES + 1))
    lines = read_events(path)
    assert next(lines).event == taken(terminated("d1"))
    with pytest.raises(UsageError):
        next(lines)


def test_a_line_of_the_largest_size_is_read(tmp_path: Path) -> None:
    padding = b" " * (MAX_MESSAGE_BYTES - len(GOOD) - 1)
    assert told(read(tmp_path, GOOD + padding + b"\n" + GOOD)) == [(1, "d1"), (2, "d1")]


def test_a_missing_file_and_a_folder_are_errors_that_say_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        list(read_events(tmp_path / "missing.jsonl"))
    folder = tmp_path / "folder.jsonl"
    folder.mkdir()
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        list(read_events(folder))


def test_a_problem_of_one_line_names_the_file_and_the_line(tmp_path: Path) -> None:
    (line,) = read(tmp_path, b"{oops")
    assert (line.path, line.number, line.event) == (tmp_path / "events.jsonl", 1, None)
    assert problem(tmp_path, b"{}").startswith("The event has no event_type.")
