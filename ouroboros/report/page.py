"""The page: everything in one file, which asks nothing of the network."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from ouroboros.report.deals import deals_section
from ouroboros.report.figures import plotly_script
from ouroboros.report.lending_and_power import lending_section, power_section
from ouroboros.report.markup import Html, element, join
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
_WITHOUT_SCRIPTS = "The charts need JavaScript, which is switched off here; the tables tell the same."


def page(facts: Facts) -> str:
    """Write the whole document. Raises UsageError where plotly is not installed."""
    script = Html(_shipped("page.js"))
    plotly = plotly_script()
    head = [
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(plotly, script)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", "Ouroboros report"),
        element("style", Html(_shipped("page.css"))),
    ]
    body = [
        element("a", "Skip to the signs", href="#signs", class_="skip"),
        _header(facts),
        element("main", *_sections(facts)),
        element("script", plotly),
        element("script", script),
    ]
    document = element("html", element("head", *head), element("body", *body), lang="en")
    return f"<!DOCTYPE html>\n{document}\n"


def _header(facts: Facts) -> Html:
    links = [element("a", title, href=f"#{key}") for key, title in _CONTENTS.items()]
    return element(
        "header",
        element("h1", "Ouroboros: who finances whom"),
        element("p", told_as_of(facts)),
        element("button", "Dark or light", type="button", id="theme"),
        element("noscript", element("p", _WITHOUT_SCRIPTS)),
        element("nav", *links, aria_label="Contents"),
    )


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


def _policy(*scripts: Html) -> str:
    """Allow the scripts of this page by their hashes, styles, and nothing from anywhere else."""
    hashes = join([Html(f" 'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'") for one in scripts])
    return (
        f"default-src 'none'; script-src{hashes}; style-src 'unsafe-inline'; img-src data: blob:;"
        " base-uri 'none'; form-action 'none'"
    )


def _shipped(name: str) -> str:
    return files("ouroboros.report").joinpath(name).read_text(encoding="utf-8")
