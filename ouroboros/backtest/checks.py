"""Whether prices can carry a study: none missing, no long gap, no split or slip taken for a fall."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from itertools import pairwise

from events.errors import UsageError
from events.words import count, day, listed
from ouroboros.backtest.bars import Gpu, Priced
from ouroboros.backtest.prices import Bar, Prices
from ouroboros.backtest.study import Study
from ouroboros.yaml_file import Address, Document

IMPORT = "`ouroboros import PRICES.csv --into FOLDER` reads tables of prices; name the folder under history."

# The longest that the exchanges of New York were closed since 1990 is seven days.
LONGEST_GAP = timedelta(days=10)
# Prices of GPUs are published by the day or by the month: they say themselves what is usual.
USUAL_GAPS = 1.5
# No price of what is studied here moves so much from one bar to the next; splits and slips do.
FALL, RISE = -0.45, 0.90

_Judged = Mapping[Priced, Sequence[Bar]]


def check_prices(document: Document, study: Study, prices: Prices) -> tuple[str, ...]:
    """Refuse prices that would give wrong figures, and return what else one should know of them.

    Raises UsageError with file and line of each price that is missing, has too long a gap, or moves as
    a split or a slip does.
    """
    judged = {priced: _judged(study, prices, priced) for priced in study.universe}
    problems: list[tuple[Address, str]] = [
        (("universe", number), problem)
        for number, priced in enumerate(study.universe)
        for problem in _problems(study, prices, priced, judged[priced])
    ]
    problems += [
        (("outcome", "within_days"), text) for text in _too_short(study, judged[study.outcome.priced])
    ]
    if problems:
        texts = [f"{document.path}, line {document.line(address)}: {text}" for address, text in problems]
        raise UsageError("\n".join(texts), IMPORT)
    return tuple(note for priced in study.universe for note in _notes(study, prices, priced, judged))


def _problems(study: Study, prices: Prices, priced: Priced, bars: Sequence[Bar]) -> Iterator[str]:
    if not bars:
        yield (
            f"the history has no price of {priced} between {day(study.period.starts)} and"
            f" {day(study.period.ends)} (bars of {_length(study.bar_seconds)}{_instead(prices, priced)})."
            " Import its prices, or say bar_seconds."
        )
    longest = _longest_gap(priced, bars)
    no_price = "has single prices only, and none" if priced in prices.single else "has no price"
    for before, after in pairwise(bars):
        if after.known_at - before.known_at > longest:
            yield (
                f"{priced} {no_price} between {day(before.known_at)} and {day(after.known_at)}."
                " Import what is missing, or choose a period without the gap."
            )
        move = after.close_usd / before.close_usd - 1
        if not study.large_moves_are_real and not FALL < move < RISE:
            yield (
                f"{priced} moved {move:+.0%} from {before.close_usd:,.2f} to {after.close_usd:,.2f} USD on"
                f" {day(after.known_at)}, {_looks_like(priced)}, or say"
                " large_moves_are_real: true if it is none."
            )


def _too_short(study: Study, bars: Sequence[Bar]) -> Iterator[str]:
    """Say where the outcome could never be seen: its days are over before the next price."""
    apart = _usually_apart(bars)
    if apart > study.outcome.window:
        yield (
            f"{study.outcome.priced} has a price every {apart.days} days, so nothing can follow within"
            f" {count(study.outcome.within_days, 'day')}. Say more days."
        )


def _looks_like(priced: Priced) -> str:
    if isinstance(priced, Gpu):
        return "as at an error. Correct the table, narrow it by `only` in the mapping of the import"
    return "as at a split. Give the split in the mapping of the import"


def _instead(prices: Prices, priced: Priced) -> str:
    """Say which prices there are in place of those that are missing."""
    lengths = prices.lengths.get(priced)
    if lengths:
        return f", only bars of {listed([_length(length) for length in sorted(lengths)])}"
    names = {
        str(series): series for series in prices.lengths if isinstance(series, Gpu) == isinstance(priced, Gpu)
    }
    close = get_close_matches(str(priced), names, n=3, cutoff=0.4)
    return f"; there is {listed(close, 3)}" if close else ""


def _notes(study: Study, prices: Prices, priced: Priced, judged: _Judged) -> Iterator[str]:
    bars = judged[priced]
    traded = study.action is not None and priced in study.action.symbols
    if priced in prices.single:
        bar = _length(study.bar_seconds)
        yield f"{priced} has single prices and no bars: the first of {bar} is its open, the last its close."
    elif traded and not any(bar.opens_apart for bar in bars):
        yield f"{priced} has closing prices only: its orders are filled at the close of the next bar."
    if bars[0].known_at - study.period.starts > _longest_gap(priced, bars):
        yield f"{priced} has its first price on {day(bars[0].known_at)}; until then it is out of the study."
    if study.period.ends - bars[-1].known_at > _longest_gap(priced, bars):
        yield f"{priced} has its last price on {day(bars[-1].known_at)}; after that it stands still."
    missing = _missing_days(priced, judged)
    if missing:
        yield (
            f"{priced} has no price on {count(missing, 'day')} on which others have one: it is valued at the"
            " close before, and traded at its next price."
        )


def _judged(study: Study, prices: Prices, priced: Priced) -> list[Bar]:
    return [
        bar
        for bar in prices.series[priced].bars
        if study.period.starts <= bar.known_at < study.period.ends and not bar.corrects
    ]


def _longest_gap(priced: Priced, bars: Sequence[Bar]) -> timedelta:
    if isinstance(priced, Gpu):
        return max(LONGEST_GAP, USUAL_GAPS * _usually_apart(bars))
    return LONGEST_GAP


def _usually_apart(bars: Sequence[Bar]) -> timedelta:
    apart = sorted(after.known_at - before.known_at for before, after in pairwise(bars))
    return apart[len(apart) // 2] if apart else timedelta()


def _missing_days(priced: Priced, judged: _Judged) -> int:
    """Return how many days have a price of another share, and none of this one between its first and last."""
    if isinstance(priced, Gpu):
        return 0
    own = _days(judged[priced])
    others = {on for share, bars in judged.items() if not isinstance(share, Gpu) for on in _days(bars)}
    return len({on for on in others if min(own) < on < max(own)} - own)


def _days(bars: Sequence[Bar]) -> set[date]:
    return {bar.known_at.date() for bar in bars}


def _length(seconds: int) -> str:
    return "a day" if seconds == 86_400 else f"{seconds:,} seconds"
