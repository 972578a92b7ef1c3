"""A few months of everything that can happen, drawn from a seed: facts, prices, desk, silence."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from events.base import Event, Report
from events.codec import decode_document, encode
from events.families.clock import tick
from ouroboros.history.source import Entry, Order

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 120
COMPANIES = ("Nvidia", "OpenAI", "Oracle", "Microsoft")
SYMBOLS = ("NVDA", "ORCL", "CRWV")

Make = Callable[[random.Random, datetime], dict[str, Any]]


def _dollars(chance: random.Random) -> int:
    return chance.randrange(1, 60) * 10**9


def _deal(chance: random.Random, _: datetime) -> dict[str, Any]:
    payer, payee = chance.sample(COMPANIES, 2)
    kind = chance.choice(["equity", "purchase", "debt"])
    leg = {"leg": "money", "kind": kind, "payer": payer, "payee": payee, "amount_usd": _dollars(chance)}
    if chance.random() < 0.3:
        leg["condition"] = "an IPO"
    return {
        "event_type": "DealAnnounced",
        "deal_id": f"deal-{chance.randrange(6)}",
        "title": "A deal",
        "legs": [leg],
    }


def _funded(chance: random.Random, _: datetime) -> dict[str, Any]:
    deal_id = f"deal-{chance.randrange(6)}"
    return {"event_type": "LegFunded", "deal_id": deal_id, "leg": "money", "amount_usd": _dollars(chance)}


def _terminated(chance: random.Random, _: datetime) -> dict[str, Any]:
    return {"event_type": "DealTerminated", "deal_id": f"deal-{chance.randrange(6)}"}


def _waiver(chance: random.Random, _: datetime) -> dict[str, Any]:
    number = chance.randrange(3)
    kind = chance.choice(["amendment", "waiver", "forbearance", "default"])
    return {
        "event_type": "CreditWaiverReported",
        "facility_id": f"loan-{number}",
        "borrower": COMPANIES[number],
        "kind": kind,
    }


def _loan(chance: random.Random, _: datetime) -> dict[str, Any]:
    number = chance.randrange(3)
    return {
        "event_type": "LoanOriginated",
        "facility_id": f"loan-{number}",
        "borrower": COMPANIES[number],
        "lenders": ["Fictional Bank"],
        "principal_usd": _dollars(chance),
        "collateral": {"kind": "shares", "symbol": SYMBOLS[number], "quantity": 1e8},
    }


def _repaid(chance: random.Random, _: datetime) -> dict[str, Any]:
    amount = chance.randrange(1, 10**9)
    return {
        "event_type": "LoanRepaid",
        "facility_id": f"loan-{chance.randrange(3)}",
        "amount_usd": amount,
    }


def _scheduled(chance: random.Random, at: datetime) -> dict[str, Any]:
    expected_on = at.date() + timedelta(days=chance.randrange(-10, 60))
    return {
        "event_type": "PowerScheduled",
        "site_id": f"site-{chance.randrange(3)}",
        "operator": chance.choice(COMPANIES),
        "mw": 100 * chance.randrange(1, 10),
        "expected_on": str(expected_on),
    }


def _delivered(chance: random.Random, at: datetime) -> dict[str, Any]:
    site_id = f"site-{chance.randrange(3)}"
    return {"event_type": "PowerDelivered", "site_id": site_id, "mw": 100, "delivered_on": str(at.date())}


def _ended(chance: random.Random, at: datetime) -> dict[str, Any]:
    site_id = f"site-{chance.randrange(3)}"
    if chance.random() < 0.3:
        return {"event_type": "PowerCompleted", "site_id": site_id, "completed_on": str(at.date())}
    return {"event_type": "PowerWithdrawn", "site_id": site_id, "reason": "cancelled"}


def _named(chance: random.Random, _: datetime) -> dict[str, Any]:
    company, other = chance.sample(COMPANIES, 2)
    return {
        "event_type": "CompanyNamed",
        "company": company,
        "aliases": [f"{other} Inc", other],
        "by": "desk",
    }


def _revenue(chance: random.Random, at: datetime) -> dict[str, Any]:
    return {
        "event_type": "RevenueReported",
        "company": chance.choice(COMPANIES),
        "amount_usd": _dollars(chance),
        "period_starts": str(at.date() - timedelta(days=90)),
        "period_ends": str(at.date()),
    }


def _used(chance: random.Random, _: datetime) -> dict[str, Any]:
    used = round(chance.random(), 2)
    return {"event_type": "UtilizationReported", "company": chance.choice(COMPANIES), "utilization": used}


def _muted(chance: random.Random, at: datetime) -> dict[str, Any]:
    until = at + timedelta(days=chance.randrange(1, 20))
    return {
        "event_type": "SignalMuted",
        "indicator": chance.choice(["credit_waivers", "power_delay"]),
        "until": until.isoformat(),
        "by": "desk",
    }


def _watched(chance: random.Random, _: datetime) -> dict[str, Any]:
    levels = sorted(chance.randrange(1, 200) for _ in range(3))
    threshold = dict(zip(("watch", "warning", "critical"), levels, strict=True))
    return {
        "event_type": "WatchlistChanged",
        "watchlist": "desk",
        "thresholds": [{"indicator": "power_delay", **threshold}],
    }


def _share_print(chance: random.Random, _: datetime) -> dict[str, Any]:
    price = round(chance.uniform(50, 200), 2)
    return {"event_type": "EquityPriced", "symbol": chance.choice(SYMBOLS), "price_usd": price, "size": 10}


def _gpu_print(chance: random.Random, _: datetime) -> dict[str, Any]:
    price = round(chance.uniform(10_000, 30_000), 2)
    return {"event_type": "GpuPriced", "model": "H100", "basis": "resale", "price_usd": price}


def _bar(chance: random.Random, at: datetime, event_type: str, low: float, high: float) -> dict[str, Any]:
    low, middle, high = sorted(round(chance.uniform(low, high), 2) for _ in range(3))
    bucket = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "event_type": event_type,
        "interval_seconds": 86_400,
        "bucket": bucket.isoformat(),
        "first_at": bucket.isoformat(),
        "last_at": at.isoformat(),
        "open_usd": middle,
        "low_usd": low,
        "high_usd": high,
        "close_usd": middle,
    }


def _share_bar(chance: random.Random, at: datetime) -> dict[str, Any]:
    return {**_bar(chance, at, "EquityBarClosed", 50, 200), "symbol": chance.choice(SYMBOLS)}


def _gpu_bar(chance: random.Random, at: datetime) -> dict[str, Any]:
    return {**_bar(chance, at, "GpuBarClosed", 10_000, 30_000), "model": "H100", "basis": "resale"}


_FACTS: tuple[Make, ...] = (
    _deal, _deal, _funded, _terminated, _waiver, _waiver, _loan, _repaid, _scheduled, _delivered,
    _ended, _named, _revenue, _used, _muted, _watched,
)  # fmt: skip
# What producers send, prices as prints, and what the journal holds, prices as bars.
SENT: tuple[Make, ...] = (*_FACTS, _share_print, _share_print, _gpu_print)
JOURNALED: tuple[Make, ...] = (*_FACTS, _share_bar, _share_bar, _share_bar, _gpu_bar)


def drawn(chance: random.Random, kinds: Sequence[Make] = JOURNALED) -> Event:
    """Draw an event that is known some time in the DAYS from BEGIN on."""
    known_at = BEGIN + timedelta(seconds=chance.randrange(DAYS * 86_400))
    if chance.random() < 0.15:
        return tick(known_at)
    happened = known_at - timedelta(days=chance.choice([0, 0, 0, 1, 30]))
    common = {"occurred_at": happened.isoformat(), "known_at": known_at.isoformat()}
    stated = {"source": f"source {chance.randrange(10**9)}", "certainty": "stated"}
    return decode_document({**common, **stated, **chance.choice(kinds)(chance, known_at)})


def month(chance: random.Random, count: int, kinds: Sequence[Make] = JOURNALED) -> list[Event]:
    """Draw events in the order in which they become known."""
    return sorted((drawn(chance, kinds) for _ in range(count)), key=lambda event: event.known_at)


def with_the_desk(chance: random.Random, events: Sequence[Event]) -> list[Event]:
    """Let other sources report some of it again, and the desk decide on it, in known order."""
    again = [_of_another_source(chance, report) for report in events if _often(chance, report, 0.4)]
    reports = [report for report in [*events, *again] if isinstance(report, Report)]
    corrected = [
        _of_another_source(chance, report, corrects=report) for report in reports if chance.random() < 0.1
    ]
    decisions = [_decided(chance, reports, report) for report in reports if chance.random() < 0.2]
    return sorted([*events, *again, *corrected, *decisions], key=lambda event: event.known_at)


def _often(chance: random.Random, event: Event, share: float) -> bool:
    return isinstance(event, Report) and chance.random() < share


def _of_another_source(chance: random.Random, report: Event, corrects: Event | None = None) -> Event:
    """Report the same a few days later; a correction is of the same source."""
    document = orjson.loads(encode(report))
    del document["event_id"]
    known_at = (report.known_at + timedelta(hours=chance.randrange(1, 100))).isoformat()
    if corrects is not None:
        return decode_document({**document, "known_at": known_at, "corrects": str(corrects.event_id)})
    source = f"{report.source}, as another reports it"
    return decode_document({**document, "known_at": known_at, "source": source, "certainty": "reported"})


def _decided(chance: random.Random, reports: Sequence[Event], report: Event) -> Event:
    """Decide on a report, and on another of its kind, once both are known."""
    other = chance.choice([again for again in reports if type(again) is type(report)])
    known_at = max(report.known_at, other.known_at) + timedelta(hours=chance.randrange(100))
    first, second = str(report.event_id), str(other.event_id)
    kinds: list[dict[str, Any]] = [
        {"event_type": "ReportRetracted", "report_id": first},
        {"event_type": "FactParted", "fact_id": first, "reports": [second]},
    ]
    if other is not report:
        kinds += 2 * [{"event_type": "FactsJoined", "fact_id": first, "others": [second]}]
    when = {"occurred_at": known_at.isoformat(), "known_at": known_at.isoformat()}
    return decode_document(
        {**when, "source": "desk", "certainty": "stated", "by": "Ada", **chance.choice(kinds)}
    )


class InMemory:
    """A history that is a list of entries."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self.hashes: dict[str, str] = {}

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read them in an order."""
        known = [entry for entry in self._entries if until is None or entry.event.known_at <= until]
        known.sort(key=lambda entry: entry.position)
        return iter(
            known if order is Order.JOURNAL else sorted(known, key=lambda entry: entry.event.known_at)
        )
