"""What holds of the indicators of baskets and of loans whatever comes, in whatever order."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from projections.episodes.rows import IndicatorRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import (
    event,
    given,
    gpu_bar,
    journaled,
    project,
    restored,
    rows_of,
)
from tests.projections.shares import close

START = date(2026, 1, 1)
DAYS = st.integers(0, 250).map(lambda days: str(START + timedelta(days=days)))
SYMBOLS = st.sampled_from(["CAT", "GEV", "ENR.DE", "BX", "OWL", "CRWV", "NBIS"])
PRICES = st.integers(50, 200).map(float)
NAMES = st.sampled_from(["A", "B", "C"])
BILLIONS = st.integers(1, 60).map(lambda number: number * 1e9)
BASKETS = st.lists(SYMBOLS, max_size=4)


def some(make: Callable[..., Event], *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Event]:
    return st.builds(make, *arguments)


EVENTS = st.one_of(
    some(lambda day: event("ClockTicked", day), DAYS),
    some(close, DAYS, SYMBOLS, PRICES),
    some(gpu_bar, DAYS, PRICES),
    some(
        lambda day, name, symbols, builders, financiers, neoclouds, days: event(
            "WatchlistChanged",
            day,
            watchlist=name,
            symbols=symbols,
            builders=builders,
            financiers=financiers,
            neoclouds=neoclouds,
            windows=[{"indicator": "crowding", "days": days}],
        ),
        DAYS,
        NAMES,
        BASKETS,
        BASKETS,
        BASKETS,
        BASKETS,
        st.integers(1, 120),
    ),
    some(
        lambda day, name, borrower, principal, equity, undrawn, quantity, outside: event(
            "LoanOriginated",
            day,
            facility_id=name,
            borrower=borrower,
            principal_usd=principal,
            equity_usd=equity,
            undrawn_usd=undrawn,
            off_balance_sheet=outside,
            site_id=borrower,
            collateral={"kind": "gpus", "model": "H100", "quantity": quantity},
        ),
        DAYS,
        NAMES,
        NAMES,
        BILLIONS,
        st.none() | BILLIONS,
        st.none() | BILLIONS,
        st.none() | st.integers(0, 10**9),
        st.booleans(),
    ),
    some(
        lambda day, name, usd: event("LoanRepaid", day, facility_id=name, amount_usd=usd),
        DAYS,
        NAMES,
        BILLIONS,
    ),
    some(
        lambda day, site, expected: event(
            "PowerScheduled", day, site_id=site, operator="O", mw=100, expected_on=expected
        ),
        DAYS,
        NAMES,
        DAYS,
    ),
    some(
        lambda day, name, pair, usd, kind: event(
            "DealAnnounced",
            day,
            deal_id=name,
            title=name,
            legs=[{"kind": kind, "payer": pair[0], "payee": pair[1], "amount_usd": usd}],
        ),
        DAYS,
        NAMES,
        st.sampled_from([("A", "B"), ("B", "A"), ("B", "C"), ("C", "A")]),
        BILLIONS,
        st.sampled_from(["equity", "purchase"]),
    ),
)
JOURNALS = st.lists(EVENTS, max_size=40)


@settings(deadline=None)
@forall(JOURNALS, st.integers(0, 40))
def test_a_snapshot_anywhere_in_the_journal_changes_no_row(journal: list[Event], cut: int) -> None:
    records = journaled(journal)
    before = project(WARNING_SIGNS, records[:cut])
    after, undisturbed = (
        project(WARNING_SIGNS, records[cut:], state) for state in (restored(WARNING_SIGNS, before), before)
    )
    assert after == undisturbed
    # 1 equals 1.0, and is written differently.
    assert [list(map(type, row)) for row in after.rows] == [list(map(type, row)) for row in undisturbed.rows]


@settings(deadline=None)
@forall(JOURNALS)
def test_every_signal_has_evidence_and_every_row_words_and_a_key_of_its_own(journal: list[Event]) -> None:
    step = given(WARNING_SIGNS, *journal)
    assert all(row.evidence for row in rows_of(step, SignalRow))
    history = rows_of(step, IndicatorRow)
    assert all(row.text and not row.text.endswith(".") for row in history)
    keys = [(row.journal_offset, row.indicator, row.subject) for row in history]
    assert len(keys) == len(set(keys))
