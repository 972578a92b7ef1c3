"""Given, when, then for projections: events in their order, the rows they give, the state they leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from events.bars import with_bars
from events.base import Event
from events.codec import decode_document
from events.journal import Run
from events.ledger import ledger
from projections.base import JournaledEvent, Projection, Row, Step
from projections.column_block import rows_of as rows_of_pieces
from projections.deduplication import Deduplicator, deduplicate
from projections.event_batch import batch_of
from projections.facts.learning import learn
from projections.facts.world import World
from projections.kernel import LearnedBatch
from projections.store.snapshots import WORLD_TYPE

S = TypeVar("S")
R = TypeVar("R")


def event(event_type: str, known_on: str = "2026-01-01", **fields: Any) -> Event:
    """Make an event out of a few fields, known at noon of a day."""
    noon = f"{known_on}T12:00:00Z"
    common = {"occurred_at": noon, "known_at": noon, "source": "test", "certainty": "stated"}
    return decode_document({"event_type": event_type, **common, **fields})


def facts_and_bars() -> list[Event]:
    """Return the ledger as folds read it: its prices as the bars of their days."""
    return list(with_bars(ledger(), 86_400))


def share_bar(
    day: str,
    symbol: str,
    price_usd: float,
    *,
    high_usd: float | None = None,
    at: str = "12:00:00",
    known_on: str | None = None,
    **fields: Any,
) -> Event:
    """Close the bar of a share on a day, of which the last price was made at a time (UTC)."""
    bar = _bar(day, price_usd, high_usd or price_usd, at)
    return event("EquityBarClosed", known_on or day, **{**bar, "symbol": symbol, **fields})


def gpu_bar(
    day: str,
    price_usd: float,
    *,
    high_usd: float | None = None,
    model: str = "H100",
    basis: str = "resale",
    at: str = "12:00:00",
    known_on: str | None = None,
    **fields: Any,
) -> Event:
    """Close the bar of a GPU model on a day, of which the last price was made at a time (UTC)."""
    bar = _bar(day, price_usd, high_usd or price_usd, at)
    return event("GpuBarClosed", known_on or day, **{**bar, "model": model, "basis": basis, **fields})


def _bar(day: str, price_usd: float, high_usd: float, at: str) -> dict[str, Any]:
    prices = dict.fromkeys(("open_usd", "low_usd", "close_usd"), price_usd)
    times = {"bucket": f"{day}T00:00:00Z", "first_at": f"{day}T00:00:00Z", "last_at": f"{day}T{at}Z"}
    return {"interval_seconds": 86_400, "high_usd": high_usd, **prices, **times}


def waiver(known_on: str, kind: str = "waiver", **fields: Any) -> Event:
    """Report relief for CoreWeave, unless another borrower is named."""
    return event(
        "CreditWaiverReported",
        known_on,
        **{"facility_id": "f", "borrower": "CoreWeave", "kind": kind, **fields},
    )


def loan(known_on: str, facility_id: str = "f", billions: float = 1.0, **fields: Any) -> Event:
    """Make a loan to CoreWeave, unless another borrower is named."""
    terms = {"borrower": "CoreWeave", "principal_usd": billions * 1e9}
    return event("LoanOriginated", known_on, **{"facility_id": facility_id, **terms, **fields})


def repaid(known_on: str, facility_id: str = "f", billions: float = 1.0, **fields: Any) -> Event:
    """Pay a part of a loan back."""
    return event("LoanRepaid", known_on, facility_id=facility_id, amount_usd=billions * 1e9, **fields)


def promise(known_on: str, expected_on: str | None, site_id: str = "Abilene", **fields: Any) -> Event:
    """Promise 200 MW to a site of Oracle, unless something else is said."""
    said = {"operator": "Oracle", "mw": 200, "expected_on": expected_on}
    return event("PowerScheduled", known_on, **{"site_id": site_id, **said, **fields})


def delivery(delivered_on: str, mw: float = 200, site_id: str = "Abilene", **fields: Any) -> Event:
    """Let power reach a site on the day on which it is known."""
    return event("PowerDelivered", delivered_on, site_id=site_id, mw=mw, delivered_on=delivered_on, **fields)


def tick(known_on: str) -> Event:
    """Let the clock tick at noon of a day."""
    return event("ClockTicked", known_on)


def leg(name: str, kind: str, payer: str, payee: str, **fields: Any) -> dict[str, Any]:
    """Return a leg of a deal as a document."""
    return {"leg": name, "kind": kind, "payer": payer, "payee": payee, **fields}


def announced(deal_id: str, known_on: str, *legs: dict[str, Any], **fields: Any) -> Event:
    """Announce a deal."""
    return event("DealAnnounced", known_on, deal_id=deal_id, title=deal_id, legs=list(legs), **fields)


def journaled(events: Iterable[Event]) -> list[JournaledEvent]:
    """Put events into a journal, one a record, and read it."""
    deduplicator, accepted = Deduplicator(), list[JournaledEvent]()
    for offset, written in enumerate(events):
        deduplicator, new = deduplicate(deduplicator, offset, [Run("test/0", offset, (written,))])
        accepted += new
    return accepted


@dataclass(frozen=True, slots=True)
class Projected(Step[S]):
    """What some events made of a projection, and the world as it is known after them."""

    world: World = field(default_factory=World)


def project(
    projection: Projection[S], records: Sequence[JournaledEvent], before: Projected[S] | None = None
) -> Projected[S]:
    """Project one batch, on from what earlier ones left; the rows are those of this batch."""
    known = before or Projected(projection.initial)
    batch = batch_of(records)
    world, steps = learn(known.world, batch)
    done = projection.project(known.state, LearnedBatch(batch, known.world, steps))
    rows: tuple[Row, ...] = tuple(rows_of_pieces(done.pieces))
    return Projected(done.state, rows, world)


def given(projection: Projection[S], *events: Event) -> Projected[S]:
    """Project events from the beginning, in one batch."""
    return project(projection, journaled(events))


def then(projection: Projection[S], before: Sequence[Event], *events: Event) -> Projected[S]:
    """Project more events after others; the rows are those of the later ones."""
    records = journaled([*before, *events])
    cut = len(journaled(before))
    return project(projection, records[cut:], project(projection, records[:cut]))


def world_of(*events: Event) -> World:
    """Learn events from the beginning, in one batch."""
    world, _ = learn(World(), batch_of(journaled(events)))
    return world


def restored(projection: Projection[S], before: Projected[S]) -> Projected[S]:
    """Write the state of a projection, and the world, to a snapshot and read them back."""
    kept = projection.state_type.validate_json(projection.state_type.dump_json(before.state))
    assert kept == before.state
    world = WORLD_TYPE.validate_json(WORLD_TYPE.dump_json(before.world))
    assert world == before.world
    return Projected(kept, before.rows, world)


def rows_of(step: Step[Any], kind: type[R]) -> list[R]:
    """Pick the rows of one table, in their order."""
    return [row for row in step.rows if isinstance(row, kind)]


def standing(projection: Projection[Any], step: Step[Any], kind: type[R]) -> dict[tuple[Any, ...], R]:
    """Keep the last row of each key, as the table of this row would."""
    (key,) = (table.key for table in projection.tables if table.row is kind)
    return {tuple(getattr(row, name) for name in key): row for row in rows_of(step, kind)}


def noon(day: str) -> datetime:
    """Name the moment at which `event` makes things known on a day."""
    return datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
