"""Series of GPU prices: like with like, and the one way in which their names are spelled.

A new GPU, a used one, an hour's rent on demand and an hour of a one-year contract are four series. What a
basis means by itself (used for resale, new for list, on demand for an hour's rent) is left out of a name.
"""

from typing import NamedTuple

_FORMS = {"SXM": "SXM", "PCIE": "PCIe", "NVL": "NVL", "OAM": "OAM", "HGX": "SXM"}
_MEANT = {"resale": "used", "list": "new", "rental_hour": "on demand"}


class GpuSeries(NamedTuple):
    """What a GPU price is a price of, each part spelled as in `name`; memory in GB, None where not said."""

    model: str
    basis: str
    form: str | None = None
    memory_gb: float | None = None
    condition: str | None = None
    term: str | None = None

    @property
    def product(self) -> str:
        """Return what is priced: H100 SXM 80 GB."""
        memory = None if self.memory_gb is None else f"{self.memory_gb:g} GB"
        return " ".join(part for part in (self.model, self.form, memory) if part)

    @property
    def price_of(self) -> str:
        """Return what the price is for: rental_hour, one-year contract."""
        return ", ".join(part for part in (self.basis, self.condition, self.term) if part)

    @property
    def name(self) -> str:
        """Return the name of the series: H100 SXM 80 GB rental_hour, one-year contract."""
        return f"{self.product} {self.price_of}"


def gpu_series(
    model: str,
    basis: str,
    *,
    form: str | None = None,
    memory_gb: float | None = None,
    condition: str | None = None,
    term: str | None = None,
) -> GpuSeries:
    """Return the series of prices that are said to be of this, however its parts are spelled."""
    return GpuSeries(model, basis, _form(form), memory_gb, _words(condition, basis), _words(term, basis))


def _form(form: str | None) -> str | None:
    if form is None:
        return None
    # SXM4 and SXM5 are the sockets of their models.
    plain = "".join(filter(str.isalpha, form)).upper()
    return _FORMS.get(plain, form)


def _words(text: str | None, basis: str) -> str | None:
    if text is None:
        return None
    words = " ".join(text.casefold().replace("on-demand", "on demand").split())
    return None if words == _MEANT.get(basis) else words
