"""Files of events with single prices: histories of bars, which are those of the sequencer."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from events.bars import bars_of
from events.base import Event
from events.codec import encode
from events.families.prices import EquityBarClosed, Tick
from ouroboros.history.event_files import EventsFile
from ouroboros.history.source import Entry, Order
from tests.events.documents import taken, terminated
from tests.streams.given import START, equity, gpu

INTERVAL = 60


def fact(second: float, deal_id: str = "d1") -> Event:
    at = (START + timedelta(seconds=second)).isoformat()
    return taken(terminated(deal_id, occurred_at=at, known_at=at))


def entries_of(folder: Path, *events: Event, order: Order = Order.JOURNAL) -> tuple[EventsFile, list[Entry]]:
    path = folder / "events.jsonl"
    path.write_bytes(b"\n".join(map(encode, events)))
    history = EventsFile(path, INTERVAL)
    return history, list(history.entries(order))


def test_the_prices_of_an_interval_are_bars_behind_its_facts(tmp_path: Path) -> None:
    ticks: list[Tick] = [equity(1, 5), equity(30, 7), gpu(20, 2)]
    first, last = fact(10), fact(70, "d2")
    history, entries = entries_of(tmp_path, ticks[0], first, ticks[2], ticks[1], last)
    share, model = bars_of(ticks, INTERVAL)
    assert [(entry.offset, entry.index, entry.event) for entry in entries] == [
        (2, 0, first),
        (5, 0, share),
        (5, 1, model),
        (5, 2, last),
    ]
    assert history.drawn == {str(share.event_id), str(model.event_id)}


def test_in_known_order_a_bar_is_known_when_its_last_price_was(tmp_path: Path) -> None:
    ticks: list[Tick] = [equity(1), equity(30)]
    facts = [fact(10), fact(40, "d2")]
    _, entries = entries_of(tmp_path, *facts, *ticks, order=Order.KNOWN)
    assert [entry.event for entry in entries] == [facts[0], *bars_of(ticks, INTERVAL), facts[1]]


def test_a_price_that_comes_after_its_bar_makes_a_bar_that_adds_to_it(tmp_path: Path) -> None:
    late = equity(20, 9).model_copy(update={"known_at": START + timedelta(seconds=65)})
    _, entries = entries_of(tmp_path, equity(1, 5), fact(61), late)
    found = [entry.event for entry in entries if isinstance(entry.event, EquityBarClosed)]
    assert [(bar.bucket, bar.close_usd) for bar in found] == [(START, 5), (START, 9)]


def test_bars_of_a_file_stay_as_they_are(tmp_path: Path) -> None:
    (bar,) = bars_of([equity(1)], INTERVAL)
    history, entries = entries_of(tmp_path, bar)
    assert [entry.event for entry in entries] == [bar]
    assert not history.drawn


def test_a_bar_is_found_at_the_line_of_its_last_price(tmp_path: Path) -> None:
    history, entries = entries_of(tmp_path, equity(1), equity(30), equity(20), fact(10), fact(61, "d2"))
    bar = entries[1]
    assert isinstance(bar.event, EquityBarClosed)
    for entry, line in ((entries[0], 4), (bar, 2), (entries[2], 5)):
        assert history.address(entry) == f"{history.path}, line {line}"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 9), st.booleans()), max_size=30))
def test_whatever_the_order_each_entry_has_a_later_address_than_the_one_before(
    made: list[tuple[int, int, bool]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        events = [
            equity(second, price) if tick else fact(second, f"d{price}") for second, price, tick in made
        ]
        _, entries = entries_of(Path(folder), *events)
    addresses = [(entry.offset, entry.index) for entry in entries]
    assert addresses == sorted(set(addresses))
    assert not any(isinstance(entry.event, Tick) for entry in entries)
