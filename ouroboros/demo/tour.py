"""A short tour of what a desk does and of what goes wrong: plainly a demonstration, without any money."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from operator import not_

import psycopg
from rich.console import Console
from rich.padding import Padding
from rich.text import Text
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from events.base import Event
from events.codec import decode_document
from events.topics import CREDIT
from ouroboros.demo.receiver import Receiver
from streams.kafka import producing
from streams.publishing import Publisher
from streams.settings import Settings
from streams.worker import Worker

# Whose signal is acknowledged, and whose signals are muted.
SEEN = ("circularity", "ci_max all")
MUTED = ("conditional_share", "amazon-openai-2026")
MUTED_FOR = timedelta(days=30)
# A waiver that a filing of the ledger reports too: here no loan is named, and who owes is misspelled.
WAIVED_AT = datetime(2025, 12, 31, 21, tzinfo=UTC)
BORROWER, MISSPELLED = "CoreWeave", "Core Weave"
# Somebody misspelled what was done and forgot for whom.
UNREADABLE = (
    b'{"event_type": "CreditWaiverReported", "occurred_at": "2026-06-26T21:00:00Z",'
    b' "known_at": "2026-06-26T21:00:00Z", "source": "demo", "certainty": "estimated",'
    b' "facility_id": "demonstration", "kind": "waver"}'
)

_SIGNAL = "SELECT signal_id FROM read.indicator_current WHERE indicator = %s AND subject = %s"
_TITLE = "SELECT title FROM read.indicator_definition WHERE id = %s"
_REPORTED_BY = """
SELECT string_agg(source, ' and ' ORDER BY rank) FROM read.fact_report
WHERE counts AND fact_id = (SELECT fact_id FROM read.fact_report WHERE event_id = %s::uuid)
"""
_DEAD_LETTER = "SELECT reason FROM read.dead_letter ORDER BY received_at DESC LIMIT 1"


def tour(at: datetime, signal_id: str, muted_until: datetime) -> tuple[Event, ...]:
    """Return what a desk does with two signals and a name, a deal of no money, and a waiver that is known."""
    common = {"occurred_at": at, "known_at": at, "source": "demo", "certainty": "estimated"}
    indicator, subject = MUTED
    return tuple(
        decode_document({**common, **fields})
        for fields in (
            {
                "event_type": "DealAnnounced",
                "deal_id": "demonstration",
                "title": "A demonstration: a misspelled name and a fictional one, and no money",
                "stage": "letter_of_intent",
                "legs": [{"kind": "purchase", "payer": "Fictional Neocloud", "payee": "Nvidea"}],
            },
            {
                "event_type": "SignalAcknowledged",
                "signal_id": signal_id,
                "by": "demo",
                "note": "A demonstration: here stands what whoever has seen it makes of it.",
            },
            {
                "event_type": "SignalMuted",
                "indicator": indicator,
                "subject": subject,
                "until": muted_until,
                "by": "demo",
                "why": "A demonstration: here stands why nobody is to be rung for a while.",
            },
            {
                "event_type": "CompanyNamed",
                "company": BORROWER,
                "aliases": [MISSPELLED],
                "by": "demonstration",
            },
            {
                "event_type": "CreditWaiverReported",
                "occurred_at": WAIVED_AT,
                "borrower": MISSPELLED,
                "kind": "waiver",
                "detail": "A demonstration: a second source reports what a filing says.",
            },
        )
    )


async def take_tour(
    settings: Settings, workers: Sequence[Worker], receiver: Receiver, at: datetime, out: Console
) -> None:
    """Act as a desk at a time, send a message that cannot be read, and print what becomes of it all.

    Raises RetryError where the message is in no dead letter after half a minute.
    """
    out.print("\n[bold]A short tour[/]  a demonstration of what a desk does, and of what goes wrong")
    acts = tour(at, _query(settings, _SIGNAL, *SEEN), datetime.now(UTC) + MUTED_FOR)
    async with producing(settings) as producer:
        publisher = Publisher(settings, producer)
        # Who is meant is known before the waiver: as of another borrower it would count twice for a moment.
        for together in (acts[:-1], acts[-1:]):
            await publisher.publish(together)
            await publisher.flush()
            for worker in workers:
                await worker.settle()
        await producer.send_and_wait(settings.topic(CREDIT), UNREADABLE, key=b"demonstration")
    for worker in workers:
        await worker.settle()
    reason = await _reason_of_the_dead_letter(settings)
    for line in (
        f"acknowledged: {_named(settings, *SEEN)}",
        f"muted for {MUTED_FOR.days} days: {_named(settings, *MUTED)}",
        "names to review: Nvidea, spelled like Nvidia; Fictional Neocloud, like none",
        f"one waiver, not two: reported by {_query(settings, _REPORTED_BY, str(acts[-1].event_id))},"
        f" since {MISSPELLED} is {BORROWER}",
        f"dead letter: {reason}",
        f"webhook: {receiver.accepted} steps of signals posted to {receiver.url}, within the demo",
    ):
        # Words of others are no markup.
        out.print(Padding(Text(line), (0, 0, 0, 2)))


# Dead letters reach the database at their own pace.
@retry(retry=retry_if_result(not_), wait=wait_fixed(0.1), stop=stop_after_delay(30))
async def _reason_of_the_dead_letter(settings: Settings) -> str:
    return _query(settings, _DEAD_LETTER)


def _named(settings: Settings, indicator: str, subject: str) -> str:
    return f"{_query(settings, _TITLE, indicator)} · {subject}"


def _query(settings: Settings, statement: str, *values: str) -> str:
    with psycopg.connect(settings.database_url) as connection:
        found = connection.execute(statement, values).fetchone()
    return str(found[0]) if found else ""
