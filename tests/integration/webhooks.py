"""What tests of webhooks begin with: destinations, three steps of an episode, and patience."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from events.base import Event
from streams.kafka import ensure_topics
from streams.settings import Settings
from streams.webhooks import posting, role
from tests.integration.pipeline import event, query, work_off

SUBJECT = "borrower:Oracle"


def waiver(day: int, kind: str, borrower: str = "Oracle") -> Event:
    at = f"2026-01-{day:02}T12:00:00Z"
    return event(
        "CreditWaiverReported", at, facility_id=f"{borrower}-loan", borrower=borrower, lenders=[], kind=kind
    )


def cure(day: int) -> Event:
    at = f"2026-02-{day:02}T12:00:00Z"
    return event(
        *("CreditWaiverReported", at),
        facility_id="Oracle-loan",
        borrower="Oracle",
        kind="default",
        status="cured",
    )


# Watch, warning, critical: three steps about one borrower, in their order on the loan's partition.
THREE_STEPS = [waiver(1, "waiver"), waiver(2, "waiver"), waiver(3, "default")]


def make_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look and try again sooner than an operator would want."""
    monkeypatch.setattr(role, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(posting, "FIRST_DELAY_SECONDS", 0.1)


def posting_to(settings: Settings, *destinations: dict[str, Any]) -> Settings:
    return settings.model_copy(update={"webhooks": SecretStr(json.dumps(destinations))})


async def introduce(settings: Settings) -> None:
    """Make the destinations known, so that everything from now on is theirs."""
    await ensure_topics(settings)
    await work_off(settings, ("webhooks",))


def deliveries(settings: Settings, columns: str) -> list[tuple[Any, ...]]:
    return query(
        settings,
        f"SELECT {columns} FROM read.webhook_delivery"  # noqa: S608  our own columns
        f" WHERE key = 'credit_waivers/{SUBJECT}' ORDER BY destination, message_id",
    )


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  what is waited for lies in another process
            await asyncio.sleep(0.05)
