"""Whether the prices of a study can carry it: none missing, no long gap, no split taken for a fall."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from events.errors import UsageError
from events.words import count, day, listed
from ouroboros.backtest.prices import Bar, Prices
from ouroboros.backtest.study import Study
from ouroboros.yaml_lines import Lines

IMPORT = "`ouroboros import PRICES.csv --into FOLDER` reads tables of prices; name the folder under history."

# The longest that the exchanges of New York were closed since 1990 is seven days.
LONGEST_GAP = timedelta(days=10)
# No share of the size of those that are studied here moves so much in a day; splits do.
SPLIT_FALL, SPLIT_RISE = -0.45, 0.90


def check_prices(path: Path, document: Lines, study: Study, prices: Prices) -> tuple[str, ...]:
    """Refuse prices that would give wrong figures, and tell what else one should know of them.

    Raises UsageError with file and line of each share whose prices are missing, have a gap of more than
    LONGEST_GAP, or move as a split does.
    """
    problems = [
        f"{path}, line {document.line(('universe', number))}: {problem}"
        for number, symbol in enumerate(study.universe)
        for problem in _problems(study, prices, symbol)
    ]
    if problems:
        raise UsageError(
            "\n".join(problems),
            IMPORT,
        )
    return tuple(note for symbol in study.universe for note in _notes(study, prices, symbol))


def _problems(study: Study, prices: Prices, symbol: str) -> Iterator[str]:
    bars = _judged(study, prices, symbol)
    length = _length(study.bar_seconds)
    if not bars:
        other = prices.lengths.get(symbol)
        have = f", only bars of {listed([_length(one) for one in sorted(other)])}" if other else ""
        yield (
            f"the history has no price of {symbol} between {day(study.period.starts)} and"
            f" {day(study.period.ends)} (bars of {length}{have}). Import its prices, or say bar_seconds."
        )
    for before, after in pairwise(bars):
        if after.known_at - before.known_at > LONGEST_GAP:
            yield (
                f"{symbol} has no price between {day(before.known_at)} and {day(after.known_at)}."
                " Import what is missing, or choose a period without the gap."
            )
        move = after.close_usd / before.close_usd - 1
        if not study.split_adjusted and not SPLIT_FALL < move < SPLIT_RISE:
            yield (
                f"{symbol} moved {move:+.0%} from {before.close_usd:,.2f} to {after.close_usd:,.2f} USD on"
                f" {day(after.known_at)}, as at a split. Give the split in the mapping of the import, or say"
                " split_adjusted: true if the move is real."
            )


def _notes(study: Study, prices: Prices, symbol: str) -> Iterator[str]:
    bars = _judged(study, prices, symbol)
    if not any(bar.opens_apart for bar in bars):
        yield (f"{symbol} has closing prices only: its orders are filled at the close of the next bar.")
    if bars[0].known_at - study.period.starts > LONGEST_GAP:
        yield f"{symbol} has its first price on {day(bars[0].known_at)}; until then it is not traded."
    if study.period.ends - bars[-1].known_at > LONGEST_GAP:
        yield f"{symbol} has its last price on {day(bars[-1].known_at)}; after that it stands still."
    missing = _missing_days(study, prices, symbol)
    if missing:
        yield (
            f"{symbol} has no price on {count(missing, 'day')} on which others have one: it is valued at the"
            " close before, and traded at its next price."
        )


def _judged(study: Study, prices: Prices, symbol: str) -> list[Bar]:
    return [
        bar
        for bar in prices.series[symbol].bars
        if study.period.starts <= bar.known_at < study.period.ends and not bar.corrects
    ]


def _missing_days(study: Study, prices: Prices, symbol: str) -> int:
    days = {one: {bar.known_at.date() for bar in _judged(study, prices, one)} for one in study.universe}
    own = days[symbol]
    others = set().union(*(ones for one, ones in days.items() if one != symbol))
    return len({one for one in others if min(own) < one < max(own)} - own)


def _length(seconds: int) -> str:
    return "a day" if seconds == 86_400 else f"{seconds:,} seconds"
