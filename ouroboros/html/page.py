"""Pages from the templates beside this file: whatever is put into one is text, and is escaped."""

from base64 import b64encode
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from events.words import day, percent, price, short_dollars

# An empty cell.
NOTHING = "-"


def render(template: str, title: str, **context: Any) -> str:
    """Return a whole page, which asks nothing of the network."""
    scripts = [get_plotlyjs(), _shipped("page.js")]
    page = environment().get_template(template)
    return page.render(
        context,
        title=title,
        style=Markup(_shipped("page.css")),  # noqa: S704  our own
        scripts=[Markup(script) for script in scripts],  # noqa: S704  our own, and plotly's
        policy=_policy(scripts),
    )


def dollars(amount_usd: Decimal | None) -> str:
    """Return an amount written short, such as $6.5B; a dash where none is known."""
    return NOTHING if amount_usd is None else short_dollars(amount_usd)


def number(value: float | None) -> str:
    """Return a number with no more digits than it has, two decimals at most; a dash where none is known."""
    return NOTHING if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


def host(address: str | None) -> str | None:
    """Return the site of an address; None where it is no page of the web: scripts hide in others."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return (parts.hostname or None) if parts.scheme in {"http", "https"} else None


@cache
def environment() -> Environment:
    """Return the templates of all pages, and what they may call."""
    templates = Environment(
        loader=PackageLoader("ouroboros.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        function.__name__: function for function in (day, dollars, host, number, percent, price)
    }
    templates.policies["json.dumps_kwargs"] = {"default": date.isoformat}
    return templates


def _shipped(name: str) -> str:
    return files("ouroboros.html").joinpath(name).read_text(encoding="utf-8")


def _policy(scripts: Iterable[str]) -> str:
    """Allow the scripts of this page by their hashes, styles, and nothing from anywhere else."""
    hashes = " ".join(
        f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:;"
        " base-uri 'none'; form-action 'none'"
    )
