from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.bars import series_of
from events.base import Certainty
from events.families.prices import EquityBarClosed, EquityPriced, GpuBarClosed, Tick
from events.journal import Run
from streams.messages import Message
from streams.sequencer.conflation import QUIET_SECONDS, ClosedSeries, Conflation, bar_source
from tests.streams.given import START, equity, gpu, message

INTERVAL = 60
CERTAINTIES = list(Certainty)
SYMBOLS = {1: ["NVDA", "AMD"], 12: ["TSM"]}
Merged = tuple[float, float, float, float, float, Certainty, datetime]


def price_message(offset: int, *ticks: Tick, partition: int = 1) -> Message:
    return message(ticks[0].TOPIC, offset, list(ticks), partition)


def bars_in(closed: Iterable[ClosedSeries]) -> list[EquityBarClosed]:
    events = [event for series in closed for event in series.run.events]
    assert all(isinstance(event, EquityBarClosed) for event in events)
    return [event for event in events if isinstance(event, EquityBarClosed)]


def ohlcv(bar: EquityBarClosed) -> tuple[float, float, float, float, float]:
    return bar.open_usd, bar.high_usd, bar.low_usd, bar.close_usd, bar.volume


def weakest(certainties: Iterable[Certainty]) -> Certainty:
    return max(certainties, key=CERTAINTIES.index)


def merged(bars: Sequence[EquityBarClosed]) -> dict[tuple[str, datetime], Merged]:
    """Put the parts of each bucket together, as the read model does."""
    parts: dict[tuple[str, datetime], list[EquityBarClosed]] = defaultdict(list)
    for bar in bars:
        parts[bar.symbol, bar.bucket].append(bar)
    return {
        bucket: (
            min(of_bucket, key=lambda bar: bar.first_at).open_usd,
            max(bar.high_usd for bar in of_bucket),
            min(bar.low_usd for bar in of_bucket),
            max(of_bucket, key=lambda bar: bar.last_at).close_usd,
            sum(bar.volume for bar in of_bucket),
            weakest(bar.certainty for bar in of_bucket),
            max(bar.known_at for bar in of_bucket),
        )
        for bucket, of_bucket in parts.items()
    }


def computed(ticks: Iterable[EquityPriced]) -> dict[tuple[str, datetime], Merged]:
    """Make the bars of all ticks at once."""
    of_bucket: dict[tuple[str, datetime], list[EquityPriced]] = defaultdict(list)
    for tick in sorted(ticks, key=lambda tick: tick.occurred_at):
        bucket = START + timedelta(seconds=(tick.occurred_at - START).total_seconds() // INTERVAL * INTERVAL)
        of_bucket[tick.symbol, bucket].append(tick)
    return {
        bucket: (
            prints[0].price_usd,
            max(tick.price_usd for tick in prints),
            min(tick.price_usd for tick in prints),
            prints[-1].price_usd,
            sum(tick.size for tick in prints),
            weakest(tick.certainty for tick in prints),
            max(tick.known_at for tick in prints),
        )
        for bucket, prints in of_bucket.items()
    }


@dataclass
class Simulation:
    """A sequencer's life with its partitions: reads, closes, dies, is given partitions and loses them."""

    partitions: dict[int, list[tuple[int, list[EquityPriced]]]]
    conflation: Conflation = field(default_factory=lambda: Conflation(INTERVAL))
    journal: list[Run] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)
    position: Counter[int] = field(default_factory=Counter)
    acked: set[tuple[int, int]] = field(default_factory=set)
    released: set[Message] = field(default_factory=set)
    monotonic: float = 0

    def deliver(self, partition: int) -> None:
        if self.position[partition] == len(self.partitions[partition]):
            return
        offset, ticks = self.partitions[partition][self.position[partition]]
        self.position[partition] += 1
        delivered = price_message(offset, *ticks, partition=partition)
        new = [tick for tick in ticks if offset > self.marks.get(bar_source(delivered, series_of(tick)), -1)]
        if new:
            self.take(self.conflation.add(delivered, new, self.monotonic))
        else:
            self.acked.add((partition, offset))

    def take(self, closed: Iterable[ClosedSeries]) -> None:
        for series in closed:
            assert series.run.offset > self.marks.get(series.run.source, -1), "the offsets of a series rise"
            assert series.run.events
            self.marks[series.run.source] = series.run.offset
            self.journal.append(series.run)
            for freed in series.messages:
                assert freed not in self.released, "a message is released once"
                self.released.add(freed)
                self.acked.add((freed.partition, freed.offset))

    def committed(self, partition: int) -> int:
        """Tell how many messages of a partition need not be read again."""
        messages = self.partitions[partition]
        unread = (
            place for place, (offset, _) in enumerate(messages) if (partition, offset) not in self.acked
        )
        return next(unread, len(messages))

    def die(self) -> None:
        self.conflation = Conflation(INTERVAL)

    def finish(self) -> None:
        for partition, messages in self.partitions.items():
            for _ in messages:
                self.deliver(partition)
        self.take(self.conflation.close_all())


