"""`python -m connectors.generate` writes what follows from the drivers; `--check` fails where it drifted.

The settings' schema in each manifest comes from the driver's config model, and the reference page of the
drivers from the manifests.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.registry import DRIVERS_FOLDER, load, manifests
from schemas.models.driver import DriverManifest

ROOT = Path(__file__).resolve().parents[1]
PAGE = "docs/reference/drivers.md"


def config_schema(driver_id: str) -> dict[str, Any]:
    """JSON Schema of a driver's settings, from its config model."""
    schema = load(driver_id).config_model.model_json_schema()
    schema.pop("title", None)
    for settings in schema.get("properties", {}).values():
        settings.pop("title", None)
    return schema


def emit(root: Path) -> dict[str, str]:
    """Every generated file: path from the project's root → content."""
    out: dict[str, str] = {}
    known: dict[str, DriverManifest] = {}
    for driver_id, manifest in manifests().items():
        path = DRIVERS_FOLDER / driver_id / "manifest.json"
        if not path.is_file():
            continue  # a driver from outside keeps its own manifest
        known[driver_id] = manifest.model_copy(update={"config_schema": config_schema(driver_id)})
        text = json.dumps(known[driver_id].model_dump(mode="json"), ensure_ascii=False, indent=2)
        out[path.relative_to(root).as_posix()] = text + "\n"
    out[PAGE] = _page(known)
    return out


def _page(known: Mapping[str, DriverManifest]) -> str:
    lines = [
        "# Drivers",
        "",
        "Generated from the drivers' manifests by `make generate`. Settings go under `config:` of a connection.",
    ]
    for driver_id, manifest in known.items():
        lines += ["", f"## {manifest.name['en']} (`{driver_id}`)", "", manifest.summary["en"]]
        lines += ["", f"Address of a tag: {manifest.address_help}", ""]
        abilities = ", ".join(manifest.abilities) or "none beyond reading"
        lines += [f"Abilities: {abilities}. Proven to tier {manifest.quality.tier}.", ""]
        for rule, reason in manifest.quality.exempt.items():
            lines += [f"Exempt from {rule}: {reason}", ""]
        lines += ["| Setting | Type | Default | Meaning |", "| --- | --- | --- | --- |"]
        required = manifest.config_schema.get("required", [])
        for name, setting in manifest.config_schema["properties"].items():
            default = "required" if name in required else f"`{json.dumps(setting.get('default'), ensure_ascii=False)}`"
            lines.append(f"| `{name}` | {_type(setting)} | {default} | {setting.get('description', '')} |")
    return "\n".join(lines) + "\n"


def _type(setting: Mapping[str, Any]) -> str:
    if "enum" in setting:
        return " / ".join(str(value) for value in setting["enum"])
    if "anyOf" in setting:
        return " or ".join(_type(part) for part in setting["anyOf"] if part.get("type") != "null")
    name = str(setting.get("type", "object"))
    low, high = setting.get("minimum"), setting.get("maximum")
    return f"{name} {low}–{high}" if low is not None and high is not None else name


def main(arguments: list[str]) -> int:
    """Command line: returns the exit status."""
    status = 0
    for name, content in emit(ROOT).items():
        path = ROOT / name
        if path.is_file() and path.read_text("utf-8") == content:
            continue
        if arguments == ["--check"]:
            sys.stderr.write(f"{name} differs from its source: run `make generate`.\n")
            status = 1
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8", newline="\n")
            sys.stdout.write(f"wrote {name}\n")
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
