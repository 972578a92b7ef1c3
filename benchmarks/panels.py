"""Panels: how long the database takes for what each panel of each dashboard asks, with a year in it."""

import asyncio
import random
import time
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import psycopg

from benchmarks.facts import COMPANIES, FIRST_DAY, GPU_MODELS, SEED, SYMBOLS, common
from benchmarks.journals import DAYS_A_YEAR, DAYS_BY_THE_MINUTE, year
from benchmarks.prices import SERIES, Market
from benchmarks.results import Figure, Result
from benchmarks.servers import Servers
from dashboards.boards import boards, watchlist
from events.families.desk import WatchlistChanged
from projections.registry import PROJECTIONS
from projections.store.projector import JournalRecord, Projector
from projections.store.reader import READER
from tests.dashboards.grafana import Written, as_asked, choices, written

GOAL_MS = 200
TIMES = 3
SHOWN = 15
BATCH = 40

Connection = psycopg.Connection[tuple[Any, ...]]


def panels(servers: Servers) -> Result:
    """Fold a year, then ask as Grafana does for every panel, all of each variable chosen."""
    database = servers.fresh().database_url
    events = asyncio.run(_fold(database, year(chance := random.Random(SEED), Market(chance))))
    with psycopg.connect(database, autocommit=True) as connection:
        # As autovacuum does within minutes of a day's work.
        connection.execute("VACUUM ANALYZE")
        connection.execute(f"SET ROLE {READER}".encode())
        taken = {
            f"{board['title']}: {panel['title']}": _milliseconds(connection, panel, board_choices)
            for board in map(written, (*boards(), watchlist.board(_watchlist())))
            for board_choices in [_all_of(connection, board)]
            for panel in board["panels"]
            if panel.get("targets")
        }
    slowest = sorted(taken.items(), key=lambda one: -one[1])
    above = sum(one > GOAL_MS for one in taken.values())
    return Result(
        "Panels: a year of history, everything chosen",
        [Figure(name, milliseconds, "ms", GOAL_MS, "less") for name, milliseconds in slowest[:SHOWN]],
        [
            f"The slowest of {len(taken)} panels, {above} of them above {GOAL_MS} ms; all queries of a"
            f" panel one after the other, the best of {TIMES}.",
            f"{events:,} events: facts and daily bars of {len(SERIES)} series for {DAYS_A_YEAR} days, then"
            f" {DAYS_BY_THE_MINUTE} days of bars by the minute; seed {SEED}.",
        ],
    )


async def _fold(database: str, records: Iterable[JournalRecord]) -> int:
    projector = await Projector.load(database, PROJECTIONS, snapshot_events=10_000_000)
    left = iter(records)
    while batch := list(islice(left, BATCH)):
        await projector.project_records(batch)
    await projector.close()
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT count(*) FROM read.journal_event").fetchone()
    return int(found[0]) if found else 0


def _all_of(connection: Connection, board: Written) -> dict[str, Sequence[str] | str]:
    return choices(board, lambda sql: [row[0] for row in connection.execute(sql.encode()).fetchall()])


def _milliseconds(
    connection: Connection, panel: dict[str, Any], chosen: dict[str, Sequence[str] | str]
) -> float:
    asked = [as_asked(target["rawSql"], chosen).encode() for target in panel["targets"]]
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        for sql in asked:
            connection.execute(sql).fetchall()
        taken.append(time.perf_counter() - start)
    return 1000 * min(taken)


def _watchlist() -> WatchlistChanged:
    """Follow some of everything."""
    return WatchlistChanged(
        **common(random.Random(SEED), FIRST_DAY),
        watchlist="benchmark",
        symbols=SYMBOLS[:20],
        companies=COMPANIES[:20],
        lenders=tuple(f"Lender {number}" for number in range(10)),
        sites=tuple(f"site-{number}" for number in range(20)),
        gpu_models=GPU_MODELS,
    )
