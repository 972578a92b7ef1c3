"""Watchlist: what one file names, side by side, with the thresholds that it sets."""

import re
import zlib
from collections.abc import Iterator

from dashboards.boards.equities import prices_over_time as prices_of_shares
from dashboards.boards.gpu_prices import prices_now
from dashboards.boards.gpu_prices import prices_over_time as prices_of_gpus
from dashboards.grafana.board import DEALS, Board, Row, chosen_from, row, signals
from dashboards.grafana.fields import DAY, as_level, field, width
from dashboards.grafana.panels import Panel, table
from dashboards.grafana.sql import chosen, in_words, known, names, rank, shown_level, spoken
from dashboards.panels import watched_tables
from dashboards.panels.sites import sites_table
from dashboards.panels.subjects import EXPLANATION, NOT_SHOWN, counts_by_level, explained, signals_table
from dashboards.panels.watched import families, overrides, thresholds_of, watched
from events.families.desk import WatchlistChanged

UID = "ouroboros-watchlist"
# The watchlist of docs/examples; its board has the short address.
SHIPPED = "neoclouds"

# Grafana takes 40 characters.
LONGEST_SLUG = 40 - len(UID) - 1
CHECKSUM = 8

NO_GPU_PRICES = (
    "No price of these GPU models is known here. Prices come on the topic gpu.prices, as GpuPriced, from any"
    " feed (docs/events.md), and appear when their bar closes."
)
IS_WATCHED = "subject IN (SELECT subject FROM watched)"


def board(watchlist: WatchlistChanged) -> Board:
    """Return the dashboard of a watchlist; what the watchlist leaves empty has no panels."""
    return Board(
        uid=uid_of(watchlist.watchlist),
        title=f"Watchlist: {watchlist.watchlist}",
        description=f"What the watchlist {watchlist.watchlist} names, with the thresholds that it sets."
        " To change it, edit its file, then run `ouroboros watchlist publish FILE` and"
        " `ouroboros dashboards --watchlist FILE`.",
        tags=("watchlist",),
        # By a query: the text of Grafana's own lists has no way to write every comma and colon.
        variables=tuple(
            chosen_from(family.variable, family.label, f"SELECT unnest({names(family.entries)})")
            for family in families(watchlist)
        ),
        annotations=(signals(f"s.subject IN (WITH {watched(watchlist)} SELECT subject FROM watched)"), DEALS),
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
    counts = counts_by_level(
        "Signs by level",
        "warning signs of the chosen names",
        start=f"WITH {watched(watchlist)}\n",
        where=f"c.{IS_WATCHED}",
    )
    newest_signals = signals_table(
        "Signals in the time range",
        "the chosen names",
        200,
        start=f"{watched(watchlist)}, ",
        where=IS_WATCHED,
        empty="No sign of these names changed its level in this time range. Choose a longer one.",
    )
    yield row(3, (counts, 24))
    yield row(11, (_indicators(watchlist), 24))
    yield row(9, (newest_signals, 24))
    listed = {family.variable for family in families(watchlist)}
    if "symbol" in listed:
        yield row(6, (watched_tables.shares(watchlist), 24), title="Shares")
        yield row(9, (prices_of_shares("Share prices"), 12), (watched_tables.share_falls(watchlist), 12))
    if "company" in listed:
        yield row(7, (watched_tables.companies(watchlist), 24), title="Companies")
    if "lender" in listed:
        yield row(6, (watched_tables.lenders(watchlist), 24), title="Lenders")
        yield row(7, (watched_tables.relief(watchlist), 24))
    if "site" in listed:
        own = {name: thresholds_of(watchlist, name) for name in ("power_delay", "stranded_financing")}
        yield row(
            6, (sites_table("Sites' power", chosen("site"), own, watched_tables.CHOOSE), 24), title="Sites"
        )
    if "gpu_model" in listed:
        models = chosen("gpu_model")
        now = prices_now("GPU models now", models, names(("resale", "rental_hour")), NO_GPU_PRICES)
        resale, rental = (
            prices_of_gpus(title, basis, f"What one {what}, in USD.", f"b.product = ANY({models})")
            for title, basis, what in (
                ("GPU resale prices", "resale", "used GPU fetches"),
                ("GPU rental prices by the hour", "rental_hour", "GPU costs for an hour"),
            )
        )
        yield row(6, (now, 24), title="GPUs")
        yield row(9, (resale, 12), (rental, 12))


def _indicators(watchlist: WatchlistChanged) -> Panel:
    """Return a table of every warning sign with its value, level and the thresholds that hold for it."""
    thresholds = ", ".join(
        f'{in_words(f"coalesce(s.{level}, a.{level}, d.{level})", "d.unit")} AS "{level.title()} at"'
        for level in ("watch", "warning", "critical")
    )
    return table(
        "Warning signs",
        "Every warning sign that measures a chosen name, the worst first, whatever the time range. The"
        " thresholds are those of the watchlist file where it sets any, for the subject or for the sign, and"
        " else the release's; the level follows them from when the file was published. Unknown: calm, on an"
        " input too old to be trusted. From read.indicator_current and read.indicator_definition.",
        f"""WITH {watched(watchlist)}, {overrides(watchlist)}
SELECT {shown_level("c")} AS "Level", d.title AS "Sign", {spoken("c.subject")} AS "Subject",
  {known("c", in_words("c.value", "d.unit"))} AS "Value", {thresholds},
  c.since AS "Since", c.text AS "In words", {explained("c")}
FROM read.indicator_current c JOIN read.indicator_definition d ON d.id = c.indicator
LEFT JOIN own s ON s.indicator = c.indicator AND s.subject = c.subject
LEFT JOIN own a ON a.indicator = c.indicator AND a.subject IS NULL
WHERE c.{IS_WATCHED}
ORDER BY {rank(shown_level("c"))} DESC, c.since DESC, d.title, c.subject LIMIT 500""",
        field("Level", *as_level()),
        field("Sign", width(150), EXPLANATION),
        field("Subject", width(165)),
        *(field(name, width(95)) for name in ("Value", "Watch at", "Warning at", "Critical at")),
        field("Since", *DAY, width(100)),
        *NOT_SHOWN,
        empty="Nothing on this list has been measured yet. Publish events about it (docs/events.md), and"
        " check the spelling of its names: they are compared letter by letter.",
    )
