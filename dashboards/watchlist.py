"""Watchlist: what one file names, side by side, with the thresholds that it sets."""

import re
import zlib
from collections.abc import Iterator

from dashboards.building.annotations import DEALS, signals
from dashboards.building.board import Board, Row
from dashboards.watching.parties import companies, favours, lenders, sites
from dashboards.watching.prices import gpu_prices, gpus, share_falls, share_prices, shares
from dashboards.watching.signs import signs, standing, told
from dashboards.watching.subjects import families, variable_of, watched
from events.desk import WatchlistChanged

UID = "ouroboros-watchlist"
# The watchlist of docs/examples; its board has the short address.
SHIPPED = "neoclouds"

# Grafana takes 40 characters.
LONGEST_SLUG = 40 - len(UID) - 1
CHECKSUM = 8


def board(watchlist: WatchlistChanged) -> Board:
    """Make the dashboard of a watchlist; what the watchlist leaves empty has no panels."""
    return Board(
        uid=uid_of(watchlist.watchlist),
        title=f"Watchlist: {watchlist.watchlist}",
        description=f"What the watchlist {watchlist.watchlist} names, with the thresholds that it sets."
        " To change it, edit its file, then run `ouroboros watchlist publish FILE` and"
        " `ouroboros dashboards --watchlist FILE`.",
        tags=("watchlist",),
        variables=tuple(variable_of(family) for family in families(watchlist)),
        annotations=(signals(f"s.subject IN (WITH {watched(watchlist)} SELECT subject FROM watched)"), DEALS),
        rows=tuple(_rows(watchlist)),
        time_from="now-2y",
    )


def uid_of(name: str) -> str:
    """Give the address of a watchlist's dashboard: its name, with a checksum where letters were lost."""
    if name == SHIPPED:
        return UID
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if slug != name or len(slug) > LONGEST_SLUG:
        checksum = f"{zlib.crc32(name.encode()):08x}"
        slug = f"{slug[: LONGEST_SLUG - CHECKSUM - 1].rstrip('-')}-{checksum}".lstrip("-")
    return f"{UID}-{slug}"


def _rows(watchlist: WatchlistChanged) -> Iterator[Row]:
    yield Row(3, ((standing(watchlist), 24),))
    yield Row(11, ((signs(watchlist), 24),))
    yield Row(9, ((told(watchlist), 24),))
    listed = {family.variable: family for family in families(watchlist)}
    if "symbol" in listed:
        yield Row(6, ((shares(watchlist), 24),), title="Shares")
        yield Row(9, ((share_prices(), 12), (share_falls(watchlist), 12)))
    if "company" in listed:
        yield Row(7, ((companies(watchlist), 24),), title="Companies")
    if "lender" in listed:
        yield Row(6, ((lenders(watchlist), 24),), title="Lenders")
        yield Row(7, ((favours(), 24),))
    if "site" in listed:
        yield Row(6, ((sites(), 24),), title="Sites")
    if "gpu_model" in listed:
        resale = gpu_prices("resale", "GPU resale prices")
        rental = gpu_prices("rental_hour", "GPU rental prices by the hour")
        yield Row(6, ((gpus(), 24),), title="GPUs")
        yield Row(9, ((resale, 12), (rental, 12)))
