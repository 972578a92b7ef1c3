"""Files of a person as histories, events or tables of others, and the ledger that comes with the release.

Events and the ledger hold prices one by one. A history has bars of them, as the sequencer draws them
(events/bars.py).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from itertools import groupby, islice
from pathlib import Path

from events.bars import series_of, with_bars
from events.base import Event
from events.errors import UsageError
from events.families.clock import ClockTicked, tick
from events.families.prices import DAY_SECONDS, Bar, Tick
from events.ledger import ledger
from ouroboros.history.manifest import sha256
from ouroboros.history.ordering import ordered
from ouroboros.history.source import Entry, History, Order, Unfiled
from ouroboros.imports.importing import Tally, numbered, read_tables, reconciled
from ouroboros.imports.located import LocatedEvent
from ouroboros.imports.tables import Problem
from streams.feeds.files import read_events


class EventsFile(History):
    """A file of events as `ouroboros publish` takes them.

    The offset of an event is its line. A bar has that of the line that ended its interval.
    """

    def __init__(self, path: Path, bar_seconds: int) -> None:
        """Hash it. Raises UsageError where it cannot be read."""
        super().__init__(str(path), {path.name: sha256(path)})
        self.path = path
        self._bar_seconds = bar_seconds

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read the events, each where it came first. Raises UsageError naming the first line without one."""
        return ordered(self._entries(), order, until, str(self.path))

    def address(self, entry: Entry) -> str:
        """Return the line of an event, or of the last price of a bar. The file is read anew."""
        event = entry.event
        if not isinstance(event, Bar) or str(event.event_id) not in self.drawn:
            return f"{self.path}, line {entry.offset}"
        lines = [
            number
            for number, price in self._events()
            if isinstance(price, Tick)
            and (series_of(price), price.occurred_at) == (series_of(event), event.last_at)
        ]
        return f"{self.path}, line {max(number for number in lines if number <= entry.offset)}"

    def _entries(self) -> Iterator[Entry]:
        offset, index, last_offset = 0, 0, -1
        read: Event | None = None

        def events() -> Iterator[Event]:
            nonlocal offset, read
            for offset, read in self._events():  # noqa: B007  whoever takes the event looks at its line
                yield read

        for event in with_bars(events(), self._bar_seconds):
            index = index + 1 if offset == last_offset else 0
            last_offset = offset
            if event is not read:
                self.drawn.add(str(event.event_id))
            yield Entry(offset, index, event)

    def _events(self) -> Iterator[tuple[int, Event]]:
        # 16 bytes an event: beside an interval of prices the one thing here that grows with the file.
        seen: set[bytes] = set()
        for line in read_events(self.path):
            if line.event is None:
                raise UsageError(
                    f"{line.path}, line {line.number}: {line.problem}",
                    "Correct the line; `ouroboros publish` lists all that are wrong.",
                )
            if line.event.event_id.bytes not in seen:
                seen.add(line.event.event_id.bytes)
                yield line.number, line.event


class Ledger(Unfiled):
    """The facts of the sources as the demo journals them, in the order in which one could know them.

    A day is its facts, then the bars of its prices, then the clock at its end.
    """

    def __init__(self) -> None:
        super().__init__("ledger")

    def _read(self, order: Order, until: datetime | None) -> Iterator[Entry]:
        return ordered(self._entries(), order, until, self.name)

    def _entries(self) -> Iterator[Entry]:
        records = (record for facts, midnight in days_of(ledger()) for record in _records(facts, midnight))
        for offset, record in enumerate(records):
            for index, event in enumerate(record):
                if isinstance(event, Bar):
                    self.drawn.add(str(event.event_id))
                yield Entry(offset, index, event)


def days_of(facts: Iterable[Event]) -> Iterator[tuple[list[Event], ClockTicked]]:
    """Return the facts of each day on which something became known, and the clock at its end."""
    for day, facts_of_day in groupby(facts, key=lambda event: event.known_at.date()):
        yield list(facts_of_day), tick(datetime.combine(day, time(23, 59, 59), UTC))


def together(facts: Iterable[Event]) -> Iterator[list[Event]]:
    """Return facts as they are published together: those of one topic that became known at one time."""
    of_one_time: dict[tuple[datetime, str], list[Event]] = {}
    for fact in facts:
        of_one_time.setdefault((fact.known_at, fact.TOPIC), []).append(fact)
    yield from of_one_time.values()


def _records(facts: Iterable[Event], midnight: ClockTicked) -> Iterator[list[Event]]:
    """Return the records of a day as the demo journals it: its facts, the bars of each series, the clock."""
    events = list(with_bars(facts, DAY_SECONDS))
    yield from together(event for event in events if not isinstance(event, Bar))
    bars = (event for event in events if isinstance(event, Bar))
    for _, of_series in groupby(bars, key=series_of):
        yield list(of_series)
    yield [midnight]


class MappedFile(History):
    """A CSV file and what its columns mean; all of its rows must fit."""

    def __init__(self, path: Path, mapping: str | Path | None) -> None:
        """Read its header. Raises UsageError where the mapping does not fit."""
        super().__init__(str(path), {path.name: sha256(path)})
        self._tables = read_tables([path], mapping)

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read its events as they were known, which is their only order.

        Raises UsageError for the first row that does not fit: none is passed over in silence.
        """
        for entry in numbered(self._events(), 0):
            if until is not None and entry.event.known_at > until:
                return
            yield entry

    def address(self, entry: Entry) -> str:
        """Return the file and the line that gave an event; the file is read anew."""
        return next(islice(self._events(), entry.offset, None)).address

    def _events(self) -> Iterator[LocatedEvent]:
        return reconciled(self._tables, Tally(), _refuse, lambda _: None)


def _refuse(problem: Problem) -> None:
    raise UsageError(
        str(problem), "`ouroboros import` lists all rows that do not fit, and imports the others."
    )
