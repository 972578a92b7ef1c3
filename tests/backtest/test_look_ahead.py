"""Nothing looks ahead: what comes after a time changes nothing that was decided until then."""

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from events.base import Event
from events.families.prices import EquityBarClosed
from ouroboros.backtest.prices import Bar, LookAhead, Prices
from ouroboros.backtest.signals import active_periods, signal_rows
from ouroboros.backtest.sources import parameters
from ouroboros.backtest.study import Study, Variant
from ouroboros.backtest.trading import Holding, closes_of, holdings, trade, valuations_of
from tests.backtest.cases import (
    at,
    bar,
    bars,
    prices_of,
    random_history,
    result_of,
    source_of,
    study_document,
    waiver,
)

SHORT_WINDOW = parameters(
    Variant.model_validate({"name": "test", "windows": [{"indicator": "credit_waivers", "days": 3}]})
)
ACTION = {"while_down": "waivers", "long": ["CRWV"], "costs_bps": 10}


def decided(events: list[Event], study: Study, until: datetime) -> tuple[Any, ...]:
    """Tell all that was decided and traded until a time."""
    source = source_of(study.period.ends, events)
    prices = Prices(study.universe, study.bar_seconds, source.histories)
    history = list(source.batches([SHORT_WINDOW]))
    for batch in history:
        prices.take(batch)
    found = active_periods(list(signal_rows(history, ["credit_waivers"])), study.signals)["waivers"]
    assert study.action
    held = holdings(study.action, found, study.period)
    trades = trade(study.action, prices, held, study.period.ends)
    valuations = valuations_of(trades, closes_of(study.action, prices, study.period))
    return (
        [(one.begins_at, one.messages, one.evidence) for one in found if one.begins_at <= until],
        [one.ends_at for one in found if one.ends_at and one.ends_at <= until],
        [one for one in trades if one.known_at <= until],
        [one for one in valuations if one.known_at <= until],
    )


def with_another_future(events: list[Event], until: datetime, seed: int) -> list[Event]:
    """Keep what is known at a time, and put other facts and prices in the place of what comes."""
    chance = random.Random(-seed)
    changed = [one for one in events if one.known_at <= until]
    for one in events:
        if one.known_at > until and isinstance(one, EquityBarClosed):
            opened, closed = chance.uniform(20, 300), chance.uniform(20, 300)
            changed.append(bar("CRWV", one.known_at, opened, closed))
            if chance.random() < 0.5:
                changed.append(waiver(one.known_at, "default", facility_id=f"other-{len(changed)}"))
    return changed


def test_another_future_changes_no_decision_of_the_past() -> None:
    study = Study.model_validate(study_document(action=ACTION))
    begun = ended = traded = 0
    for seed in range(1_000):
        events = random_history(seed, days=14)
        until = at("2025-03-05") + timedelta(hours=random.Random(seed).randrange(11 * 24))
        past = decided(events, study, until)
        assert past == decided(with_another_future(events, until, seed), study, until), f"seed {seed}"
        begun, ended, traded = begun + len(past[0]), ended + len(past[1]), traded + len(past[2])
    # The law is about something: signals come and go, and orders are filled, before the future differs.
    assert min(begun, ended, traded) > 200


def test_the_price_after_a_time_is_refused_and_that_of_the_time_is_not() -> None:
    prices = prices_of(["CRWV"], bars("CRWV", "2025-03-03", [(100, 101), (102, 103)]))
    known = prices.as_of(at("2025-03-03"))
    assert known.close_usd("CRWV") == 101
    assert prices.as_of(at("2025-03-03", 20, 59)).close_usd("CRWV") is None
    with pytest.raises(LookAhead, match="CRWV"):
        known.close_usd("CRWV", at("2025-03-04"))


def test_an_order_is_never_filled_by_a_bar_that_had_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    study = Study.model_validate(study_document(action={**ACTION, "delay_hours": 1}))
    prices = prices_of(["CRWV"], bars("CRWV", "2025-03-03", [(100, 101), (102, 103), (104, 105)]))
    assert study.action
    held = [Holding(at("2025-03-03"), None)]
    (filled,) = trade(study.action, prices, held, study.period.ends)
    assert (filled.filled_at, filled.price_usd) == (at("2025-03-04", 0), 102)
    # A planted mistake: the bar in which the decision fell.
    monkeypatch.setattr(Prices, "fill", lambda *_: prices.series["CRWV"].bars[0])
    with pytest.raises(LookAhead, match="would be traded"):
        trade(study.action, prices, held, study.period.ends)


def test_a_late_order_waits_for_the_bar_after_its_delay() -> None:
    prices = prices_of(["CRWV"], bars("CRWV", "2025-03-03", [(100, 101), (102, 103), (104, 105)]))
    found = prices.fill("CRWV", at("2025-03-04", 0), at("2025-06-01"))
    assert isinstance(found, Bar)
    # A bar that begins at that very time does not come after it.
    assert found.open_usd == 104
    assert prices.fill("CRWV", at("2025-03-05", 0), at("2025-06-01")) is None


def test_a_fact_that_arrives_late_counts_when_it_could_be_known(tmp_path: Path) -> None:
    events = [*bars("CRWV", "2025-03-03", [(100, 100)] * 20), waiver(at("2025-03-05", 22))]
    (one,) = result_of(tmp_path, events).trials[0].active_periods["waivers"]
    assert one.begins_at == at("2025-03-05", 22)
