"""What holds of facts in whatever order reports arrive, and however often."""

from typing import Any

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from projections.facts.log import all_facts
from projections.facts.world import World
from tests.given import tick, world_of
from tests.projections.reports import KINDS, KindOfFact, deal

SOURCES = ("8-K", "newswire", "desk", "10-Q")
CERTAINTIES = st.sampled_from(["filing", "stated", "reported", "estimated"])
# Within days of each other, and each source once: whoever arrives first, this is one fact.
WITHIN_DAYS = st.lists(
    st.tuples(st.sampled_from(SOURCES), st.integers(1, 9), CERTAINTIES),
    min_size=1,
    max_size=4,
    unique_by=lambda said: said[0],
)
EVERY_KIND = st.sampled_from(KINDS)


def facts(world: World, kind: KindOfFact) -> set[tuple[Any, ...]]:
    """Return the facts of a kind without the ids that they got from whoever came first."""
    return {(fact.reports, fact.known_at) for fact in all_facts(kind.log(world))}


@settings(deadline=None)
@forall(EVERY_KIND, WITHIN_DAYS, st.randoms(use_true_random=False))
def test_reports_of_one_thing_are_the_same_fact_in_whatever_order_they_arrive(
    kind: KindOfFact, said: list[tuple[str, int, str]], chance: Any
) -> None:
    reports = [
        kind.report(f"2026-03-0{day}", source=source, certainty=certainty) for source, day, certainty in said
    ]
    shuffled = chance.sample(reports, len(reports))
    in_order, as_shuffled = facts(world_of(*reports), kind), facts(world_of(*shuffled), kind)
    assert as_shuffled == in_order
    assert len(in_order) == 1


@settings(deadline=None)
@forall(WITHIN_DAYS, st.randoms(use_true_random=False))
def test_announcements_of_one_deal_are_the_same_deal_in_whatever_order_they_arrive(
    said: list[tuple[str, int, str]], chance: Any
) -> None:
    reports = [
        deal(f"2026-03-0{day}", number + 1, source=source, certainty=certainty)
        for number, (source, day, certainty) in enumerate(said)
    ]
    # Of equally sure announcements the first holds.
    reports = list({report.certainty: report for report in reports}.values())
    shuffled = chance.sample(reports, len(reports))
    one, other = world_of(*reports).book, world_of(*shuffled).book
    assert one.between == other.between
    assert one.deals["d"].announced == other.deals["d"].announced
    assert set(one.deals["d"].reports) == set(other.deals["d"].reports)


@st.composite
def journals(draw: st.DrawFn) -> list[Event]:
    """Draw reports of several kinds, sources and days."""
    said = draw(
        st.lists(
            st.tuples(EVERY_KIND, st.sampled_from(SOURCES), st.integers(1, 28), CERTAINTIES), max_size=12
        )
    )
    return [
        kind.report(f"2026-03-{day:02}", source=source, certainty=certainty)
        for kind, source, day, certainty in said
    ]


@settings(deadline=None)
@forall(journals(), st.randoms(use_true_random=False))
def test_a_report_repeated_anywhere_changes_nothing(journal: list[Event], chance: Any) -> None:
    unique = list({report.event_id: report for report in journal}.values())
    repeated = list(unique)
    for report in chance.sample(unique, len(unique) // 2):
        repeated.insert(chance.randrange(repeated.index(report) + 1, len(repeated) + 1), report)
    assert world_of(*repeated) == world_of(*unique)


@settings(deadline=None)
@forall(journals())
def test_every_report_is_evidence_of_exactly_one_fact(journal: list[Event]) -> None:
    world = world_of(*journal, tick("2026-07-01"))
    for kind in KINDS:
        evidence = [event_id for fact in all_facts(kind.log(world)) for event_id in fact.evidence]
        assert len(evidence) == len(set(evidence))
        expected = {report.event_id for report in journal if type(report) is type(kind.report("2026-01-01"))}
        assert set(evidence) == expected
