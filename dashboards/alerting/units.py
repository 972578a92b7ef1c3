"""Numbers as a notification writes them: the query brings them to size, the template prints them."""

from typing import NamedTuple


class Shown(NamedTuple):
    """What a value is multiplied with, and how it is printed."""

    factor: float
    form: str

    def print(self, ref: str) -> str:
        """Write the template that prints the number of a query, and nothing where there is none."""
        return f'{{{{ with index $values "{ref}" }}}}{{{{ printf "{self.form}" .Value }}}}{{{{ end }}}}'


# By the units of the indicators.
SHOWN = {
    "share": Shown(100, "%.1f %%"),
    "ratio": Shown(1, "%.2f"),
    "USD": Shown(1e-9, "%.1f billion USD"),
    "days": Shown(1, "%.0f days"),
    "count": Shown(1, "%.0f"),
    "weighted count": Shown(1, "%.1f (weighted count)"),
    "signs": Shown(1, "%.0f signs"),
    "companies": Shown(1, "%.0f companies"),
}
