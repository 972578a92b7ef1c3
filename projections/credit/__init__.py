"""Private credit: facilities as they stand, and everything that happened to them."""

from pydantic import TypeAdapter

from projections.base import Projection, Table
from projections.credit.fold import Credit, apply
from projections.credit.rows import CreditEventRow, FacilityRow

CREDIT = Projection(
    name="credit",
    version=1,
    initial=Credit(),
    apply=apply,
    state_type=TypeAdapter(Credit),
    tables=(
        Table("credit_event", CreditEventRow, time_column="known_at"),
        Table("facility", FacilityRow, key=("facility_id",)),
    ),
)
