"""An app of every block, each of its text places bound to a text tag that people type."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from tests.e2e.attacks import ATTACKS
from tests.support.platform_client import PlatformClient
from tests.support.processes import ROOT

APP = "attacked"
ASSET = "press_1"
COMPONENTS = ROOT / "app_designer" / "components"
#: Its value is a number only: a text cannot be bound.
NUMBER = {"asset": ASSET, "role": "speed", "source": "tag"}
COLUMNS = 12
META_MAX, UNIT_MAX = 500, 40


def roles(count: int) -> list[str]:
    return [f"attack_{number}" for number in range(count)]


def make_tags(client: PlatformClient, count: int) -> list[int]:
    """Text tags named, described and measured in attacks; their ids."""
    ids = []
    for number, role in enumerate(roles(count)):
        attack = ATTACKS[number * 7 + 1]
        meta = {
            "description": attack[:META_MAX],
            "unit": ATTACKS[number * 11][:UNIT_MAX],
            "description_i18n": {"zh-CN": attack[:META_MAX]},
        }
        body = {"asset": ASSET, "role": role, "kind": "s", "meta": meta}
        ids.append(int(client.call("POST", "/tags/manual", body)["id"]))
    return ids


def manifests() -> list[dict[str, Any]]:
    found = [json.loads(path.read_text("utf-8")) for path in sorted(COMPONENTS.glob("*/component.json"))]
    return [manifest for manifest in found if manifest.get("runtime", {}).get("isolation") != "iframe"]


def is_text(schema: dict[str, Any]) -> bool:
    return "$ref" in schema or (schema.get("type") == "string" and "enum" not in schema)


def bindings(manifest: dict[str, Any], role: str) -> dict[str, Any]:
    """Everything of a block that takes a text, bound to one tag; what takes numbers only, to a number."""
    text = {"asset": ASSET, "role": role, "source": "tag"}
    bound: dict[str, Any] = {}
    for name, spec in manifest.get("inputs", {}).items():
        pointer = f"/{name}/0" if spec.get("many") else f"/{name}"
        bound[pointer] = NUMBER if spec["type"] == "number" else text
        if spec.get("shape") == "series":
            bound[pointer] = {**bound[pointer], "source": "history"}
    for name, spec in manifest.get("writes", {}).items():
        bound[f"/{name}/0" if spec.get("many") else f"/{name}"] = text
    for name, schema in manifest["props"].get("properties", {}).items():
        if is_text(schema) and schema.get("x-ui", {}).get("bindable") is not False:
            bound[f"/{name}"] = text
    return bound


def element_id(*parts: object) -> str:
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return f"el_{base64.b32encode(digest).decode().lower()[:8]}"


def elements(only: set[str] | None, count: int) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Id, element and size of each block, once for each tag."""
    for manifest in manifests():
        if only is not None and manifest["id"] not in only:
            continue
        for number, role in enumerate(roles(count)):
            bound = bindings(manifest, role)
            given = manifest["examples"][0].get("props", {})
            element = {
                "type": manifest["id"],
                "props_version": manifest["props_version"],
                "props": {name: value for name, value in given.items() if f"/{name}" not in bound},
                "bind": bound,
            }
            yield element_id(manifest["id"], number), element, manifest["layout"]["grid"]


def page(page_id: str, only: set[str] | None, count: int) -> dict[str, Any]:
    """A page with blocks in rows; of all kinds, or only of some."""
    content: dict[str, Any] = {}
    items: dict[str, Any] = {}
    x = y = tallest = 0
    for name, element, grid in elements(only, count):
        width, height = grid.get("min_w", 1), grid.get("min_h", 1)
        if x + width > COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        content[name] = element
        items[name] = {"x": x, "y": y, "w": width, "h": height}
        x, tallest = x + width, max(tallest, height)
    return {
        "format": 1, "id": page_id, "archetype": "workspace", "title": {"en": ATTACKS[3], "zh-CN": ATTACKS[3]},
        "params": {}, "range": {"default": "10m"}, "elements": content,
        "layout": {"lg": {"kind": "grid", "items": items}},
    }  # fmt: skip


def publish(client: PlatformClient, pages: dict[str, dict[str, Any]], count: int) -> None:
    """Make the app of these pages, which show so many tags; the first is its home."""
    client.call("POST", "/apps", {"id": APP, "name": {"en": ATTACKS[5], "zh-CN": ATTACKS[5]}})
    draft = client.call("GET", f"/apps/{APP}/draft")["files"]
    (app,) = [file for file in draft if file["path"] == "app.json"]
    for name, content in pages.items():
        put(client, f"pages/{name}.json", content, {"If-None-Match": "*"})
    used = {element["type"]: element["props_version"] for one in pages.values() for element in one["elements"].values()}
    home = next(iter(pages))
    nav = [{"page": name, "icon": "apps", "label": {"en": ATTACKS[6], "zh-CN": ATTACKS[6]}} for name in pages]
    asked = [{"role": NUMBER["role"], "kind": "f", "unit": "", "required": False}]
    asked += [{"role": role, "kind": "s", "unit": "", "required": False} for role in roles(count)]
    changed = {**app["content"], "home": home, "nav": nav, "requires": used, "roles": asked}
    put(client, "app.json", changed, {"If-Match": f'"{app["etag"].strip(chr(34))}"'})
    client.call("POST", f"/apps/{APP}/releases", {"note": ATTACKS[7]})


def put(client: PlatformClient, path: str, content: dict[str, Any], condition: dict[str, str]) -> None:
    client.call("PUT", f"/apps/{APP}/draft/files/{path}", content, condition)
