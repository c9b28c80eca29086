"""A connection that is not there yet: the drivers there are as forms, tried on the device before anything is saved, and
added as a change of the configuration.

Files of the machine are named in agent.yaml alone, so settings that name some are not asked for; a password is chosen
among the secrets that `edge-agent secret set` keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from connectors import registry
from connectors.secret import SCHEME
from edge_agent.commissioning.doctor import examine
from edge_agent.configuration.new_connections import NewConnection, plan_connections
from edge_agent.configuration.source import Source
from edge_agent.configuration.tag_import import ImportPlan
from edge_agent.local_page.changes import Changes, Running
from edge_agent.local_page.looks import Looks
from edge_agent.local_page.setting_up import PLACE_SETTINGS
from edge_agent.secret_store.store import SecretStore
from edge_agent.spreadsheet.sheet import CellProblem
from schemas.errors import ConfigError
from schemas.identifiers import is_identifier
from schemas.models.connection import ConnectionConfig

__all__ = ["Connecting"]

#: How often the tags of a connection are read where nothing is said.
SCAN_MS: Final = ConnectionConfig.model_fields["scan_ms"].default
_FILE_ENDS: Final = ("_file", "_files", "_folder", "_path", "_dir")
_FILES: Final = frozenset({"file", "folder", "path"})
#: Settings of every connection, not of its driver.
_OWN: Final = ("id", "scan_ms")
_REFERENCE: Final = "password_file"
_TRUTHS: Final = {"true": True, "false": False}
_KINDS: Final = {"string": "text", "integer": "whole", "number": "number", "boolean": "truth", "array": "list"}


class Connecting:
    """Each method answers one question of the page."""

    def __init__(self, running: Running, changes: Changes, looks: Looks) -> None:
        self._running, self._changes, self._looks = running, changes, looks

    def drivers(self) -> dict[str, Any]:
        """The drivers, and what each asks for. Raises ConfigError where the store of secrets cannot be read."""
        secrets = [f"{SCHEME}{name}" for name in SecretStore(self._running.loaded.data_dir).names()]
        return {"drivers": [_driver(name, secrets) for name in registry.manifests()], "scan_ms": SCAN_MS}

    async def attempt(self, driver: str, given: Mapping[str, str]) -> dict[str, Any]:
        """Connects to the device and looks at it, with the doctor's words; nothing is kept. Raises ConfigError."""
        config, problems = _config(driver, given)
        if problems:
            raise ConfigError(
                "page.connection", "such a connection is not possible",
                problems=[one.as_problem() for one in problems],
            )  # fmt: skip
        registry.configure(driver, config)
        id = given.get("id", "")
        conn = ConnectionConfig(id=id if is_identifier(id) else "device", driver=driver, config=config)
        findings = await self._looks.one(lambda: examine(conn))
        return {"findings": [asdict(one) for one in findings if not one.what.startswith("no tags yet")]}

    async def plan(self, driver: str, given: Mapping[str, str]) -> dict[str, Any]:
        """The difference that adding it makes. Raises ConfigError."""
        config, problems = _config(driver, given)
        id, scan = given.get("id", ""), given.get("scan_ms", "")
        extras = {} if scan in ("", str(SCAN_MS)) else {"scan_ms": int(scan) if scan.isdecimal() else scan}

        def made(source: Source) -> ImportPlan:
            if problems:
                return ImportPlan(problems=list(problems))
            return plan_connections(source, [NewConnection(id, driver, config, extras=extras)])

        return await self._changes.preview(made, f"connection {id}")


def _driver(name: str, secrets: list[str]) -> dict[str, Any]:
    manifest = registry.manifests()[name]
    schema = manifest.config_schema
    properties: Mapping[str, Any] = schema.get("properties", {})
    needed = schema.get("required", ())
    fields = [_field(key, one, key in needed, secrets) for key, one in properties.items() if _is_asked(key, one)]
    return {
        "id": name, "name": manifest.name, "summary": manifest.summary,
        "fields": sorted(fields, key=lambda one: (not one["required"], not one["first"])),
        "elsewhere": [key for key, one in properties.items() if not _is_asked(key, one)],
        "possible": all(_is_asked(key, properties[key]) for key in needed),
    }  # fmt: skip


def _field(key: str, given: Mapping[str, Any], required: bool, secrets: list[str]) -> dict[str, Any]:
    one = _plain(given)
    usual = given.get("default")
    choices = secrets if key == _REFERENCE else [str(choice) for choice in one.get("enum", ())]
    return {
        "name": key, "kind": "choice" if "enum" in one or key == _REFERENCE else _KINDS[one["type"]],
        "required": required, "first": required or key in PLACE_SETTINGS, "usual": _cell(usual), "choices": choices,
        "hint": str(given.get("description", "")),
        "length": one.get("maxLength"),
    }  # fmt: skip


def _is_asked(key: str, given: Mapping[str, Any]) -> bool:
    one = _plain(given)
    if key == _REFERENCE:
        return True
    if key in _FILES or key.endswith(_FILE_ENDS) or given.get("x-secret-file") or given.get("writeOnly"):
        return False
    return "enum" in one or (one.get("type") in _KINDS and one.get("items", {}).get("type", "string") == "string")


def _plain(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a setting without "or null"."""
    found: Mapping[str, Any] = next((one for one in given.get("anyOf", ()) if one.get("type") != "null"), given)
    return found


def _config(driver: str, given: Mapping[str, str]) -> tuple[dict[str, Any], list[CellProblem]]:
    """Settings of a driver from texts; what is "" is not given. Raises ConfigError for a driver that is not there."""
    manifest = registry.manifests().get(driver)
    if manifest is None:
        raise ConfigError("driver.unknown", f"there is no driver '{driver[:80]}'", hint="Choose one of the list.")
    properties: Mapping[str, Any] = manifest.config_schema.get("properties", {})
    config: dict[str, Any] = {}
    problems: list[CellProblem] = []
    for key, text in given.items():
        if key in _OWN or text == "":
            continue
        if key not in properties or not _is_asked(key, properties[key]):
            hint = "Files and keys of the machine are named in agent.yaml, on the machine."
            problems.append(CellProblem(0, key[:80], "page.setting", f"'{key[:80]}' is not set by the page", hint))
        elif key == _REFERENCE and not text.startswith(SCHEME):
            hint = "Keep one with: edge-agent secret set NAME"
            problems.append(CellProblem(0, key, "page.secret", "a password is chosen among the secrets", hint))
        else:
            config[key] = _typed(text, _plain(properties[key]))
    problems += [
        CellProblem(0, key, "template.needed", f"'{key}' may not be empty", f"The driver {driver} needs it.")
        for key in manifest.config_schema.get("required", ())
        if key not in config
    ]
    return config, problems


def _typed(text: str, schema: Mapping[str, Any]) -> Any:
    """A text as the setting has it; what does not fit stays a text, which the driver's own check refuses in words."""
    for choice in schema.get("enum", ()):
        if str(choice) == text:
            return choice
    match schema.get("type"):
        case "boolean":
            return _TRUTHS.get(text, text)
        case "array":
            return [one for part in text.split(",") if (one := part.strip())]
        case "integer" | "number":
            try:
                return int(text) if text.removeprefix("-").isdecimal() else float(text)
            except ValueError:
                return text
    return text


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
