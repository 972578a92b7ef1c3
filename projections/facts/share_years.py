"""The year of a share after many bars, of which nobody asked in between.

Of the bars of one day only the first with the highest price can leave a high, and of all bars only
the last of the newest prices can leave its price. Taking in just these, in their order, leaves the
very year that taking in every bar would leave, and taking in a bar again leaves what it left.
"""

from uuid import UUID

import numpy as np

from projections.event_batch import Bars, Whole, in_utc
from projections.facts.year import Year, with_quote


def with_bars(year: Year | None, bars: Bars, positions: Whole) -> Year | None:
    """Take in the bars of one share that stand at these positions, which ascend."""
    for position in decisive(bars, positions):
        year = with_quote(
            year,
            day=in_utc(bars.bucket[position]).date(),
            at=in_utc(bars.last_at[position]),
            high_usd=float(bars.high_usd[position]),
            price_usd=float(bars.close_usd[position]),
            event_id=UUID(bars.event_id[position]),
        )
    return year


def decisive(bars: Bars, positions: Whole) -> list[int]:
    """Return the positions of the bars that leave something in a year."""
    if not positions.size:
        return []
    newest = len(positions) - 1 - int(bars.last_at[positions[::-1]].argmax())
    days = bars.bucket[positions].astype("datetime64[D]")
    if days.min() == days.max():
        # So it is mostly, and sorting would take twice the time.
        return sorted({int(positions[bars.high_usd[positions].argmax()]), int(positions[newest])})
    # By day, then the highest first; of equal ones the first stays first.
    order = np.lexsort((-bars.high_usd[positions], days))
    days = days[order]
    is_first = np.ones(len(days), dtype=bool)
    np.not_equal(days[1:], days[:-1], out=is_first[1:])
    return sorted({*positions[order[is_first]].tolist(), int(positions[newest])})
