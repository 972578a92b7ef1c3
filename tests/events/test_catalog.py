"""An event type is one file: whatever lists event types finds it there."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import orjson
import pytest

from events.base import Event, NameKind, Report, Value
from events.catalog import BY_NAME, EVENT_TYPES
from events.families import credit, deals, facts, names, power, prices
from events.schema import parts_of

ROOT = Path(__file__).resolve().parents[2]
UNIONS: dict[ModuleType, Any] = {
    deals: deals.DealEvent,
    credit: credit.CreditEvent,
    power: power.PowerEvent,
    prices: prices.Tick | prices.Bar,
    names: names.NamingEvent,
    facts: facts.FactEvent,
}
REPORTS = {
    *("DealAnnounced", "DealRevised", "LegFunded", "DealTerminated"),
    *("ContractRenegotiated", "CapacityResold", "CommitmentRevised"),
    *("LoanOriginated", "CreditWaiverReported", "LoanRepaid"),
    *("PowerScheduled", "PowerDelivered", "PowerCompleted", "PowerWithdrawn"),
    "CapexGuided",
}
FAMILY = '''
"""Water: what cools a site."""

from typing import Annotated, Literal

from pydantic import Field

from events.base import Report, SiteName


class WaterDrawn(Report, key="site_id", topic="power"):
    """A site drew water from a river."""

    event_type: Literal["WaterDrawn"] = "WaterDrawn"
    site_id: SiteName
    """The site."""
    share: Annotated[float, Field(ge=0, le=1)]
    """The part of the river that it drew."""

    def describe(self) -> str:
        return f"{self.site_id} drew {self.share:.0%} of the river"
'''
SCRIPT = """
import sys

import orjson

from events import families

families.__path__.append(sys.argv[1])

from typer.testing import CliRunner

from events.codec import content_id, decode, encode
from events.journal import Run, decode_record, encode_records
from events.topics import POWER
from ouroboros.cli import app
from tests.docs.generate_events import reference
from tests.strategies import events_of

document = {
    "event_type": "WaterDrawn", "occurred_at": "2026-01-01T12:00:00Z", "known_at": "2026-01-01T12:00:00Z",
    "source": "desk", "certainty": "stated", "site_id": "Abilene", "share": 0.25,
}
(event,) = decode(orjson.dumps(document))
assert event.event_id == content_id(document), event
((value, headers),) = encode_records([Run("power/0", 7, (event,))])
assert decode_record(value, headers) == [Run("power/0", 7, (event,))]
assert decode(encode(event)) == [event]
assert "WaterDrawn" in POWER.event_types
events_of(type(event)).validate()


def printed(*command):
    result = CliRunner().invoke(app, ["schema", *command])
    assert result.exit_code == 0, result.output
    return orjson.loads(result.output)


print(orjson.dumps([event.headline, event.key, printed("WaterDrawn"), printed(), reference()]).decode())
"""


def test_a_made_up_event_type_is_one_file(tmp_path: Path) -> None:
    (tmp_path / "water.py").write_text(FAMILY)
    # A process of its own: what this one knows of events must not change.
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    headline, key, schema, document, page = orjson.loads(ran.stdout)
    assert (headline, key) == ("Abilene drew 25% of the river", "Abilene")
    assert {"event_type", "site_id", "share"} <= set(schema["required"])
    assert document["channels"]["power"]["messages"]["WaterDrawn"]
    assert document["components"]["messages"]["WaterDrawn"]["summary"] == "A site drew water from a river."
    assert "#### `WaterDrawn`\n\nA site drew water from a river. Key: `site_id`. A [report]" in page
    assert "| `share` | number 0 to 1 |  | yes | The part of the river that it drew. |" in page
    assert "WaterDrawn" not in BY_NAME


@pytest.mark.parametrize("family", UNIONS, ids=lambda family: family.__name__)
def test_the_union_of_a_family_holds_every_type_of_it_once(family: ModuleType) -> None:
    listed = get_args(UNIONS[family])
    assert set(listed) == {kind for kind in EVENT_TYPES if kind.__module__ == family.__name__}
    assert len(listed) == len(set(listed))


def test_the_order_of_the_types_is_that_of_their_files() -> None:
    modules = [kind.__module__ for kind in EVENT_TYPES]
    assert modules == sorted(modules)


def test_reports_are_what_several_sources_may_report() -> None:
    assert {kind.__name__ for kind in EVENT_TYPES if issubclass(kind, Report)} == REPORTS


NAMED = {
    **dict.fromkeys(("payer", "payee", "supplier", "customer", "seller", "buyer"), NameKind.COMPANY),
    **dict.fromkeys(("company", "companies", "borrower", "lenders", "operator"), NameKind.COMPANY),
    **dict.fromkeys(("site_id", "sites"), NameKind.SITE),
    "facility_id": NameKind.FACILITY,
    **dict.fromkeys(("model", "gpu_models"), NameKind.GPU_MODEL),
}


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.__name__)
def test_every_name_of_a_company_site_loan_or_gpu_model_says_so(kind: type[Event]) -> None:
    # Where names are given, they are not yet names of something.
    expected = {} if kind in get_args(names.NamingEvent) else NAMED
    for part in (kind, *parts_of(kind)):
        for name, hint in get_type_hints(part, include_extras=True).items():
            if name in part.model_fields:
                kinds = set(_kinds_in(hint))
                assert kinds == ({expected[name]} if name in expected else set()), f"{part.__name__}.{name}"


def _kinds_in(hint: object) -> list[NameKind]:
    metadata = getattr(hint, "__metadata__", ())
    inner = [kind for argument in get_args(hint) if not _is_part(argument) for kind in _kinds_in(argument)]
    return [*inner, *(constraint for constraint in metadata if isinstance(constraint, NameKind))]


def _is_part(argument: object) -> bool:
    return isinstance(argument, type) and issubclass(argument, Value)
