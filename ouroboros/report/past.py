"""What stood at a time in the past: the archive's events folded again, by the folds that run live."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

from events.codec import decode_document
from ouroboros.report.rows import (
    DealRow,
    EdgeRow,
    FacilityRow,
    LegRow,
    LoopRow,
    NodeRow,
    SignRow,
    SiteRow,
    Standing,
    in_order,
)
from ouroboros.report.undated import with_unknown_delays
from projections.base import JournaledEvent
from projections.circularity import CIRCULARITY
from projections.credit import CREDIT
from projections.power import POWER
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.registry import DEFINITIONS

R = TypeVar("R", bound=tuple[Any, ...])

_FOLDS = (CIRCULARITY, CREDIT, POWER, WARNING_SIGNS)

# (journal_offset, journal_index, payload), in the order of the journal.
Archived = tuple[int, int, dict[str, Any]]
Columns = Mapping[str, Any]


def standing_at(archived: Iterable[Archived]) -> Standing:
    """Fold events in journal order into what stood after the last of them. Raises UnreadableEvent."""
    tables = _last_rows(_recorded(archived))
    sites = _rows(SiteRow, tables["power_site"])
    clock = max((one[time] for one, time in _times(tables)), default=None)
    signs = _rows(
        SignRow, (one | {"stale_since": _stale_since(one, clock)} for one in tables["indicator_current"])
    )
    return Standing(
        signs=with_unknown_delays(signs, sites),
        deals=sorted(
            _rows(DealRow, tables["deal"]), key=lambda deal: (-deal.announced_at.timestamp(), deal.deal_id)
        ),
        legs=_rows(LegRow, (one for one in tables["deal_leg"] if not one["removed"])),
        edges=_rows(EdgeRow, (one for one in tables["money_flow_edge"] if one["amount_usd"])),
        nodes=_rows(NodeRow, (one for one in tables["money_flow_node"] if one["in_usd"] + one["out_usd"])),
        loops=_rows(LoopRow, (one for one in tables["loop"] if one["bottleneck_usd"])),
        facilities=_rows(FacilityRow, (one | {"balance_usd": _balance(one)} for one in tables["facility"])),
        sites=sites,
    )


def _recorded(archived: Iterable[Archived]) -> Iterator[JournaledEvent]:
    now: datetime | None = None
    for offset, index, payload in archived:
        event = decode_document(payload)
        now = max(now, event.known_at) if now else event.known_at
        yield JournaledEvent(offset, index, now, event)


def _last_rows(history: Iterable[JournaledEvent]) -> dict[str, list[dict[str, Any]]]:
    """Fold, and keep of each table with a key the last row of each."""
    states: dict[str, Any] = {projection.name: projection.initial for projection in _FOLDS}
    keyed = {table.row: table for projection in _FOLDS for table in projection.tables if table.key}
    last: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {table.name: {} for table in keyed.values()}
    for journaled in history:
        for projection in cast(Any, _FOLDS):
            step = projection.apply(states[projection.name], journaled)
            states[projection.name] = step.state
            for row in step.rows:
                if table := keyed.get(type(row)):
                    columns = row._asdict()
                    last[table.name][tuple(columns[one] for one in table.key)] = columns
    return {name: list(rows.values()) for name, rows in last.items()}


def _times(tables: Mapping[str, list[dict[str, Any]]]) -> list[tuple[dict[str, Any], str]]:
    """Name the rows that tell how late it is: ticks of the clock, and whatever is measured."""
    ticks = [(one, "now") for one in tables["clock"]]
    return ticks + [(one, "known_at") for one in tables["indicator_current"]]


def _stale_since(sign: Columns, clock: datetime | None) -> datetime | None:
    silence = DEFINITIONS[sign["indicator"]].stale_after
    if silence is None or sign["input_at"] is None or clock is None:
        return None
    until: datetime = sign["input_at"] + silence
    return until if until < clock else None


def _balance(facility: Columns) -> Any:
    principal = facility["principal_usd"]
    return None if principal is None else principal - facility["repaid_usd"]


def _rows(row: type[R], tables: Iterable[Columns]) -> list[R]:
    fields = cast(Any, row)._fields
    return in_order([cast(Any, row)(**{name: columns[name] for name in fields}) for columns in tables])
