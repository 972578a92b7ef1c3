import json
from pathlib import Path

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from events.companies import ALIASES, canonical, closest, is_known
from projections.circularity.fold import CIRCULARITY
from projections.circularity.rows import (
    DealLegRow,
    LoopRow,
    MoneyFlowEdgeRow,
    UnknownCompanyRow,
    VendorRoundTripRow,
)
from projections.facts.book import Edge, edge_events
from tests.given import announced, event, given, leg, noon, rows_of, standing
from tests.projections.whole_graph import edges

LEDGER = Path(__file__).resolve().parents[2] / "events" / "ledger"
EVERY_NAME = [(name, company) for company, others in ALIASES.items() for name in (company, *others)]


@pytest.mark.parametrize(
    ("written", "company"),
    [
        ("AWS", "Amazon"),
        ("Amazon Web Services, Inc.", "Amazon"),
        ("  amazon   WEB services ", "Amazon"),
        ("Microsoft Azure", "Microsoft"),
        ("Alphabet Inc", "Google"),
        ("Google Cloud", "Google"),
        ("NVIDIA Corp", "Nvidia"),
        ("NVIDIA Corporation", "Nvidia"),
        ("Facebook", "Meta"),
        ("Meta Platforms", "Meta"),
        ("OCI", "Oracle"),
        ("SoftBank Group Corp.", "SoftBank"),
        ("XAI", "xAI"),
        ("Blackstone Inc.", "Blackstone"),
        ("KKR & Co. Inc.", "KKR"),
        ("J.P. Morgan Chase & Co.", "JPMorgan"),
        ("JPMorgan Chase Bank, N.A.", "JPMorgan"),
        ("The Goldman Sachs Group, Inc.", "Goldman Sachs"),
        ("The Carlyle Group Inc", "Carlyle"),
        ("Mitsubishi UFJ Financial Group, Inc.", "MUFG"),
        ("Pacific Investment Management Company LLC", "PIMCO"),
        ("Oaktree Capital Management, L.P.", "Oaktree"),
        ("Ares Management Corporation", "Ares"),
        ("Apollo Global Management, Inc.", "Apollo"),
        ("Blue Owl Capital Inc.", "Blue Owl"),
        ("BLACKROCK, INC.", "BlackRock"),
        ("Morgan Stanley & Co. LLC", "Morgan Stanley"),
        ("Acme Chips", "Acme Chips"),
        ("The", "The"),
        ("& Co", "& Co"),
        ("Inc.", "Inc."),
    ],
)
def test_names_become_canonical_whatever_their_case_spaces_and_legal_form(written: str, company: str) -> None:
    assert canonical(written) == company


def test_a_vehicle_is_not_its_sponsor() -> None:
    assert canonical("Meta Hyperion SPV") == "Meta Hyperion SPV" != canonical("Meta")
    assert canonical("CoreWeave SPV") != canonical("CoreWeave")


def test_no_name_stands_for_two_companies() -> None:
    assert [canonical(name) for name, _ in EVERY_NAME] == [company for _, company in EVERY_NAME]


@given_any(st.sampled_from(EVERY_NAME), st.sampled_from(["upper", "lower", "title"]), st.sampled_from(" \t"))
@settings(deadline=None)
def test_a_canonical_name_is_its_own(named: tuple[str, str], case: str, space: str) -> None:
    name, company = named
    written = {"upper": name.upper(), "lower": name.lower(), "title": name.title()}[case]
    assert canonical(canonical(written)) == canonical(f"{space}{written}{space}") == company
    assert is_known(written)


def test_the_companies_of_the_ledger_are_known() -> None:
    legs = [
        one
        for path in sorted(LEDGER.glob("*.jsonl"))
        for line in path.read_text().splitlines()
        if line
        for one in json.loads(line).get("legs", ())
    ]
    names = {one[side] for one in legs for side in ("payer", "payee")}
    assert len(names) > 10
    assert {name for name in names if not is_known(name)} == set()


def test_a_misspelled_name_is_held_against_the_known_ones() -> None:
    assert closest("Nvidea") == "Nvidia"
    assert closest("Coreweave Inc") == "CoreWeave"
    assert closest("Entirely New Ventures") is None
    assert closest("") is None


AWS_PAID = announced(
    "out", "2026-01-01", leg("equity", "equity", "AMAZON.COM, INC.", "OpenAI", amount_usd=5e9)
)
AWS_BACK = announced("back", "2026-01-02", leg("cloud", "purchase", "openai", "AWS", amount_usd=9e9))


def test_names_of_one_company_make_one_node_of_the_graph() -> None:
    step = given(CIRCULARITY, AWS_PAID, AWS_BACK)
    book = step.world.book
    assert edges(book, "firm") == (
        Edge("Amazon", "OpenAI", 500_000_000_000),
        Edge("OpenAI", "Amazon", 900_000_000_000),
    )
    assert edge_events(book, "OpenAI", "Amazon") == (AWS_BACK.event_id,)
    assert set(standing(CIRCULARITY, step, MoneyFlowEdgeRow)) == {
        (basis, *pair) for basis in ("firm", "all") for pair in (("Amazon", "OpenAI"), ("OpenAI", "Amazon"))
    }
    assert {row.path for row in rows_of(step, LoopRow)} == {"Amazon → OpenAI → Amazon"}
    assert {row.vendor for row in rows_of(step, VendorRoundTripRow)} == {"Amazon"}


def test_a_leg_keeps_what_was_written_beside_the_canonical_names() -> None:
    (row,) = rows_of(given(CIRCULARITY, AWS_BACK), DealLegRow)
    assert (row.payer, row.payee, row.payer_company, row.payee_company) == (
        "openai",
        "AWS",
        "OpenAI",
        "Amazon",
    )


def test_money_between_two_names_of_one_company_is_no_edge() -> None:
    step = given(
        CIRCULARITY, announced("d", "2026-01-01", leg("l", "purchase", "AWS", "Amazon", amount_usd=5e9))
    )
    assert edges(step.world.book, "all") == ()
    assert [type(row) for row in step.rows][1:] == [DealLegRow]
    assert not step.world.money.all.companies


def test_a_name_that_nobody_knows_is_a_node_and_is_listed_once_for_review() -> None:
    first = announced(
        "d", "2026-01-01", leg("l", "equity", "Nvidea", "Entirely New Ventures", amount_usd=5e9)
    )
    again = announced("e", "2026-01-02", leg("l", "equity", "Nvidea", "OpenAI", amount_usd=5e9))
    more = event("DealRevised", "2026-01-03", deal_id="e", legs=[leg("m", "debt", "Another Fund", "OpenAI")])
    step = given(CIRCULARITY, first, again, more)
    assert rows_of(step, UnknownCompanyRow) == [
        UnknownCompanyRow("Nvidea", "d", noon("2026-01-01"), "Nvidia", named=False),
        UnknownCompanyRow("Entirely New Ventures", "d", noon("2026-01-01"), None, named=False),
        UnknownCompanyRow("Another Fund", "e", noon("2026-01-03"), None, named=False),
    ]
    assert ("Nvidea", "OpenAI") in {edge[:2] for edge in edges(step.world.book, "firm")}
