"""Bars that the sequencer draws keep the rules of events: the journal never holds one that cannot be read."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from events.base import GRACE
from events.codec import decode, encode, encode_many
from events.families.prices import EquityPriced
from streams.sequencer.conflation import Conflation
from tests.streams.given import equity
from tests.streams.test_conflation import INTERVAL, bars_in, price_message


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 3 * INTERVAL), st.timedeltas(-timedelta(days=2), GRACE)),
        min_size=1,
        max_size=20,
    )
)
def test_whatever_ticks_are_taken_their_bars_can_be_read_again(
    prints: list[tuple[float, timedelta]],
) -> None:
    conflation = Conflation(INTERVAL)
    closed = []
    for offset, (second, ahead) in enumerate(prints):
        known = equity(second)
        (tick,) = decode(encode(known.model_copy(update={"occurred_at": known.known_at + ahead})))
        assert isinstance(tick, EquityPriced)
        closed += conflation.add(price_message(offset, tick), [tick], 0)
    bars = bars_in([*closed, *conflation.close_all()])
    assert decode(encode_many(bars)) == bars
