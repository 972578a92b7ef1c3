"""What companies are called: one canonical name each, and the other names that sources use for it.

A division or a product that sells under its own name counts as its parent; a vehicle that
somebody set up for one purpose does not. The table, companies.json, decides which companies are one in
every graph: change it only together with the versions of the projections that use it.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

import orjson

_TABLE = files("events").joinpath("companies.json")
ALIASES: dict[str, tuple[str, ...]] = {
    company: tuple(others) for company, others in orjson.loads(_TABLE.read_text(encoding="utf-8")).items()
}

# What the law adds to a name says nothing about who it is.
LEGAL_FORMS = frozenset(
    ("&", "ag", "co", "company", "corp", "corporation", "inc", "incorporated", "limited", "llc", "lp", "ltd",
     "na", "nv", "plc", "sa", "se")
)  # fmt: skip
# Names that agree in less than this part of their letters are not held for misspellings.
CLOSE = 0.8


# A pure memo; every leg asks for its two companies time and again.
@lru_cache(maxsize=16_384)
def canonical(name: str) -> str:
    """Return a company's name in the table, whatever its case, spaces, article and legal form.

    A name that the table does not have stays as it is.
    """
    return _BY_NAME.get(plain(name), name)


def is_known(name: str) -> bool:
    """Return whether the table has a company of this name."""
    return plain(name) in _BY_NAME


def closest(name: str) -> str | None:
    """Return the company of the table that is spelled most alike, for a person to judge, if any."""
    compared = plain(name)
    # A first letter is hardly ever misspelled, and comparing with every name is slow.
    alike = get_close_matches(compared, _BY_LETTER.get(compared[:1], ()), n=1, cutoff=CLOSE)
    return _BY_NAME[alike[0]] if alike else None


def plain(name: str) -> str:
    """Return a name as names are compared: without case, spaces, article and legal form."""
    words = name.casefold().replace(",", " ").split()
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1].replace(".", "") in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def _names() -> Iterator[tuple[str, str]]:
    for company, others in ALIASES.items():
        for name in (company, *others):
            yield plain(name), company


_BY_NAME: dict[str, str] = dict(_names())
_BY_LETTER: dict[str, list[str]] = {
    letter: sorted(name for name in _BY_NAME if name[:1] == letter)
    for letter in {name[:1] for name in _BY_NAME}
}
