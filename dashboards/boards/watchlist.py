"""Watchlist: what one file names, side by side, with the thresholds that it sets."""

import re
import zlib
from collections.abc import Iterator

from dashboards.boards.shares.prices import prices_over_time
from dashboards.boards.watched.indicators import counts, indicators, signals
from dashboards.boards.watched.parties import companies, lenders, relief, sites
from dashboards.boards.watched.prices import gpu_prices, gpus, share_falls, shares
from dashboards.boards.watched.subjects import families, variable_of, watched
from dashboards.grafana.annotations import DEALS
from dashboards.grafana.annotations import signals as annotated_signals
from dashboards.grafana.board import Board, Row, row
from events.families.desk import WatchlistChanged

UID = "ouroboros-watchlist"
# The watchlist of docs/examples; its board has the short address.
SHIPPED = "neoclouds"

# Grafana takes 40 characters.
LONGEST_SLUG = 40 - len(UID) - 1
CHECKSUM = 8


def board(watchlist: WatchlistChanged) -> Board:
    """Return the dashboard of a watchlist; what the watchlist leaves empty has no panels."""
    return Board(
        uid=uid_of(watchlist.watchlist),
        title=f"Watchlist: {watchlist.watchlist}",
        description=f"What the watchlist {watchlist.watchlist} names, with the thresholds that it sets."
        " To change it, edit its file, then run `ouroboros watchlist publish FILE` and"
        " `ouroboros dashboards --watchlist FILE`.",
        tags=("watchlist",),
        variables=tuple(variable_of(family) for family in families(watchlist)),
        annotations=(
            annotated_signals(f"s.subject IN (WITH {watched(watchlist)} SELECT subject FROM watched)"),
            DEALS,
        ),
        rows=tuple(_rows(watchlist)),
    )


def uid_of(name: str) -> str:
    """Return the uid of a watchlist's dashboard: its name, with a checksum where letters were lost."""
    if name == SHIPPED:
        return UID
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if slug != name or len(slug) > LONGEST_SLUG:
        checksum = f"{zlib.crc32(name.encode()):08x}"
        slug = f"{slug[: LONGEST_SLUG - CHECKSUM - 1].rstrip('-')}-{checksum}".lstrip("-")
    return f"{UID}-{slug}"


def _rows(watchlist: WatchlistChanged) -> Iterator[Row]:
    yield row(3, (counts(watchlist), 24))
    yield row(11, (indicators(watchlist), 24))
    yield row(9, (signals(watchlist), 24))
    listed = {family.variable: family for family in families(watchlist)}
    if "symbol" in listed:
        yield row(6, (shares(watchlist), 24), title="Shares")
        yield row(9, (prices_over_time("Share prices"), 12), (share_falls(watchlist), 12))
    if "company" in listed:
        yield row(7, (companies(watchlist), 24), title="Companies")
    if "lender" in listed:
        yield row(6, (lenders(watchlist), 24), title="Lenders")
        yield row(7, (relief(watchlist), 24))
    if "site" in listed:
        yield row(6, (sites(watchlist), 24), title="Sites")
    if "gpu_model" in listed:
        resale = gpu_prices("GPU resale prices", "resale", "What one used GPU fetches, in USD.")
        rental = gpu_prices(
            "GPU rental prices by the hour", "rental_hour", "What one GPU costs for an hour, in USD."
        )
        yield row(6, (gpus(), 24), title="GPUs")
        yield row(9, (resale, 12), (rental, 12))
