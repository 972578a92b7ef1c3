"""What time makes of a measurement: an input that fell silent says nothing, and a moment is over."""

from dataclasses import replace
from datetime import datetime, timedelta

from events.words import count, day
from projections.definition import Definition
from projections.episodes.subjects import SubjectState
from projections.indicator import Measurement


def as_aged(
    definition: Definition,
    before: SubjectState | None,
    measurement: Measurement,
    input_at: datetime | None,
    now: datetime,
) -> Measurement:
    """Return a measurement as it is now, its input last heard of at `input_at`.

    It is unknown, at whatever level it was, once its input has been silent for longer than its definition
    allows; and old once the moment that it is about has stood for as long as the definition says.
    """
    if input_at is None or measurement.has_no_level:
        return measurement
    cited = measurement.cited or (before.measurement.cited if before else None)
    last = f"the last that was known: {measurement.text}"
    if definition.stale_after and now > input_at + definition.stale_after:
        days = definition.stale_after.days
        silent = f"no {definition.input} since {day(input_at)}, for more than {days} days"
        return replace(measurement, value=0.0, text=f"{silent}; {last}", cited=cited, is_unknown=True)
    if definition.moment and now >= input_at + definition.moment.stands_for:
        age = count((now - input_at).days, "day")
        old = f"the {definition.moment.what} of {day(input_at)} is {age} old"
        return replace(measurement, value=0.0, text=f"{old}; {last}", cited=cited, is_old=True)
    return measurement


def ages_at(definition: Definition, state: SubjectState, now: datetime) -> datetime | None:
    """Return when time alone makes another measurement of a subject: its moment is over, or it is stale."""
    if state.input_at is None:
        return None
    times = (
        state.input_at + definition.moment.stands_for if definition.moment else None,
        # Until then, and with that very instant, it is fresh.
        state.input_at + definition.stale_after + timedelta.resolution if definition.stale_after else None,
    )
    return min((time for time in times if time and time > now), default=None)
