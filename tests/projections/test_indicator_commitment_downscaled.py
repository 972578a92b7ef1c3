from itertools import permutations

import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from events.ledger import ledger
from projections.episodes.rows import IndicatorCurrentRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import event, given, rows_of, standing


def revised(
    known_on: str, before: float, after: float, contract_id: str = "compute", **fields: object
) -> Event:
    named = {"company": "OpenAI", "contract_id": contract_id, **fields}
    return event("CommitmentRevised", known_on, before_usd=before * 1e9, after_usd=after * 1e9, **named)


def row(*journal: Event) -> IndicatorCurrentRow:
    return standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow)[
        "commitment_downscaled", "OpenAI"
    ]


@pytest.mark.parametrize(
    ("after", "value", "level"),
    [
        (1400, 0.0, "calm"),
        (1261, 0.099286, "calm"),
        (1260, 0.1, "watch"),
        (1050, 0.25, "warning"),
        (700, 0.5, "critical"),
        (600, 0.571429, "critical"),
        (2000, 0.0, "calm"),
    ],
)
def test_a_cut_is_the_share_that_is_gone_and_a_rise_is_none(after: float, value: float, level: str) -> None:
    found = row(revised("2026-01-01", 1400, after))
    assert (found.value, found.level) == (value, level)


def test_cuts_add_up_against_the_highest_ever_stated() -> None:
    journal = [
        revised("2026-01-01", 1000, 950),
        revised("2026-02-01", 950, 880),
        revised("2026-03-01", 880, 700),
    ]
    values = [row(*journal[:number]).value for number in (1, 2, 3)]
    assert values == [0.05, 0.12, 0.3]
    assert row(*journal).evidence == [journal[2].event_id, journal[0].event_id]


def test_a_rise_sets_a_new_highest() -> None:
    journal = (revised("2026-01-01", 1000, 1500), revised("2026-02-01", 1500, 750))
    assert row(*journal).value == 0.5


def test_a_cut_that_is_taken_back_clears() -> None:
    step = given(WARNING_SIGNS, revised("2026-01-01", 1000, 500), revised("2026-02-01", 500, 1000))
    assert [one.step for one in rows_of(step, SignalRow)] == ["opened", "cleared"]


def test_the_deepest_of_several_cuts_stands_for_the_company() -> None:
    journal = (revised("2026-01-01", 100, 40, "chips"), revised("2026-02-01", 1000, 900, "power"))
    found = row(*journal)
    assert found.value == 0.6
    assert found.text == (
        "OpenAI has cut its commitment chips by 60.0 %, from $100B at its highest to $40B;"
        " 1 other commitment of it cut as well"
    )


def test_a_commitment_that_stands_at_its_highest_is_told_as_such() -> None:
    assert row(revised("2026-01-01", 100, 120)).text == (
        "OpenAI has cut no commitment: its commitment compute stands at its highest, $120B"
    )


def test_a_company_is_one_whatever_it_is_called() -> None:
    journal = (revised("2026-01-01", 100, 90, company="OpenAI Global, LLC"), revised("2026-02-01", 90, 50))
    assert row(*journal).value == 0.5


def test_the_ledger_s_cut_from_1_4_to_0_6_trillion_is_critical() -> None:
    found = row(*ledger())
    assert (found.value, found.level) == (0.571429, "critical")


@settings(deadline=None, max_examples=30)
@forall(st.lists(st.tuples(st.integers(1, 50), st.integers(1, 50)), min_size=3, max_size=3))
def test_the_cut_is_the_same_in_whatever_order_revisions_come(pairs: list[tuple[int, int]]) -> None:
    journal = [revised(f"2026-01-0{day}", *pair) for day, pair in enumerate(pairs, start=1)]
    expected = max(0.0, round(1 - pairs[-1][1] / max(max(pair) for pair in pairs), 6))
    assert {row(*shuffled).value for shuffled in permutations(journal)} == {expected}
