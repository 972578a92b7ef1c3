"""Every sign says where its sources name it."""

import re

import pytest

from events.ledger import ledger
from projections.definition import ADDRESSES, S1, S2
from projections.indicators import DEFINITIONS
from projections.warning_signs import definition_rows


@pytest.mark.parametrize("indicator", DEFINITIONS)
def test_the_sources_are_those_that_the_definition_names_each_with_its_passage(indicator: str) -> None:
    passages = DEFINITIONS[indicator].named_in
    sources = [passage.source.split()[0] for passage in passages]
    assert sources == re.findall(r"S\d", DEFINITIONS[indicator].named_by)
    assert all(20 < len(passage.about) < 110 for passage in passages)


def test_the_addresses_are_those_of_the_facts() -> None:
    written = {
        one.source: one.source_url for one in ledger() if one.source_url and one.source in {"S1", "S2"}
    }
    assert {S1: written["S1"], S2: written["S2"]} == ADDRESSES


def test_the_read_model_says_it_too() -> None:
    written = {row.id: row.named_in for row in definition_rows()}
    assert written.keys() == DEFINITIONS.keys()
    assert all(written.values())
    assert written["conditional_share"] == (
        "S1 (video on OpenAI's round, 1 March 2026): Amazon's $50B for OpenAI, of which $35B wait for a"
        " condition (https://www.youtube.com/watch?v=2reLd9KTyt8)"
    )
