"""Charts on a page: plotly.js draws what stands beside them as JSON."""

import orjson

from ouroboros.pages.markup import Html, element

# No background: the page gives a chart its colours.
LAYOUT = {
    "margin": {"l": 64, "r": 24, "t": 24, "b": 48},
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "font": {"family": "system-ui, sans-serif", "size": 13},
}


def chart(key: str, label: str, drawing: str | bytes) -> Html:
    """Put a chart on the page, given as plotly's JSON; what it shows is told to those who cannot see it."""
    data = orjson.dumps(orjson.loads(drawing)).decode()
    return element(
        "div",
        element("div", class_="chart", id=key, role="img", aria_label=label),
        element("script", as_data(data), type="application/json", id=f"{key}-data"),
        class_="chart-box",
    )


def as_data(json: str) -> Html:
    """Write JSON so that nothing in it ends the element that it stands in."""
    escaped = json.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")
    return Html(escaped.replace("\u2028", r"\u2028").replace("\u2029", r"\u2029"))
