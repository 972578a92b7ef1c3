"""What companies are called: one canonical name each, and the other names that sources use for it.

A division or a product that sells under its own name counts as its parent; a vehicle that
somebody set up for one purpose does not. The table decides which companies are one in every
graph: change it only together with the versions of the projections that use it.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache

ALIASES: dict[str, tuple[str, ...]] = {
    "AMD": ("Advanced Micro Devices",),
    "Amazon": ("Amazon.com", "Amazon Web Services", "AWS"),
    "Anthropic": ("Anthropic PBC",),
    "Apollo": ("Apollo Global Management", "Apollo Global"),
    "Apple": (),
    "Applied Digital": (),
    "Ares": ("Ares Management",),
    "Arm": ("Arm Holdings",),
    "BlackRock": ("Global Infrastructure Partners", "GIP"),
    "Blackstone": (),
    "Blue Owl": ("Blue Owl Capital",),
    "Broadcom": (),
    "Brookfield": ("Brookfield Asset Management",),
    "Caterpillar": (),
    "Cerebras": ("Cerebras Systems",),
    "Cipher Mining": (),
    "Cisco": ("Cisco Systems",),
    "CoreWeave": (),
    "CoreWeave SPV": (),
    "Crusoe": ("Crusoe Energy", "Crusoe Energy Systems"),
    "Dell": ("Dell Technologies",),
    "GE Vernova": (),
    "Google": ("Alphabet", "Google Cloud", "Google Cloud Platform", "GCP", "DeepMind", "Google DeepMind"),
    "Hewlett Packard Enterprise": ("HPE",),
    "Intel": (),
    "IREN": ("Iris Energy",),
    "JPMorgan": ("JPMorgan Chase", "JP Morgan", "J.P. Morgan"),
    "Lambda": ("Lambda Labs",),
    "Macquarie": ("Macquarie Group",),
    "Magnetar": ("Magnetar Capital",),
    "Meta": ("Meta Platforms", "Facebook"),
    "Meta Hyperion SPV": ("Hyperion SPV", "Beignet Investor"),
    "MGX": ("MGX Fund Management",),
    "Micron": ("Micron Technology",),
    "Microsoft": ("Azure", "Microsoft Azure"),
    "Mistral": ("Mistral AI",),
    "Morgan Stanley": (),
    "Nebius": ("Nebius Group",),
    "Nscale": (),
    "Nvidia": ("NVIDIA",),
    "OpenAI": ("OpenAI Group PBC", "OpenAI OpCo", "OpenAI Global"),
    "Oracle": ("Oracle Cloud", "Oracle Cloud Infrastructure", "OCI"),
    "Palantir": ("Palantir Technologies",),
    "PIMCO": ("Pacific Investment Management Company",),
    "Samsung": ("Samsung Electronics",),
    "SanDisk": (),
    "Seagate": ("Seagate Technology",),
    "Siemens Energy": (),
    "SK Hynix": (),
    "SoftBank": ("SoftBank Group", "SoftBank Vision Fund", "SoftBank Vision Fund 2"),
    "Stargate": ("Stargate Project", "The Stargate Project"),
    "Supermicro": ("Super Micro Computer", "Super Micro"),
    "T-Mobile": ("T-Mobile US",),
    "TeraWulf": (),
    "Tesla": (),
    "TSMC": ("Taiwan Semiconductor", "Taiwan Semiconductor Manufacturing"),
    "Vantage": ("Vantage Data Centers",),
    "xAI": ("x.ai", "X.AI Holdings"),
}  # fmt: skip

# What the law adds to a name says nothing about who it is.
LEGAL_FORMS = frozenset(
    ("ag", "co", "company", "corp", "corporation", "inc", "incorporated", "limited", "llc", "lp", "ltd",
     "nv", "plc", "sa", "se")
)  # fmt: skip
# Names that agree in less than this part of their letters are not held for misspellings.
CLOSE = 0.8


# A pure memo; every leg asks for its two companies time and again.
@lru_cache(maxsize=16_384)
def canonical(name: str) -> str:
    """Name a company as the table does, whatever its case, spaces and legal form; as it is where unknown."""
    return _BY_NAME.get(_plain(name), name)


def is_known(name: str) -> bool:
    """Tell whether the table has a company of this name."""
    return _plain(name) in _BY_NAME


def closest(name: str) -> str | None:
    """Name the company of the table that is spelled most alike, for a person to judge; None where none is."""
    plain = _plain(name)
    # A first letter is hardly ever misspelled, and comparing with every name is slow.
    alike = get_close_matches(plain, _BY_LETTER.get(plain[:1], ()), n=1, cutoff=CLOSE)
    return _BY_NAME[alike[0]] if alike else None


def _plain(name: str) -> str:
    words = name.casefold().replace(",", " ").split()
    while len(words) > 1 and words[-1].replace(".", "") in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def _names() -> Iterator[tuple[str, str]]:
    for company, others in ALIASES.items():
        for name in (company, *others):
            yield _plain(name), company


_BY_NAME: dict[str, str] = dict(_names())
_BY_LETTER: dict[str, list[str]] = {
    letter: sorted(name for name in _BY_NAME if name[:1] == letter)
    for letter in {one[:1] for one in _BY_NAME}
}
