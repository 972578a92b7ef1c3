"""Tables row by row with the line of each, however large the file is: CSV, and plain sheets of a workbook."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TextIO

from events.errors import UsageError, cut, short
from ouroboros.imports.price_matrix import unfolded
from ouroboros.imports.workbook import is_workbook, not_text, sheet_rows
from streams.feeds.files import bounded_lines, readable

# A row of a table is short; a line without an end is none.
LONGEST_LINE = 256 * 1024
MOST_COLUMNS = 1_000

# What Excel writes above a table of its own, to know it again.
_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)
_JSON = re.compile(r"\s*[\[{]\s*(?:[\"\[{]|$)")
_IN_BRACES = re.compile(r"\{([^{}]+)\}")


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


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out, and the columns that are added to it."""

    delimiter: str | None = None
    skip_lines: int = 0
    sheet: str | None = None
    decimal_comma: bool = False
    added: Mapping[str, str] = field(default_factory=dict)


def read_header(path: Path, layout: Layout) -> tuple[str, ...]:
    """Read the names of the columns, and of those that are added. Raises UsageError where there are none."""
    header = next(_lines(path, layout), None)
    if header is None:
        raise UsageError(f"{path} has no header.", "Name the columns in the first line.")
    return *_names(path, header[1]), *layout.added


def read_rows(path: Path, layout: Layout) -> Iterator[Row | Problem]:
    """Read the rows, and which of them do not fit the header. Raises UsageError for what is no table."""
    lines = _lines(path, layout)
    header = _names(path, next(lines, (1, []))[1])
    for line, cells in lines:
        # A delimiter at the end of each line is a habit of some vendors.
        if len(cells) == len(header) + 1 and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(header):
            yield Problem(path, line, f"{len(cells):,} cells stand under {len(header):,} columns.")
            continue
        row = dict(zip(header, cells, strict=True))
        for name, template in layout.added.items():
            row[name] = _filled(template, row)
        yield Row(line, row)


def named_in(template: str) -> list[str]:
    """Return the columns out of which an added one is made."""
    return _IN_BRACES.findall(template)


def _filled(template: str, row: Mapping[str, str]) -> str:
    """Fill the cells of a row into a template; with an empty one among them there is nothing to say."""
    texts = {name: row.get(name, "").strip() for name in named_in(template)}
    return _IN_BRACES.sub(lambda found: texts[found[1]], template) if all(texts.values()) else ""


def _lines(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Read the header and the rows that are not empty, with their lines."""
    with readable(path):
        rows = sheet_rows(path, layout) if is_workbook(path) else _csv_rows(path, layout)
        yield from unfolded(row for row in rows if any(cell.strip() for cell in row[1]))


def _csv_rows(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    above = layout.skip_lines
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = bounded_lines(path, file, LONGEST_LINE, "Give a table as CSV, a row a line.")
            for _ in islice(lines, layout.skip_lines):
                pass
            delimiter, stated = _delimiter(path, file, layout)
            if stated:
                next(lines)
                above += 1
            rows = csv.reader(lines, strict=True, delimiter=delimiter)
            try:
                for cells in rows:
                    yield above + rows.line_num, cells
            except csv.Error as error:
                raise UsageError(
                    f"{path}, line {above + rows.line_num}: {error}.", "Quote cells that hold commas."
                ) from None
    except UnicodeDecodeError:
        raise not_text(path) from None


def _delimiter(path: Path, file: TextIO, layout: Layout) -> tuple[str, bool]:
    """Return what stands between two cells, and whether a line of its own says so."""
    start = file.tell()
    first = file.readline(LONGEST_LINE)
    file.seek(start)
    if path.suffix.lower() in {".json", ".jsonl", ".ndjson"} or _JSON.match(first):
        raise UsageError(
            f"{path} is JSON, no table.",
            "Write it as CSV, a row a line, for example with pandas or jq;"
            " `ouroboros publish` takes events as JSONL.",
        )
    if stated := _SEPARATOR.fullmatch(first):
        return stated[1], True
    if layout.delimiter is not None:
        return "\t" if layout.delimiter == "tab" else layout.delimiter, False
    # Names of columns hold commas seldom, and never instead of what stands between them.
    return next((sign for sign in (",", ";", "\t", "|") if sign in first), ","), False


def _names(path: Path, cells: list[str]) -> tuple[str, ...]:
    header = tuple(name.strip() for name in cells)
    if not any(header):
        raise UsageError(f"{path} has no header.", "Name the columns in the first line.")
    if len(header) > MOST_COLUMNS:
        raise UsageError(f"{path} has {len(header):,} columns.", f"Give at most {MOST_COLUMNS:,}.")
    return header


def once(path: Path, header: tuple[str, ...], name: str) -> str:
    """Return a column that is to be read. Raises UsageError where two have its name."""
    if header.count(name) > 1:
        raise UsageError(
            f"{path} has the column {short(cut(name, 60))} twice.", "Give each column a name of its own."
        )
    return name
