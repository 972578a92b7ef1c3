"""What all pages have around them: a head, colours for the dark, the light and paper, and scripts."""

from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from importlib.resources import files

from ouroboros.pages.markup import Html, element, join

WITHOUT_SCRIPTS = "The charts need JavaScript, which is switched off here; the tables tell the same."


def document(
    title: str, head: Iterable[Html], content: Iterable[Html], *, style: str, plotly: str, script: str = ""
) -> str:
    """Write a whole page, which asks nothing of the network.

    `head` stands above its content, between its title and its end; `style` and `script` are its own.
    """
    scripts = [Html(one) for one in (plotly, shipped("ouroboros.pages", "shell.js"), script) if one]
    styles = Html(shipped("ouroboros.pages", "shell.css") + style)
    about = [
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(scripts)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", styles),
    ]
    body = [
        element("a", "Skip to the content", href="#content", class_="skip"),
        element(
            "header",
            *head,
            element("button", "Dark or light", type="button", id="theme"),
            element("noscript", element("p", WITHOUT_SCRIPTS)),
        ),
        element("main", *content, id="content"),
        *(element("script", one) for one in scripts),
    ]
    return f"<!DOCTYPE html>\n{element('html', element('head', *about), element('body', *body), lang='en')}\n"


def shipped(package: str, name: str) -> str:
    """Read a style or a script that comes with a package."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def _policy(scripts: Iterable[str]) -> str:
    """Allow the scripts of this page by their hashes, styles, and nothing from anywhere else."""
    hashes = join([Html(f" 'sha256-{b64encode(sha256(one.encode()).digest()).decode()}'") for one in scripts])
    return (
        f"default-src 'none'; script-src{hashes}; style-src 'unsafe-inline'; img-src data: blob:;"
        " base-uri 'none'; form-action 'none'"
    )
