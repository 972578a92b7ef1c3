"""What all charts have in common. plotly draws them, and is only needed here."""

from typing import Any

import orjson

from events.errors import UsageError
from ouroboros.report.markup import Html, element

# Eight that people tell apart who see colours differently, on dark and on light (Okabe and Ito).
COLORS = ("#2f8fd0", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#b0a000")
DASHES = ("solid", "dash", "dot")
THRESHOLD_COLORS = {"watch": "#b8960b", "warning": "#e07b00", "critical": "#d62f44"}
MARGIN = {"l": 64, "r": 24, "t": 16, "b": 48}


def graph_objects() -> Any:
    """Load plotly, and make sure of SciPy, with which networkx places companies. Raises UsageError."""
    try:
        import plotly.graph_objects  # noqa: PLC0415  installed by those who want reports
        import scipy.optimize  # noqa: F401, PLC0415
    except ImportError as error:
        package = (error.name or "plotly").partition(".")[0]
        raise UsageError(
            f"Reports need {package}, which is not installed.", "Run `pip install 'ouroboros[research]'`."
        ) from None
    return plotly.graph_objects


def plotly_script() -> Html:
    """Give plotly.js whole."""
    graph_objects()
    from plotly.offline import get_plotlyjs  # noqa: PLC0415

    return Html(get_plotlyjs())


def plain(text: str) -> str:
    """Write a text for plotly, which reads some HTML in its labels."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def figure(traces: list[Any], height: float, **layout: Any) -> Any:
    """Make a figure without a background; the page gives it its colours."""
    common = {
        "template": None,
        "height": round(height),
        "margin": MARGIN,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
        "font": {"family": "system-ui, sans-serif", "size": 13},
        "legend": {"orientation": "h", "y": -0.18},
    }
    return graph_objects().Figure(data=traces, layout=common | layout)


def chart(key: str, label: str, drawn: Any) -> Html:
    """Put a figure on the page; what it shows is told to those who cannot see it."""
    data = orjson.dumps(orjson.loads(drawn.to_json())).decode()
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
