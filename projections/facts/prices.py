"""Prices: the year of every share, the index of every GPU series, and the closes of the shares in baskets."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rpds import HashTrieMap

from events.families.prices import EquityBarClosed, GpuBarClosed
from events.gpu_series import gpu_series
from projections.facts.closes import NO_CLOSES, WITHIN, Closes, with_close
from projections.facts.gpu_index import GpuIndex, IndexDay, with_gpu_price
from projections.facts.watchlists import Watchlists
from projections.facts.year import A_YEAR, Year, is_estimate, with_bar
from projections.persistent import PersistentMap, items_of

# Prices of several forms or conditions of a model are compared where they are of one month.
COMPARED = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Prices:
    """The year of each share by symbol, the index of each GPU series by name, and followed shares' closes."""

    shares: PersistentMap[str, Year] = HashTrieMap()
    closes: PersistentMap[str, Closes] = HashTrieMap()
    gpus: PersistentMap[str, GpuIndex] = HashTrieMap()


def with_share_bar(prices: Prices, watchlists: Watchlists, bar: EquityBarClosed) -> Prices:
    """Take in a bar of a share: its year, and its close where the share is in a basket."""
    known = prices.shares.get(bar.symbol)
    year = with_bar(known, bar, is_estimate=is_estimate(bar))
    shares = prices.shares if year is known else prices.shares.insert(bar.symbol, year)
    closes = prices.closes
    if bar.symbol in watchlists.shares:
        before = closes.get(bar.symbol, NO_CLOSES)
        after = with_close(before, bar, kept_for(watchlists))
        closes = closes if after is before else closes.insert(bar.symbol, after)
    if shares is prices.shares and closes is prices.closes:
        return prices
    return Prices(shares, closes, prices.gpus)


def with_gpu_bar(prices: Prices, bar: GpuBarClosed) -> Prices:
    """Take in a bar of a GPU series."""
    series = bar.series.name
    known = prices.gpus.get(series)
    index = with_gpu_price(known, bar)
    return prices if index is known else replace(prices, gpus=prices.gpus.insert(series, index))


def resales_of(prices: Prices, product: str) -> list[GpuIndex]:
    """Return the resale series that price what a source calls by this name: that of it alone, or all of it.

    A loan on H100 is covered by H100 SXM and H100 PCIe alike where no price says H100 alone.
    """
    plain = prices.gpus.get(gpu_series(product, "resale").name)
    if plain is not None:
        return [plain]
    indices = (index for _, index in sorted(items_of(prices.gpus)))
    return [
        index
        for index in indices
        if index.series.basis == "resale" and product in {index.series.model, index.series.product}
    ]


def resale_price(prices: Prices, product: str, now: datetime) -> IndexDay | None:
    """Return the lowest of the newest resale prices of a product, of those that are of one month."""
    newest = [day for index in resales_of(prices, product) if (day := index.newest(now))]
    if not newest:
        return None
    last = max(day.day for day in newest)
    return min((day for day in newest if day.day > last - COMPARED), key=lambda day: day.price_usd)


def resale_due(prices: Prices, product: str, now: datetime) -> datetime | None:
    """Return when a day of offers is over that gives a product another resale price."""
    return min((end for index in resales_of(prices, product) if (end := index.due(now))), default=None)


def closed_anew(before: Prices, after: Prices, symbols: Iterable[str]) -> list[str]:
    """Return those of the shares whose daily closes are others than before."""
    return [symbol for symbol in symbols if after.closes.get(symbol) is not before.closes.get(symbol)]


def kept_for(watchlists: Watchlists) -> timedelta:
    """Return how long closes are kept: a year, or the longest window that a watchlist asks for."""
    windows = (timedelta(days=window.days) for change in watchlists.changes for window in change.windows)
    return max((A_YEAR, *windows)) + WITHIN
