"""The page of a report: its head, and its sections in their order."""

from ouroboros.pages.markup import Html, element
from ouroboros.pages.shell import document, shipped
from ouroboros.report.deals import deals_section
from ouroboros.report.figures import plotly_script
from ouroboros.report.lending_and_power import lending_section, power_section
from ouroboros.report.money import circularity_section, money_section
from ouroboros.report.prices import prices_section
from ouroboros.report.rows import Facts
from ouroboros.report.signals import signals_section
from ouroboros.report.signs import signs_section
from ouroboros.report.state_of_data import data_section, sources_section, told_as_of

_CONTENTS = {
    "signs": "Warning signs",
    "signals": "Signals",
    "money": "Money map",
    "circularity": "Circular money",
    "prices": "Prices",
    "credit": "Credit",
    "power": "Power",
    "deals": "Deals",
    "data": "Data",
    "sources": "Sources",
}


def page(facts: Facts) -> str:
    """Write the whole document. Raises UsageError where plotly is not installed."""
    return document(
        "Ouroboros report",
        _head(facts),
        _sections(facts),
        style=shipped("ouroboros.report", "page.css"),
        plotly=plotly_script(),
        script=shipped("ouroboros.report", "page.js"),
    )


def _head(facts: Facts) -> list[Html]:
    links = [element("a", title, href=f"#{key}") for key, title in _CONTENTS.items()]
    return [
        element("h1", "Ouroboros: who finances whom"),
        element("p", told_as_of(facts)),
        element("nav", *links, aria_label="Contents"),
    ]


def _sections(facts: Facts) -> list[Html]:
    return [
        signs_section(facts),
        signals_section(facts),
        money_section(facts),
        circularity_section(facts),
        prices_section(facts),
        lending_section(facts),
        power_section(facts),
        deals_section(facts),
        data_section(facts),
        sources_section(facts),
    ]
