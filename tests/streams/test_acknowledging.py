from hypothesis import given, settings
from hypothesis import strategies as st

from streams.messages import Message
from streams.sequencer.acknowledging import Acknowledgements


def message(offset: int, partition: int = 0) -> Message:
    return Message("equity.prices", partition, offset, 0, None, b"", ())


def test_what_is_done_waits_for_what_came_before_it() -> None:
    acknowledged: list[int] = []
    acknowledgements = Acknowledgements(lambda message: acknowledged.append(message.offset))
    first, second, third = message(0), message(1), message(5)
    acknowledgements.expect([first, second, third])
    acknowledgements.done([second])
    assert acknowledged == []
    acknowledgements.done([first])
    assert acknowledged == [0, 1]
    acknowledgements.done([third])
    assert acknowledged == [0, 1, 5]


def test_partitions_do_not_wait_for_each_other() -> None:
    acknowledged: list[str] = []
    acknowledgements = Acknowledgements(lambda message: acknowledged.append(message.source))
    acknowledgements.expect([message(0, 1), message(0, 2)])
    acknowledgements.done([message(0, 2)])
    assert acknowledged == ["equity.prices/2"]


def test_a_partition_that_was_taken_away_is_left_alone() -> None:
    acknowledged: list[int] = []
    acknowledgements = Acknowledgements(lambda message: acknowledged.append(message.offset))
    gone = message(3)
    acknowledgements.expect([gone])
    acknowledgements.forget([gone.source])
    acknowledgements.done([gone])
    assert acknowledged == []
    # Read again from what is committed, it counts anew.
    acknowledgements.expect([message(2), message(3)])
    acknowledgements.done([message(3)])
    assert acknowledged == []


@settings(deadline=None)
@given(st.permutations(range(12)), st.integers(1, 12))
def test_acknowledgements_are_always_a_gapless_beginning(order: list[int], step: int) -> None:
    acknowledged: list[int] = []
    acknowledgements = Acknowledgements(lambda message: acknowledged.append(message.offset))
    acknowledgements.expect(map(message, range(12)))
    for start in range(0, 12, step):
        finished = order[: start + step]
        acknowledgements.done(map(message, order[start : start + step]))
        assert acknowledged == list(range(len(acknowledged)))
        assert set(acknowledged) <= set(finished)
    assert acknowledged == list(range(12))
