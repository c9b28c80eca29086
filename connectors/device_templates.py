"""The library of device templates: JSON files in `connectors/templates/`, found by themselves."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from schemas.errors import ConfigError
from schemas.models.device_template import DeviceTemplate

__all__ = ["TEMPLATES_FOLDER", "device_templates"]

TEMPLATES_FOLDER = Path(__file__).parent / "templates"


@cache
def device_templates() -> MappingProxyType[str, DeviceTemplate]:
    """Every template by id. Raises ConfigError for a broken file."""
    found: dict[str, DeviceTemplate] = {}
    for path in sorted(TEMPLATES_FOLDER.glob("*.json")):
        try:
            template = DeviceTemplate.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise ConfigError("template.file", f"{path.name} cannot be used: {error}") from error
        if template.id != path.stem:
            raise ConfigError("template.file", f"{path.name} calls itself '{template.id}'", hint="Make both equal.")
        found[template.id] = template
    return MappingProxyType(found)
