"""What the routes call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from platform_core.api.request_limit import RequestLimit
from platform_core.api.web_files import WebFiles
from platform_core.auth.accounts import Accounts
from platform_core.auth.sessions import Sessions
from platform_core.live.hub import Hub
from platform_core.services.app_packages import Packages
from platform_core.services.apps import Apps
from platform_core.services.asset_types import AssetTypes
from platform_core.services.assets import Assets
from platform_core.services.audit_log import AuditLog
from platform_core.services.enrolment import Enrolment
from platform_core.services.gaps import Gaps
from platform_core.services.health import Health
from platform_core.services.history import History
from platform_core.services.manual_values import ManualValues
from platform_core.services.moments import Moments
from platform_core.services.preferences import PreferenceBook
from platform_core.services.publishers import Publishers
from platform_core.services.refused_messages import RefusedMessages
from platform_core.services.remote_config import RemoteConfig
from platform_core.services.role_map import RoleMap
from platform_core.services.sites import Sites
from platform_core.services.tags import TagDirectory
from platform_core.services.visibility import Visibility
from platform_core.services.write_guard import WriteGuard
from platform_core.services.write_stop import WriteStops


@dataclass(slots=True)
class Services:
    """What the routes call. ``is_tls`` says that browsers reach this process by HTTPS."""

    accounts: Accounts
    sessions: Sessions
    tags: TagDirectory
    history: History
    gaps: Gaps
    apps: Apps
    packages: Packages
    publishers: Publishers
    assets: Assets
    asset_types: AssetTypes
    role_map: RoleMap
    visibility: Visibility
    manual_values: ManualValues
    moments: Moments
    write_guard: WriteGuard
    write_stops: WriteStops
    preferences: PreferenceBook
    audit_log: AuditLog
    health: Health
    refused_messages: RefusedMessages
    enrolment: Enrolment
    remote_config: RemoteConfig
    sites: Sites
    hub: Hub
    web: WebFiles
    tenant: str
    is_tls: bool = False
    host_names: tuple[str, ...] = ()
    request_limit: RequestLimit = field(default_factory=RequestLimit)


def services_of(connection: HTTPConnection) -> Services:
    """The services of the application that serves this connection."""
    services: Services = connection.app.state.services
    return services


Injected = Annotated[Services, Depends(services_of)]
