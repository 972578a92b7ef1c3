"""Which built-in mapping a file fits, by its columns, and which it nearly fits."""

from collections.abc import Iterator, Set
from itertools import islice
from pathlib import Path

from events.errors import UsageError, short
from ouroboros.imports.kinds.bars import ADJUSTED, USUAL
from ouroboros.imports.kinds.common import simple
from ouroboros.imports.mapping_file import built_in, read_mapping
from ouroboros.imports.parse import has_clock
from ouroboros.imports.tables import Layout, Row, named_in, read_header, read_rows

ROWS_LOOKED_AT = 200
_TITLE = " A mapping may say skip_lines, if a title stands above the names of the columns."
BARS = ("daily-bars", "minute-bars")


def guess_mapping(path: Path) -> str:
    """Return the built-in mapping that fits the columns of a file. Raises UsageError unless just one does."""
    header = read_header(path, Layout())
    columns = set(header)
    named = _named_columns()
    found = {name: len(needed) for name, needed in named.items() if needed <= columns}
    fitting = [name for name, number in found.items() if number == max(found.values())]
    times, has_close = _bar_columns(header)
    near = [] if fitting else list(_nearly(columns, named))
    # A price of a GPU is none of a share.
    if not fitting and not near and times and has_close and _has_days(path, times):
        fitting = ["daily-bars"]
    if len(fitting) != 1:
        near = [] if fitting else [*near, *_nearly_bars(times, has_close)][:2]
        nearest = f" {'; '.join(near)}." if near else ""
        raise UsageError(
            f"{path} needs a mapping: its columns fit {' and '.join(fitting) or 'no built-in one'}.{nearest}",
            "Name one, with --mapping of `ouroboros import` or as `mapping` in a study: a YAML file, or one"
            f" of {', '.join(built_in())}.{_TITLE if len(header) == 1 else ''}",
        )
    return fitting[0]


def _named_columns() -> dict[str, frozenset[str]]:
    return {name: _needed(name) for name in built_in() if name not in BARS}


def _needed(mapping: str) -> frozenset[str]:
    """Return the columns that a file has itself where a mapping fits it."""
    meant = read_mapping(mapping)
    named = {name for name in meant.columns.model_dump().values() if isinstance(name, str)}
    sources = (name for added in named & set(meant.add) for name in named_in(meant.add[added]))
    return frozenset((named - set(meant.add)).union(sources))


def _bar_columns(header: tuple[str, ...]) -> tuple[list[str], bool]:
    """Return the columns that hold days or times, a column of dates first, and whether one holds closes."""
    names = {simple(name): name for name in reversed(header)}
    times = [names[name] for name in USUAL["date"] if name in names]
    return times, any(name in names for name in (*USUAL["close"], *ADJUSTED))


def _has_days(path: Path, times: list[str]) -> bool:
    # A column of dates has days, a column of times may have anything.
    if simple(times[0]) == "date":
        return True
    rows = (row for row in islice(read_rows(path, Layout()), ROWS_LOOKED_AT) if isinstance(row, Row))
    return not any(has_clock(row.cells[times[0]]) for row in rows)


def _nearly(columns: Set[str], named: dict[str, frozenset[str]]) -> Iterator[str]:
    """Return which mappings would fit but for a few of their columns, the nearest first."""
    missing = {name: needed - columns for name, needed in named.items()}
    near = [name for name, needed in named.items() if 0 < len(missing[name]) * 2 <= len(needed)]
    for name in sorted(near, key=lambda name: (len(missing[name]) / len(named[name]), name)):
        without = " and ".join(short(column) for column in sorted(missing[name]))
        yield f"{name} would fit but for {without}, which it lacks"


def _nearly_bars(times: list[str], has_close: bool) -> Iterator[str]:
    if times and has_close:
        yield (
            f"minute-bars would fit but for what its {short(times[0])} may mean: name it, or daily-bars,"
            " if that is what a row is"
        )
    elif times:
        yield "daily-bars would fit but for a column of closing prices, such as close"
    elif has_close:
        yield "daily-bars would fit but for a column of days, such as date"
