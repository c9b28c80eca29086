"""The platform under test with the simulator as a process of its own, and an app that writes."""

import json
import urllib.request

from sqlmodel import select

from platform_core.db.accounts import AuditRow
from platform_core.db.assets import AssetRow, RoleRow
from platform_core.db.edges import EdgeRow
from platform_core.db.tags import TagRow
from platform_core.services.writability import Writability
from platform_core.services.write_targets import Simulator, SimulatorSettings
from schemas.models.asset_type import AssetType, SignalRole

TOKEN = "a-token-for-the-control-port-of-tests"
SETPOINT, OTHER, STEP, ADMIN, HIDDEN, INNER = (f"el_{letter * 8}" for letter in "abcdef")

SET_MANIFEST = {
    "format": 1,
    "id": "setpoint",
    "version": "1.0.0",
    "props_version": 1,
    "kind": "visual",
    "status": {"stage": "stable"},
    "meta": {"name": {"en": "Set-point"}, "summary": {"en": "Sets."}, "category": "input"},
    "props": {
        "type": "object",
        "additionalProperties": False,
        "properties": {"min": {"type": "number"}, "max": {"type": "number"}, "step": {"type": "number"}},
    },
    "writes": {"target": {"label": {"en": "Target"}, "type": "number", "description": "What it sets."}},
    "events": {"press": {"label": {"en": "Pressed"}, "description": "When pressed."}},
    "layout": {"grid": {"w": 3, "h": 3}, "compact": {"span": 1, "h": 3}},
    "a11y": {"role": "group", "name": "title", "text": "{value}"},
    "examples": [{"name": {"en": "One"}}],
}


def _element(asset, role="speed_setpoint", **more):
    return {"type": "setpoint", "props_version": 1, "bind": {"/target": _tag(asset, role)}, **more}


def _tag(asset, role):
    return {"source": "tag", "asset": asset, "role": role}


def app_files():
    reset = {"action": "write_tag", "asset": "press_1", "role": "pressure_setpoint", "confirm": "hold",
             "value": {"source": "static", "value": 160}}  # fmt: skip
    page = {
        "format": 1,
        "id": "main",
        "title": {"en": "Main"},
        "params": {"machine": {"type": "asset", "asset_type": "press"}},
        "elements": {
            SETPOINT: _element("press_1", props={"min": 20, "max": 60, "step": 0.5}),
            OTHER: _element({"param": "machine"}),
            STEP: {"type": "setpoint", "props_version": 1, "events": {"press": [reset]}},
            ADMIN: _element("press_1", access={"use": "admin"}),
            HIDDEN: _element("press_1", access={"see": "admin"}),
            INNER: _element("press_1", parent={"id": ADMIN, "slot": "content"}),
        },
        "layout": {"lg": {"kind": "grid", "items": {}}},
    }
    roles = [{"role": "speed_setpoint"}, {"role": "pressure_setpoint"}]
    app = {"format": 1, "id": "press", "version": "1.0.0", "name": {"en": "P"}, "home": "main", "roles": roles}
    return {"app.json": app, "pages/main.json": page}


class Plant:
    """The platform under test with the simulator as a process of its own."""

    def __init__(self, bench, tmp_path, control):
        self.bench = bench
        self.control = control
        secret = tmp_path / "control.txt"
        secret.write_text(TOKEN)
        guard = bench.services.write_guard
        guard._simulator = Simulator(SimulatorSettings(f"http://127.0.0.1:{control}", secret, "line_1"))
        writability = Writability(guard._simulator)
        bench.services.tags._writability = bench.services.apps.site._writability = writability
        self.now = 1_764_000_000_000_000
        guard._clock = lambda: self.now
        self.ids = {}
        for tenant in ("factory", "other"):
            self._fill(tenant)
            bench.services.apps.install(tenant, "press", app_files(), "first")

    def _fill(self, tenant):
        signals = ("speed_setpoint", "pressure_setpoint", "speed")
        roles = [SignalRole(role=name, label={"en": name}, kind="number", unit="1/min", writable=name != "speed")
                 for name in signals]  # fmt: skip
        kinds = [AssetType(id="press", name={"en": "Press"}, roles=roles),
                 AssetType(id="pump", name={"en": "Pump"}, roles=roles)]  # fmt: skip
        for kind in kinds:
            self.bench.services.asset_types.put(tenant, kind, "test")
        with self.bench.database.write() as session:
            for edge in ("line_1", "real_1"):
                session.add(EdgeRow(tenant=tenant, id=edge, first_seen_ts=1, last_seen_ts=1))
            session.flush()
            assets = {"press_1": ("line_1", "press"), "press_2": ("line_1", "press"), "secret": ("line_1", "press"),
                      "pump_1": ("line_1", "pump"), "real_1": ("real_1", "press")}  # fmt: skip
            for asset, (edge, kind) in assets.items():
                see = "admin" if asset == "secret" else None
                session.add(AssetRow(tenant=tenant, id=asset, name=asset, type=kind, see=see))
                session.flush()
                machine = {"secret": "press_3", "pump_1": "press_3", "real_1": "press_1"}.get(asset, asset)
                for n, name in enumerate(signals):
                    meta = json.dumps({"unit": "1/min", "span": [140, 180] if "pressure" in name else [10, 70]})
                    tag = TagRow(tenant=tenant, edge=edge, uuid=f"{asset}-{n}", key=f"{machine}/{name}", meta=meta,
                                 connection=machine, kind="f", first_seen_ts=1)  # fmt: skip
                    session.add(tag)
                    session.flush()
                    self.ids[tenant, asset, name] = tag.tag_id
                    row = RoleRow(tenant=tenant, asset=asset, role=name, valid_from_ts=0, tag_id=tag.tag_id)
                    session.add(row)
        ids = [tag_id for (where, _, _), tag_id in self.ids.items() if where == tenant]
        self.bench.hub.latest.define(tenant, ids, ["f"] * len(ids))

    def asked(self, **more):
        body = {"app": "press", "release": 1, "page": "main", "element": SETPOINT, "write": "target",
                "asset": "press_1", "role": "speed_setpoint", "value": 42}  # fmt: skip
        return {name: value for name, value in (body | more).items() if value is not None}

    def prepare(self, by="operator", tenant="factory", **more):
        self.now += 20_000_000  # each attempt far from the one before, so that the rate is not what refuses
        return self.bench.client(by, tenant).post("/api/v1/writes/prepare", json=self.asked(**more))

    def execute(self, token, confirmed="dialog", role="operator", tenant="factory"):
        return self.bench.client(role, tenant).post(f"/api/v1/writes/{token}", json={"confirmed": confirmed})

    def ask_simulator(self, path="/writes"):
        request = urllib.request.Request(f"http://127.0.0.1:{self.control}{path}")
        request.add_header("Authorization", f"Bearer {TOKEN}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    @property
    def writes(self):
        return self.ask_simulator()["writes"]

    def audit(self):
        with self.bench.database.read() as session:
            rows = session.exec(select(AuditRow).where(AuditRow.action.startswith("write."))).all()
        return [(row.action, row.outcome, json.loads(row.body)) for row in rows]
