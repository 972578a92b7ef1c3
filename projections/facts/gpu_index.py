"""The index of a series of GPU prices: one statement a day, each venue with one vote, in bounded memory.

A venue votes with the median of its prices of a day, each price once however often it was asked; a later
average of a publisher takes the place of the one before. The index of the day is the median of the votes.
What comes late changes the day that it is of. Of days long past a venue keeps its median alone.
"""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import NamedTuple
from uuid import UUID

from events.families.prices import DAY_SECONDS, MOST_VENUES, GpuBarClosed, VenuePrice
from events.gpu_series import GpuSeries
from projections.facts.year import A_YEAR

# Fewer prices than these, where no average of a publisher is among them, are the word of a few.
LEAST_OFFERS = 3
# Prices of a venue are kept one by one for so long, for those that come late.
RECENT = timedelta(days=7)
MOST_PRICES = 200
ONE_DAY = timedelta(days=1)


class Vote(NamedTuple):
    """A venue on a day: its median (USD), and how many offers stood at each of its prices.

    An average was known at `known_at`, in a revision of its publisher.
    """

    venue: str | None
    price_usd: float
    prices: tuple[tuple[float, int], ...]
    is_average: bool
    known_at: datetime
    revision: int = 0

    @property
    def offers(self) -> int:
        """Return how many offers it rests on."""
        return sum(offers for _, offers in self.prices)


class IndexDay(NamedTuple):
    """The index of a day (USD), the votes that it is made of, and the event that changed it last.

    `is_whole` says that some of its prices are of the whole day, which is over then; `at` is when the last
    of its prices was made.
    """

    day: date
    price_usd: float
    offers: int
    is_whole: bool
    at: datetime
    known_at: datetime
    event_id: UUID
    votes: tuple[Vote, ...]

    @property
    def venues(self) -> int:
        """Return how many venues vote."""
        return len(self.votes)

    @property
    def is_average(self) -> bool:
        """Return whether a publisher's average is among its prices."""
        return any(vote.is_average for vote in self.votes)

    @property
    def is_thin(self) -> bool:
        """Return whether it rests on fewer offers than an index may."""
        return self.offers < LEAST_OFFERS and not self.is_average

    @property
    def ends_at(self) -> datetime:
        """Return when the day is over, in UTC."""
        return datetime.combine(self.day + ONE_DAY, time(), UTC)

    def is_over(self, now: datetime) -> bool:
        """Return whether the day is over: until then offers are still to come."""
        return self.is_whole or now >= self.ends_at


class GpuIndex(NamedTuple):
    """The days of a series, the oldest first, of a year up to the newest."""

    series: GpuSeries
    days: tuple[IndexDay, ...]

    def newest(self, now: datetime) -> IndexDay | None:
        """Find the newest day that says something: it is over, and not thin."""
        spoken = (day for day in reversed(self.days) if not day.is_thin and day.is_over(now))
        return next(spoken, None)

    def due(self, now: datetime) -> datetime | None:
        """Return when the next day will say something that is not over yet."""
        ends = (day.ends_at for day in self.days if not day.is_thin and not day.is_over(now))
        return min(ends, default=None)

    def on(self, day: date) -> IndexDay | None:
        """Find a day."""
        number = _first_from(self.days, day)
        return self.days[number] if number < len(self.days) and self.days[number].day == day else None


class Fall(NamedTuple):
    """How far the newest day is below the highest of the year up to it: (high - now) / high, six decimals."""

    high: IndexDay
    now: IndexDay

    @property
    def share(self) -> float:
        """Return the fall, between 0 and 1."""
        return _below(self.high, self.now)


def fall_of(index: GpuIndex, now: datetime, least_told: float) -> Fall | None:
    """Measure a series, None where it says nothing.

    No fall of `least_told` or more rests on a thin day: such a high is passed over.
    """
    newest = index.newest(now)
    if newest is None:
        return None
    days = [
        day
        for day in index.days
        if newest.day - A_YEAR < day.day <= newest.day
        and (not day.is_thin or _below(day, newest) < least_told)
    ]
    # Of days of one price the last.
    return Fall(max(days, key=lambda day: (day.price_usd, day.day)), newest)


def _below(high: IndexDay, now: IndexDay) -> float:
    return max(0.0, round((high.price_usd - now.price_usd) / high.price_usd, 6))


def with_gpu_price(index: GpuIndex | None, bar: GpuBarClosed) -> GpuIndex:
    """Take in a bar; the very same index comes back where that changes nothing."""
    if index is None:
        index = GpuIndex(bar.series, ())
    on = bar.bucket.date()
    if index.days and on <= index.days[-1].day - A_YEAR:
        return index
    before = index.on(on)
    votes = before.votes if before else ()
    for vote in bar.votes:
        votes = _with_vote(votes, _vote(bar, vote))
    is_whole = bar.interval_seconds == DAY_SECONDS or any(vote.is_average for vote in bar.votes)
    if before and votes == before.votes and (before.is_whole or not is_whole):
        return index
    day = _day(on, votes, bar.last_at, bar.known_at, bar.event_id, is_whole=is_whole)
    if before:
        day = _joined(day, before)
    return index._replace(days=_with_day(index.days, day))


