"""Workbooks of Excel as tables: a plain sheet is read like CSV, anything else is to be saved as CSV."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Protocol

from events.errors import UsageError, short

SAVE_IT = "Save the sheet as CSV, and import that."
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK"


class _Layout(Protocol):
    @property
    def skip_lines(self) -> int: ...
    @property
    def sheet(self) -> str | None: ...
    @property
    def decimal_comma(self) -> bool: ...


def is_workbook(path: Path) -> bool:
    """Return whether a file is an Excel workbook (.xlsx). Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        if file.read(2) != _ZIP:
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False


def sheet_rows(path: Path, layout: _Layout) -> Iterator[tuple[int, list[str]]]:
    """Read the rows of a sheet as text, with their numbers. Raises UsageError where it is not plain."""
    try:
        from openpyxl import load_workbook  # noqa: PLC0415  it takes long to load, and few need it
    except ImportError:
        raise UsageError(f"{path} is an Excel workbook, and openpyxl is not installed.", SAVE_IT) from None
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    # Whatever a broken workbook makes openpyxl raise: nothing of it was read.
    except Exception as error:
        raise UsageError(f"{path} is a workbook that cannot be read: {error}.", SAVE_IT) from None
    try:
        yield from _rows(_sheet(path, book, layout.sheet), layout)
    finally:
        book.close()


def _sheet(path: Path, book: Any, named: str | None) -> Any:
    filled = {sheet.title: sheet for sheet in book.worksheets if any(map(any, sheet.values))}
    if named is not None:
        if named in filled:
            return filled[named]
        raise UsageError(
            f"{path} has no sheet {short(named)} with anything in it.",
            f"Its sheets are {short(', '.join(filled), 300)}.",
        )
    if len(filled) != 1:
        raise UsageError(
            f"{path} has {len(filled)} sheets with anything in them: {short(', '.join(filled), 300)}.",
            "Name one in a mapping, as sheet: NAME; or save it as CSV, and import that.",
        )
    return next(iter(filled.values()))


def _rows(sheet: Any, layout: _Layout) -> Iterator[tuple[int, list[str]]]:
    width: int | None = None
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number <= layout.skip_lines:
            continue
        cells = [_text(value, layout.decimal_comma) for value in values]
        while cells and not cells[-1] and (width is None or len(cells) > width):
            cells.pop()
        if width is None and cells:
            width = len(cells)
        yield number, cells + [""] * ((width or 0) - len(cells))


def _text(value: Any, decimal_comma: bool) -> str:
    """Return a cell as a table writes it: days as 2025-03-03, whole numbers without a point."""
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case float():
            text = str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
            return text.replace(".", ",") if decimal_comma else text
        case _:
            return str(value)


def not_text(path: Path) -> UsageError:
    """Return what a file is that is no UTF-8 text, and what to do about it."""
    with path.open("rb") as file:
        begins = file.read(4)
    if begins == _OLD_EXCEL:
        return UsageError(f"{path} is a workbook of an old Excel.", SAVE_IT)
    if begins.startswith(_ZIP) and path.suffix.lower() in {".ods", ".xlsm", ".xlsb", ".xlsx"}:
        return UsageError(f"{path} is a workbook that is not plain.", SAVE_IT)
    if begins.startswith((b"\x1f\x8b", _ZIP, b"\x28\xb5\x2f\xfd")):
        return UsageError(f"{path} is compressed.", "Unpack it first, for example with gunzip or unzip.")
    if begins.startswith((b"\xff\xfe", b"\xfe\xff")):
        return UsageError(f"{path} is UTF-16.", "Convert it: iconv -f UTF-16 -t UTF-8.")
    return UsageError(f"{path} is not UTF-8.", "Convert it, for example with iconv -f LATIN1 -t UTF-8.")
