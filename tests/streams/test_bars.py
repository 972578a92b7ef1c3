"""Bars of prints: the same prints make the same bars, whoever reads them and in whatever order of reading."""

import random
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from events.bars import bars_of, series_of, with_bars
from events.base import Event
from events.families.prices import Tick
from streams.sequencer.conflation import Conflation
from tests.streams.given import START, equity, gpu, message

INTERVAL = 60


@st.composite
def prints(draw: st.DrawFn) -> list[Tick]:
    seconds, prices = st.integers(0, 3 * INTERVAL), st.integers(1, 9)
    made = st.one_of(
        st.builds(equity, seconds, prices, st.integers(0, 3), st.sampled_from(["NVDA", "ARM"])),
        st.builds(gpu, seconds, prices, st.sampled_from(["resale", "list"])),
    )
    return draw(st.lists(made, min_size=1, max_size=20))


def drawn_by_the_sequencer(ticks: Sequence[Tick], offset: int) -> list[Event]:
    conflation = Conflation(INTERVAL)
    conflation.add(message("equity.prices", offset, list(ticks)), ticks, 0)
    return [event for closed in conflation.close_all() for event in closed.run.events]


@settings(max_examples=200, deadline=None)
@given(prints(), st.integers(0, 9))
def test_the_sequencer_draws_the_same_bars_from_any_offset(ticks: list[Tick], offset: int) -> None:
    assert drawn_by_the_sequencer(ticks, offset) == bars_of(ticks, INTERVAL)


@settings(max_examples=200, deadline=None)
@given(prints(), st.randoms())
def test_the_order_of_reading_changes_no_identity_and_a_print_counts_once(
    ticks: list[Tick], chance: random.Random
) -> None:
    shuffled = [*ticks, *ticks]
    chance.shuffle(shuffled)
    bars = {bar.event_id: bar for bar in bars_of(ticks, INTERVAL)}
    again = {bar.event_id: bar for bar in bars_of(shuffled, INTERVAL)}
    assert bars.keys() == again.keys()
    for event_id, bar in bars.items():
        other = again[event_id]
        assert (series_of(bar), bar.bucket, bar.high_usd, bar.low_usd) == (
            *(series_of(other), other.bucket),
            *(other.high_usd, other.low_usd),
        )


@settings(max_examples=200, deadline=None)
@given(prints())
def test_what_is_known_within_one_interval_makes_one_bar_a_series_and_bucket(ticks: list[Tick]) -> None:
    known_at = START + timedelta(seconds=5 * INTERVAL)
    together = [tick.model_copy(update={"known_at": known_at}) for tick in ticks]
    assert list(with_bars(together, INTERVAL)) == bars_of(together, INTERVAL)


def test_other_prints_another_interval_or_another_series_make_another_bar() -> None:
    one, two = equity(1), equity(2)
    ids = [
        *(bar.event_id for bar in bars_of([one], INTERVAL)),
        *(bar.event_id for bar in bars_of([one, two], INTERVAL)),
        *(bar.event_id for bar in bars_of([one], 3600)),
        *(bar.event_id for bar in bars_of([one.model_copy(update={"symbol": "ARM"})], INTERVAL)),
    ]
    assert len(set(ids)) == 4


def test_series_come_in_the_order_of_their_first_prints_and_buckets_in_theirs() -> None:
    bars = bars_of([equity(70), gpu(0, 2), equity(5), gpu(0, 3, "list")], INTERVAL)
    assert [series_of(bar) for bar in bars] == ["NVDA", "NVDA", "H100/resale", "H100/list"]
    assert bars[0].bucket < bars[1].bucket
