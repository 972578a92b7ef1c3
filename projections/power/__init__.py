"""Power: what was promised to each site and when, what came, and what runs without a permit."""

from pydantic import TypeAdapter

from projections.base import Projection, Table
from projections.power.fold import Power, apply
from projections.power.rows import PowerEventRow, PowerSiteRow

POWER = Projection(
    name="power",
    version=1,
    initial=Power(),
    apply=apply,
    state_type=TypeAdapter(Power),
    tables=(
        Table("power_event", PowerEventRow, time_column="known_at"),
        Table("power_site", PowerSiteRow, key=("site_id",)),
    ),
)
