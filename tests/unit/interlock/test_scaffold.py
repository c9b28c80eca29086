"""What `make new-driver` and `make new-component` write works, is tidy and is found, in a copy of the project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from interlock.scaffold.__main__ import write
from platform_core.component_lint import lint_folder
from schemas.models.driver import DriverManifest
from tests.contracts.tidy import problems_of
from tests.support.spoken_texts import spoken_in

ROOT = Path(__file__).resolve().parents[3]


def run(folder: Path, *line: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    return subprocess.run(
        [sys.executable, "-m", *line], cwd=folder, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("schemas", "connectors", "tests/conformance"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_a_new_driver_passes_conformance_its_tests_and_the_checks(copy: Path) -> None:
    done = run(copy, "interlock.scaffold", "driver", "my_protocol")
    assert done.returncode == 0, done.stdout + done.stderr
    names = sorted({word for word in done.stdout.split() if "my_protocol" in word and "/" in word})
    assert len(names) == 6
    driver = (copy / "connectors/drivers/my_protocol/driver.py").read_text("utf-8")
    chinese = json.loads((copy / "connectors/drivers/my_protocol/texts.zh-CN.json").read_text("utf-8"))
    assert spoken_in(driver) - set(chinese) == set()
    manifest = DriverManifest.model_validate_json((copy / "connectors/drivers/my_protocol/manifest.json").read_bytes())
    assert set(manifest.config_schema["properties"]) == {"host", "port", "timeout_ms"}
    assert not [problem for name in names for problem in problems_of(name, (copy / name).read_bytes())]
    code = [name for name in names if name.endswith(".py")]
    for line in (
        ("pytest", "-q", "-p", "no:cacheprovider", "tests/unit/connectors"),
        ("pytest", "-q", "-p", "no:cacheprovider", "tests/conformance/test_drivers.py", "-k", "TestMyProtocol"),
        ("ruff", "check", *code),
        ("ruff", "format", "--check", *code),
        ("mypy", "--strict", "-p", "connectors.drivers.my_protocol"),
    ):
        done = run(copy, *line)
        assert done.returncode == 0, f"{line}:\n{done.stdout[-3000:]}{done.stderr[-2000:]}"
        assert "no tests ran" not in done.stdout


def test_a_new_component_passes_the_linter(tmp_path: Path) -> None:
    files = {file.name: file for file in write(tmp_path, "component", "my_block")}
    assert sorted(files) == ["View.module.css", "View.test.tsx", "View.tsx", "component.json"]
    assert "export default function MyBlockView" in files["View.tsx"].read_text()
    assert lint_folder(files["component.json"].parent) == []


@pytest.mark.parametrize("name", ["", "My", "a b", "../x", "1x", "x" * 41, "driver", "a-b"])
def test_a_bad_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is no id"):
        write(tmp_path, "driver", name)
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write(tmp_path, "component", "my_block")
    with pytest.raises(ValueError, match="already a component 'my_block'"):
        write(tmp_path, "component", "my_block")


@pytest.mark.timeout(600)
@pytest.mark.skipif(not (ROOT / "app_designer/node_modules").is_dir(), reason="web packages are not installed")
def test_a_new_component_passes_the_web_checks(tmp_path: Path) -> None:
    web = tmp_path / "app_designer"
    shutil.copytree(ROOT / "app_designer", web, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (web / "node_modules").symlink_to(ROOT / "app_designer/node_modules")
    write(tmp_path, "component", "my_block")

    def tool(name: str, *args: str) -> str:
        line = [str(web / "node_modules/.bin" / name), *args]
        done = subprocess.run(line, cwd=web, capture_output=True, text=True, timeout=200, check=False)
        return done.stdout + done.stderr

    assert "Checked 4 files" in (told := tool("biome", "check", "components/my_block"))
    assert "Found" not in told, told
    assert "my_block" not in (told := tool("tsc", "--noEmit")), told
    for suite in (["components/my_block"], ["src/gallery/examples.test.tsx", "-t", "my_block "]):
        told = tool("vitest", "run", *suite)
        assert "failed" not in told, told
        assert "passed" in told, told
