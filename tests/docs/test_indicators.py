"""docs/indicators.md says what the definitions say."""

from projections.indicators import DEFINITIONS
from tests.docs import generate_indicators
from tests.docs.pages import README, anchors, section


def test_the_page_of_indicators_is_current() -> None:
    assert generate_indicators.PAGE.read_text() == generate_indicators.page(), (
        "run `python -m tests.docs.generate_indicators`"
    )


def test_every_indicator_has_its_place_on_the_page() -> None:
    assert DEFINITIONS.keys() <= anchors(generate_indicators.PAGE)


def test_the_readme_leads_to_the_page() -> None:
    assert "(docs/indicators.md)" in section(README, "More")
