"""What the watchlists name together: the baskets of shares, the gigawatt and the windows that they choose.

The newest watchlist of a name stands in place of the earlier ones of that name; of several names,
whatever came last wins.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from events.families.desk import WatchlistChanged
from projections.facts.assumptions import Gigawatt

# Those who sell what is built with, and those who lend for it, as S2 names them.
BUILDERS = ("CAT", "ENR.DE", "GEV")
FINANCIERS = ("BX", "OWL")
# S1 and S4 speak of one neocloud's shares.
NEOCLOUDS = ("CRWV",)


@dataclass(frozen=True, slots=True)
class Watchlists:
    """The watchlists, the last one to change last, and the baskets that follow from them, sorted."""

    changes: tuple[WatchlistChanged, ...] = ()
    builders: tuple[str, ...] = BUILDERS
    financiers: tuple[str, ...] = FINANCIERS
    neoclouds: tuple[str, ...] = NEOCLOUDS
    crowd: tuple[str, ...] = BUILDERS

    @property
    def gigawatt(self) -> Gigawatt:
        """Return what a gigawatt costs: what the watchlist says that chose last; else the middle."""
        chosen = (change.gigawatt_assumption for change in reversed(self.changes))
        return next((gigawatt for gigawatt in chosen if gigawatt), "mid")

    @property
    def shares(self) -> frozenset[str]:
        """Return the shares of all baskets, whose daily closes are kept."""
        return frozenset((*self.builders, *self.financiers, *self.neoclouds, *self.crowd))

    def window(self, indicator: str) -> timedelta | None:
        """Return the window that the watchlists give an indicator, if any."""
        days = [
            window.days
            for change in self.changes
            for window in change.windows
            if window.indicator == indicator
        ]
        return timedelta(days=days[-1]) if days else None


def with_watchlist(watchlists: Watchlists, change: WatchlistChanged) -> Watchlists:
    """Let a watchlist stand in place of the earlier one of its name."""
    others = (other for other in watchlists.changes if other.watchlist != change.watchlist)
    changes = (*others, change)
    builders = _basket((change.builders for change in changes), BUILDERS)
    return Watchlists(
        changes,
        builders,
        _basket((change.financiers for change in changes), FINANCIERS),
        _basket((change.neoclouds for change in changes), NEOCLOUDS),
        _basket((change.symbols for change in changes), builders),
    )


def _basket(named: Iterable[tuple[str, ...]], default: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({symbol for symbols in named for symbol in symbols})) or default
