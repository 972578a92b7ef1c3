"""Charts in one style, as what plotly.js draws: plain data and layout; the page gives them its colours."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

Trace = dict[str, Any]
Figure = dict[str, Any]

# Colours that people tell apart who see them differently, on dark and on light (Okabe and Ito).
BLUE, RED, GREEN, AMBER, GREY = "#2f8fd0", "#d55e00", "#009e73", "#e69f00", "#8b919a"
COLORS = (BLUE, RED, GREEN, "#cc79a7", AMBER, "#56b4e9", GREY, "#b0a000")
DASHES = ("solid", "dash", "dot")
LEVEL_COLORS = {
    "calm": "#2e8b57",
    "unknown": "#8e8e8e",
    "watch": "#b8960b",
    "warning": "#e07b00",
    "critical": "#d62f44",
}
# In pixels.
HEIGHT = 380
# Up to so many points each is marked; more would hide the line.
MOST_MARKED = 60


def figure(traces: Sequence[Trace], height: float = HEIGHT, **layout: Any) -> Figure:
    """Return a figure, its legend above it; `height` in pixels."""
    common = {
        "height": round(height),
        "margin": {"l": 64, "r": 24, "t": 24, "b": 48},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 13},
        "hovermode": "closest",
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    }
    axes = {axis: {"automargin": True} | layout.pop(axis, {}) for axis in ("xaxis", "yaxis")}
    return {"data": list(traces), "layout": common | axes | layout}


def line(
    name: str, points: Sequence[tuple[date, float]], rank: int, dash: str | None = None, shape: str = "linear"
) -> Trace:
    """Return a line over time, told apart from others by its rank; a shape of `hv` holds until the next."""
    return {
        "type": "scatter",
        "mode": "lines+markers" if len(points) <= MOST_MARKED else "lines",
        "x": [when for when, _ in points],
        "y": [value for _, value in points],
        "name": plain(name),
        "line": {
            "color": COLORS[rank % len(COLORS)],
            "width": 2,
            "dash": dash or DASHES[rank // len(COLORS) % len(DASHES)],
            "shape": shape,
        },
        "marker": {"size": 6},
        "hovertemplate": "%{fullData.name}<br>%{x|%Y-%m-%d}: %{y}<extra></extra>",
    }


def dots(name: str, points: Sequence[tuple[date, float]], texts: Iterable[str], **marker: Any) -> Trace:
    """Return dots at times, each with a text that is read on hovering."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [when for when, _ in points],
        "y": [value for _, value in points],
        "name": plain(name),
        "marker": {"size": 10} | marker,
        "hovertext": [plain(text) for text in texts],
        "hoverinfo": "text",
    }


def plain(text: str) -> str:
    """Return a text as plotly shows it unchanged: it reads some HTML in labels."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
