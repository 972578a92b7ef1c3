"""The provisioning files of alerting, written from their models."""

from typing import Any

import yaml

from dashboards.alerts.contact_points import CONTACT_POINTS
from dashboards.alerts.models import File
from dashboards.alerts.pipeline_rules import pipeline_group
from dashboards.alerts.routing import MUTE_TIMINGS, policy
from dashboards.alerts.rules import indicator_groups
from dashboards.alerts.templates import TEMPLATES

HEAD = "# Written from dashboards/alerts: change it there and generate the dashboards anew.\n"


def alerting_files() -> dict[str, bytes]:
    """Return the content of every file by its name inside `generated/`."""
    files = {
        "rules": File(groups=(*indicator_groups(), pipeline_group())),
        "contact_points": File(contact_points=CONTACT_POINTS),
        "policies": File(policies=(policy(),)),
        "mute_timings": File(mute_times=MUTE_TIMINGS),
        "templates": File(templates=TEMPLATES),
    }
    return {f"alerting/{name}.yaml": _written(file) for name, file in files.items()}


def _written(file: File) -> bytes:
    plain = file.model_dump(mode="json", by_alias=True, exclude_none=True)
    text = yaml.dump(plain, Dumper=_Lines, sort_keys=False, allow_unicode=True, width=110)
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
