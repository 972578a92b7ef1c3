"""Sorting by when things were known, in memory and through files."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.history.ordering import in_known_order
from ouroboros.history.source import Stored

MOMENTS = st.integers(0, 5).map(
    lambda passed: datetime(1990, 1, 2, tzinfo=UTC) + timedelta(microseconds=passed)
)
ROWS = st.lists(
    st.builds(
        Stored,
        MOMENTS,
        st.integers(-1, 9),
        st.integers(0, 9),
        st.binary(max_size=20).map(lambda content: content.replace(b"\n", b" ")),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(ROWS, st.integers(1, 10))
def test_runs_in_files_sort_as_memory_does(rows: list[Stored], run_events: int) -> None:
    assert list(in_known_order(iter(rows), run_events)) == sorted(rows)