@st.composite
def partitions(draw: st.DrawFn) -> dict[int, list[tuple[int, list[EquityPriced]]]]:
    seconds = draw(st.lists(st.integers(0, 5 * INTERVAL * 1000), unique=True, min_size=1, max_size=25))
    all_messages: dict[int, list[tuple[int, list[EquityPriced]]]] = {partition: [] for partition in SYMBOLS}
    offset = 0
    while seconds:
        partition = draw(st.sampled_from(list(SYMBOLS)))
        count = draw(st.integers(1, min(4, len(seconds))))
        ticks = [
            equity(
                seconds.pop() / 1000,
                draw(st.integers(1, 50)),
                draw(st.integers(0, 9)),
                draw(st.sampled_from(SYMBOLS[partition])),
                certainty=draw(st.sampled_from(CERTAINTIES)),
            )
            for _ in range(count)
        ]
        all_messages[partition].append((offset, ticks))
        offset += draw(st.integers(1, 3))
    return all_messages


def live(simulation: Simulation, data: st.DataObject) -> None:
    """Let anything happen, in any order, and come to an end."""
    for action in data.draw(
        st.lists(st.sampled_from(["deliver"] * 6 + ["wait", "close all", "die", "lose"]), max_size=60)
    ):
        partition = data.draw(st.sampled_from(list(SYMBOLS)))
        match action:
            case "deliver":
                simulation.deliver(partition)
            case "wait":
                simulation.monotonic += data.draw(st.sampled_from([0.1, 0.3, 30, 61]))
                now = START + timedelta(seconds=data.draw(st.integers(0, 6 * INTERVAL)))
                simulation.take(simulation.conflation.close_ended(now, simulation.monotonic))
            case "close all":
                simulation.take(simulation.conflation.close_all())
            case "die":
                simulation.die()
                for number in SYMBOLS:
                    simulation.position[number] = data.draw(st.integers(0, simulation.committed(number)))
            case _:
                simulation.conflation.forget([f"equity.prices/{partition}"])
                simulation.position[partition] = data.draw(st.integers(0, simulation.committed(partition)))
    simulation.finish()


def all_ticks(simulation: Simulation) -> list[EquityPriced]:
    return [tick for messages in simulation.partitions.values() for _, ticks in messages for tick in ticks]


@settings(max_examples=400, deadline=None)
@given(partitions(), st.data())
def test_the_parts_of_all_bars_put_together_are_the_bars_of_all_ticks_whatever_happens(
    messages: dict[int, list[tuple[int, list[EquityPriced]]]], data: st.DataObject
) -> None:
    simulation = Simulation(messages)
    live(simulation, data)
    bars = [event for run in simulation.journal for event in run.events if isinstance(event, EquityBarClosed)]
    assert merged(bars) == computed(all_ticks(simulation))
    assert len({bar.event_id for bar in bars}) == len(bars)


@settings(max_examples=400, deadline=None)
@given(partitions(), st.data())
def test_the_stretches_of_a_series_cut_its_ticks_without_overlap_or_gap(
    messages: dict[int, list[tuple[int, list[EquityPriced]]]], data: st.DataObject
) -> None:
    simulation = Simulation(messages)
    live(simulation, data)
    before: Counter[str] = Counter()
    for run in simulation.journal:
        source, symbol = run.source.split("#")
        partition = int(source.rpartition("/")[2])
        inside = [
            tick
            for offset, ticks in messages[partition]
            for tick in ticks
            if before.get(run.source, -1) < offset <= run.offset and tick.symbol == symbol
        ]
        parts = [event for event in run.events if isinstance(event, EquityBarClosed)]
        assert merged(parts) == computed(inside)
        kinds = [(bar.bucket, bar.certainty == Certainty.ESTIMATED) for bar in parts]
        assert kinds == sorted(set(kinds))
        before[run.source] = run.offset


