"""Where a course of prices first falls to a level, for every beginning at once."""

from typing import Any

import numpy as np

Numbers = np.ndarray[Any, np.dtype[np.float64]]
Places = np.ndarray[Any, np.dtype[np.int64]]


def first_at_most(values: Numbers, levels: Numbers) -> Places:
    """Find, for each place, the first later one whose value is at most the level given there.

    The number of values where there is none. Takes the time and memory of sorting: lows of 1, 2, 4 ...
    values in a row say how far one can leap without passing such a value by.
    """
    size = len(values)
    lows = [values]
    while 2 ** len(lows) <= size:
        last, reach = lows[-1], 2 ** (len(lows) - 1)
        lows.append(np.minimum(last[:-reach], last[reach:]))
    places = np.arange(1, size + 1)
    for power in reversed(range(len(lows))):
        low = lows[power]
        inside = np.flatnonzero(places < len(low))
        leaping = inside[low[places[inside]] > levels[inside]]
        places[leaping] += 2**power
    return places
