"""Tables as CSV, read row by row with the line of each, however large the file is."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from events.errors import UsageError, cut, short
from streams.feeds.files import bounded_lines, readable

if TYPE_CHECKING:
    from _csv import Reader

# A row of a table is short; a line without an end is none.
LONGEST_LINE = 256 * 1024
MOST_COLUMNS = 1_000


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not fit, on which line, and why."""

    path: Path
    line: int
    reason: str

    def __str__(self) -> str:
        """Return it as a line."""
        return f"{self.path}, line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, by column."""

    line: int
    cells: Mapping[str, str]


def read_header(path: Path, delimiter: str) -> tuple[str, ...]:
    """Read the names of the columns. Raises UsageError where there are none."""
    with readable(path), path.open(encoding="utf-8-sig", newline="") as file:
        return _header(path, _reader(path, file, delimiter))


def read_rows(path: Path, delimiter: str) -> Iterator[Row | Problem]:
    """Read the rows, and which of them do not fit the header. Raises UsageError for what is no text."""
    with readable(path), path.open(encoding="utf-8-sig", newline="") as file:
        rows = _reader(path, file, delimiter)
        header = _header(path, rows)
        try:
            for cells in rows:
                if not any(cell.strip() for cell in cells):
                    continue
                # A delimiter at the end of each line is a habit of some vendors.
                if len(cells) == len(header) + 1 and not cells[-1].strip():
                    cells.pop()
                if len(cells) != len(header):
                    reason = f"{len(cells):,} cells stand under {len(header):,} columns."
                    yield Problem(path, rows.line_num, reason)
                else:
                    yield Row(rows.line_num, dict(zip(header, cells, strict=True)))
        except csv.Error as error:
            raise UsageError(
                f"{path}, line {rows.line_num}: {error}.", "Quote cells that hold commas."
            ) from None
        except UnicodeDecodeError:
            raise _not_text(path) from None


def _reader(path: Path, file: TextIO, delimiter: str) -> "Reader":
    lines = bounded_lines(path, file, LONGEST_LINE, "Give a table as CSV, a row a line.")
    return csv.reader(lines, strict=True, delimiter="\t" if delimiter == "tab" else delimiter)


def _header(path: Path, rows: Iterator[list[str]]) -> tuple[str, ...]:
    try:
        header = tuple(name.strip() for name in next(rows, []))
    except csv.Error as error:
        raise UsageError(f"{path}, line 1: {error}.", "Give a table as CSV.") from None
    except UnicodeDecodeError:
        raise _not_text(path) from None
    if not any(header):
        raise UsageError(f"{path} has no header.", "Name the columns in the first line.")
    if len(header) > MOST_COLUMNS:
        raise UsageError(f"{path} has {len(header):,} columns.", f"Give at most {MOST_COLUMNS:,}.")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise UsageError(
            f"{path} has the column {short(cut(twice[0], 60))} twice.", "Give each column a name of its own."
        )
    return header


def _not_text(path: Path) -> UsageError:
    with path.open("rb") as file:
        begins = file.read(4)
    if begins.startswith((b"\x1f\x8b", b"PK", b"\x28\xb5\x2f\xfd")):
        return UsageError(f"{path} is compressed.", "Unpack it first, for example with gunzip or unzip.")
    if begins.startswith((b"\xff\xfe", b"\xfe\xff")):
        return UsageError(f"{path} is UTF-16.", "Convert it: iconv -f UTF-16 -t UTF-8.")
    return UsageError(f"{path} is not UTF-8.", "Convert it, for example with iconv -f LATIN1 -t UTF-8.")
