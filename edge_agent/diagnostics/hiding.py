"""What must not be shown: secret settings by their schema, their values anywhere, and what looks like a secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel

from connectors import registry
from edge_agent.config import LoadedConfig
from edge_agent.secret_store.store import SecretStore
from schemas.errors import InterlockError
from schemas.models.agent import AgentConfig

HIDDEN: Final = "***"
#: A shorter one cannot be told from ordinary text.
VALUE_MIN: Final = 4
SECRET_FILE_BYTES_MAX: Final = 64 * 1024
_NAMES: Final = re.compile(
    r"pass(word|wd|phrase)?$|secret|token|credential|authorization|cookie|api_?key|private_key", re.I
)
_FILE_NAMES: Final = re.compile(r"(password|passphrase|secret|token|key)_files?$", re.I)
_LOOKS_SECRET: Final = (
    re.compile(r"(?<=://)[^\s/@:]+:[^\s/@]+(?=@)"),
    re.compile(r"(?i)(?<=[?&])((?:[\w.-]*(?:token|key|secret|passw|sig|auth)[\w.-]*)=)[^&\s\"'#]+"),
    re.compile(r"(?i)\b((?:proxy-)?authorization\s*[:=]\s*(?:basic|bearer|digest)?\s*)[^\s\"',]{4,}"),
    re.compile(r"(?i)\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"(?i)\b((?:password|passwd|pwd|secret)[\"']?\s*[:=]\s*[\"']?)[^\s\"',}]+"),
)


def hider(values: Iterable[str]) -> Callable[[str], str]:
    """A function that hides these values, and what looks like a secret, in a text."""
    known = sorted({value for value in values if len(value) >= VALUE_MIN}, key=len, reverse=True)

    def hide(text: str) -> str:
        for value in known:
            if value in text:
                text = text.replace(value, HIDDEN)
        for pattern in _LOOKS_SECRET:
            text = pattern.sub(lambda found: (found.group(1) if found.re.groups else "") + HIDDEN, text)
        return text

    return hide


def secret_values(loaded: LoadedConfig) -> set[str]:
    """Every secret the configuration holds or names a file for; a file that cannot be read holds none we know."""
    found = list(_of_model(loaded.config))
    for connection in loaded.config.connections:
        schema = _driver_schema(connection.driver)
        found += _secrets(connection.config, schema, schema)
    values = _stored(loaded.data_dir)
    for path_or_value, of_file in found:
        values |= _of_file(loaded.base, path_or_value) if of_file else {path_or_value}
    return {value for value in values if value}


def shown_config(loaded: LoadedConfig) -> dict[str, Any]:
    """The configuration with templates expanded and every secret setting hidden."""
    document: dict[str, Any] = loaded.config.model_dump(mode="json", exclude_defaults=True)
    schema = AgentConfig.model_json_schema()
    shown: dict[str, Any] = _hidden(document, schema, schema)
    for connection in shown.get("connections", []):
        of_driver = _driver_schema(connection["driver"])
        connection["config"] = _hidden(connection.get("config", {}), of_driver, of_driver)
    return shown


def _of_model(model: BaseModel) -> Iterator[tuple[str, bool]]:
    """As `_secrets`, by the fields themselves: making a JSON Schema takes an idle agent a megabyte."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        kind = _kind(name, field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {})
        if kind:
            yield from ((text, kind == "file") for text in _texts(value))
        elif isinstance(value, BaseModel):
            yield from _of_model(value)
        elif isinstance(value, tuple) and name != "connections":
            for item in value:
                if isinstance(item, BaseModel):
                    yield from _of_model(item)


def _driver_schema(driver: str) -> dict[str, Any]:
    manifest = registry.manifests().get(driver)
    return dict(manifest.config_schema) if manifest is not None else {}


def _kind(name: str, marks: Mapping[str, Any]) -> Literal["", "value", "file"]:
    """Whether a setting is a secret or names a file with one: by its marks, and by its name where a mark is missing."""
    if marks.get("x-secret-file") or _FILE_NAMES.search(name):
        return "file"
    return "value" if marks.get("writeOnly") or _NAMES.search(name) else ""


def _secrets(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Strings below `value` that are secret, or (True) that name a file which is."""
    schema = _resolved(schema, root)
    if isinstance(value, dict):
        for name, item in value.items():
            of_item = _resolved(_property(schema, name), root)
            if kind := _kind(name, of_item):
                yield from ((text, kind == "file") for text in _texts(item))
            else:
                yield from _secrets(item, of_item, root)
    elif isinstance(value, list):
        for item in value:
            yield from _secrets(item, schema.get("items", {}), root)


def _hidden(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    schema = _resolved(schema, root)
    if isinstance(value, dict):
        out = {}
        for name, item in value.items():
            of_item = _resolved(_property(schema, name), root)
            if _kind(name, of_item) == "value":
                out[name] = dict.fromkeys(item, HIDDEN) if isinstance(item, dict) else HIDDEN
            else:
                out[name] = _hidden(item, of_item, root)
        return out
    if isinstance(value, list):
        return [_hidden(item, schema.get("items", {}), root) for item in value]
    return value


def _property(schema: Mapping[str, Any], name: str) -> dict[str, Any]:
    properties: dict[str, dict[str, Any]] = schema.get("properties", {})
    return properties.get(name, {})


def _resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema itself, behind a reference and the `| None` of an optional setting."""
    reference = str(schema.get("$ref", ""))
    if reference.startswith("#/$defs/"):
        return _resolved({**root["$defs"][reference.removeprefix("#/$defs/")], **_marks(schema)}, root)
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    if len(options) == 1:
        return _resolved({**options[0], **_marks(schema)}, root)
    return schema


def _marks(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {name: schema[name] for name in ("writeOnly", "x-secret-file") if name in schema}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _stored(data_dir: Path) -> set[str]:
    """What the store of secrets keeps, whether the configuration names it or not."""
    store = SecretStore(data_dir)
    try:
        return {store.find(name) for name in store.names()}
    except (InterlockError, OSError):
        return set()  # a store that cannot be opened gives its secrets to nobody, the agent included


def _of_file(base: Path, name: str) -> set[str]:
    found: set[str] = set()
    for path in (base / name, Path(name)):
        try:
            with path.open("rb") as file:
                text = file.read(SECRET_FILE_BYTES_MAX).decode("utf-8", "replace")
        except OSError:
            continue
        # Of a key file each line; of a password the line, which is all of it.
        found |= {line.strip() for line in text.splitlines() if line.strip() and not line.startswith("-----")}
    return found
