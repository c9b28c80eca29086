"""Putting the platform together: database, store, ingest, hub, API, in one process.

Started in that order and ended in the opposite one. Everything slow to end has a limit, so that SIGTERM ends the
process
within 5 s; what is acknowledged is in the journal, so nothing is lost by being fast.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from platform_core.agent_certificates import agent_certificates
from platform_core.api import Services, create_app, with_boundary
from platform_core.api.web_files import WebFiles
from platform_core.auth.accounts import Accounts
from platform_core.auth.sessions import Sessions
from platform_core.db import Database, open_database
from platform_core.ingest.catalog import Catalog
from platform_core.ingest.service import IngestService, IngestSettings
from platform_core.live.freshness import FreshnessTable
from platform_core.live.hub import Hub
from platform_core.live.latest import Latest
from platform_core.private_file import write_private
from platform_core.services.app_packages import Packages
from platform_core.services.apps import Apps
from platform_core.services.asset_types import AssetTypes
from platform_core.services.assets import Assets
from platform_core.services.audit_log import AuditLog
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.device_writes import DeviceWrites
from platform_core.services.enrolment import Enrolment
from platform_core.services.gaps import Gaps
from platform_core.services.health import Health
from platform_core.services.history import History
from platform_core.services.install import built_in_folders, install_all
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
from platform_core.services.writability import Writability
from platform_core.services.write_approval import Approvals
from platform_core.services.write_guard import WriteGuard
from platform_core.services.write_stop import WriteStop, WriteStops
from platform_core.services.write_targets import Simulator
from platform_core.settings import Settings, bind, prepare_data_folder
from platform_core.sparkplug.host import SparkplugHost
from platform_core.stores import open_store
from platform_core.stores.base import Store
from schemas.errors import ConfigError, InterlockError

_LOG = logging.getLogger(__name__)

STATUS_FILE = "status.json"
SETUP_LINK_FILE = "setup-link.txt"
STATUS_EVERY_S = 1.0
GRACE_S = 1
APP_SETTLE_S = 1.0
WS_MESSAGE_MAX_BYTES = 256 << 10
WS_PING_S = 20.0


class _Server(uvicorn.Server):
    """Ends on the usual signals without raising them again afterwards, so that everything is closed in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        names = ("SIGINT", "SIGTERM", "SIGBREAK")
        numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
        before = {number: signal.signal(number, self.handle_exit) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class Platform:
    """Everything of one platform process. ``serve`` returns when it was asked to end."""

    def __init__(self, settings: Settings) -> None:
        """Opens database, store and journal. Raises ``ConfigError`` when one is newer, damaged or in use."""
        self.settings = settings
        prepare_data_folder(settings.data)
        (settings.data / STATUS_FILE).unlink(missing_ok=True)  # left by a process that was killed
        self._open = contextlib.ExitStack()
        try:
            self.database: Database = open_database(settings.data)
            self._open.callback(self.database.close)
            self.accounts = Accounts(self.database)
            self.accounts.ensure_tenant(settings.tenant, zone=settings.zone)
            self._check_exposure()
            self.store: Store = open_store(settings.data / "store")
            self._open.callback(self.store.close)
            self.hub = Hub(Latest(), FreshnessTable())
            self.catalog = Catalog(self.database)
            self.ingest = IngestService(
                IngestSettings(
                    folder=settings.data,
                    broker_url=settings.broker_url,
                    username=settings.broker_username,
                    password=settings.broker_password(),
                    ca_file=settings.broker_ca_file,
                    client_file=settings.broker_client_file,
                    tenants=(settings.tenant,),
                ),
                self.store,
                self.catalog,
                self.hub.latest,
                self.hub,
            )
            self.sparkplug = (
                None
                if settings.sparkplug is None
                else SparkplugHost(settings.sparkplug, settings.tenant, self.ingest, self.catalog)
            )
            self.services = self._services()
        except BaseException:
            self._open.close()
            raise
        self.app = create_app(self.services, self._lifespan)
        self.setup_url: str | None = None
        self.url = ""
        self.defect = ""
        self._server: _Server | None = None
        self._waiting_apps: list[Path] = []

    def serve(self) -> None:
        """Serve until SIGTERM, Ctrl-C or a service stop. Raises ``ConfigError`` when the address is taken."""
        settings = self.settings
        try:
            listener = bind(settings.listen_host, settings.listen_port)
        except ConfigError:
            self._open.close()
            raise
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        self.url = f"{'https' if settings.is_tls else 'http'}://{shown}:{port}"
        config = uvicorn.Config(
            with_boundary(self.app),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="on",
            ws="websockets-sansio",
            ws_max_size=WS_MESSAGE_MAX_BYTES,
            ws_ping_interval=WS_PING_S,
            ws_ping_timeout=WS_PING_S,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=GRACE_S,
            h11_max_incomplete_event_size=32 << 10,
            ssl_certfile=settings.tls_certificate,
            ssl_keyfile=settings.tls_key,
        )
        try:
            self._server = _Server(config)
            self._server.run(sockets=[listener])
        finally:
            listener.close()
            self._open.close()
            (settings.data / STATUS_FILE).unlink(missing_ok=True)
        if self.defect:
            raise InterlockError("platform.defect", f"the platform ended: {self.defect}")

    def _services(self) -> Services:
        settings = self.settings
        simulator = Simulator(settings.simulator) if settings.simulator is not None else None
        writability = Writability(simulator)
        tags = TagDirectory(self.database, writability)
        gaps = Gaps(self.database)
        sites = Sites(self.database)
        components = ComponentCatalog.from_folder(settings.web / "components")
        if components.is_empty:
            _LOG.warning("There are no component manifests in %s: properties are not checked.", settings.web)
        asset_types = AssetTypes(self.database)
        asset_types.seed(settings.tenant)
        apps = Apps(self.database, components, writability=writability)
        visibility = Visibility(self.database)
        manual = ManualValues(self.database, tags, self.ingest.own, self.hub)
        stop = WriteStop(settings.data)
        devices = DeviceWrites(self.database, self.ingest.commands, stop)
        approvals = Approvals(self.accounts)
        return Services(
            accounts=self.accounts,
            sessions=Sessions(self.database),
            tags=tags,
            history=History(self.store, tags, sites.zone),
            sites=sites,
            gaps=gaps,
            apps=apps,
            packages=Packages(self.database, apps),
            publishers=Publishers(self.database),
            assets=Assets(self.database),
            asset_types=asset_types,
            role_map=RoleMap(self.database, tags, self.hub),
            visibility=visibility,
            manual_values=manual,
            moments=Moments(self.store, tags, gaps, sites.zone),
            write_guard=WriteGuard(
                self.database, apps, tags, visibility, manual, self.hub, simulator, devices, stop, approvals=approvals
            ),
            write_stops=WriteStops(self.database, stop),
            preferences=PreferenceBook(self.database),
            audit_log=AuditLog(self.database),
            health=Health(self.ingest, self.catalog, gaps, self.store, settings.data, stop),
            refused_messages=RefusedMessages(self.database),
            enrolment=Enrolment(
                self.database,
                settings.data,
                settings.agent_broker(),
                certificates=agent_certificates(settings.agent_ca),
            ),
            remote_config=RemoteConfig(self.database, self.ingest.configs),
            hub=self.hub,
            web=WebFiles(settings.web),
            tenant=settings.tenant,
            is_tls=settings.is_tls,
            host_names=settings.public_hosts,
        )

    def _check_exposure(self) -> None:
        settings = self.settings
        if not settings.is_loopback and not self.accounts.has_administrator(settings.tenant):
            raise ConfigError(
                "settings.exposed",
                f"Not listening on {settings.listen_host}: there is no administrator yet.",
                hint="Start on 127.0.0.1 and open the set-up link, or run: python -m platform_core user add NAME "
                "--role admin --data DIR",
            )

    @asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        folders = [*(built_in_folders(self.settings.web) if self.settings.built_in_apps else ())]
        self._waiting_apps = [*folders, *self.settings.install_apps]
        await asyncio.to_thread(self._install_apps)
        await self.hub.start()
        await asyncio.to_thread(self.ingest.start)
        if self.sparkplug is not None:
            self.sparkplug.start()
        await asyncio.to_thread(self.services.manual_values.resume)
        await asyncio.to_thread(self._offer_setup)
        await asyncio.to_thread(self._write_status)
        ticking = asyncio.create_task(self._tick())
        _LOG.info("Ready at %s", self.url)
        self._say_ready()
        try:
            yield
        finally:
            ticking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ticking
            await self.hub.stop()
            if self.sparkplug is not None:
                await asyncio.to_thread(self.sparkplug.stop)
            await asyncio.to_thread(self.ingest.stop)

    def _install_apps(self) -> None:
        """Install the folders that are there; one still being written by its maker is tried again."""
        ready = [folder for folder in self._waiting_apps if _is_written(folder)]
        self._waiting_apps = [folder for folder in self._waiting_apps if folder not in ready]
        install_all(self.services.apps, self.settings.tenant, ready)

    def _offer_setup(self) -> None:
        """Make the set-up link while there is no administrator."""
        token = self.accounts.new_setup_token(self.settings.tenant)
        link = self.settings.data / SETUP_LINK_FILE
        if token is None:
            link.unlink(missing_ok=True)
            return
        # The token is behind the #: browsers send that part to nobody, so it is in no log.
        self.setup_url = f"{self.url}/setup#token={token}"
        write_private(link, self.setup_url + "\n")

    def _say_ready(self) -> None:
        line = f"Interlock platform ready at {self.url}"
        if self.setup_url:
            # Into a terminal, but not into a log that others may read.
            where = self.setup_url if os.isatty(1) else f"the link is in {SETUP_LINK_FILE} of the data folder"
            line += f"\nMake the first administrator: {where}"
        os.write(1, (line + "\n").encode())

    async def _tick(self) -> None:
        while True:
            started = time.monotonic()
            try:
                await asyncio.to_thread(self._each_second)
            except (OSError, SQLAlchemyError) as error:
                _LOG.error("The status cannot be written: %s", error)
            if (dead := self._dead_thread()) and self._server is not None:
                self.defect = f"the thread {dead} ended by a defect"
                _LOG.critical("Ending: %s.", self.defect)
                self._server.should_exit = True
            await asyncio.sleep(max(0.1, STATUS_EVERY_S - (time.monotonic() - started)))

    def _dead_thread(self) -> str:
        is_host_dead = self.sparkplug is not None and not self.sparkplug.is_alive
        return self.ingest.dead_thread or ("sparkplug-host" if is_host_dead else "")

    def _each_second(self) -> None:
        if self.setup_url and self.accounts.has_administrator(self.settings.tenant):
            self.setup_url = None
            (self.settings.data / SETUP_LINK_FILE).unlink(missing_ok=True)
        if self._waiting_apps:
            self._install_apps()
        self.services.remote_config.store_heard()
        self._write_status()

    def _write_status(self) -> None:
        write_private(self.settings.data / STATUS_FILE, json.dumps(self.status()) + "\n")

    def status(self) -> dict[str, Any]:
        """What the launcher shows each second."""
        status = self.ingest.status()
        return {
            "pid": os.getpid(),
            "url": self.url,
            "setup_url": self.setup_url,
            "points_per_s": status.points_per_s,
            "tags": self.services.tags.count(self.settings.tenant),
            "edges": [
                {"id": edge.id, "online": edge.online} for edge in status.edges if edge.tenant == self.settings.tenant
            ],
            "viewers": status.viewers,
            "broker_up": status.broker_up,
            "journal_bytes": status.journal_bytes,
        }


def _is_written(folder: Path) -> bool:
    """Whether an app folder is there, and its maker has not just begun to write it."""
    try:
        age_s = time.time() - (folder / "app.json").stat().st_mtime
    except OSError:
        return False
    return not 0 <= age_s < APP_SETTLE_S
