"""What a replay can be asked for, and what it refuses in a sentence."""

from datetime import UTC, datetime

import pytest

from events.errors import UsageError
from ouroboros.history.source import Order
from ouroboros.replay.plan import Plan
from ouroboros.replay.register import check_name, namespace_of
from ouroboros.terminal import time_of
from projections.registry import PROJECTIONS

JUNE, JULY = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", ["rebuilt", "r2", "as_known_in_june", "x" * 40])
def test_a_schema_may_be_called_by_a_plain_name(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "Rebuilt", "2nd", "_x", "a-b", "a b", 'a"b', "a;drop", "é", "x" * 41, "x\n"),
        *("read", "ouroboros", "public", "pg_mine", "information_schema"),
    ],
)
def test_a_schema_may_not_be_called_by_what_is_no_name_or_is_taken(name: str) -> None:
    with pytest.raises(UsageError):
        check_name(name)


def test_the_names_that_are_made_of_the_longest_fit_into_the_database() -> None:
    place = namespace_of("x" * 40)
    names = [place.schema(one) for one in PROJECTIONS] + [
        f"{'x' * 40}_old_{one.schema}" for one in PROJECTIONS
    ]
    assert max(map(len, names)) <= 63


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-06-01", JUNE),
        ("2026-06-01T00:00:00Z", JUNE),
        ("2026-06-01T02:00:00+02:00", JUNE),
        ("2026-06-01 00:00", JUNE),
        (None, None),
    ],
)
def test_a_moment_is_utc_unless_it_says_otherwise(text: str | None, read: datetime | None) -> None:
    assert time_of(text, "--to") == read


def test_what_is_no_moment_is_refused_with_the_option_and_an_example() -> None:
    with pytest.raises(UsageError, match=r"--to 'yesterday' is no date.*2026-01-31"):
        time_of("yesterday", "--to")


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00"])
def test_a_moment_outside_of_all_years_is_refused_too(text: str) -> None:
    with pytest.raises(UsageError, match="is no date"):
        time_of(text, "--as-known-at")


def test_only_the_whole_journal_is_what_a_live_projector_folds() -> None:
    assert Plan("journal").is_whole_journal
    others = [
        Plan("archive"),
        Plan("journal", JUNE),
        Plan("journal", None, JUNE),
        Plan("journal", None, None, JUNE),
    ]
    assert not any(one.is_whole_journal for one in others)


def test_what_was_known_at_a_time_is_folded_in_the_order_of_knowing() -> None:
    assert Plan("archive", as_known_at=JUNE).order is Order.KNOWN
    assert Plan("archive", to_time=JUNE).order is Order.JOURNAL


@pytest.mark.parametrize("bounds", [{"to_time": JUNE}, {"as_known_at": JUNE}])
def test_a_replay_that_ends_before_it_begins_is_refused(bounds: dict[str, datetime]) -> None:
    with pytest.raises(UsageError, match="end on 01 June 2026"):
        Plan("archive", from_time=JULY, **bounds).check()
