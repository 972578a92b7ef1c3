"""Private credit: facilities as they are known now, and everything that was reported of them."""

from pydantic import TypeAdapter

from events.base import Event
from events.families.credit import CreditWaiverReported, LoanOriginated, LoanRepaid
from projections.base import Projection, Table
from projections.credit.fold import apply
from projections.credit.rows import CreditEventRow, FacilityRow
from projections.facts.world import DESK
from projections.kernel import one_by_one

READS: tuple[type[Event], ...] = (LoanOriginated, CreditWaiverReported, LoanRepaid, *DESK)

CREDIT = Projection(
    name="credit",
    version=2,
    initial=None,
    reads=READS,
    project=one_by_one(apply, READS),
    state_type=TypeAdapter(None),
    tables=(
        Table("credit_event", CreditEventRow, time_column="known_at"),
        Table("facility", FacilityRow, key=("facility_id",)),
    ),
)
