"""What all charts have in common. plotly draws them, and is only needed here."""

from typing import Any

from events.errors import UsageError
from ouroboros.pages.charts import LAYOUT

# Eight that people tell apart who see colours differently, on dark and on light (Okabe and Ito).
COLORS = ("#2f8fd0", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f", "#b0a000")
DASHES = ("solid", "dash", "dot")
THRESHOLD_COLORS = {"watch": "#b8960b", "warning": "#e07b00", "critical": "#d62f44"}


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


def plotly_script() -> str:
    """Give plotly.js whole."""
    graph_objects()
    from plotly.offline import get_plotlyjs  # noqa: PLC0415

    return str(get_plotlyjs())


def plain(text: str) -> str:
    """Write a text for plotly, which reads some HTML in its labels."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def figure(traces: list[Any], height: float, **layout: Any) -> Any:
    """Make a figure of the report."""
    common = LAYOUT | {
        "template": None,
        "height": round(height),
        "hovermode": "closest",
        "legend": {"orientation": "h", "y": -0.18},
    }
    return graph_objects().Figure(data=traces, layout=common | layout)
