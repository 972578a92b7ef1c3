"""Events out of files: JSONL, an event a line, or CSV, a field a column."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import orjson

from events.base import Event
from events.codec import MAX_MESSAGE_BYTES, decode_document
from events.errors import UnreadableEvent, UsageError

ONE_A_LINE = "An event a line: is this another kind of file?"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file and what it holds: an event, or the reason why not. `end` counts bytes read."""

    path: Path
    number: int
    event: Event | None
    problem: str
    end: int


def read_events(path: Path) -> Iterator[Line]:
    """Read the events of a file, without empty lines. Raises UsageError for no file, other kinds, no text."""
    try:
        with readable(path), path.open(encoding="utf-8-sig", newline="") as file:
            match path.suffix.lower():
                case ".jsonl" | ".ndjson":
                    yield from _jsonl(path, file)
                case ".csv":
                    yield from _csv(path, file)
                case suffix:
                    raise UsageError(
                        f"{path} ends in {suffix or 'nothing'}.",
                        "Give JSONL (.jsonl, an event a line) or CSV (.csv, a field a column).",
                    )
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} is not UTF-8 (byte {error.start} of a block).", "Convert it, for example with iconv."
        ) from None


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Raise UsageError where the operating system gives no file."""
    try:
        yield
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}.", "Check the path.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Give a readable file.") from None


def bounded_lines(path: Path, file: TextIO, longest: int, remedy: str) -> Iterator[str]:
    """Read a text line by line, however large it is. Raises UsageError for a line of too many characters."""
    number = 0
    while text := file.readline(longest + 1):
        number += 1
        if len(text) > longest:
            raise UsageError(f"{path}, line {number} is longer than {longest:,} characters.", remedy)
        yield text


def _jsonl(path: Path, file: TextIO) -> Iterator[Line]:
    end = 0
    for number, text in enumerate(bounded_lines(path, file, MAX_MESSAGE_BYTES, ONE_A_LINE), start=1):
        end += len(text.encode())
        if not text.strip():
            continue
        try:
            document = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            yield Line(path, number, None, f"not JSON: {error.msg} at character {error.pos}", end)
            continue
        yield _line(path, number, document, end)


def _csv(path: Path, file: TextIO) -> Iterator[Line]:
    rows = csv.reader(bounded_lines(path, file, MAX_MESSAGE_BYTES, ONE_A_LINE), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        if "event_type" not in header:
            raise UsageError(
                f"{path} has no column event_type in its first line.",
                "Name the fields of the events there; `ouroboros schema TYPE` lists them.",
            )
        end = 0
        for row in rows:
            end += sum(len(cell) + 1 for cell in row)
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                problem = f"{len(row)} cells under {len(header)} columns"
                yield Line(path, rows.line_num, None, problem, end)
                continue
            try:
                document = {name: _cell(cell) for name, cell in zip(header, row, strict=True) if cell.strip()}
            except orjson.JSONDecodeError as error:
                yield Line(path, rows.line_num, None, f"a cell is not JSON: {error.msg}", end)
                continue
            yield _line(path, rows.line_num, document, end)
    except csv.Error as error:
        raise UsageError(f"{path}, line {rows.line_num}: {error}.", "Quote cells that hold commas.") from None


def _cell(text: str) -> Any:
    """Read a cell: lists and objects are JSON, everything else is text that the event's fields parse."""
    stripped = text.strip()
    return orjson.loads(stripped) if stripped[:1] in "[{" else stripped


def _line(path: Path, number: int, document: Any, end: int) -> Line:
    try:
        return Line(path, number, decode_document(document), "", end)
    except UnreadableEvent as error:
        return Line(path, number, None, str(error), end)
