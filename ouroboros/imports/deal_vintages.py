"""Lists of deals, one after the other: what a later list changes of what an earlier one said."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from events.base import Event
from events.codec import decode_document
from events.errors import cut
from events.families.deals import DealAnnounced, Leg
from events.words import day, power, short_dollars
from ouroboros.imports.known_deals import KnownDeals, Statement, is_same_list
from ouroboros.imports.mapping import DealList
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.tables import Row


class Listed(NamedTuple):
    """Where a row stands, and when its list was public, if that is known."""

    path: Path
    row: Row
    listed_at: datetime | None


def news(known: KnownDeals, event: DealAnnounced, mapping: DealList, listed: Listed) -> Event | None:
    """Return what a row tells: a deal, what is new of it since an earlier list, or None for nothing.

    Raises UnfitCell where the row contradicts what stands already.
    """
    before = known.last(event.deal_id, event.source)
    if before is None:
        return event
    same = _same_terms(before, event)
    if before.row is not None and before.path == listed.path:
        if same and before.announced.known_at == event.known_at:
            return None
        raise UnfitCell(_two_deals(before, event, mapping, listed.row))
    if not is_same_list(before.announced.source, event.source):
        if same:
            # Another source says the same: evidence for what is known.
            return event
        raise UnfitCell(
            f"the deal {event.deal_id} stands in {before.address} already, with other terms:"
            f" {before.announced.source} says {_terms(before)}, {event.source} {_terms(event)}"
            " (publish DealRevised if it was changed)"
        )
    if same and before.announced.source_url == event.source_url:
        return None
    known_at = _since(before, event, listed.listed_at, mapping)
    return _corrected(before, event, known_at) if same else _revision(before, event, known_at)


def _since(
    before: Statement, event: DealAnnounced, listed_at: datetime | None, mapping: DealList
) -> datetime:
    """Return since when a change is known: the row's own day if that is later than what it changes."""
    for known_at in (event.known_at, listed_at):
        if known_at is not None and known_at > before.known_at:
            return known_at
    was, now = _terms(before), _terms(event)
    change = (
        f"the deal {event.deal_id} was {was} and is {now} here" if was != now else "it cites another link"
    )
    if listed_at is None:
        raise UnfitCell(
            f"{change}, and nothing says since when (say `published`, the day of the list, in the mapping, or"
            " put that day into the file's name: deals_2026-06-28.csv)"
        )
    raise UnfitCell(
        f"{change}, but the list is of {_ended(listed_at, mapping)} and the other terms are known since"
        f" {_ended(before.known_at, mapping)} in {before.address} (import lists in the order of their days)"
    )


def _ended(at: datetime, mapping: DealList) -> str:
    """Return the day that was over at a time."""
    return day((at - timedelta(seconds=1)).astimezone(mapping.zone))


def _revision(before: Statement, event: DealAnnounced, known_at: datetime) -> Event:
    """Return the terms as they are now; the event says what they were."""
    (old, *_), (new, *_) = before.legs or event.legs, event.legs
    fields: dict[str, Any] = {
        "legs": [new.model_copy(update={"leg": old.leg}).model_dump(mode="json", exclude_defaults=True)],
        "why": f"until now {_terms(before)}",
    }
    if event.stage != before.stage:
        fields["stage"] = event.stage
    return _made("DealRevised", event, known_at, fields)


def _corrected(before: Statement, event: DealAnnounced, known_at: datetime) -> Event:
    """Return the announcement of the deal with the address at which it is written now."""
    kept = before.announced.model_dump(mode="json", include={"title", "legs", "stage", "fact_id"})
    return _made("DealAnnounced", event, known_at, {**kept, "corrects": str(before.announced.event_id)})


def _made(event_type: str, event: DealAnnounced, known_at: datetime, fields: dict[str, Any]) -> Event:
    common = event.model_dump(mode="json", include={"deal_id", "source", "source_url", "certainty"})
    time = known_at.isoformat()
    document = {"event_type": event_type, "occurred_at": time, "known_at": time, **common, **fields}
    return decode_document({name: value for name, value in document.items() if value is not None})


def _same_terms(before: Statement, event: DealAnnounced) -> bool:
    if (before.stage, before.certainty) != (event.stage, event.certainty):
        return False
    if len(before.legs) != len(event.legs):
        return False
    return all(_same_leg(old, new) for old, new in zip(before.legs, event.legs, strict=True))


def _same_leg(old: Leg, new: Leg) -> bool:
    update: dict[str, Any] = {"leg": old.leg}
    # Releases before this one read no terms out of amounts.
    if old.starts is None and old.ends is None:
        update |= {"starts": None, "ends": None}
    return new.model_copy(update=update) == old


def _two_deals(before: Statement, event: DealAnnounced, mapping: DealList, row: Row) -> str:
    """Say how to tell two rows of one id apart: by the first column of its meaning that differs."""
    columns = mapping.columns
    usual = (columns.date, columns.title, columns.amount, columns.status, columns.url, *row.cells)
    cells = before.row.cells if before.row else {}
    differs = next((name for name in usual if name and cells.get(name) != row.cells.get(name)), columns.date)
    told_apart = ", ".join((*mapping.id_columns, differs))
    return (
        f"the deal {event.deal_id} stands in {before.address} already, with other terms: if the two are"
        f" different deals, say id_columns: [{cut(told_apart, 200)}] in the mapping, which tells them apart"
    )


def _terms(said: Statement | DealAnnounced) -> str:
    """Return what is said of a deal, in a few words."""
    return f"{_figures(said.legs)} ({said.certainty}, {said.stage.replace('_', ' ')})"


def _figures(legs: tuple[Leg, ...]) -> str:
    """Return what legs come to, in a few words."""
    return " and ".join(map(_figure, legs)) or "nothing"


def _figure(leg: Leg) -> str:
    if leg.amount_usd is None:
        return power(leg.capacity_mw) if leg.capacity_mw else "an unstated amount"
    if leg.amount_low_usd is not None:
        return f"{short_dollars(leg.amount_low_usd)} to {short_dollars(leg.amount_usd)}"
    return f"up to {short_dollars(leg.amount_usd)}" if leg.up_to else short_dollars(leg.amount_usd)
