"""Nothing is known before it happened: what says otherwise is refused, with a day's grace for clocks."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.base import GRACE, Event
from events.catalog import EVENT_TYPES
from events.codec import decode_document
from events.errors import UnreadableEvent
from events.families.financials import LONGEST_OUTLOOK, RevenueReported
from events.families.prices import EquityBarClosed, GpuBarClosed
from tests.events.documents import document, taken
from tests.strategies import TIMES, events_of

PLANS = {"expected_on", "relief_ends", "starts", "ends", "until", "period_starts", "period_ends"}
SERIES = (EquityBarClosed, GpuBarClosed)


def is_taken(content: dict[str, object]) -> bool:
    try:
        decode_document(content)
    except UnreadableEvent as error:
        assert "lies more than a day after known_at" in error.message
        return False
    return True


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_each_time_and_day_of_an_event_has_happened_or_is_a_plan(kind: type[Event]) -> None:
    shown = kind.model_json_schema(mode="validation")
    times = {
        name
        for name, field in shown["properties"].items()
        for choice in (field, *field.get("anyOf", ()))
        if choice.get("format") in {"date", "date-time"}
    }
    assert times - {"known_at"} - PLANS == set(kind.HAPPENED)


@settings(max_examples=200, deadline=None)
@given(
    event=st.sampled_from(EVENT_TYPES).flatmap(events_of),
    at=TIMES,
    drawn=st.data(),
)
def test_an_event_is_accepted_if_what_it_says_happened_at_most_a_day_after_it_was_known(
    event: Event, at: datetime, drawn: st.DataObject
) -> None:
    name = drawn.draw(st.sampled_from(event.HAPPENED))
    content = event.model_dump(mode="json", exclude_none=True)
    latest = event.known_at + GRACE
    if isinstance(event, SERIES) and name == "first_at":
        content["last_at"] = max(event.last_at, at).isoformat()
    if isinstance(event, SERIES) and name == "last_at":
        content["first_at"] = min(event.first_at, at).isoformat()
    if isinstance(getattr(event, name), datetime):
        assert is_taken({**content, name: at.isoformat()}) == (at <= latest)
    else:
        assert is_taken({**content, name: str(at.date())}) == (at.date() <= latest.date())


@settings(max_examples=50, deadline=None)
@given(kind=st.sampled_from(SERIES), ahead=st.timedeltas(-timedelta(hours=1), timedelta(hours=1)))
def test_a_clock_that_is_an_hour_off_harms_no_bar(kind: type[Event], ahead: timedelta) -> None:
    known_at = datetime.fromisoformat("2026-01-01T12:00:00Z")
    of = {"symbol": "NVDA"} if kind is EquityBarClosed else {"model": "H100", "basis": "resale"}
    times = dict.fromkeys(("occurred_at", "bucket", "first_at", "last_at"), (known_at + ahead).isoformat())
    prices = dict.fromkeys(("open_usd", "high_usd", "low_usd", "close_usd"), 5)
    bar = taken(document(kind.__name__, interval_seconds=60, **of, **times, **prices))
    assert bar.known_at == known_at


@settings(max_examples=50, deadline=None)
@given(days=st.integers(-400, 800))
def test_revenue_may_be_of_a_year_under_way_and_of_no_later_one(days: int) -> None:
    known_on = date(2026, 1, 1)
    ends = known_on + timedelta(days=days)
    content = document(
        "RevenueReported", company="c", amount_usd=1, period_starts="2024-01-01", period_ends=str(ends)
    )
    if ends <= known_on + LONGEST_OUTLOOK:
        assert isinstance(taken(content), RevenueReported)
    else:
        with pytest.raises(UnreadableEvent, match="period_ends lies more than a year after known_at"):
            decode_document(content)
