"""A batch that is folded at once leaves the states and rows that its events leave one by one."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Certainty, Event
from events.codec import decode_document, encode
from events.ledger import ledger
from events.prices import EquityBarClosed
from projections.base import JournaledEvent, Projection, Row, Step, fold
from projections.bulk import warning_signs
from projections.bulk.folding import fold_batch
from projections.column_block import rows_of
from projections.event_batch import batch_of
from projections.registry import PROJECTIONS
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.definition import Indicator
from projections.warning_signs.fold import READERS, WarningSigns, apply
from projections.warning_signs.indicators.crowding import CROWDING
from projections.warning_signs.registry import ALL
from projections.warning_signs.rows import SignalRow
from tests.projections.given import event, given, journaled
from tests.projections.test_warning_signs_laws import EVENTS

SEED = 20_260_301
START = date(2026, 1, 1)
# Shares that are followed from the beginning, shares that loans pledge, and shares of nobody.
SYMBOLS = ("CAT", "ENR.DE", "GEV", "BX", "OWL", "CRWV", "A", "B", "C", "D", "E", "F")
DAYS = st.integers(0, 400).map(lambda days: str(START + timedelta(days=days)))
SOME = st.lists(st.sampled_from(SYMBOLS), max_size=3, unique=True)


def share_bar(day: str, symbol: str, minute: int, prices: Sequence[int], late: int) -> Event:
    at = datetime.fromisoformat(f"{day}T14:30:00+00:00") + timedelta(minutes=minute)
    one, other, high = prices
    return event(
        "EquityBarClosed",
        day,
        known_at=(at + timedelta(days=late)).isoformat(),
        occurred_at=at.isoformat(),
        symbol=symbol,
        interval_seconds=60,
        bucket=at.isoformat(),
        open_usd=one,
        high_usd=max(one, other) + high,
        low_usd=min(one, other),
        close_usd=other,
        volume=minute,
        first_at=at.isoformat(),
        last_at=at.isoformat(),
    )


def tick(day: str, symbol: str, price: int) -> Event:
    return event("EquityPriced", day, symbol=symbol, price_usd=price)


def gpu_bar(day: str, basis: str, price: int) -> Event:
    noon = f"{day}T12:00:00Z"
    prices = dict.fromkeys(("open_usd", "high_usd", "low_usd", "close_usd"), float(price))
    times = {"bucket": noon, "first_at": noon, "last_at": noon}
    return event("GpuBarClosed", day, model="H  100", basis=basis, interval_seconds=60, **prices, **times)


def watchlist(day: str, name: str, builders: list[str], neoclouds: list[str], symbols: list[str]) -> Event:
    followed = {"builders": builders, "neoclouds": neoclouds, "symbols": symbols}
    return event("WatchlistChanged", day, watchlist=name, **followed)


def pledge(day: str, facility: str, symbol: str) -> Event:
    collateral = {"kind": "shares", "symbol": symbol, "quantity": 1e6}
    terms = {"borrower": "X", "lenders": ["L"], "principal_usd": 1e9, "collateral": collateral}
    return event("LoanOriginated", day, facility_id=facility, **terms)


BARS = st.builds(
    share_bar,
    DAYS,
    st.sampled_from(SYMBOLS),
    st.integers(0, 4),
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.integers(0, 4)),
    st.sampled_from([0, 0, 0, 3]),
)
MIXED = st.one_of(
    BARS,
    BARS,
    BARS,
    EVENTS,
    st.builds(tick, DAYS, st.sampled_from(SYMBOLS), st.integers(1, 9)),
    st.builds(gpu_bar, DAYS, st.sampled_from(["resale", "rental_hour", "list"]), st.integers(1, 9)),
    st.builds(watchlist, DAYS, st.sampled_from(["desk", "other"]), SOME, SOME, SOME),
    st.builds(pledge, DAYS, st.sampled_from(["f1", "f2", "f3"]), st.sampled_from(SYMBOLS)),
)
# Often in the order of their days, as most of a history is; else as late as can be.
JOURNALS = st.tuples(st.lists(MIXED, max_size=60), st.booleans()).map(
    lambda drawn: sorted(drawn[0], key=lambda one: one.known_at) if drawn[1] else drawn[0]
)
CUTS = st.lists(st.integers(0, 60), max_size=4).map(sorted)


def by_table(projection: Projection[Any], rows: Iterable[Row]) -> dict[str, list[tuple[Row, list[type]]]]:
    """Sort rows by table; 1 equals 1.0, and is written differently."""
    found: dict[str, list[tuple[Row, list[type]]]] = {table.name: [] for table in projection.tables}
    names = {table.row: table.name for table in projection.tables}
    for row in rows:
        found[names[type(row)]].append((row, [type(value) for value in row]))
    return found


def same(projection: Projection[Any], journal: Iterable[Event], cuts: Sequence[int]) -> None:
    """Fold a journal both ways, and compare after each batch."""
    # As the journal carries them: a default that is left out is a whole number, and a float once it is read.
    records = journaled(decode_document(orjson.loads(encode(one))) for one in journal)
    alone = at_once = projection.initial
    for start, end in zip([0, *cuts], [*cuts, len(records)], strict=True):
        step = fold(projection, alone, records[start:end])
        batch = fold_batch(projection, at_once, batch_of(records[start:end]))
        assert by_table(projection, rows_of(batch.pieces)) == by_table(projection, step.rows)
        assert batch.state == step.state
        alone, at_once = step.state, batch.state
        assert projection.state_type.dump_json(at_once) == projection.state_type.dump_json(alone)


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda one: one.name)
def test_any_journal_cut_anywhere_leaves_what_it_leaves_one_by_one(projection: Projection[Any]) -> None:
    @settings(deadline=None, max_examples=150)
    @forall(JOURNALS, CUTS)
    def law(journal: list[Event], cuts: list[int]) -> None:
        same(projection, journal, cuts)

    law()


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda one: one.name)
def test_the_ledger_among_bars_leaves_what_it_leaves_one_by_one(projection: Projection[Any]) -> None:
    chance = random.Random(SEED)
    facts = list(ledger())
    bars = [_any_bar(chance, one.known_at) for one in facts for _ in range(20)]
    journal = sorted([*facts, *bars], key=lambda one: one.known_at)
    # A few come late.
    for _ in range(30):
        journal.append(journal.pop(chance.randrange(len(journal))))
    same(projection, journal, sorted(chance.choices(range(len(journal)), k=5)))


def _any_bar(chance: random.Random, near: datetime) -> Event:
    at = near + timedelta(minutes=chance.randrange(-20_000, 20_000))
    prices = [chance.uniform(20, 2_000) for _ in range(4)]
    return EquityBarClosed(
        event_id=UUID(int=chance.getrandbits(128), version=4),
        occurred_at=at,
        known_at=at,
        source="test",
        certainty=Certainty.REPORTED,
        symbol=chance.choice((*SYMBOLS, "ARM", "ORCL", "NVDA")),
        interval_seconds=60,
        bucket=at.astimezone(UTC).replace(second=0, microsecond=0),
        open_usd=prices[0],
        high_usd=max(prices),
        low_usd=min(prices),
        close_usd=prices[1],
        volume=prices[2],
        first_at=at,
        last_at=at,
    )


def test_a_loan_in_the_middle_of_a_chunk_finds_the_year_of_its_share_as_it_is_by_then() -> None:
    bars = [
        share_bar("2026-01-05", "D", minute, (price, price, 0), 0) for minute, price in enumerate((9, 4, 9))
    ]
    journal = [*bars[:2], pledge("2026-01-05", "f1", "D"), bars[2]]
    same(WARNING_SIGNS, journal, ())


def test_a_share_that_is_followed_for_a_while_keeps_its_whole_year() -> None:
    bars = [
        share_bar("2026-01-05", "D", minute, (price, price, 0), 0)
        for minute, price in enumerate((3, 9, 5, 7, 4, 2))
    ]
    follows, leaves = (
        watchlist("2026-01-05", "desk", ["D"], [], []),
        watchlist("2026-01-06", "desk", [], [], []),
    )
    journal = [*bars[:2], follows, *bars[2:4], leaves, *bars[4:], pledge("2026-01-07", "f1", "D")]
    same(WARNING_SIGNS, journal, ())


def test_what_is_due_amid_bars_of_nobody_is_told_with_the_first_of_them() -> None:
    waiver = event("CreditWaiverReported", "2026-01-02", facility_id="f1", borrower="X", kind="waiver")
    bars = [share_bar(day, "D", 0, (5, 5, 0), 0) for day in ("2026-01-05", "2026-06-01", "2026-06-02")]
    before, whole = given(WARNING_SIGNS, waiver, bars[0]), given(WARNING_SIGNS, waiver, *bars)
    assert len(whole.rows) > len(before.rows)
    same(WARNING_SIGNS, [waiver, *bars], ())


def test_what_falls_due_at_the_very_moment_of_a_bar_is_told_with_it() -> None:
    at = "2026-01-02T14:30:00Z"
    common = {"occurred_at": at, "known_at": at, "facility_id": "f1", "borrower": "X", "kind": "waiver"}
    waiver = event("CreditWaiverReported", **common)
    # The window of 90 days ends at 14:30 on 2 April.
    bar = share_bar("2026-04-02", "D", 0, (5, 5, 0), 0)
    assert len(given(WARNING_SIGNS, waiver, bar).rows) > len(given(WARNING_SIGNS, waiver).rows)
    same(WARNING_SIGNS, [waiver, bar], ())


def test_a_level_that_pends_is_taken_amid_bars_of_nobody() -> None:
    # The builders gain a lot in 90 days, and the financiers nothing; the level is taken after 15 minutes.
    first = [share_bar("2026-01-05", symbol, 0, (4, 4, 0), 0) for symbol in ("CAT", "BX")]
    last = [
        share_bar("2026-04-05", symbol, 0, (close, close, 0), 0) for symbol, close in (("CAT", 9), ("BX", 4))
    ]
    bars = [share_bar("2026-04-05", "D", minute, (5, 5, 0), 0) for minute in (14, 15, 16)]
    levels = [
        [
            row.level
            for row in given(WARNING_SIGNS, *first, *last, *bars[:end]).rows
            if isinstance(row, SignalRow)
        ]
        for end in (1, 2, 3)
    ]
    assert levels == [[], ["critical"], ["critical"]]
    same(WARNING_SIGNS, [*first, *last, *bars], ())


def test_bars_that_come_and_go_between_levels_within_a_chunk_tell_each_step() -> None:
    closes = (9, 8, 7, 5, 4, 6, 8, 9, 3, 9)
    falls = [share_bar("2026-01-05", "D", minute, (one, one, 0), 0) for minute, one in enumerate(closes)]
    journal = [pledge("2026-01-05", "f1", "D"), *falls]
    steps = [row.step for row in given(WARNING_SIGNS, *journal).rows if isinstance(row, SignalRow)]
    assert {"opened", "escalated", "eased", "cleared"} == set(steps)
    same(WARNING_SIGNS, journal, (4,))


def test_a_price_that_is_newer_than_the_bars_of_a_share_stays_when_nobody_follows_it_any_more() -> None:
    follows, leaves = (
        watchlist("2026-01-05", "desk", ["D"], [], []),
        watchlist("2026-01-06", "desk", [], [], []),
    )
    bar = share_bar("2026-01-05", "D", 0, (9, 9, 0), 0)
    at = "2026-01-05T14:30:00Z"
    printed = event("EquityPriced", occurred_at=at, known_at=at, symbol="D", price_usd=4)
    same(WARNING_SIGNS, [follows, bar, printed, leaves, pledge("2026-01-07", "f1", "D")], ())


def test_every_indicator_that_reads_bars_of_shares_says_which_it_heeds() -> None:
    readers = [ALL[place] for place in READERS[EquityBarClosed]]
    assert readers
    assert all(isinstance(one, Indicator) and one.heeds for one in readers)


def test_an_indicator_that_does_not_say_what_it_heeds_is_shown_every_bar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    silent = tuple(replace(one, heeds=None) if one is CROWDING else one for one in ALL)
    monkeypatch.setattr(warning_signs, "ALL", silent)
    seen: list[int] = []

    def seeing(state: WarningSigns, record: JournaledEvent) -> Step[WarningSigns]:
        seen.append(record.offset)
        return apply(state, record)

    monkeypatch.setattr(warning_signs, "apply", seeing)
    same(WARNING_SIGNS, [share_bar("2026-01-05", "D", minute, (5, 5, 0), 0) for minute in range(3)], ())
    assert seen == [0, 1, 2]
