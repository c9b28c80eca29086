"""A platform without broker: real database, real hub, real store; two tenants with the same kind of content."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from platform_core.api import Services, create_app, with_boundary
from platform_core.api.request_limit import RequestLimit
from platform_core.api.web_files import WebFiles
from platform_core.auth import passwords
from platform_core.auth.accounts import Accounts
from platform_core.auth.clock import now_us
from platform_core.auth.sessions import Sessions
from platform_core.db import open_database
from platform_core.db.assets import AssetRow, RoleRow
from platform_core.db.edges import EdgeRow, GapRow
from platform_core.db.tags import TagRow
from platform_core.ingest.catalog import Catalog
from platform_core.ingest.health import EdgeHealth
from platform_core.ingest.service import IngestService, IngestSettings
from platform_core.live.freshness import FreshnessTable
from platform_core.live.hub import Hub
from platform_core.live.latest import Latest
from platform_core.services.app_packages import Packages
from platform_core.services.apps import Apps
from platform_core.services.asset_types import AssetTypes
from platform_core.services.assets import Assets
from platform_core.services.audit_log import AuditLog
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.enrolment import BrokerPlace, Enrolment
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
from platform_core.services.write_approval import Approvals
from platform_core.services.write_guard import WriteGuard
from platform_core.services.write_stop import WriteStop, WriteStops
from platform_core.stores import open_store
from platform_core.stores.base import Block
from schemas.wire.columns import Columns

PASSWORD = "copper kettle on the roof"
MINUTE = 60_000_000
ROLES = ("viewer", "operator", "builder", "admin")

APP = {
    "format": 1,
    "id": "line",
    "version": "1.0.0",
    "name": {"en": "Line"},
    "home": "main",
    "roles": [{"role": "temperature", "kind": "f"}],
}
PAGE = {
    "format": 1,
    "id": "main",
    "title": {"en": "Main"},
    "elements": {
        "el_aaaaaaaa": {
            "type": "value",
            "props_version": 1,
            "props": {"decimals": 1},
            "bind": {"/value": {"source": "tag", "asset": "press_1", "role": "temperature"}},
        }
    },
    "layout": {"lg": {"kind": "grid", "items": {"el_aaaaaaaa": {"x": 0, "y": 0, "w": 3, "h": 3}}}},
}
VALUE_MANIFEST = {
    "format": 1,
    "id": "value",
    "version": "1.0.0",
    "props_version": 1,
    "kind": "visual",
    "status": {"stage": "stable"},
    "meta": {"name": {"en": "Value"}, "summary": {"en": "A value."}, "category": "display/value"},
    "props": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "decimals": {"type": "integer", "minimum": 0, "maximum": 6},
            "title": {"$ref": "interlock:types#/text"},
        },
    },
    "inputs": {
        "value": {
            "label": {"en": "Value"},
            "type": "any",
            "shape": "scalar",
            "required": True,
            "from": ["tag", "static"],
            "description": "v",
        }
    },
    "layout": {"grid": {"w": 3, "h": 3}, "compact": {"span": 1, "h": 3}},
    "a11y": {"role": "group", "name": "title", "text": "{value}"},
    "examples": [{"name": {"en": "One"}}],
}


class StillIngest:
    """Ingest with nothing coming in: what the health page asks of it."""

    def status(self):
        edges = tuple(EdgeHealth(tenant, "line_1", online=True, heard_ts=1) for tenant in ("factory", "other"))
        figures = dict.fromkeys(("bytes", "segments", "last_no", "damaged", "error"), 0)
        journal = {f"journal_{name}": value for name, value in figures.items()}
        told = {"journal_torn_bytes": 17, "impossible_times": 3, "lag_blocks": 0, "store_error": ""}
        return SimpleNamespace(**journal, **told, broker_up=True, edges=edges)


class Bench:
    """The platform under test, and ways to fill it."""

    def __init__(self, folder):
        self.folder = folder
        self.database = open_database(folder)
        self.accounts = Accounts(self.database)
        self.sessions = Sessions(self.database)
        self.store = open_store(folder / "store")
        self.hub = Hub(Latest(), FreshnessTable())
        self.web = folder / "web"
        (self.web / "components").mkdir(parents=True)
        (self.web / "components" / "value.json").write_text(json.dumps(VALUE_MANIFEST))
        self.blocks = 0
        self.secrets = {}
        tags = TagDirectory(self.database)
        gaps = Gaps(self.database)
        sites = Sites(self.database)
        catalog = Catalog(self.database)
        apps = Apps(self.database, ComponentCatalog.from_folder(self.web / "components"))
        # A real ingest whose broker is nowhere: it takes in what people type.
        settings = IngestSettings(folder, "mqtt://127.0.0.1:1", floor_percent=0)
        self.ingest = IngestService(settings, self.store, catalog, self.hub.latest, self.hub)
        self.is_ingesting = False
        visibility = Visibility(self.database)
        manual = ManualValues(self.database, tags, self.ingest.own, self.hub)
        stop = WriteStop(folder)
        self.services = Services(
            accounts=self.accounts,
            sessions=self.sessions,
            tags=tags,
            history=History(self.store, tags, sites.zone),
            sites=sites,
            gaps=gaps,
            apps=apps,
            packages=Packages(self.database, apps),
            publishers=Publishers(self.database),
            assets=Assets(self.database),
            asset_types=AssetTypes(self.database),
            role_map=RoleMap(self.database, tags, self.hub),
            visibility=visibility,
            manual_values=manual,
            moments=Moments(self.store, tags, gaps, sites.zone),
            write_guard=WriteGuard(
                self.database, apps, tags, visibility, manual, self.hub, stop=stop, approvals=Approvals(self.accounts)
            ),
            write_stops=WriteStops(self.database, stop),
            preferences=PreferenceBook(self.database),
            audit_log=AuditLog(self.database),
            enrolment=Enrolment(self.database, folder, BrokerPlace("mqtt://127.0.0.1:1")),
            remote_config=RemoteConfig(self.database, self.ingest.configs),
            health=Health(StillIngest(), catalog, gaps, self.store, folder, stop),
            refused_messages=RefusedMessages(self.database),
            hub=self.hub,
            web=WebFiles(self.web),
            tenant="factory",
            request_limit=RequestLimit(rate_per_s=1e6, burst=1e6),
        )
        self.app = create_app(self.services)
        self.asgi = with_boundary(self.app)
        for tenant in ("factory", "other"):
            self.accounts.ensure_tenant(tenant)

    def client(self, role=None, tenant="factory"):
        """A client with a token of the role; without, an anonymous one."""
        headers = {}
        if role:
            key = (tenant, role)
            if key not in self.secrets:
                self.secrets[key] = self.sessions.new_api_token(tenant, f"test-{role}", role, "test")
            headers["Authorization"] = f"Bearer {self.secrets[key]}"
        return TestClient(self.asgi, headers=headers, base_url="http://localhost", raise_server_exceptions=False)

    def fill(self, tenant):
        """An edge with three tags, an asset with a role, a gap; returns the ids of the tags."""
        with self.database.write() as session:
            session.add(EdgeRow(tenant=tenant, id="line_1", first_seen_ts=1, last_seen_ts=1))
            session.flush()
            ids = []
            for n, (name, kind) in enumerate((("temperature", "f"), ("count", "u"), ("state", "s"))):
                row = TagRow(
                    tenant=tenant,
                    edge="line_1",
                    uuid=f"u{n}",
                    key=f"press_1/{name}",
                    connection="press_1",
                    kind=kind,
                    meta=json.dumps({"description": f"{tenant} {name}", "unit": "°C"}),
                    address=f"holding:{n}",
                    scan_ms=1000,
                    first_seen_ts=1,
                )
                session.add(row)
                session.flush()
                ids.append(row.tag_id)
            session.add(AssetRow(tenant=tenant, id="press_1", name=f"Press of {tenant}"))
            session.flush()
            session.add(RoleRow(tenant=tenant, asset="press_1", role="temperature", valid_from_ts=0, tag_id=ids[0]))
            session.add(
                GapRow(
                    tenant=tenant,
                    edge="line_1",
                    stream=f"s-{tenant}",
                    batch_seq=1,
                    connection="press_1",
                    kind="not_sampled",
                    reason=f"{tenant} was away",
                    from_ts=10 * MINUTE,
                    to_ts=11 * MINUTE,
                    n=7,
                    received_ts=1,
                )
            )
        self.hub.latest.define(tenant, ids, ["f", "u", "s"])
        return ids

    def put(self, tenant, tag_id, kind, ts, values, quality=None):
        """Store samples, and make the last one the latest value."""
        dtypes = {"f": "<f8", "u": "<u8", "i": "<i8", "b": "u1", "s": object}
        n = len(ts)
        columns = Columns(
            kind=kind,
            id=np.full(n, tag_id, dtype=np.uint32),
            ts=np.asarray(ts, dtype=np.int64),
            q=np.zeros(n, dtype=np.uint8) if quality is None else np.asarray(quality, dtype=np.uint8),
            v=np.array(values, dtype=dtypes[kind]),
        )
        self.blocks += 1
        self.store.apply(Block(self.blocks, tenant, self.blocks, False, [columns]))
        self.hub.latest.update([columns], self.blocks)

    def user(self, name, role, tenant="factory"):
        return self.accounts.add_user(tenant, name, PASSWORD, role, "test")

    def start_ingest(self):
        """Let values that are typed come in; blocks put directly before keep their numbers."""
        journal, applier = self.ingest.journal, self.ingest.applier
        journal._next_no, journal._durable_no = self.blocks + 1, self.blocks
        applier.first_no = applier.next_no = self.blocks + 1
        self.ingest.start()
        self.is_ingesting = True

    def close(self):
        if self.is_ingesting:
            self.ingest.stop()
        else:
            self.ingest.journal.close()
        self.store.close()
        self.database.close()


@pytest.fixture
def bench(tmp_path, monkeypatch):
    # The work of a password check is measured elsewhere; here it would only make the tests slow.
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    made = Bench(tmp_path)
    yield made
    made.close()


@pytest.fixture
def plant(bench):
    """A bench with content in both tenants; ``ids`` and ``foreign`` are their tags."""
    bench.ids = bench.fill("factory")
    bench.foreign = bench.fill("other")
    now = now_us() // MINUTE * MINUTE
    bench.t = now - 60 * MINUTE
    for tenant, ids in (("factory", bench.ids), ("other", bench.foreign)):
        offset = 0 if tenant == "factory" else 1000
        times = [bench.t + n * 1_000_000 for n in range(300)]
        bench.put(tenant, ids[0], "f", times, [20.0 + offset + n % 60 for n in range(300)])
        bench.put(tenant, ids[1], "u", times, [2**60 + n for n in range(300)])
        bench.put(tenant, ids[2], "s", times[:2], [f"{tenant} runs", f"{tenant} stops"])
        bench.services.apps.install(tenant, "line", {"app.json": APP, "pages/main.json": PAGE}, "first")
    return bench


def log_in(bench, name, password=PASSWORD):
    """A client with a session cookie; CSRF header set."""
    client = TestClient(bench.asgi, base_url="http://localhost", raise_server_exceptions=False)
    answer = client.post("/api/v1/auth/login", json={"name": name, "password": password})
    assert answer.status_code == 200, answer.text
    client.headers["X-Interlock-CSRF"] = answer.json()["csrf"]
    return client
