"""Which drivers there are, read from their manifests; a driver's code is imported when it is first used.

Ours lie in `connectors/drivers/<id>/` (`manifest.json`, `driver.py` with one `Driver` subclass). Drivers
of others announce themselves by the entry point group `interlock.drivers`:
`my_plc = "my_package.driver:MyDriver"`, with `manifest.json` beside that module.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from pydantic import ValidationError

from connectors.driver import Driver
from schemas.errors import ConfigError, Problem
from schemas.identifiers import is_identifier
from schemas.models.driver import DriverManifest

__all__ = ["ENTRY_POINT_GROUP", "configure", "folders", "load", "manifests"]

ENTRY_POINT_GROUP = "interlock.drivers"
DRIVERS_FOLDER = Path(__file__).parent / "drivers"

AnyDriver = Driver[Any]


@cache
def manifests() -> MappingProxyType[str, DriverManifest]:
    """Every driver's manifest by id; imports no driver. Raises ConfigError for a broken manifest."""
    found = {path.parent.name: _read(path) for path in sorted(DRIVERS_FOLDER.glob("*/manifest.json"))}
    for name, point in sorted(_outside().items()):
        if name in found:
            raise ConfigError(
                "driver.duplicate",
                f"driver '{name}' of {point.value} has the name of a built-in driver",
                hint="Rename the entry point and the id in its manifest.",
            )
        found[name] = _read(_manifest_path(point))
    for name, manifest in found.items():
        if manifest.id != name:
            raise ConfigError(
                "driver.manifest",
                f"the manifest of driver '{name}' calls itself '{manifest.id}'",
                hint="Make both equal.",
            )
    return MappingProxyType(found)


def folders() -> list[Path]:
    """The folders of the drivers that lie outside `connectors`; imports no driver."""
    return [_manifest_path(point).parent for _, point in sorted(_outside().items())]


@cache
def load(driver_id: str) -> type[AnyDriver]:
    """The driver class; imports it on first use. Raises ConfigError if unknown or a library is missing."""
    manifest = manifests().get(driver_id)
    if manifest is None:
        known = ", ".join(manifests())
        raise ConfigError("driver.unknown", f"there is no driver '{driver_id}'", hint=f"Known drivers: {known}.")
    point = _outside().get(driver_id)
    module_name = f"connectors.drivers.{driver_id}.driver" if point is None else point.module
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise _missing(manifest, error) from error
    return _class_of(module, driver_id) if point is None else _resolve(module, point)


def configure(driver_id: str, config: dict[str, Any]) -> AnyDriver:
    """A driver with its settings checked. Raises ConfigError with every problem, paths within `config`."""
    driver = load(driver_id)
    try:
        settings = driver.config_model.model_validate(config)
    except ValidationError as error:
        problems = [
            Problem(
                code="config.invalid",
                path="".join(f"/{part}" for part in item["loc"]),
                message=item["msg"],
                hint=_hint(driver_id, item["loc"]),
            )
            for item in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise ConfigError(
            "config.invalid", f"the settings of driver '{driver_id}' are wrong", problems=problems
        ) from None
    return driver(settings)


def _hint(driver_id: str, location: tuple[int | str, ...]) -> str:
    properties = manifests()[driver_id].config_schema.get("properties", {})
    if not location:
        return ""
    known = properties.get(location[0])
    if known is None:
        return f"Known settings: {', '.join(sorted(properties))}."
    return str(known.get("description", ""))


def _read(path: Path) -> DriverManifest:
    try:
        return DriverManifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise ConfigError("driver.manifest", f"{path.parent.name}/{path.name} cannot be used: {error}") from error


def _outside() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP) if is_identifier(point.name)}


def _manifest_path(point: EntryPoint) -> Path:
    """Where an outsider's manifest lies, found without running its module.

    `find_spec` of a submodule imports its parent package, so only the top package is looked up.
    """
    top, _, rest = point.module.partition(".")
    loaded = sys.modules.get(top)
    spec = loaded.__spec__ if loaded is not None else importlib.util.find_spec(top)
    if spec is None or spec.origin is None:
        raise ConfigError("driver.manifest", f"driver '{point.name}' names the missing package '{top}'")
    folder = Path(spec.origin).parent
    return folder.joinpath(*rest.split(".")[:-1], "manifest.json") if rest else folder / "manifest.json"


def _missing(manifest: DriverManifest, error: ModuleNotFoundError) -> ConfigError:
    extra = f"interlock[{manifest.extra}]" if manifest.extra else " ".join(manifest.requires)
    return ConfigError(
        "driver.library_missing",
        f"driver '{manifest.id}' needs the library '{error.name}', which is not installed",
        hint=f"Run: pip install {extra}".rstrip(),
    )


def _class_of(module: ModuleType, driver_id: str) -> type[AnyDriver]:
    own = [
        item
        for item in vars(module).values()
        if inspect.isclass(item) and issubclass(item, Driver) and item.__module__ == module.__name__
    ]
    if len(own) != 1:
        raise ConfigError("driver.class", f"driver '{driver_id}' must define exactly one Driver, found {len(own)}")
    return own[0]


def _resolve(module: ModuleType, point: EntryPoint) -> type[AnyDriver]:
    item = getattr(module, point.attr or "", None)
    if not (inspect.isclass(item) and issubclass(item, Driver)):
        raise ConfigError("driver.class", f"{point.value} is not a Driver")
    return item
