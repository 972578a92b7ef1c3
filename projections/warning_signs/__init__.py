"""Warning signs: indicators as data, measured with every event, told as signals once per episode."""

from pydantic import TypeAdapter

from projections.base import Projection, Reference, Table
from projections.warning_signs.fold import WarningSigns, apply
from projections.warning_signs.named_in import named_in
from projections.warning_signs.registry import DEFINITIONS
from projections.warning_signs.rows import (
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


def definition_rows() -> tuple[DefinitionRow, ...]:
    """Write the definitions of all indicators as rows, in the order of the registry."""
    return tuple(
        DefinitionRow(
            id=one.id,
            title=one.title,
            unit=one.unit,
            direction=one.direction.value,
            watch=one.thresholds.watch,
            warning=one.thresholds.warning,
            critical=one.thresholds.critical,
            named_by=one.named_by,
            formula=one.formula,
            why=one.why,
            stale_after=one.stale_after,
            window=one.window,
            for_at_least=one.for_at_least,
            named_in=named_in(one.id),
        )
        for one in DEFINITIONS.values()
    )


WARNING_SIGNS = Projection(
    name="warning_signs",
    version=1,
    initial=WarningSigns(),
    apply=apply,
    state_type=TypeAdapter(WarningSigns),
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
