"""Power: what was promised to each site and when, what came, and what runs without a permit."""

from pydantic import TypeAdapter

from events.base import Event
from events.families.clock import ClockTicked
from projections.base import Projection, Table
from projections.facts.world import DESK
from projections.kernel import one_by_one
from projections.power.fold import REPORTS, Power, apply
from projections.power.rows import PowerEventRow, PowerSiteRow

READS: tuple[type[Event], ...] = (*REPORTS, ClockTicked, *DESK)

POWER = Projection(
    name="power",
    version=2,
    initial=Power(),
    reads=READS,
    project=one_by_one(apply, READS),
    state_type=TypeAdapter(Power),
    tables=(
        Table("power_event", PowerEventRow, time_column="known_at"),
        Table("power_site", PowerSiteRow, key=("site_id",)),
    ),
)
