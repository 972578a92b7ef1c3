"""The provisioning files of alerting, written from their models."""

from typing import Any

import yaml

from dashboards.alerting.contact_points import CONTACT_POINTS
from dashboards.alerting.models import File
from dashboards.alerting.pipeline_rules import pipeline_group
from dashboards.alerting.routing import MUTE_TIMINGS, policy
from dashboards.alerting.rules import sign_groups
from dashboards.alerting.templates import TEMPLATES

HEAD = "# Written from dashboards/alerting: change it there and generate the dashboards anew.\n"


def alerting_files() -> dict[str, bytes]:
    """Give the content of every file by its name inside `generated/`."""
    files = {
        "rules": File(groups=(*sign_groups(), pipeline_group())),
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
    """Writes texts of several lines, such as SQL, line by line, and repeats what YAML would only refer to."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write every part where it stands."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Lines.add_representer(str, _text)
