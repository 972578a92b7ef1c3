"""What is due next is asked of those who changed, and is what everybody together would say."""

from datetime import datetime, timedelta

from hypothesis import given as forall
from hypothesis import settings

from events.base import Event
from projections.definition import Definition
from projections.episodes.ageing import ages_at
from projections.indicator import View
from projections.indicators import INDICATORS
from projections.persistent import items_of
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import NOT_IN_SIGHT, WarningSigns
from tests.given import Projected, gpu_bar, journaled, project
from tests.projections.test_watchlist_laws import JOURNALS


def agenda_of_all(step: Projected[WarningSigns], now: datetime) -> dict[tuple[str, str], datetime]:
    """Ask the indicator of every subject, and every episode, when it is due."""
    asked = {indicator.definition.id: indicator for indicator in INDICATORS}
    agenda = {}
    for (indicator_id, subject), state in items_of(step.state.subjects):
        indicator = asked[indicator_id]
        window = _window(step, indicator.definition)
        view = View(step.world, now, window, step.state.periods)
        pending = (level.since + indicator.definition.for_at_least for level in state.pending)
        ages = ages_at(indicator.definition, state, now)
        times = (indicator.due(view, subject), *pending, ages)
        due = min((time for time in times if time is not None), default=None)
        if due is not None:
            agenda[indicator_id, subject] = due
    return agenda


def _window(step: Projected[WarningSigns], definition: Definition) -> timedelta:
    return step.world.watchlists.window(definition.id) or definition.window or timedelta(0)


def followed(journal: list[Event]) -> WarningSigns:
    """Project a journal event by event; each time, the agenda is what everybody together says."""
    step: Projected[WarningSigns] = Projected(WARNING_SIGNS.initial)
    for record in journaled(journal):
        step = project(WARNING_SIGNS, [record], step)
        agenda = agenda_of_all(step, record.now)
        assert dict(items_of(step.state.agenda)) == agenda
        mutes_end = step.state.desk.mutes.values()
        first = min((*agenda.values(), *mutes_end), default=NOT_IN_SIGHT)
        # It may be asked too early, and never too late.
        assert step.state.due <= first
        assert first > record.now
    return step.state


@settings(deadline=None, max_examples=200)
@forall(JOURNALS)
def test_after_every_event_the_agenda_is_what_anybody_names(journal: list[Event]) -> None:
    followed(journal)


def test_what_was_due_first_may_be_put_off() -> None:
    over = [gpu_bar("2026-01-05", 100.0), gpu_bar("2026-01-06", 70.0), gpu_bar("2026-01-07", 100.0)]
    # The period that has ended would leave the window of the composite, but it begins anew.
    assert "bubble_break" in {indicator for indicator, _ in followed(over).agenda}
    begun_anew = followed([*over, gpu_bar("2026-01-08", 70.0)]).agenda
    assert "bubble_break" not in {indicator for indicator, _ in begun_anew}