@settings(max_examples=300, deadline=None)
@given(partitions(), st.data())
def test_every_message_is_released_once_and_only_when_all_its_ticks_are_in_the_journal(
    messages: dict[int, list[tuple[int, list[EquityPriced]]]], data: st.DataObject
) -> None:
    simulation = Simulation(messages)
    live(simulation, data)
    assert simulation.conflation.waiting == 0
    assert simulation.acked == {
        (partition, offset) for partition, of_one in messages.items() for offset, _ in of_one
    }
    conflation, delivered = Conflation(INTERVAL), list[Message]()
    freed: list[Message] = []
    marks: dict[str, int] = {}
    for offset, ticks in messages[1]:
        one = price_message(offset, *ticks)
        delivered.append(one)
        for closed in conflation.add(one, ticks, 0):
            marks[closed.run.source] = closed.run.offset
            freed += closed.messages
            for each in closed.messages:
                of_it = next(found for at, found in messages[1] if at == each.offset)
                assert all(marks[bar_source(each, series_of(tick))] >= each.offset for tick in of_it)
        assert conflation.waiting == len(delivered) - len(freed)
    freed += [each for closed in conflation.close_all() for each in closed.messages]
    assert len(freed) == len(set(freed)) == len(delivered)


def test_a_bar_opens_with_its_first_print_and_closes_with_its_last_in_whatever_order_they_came() -> None:
    conflation = Conflation(INTERVAL)
    for offset, tick in enumerate([equity(30, 5, 1), equity(10, 7, 2), equity(50, 6, 3), equity(20, 9, 4)]):
        assert conflation.add(price_message(offset, tick), [tick], 0) == []
    (closed,) = conflation.close_all()
    (bar,) = bars_in([closed])
    assert ohlcv(bar) == (7, 9, 5, 6, 10)
    assert (bar.bucket, bar.interval_seconds) == (START, INTERVAL)
    assert (bar.first_at, bar.last_at) == (START + timedelta(seconds=10), START + timedelta(seconds=50))
    assert (closed.run.source, closed.run.offset) == ("equity.prices/1#NVDA", 3)
    assert [message.offset for message in closed.messages] == [0, 1, 2, 3]


def test_prints_of_one_moment_keep_the_order_in_which_they_came() -> None:
    conflation = Conflation(INTERVAL)
    ticks = [equity(5, 3), equity(5, 1), equity(5, 2)]
    conflation.add(price_message(0, *ticks), ticks, 0)
    (bar,) = bars_in(conflation.close_all())
    assert ohlcv(bar) == (3, 3, 1, 2, 3)


def test_a_print_that_is_sent_twice_while_its_bar_is_open_counts_once() -> None:
    conflation = Conflation(INTERVAL)
    twice = equity(5, size=7)
    conflation.add(price_message(0, twice), [twice], 0)
    conflation.add(price_message(1, twice), [twice], 0)
    (closed,) = conflation.close_all()
    assert [bar.volume for bar in bars_in([closed])] == [7]
    assert [message.offset for message in closed.messages] == [0, 1]


def test_the_next_interval_closes_the_bar_before_it() -> None:
    conflation = Conflation(INTERVAL)
    conflation.add(price_message(0, equity(59.999, 5)), [equity(59.999, 5)], 0)
    (closed,) = conflation.add(price_message(1, equity(60, 6)), [equity(60, 6)], 0)
    assert [ohlcv(bar) for bar in bars_in([closed])] == [(5, 5, 5, 5, 1)]
    assert (closed.run.offset, [message.offset for message in closed.messages]) == (0, [0])
    assert [bar.bucket for bar in bars_in(conflation.close_all())] == [START + timedelta(seconds=60)]


def test_a_message_that_goes_on_with_the_open_bar_closes_nothing_even_if_it_begins_the_next() -> None:
    conflation = Conflation(INTERVAL)
    conflation.add(price_message(0, equity(10)), [equity(10)], 0)
    ticks = [equity(61), equity(59)]
    assert conflation.add(price_message(1, *ticks), ticks, 0) == []
    (closed,) = conflation.close_all()
    assert [(bar.bucket, bar.volume) for bar in bars_in([closed])] == [
        (START, 2),
        (START + timedelta(seconds=60), 1),
    ]


def test_a_print_that_comes_after_its_bar_was_closed_makes_a_part_that_adds_to_it() -> None:
    conflation = Conflation(INTERVAL)
    conflation.add(price_message(0, equity(10, 5)), [equity(10, 5)], 0)
    first = conflation.add(price_message(1, equity(70, 6)), [equity(70, 6)], 0)
    late = equity(20, 9, size=3)
    assert conflation.add(price_message(2, late), [late], 0) == []
    (rest,) = conflation.close_all()
    assert [bar.bucket for bar in bars_in([rest])] == [START, START + timedelta(seconds=60)]
    assert rest.run.offset == 2
    together = merged(bars_in([*first, rest]))
    assert together["NVDA", START][:5] == (5, 9, 5, 9, 4)


