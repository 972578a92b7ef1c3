"""Baskets of shares, as the watchlists name them together, or as the release has them."""

from rpds import HashTrieMap

from events.desk import WatchlistChanged
from projections.persistent import PersistentMap

# Those who sell what is built with, and those who lend for it, as S2 names them.
BUILDERS = ("CAT", "ENR.DE", "GEV")
FINANCIERS = ("BX", "OWL")
# S1 and S4 tell of one neocloud's shares.
NEOCLOUDS = ("CRWV",)

# A sentence names so many shares; the others it counts.
TOLD = 5


# The shares that each watchlist names, by watchlist.
NOTHING_NAMED: PersistentMap[str, tuple[str, ...]] = HashTrieMap()


def with_watchlist(
    named: PersistentMap[str, tuple[str, ...]], changed: WatchlistChanged, symbols: tuple[str, ...]
) -> PersistentMap[str, tuple[str, ...]]:
    """Let a watchlist name these shares; of one watchlist the change that came last holds."""
    return named.insert(changed.watchlist, symbols) if symbols else named.discard(changed.watchlist)


def basket(named: PersistentMap[str, tuple[str, ...]], default: tuple[str, ...]) -> tuple[str, ...]:
    """Put together what all watchlists name, sorted; the default where they name nothing."""
    return tuple(sorted({symbol for symbols in named.values() for symbol in symbols})) or default


def listed(symbols: tuple[str, ...]) -> str:
    """Write the shares of a basket, the first ones by name: CAT, ENR.DE, GEV."""
    more = len(symbols) - TOLD
    return ", ".join(symbols[:TOLD]) + (f" and {more} more" if more > 0 else "")
