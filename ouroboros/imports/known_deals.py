"""What is known of deals before a list of them is read, by who said so."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import get_args

from events.base import Certainty, Event
from events.families.contracts import ContractRenegotiated
from events.families.deals import DealAnnounced, DealEvent, DealRevised, DealTerminated, Leg, Stage
from events.families.facts import FactEvent
from events.families.names import NamingEvent
from events.words import count
from ouroboros.history.source import History, Order
from ouroboros.imports.deal_doubles import doubles
from ouroboros.imports.tables import Row

# What makes, changes, joins and names deals.
CONCERN_DEALS: tuple[type[Event], ...] = (
    *get_args(DealEvent),
    ContractRenegotiated,
    *get_args(FactEvent),
    *get_args(NamingEvent),
)
IDS_SHOWN = 10
_FILE = re.compile(r"\.(?:csv|tsv|txt|xlsx)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source said of a deal last, since when, and where it stands; `row` is of a list being read."""

    announced: DealAnnounced
    legs: tuple[Leg, ...]
    stage: Stage
    certainty: Certainty
    known_at: datetime
    address: str
    path: Path | None = None
    row: Row | None = None
    has_ended: bool = False


def deal_events(history: History) -> Iterator[Event]:
    """Read what concerns deals out of a history, as it was known."""
    return (entry.event for entry in history.entries(Order.KNOWN) if isinstance(entry.event, CONCERN_DEALS))


class KnownDeals:
    """What each source said of each deal; what comes in is learned on the way."""

    def __init__(self, events: Iterable[Event] = (), address: str = "") -> None:
        self._said: dict[str, dict[str, Statement]] = {}
        self._in_file: dict[Path, set[str]] = {}
        self._sources: dict[Path, set[str]] = {}
        self._events: list[Event] = []
        for event in events:
            self.learn(event, address)
        self._known_before = len(self._events)

    def learn(self, event: Event, address: str, path: Path | None = None, row: Row | None = None) -> None:
        """Take in what a source says of a deal."""
        self._events.append(event)
        match event:
            case DealAnnounced():
                of_deal = self._said.setdefault(event.deal_id, {})
                said = Statement(
                    *(event, event.legs, event.stage, event.certainty, event.known_at, address, path, row)
                )
                for name, before in of_deal.items():
                    if before.announced.event_id == event.corrects:
                        # What was revised since stays revised.
                        said = replace(said, legs=before.legs, stage=before.stage)
                        del of_deal[name]
                        break
                of_deal[_list(event.source)] = said
            case DealRevised():
                of_deal = self._said.get(event.deal_id, {})
                found = _by(of_deal, event.source)
                if found is not None:
                    of_deal[found] = _revised(of_deal[found], event, address, path, row)
            case DealTerminated():
                of_deal = self._said.get(event.deal_id, {})
                for name, said in of_deal.items():
                    of_deal[name] = replace(said, has_ended=True)
            case _:
                pass

    def note(self, path: Path, deal_id: str, source: str) -> None:
        """Note that a list has a deal, whether its row fits or not."""
        self._in_file.setdefault(path, set()).add(deal_id)
        found = _by(self._said.get(deal_id, {}), source)
        self._sources.setdefault(path, set()).add(found or _list(source))

    def last(self, deal_id: str, source: str) -> Statement | None:
        """Return what a source said of a deal last; what nobody but others said is of the newest of them."""
        of_deal = self._said.get(deal_id, {})
        found = _by(of_deal, source)
        return of_deal[found] if found else max(of_deal.values(), key=_known_at, default=None)

    def doubles(self) -> Iterator[str]:
        """Say which deals of the lists are likely known by another id already."""
        new = frozenset(
            event.deal_id for event in self._events[self._known_before :] if isinstance(event, DealAnnounced)
        )
        return doubles(self._events, new)

    def missing(self, path: Path, listed_at: datetime | None) -> Iterator[str]:
        """Say which deals of earlier lists of the same source a file does not have any more.

        What became known after the list was public, `listed_at`, cannot stand in it.
        """
        listed = self._in_file.get(path, set())
        for source in sorted(self._sources.get(path, ())):
            gone = [
                deal_id
                for deal_id, of_deal in self._said.items()
                if deal_id not in listed and source in of_deal and not of_deal[source].has_ended
                if listed_at is None or of_deal[source].announced.known_at <= listed_at
            ]
            if gone:
                more = f" and {len(gone) - IDS_SHOWN:,} more" if len(gone) > IDS_SHOWN else ""
                yield (
                    f"{path} no longer has {count(len(gone), 'deal')} of an earlier list:"
                    f" {', '.join(gone[:IDS_SHOWN])}{more}. What was said stands until an event ends it:"
                    " publish DealTerminated for what has ended, ReportRetracted for what was wrong."
                )


def is_same_list(source: str, other: str) -> bool:
    """Return whether two sources are one list: by its name, or files of one name but for their days."""
    return _list(source) == _list(other) or bool(_FILE.search(other))


def _revised(
    before: Statement, event: DealRevised, address: str, path: Path | None, row: Row | None
) -> Statement:
    new = {leg.leg: leg for leg in event.legs}
    kept = [new.pop(leg.leg, leg) for leg in before.legs if leg.leg not in event.removed_legs]
    return replace(
        before,
        legs=(*kept, *new.values()),
        stage=event.stage or before.stage,
        certainty=event.certainty,
        known_at=event.known_at,
        address=address,
        path=path,
        row=row,
    )


def _by(of_deal: dict[str, Statement], source: str) -> str | None:
    """Return whose statement a source goes on with: its own; that of any, if it is only named by its file."""
    own = _list(source)
    if own in of_deal:
        return own
    if not _FILE.search(source):
        return None
    return max(of_deal, key=lambda name: of_deal[name].known_at, default=None)


def _list(source: str) -> str:
    """Return the name of a list: files of one name but for their days are vintages of it."""
    return re.sub(r"\d+", "#", source) if _FILE.search(source) else source


def _known_at(said: Statement) -> datetime:
    return said.known_at
