"""Warning signs: indicators measured with every event, signalled once per episode and level."""

from events.base import Event
from projections.base import Projection, Reference, Table
from projections.episodes.rows import (
    AcknowledgementRow,
    ClockRow,
    DefinitionRow,
    IndicatorCurrentRow,
    IndicatorRow,
    MuteRow,
    OutboxRow,
    SignalRow,
    ThresholdOverrideRow,
)
from projections.indicators import DEFINITIONS
from projections.warning_signs.fold import WarningSigns, project


def definition_rows() -> tuple[DefinitionRow, ...]:
    """Return the definitions of all indicators as rows."""
    return tuple(
        DefinitionRow(
            id=definition.id,
            title=definition.title,
            unit=definition.unit.value,
            direction=definition.direction.value,
            watch=definition.thresholds.watch,
            warning=definition.thresholds.warning,
            critical=definition.thresholds.critical,
            named_by=definition.named_by,
            formula=definition.formula,
            why=definition.why,
            stale_after=definition.stale_after,
            window=definition.window,
            for_at_least=definition.for_at_least,
            named_in="; ".join(map(str, definition.named_in)),
            family=definition.family,
            board=definition.board,
        )
        for definition in DEFINITIONS.values()
    )


WARNING_SIGNS = Projection(
    name="warning_signs",
    version=3,
    initial=WarningSigns(),
    # Time passes with every event.
    reads=(Event,),
    project=project,
    tables=(
        Table("indicator", IndicatorRow, time_column="known_at"),
        Table("indicator_current", IndicatorCurrentRow, key=("indicator", "subject")),
        Table("signal", SignalRow, time_column="known_at"),
        Table("outbox", OutboxRow, key=("message_id",)),
        Table("acknowledgement", AcknowledgementRow, key=("signal_id",)),
        Table("mute", MuteRow, key=("indicator", "subject")),
        Table("threshold_override", ThresholdOverrideRow, key=("indicator", "subject")),
        Table("clock", ClockRow, key=("id",)),
    ),
    reference=(Reference("indicator_definition", DefinitionRow._fields, definition_rows()),),
)
