"""Which share a row or a whole file is about: by a column, by the mapping, or by the name of the file."""

import re
from collections.abc import Callable

from events.errors import UsageError, short
from ouroboros.imports.kinds.common import LeftOut, Table
from ouroboros.imports.mapping import DailyBars, MinuteBars
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.tables import Row

SYMBOL_COLUMNS = ("symbol", "ticker", "code", "instrument", "tic")

LONGEST_SMALL = 5

_SYMBOL = re.compile(r"[A-Z0-9][A-Z0-9.\-=^]{0,14}")
# Stooq and others write the exchange behind every share of New York.
_OF_NEW_YORK = re.compile(r"\.US$", re.IGNORECASE)
_EXCHANGE = re.compile(r"[A-Za-z]{1,12}:(?=.)")
_TERMINAL = re.compile(r"(?<=.)\s[A-Z]{2}( Equity| Index)?$", re.IGNORECASE)

# Words of vendors, none of which is a share, and intervals, days and numbers of copies.
_VENDORS = "yahoo yfinance stooq nasdaq nyse investing google finance alphavantage polygon tiingo"
_PERIODS = "daily weekly monthly intraday hourly minute minutes min eod from to"
_PRICES = "historical historicaldata history data price prices stock stocks share shares quote quotes bars"
_KINDS = "ohlc ohlcv adjusted unadjusted adj raw full compact"
_FILES = "time series export download downloads table chart us csv copy final"
_WORDS = frozenset(f"{_VENDORS} {_PERIODS} {_PRICES} {_KINDS} {_FILES}".split())
_NO_SHARE = re.compile(r"[\d\-.()]+|\d+(?:s|m|min|mins|h|hour|d|day|w|wk|mo|y)|[dmhw]\d{1,2}", re.IGNORECASE)
_WITH_CLASS = re.compile(r"[A-Z0-9]{1,6}-[A-Z]{1,3}")


def symbol_reader(table: Table, mapping: DailyBars | MinuteBars) -> Callable[[Row], str]:
    """Return what reads the share of a row. Raises UsageError where nothing names one."""
    of_file = share_of_file(table, mapping)
    column = table.column(mapping.columns.symbol, SYMBOL_COLUMNS)
    if of_file is None:
        return lambda row: _symbol(table, row.cells[column or ""])
    if column is None:
        return lambda _: of_file
    # One share under another name than the mapping's is that share; of several its own rows count.
    found = {_written(table, row.cells[column]) for row in table.first_rows()} - {""}
    if of_file not in found and len(found) > 1:
        raise UsageError(
            f"{table.path} holds {short(', '.join(sorted(found)), 200).strip(chr(39))}, and the mapping says"
            f" symbol: {of_file}.",
            "Leave symbol out, and the column names the shares; or say which of them is meant.",
        )
    meant = {of_file} if of_file in found else found

    def only(row: Row) -> str:
        if meant and _written(table, row.cells[column]) not in meant:
            raise LeftOut
        return of_file

    return only


def share_of_file(table: Table, mapping: DailyBars | MinuteBars) -> str | None:
    """Return the share of a file, None where a column names them. Raises UsageError where nothing does."""
    if mapping.symbol is not None:
        return mapping.symbol
    if table.column(mapping.columns.symbol, SYMBOL_COLUMNS) is not None:
        return None
    possible = list(dict.fromkeys(_in_file_name(table)))
    if len(possible) == 1:
        return possible[0]
    what = f"its name may mean {' or '.join(possible)}" if possible else "its name names no share"
    raise UsageError(
        f"{table.path} has no column of symbols, and {what}.",
        "Say which share it is in a mapping, such as symbol: CSCO, or name the file so.",
    )


def _in_file_name(table: Table) -> list[str]:
    stem = _OF_NEW_YORK.sub("", table.path.stem)
    if stem in table.mapping.names:
        return [table.mapping.names[stem]]
    words: list[str] = []
    for part in re.split(r"[_\s,]+", stem):
        whole = _WITH_CLASS.fullmatch(part) and not _WORDS & set(part.lower().split("-"))
        words += [part] if whole else part.split("-")
    named = [
        _written(table, _OF_NEW_YORK.sub("", word)).removeprefix("^") for word in words if _may_name(word)
    ]
    found = [symbol for symbol in named if _SYMBOL.fullmatch(symbol)]
    # A letter beside a longer word numbers files more often than it names Ford.
    return [symbol for symbol in found if len(symbol) > 1] or found


def _may_name(word: str) -> bool:
    if not word or word.lower() in _WORDS or _NO_SHARE.fullmatch(word):
        return False
    # Words are written in small letters, or begin with a great one; few symbols are.
    return word == word.upper() or (word == word.lower() and len(word.partition(".")[0]) <= LONGEST_SMALL)


def _written(table: Table, text: str) -> str:
    """Return a symbol as it is written here, whether it is one or not."""
    if text.strip() in table.mapping.names:
        return table.mapping.names[text.strip()].upper()
    return _OF_NEW_YORK.sub("", table.name(text).upper())


def _symbol(table: Table, text: str) -> str:
    symbol = _written(table, text)
    if _SYMBOL.fullmatch(symbol):
        return symbol
    raise UnfitCell(f"the symbol is {short(text.strip())}, which is none ({_hint(table.name(text))})")


def _hint(symbol: str) -> str:
    """Return what a mapping may say once for the whole file, so that a symbol is one."""
    for pattern, new in ((_EXCHANGE, ""), (_TERMINAL, ""), (re.compile("/"), "-")):
        found = pattern.search(symbol)
        if found and _SYMBOL.fullmatch(pattern.sub(new, symbol, count=1).strip().upper()):
            return f'say once for the file replace: {{"{found[0]}": "{new}"}}, or name it under names'
    return "name it like CSCO or ENR.DE under names, or say for the whole file what to replace"
