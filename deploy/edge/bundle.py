"""`make bundle-edge`: everything an agent needs on a machine without Internet, in one zip.

Wheels of the locked packages (each checked by its hash) and of Interlock itself, an installer, hashes of all files and
a list of components (CycloneDX). `--platform win_amd64 --python 3.11` makes it for another machine.
"""

from __future__ import annotations

import argparse
import email
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from packaging.requirements import Requirement

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LOCK = ROOT / "requirements" / "edge.lock"
SUMS = "SHA256SUMS"


def main(arguments: list[str] | None = None) -> int:
    """Makes the bundle; the exit code."""
    parser = argparse.ArgumentParser(prog="bundle-edge", description="An edge agent for machines without Internet.")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="folder of the zip; left out: dist")
    parser.add_argument(
        "--platform", action="append", default=[], help="wheels for this platform, not for this machine"
    )
    parser.add_argument("--python", help="version of Python there, such as 3.11; left out: this one")
    parser.add_argument("--sign", type=Path, metavar="KEY", help="sign it with this Ed25519 key (PEM)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        wheels = folder / "wheels"
        wheels.mkdir()
        own = _build(wheels)
        _download(wheels, options.platform, options.python)
        python = options.python or ".".join(platform.python_version_tuple()[:2])
        version = _metadata(own)["Version"]
        _requirements(folder, own, version)
        (folder / "sbom.cdx.json").write_text(json.dumps(_components(wheels, version), indent=1) + "\n", "utf-8")
        (folder / "installer").mkdir()
        for path in (HERE / "offline" / "installer").glob("*.py"):
            shutil.copyfile(path, folder / "installer" / path.name)
        for name in ("install.py", "README.txt"):
            text = (HERE / "offline" / name).read_text("utf-8")
            (folder / name).write_text(text.replace("@PYTHON@", python).replace("@VERSION@", version), "utf-8")
        shutil.copyfile(ROOT / "LICENSE", folder / "LICENSE")
        shutil.copyfile(ROOT / "deploy" / "systemd" / "edge-agent@.service", folder / "edge-agent@.service")
        key = None if options.sign is None else _signing_key(options.sign, folder)
        _sums(folder)
        if key is not None:
            (folder / f"{SUMS}.sig").write_bytes(key.sign((folder / SUMS).read_bytes()))
        machine = "-".join(options.platform) or f"{sys.platform}-{platform.machine()}".lower()
        target = options.output / f"interlock-edge-{version}-py{python}-{machine}.zip"
        _zip(folder, target)
    said = hashlib.sha256(target.read_bytes()).hexdigest()
    sys.stdout.write(f"{target}\n{target.stat().st_size / 1e6:.1f} MB, SHA-256 {said}\n")
    return 0


def _pip(*arguments: str) -> None:
    line = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    subprocess.run(line, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _build(wheels: Path) -> Path:
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT))
    (own,) = wheels.glob("interlock-*.whl")
    return own


def _download(wheels: Path, platforms: list[str], python: str | None) -> None:
    if not platforms and not python:
        _pip("download", "--require-hashes", "-r", str(LOCK), "--only-binary=:all:", "--dest", str(wheels))
        return
    version = python or ".".join(platform.python_version_tuple()[:2])
    for_other = [part for name in platforms for part in ("--platform", name)] + ["--python-version", version]
    lines = wheels.parent / "download.txt"
    lines.write_text(lock_for(LOCK.read_text("utf-8"), platforms, version), "utf-8")
    # Every package stands in the lock: those it needs are not looked for, and markers would be judged for this machine.
    more = ["--no-deps", "--only-binary=:all:", "--dest", str(wheels), *for_other]
    _pip("download", "--require-hashes", "-r", str(lines), *more)
    lines.unlink()


def lock_for(lock: str, platforms: list[str], python: str) -> str:
    """The requirements of a lock file that hold on another machine. pip judges their markers for the one it runs on."""
    windows = any(name.startswith("win") for name in platforms)
    there = {
        "sys_platform": "win32" if windows else sys.platform, "os_name": "nt" if windows else os.name,
        "platform_system": "Windows" if windows else platform.system(), "python_version": python,
        "python_full_version": f"{python}.0", "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }  # fmt: skip
    kept = []
    for entry in re.findall(r"^(?![#\s]).+(?:\n[ \t]+.*)*", lock, re.M):
        head, *hashes = entry.split("\n")
        requirement = Requirement(head.rstrip("\\ "))
        if requirement.marker is None or requirement.marker.evaluate(there):
            requirement.marker = None
            kept.append("\n".join([f"{requirement} \\", *(line for line in hashes if "--hash" in line)]))
    return "\n".join(kept) + "\n"


def _requirements(folder: Path, own: Path, version: str) -> None:
    """The lock and one line more for Interlock's own wheel, so that pip checks every hash once more."""
    line = f"interlock=={version} --hash=sha256:{hashlib.sha256(own.read_bytes()).hexdigest()}\n"
    (folder / "requirements.txt").write_text(LOCK.read_text("utf-8") + line, "utf-8")


def _metadata(wheel: Path) -> email.message.Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        return email.message_from_bytes(archive.read(name))


def _components(wheels: Path, version: str) -> dict[str, Any]:
    """The bill of materials, CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/)."""
    components = []
    for wheel in sorted(wheels.glob("*.whl")):
        about = _metadata(wheel)
        name = re.sub(r"[-_.]+", "-", about["Name"]).lower()
        component: dict[str, Any] = {
            "type": "library", "name": name, "version": about["Version"], "purl": f"pkg:pypi/{name}@{about['Version']}",
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}],
        }  # fmt: skip
        classes = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier", []) if line.startswith("License")]
        if expression := about["License-Expression"]:
            component["licenses"] = [{"expression": expression}]
        elif names := classes or (about["License"] or "").strip().splitlines()[:1]:
            component["licenses"] = [{"license": {"name": name[:100]}} for name in names]
        components.append(component)
    about_all = {"component": {"type": "application", "name": "interlock-edge", "version": version}}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": about_all,
        "components": components,
    }


def _signing_key(path: Path, folder: Path) -> Ed25519PrivateKey:
    """The publisher's key; its public half goes into the bundle."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise SystemExit(f"bundle-edge: {path} is no private key without a password: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SystemExit(f"bundle-edge: {path} is no Ed25519 key; make one: openssl genpkey -algorithm ed25519")
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "publisher.pem").write_bytes(public)
    return key


def _sums(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in files
    ]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def _zip(folder: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:  # wheels are compressed already
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(path, f"{target.stem}/{path.relative_to(folder).as_posix()}")


if __name__ == "__main__":
    sys.exit(main())
