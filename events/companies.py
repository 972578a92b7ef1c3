"""What companies are called: one canonical name each, and the other names that sources use for it.

A division or a product that sells under its own name counts as its parent; a vehicle that
somebody set up for one purpose does not. The table decides which companies are one in every
graph: change it only together with the versions of the projections that use it.
"""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache

ALIASES: dict[str, tuple[str, ...]] = {
    "Amazon": ("Amazon.com", "Amazon Web Services", "AWS"),
    "AMD": ("Advanced Micro Devices",),
    "Anthropic": ("Anthropic PBC",),
    "Apollo": ("Apollo Global Management", "Apollo Global", "Apollo Credit"),
    "Apple": (),
    "Applied Digital": (),
    "Ares": ("Ares Management", "Ares Credit"),
    "Arm": ("Arm Holdings",),
    "Bain Capital": ("Bain Capital Credit",),
    "Bank of America": ("BofA", "BofA Securities"),
    "Barclays": ("Barclays Bank",),
    "BlackRock": ("Global Infrastructure Partners", "GIP", "HPS", "HPS Investment Partners"),
    "Blackstone": ("Blackstone Group", "Blackstone Credit", "Blackstone Credit & Insurance"),
    "Blue Owl": ("Blue Owl Capital", "Owl Rock"),
    "BNP Paribas": (),
    "Broadcom": (),
    "Brookfield": ("Brookfield Asset Management", "Brookfield Infrastructure Partners"),
    "Carlyle": ("Carlyle Group",),
    "Caterpillar": (),
    "Cerberus": ("Cerberus Capital Management",),
    "Cerebras": ("Cerebras Systems",),
    "Cipher Mining": (),
    "Cisco": ("Cisco Systems",),
    "Citigroup": ("Citi", "Citibank", "Citigroup Global Markets"),
    "Coatue": ("Coatue Management",),
    "CoreWeave": (),
    "CoreWeave SPV": (),
    "Crédit Agricole": (
        "Credit Agricole", "Crédit Agricole CIB", "Credit Agricole CIB",
        "Crédit Agricole Corporate and Investment Bank",
    ),
    "Crusoe": ("Crusoe Energy", "Crusoe Energy Systems"),
    "Dell": ("Dell Technologies",),
    "Deutsche Bank": (),
    "DigitalBridge": ("DigitalBridge Group",),
    "Fortress": ("Fortress Investment Group",),
    "GE Vernova": (),
    "Goldman Sachs": (
        "Goldman", "Goldman Sachs Group", "Goldman Sachs Bank USA", "Goldman Sachs Asset Management",
    ),
    "Golub": ("Golub Capital",),
    "Google": ("Alphabet", "Google Cloud", "Google Cloud Platform", "GCP", "DeepMind", "Google DeepMind"),
    "Hewlett Packard Enterprise": ("HPE",),
    "HSBC": ("HSBC Holdings", "HSBC Bank"),
    "ING": ("ING Group", "ING Bank"),
    "Intel": (),
    "IREN": ("Iris Energy",),
    "Jefferies": ("Jefferies Financial Group", "Jefferies Finance"),
    "JPMorgan": (
        "JPMorgan Chase", "JPMorgan Chase Bank", "JP Morgan", "JP Morgan Chase", "J.P. Morgan",
        "J.P. Morgan Chase", "J.P. Morgan Securities",
    ),
    "KKR": ("Kohlberg Kravis Roberts",),
    "Lambda": ("Lambda Labs",),
    "Macquarie": ("Macquarie Group", "Macquarie Asset Management", "Macquarie Capital"),
    "Magnetar": ("Magnetar Capital",),
    "Meta": ("Meta Platforms", "Facebook"),
    "Meta Hyperion SPV": ("Hyperion SPV", "Beignet Investor"),
    "MGX": ("MGX Fund Management",),
    "Micron": ("Micron Technology",),
    "Microsoft": ("Azure", "Microsoft Azure"),
    "Mistral": ("Mistral AI",),
    "Mizuho": ("Mizuho Bank", "Mizuho Financial Group"),
    "Morgan Stanley": ("Morgan Stanley Senior Funding",),
    "Mubadala": ("Mubadala Investment",),
    "MUFG": ("MUFG Bank", "Mitsubishi UFJ", "Mitsubishi UFJ Financial Group"),
    "Natixis": (),
    "Nebius": ("Nebius Group",),
    "Nscale": (),
    "Nvidia": (),
    "Oaktree": ("Oaktree Capital", "Oaktree Capital Management"),
    "OpenAI": ("OpenAI Group PBC", "OpenAI OpCo", "OpenAI Global"),
    "Oracle": ("Oracle Cloud", "Oracle Cloud Infrastructure", "OCI"),
    "Palantir": ("Palantir Technologies",),
    "PGIM": ("PGIM Private Credit", "PGIM Private Capital"),
    "PIMCO": ("Pacific Investment Management Company",),
    "QIA": ("Qatar Investment Authority",),
    "RBC": ("Royal Bank of Canada", "RBC Capital Markets"),
    "Samsung": ("Samsung Electronics",),
    "SanDisk": (),
    "Santander": ("Banco Santander",),
    "Seagate": ("Seagate Technology",),
    "Siemens Energy": (),
    "Silver Lake": (),
    "Sixth Street": ("Sixth Street Partners",),
    "SK Hynix": (),
    "SMBC": ("Sumitomo Mitsui", "Sumitomo Mitsui Banking Corporation", "Sumitomo Mitsui Financial Group"),
    "Société Générale": ("Societe Generale", "SocGen"),
    "SoftBank": ("SoftBank Group", "SoftBank Vision Fund", "SoftBank Vision Fund 2"),
    "Standard Chartered": ("Standard Chartered Bank",),
    "Stargate": ("Stargate Project",),
    "Stonepeak": ("Stonepeak Partners",),
    "Supermicro": ("Super Micro Computer", "Super Micro"),
    "T-Mobile": ("T-Mobile US",),
    "TCW": ("TCW Group",),
    "TD Bank": ("TD", "TD Securities", "Toronto-Dominion Bank"),
    "Temasek": ("Temasek Holdings",),
    "TeraWulf": (),
    "Tesla": (),
    "TPG": ("TPG Angelo Gordon", "Angelo Gordon", "TPG Capital"),
    "TSMC": ("Taiwan Semiconductor", "Taiwan Semiconductor Manufacturing"),
    "UBS": ("UBS Group",),
    "Vantage": ("Vantage Data Centers",),
    "Wells Fargo": ("Wells Fargo Bank", "Wells Fargo Securities"),
    "xAI": ("x.ai", "X.AI Holdings"),
}  # fmt: skip

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
    """Name a company as the table does, whatever its case, spaces, article and legal form.

    A name that the table does not have stays as it is.
    """
    return _BY_NAME.get(_plain(name), name)


def canonical_each(names: Iterable[str]) -> tuple[str, ...]:
    """Name companies as the table does, in their order, each once."""
    return tuple(dict.fromkeys(map(canonical, names)))


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
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
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
