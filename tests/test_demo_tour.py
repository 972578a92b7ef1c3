"""The demo's tour: a desk is shown at work, and nothing that is known changes by it."""

from datetime import UTC, datetime

from events.bars import with_bars
from events.base import Event
from events.codec import Refusal, decode
from events.families.prices import DAY_SECONDS
from events.ledger import ledger
from ouroboros.demo.tour import BORROWER, MUTED, SEEN, UNREADABLE, tour
from projections.circularity.fold import CIRCULARITY
from projections.circularity.rows import (
    CircularityRow,
    MoneyFlowEdgeRow,
    MoneyFlowNodeRow,
    UnknownCompanyRow,
)
from projections.episodes.rows import AcknowledgementRow, IndicatorCurrentRow, MuteRow, SignalRow
from projections.fact.fold import FACT, FactReportRow, FactRow, NameRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import given, rows_of, standing

FACTS = tuple(with_bars(ledger(), DAY_SECONDS))
AT = FACTS[-1].known_at


def signs(*journal: Event) -> dict[tuple[str, str], IndicatorCurrentRow]:
    found = standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow).values()
    return {(row.indicator, row.subject): row for row in found if row.level != "calm"}


def levels(*journal: Event) -> dict[tuple[str, str], tuple[float, str]]:
    """Return what is up, without the reports that it rests on: a report of what is known adds one."""
    return {key: (row.value, row.level) for key, row in signs(*journal).items()}


ACTS = tour(AT, str(signs(*FACTS)[SEEN].signal_id), datetime(2026, 12, 31, tzinfo=UTC))


def test_no_money_and_no_sign_comes_of_the_tour() -> None:
    assert levels(*FACTS, *ACTS) == levels(*FACTS)
    without, with_it = given(CIRCULARITY, *FACTS), given(CIRCULARITY, *FACTS, *ACTS)
    for rows in (CircularityRow, MoneyFlowEdgeRow, MoneyFlowNodeRow):
        assert standing(CIRCULARITY, with_it, rows) == standing(CIRCULARITY, without, rows)
    assert not rows_of(given(WARNING_SIGNS, *ACTS[:-1]), SignalRow)
    # The waiver is one that the ledger knows.
    signals = (rows_of(given(WARNING_SIGNS, *facts), SignalRow) for facts in (FACTS, (*FACTS, *ACTS)))
    assert len(set(map(repr, signals))) == 1


def test_two_names_are_to_review_and_one_signal_is_seen_and_one_muted() -> None:
    unknown = rows_of(given(CIRCULARITY, *FACTS, *ACTS), UnknownCompanyRow)
    assert [(row.name, row.closest) for row in unknown] == [
        ("Fictional Neocloud", None),
        ("Nvidea", "Nvidia"),
    ]
    step = given(WARNING_SIGNS, *FACTS, *ACTS)
    (seen,), (muted,) = rows_of(step, AcknowledgementRow), rows_of(step, MuteRow)
    assert str(seen.signal_id) == str(signs(*FACTS)[SEEN].signal_id)
    assert (muted.indicator, muted.subject) == MUTED
    assert MUTED in signs(*FACTS)


def test_a_waiver_that_two_sources_report_is_one_fact() -> None:
    step = given(FACT, *FACTS, *ACTS)
    reports = standing(FACT, step, FactReportRow).values()
    (fact_id,) = {report.fact_id for report in reports if report.event_id == ACTS[-1].event_id}
    fact = standing(FACT, step, FactRow)[(fact_id,)]
    assert (fact.reports, fact.source, fact.certainty) == (2, "CoreWeave 8-K", "filing")
    assert [report.source for report in sorted(reports, key=lambda report: report.rank)
            if report.fact_id == fact_id] == ["CoreWeave 8-K", "demo"]  # fmt: skip
    assert [row.name for row in rows_of(step, NameRow)] == [BORROWER]


def test_every_act_says_that_it_is_a_demonstration() -> None:
    assert {act.source for act in ACTS} == {"demo"}
    assert all("emonstration" in act.model_dump_json() for act in ACTS)


def test_the_message_that_cannot_be_read_is_refused_with_a_reason() -> None:
    (refused,) = decode(UNREADABLE)
    assert isinstance(refused, Refusal)
    assert "borrower: Field required" in refused.reason
    assert "(given: 'waver')" in refused.reason