def test_a_bar_closes_when_its_interval_is_over_and_the_series_is_quiet() -> None:
    conflation = Conflation(INTERVAL)
    conflation.add(price_message(0, equity(10)), [equity(10)], 0)
    over = START + timedelta(seconds=INTERVAL)
    assert conflation.close_ended(over - timedelta(milliseconds=1), 10) == []
    assert conflation.close_ended(over, QUIET_SECONDS / 2) == []
    assert len(conflation.close_ended(over, QUIET_SECONDS)) == 1
    assert conflation.close_ended(over, 10) == []


def test_a_bar_of_the_future_closes_after_an_interval_of_our_own_time() -> None:
    conflation = Conflation(INTERVAL)
    conflation.add(price_message(0, equity(3600)), [equity(3600)], 0)
    assert conflation.close_ended(START, INTERVAL) == []
    assert len(conflation.close_ended(START, INTERVAL + 2 * QUIET_SECONDS)) == 1


def test_what_is_forgotten_is_not_journaled_and_no_longer_waited_for() -> None:
    conflation = Conflation(INTERVAL)
    for partition in SYMBOLS:
        tick = equity(10, symbol=SYMBOLS[partition][0])
        conflation.add(price_message(0, tick, partition=partition), [tick], 0)
    assert conflation.waiting == 2
    conflation.forget(["equity.prices/1"])
    assert conflation.waiting == 1
    assert [series.run.source for series in conflation.close_all()] == ["equity.prices/12#TSM"]
    assert conflation.waiting == 0


def test_a_message_waits_for_all_of_its_series() -> None:
    conflation = Conflation(INTERVAL)
    both = price_message(0, equity(10), equity(10, symbol="AMD"))
    conflation.add(both, [equity(10), equity(10, symbol="AMD")], 0)
    (first,) = conflation.add(price_message(1, equity(70)), [equity(70)], 0)
    assert (first.run.source, list(first.messages)) == ("equity.prices/1#NVDA", [])
    (second,) = conflation.add(price_message(2, equity(70, symbol="AMD")), [equity(70, symbol="AMD")], 0)
    assert (second.run.source, list(second.messages)) == ("equity.prices/1#AMD", [both])


def test_the_same_ticks_closed_again_make_the_same_bar() -> None:
    def closed(*ticks: EquityPriced, first_offset: int = 0) -> list[UUID]:
        conflation, bars = Conflation(INTERVAL), list[EquityBarClosed]()
        for offset, tick in enumerate(ticks, start=first_offset):
            bars += bars_in(conflation.add(price_message(offset, tick), [tick], 0))
        return [bar.event_id for bar in [*bars, *bars_in(conflation.close_all())]]

    ticks = (equity(10), equity(70), equity(20))
    assert len(set(closed(*ticks))) == 3
    assert closed(*ticks) == closed(*ticks, first_offset=1)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_a_bar_is_as_sure_as_its_least_sure_print_and_estimates_are_apart(order: tuple[int, ...]) -> None:
    for last in range(len(order)):
        conflation, chosen = Conflation(INTERVAL), [CERTAINTIES[place] for place in order[: last + 1]]
        for offset, certainty in enumerate(chosen):
            tick = equity(offset, certainty=certainty)
            conflation.add(price_message(offset, tick), [tick], 0)
        bars = bars_in(conflation.close_all())
        prints = [certainty for certainty in chosen if certainty != Certainty.ESTIMATED]
        estimates = [certainty for certainty in chosen if certainty == Certainty.ESTIMATED]
        assert [bar.certainty for bar in bars] == [weakest(group) for group in (prints, estimates) if group]


def test_gpu_prices_make_a_series_for_each_model_and_basis() -> None:
    conflation = Conflation(INTERVAL)
    ticks = [gpu(1, 5), gpu(2, 7), gpu(3, 3, "rental_hour"), gpu(4, 9, model="B200/x#y")]
    conflation.add(price_message(4, *ticks), ticks, 0)
    closed = {series.run.source: series.run.events for series in conflation.close_all()}
    assert set(closed) == {
        "gpu.prices/1#H100/resale",
        "gpu.prices/1#H100/rental_hour",
        "gpu.prices/1#B200/x#y/resale",
    }
    (bar,) = closed["gpu.prices/1#H100/resale"]
    assert isinstance(bar, GpuBarClosed)
    assert (bar.model, bar.basis, bar.open_usd, bar.close_usd, bar.quantity) == ("H100", "resale", 5, 7, 2)


def test_prints_of_the_largest_size_add_up() -> None:
    conflation = Conflation(INTERVAL)
    ticks = [equity(1, size=1e15), equity(2, size=1e15)]
    conflation.add(price_message(0, *ticks), ticks, 0)
    assert [bar.volume for bar in bars_in(conflation.close_all())] == [2e15]
