"""Prices of GPUs of one time, compared with each other and with the days before."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from statistics import median

from events.codec import content_id
from events.families.prices import GpuBarClosed, VenuePrice
from events.words import count, day
from ouroboros.imports.located import Dropped, LocatedEvent

# A series and a day.
Key = tuple[str, date]
# No index of GPUs moves so much within a month; errors of units and of feeds do.
FALL, RISE = -0.45, 0.90
COMPARED = timedelta(days=45)
# So many models at one and the same price are one price that was written into every column.
SAME_PRICES = 3
MOVES_SHOWN = 20


def key_of(bar: GpuBarClosed) -> Key:
    """Return what the prices are of that make one bar."""
    return bar.series.name, bar.bucket.date()


def bars_of(offers: dict[Key, list[LocatedEvent]]) -> Iterator[LocatedEvent | Dropped]:
    """Return the bars of all prices that became known at one time, series by series.

    A bar holds all venues of its day: an index that was made venue by venue would pass levels that the day
    does not reach.
    """
    for _, same_day in sorted(offers.items()):
        yield from _one_bar(same_day)


def _one_bar(offers: list[LocatedEvent]) -> Iterator[LocatedEvent | Dropped]:
    """Return one bar of all prices of a series and day; rows of a table have no order within it.

    Opens and closes at the median, so that one strange offer moves nothing. What was known before of a
    venue holds.
    """
    known = {
        _voter(vote): (vote, offer) for offer in offers if offer.table is None for vote in _bar(offer).votes
    }
    by_venue: dict[Voter, list[LocatedEvent]] = {}
    for offer in offers:
        if offer.table is not None:
            by_venue.setdefault(_voter(_vote(offer)), []).append(offer)
    holding, votes = list[LocatedEvent](), list[VenuePrice]()
    for voter, asked in sorted(by_venue.items()):
        kept, dropped = _counting(asked)
        vote = _vote_of(kept)
        yield from dropped
        if voter in known:
            before, there = known[voter]
            for offer in kept:
                yield Dropped(offer.table or 0, offer.line, _difference(offer, before, vote, there))
        else:
            holding += kept
            votes.append(vote)
    if holding:
        # The row that stands first in its table gives the address.
        first = min(holding, key=lambda offer: (offer.table or 0, offer.line))
        yield replace(first, event=_of_all(list(map(_bar, holding)), votes))


Voter = tuple[str, bool]


def _voter(vote: VenuePrice) -> Voter:
    return vote.venue or "", vote.is_average


def _bar(offer: LocatedEvent) -> GpuBarClosed:
    assert isinstance(offer.event, GpuBarClosed)  # noqa: S101  only these are gathered
    return offer.event


def _vote(offer: LocatedEvent) -> VenuePrice:
    return _bar(offer).votes[0]


def _counting(asked: list[LocatedEvent]) -> tuple[list[LocatedEvent], list[Dropped]]:
    """Return the prices of a venue that count: all offers, or the newest revision of an average."""
    if not _vote(asked[0]).is_average:
        return asked, []
    first, *others = sorted(asked, key=lambda offer: -(_vote(offer).revision or 0))
    return [first], [Dropped(offer.table or 0, offer.line, _superseded(first, offer)) for offer in others]


def _superseded(first: LocatedEvent, other: LocatedEvent) -> str:
    """Say why a second average of a day does not count; nothing where it is an older revision or the same."""
    kept, vote = _vote(first), _vote(other)
    if kept.median_usd == vote.median_usd or (kept.revision or 0) > (vote.revision or 0):
        return ""
    name, on = key_of(_bar(other))
    return (
        f"{name} of {on} is {vote.median_usd:,.10g} USD here and {kept.median_usd:,.10g} USD in"
        f" {first.address}, known at the same time: the first of the two was kept (name the columns published"
        " and revision, or say average: false if these are offers)."
    )


def _vote_of(kept: list[LocatedEvent]) -> VenuePrice:
    votes = list(map(_vote, kept))
    middle = median(vote.median_usd for vote in votes)
    return votes[0].model_copy(update={"median_usd": middle, "offers": len(votes)})


def _difference(offer: LocatedEvent, before: VenuePrice, vote: VenuePrice, there: LocatedEvent) -> str:
    """Say that other prices are known already; nothing where they are the same."""
    if (before.median_usd, before.offers) == (vote.median_usd, vote.offers):
        return ""
    name, on = key_of(_bar(offer))
    where = f" at {vote.venue}" if vote.venue else ""
    return f"{name} of {on}{where} stands in {there.address} already, with other prices."


def _of_all(bars: list[GpuBarClosed], votes: list[VenuePrice]) -> GpuBarClosed:
    middle = median(vote.median_usd for vote in votes)
    changed = {
        **dict.fromkeys(("open_usd", "close_usd"), middle),
        "high_usd": max(bar.high_usd for bar in bars),
        "low_usd": min(bar.low_usd for bar in bars),
        "quantity": sum(bar.quantity for bar in bars),
        "venues": tuple(votes),
    }
    # The id follows from what the bar says.
    document = bars[0].model_copy(update=changed).model_dump(mode="json", exclude={"event_id"})
    identity = content_id({name: value for name, value in document.items() if value is not None})
    return GpuBarClosed.model_validate({**document, "event_id": identity})


class GpuMoves:
    """Looks for prices that moved as none does, and for days on which all models cost the same."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, Voter], tuple[date, float]] = {}
        self._moves: list[str] = []
        self._more_moves = 0
        # The models that cost the same at one venue on a day.
        self._models: dict[tuple[date, str, float], set[str]] = {}

    def look_at(self, located: LocatedEvent) -> None:
        """Take a bar, in known order."""
        series, on = key_of(_bar(located))
        for vote in _bar(located).votes:
            self._look_at(located, series, on, vote)

    def _look_at(self, located: LocatedEvent, series: str, on: date, vote: VenuePrice) -> None:
        now = vote.median_usd
        before = self._last.get((series, _voter(vote)))
        if before and before[0] > on:
            # A late revision of a day past.
            return
        self._last[series, _voter(vote)] = on, now
        if located.table is None:
            return
        self._models.setdefault((on, vote.venue or "", now), set()).add(_bar(located).series.product)
        if before is None or on - before[0] > COMPARED or FALL < now / before[1] - 1 < RISE:
            return
        if len(self._moves) >= MOVES_SHOWN:
            self._more_moves += 1
            return
        where = f" at {vote.venue}" if vote.venue else ""
        self._moves.append(
            f"{located.address}: {series}{where} moved {now / before[1] - 1:+,.0%} from {before[1]:,.2f} USD"
            f" on {day(before[0])} to {now:,.2f} USD on {day(on)}; it looks like a slip or another unit:"
            " correct the table, or narrow it by `only`, unless it is real."
        )

    def notices(self) -> Iterator[str]:
        """Return what looks odd, once all is read."""
        yield from self._moves
        if self._more_moves:
            yield f"... and {self._more_moves:,} more moves of GPU prices that look like slips."
        same: dict[float, list[date]] = {}
        for (on, _, price_usd), models in sorted(self._models.items()):
            if len(models) >= SAME_PRICES:
                same.setdefault(price_usd, []).append(on)
        for price_usd, days in same.items():
            yield (
                f"At least {SAME_PRICES} GPU models have one and the same price, {price_usd:,.2f} USD, on"
                f" {count(len(days), 'day')} from {day(days[0])} to {day(days[-1])}: it looks like a value"
                " that was filled into every column; correct the table unless it is real."
            )
