"""Prices: the year of every share and GPU series, and the daily closes of the shares in baskets."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from rpds import HashTrieMap

from events.families.prices import EquityBarClosed, GpuBarClosed
from projections.facts.closes import NO_CLOSES, WITHIN, Closes, with_close
from projections.facts.watchlists import Watchlists
from projections.facts.year import A_YEAR, Year, is_estimate, with_bar
from projections.persistent import PersistentMap


@dataclass(frozen=True, slots=True)
class Prices:
    """The year of each share by symbol and of each GPU series by name, and the closes of followed shares."""

    shares: PersistentMap[str, Year] = HashTrieMap()
    closes: PersistentMap[str, Closes] = HashTrieMap()
    gpus: PersistentMap[str, Year] = HashTrieMap()


def gpu_series(model: str, basis: str) -> str:
    """Return the series of a GPU model's prices on one basis."""
    return f"{model} {basis}"


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
    series = gpu_series(bar.model, bar.basis)
    known = prices.gpus.get(series)
    year = with_bar(known, bar)
    return prices if year is known else replace(prices, gpus=prices.gpus.insert(series, year))


def closed_anew(before: Prices, after: Prices, symbols: Iterable[str]) -> list[str]:
    """Return those of the shares whose daily closes are others than before."""
    return [symbol for symbol in symbols if after.closes.get(symbol) is not before.closes.get(symbol)]


def kept_for(watchlists: Watchlists) -> timedelta:
    """Return how long closes are kept: a year, or the longest window that a watchlist asks for."""
    windows = (timedelta(days=window.days) for change in watchlists.changes for window in change.windows)
    return max((A_YEAR, *windows)) + WITHIN
