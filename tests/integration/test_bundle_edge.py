"""The bundle for machines without Internet: installed into a fresh environment with no index, and only if untouched."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from edge_agent import __version__
from tests.support.processes import alive
from tests.support.waiting import wait_until

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


def install(bundle: Path, target: Path, *more: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, str(bundle / "install.py"), "--target", str(target), *more]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")} | OFFLINE
    return subprocess.run(line, capture_output=True, text=True, check=False, env=env, cwd=target.parent)


def agent_of(target: Path, name: str = "edge-agent") -> Path:
    return target / "venv" / ("Scripts" if os.name == "nt" else "bin") / name


def next_version(bundle: Path, folder: Path, version: str, *, defect: str = "") -> Path:
    """The same bundle as a later version; `defect` is put at the end of the agent's first module."""
    made = folder / f"bundle-{version}"
    shutil.copytree(bundle, made)
    (wheel,) = (made / "wheels").glob("interlock-*.whl")
    later = wheel.with_name(wheel.name.replace(f"-{__version__}-", f"-{version}-"))
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(later, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("METADATA") or name == "edge_agent/__init__.py":
                text = text.replace(__version__.encode(), version.encode(), 1)
            if name == "edge_agent/running.py":
                text += defect.encode()
            if not name.endswith("RECORD"):
                new.writestr(name.replace(f"-{__version__}.dist-info", f"-{version}.dist-info"), text)
        names = "".join(f"{name},,\n" for name in (*new.namelist(), f"interlock-{version}.dist-info/RECORD"))
        new.writestr(f"interlock-{version}.dist-info/RECORD", names)
    wheel.unlink()
    wanted = (made / "requirements.txt").read_text().split("\n")
    digest = hashlib.sha256(later.read_bytes()).hexdigest()
    own = f"interlock=={version} --hash=sha256:{digest}"
    (made / "requirements.txt").write_text("\n".join(own if one.startswith("interlock==") else one for one in wanted))
    script = (made / "install.py").read_text()
    (made / "install.py").write_text(script.replace(f'VERSION = "{__version__}"', f'VERSION = "{version}"'))
    sums(made)
    return made


def sums(bundle: Path) -> None:
    paths = sorted(path for path in bundle.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    text = "".join(f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.relative_to(bundle)}\n" for one in paths)
    (bundle / "SHA256SUMS").write_text(text)


def test_it_is_installed_without_an_index_and_gives_its_place_to_a_better_version_alone(
    bundle: Path, tmp_path: Path, service: Callable[[Path, Path], str]
) -> None:
    target = tmp_path / "agent"
    done = install(bundle, target)
    assert done.returncode == 0, done.stdout + done.stderr
    first = (target / "venv").resolve()
    config = a_configuration(tmp_path)
    line = [str(agent_of(target)), "check", "-c", str(config)]
    checked = subprocess.run(line, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "fine. " in checked.stdout, checked.stderr
    # Really its own packages, and none of the platform's.
    code = "import edge_agent, importlib.util as u; print(edge_agent.__file__, u.find_spec('fastapi'))"
    said = subprocess.run(
        [str(agent_of(target, "python")), "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert said.stdout.startswith(str(target))
    assert said.stdout.strip().endswith("None")

    # A configuration that is not fine is found before anything changes.
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("edge: line_1\n")
    refused = install(bundle, target, "--config", str(wrong))
    assert "does not find the configuration fine" in refused.stderr
    assert (target / "venv").resolve() == first
    assert [one.name for one in (target / "versions").iterdir() if one.is_dir()] == [first.name]

    # A version that does not run is tried and given up, and the one before collects on.
    restart = service(target, config)
    assert subprocess.run(shlex.split(restart), check=False).returncode == 0
    wait_until(lambda: status(target, config).get("version") == __version__, timeout_s=60, what="it runs")
    bad = next_version(bundle, tmp_path, "9.0.0", defect="\nraise RuntimeError('a defect')\n")
    tried = install(bad, target, "--config", str(config), "--restart", restart, "--watch-s", "4")
    assert tried.returncode == 1
    assert "was tried and given up" in tried.stderr, tried.stdout + tried.stderr
    assert (target / "venv").resolve() == first
    wait_until(lambda: status(target, config).get("version") == __version__, timeout_s=60, what="the old one is back")


def a_configuration(folder: Path) -> Path:
    """An agent of one simulated connection and a broker that is not there."""
    config = folder / "agent.yaml"
    config.write_text(
        "version: 1\nedge: line_1\nbroker: {url: 'mqtt://127.0.0.1:1'}\nconnections:\n"
        "  - {id: plc, driver: modbus_tcp, config: {host: 127.0.0.1, port: 1, unit: 1}, "
        "tags: [{name: t, address: 'holding:1', type: uint16}]}\n"
    )
    return config


def status(target: Path, config: Path) -> dict[str, Any]:
    line = [str(agent_of(target)), "status", "--json", "-c", str(config)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    found: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
    return found


RESTART = """
import os, pathlib, signal, subprocess, sys, time
pid_file, log, *line = sys.argv[1:]
path = pathlib.Path(pid_file)
if path.exists():
    pid = int(path.read_text())
    try:
        os.kill(pid, signal.SIGTERM)
        for _ in range(200):
            time.sleep(0.05)
            os.kill(pid, 0)
    except ProcessLookupError:
        pass
with open(log, "ab") as out:
    child = subprocess.Popen(line, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True)
path.write_text(str(child.pid))
"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Callable[[Path, Path], str]]:
    """What a service manager does, as a command: end the agent that runs, start the one that `venv` leads to."""
    script, pid_file = tmp_path / "restart.py", tmp_path / "agent.pid"
    script.write_text(RESTART)

    def command(target: Path, config: Path) -> str:
        agent = [str(agent_of(target)), "run", "-c", str(config)]
        return shlex.join([sys.executable, str(script), str(pid_file), str(tmp_path / "agent.log"), *agent])

    yield command
    if pid_file.exists():
        pid = int(pid_file.read_text())
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not alive(pid), what="the agent has ended")


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


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="this machine has no dpkg")
def test_a_debian_package_installs_keeps_and_removes(bundle: Path, tmp_path: Path) -> None:
    line = [sys.executable, str(ROOT / "deploy/edge/debian.py"), str(bundle.parent / f"{bundle.name}.zip")]
    made = subprocess.run(line, capture_output=True, text=True, check=True)
    package = Path(made.stdout.splitlines()[0])
    about = subprocess.run(["dpkg-deb", "--info", str(package)], capture_output=True, text=True, check=True).stdout
    assert f"Version: {__version__}\n" in about
    root, broken = tmp_path / "root", tmp_path / "root/etc/interlock/line_1/agent.yaml"
    (root / "var/lib/dpkg/info").mkdir(parents=True)
    (root / "var/lib/dpkg/updates").mkdir()
    (root / "var/lib/dpkg/status").touch()

    def dpkg(*what: str) -> subprocess.CompletedProcess[str]:
        # Scripts run outside the root, which holds nothing else, and are told of it.
        forced = ["--force-not-root", "--force-script-chrootless", "--force-depends", "--force-bad-path"]
        env = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")} | OFFLINE
        return subprocess.run(
            ["dpkg", f"--root={root}", *forced, *what], capture_output=True, text=True, check=False, env=env
        )

    first = dpkg("--install", str(package))
    assert first.returncode == 0, first.stderr
    agent = agent_of(root / "opt/interlock")
    assert __version__ in subprocess.run([agent, "--version"], capture_output=True, text=True, check=True).stdout
    assert (root / "usr/lib/systemd/system/edge-agent@.service").is_file()
    there = os.readlink(root / "opt/interlock/venv")
    broken.parent.mkdir(parents=True)
    broken.write_text("version: 1\nedge: line_1\n")
    update = dpkg("--install", str(package))
    assert update.returncode != 0
    assert "does not find the configuration fine" in update.stderr
    assert os.readlink(root / "opt/interlock/venv") == there
    removed = dpkg("--purge", "interlock-edge")
    assert removed.returncode == 0, removed.stderr
    assert not (root / "opt/interlock").exists()
    assert broken.is_file()


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
