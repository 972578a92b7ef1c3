"""Facts: what is taken for one thing, all reports of it, and the names that the desk gave."""

from pydantic import TypeAdapter

from projections.base import Projection, Table
from projections.fact.fold import READS, apply
from projections.fact.rows import FactReportRow, FactRow, NameRow
from projections.kernel import one_by_one

FACT = Projection(
    name="fact",
    version=1,
    initial=None,
    reads=READS,
    project=one_by_one(apply, READS),
    state_type=TypeAdapter(None),
    tables=(
        Table("fact", FactRow, key=("fact_id",)),
        Table("fact_report", FactReportRow, key=("event_id",)),
        Table("name", NameRow, key=("kind", "name")),
    ),
)
