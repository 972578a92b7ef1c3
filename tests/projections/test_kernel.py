"""How a journal is cut into batches must not show: not in any state, and not in any row."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Certainty, Event
from events.codec import decode_document, encode
from events.families.prices import EquityBarClosed
from events.ledger import ledger
from projections.base import JournaledEvent, Projection, Row
from projections.column_block import rows_of as rows_of_pieces
from projections.episodes.rows import SignalRow
from projections.event_batch import batch_of
from projections.facts.learning import learn
from projections.facts.world import World
from projections.kernel import LearnedBatch
from projections.registry import PROJECTIONS
from projections.store.snapshots import WORLD_TYPE
from projections.warning_signs import WARNING_SIGNS
from tests.given import event, given, gpu_bar, journaled, tick, waiver
from tests.projections.desk_events import DECISIONS, NAMED, SOURCES, journal_of
from tests.projections.test_warning_signs_laws import EVENTS

SEED = 20_260_301
START = date(2026, 1, 1)
# Shares that are followed from the beginning, shares that loans pledge, and shares of nobody.
SYMBOLS = ("CAT", "ENR.DE", "GEV", "BX", "OWL", "CRWV", "A", "B", "C", "D", "E", "F")
DAYS = st.integers(0, 400).map(lambda days: str(START + timedelta(days=days)))
SOME = st.lists(st.sampled_from(SYMBOLS), max_size=3, unique=True)


def share_bar(day: str, symbol: str, minute: int, prices: Sequence[int], late: int) -> Event:
    """Close a bar of a minute; prices are the first, the last, and how far the highest lies above both."""
    at = datetime.fromisoformat(f"{day}T14:30:00+00:00") + timedelta(minutes=minute)
    first, last, high = prices
    return event(
        "EquityBarClosed",
        day,
        known_at=(at + timedelta(days=late)).isoformat(),
        occurred_at=at.isoformat(),
        symbol=symbol,
        interval_seconds=60,
        bucket=at.isoformat(),
        open_usd=first,
        high_usd=max(first, last) + high,
        low_usd=min(first, last),
        close_usd=last,
        volume=minute,
        first_at=at.isoformat(),
        last_at=at.isoformat(),
    )


def watchlist(day: str, name: str, builders: list[str], neoclouds: list[str], symbols: list[str]) -> Event:
    followed = {"builders": builders, "neoclouds": neoclouds, "symbols": symbols}
    return event("WatchlistChanged", day, watchlist=name, **followed)


def pledge(day: str, facility: str, symbol: str) -> Event:
    collateral = {"kind": "shares", "symbol": symbol, "quantity": 1e6}
    terms = {"borrower": "X", "lenders": ["L"], "principal_usd": 1e9, "collateral": collateral}
    return event("LoanOriginated", day, facility_id=facility, **terms)


def ended(day: str, site_id: str, how: str, mw: int | None) -> Event:
    if how == "completed":
        return event("PowerCompleted", day, site_id=site_id, completed_on=day)
    return event("PowerWithdrawn", day, site_id=site_id, mw=mw, reason=how)


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
    EVENTS,
    NAMED,
    DECISIONS,
    st.builds(tick, DAYS),
    st.builds(
        lambda day, basis, price: gpu_bar(day, price, model="H  100", basis=basis),
        *(DAYS, st.sampled_from(["resale", "rental_hour", "list"]), st.integers(1, 9)),
    ),
    st.builds(watchlist, DAYS, st.sampled_from(["desk", "other"]), SOME, SOME, SOME),
    st.builds(pledge, DAYS, st.sampled_from(["f1", "f2", "f3"]), st.sampled_from(SYMBOLS)),
    st.builds(
        ended,
        *(DAYS, st.sampled_from("ABC"), st.sampled_from(["withdrawn", "cancelled", "completed"])),
        st.sampled_from([None, 100]),
    ),
)
DRAWN = st.lists(st.tuples(MIXED, SOURCES), max_size=60).map(journal_of)
# Often in the order of their days, as most of a history is; else as late as can be.
JOURNALS = st.tuples(DRAWN, st.booleans()).map(
    lambda drawn: sorted(drawn[0], key=lambda written: written.known_at) if drawn[1] else drawn[0]
)
CUTS = st.lists(st.integers(0, 60), max_size=4).map(sorted)

Rows = dict[str, list[tuple[Row, list[type]]]]


@dataclass(frozen=True)
class Everything:
    """The world, and the state of each projection."""

    world: World = field(default_factory=World)
    states: tuple[Any, ...] = tuple(projection.initial for projection in PROJECTIONS)

    def restored(self) -> "Everything":
        """Write everything to a snapshot and read it back."""
        states = (
            projection.state_type.validate_json(projection.state_type.dump_json(state))
            for projection, state in zip(PROJECTIONS, self.states, strict=True)
        )
        return Everything(WORLD_TYPE.validate_json(WORLD_TYPE.dump_json(self.world)), tuple(states))


HISTORY = frozenset(
    f"{projection.name}.{table.name}"
    for projection in PROJECTIONS
    for table in projection.tables
    if not table.key
)


def by_table(projection: Projection[Any], rows: Iterable[Row]) -> Rows:
    """Sort rows by table; 1 equals 1.0, and is written differently."""
    found: Rows = {f"{projection.name}.{table.name}": [] for table in projection.tables}
    names = {table.row: f"{projection.name}.{table.name}" for table in projection.tables}
    for row in rows:
        found[names[type(row)]].append((row, [type(value) for value in row]))
    return found


def comparable(rows: Rows) -> Rows:
    """Sort history, which may come in any order; where rows replace each other the order says which stays."""
    return {name: sorted(rows, key=repr) if name in HISTORY else rows for name, rows in rows.items()}


def project_all(before: Everything, records: Sequence[JournaledEvent]) -> tuple[Everything, Rows]:
    """Project a batch through every projection."""
    batch, rows, states = batch_of(records), Rows(), list[Any]()
    world, steps = learn(before.world, batch)
    for projection, state in zip(PROJECTIONS, before.states, strict=True):
        done = projection.project(state, LearnedBatch(batch, before.world, steps))
        states.append(done.state)
        rows |= by_table(projection, rows_of_pieces(done.pieces))
    return Everything(world, tuple(states)), rows


def one_by_one(before: Everything, records: Iterable[JournaledEvent]) -> tuple[Everything, Rows]:
    """Project each event in a batch of its own."""
    every: Rows = {name: [] for projection in PROJECTIONS for name in by_table(projection, ())}
    for record in records:
        before, rows = project_all(before, [record])
        every = {name: [*every[name], *new] for name, new in rows.items()}
    return before, every


def same(journal: Iterable[Event], cuts: Sequence[int]) -> None:
    """Project a journal in batches and event by event, and compare after each batch."""
    # As the journal carries them: a default that is left out is a whole number, and a float once it is read.
    records = journaled(decode_document(orjson.loads(encode(written))) for written in journal)
    alone = at_once = Everything()
    for start, end in zip([0, *cuts], [*cuts, len(records)], strict=True):
        alone, rows_alone = one_by_one(alone, records[start:end])
        at_once, rows_at_once = project_all(at_once, records[start:end])
        assert comparable(rows_at_once) == comparable(rows_alone)
        assert at_once == alone
        for projection, one, other in zip(PROJECTIONS, at_once.states, alone.states, strict=True):
            assert projection.state_type.dump_json(one) == projection.state_type.dump_json(other)
        assert WORLD_TYPE.dump_json(at_once.world) == WORLD_TYPE.dump_json(alone.world)


@settings(deadline=None, max_examples=150)
@forall(JOURNALS, CUTS)
def test_any_journal_cut_anywhere_leaves_what_it_leaves_one_by_one(
    journal: list[Event], cuts: list[int]
) -> None:
    same(journal, cuts)


@settings(deadline=None, max_examples=150)
@forall(JOURNALS, st.integers(0, 60))
def test_a_snapshot_between_any_two_batches_changes_nothing(journal: list[Event], cut: int) -> None:
    records = journaled(journal)
    before, _ = project_all(Everything(), records[:cut])
    assert before.restored() == before
    after, rows = project_all(before.restored(), records[cut:])
    assert (after, rows) == project_all(before, records[cut:])


def test_the_ledger_among_bars_leaves_what_it_leaves_one_by_one() -> None:
    chance = random.Random(SEED)
    facts = list(ledger())
    bars = [_any_bar(chance, fact.known_at) for fact in facts for _ in range(20)]
    journal = sorted([*facts, *bars], key=lambda written: written.known_at)
    # A few come late.
    for _ in range(30):
        journal.append(journal.pop(chance.randrange(len(journal))))
    same(journal, sorted(chance.choices(range(len(journal)), k=5)))


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


def test_a_loan_in_the_middle_of_a_batch_finds_the_year_of_its_share_as_it_is_by_then() -> None:
    bars = [
        share_bar("2026-01-05", "D", minute, (price, price, 0), 0) for minute, price in enumerate((9, 4, 9))
    ]
    journal = [*bars[:2], pledge("2026-01-05", "f1", "D"), bars[2]]
    same(journal, ())


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
    same(journal, ())


def test_what_is_due_amid_bars_of_nobody_is_measured_with_the_first_of_them() -> None:
    report = waiver("2026-01-02")
    bars = [share_bar(day, "D", 0, (5, 5, 0), 0) for day in ("2026-01-05", "2026-06-01", "2026-06-02")]
    before, whole = given(WARNING_SIGNS, report, bars[0]), given(WARNING_SIGNS, report, *bars)
    assert len(whole.rows) > len(before.rows)
    same([report, *bars], ())


def test_what_falls_due_at_the_very_time_of_a_bar_is_measured_with_it() -> None:
    at = "2026-01-02T14:30:00Z"
    report = waiver("2026-01-02", occurred_at=at, known_at=at)
    # The window of 90 days ends at 14:30 on 2 April.
    bar = share_bar("2026-04-02", "D", 0, (5, 5, 0), 0)
    assert len(given(WARNING_SIGNS, report, bar).rows) > len(given(WARNING_SIGNS, report).rows)
    same([report, bar], ())


def test_a_level_that_pends_is_taken_amid_bars_of_nobody() -> None:
    # The builders gain a lot in 90 days, and the financiers nothing; the level is taken after 15 minutes.
    first = [share_bar("2026-01-05", symbol, 0, (4, 4, 0), 0) for symbol in ("CAT", "GEV", "BX", "OWL")]
    last = [
        share_bar("2026-04-05", symbol, 0, (close, close, 0), 0)
        for symbol, close in (("CAT", 9), ("GEV", 9), ("BX", 4), ("OWL", 4))
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
    same([*first, *last, *bars], ())


def test_bars_that_come_and_go_between_levels_within_a_batch_make_each_step() -> None:
    closes = (9, 8, 7, 5, 4, 6, 8, 9, 3, 9)
    falls = [
        share_bar("2026-01-05", "D", minute, (close, close, 0), 0) for minute, close in enumerate(closes)
    ]
    journal = [pledge("2026-01-05", "f1", "D"), *falls]
    steps = [row.step for row in given(WARNING_SIGNS, *journal).rows if isinstance(row, SignalRow)]
    assert {"opened", "escalated", "eased", "cleared"} == set(steps)
    same(journal, (4,))


def test_a_loan_that_comes_back_amid_a_batch_finds_the_year_of_its_share_as_it_is_by_then() -> None:
    pledged = pledge("2026-01-05", "f1", "D")
    replaced = event("LoanOriginated", "2026-01-05", facility_id="f1", borrower="X", principal_usd=1e9)
    back = event("ReportRetracted", "2026-01-06", report_id=str(replaced.event_id), by="Ada")
    bars = [
        share_bar("2026-01-06", "D", minute, (price, price, 0), 0) for minute, price in enumerate((9, 4, 9))
    ]
    same([pledged, replaced, *bars[:2], back, bars[2]], ())


def test_a_raw_price_that_was_never_made_a_bar_is_measured_by_nobody() -> None:
    at = "2026-01-05T14:30:00Z"
    printed = event("EquityPriced", occurred_at=at, known_at=at, symbol="CRWV", price_usd=4)
    assert given(WARNING_SIGNS, printed).rows == ()
