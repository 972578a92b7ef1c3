"""The files that Grafana is provisioned with: dashboards, those of watchlists too, and alerting.

The keys of alerting are Grafana's: https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/.
Those that it does not know it drops without a word, so the tests refuse them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from dashboards.alerts.pipeline_rules import pipeline_group
from dashboards.alerts.routing import CONTACT_POINTS, MUTE_TIMINGS, POLICY
from dashboards.alerts.rules import indicator_groups
from dashboards.alerts.templates import TEMPLATES
from dashboards.boards import boards, watchlist
from dashboards.grafana.board import UID_PREFIX, to_json
from events.families.desk import WatchlistChanged

# Grafana of Docker Compose reads this folder; `make dashboards` writes it.
GENERATED = Path(__file__).parent / "generated"
HEAD = "# Written from dashboards/alerts: change it there and generate the dashboards anew.\n"


def generated(watchlists: Sequence[WatchlistChanged]) -> dict[str, bytes]:
    """Return the content of every file by its name inside `generated/`; each watchlist has a dashboard."""
    found = (*boards(), *map(watchlist.board, watchlists))
    files = {f"{board.uid.removeprefix(UID_PREFIX)}.json": to_json(board) for board in found}
    return {**files, **alerting_files()}


def alerting_files() -> dict[str, bytes]:
    """Return the content of every file by its name inside `generated/`."""
    return {
        "alerting/rules.yaml": _written("groups", [*indicator_groups(), pipeline_group()]),
        "alerting/contact_points.yaml": _written("contactPoints", CONTACT_POINTS),
        "alerting/policies.yaml": _written("policies", [POLICY]),
        "alerting/mute_timings.yaml": _written("muteTimes", MUTE_TIMINGS),
        "alerting/templates.yaml": _written("templates", TEMPLATES),
    }


def _written(key: str, parts: Sequence[dict[str, Any]]) -> bytes:
    file = {"apiVersion": 1, key: parts}
    text = yaml.dump(file, Dumper=_Lines, sort_keys=False, allow_unicode=True, width=110)
    return (HEAD + text).encode()


class _Lines(yaml.SafeDumper):
    """YAML with texts such as SQL line by line, and with what YAML would only refer to written out."""

    def ignore_aliases(self, data: Any) -> bool:
        """Return that every part is written out where it occurs."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Lines.add_representer(str, _text)
