"""The direction of dependency holds, and a broken one is reported by file: checked on an injured copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("schemas", "connectors", "edge_agent", "platform_core", "interlock")

INJURIES = {
    "platform": ("platform_core/injected.py", "import connectors.registry\n"),
    "launcher": ("interlock/injected.py", "import platform_core.settings\n"),
    "nobody-imports-launcher": ("edge_agent/injected.py", "import interlock.ports\n"),
    "schemas": ("schemas/injected.py", "import fastapi\n"),
    "edge": ("edge_agent/injected.py", "import pyarrow\n"),
    "layers": ("schemas/injected.py", "import connectors.registry\n"),
    "drivers": ("connectors/drivers/opcua/injected.py", "import connectors.drivers.modbus_tcp.driver\n"),
    "inside-platform": ("platform_core/stores/injected.py", "import platform_core.api\n"),
    "acyclic": ("interlock/ports.py", "import interlock.up\n"),
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    binary = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [str(binary), "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "web", "*.json", "*.csv")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_dependencies_point_the_right_way(copy: Path) -> None:
    done = lint_imports(copy)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " 0 broken" in done.stdout


@pytest.mark.parametrize("contract", INJURIES)
def test_a_wrong_import_is_reported(copy: Path, contract: str) -> None:
    path, line = INJURIES[contract]
    target = copy / path
    old = target.read_text("utf-8") if target.exists() else ""
    assert target.parent.is_dir()
    target.write_text(old + line, "utf-8")
    done = lint_imports(copy)
    assert done.returncode != 0, f"{path} with {line!r} was let through"
    assert "injected" in done.stdout or ".ports -> .up" in done.stdout
