"""Acknowledgements in the order of the offsets, whatever order the work is done in.

Bars of one partition close in another order than their ticks came in. Faust takes
acknowledgements in any order, but it commits past an open message at the head of a partition
when nothing was committed there before, and past one that alone is open. What is committed is
never read again, so a tick whose bar is still open would be lost with its worker.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from streams.messages import Message


@dataclass(slots=True)
class _Partition:
    """Messages that are not acknowledged yet, in their order, and those of them that are done."""

    expected: deque[Message] = field(default_factory=deque)
    done: set[int] = field(default_factory=set)


class Acknowledgements:
    """Holds back what is done until everything before it in its partition is done too."""

    def __init__(self, acknowledge: Callable[[Message], None]) -> None:
        self._acknowledge = acknowledge
        self._partitions: dict[str, _Partition] = {}

    def expect(self, messages: Iterable[Message]) -> None:
        """Expect messages to be done, in the order of each partition, before any work on them is."""
        for message in messages:
            self._partitions.setdefault(message.source, _Partition()).expected.append(message)

    def done(self, messages: Iterable[Message]) -> None:
        """Acknowledge messages, each as soon as nothing before it is open; forgotten ones are left alone."""
        touched: dict[str, _Partition] = {}
        for message in messages:
            partition = self._partitions.get(message.source)
            if partition is not None:
                partition.done.add(message.offset)
                touched[message.source] = partition
        for partition in touched.values():
            while partition.expected and partition.expected[0].offset in partition.done:
                message = partition.expected.popleft()
                partition.done.discard(message.offset)
                self._acknowledge(message)

    def forget(self, partitions: Iterable[str]) -> None:
        """Forget partitions that are to be read again from what is committed."""
        for partition in partitions:
            self._partitions.pop(partition, None)
