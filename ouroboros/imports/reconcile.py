"""Events of tables, compared with each other in the order in which they were known.

The same price twice counts once; two prices for one day are refused with both addresses. The offers of a
GPU model in a period become one bar. A promise of power that only repeats the one before is none.
Memory holds the events of one time, and a line for each share and site and model.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from statistics import median

from events.codec import content_id
from events.families.power import PowerCompleted, PowerDelivered, PowerScheduled, PowerWithdrawn
from events.families.prices import EquityBarClosed, GpuBarClosed
from ouroboros.imports.located import Dropped, LocatedEvent
from ouroboros.imports.mapping import Mapping
from ouroboros.imports.promises import Promises
from ouroboros.imports.share_bars import Bars


class Reconciler:
    """Takes events in known order, and gives those that hold."""

    def __init__(self, mappings: Sequence[Mapping]) -> None:
        self._bars = Bars(mappings)
        self._promises = Promises(mappings)

    def reconcile(self, events: Iterable[LocatedEvent]) -> Iterator[LocatedEvent | Dropped]:
        """Decide all of one time together; what was there before comes first and is not given again."""
        for _, same_time in groupby(events, key=lambda located: located.event.known_at):
            yield from self._reconcile(same_time)

    def notices(self) -> Iterator[str]:
        """Return what looks odd, once all is read: large moves, and days without prices."""
        yield from self._bars.notices()

    def _reconcile(self, same_time: Iterable[LocatedEvent]) -> Iterator[LocatedEvent | Dropped]:
        bars: dict[tuple[str, int, datetime], list[LocatedEvent]] = {}
        offers: dict[tuple[str, str, datetime], list[LocatedEvent]] = {}
        power: list[LocatedEvent] = []
        for located in same_time:
            # Why it does not hold: an empty text where it only repeats another one.
            objection: str | None = None
            match located.event:
                case GpuBarClosed() as bar:
                    offers.setdefault((bar.model, bar.basis, bar.bucket), []).append(located)
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
                yield located if objection is None else Dropped(located.table, located.line, objection)
        yield from self._promises.decide(power)
        for same_bar in bars.values():
            yield from self._bars.decide(same_bar)
        for _, same_offers in sorted(offers.items()):
            yield from _one_bar(same_offers)


def _one_bar(offers: list[LocatedEvent]) -> Iterator[LocatedEvent | Dropped]:
    """Return one bar of all prices of a model and period; rows of a table have no order within it.

    Opens and closes at the median, so that one strange offer moves nothing.
    """
    known = next((offer for offer in offers if offer.table is None), None)
    new = [offer for offer in offers if offer.table is not None]
    if not new:
        return
    bar = _of_all([offer.event for offer in new if isinstance(offer.event, GpuBarClosed)])
    if known is None:
        yield replace(new[0], event=bar)
        return
    differs = f"{bar.model} of {bar.first_at:%Y-%m-%d} stands in {known.address} already, with other prices."
    reason = "" if known.event.event_id == bar.event_id else differs
    for offer in new:
        yield Dropped(offer.table or 0, offer.line, reason)


def _of_all(bars: list[GpuBarClosed]) -> GpuBarClosed:
    middle = median(bar.close_usd for bar in bars)
    prices = {"open_usd": middle, "close_usd": middle}
    prices["high_usd"] = max(bar.high_usd for bar in bars)
    prices["low_usd"] = min(bar.low_usd for bar in bars)
    prices["quantity"] = sum(bar.quantity for bar in bars)
    # The id follows from what the bar says.
    document = bars[0].model_copy(update=prices).model_dump(mode="json", exclude={"event_id"})
    identity = content_id({name: value for name, value in document.items() if value is not None})
    return GpuBarClosed.model_validate({**document, "event_id": identity})
