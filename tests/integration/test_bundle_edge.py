"""The bundle for machines without Internet: installed into a fresh environment with no index, and only if untouched."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Nothing listens there: whoever asks an index fails.
OFFLINE = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_NO_INPUT": "1", "PIP_CONFIG_FILE": os.devnull}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked bundle of this machine."""
    folder = tmp_path_factory.mktemp("bundle")
    line = [sys.executable, str(ROOT / "deploy/edge/bundle.py"), "--output", str(folder)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (archive,) = folder.glob("*.zip")
    assert hashlib.sha256(archive.read_bytes()).hexdigest() in done.stdout
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder / archive.stem


def install(bundle: Path, target: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, str(bundle / "install.py"), "--target", str(target)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")} | OFFLINE
    return subprocess.run(line, capture_output=True, text=True, check=False, env=env, cwd=target.parent)


def test_it_is_installed_without_an_index_and_works(bundle: Path, tmp_path: Path) -> None:
    done = install(bundle, tmp_path / "agent")
    assert done.returncode == 0, done.stdout + done.stderr
    scripts = tmp_path / "agent" / "venv" / ("Scripts" if os.name == "nt" else "bin")
    config = ROOT / "tests/golden/agent_config/fine/agent.yaml"
    line = [str(scripts / "edge-agent"), "check", "-c", str(config)]
    checked = subprocess.run(line, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "fine. " in checked.stdout, checked.stderr
    # Really its own packages, and none of the platform's.
    code = "import edge_agent, importlib.util as u; print(edge_agent.__file__, u.find_spec('fastapi'))"
    said = subprocess.run(
        [str(scripts / "python"), "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert said.stdout.startswith(str(tmp_path / "agent"))
    assert said.stdout.strip().endswith("None")
    assert install(bundle, tmp_path / "agent").returncode == 0  # again, over it


@pytest.mark.parametrize("name", ["wheel", "requirements.txt", "more"])
def test_a_changed_bundle_is_refused_before_anything_is_installed(bundle: Path, tmp_path: Path, name: str) -> None:
    victim = next((bundle / "wheels").glob("pymodbus-*.whl")) if name == "wheel" else bundle / name
    if name == "more":
        victim = bundle / "wheels" / "numpy-99.0-py3-none-any.whl"
    before = victim.read_bytes() if victim.exists() else None
    victim.write_bytes((before or b"") + b"x")
    try:
        done = install(bundle, tmp_path / "agent")
    finally:
        if before is None:
            victim.unlink()
        else:
            victim.write_bytes(before)
    assert done.returncode == 1
    assert victim.name in done.stderr
    assert not (tmp_path / "agent").exists()


def test_every_wheel_is_in_the_bill_of_materials_with_its_hash_and_licence(bundle: Path) -> None:
    bill = json.loads((bundle / "sbom.cdx.json").read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    hashes = {part["hashes"][0]["content"]: part for part in bill["components"]}
    wheels = list((bundle / "wheels").glob("*.whl"))
    assert len(wheels) == len(hashes) > 20
    for wheel in wheels:
        part = hashes[hashlib.sha256(wheel.read_bytes()).hexdigest()]
        assert part["licenses"], part["name"]
        assert part["purl"].startswith("pkg:pypi/")


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bundle_edge", ROOT / "deploy/edge/bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_packages_of_another_machine_are_chosen_by_its_markers(script: ModuleType) -> None:
    lock = script.LOCK.read_text()
    windows = script.lock_for(lock, ["win_amd64"], "3.11")
    linux = script.lock_for(lock, ["manylinux2014_aarch64"], "3.12")
    assert "pywin32==" in windows
    assert "colorama==" in windows
    assert "pywin32==" not in linux
    for chosen in (windows, linux):
        assert chosen.count("\nnumpy==") == 1
        assert ";" not in chosen
    assert windows.count("--hash=sha256:") > 100