def merged(older: GpuIndex, newer: GpuIndex) -> GpuIndex:
    """Return one index of two of the same thing."""
    days = newer.days
    for older_day in older.days:
        day = older_day
        same = newer.on(day.day)
        votes = day.votes
        for vote in same.votes if same else ():
            votes = _with_vote(votes, vote)
        if same is not None:
            whole = _day(day.day, votes, same.at, same.known_at, same.event_id, is_whole=same.is_whole)
            day = _joined(whole, day)
        days = _with_day(days, day)
    return newer._replace(days=days)


def _vote(bar: GpuBarClosed, of_venue: VenuePrice) -> Vote:
    return Vote(
        of_venue.venue,
        of_venue.median_usd,
        ((of_venue.median_usd, of_venue.offers),),
        of_venue.is_average,
        bar.known_at,
        of_venue.revision or 0,
    )


def _with_vote(votes: tuple[Vote, ...], new: Vote) -> tuple[Vote, ...]:
    # The venues of a day beyond so many vote as one.
    if len(votes) >= MOST_VENUES and all(_voter(vote) != _voter(new) for vote in votes):
        new = new._replace(venue=None)
    for number, vote in enumerate(votes):
        if _voter(vote) == _voter(new):
            return (*votes[:number], _revised(vote, new), *votes[number + 1 :])
    return (*votes, new)


def _voter(vote: Vote) -> tuple[str | None, bool]:
    return vote.venue, vote.is_average


def _revised(before: Vote, new: Vote) -> Vote:
    """Return the vote of a venue after another price of it: of averages the newest, of offers all."""
    if new.is_average:
        is_newer = (new.known_at, new.revision) >= (before.known_at, before.revision)
        return new if is_newer and new.price_usd != before.price_usd else before
    prices = dict(before.prices)
    for price_usd, offers in new.prices:
        # An offer that is asked again and again is one offer.
        prices[price_usd] = max(offers, prices.get(price_usd, 0))
    listed = tuple(sorted(prices.items()))
    if listed == before.prices:
        return before
    vote = before._replace(price_usd=_median(listed), prices=listed)
    return _compact(vote) if len(listed) > MOST_PRICES else vote


def _median(prices: Iterable[tuple[float, int]]) -> float:
    """Return the median of prices, each as often as it was offered."""
    ordered = sorted(prices)
    offers = sum(number for _, number in ordered)
    middle, passed = list[float](), 0
    for price_usd, number in ordered:
        # The two in the middle of an even number, the same one twice of an odd number.
        for rank in ((offers - 1) // 2, offers // 2):
            if passed <= rank < passed + number:
                middle.append(price_usd)
        passed += number
    return sum(middle) / len(middle)


def _day(
    on: date, votes: tuple[Vote, ...], at: datetime, known_at: datetime, event_id: UUID, *, is_whole: bool
) -> IndexDay:
    price_usd = median(vote.price_usd for vote in votes)
    offers = sum(vote.offers for vote in votes)
    return IndexDay(on, price_usd, offers, is_whole, at, known_at, event_id, votes)


def _joined(day: IndexDay, other: IndexDay) -> IndexDay:
    return day._replace(
        is_whole=day.is_whole or other.is_whole,
        at=max(day.at, other.at),
        known_at=max(day.known_at, other.known_at),
    )


def _with_day(days: tuple[IndexDay, ...], new: IndexDay) -> tuple[IndexDay, ...]:
    """Put a day among the others; where it is the newest, let go of what is a year old."""
    number = _first_from(days, new.day)
    is_there = number < len(days) and days[number].day == new.day
    if number < len(days):
        recent = new.day > days[-1].day - RECENT
        return (*days[:number], new if recent else _compacted(new), *days[number + is_there :])
    if not days:
        return (new,)
    first = _first_from(days, new.day - A_YEAR + ONE_DAY)
    # What lay further back than this before is compact already.
    past = max(first, _first_from(days, days[-1].day - RECENT + ONE_DAY))
    recent_from = max(past, _first_from(days, new.day - RECENT + ONE_DAY))
    return (*days[first:past], *map(_compacted, days[past:recent_from]), *days[recent_from:], new)


def _compacted(day: IndexDay) -> IndexDay:
    if all(len(vote.prices) == 1 for vote in day.votes):
        return day
    return day._replace(votes=tuple(map(_compact, day.votes)))


def _compact(vote: Vote) -> Vote:
    return vote._replace(prices=((vote.price_usd, vote.offers),))


def _first_from(days: tuple[IndexDay, ...], day: date) -> int:
    """Return the number of the first day that is not before another."""
    return bisect_left(days, day, key=lambda index_day: index_day.day)
