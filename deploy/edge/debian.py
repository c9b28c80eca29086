"""`make deb-edge`: the bundle for machines without Internet as a Debian package, made without Debian's tools.

The package brings the bundle and the service; its installer does what `install.py` does by hand, the trial of an
update included. What people have made (/etc/interlock, the data folders) is in no package: no removal touches it.
Form: deb(5), deb-control(5).
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

BUNDLE: Final = PurePosixPath("usr/share/interlock-edge/bundle")
UNIT: Final = PurePosixPath("usr/lib/systemd/system/edge-agent@.service")
#: Ends of the names of platforms (of wheels, of this machine), and what Debian calls them.
ARCHITECTURES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "armv7l": "armhf", "i686": "i386"}

CONTROL: Final = """\
Package: interlock-edge
Version: {version}
Architecture: {architecture}
Maintainer: Interlock
Installed-Size: {size_kib}
Depends: python3 (>= {python}), python3 (<< {next_python}), python3-venv, passwd
Section: net
Priority: optional
Description: Interlock edge agent
 Reads machines (Modbus, OPC UA, S7, EtherNet/IP and more), keeps every value
 on disk until the platform has it, and sends it over MQTT. Nothing is fetched
 from the Internet.
"""

POSTINST: Final = """\
#!/bin/sh
# Installs the bundle beside the version that is there. With agents running the new version is on trial: what does
# worse than its predecessor gives the place back, and this script fails.
set -e
[ "$1" = configure ] || exit 0
root="${DPKG_ROOT:-}"
if [ -z "$root" ] && ! getent passwd interlock >/dev/null; then
    useradd --system --no-create-home --shell /usr/sbin/nologin --groups dialout interlock
fi
mkdir -p "$root/etc/interlock"
set -- --target "$root/opt/interlock"
for config in "$root"/etc/interlock/*/agent.yaml; do
    if [ -f "$config" ]; then set -- "$@" --config "$config"; fi
done
if [ -z "$root" ] && [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    if systemctl list-units --plain --no-legend --state=active 'edge-agent@*.service' | grep -q .; then
        set -- "$@" --restart "systemctl restart edge-agent@*.service"
    fi
fi
exec python3 "$root/usr/share/interlock-edge/bundle/install.py" "$@"
"""

PRERM: Final = """\
#!/bin/sh
set -e
if [ "$1" = remove ] && [ -z "${DPKG_ROOT:-}" ] && [ -d /run/systemd/system ]; then
    systemctl stop 'edge-agent@*.service'
fi
"""

POSTRM: Final = """\
#!/bin/sh
# Only programs: configurations and what waits to be sent stay, also after a purge.
set -e
if [ "$1" = remove ] || [ "$1" = purge ]; then rm -rf "${DPKG_ROOT:-}/opt/interlock"; fi
"""


def main(arguments: list[str] | None = None) -> int:
    """Makes a package of a bundle; the exit code."""
    parser = argparse.ArgumentParser(prog="deb-edge", description="A Debian package of a bundle of the edge agent.")
    parser.add_argument(
        "bundle", nargs="?", type=Path, help="a zip that `make bundle-edge` has made; left out: one is made"
    )
    options, for_bundle = parser.parse_known_args(arguments)
    made = make(options.bundle or _bundle(for_bundle))
    said = hashlib.sha256(made.read_bytes()).hexdigest()
    sys.stdout.write(f"{made}\n{made.stat().st_size / 1e6:.1f} MB, SHA-256 {said}\n")
    return 0


def make(bundle: Path) -> Path:
    """The package beside the bundle."""
    version, python, machine = _named(bundle.stem)
    architecture = _architecture(machine)
    files = _files(bundle)
    size_kib = -(-sum(len(content) for content in files.values()) // 1024)
    major, minor = map(int, python.split("."))
    control = CONTROL.format(
        version=version, architecture=architecture, size_kib=size_kib, python=python, next_python=f"{major}.{minor + 1}"
    )
    sums = "".join(
        f"{hashlib.md5(content, usedforsecurity=False).hexdigest()}  {path}\n" for path, content in files.items()
    )
    scripts = {"postinst": POSTINST, "prerm": PRERM, "postrm": POSTRM}
    about = {"control": control, "md5sums": sums} | scripts
    parts = {
        "debian-binary": b"2.0\n",
        "control.tar.gz": _tar({PurePosixPath(n): t.encode() for n, t in about.items()}, executable=set(scripts)),
        "data.tar": _tar(files, executable=set(), compressed=False),  # wheels are compressed already
    }
    target = bundle.with_name(f"interlock-edge_{version}_{architecture}.deb")
    target.write_bytes(b"!<arch>\n" + b"".join(_member(name, content) for name, content in parts.items()))
    return target


def _bundle(arguments: list[str]) -> Path:
    line = [sys.executable, str(Path(__file__).with_name("bundle.py")), *arguments]
    done = subprocess.run(line, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
    return Path(done.stdout.splitlines()[0])


def _named(stem: str) -> tuple[str, str, str]:
    """Version, Python and machine of a bundle, by its name."""
    try:
        version, python, machine = stem.removeprefix("interlock-edge-").split("-", 2)
    except ValueError:
        raise SystemExit(f"deb-edge: {stem} is not the name of a bundle of `make bundle-edge`") from None
    return version, python.removeprefix("py"), machine


def _architecture(machine: str) -> str:
    found = {debian for end, debian in ARCHITECTURES.items() if machine.endswith(end)}
    if len(found) != 1 or "win" in machine:
        raise SystemExit(f"deb-edge: there is no Debian for {machine}; known: {', '.join(sorted(ARCHITECTURES))}")
    return found.pop()


def _files(bundle: Path) -> dict[PurePosixPath, bytes]:
    """What the package brings, by its path below the root."""
    files: dict[PurePosixPath, bytes] = {}
    with zipfile.ZipFile(bundle) as packed:
        for name in sorted(packed.namelist()):
            within = PurePosixPath(name).relative_to(bundle.stem)
            files[BUNDLE / within] = packed.read(name)
    files[UNIT] = files[BUNDLE / "edge-agent@.service"]
    files[PurePosixPath("usr/share/doc/interlock-edge/copyright")] = files[BUNDLE / "LICENSE"]
    json.loads(files[BUNDLE / "sbom.cdx.json"])  # a bundle, and whole
    return files


def _tar(files: dict[PurePosixPath, bytes], *, executable: set[str], compressed: bool = True) -> bytes:
    """Files of root with the folders they are in; always the same bytes for the same files."""
    folders = sorted({parent for path in files for parent in path.parents if parent != PurePosixPath(".")})
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for folder in [PurePosixPath("."), *folders]:
            entry = tarfile.TarInfo("./" if folder == PurePosixPath(".") else f"./{folder}/")
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(_of_root(entry))
        for path, content in files.items():
            entry = tarfile.TarInfo(f"./{path}")
            entry.size, entry.mode = len(content), 0o755 if path.name in executable else 0o644
            archive.addfile(_of_root(entry), io.BytesIO(content))
    return gzip.compress(out.getvalue(), mtime=0) if compressed else out.getvalue()


def _of_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uname = entry.gname = "root"
    return entry


def _member(name: str, content: bytes) -> bytes:
    """A member of an ar archive, filled up to an even length."""
    head = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode("ascii")
    return head + content + b"\n" * (len(content) % 2)


if __name__ == "__main__":
    sys.exit(main())
