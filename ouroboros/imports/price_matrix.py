"""Prices of several shares side by side under three lines of names, as yfinance writes them, one share a row.

Price,Close,Close          Date,Ticker,Close
Ticker,AAA,BBB      ->     2025-03-03,AAA,10.5
Date,,                     2025-03-03,BBB,20.5
2025-03-03,10.5,20.5
"""

from collections.abc import Iterator, Sequence
from itertools import chain, islice

TICKER = "Ticker"
_FIELDS = frozenset({"open", "high", "low", "close", "adj close", "volume"})

# A row with its line.
_Line = tuple[int, list[str]]


def unfolded(lines: Iterator[_Line]) -> Iterator[_Line]:
    """Return the lines of a table, header first; those of a matrix of prices as one row for each share."""
    first = list(islice(lines, 3))
    names = _names([[cell.strip() for cell in cells] for _, cells in first])
    if names is None:
        yield from chain(first, lines)
        return
    day, fields, tickers = names
    shown = list(dict.fromkeys(fields))
    # Who looks at the file finds its days under the word Price; without a close that would be taken for one.
    dates = [day, "Price"] if any(name.lower() == "close" for name in shown) else [day]
    yield first[0][0], [*dates, TICKER, *shown]
    for line, cells in lines:
        if len(cells) != len(fields) + 1:
            # Too few cells under the names: reported as in any table.
            yield line, cells
            continue
        for ticker in dict.fromkeys(tickers):
            of_ticker = {
                field: cell
                for field, owner, cell in zip(fields, tickers, cells[1:], strict=True)
                if owner == ticker
            }
            if any(cell.strip() for cell in of_ticker.values()):
                yield line, [*[cells[0]] * len(dates), ticker, *(of_ticker.get(field, "") for field in shown)]


def _names(first: Sequence[Sequence[str]]) -> tuple[str, Sequence[str], Sequence[str]] | None:
    """Return the name of the days, the field and the share of each column; None where it is no matrix."""
    if len(first) < 3 or len({len(cells) for cells in first}) != 1 or len(first[0]) < 2:
        return None
    above, below, days = first
    if days[0].lower() not in {"date", "datetime"} or any(days[1:]):
        return None
    for fields, tickers in ((above, below), (below, above)):
        if {name.lower() for name in fields[1:]} <= _FIELDS and all(tickers[1:]):
            return days[0], fields[1:], tickers[1:]
    return None
