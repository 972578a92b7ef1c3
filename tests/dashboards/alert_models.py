"""Grafana's provisioning files for alerting, as far as they are used here.

Grafana drops keys that it does not know without a word, so these models refuse them. Field names
are Grafana's: https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

ORGANISATION = 1

Uid = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Title = Annotated[str, Field(min_length=1, max_length=190)]
Duration = Annotated[str, Field(pattern=r"^\d+[smhdwy]$")]
State = Literal["OK", "Alerting", "KeepLast"]
Kind = Literal["webhook", "email", "slack"]
Matcher = tuple[str, Literal["=", "!=", "=~", "!~"], str]


class CamelCase(BaseModel):
    """Part of a file whose keys are written likeThis."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class SnakeCase(BaseModel):
    """Part of a file whose keys are written like_this, as in Prometheus' Alertmanager."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class TimeRange(SnakeCase):
    """The seconds before now that a query is given."""

    from_: int = Field(alias="from", default=600)
    to: int = 0


class Query(CamelCase):
    """One query of a rule; `model` is the data source's own."""

    ref_id: str
    datasource_uid: str
    relative_time_range: TimeRange = TimeRange()
    model: dict[str, Any]


class Rule(CamelCase):
    """One alert rule. `for` is how long a state must last before it fires."""

    uid: Uid
    title: Title
    condition: str
    for_: Duration = Field(alias="for")
    keep_firing_for: Duration
    missing_series_evals_to_resolve: int = Field(alias="missing_series_evals_to_resolve", ge=1)
    no_data_state: State
    exec_err_state: State
    labels: dict[str, str]
    annotations: dict[str, str]
    data: tuple[Query, ...]


class Group(CamelCase):
    """Rules that are evaluated at one interval, which is a multiple of ten seconds."""

    org_id: int = ORGANISATION
    name: Title
    folder: str
    interval: Duration
    rules: tuple[Rule, ...]


class Receiver(CamelCase):
    """One way to reach people; the settings are those of its type."""

    uid: Uid
    type: Kind
    settings: dict[str, str | bool]
    disable_resolve_message: bool = False


class ContactPoint(CamelCase):
    """A name that policies send to."""

    org_id: int = ORGANISATION
    name: str
    receivers: Annotated[tuple[Receiver, ...], Field(min_length=1)]


class Route(SnakeCase):
    """Which alerts go where; what it leaves out it takes over from the route around it."""

    receiver: str
    object_matchers: tuple[Matcher, ...]
    group_by: tuple[str, ...] | None = None
    group_wait: Duration | None = None
    group_interval: Duration | None = None
    repeat_interval: Duration | None = None
    mute_time_intervals: tuple[str, ...] | None = None
    continue_: bool | None = Field(alias="continue", default=None)
    routes: "tuple[Route, ...] | None" = None


class Policy(SnakeCase):
    """The root of the routes: it takes every alert."""

    org_id: int = Field(alias="orgId", default=ORGANISATION)
    receiver: str
    group_by: tuple[str, ...]
    group_wait: Duration
    group_interval: Duration
    repeat_interval: Duration
    routes: tuple[Route, ...]


class Times(SnakeCase):
    """A part of the day, such as 20:00 to 24:00."""

    start_time: Annotated[str, Field(pattern=r"^\d\d:\d\d$")]
    end_time: Annotated[str, Field(pattern=r"^\d\d:\d\d$")]


class TimeInterval(SnakeCase):
    """When something holds: at these times of these days, where named."""

    times: tuple[Times, ...] | None = None
    weekdays: tuple[str, ...] | None = None
    location: Literal["UTC"] = "UTC"


class MuteTiming(SnakeCase):
    """Times in which nothing is sent on the routes that name it."""

    org_id: int = Field(alias="orgId", default=ORGANISATION)
    name: str
    time_intervals: tuple[TimeInterval, ...]


class Template(CamelCase):
    """Texts of notifications in Go's template language; the name is that of the file, not of the texts."""

    org_id: int = ORGANISATION
    name: str
    template: str


class File(CamelCase):
    """One provisioning file."""

    api_version: Literal[1] = 1
    groups: tuple[Group, ...] | None = None
    contact_points: tuple[ContactPoint, ...] | None = None
    policies: tuple[Policy, ...] | None = None
    mute_times: tuple[MuteTiming, ...] | None = None
    templates: tuple[Template, ...] | None = None
