"""Every sign says where its sources name it."""

import re

import pytest

from events.ledger import ledger
from projections.warning_signs import definition_rows
from projections.warning_signs.definition import S1, S2
from projections.warning_signs.named_in import ADDRESSES, NAMED_IN, named_in
from projections.warning_signs.registry import DEFINITIONS


def test_no_sign_is_left_out_and_none_is_made_up() -> None:
    assert NAMED_IN.keys() == DEFINITIONS.keys()


@pytest.mark.parametrize("indicator", DEFINITIONS)
def test_the_sources_are_those_that_the_definition_names_each_with_its_passage(indicator: str) -> None:
    passages = NAMED_IN[indicator]
    sources = [one.source.split()[0] for one in passages]
    assert sources == re.findall(r"S\d", DEFINITIONS[indicator].named_by)
    assert all(20 < len(one.about) < 110 for one in passages)


def test_the_addresses_are_those_of_the_facts() -> None:
    written = {
        one.source: one.source_url for one in ledger() if one.source_url and one.source in {"S1", "S2"}
    }
    assert {S1: written["S1"], S2: written["S2"]} == ADDRESSES


def test_the_read_model_says_it_too() -> None:
    told = {row.id: row.named_in for row in definition_rows()}
    assert told == {indicator: named_in(indicator) for indicator in DEFINITIONS}
    assert told["conditional_share"] == (
        "S1 (video on OpenAI's round, 1 March 2026): Amazon's $50B for OpenAI, of which $35B wait for a"
        " condition (https://www.youtube.com/watch?v=2reLd9KTyt8)"
    )
