"""What is due next is asked of those who changed, and is what everybody together would say."""

from hypothesis import given as forall
from hypothesis import settings

from events.base import Event
from projections.persistent import items_of
from projections.warning_signs.desk import next_end
from projections.warning_signs.fold import NOT_IN_SIGHT, WarningSigns, apply
from projections.warning_signs.registry import ALL
from tests.projections.given import event, journaled
from tests.projections.test_watchlist_laws import JOURNALS


def gpu_bar(day: str, price: float) -> Event:
    noon = f"{day}T12:00:00Z"
    prices = dict.fromkeys(("open_usd", "high_usd", "low_usd", "close_usd"), price)
    times = {"bucket": noon, "first_at": noon, "last_at": noon}
    return event("GpuBarClosed", day, model="H100", basis="resale", interval_seconds=60, **prices, **times)


def due_of_all(state: WarningSigns) -> object:
    asked = [one.due(of_one) for one, of_one in zip(ALL, state.states, strict=True)]
    asked += [next_end(state.desk), *(moment for _, moment in items_of(state.pending))]
    return min((moment for moment in asked if moment), default=NOT_IN_SIGHT)


def followed(journal: list[Event]) -> WarningSigns:
    state = WarningSigns()
    for record in journaled(journal):
        state = apply(state, record).state
        assert state.due == due_of_all(state)
    return state


@settings(deadline=None, max_examples=200)
@forall(JOURNALS)
def test_after_every_event_the_next_moment_is_the_first_that_anybody_names(journal: list[Event]) -> None:
    followed(journal)


def test_what_was_due_first_may_be_put_off() -> None:
    over = [gpu_bar("2026-01-05", 100.0), gpu_bar("2026-01-06", 70.0), gpu_bar("2026-01-07", 100.0)]
    # The spell that has ended would leave the window of the composite, but it begins anew.
    assert followed(over).due < NOT_IN_SIGHT
    assert followed([*over, gpu_bar("2026-01-08", 70.0)]).due == NOT_IN_SIGHT
