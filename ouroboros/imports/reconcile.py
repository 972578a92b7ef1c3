"""Events of tables, compared with each other in the order in which they were known.

The same price twice counts once; two prices for one day are refused with both addresses. A venue's
offers of a GPU model in a period become one bar (gpu_offers.py). A promise of power that only repeats the
one before is none.
Memory holds the events of one time, and a line for each share and site and model.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

from events.families.power import PowerCompleted, PowerDelivered, PowerScheduled, PowerWithdrawn
from events.families.prices import EquityBarClosed, GpuBarClosed
from ouroboros.imports import gpu_offers
from ouroboros.imports.located import Dropped, LocatedEvent
from ouroboros.imports.mapping import Mapping
from ouroboros.imports.promises import Promises
from ouroboros.imports.share_bars import Bars


class Reconciler:
    """Takes events in known order, and gives those that hold."""

    def __init__(self, mappings: Sequence[Mapping]) -> None:
        self._bars = Bars(mappings)
        self._promises = Promises(mappings)
        self._gpu_moves = gpu_offers.GpuMoves()

    def reconcile(self, events: Iterable[LocatedEvent]) -> Iterator[LocatedEvent | Dropped]:
        """Decide all of one time together; what was there before comes first and is not given again."""
        for _, same_time in groupby(events, key=lambda located: located.event.known_at):
            yield from self._reconcile(same_time)

    def notices(self) -> Iterator[str]:
        """Return what looks odd, once all is read: large moves, and days without prices."""
        yield from self._bars.notices()
        yield from self._gpu_moves.notices()

    def _reconcile(self, same_time: Iterable[LocatedEvent]) -> Iterator[LocatedEvent | Dropped]:
        bars: dict[tuple[str, int, datetime], list[LocatedEvent]] = {}
        offers: dict[gpu_offers.Key, list[LocatedEvent]] = {}
        power: list[LocatedEvent] = []
        for located in same_time:
            match located.event:
                case GpuBarClosed() as bar:
                    offers.setdefault(gpu_offers.key_of(bar), []).append(located)
                    continue
                case EquityBarClosed() as bar:
                    bars.setdefault((bar.symbol, bar.interval_seconds, bar.last_at), []).append(located)
                    continue
                case PowerScheduled() | PowerDelivered() | PowerWithdrawn() | PowerCompleted():
                    power.append(located)
                    continue
                case _:
                    pass
            if located.table is not None:
                yield located
        yield from self._promises.decide(power)
        for same_bar in bars.values():
            yield from self._bars.decide(same_bar)
        for found in gpu_offers.bars_of(offers):
            if isinstance(found, LocatedEvent):
                self._gpu_moves.look_at(found)
            yield found
