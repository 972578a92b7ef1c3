"""Pieces of pages, written by the templates of all pages."""

from typing import Any

from ouroboros.html.page import environment


def written(template: str, **context: Any) -> str:
    """Write a template of a test's own, which may import those of all pages."""
    return environment().from_string(template).render(context)
