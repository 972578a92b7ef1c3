"""The years of shares after many bars, of which nobody asked in between.

Of the bars of one day only the first with the highest price can leave a high, and of all bars only
the last of the newest prices can leave its price; estimates leave something where there is no other price.
Taking in just these, in their order, leaves the
very years that taking in every bar would leave, and taking in a bar again leaves what it left.
"""

from collections.abc import Mapping
from datetime import UTC
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from events.base import Certainty
from projections.event_batch import Bars, Whole
from projections.facts.year import Year, with_quote


def years_after(years: Mapping[str, Year], bars: Bars, positions: Whole) -> dict[str, Year]:
    """Return the years that change with the bars at these positions: share by share, ascending in each."""
    changed: dict[str, Year] = {}
    estimates = bars.certainty[positions] == Certainty.ESTIMATED.value
    # An estimate that comes after other prices leaves nothing, and before them nothing that stays.
    left = np.concatenate((decisive(bars, positions[~estimates]), decisive(bars, positions[estimates])))
    for code, day, at, high_usd, price_usd, certainty, event_id in zip(
        bars.code[left].tolist(),
        _days(bars, left).tolist(),
        bars.last_at[left].tolist(),
        bars.high_usd[left].tolist(),
        bars.close_usd[left].tolist(),
        bars.certainty[left],
        bars.event_id[left],
        strict=True,
    ):
        symbol = bars.symbols[code]
        before = changed.get(symbol) or years.get(symbol)
        after = with_quote(
            before,
            day=day,
            at=at.replace(tzinfo=UTC),
            high_usd=high_usd,
            price_usd=price_usd,
            event_id=UUID(event_id),
            is_estimate=certainty == Certainty.ESTIMATED.value,
        )
        if after is not before:
            changed[symbol] = after
    return changed


def decisive(bars: Bars, positions: Whole) -> Whole:
    """Return those of the positions, in their order, whose bars can leave something in a year."""
    if not positions.size:
        return positions
    code, days = bars.code[positions], _days(bars, positions)
    is_next_share = code[1:] != code[:-1]
    # A day that comes back later is looked through once more, which leaves what it left.
    is_next_day = is_next_share | (days[1:] != days[:-1])
    first_highest, _ = _highest(bars.high_usd[positions], is_next_day)
    _, last_newest = _highest(bars.last_at[positions], is_next_share)
    return positions[first_highest | last_newest]


def _days(bars: Bars, positions: Whole) -> NDArray[np.datetime64]:
    return bars.bucket[positions].astype("datetime64[D]")


def _highest(values: NDArray[Any], is_next: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return masks of the first and of the last highest value of each stretch."""
    starts = np.concatenate(([0], np.flatnonzero(is_next) + 1))
    lengths = np.diff(starts, append=len(values))
    highest = np.flatnonzero(values == np.repeat(np.maximum.reduceat(values, starts), lengths))
    stretch = np.searchsorted(starts, highest, side="right")
    is_other = stretch[1:] != stretch[:-1]
    first, last = np.zeros((2, len(values)), dtype=bool)
    first[highest[np.concatenate(([True], is_other))]] = True
    last[highest[np.concatenate((is_other, [True]))]] = True
    return first, last
