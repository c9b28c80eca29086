"""`edge-agent trust`: which servers' certificates the agent believes, in the trust folders of its configuration."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_agent.config import load_config
from schemas.errors import ConfigError, InterlockError

if TYPE_CHECKING:
    from cryptography import x509

_STATES = ("trusted", "rejected")
_BYTES_MAX = 1 << 20
_FINGERPRINT = re.compile(r"[0-9a-f]{8,64}")


def add_trust(commands: Any) -> None:
    """Adds the command to the parser's sub-commands."""
    trust = commands.add_parser("trust", help="certificates of servers: list, add (from the rejected ones), remove")
    trust.add_argument("what", choices=["list", "add", "remove"])
    trust.add_argument("sha256", nargs="?", help="SHA-256 of the certificate, or its first 8 digits or more")
    trust.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")
    trust.set_defaults(command=_trust)


def _trust(options: argparse.Namespace) -> int:
    loaded = load_config(options.config)
    named = (one.config.get("trust_folder") for one in loaded.config.connections)
    folders = sorted({str(folder) for folder in named if folder})
    if not folders:
        raise ConfigError("trust.folder", "no connection has a trust_folder", hint="Give one in its config.")
    if options.what == "list":
        for folder in folders:
            print(folder)
            print("\n".join(_lines(Path(folder))) or "  no certificates")
        return 0
    wanted = (options.sha256 or "").replace(":", "").lower()
    if not _FINGERPRINT.fullmatch(wanted):
        raise ConfigError("trust.sha256", "which certificate?", hint="Give its SHA-256, as list shows it.")
    source, target = ("rejected", "trusted") if options.what == "add" else ("trusted", "rejected")
    print("\n".join(_move([Path(folder) for folder in folders], wanted, source, target)))
    return 0


def _move(folders: Sequence[Path], wanted: str, source: str, target: str) -> list[str]:
    found = [
        (folder, path, sha256)
        for folder in folders
        for path, sha256, _ in _certificates(folder / source)
        if sha256.startswith(wanted)
    ]
    if len({sha256 for _, _, sha256 in found}) != 1:
        many = "several certificates are" if found else "no certificate is"
        raise InterlockError("trust.which", f"{many} {source} with a SHA-256 that begins with {wanted}")
    for folder, path, sha256 in found:
        try:
            (folder / target).mkdir(mode=0o700, exist_ok=True)
            path.replace(folder / target / f"{sha256}{path.suffix}")
        except OSError as error:
            raise InterlockError("trust.move", f"{folder / target} cannot be written: {error.strerror}") from error
    return [f"{sha256} is now {target} in {folder}; it counts from the next connecting." for folder, _, sha256 in found]


def _lines(folder: Path) -> list[str]:
    return [
        f"  {state:8} {sha256}  {one.subject.rfc4514_string()!r}, until {one.not_valid_after_utc:%Y-%m-%d}"
        for state in _STATES
        for _, sha256, one in _certificates(folder / state)
    ]


def _certificates(folder: Path) -> list[tuple[Path, str, x509.Certificate]]:
    # Only this command needs the library; an agent that reads Modbus alone does not load it.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if not path.is_file() or path.stat().st_size > _BYTES_MAX:
            continue
        data = path.read_bytes()
        load = x509.load_pem_x509_certificate if b"-----BEGIN" in data else x509.load_der_x509_certificate
        try:
            one = load(data)
        except ValueError as error:
            raise InterlockError("trust.file", f"{path} is no certificate", hint="Take it out.") from error
        found.append((path, one.fingerprint(hashes.SHA256()).hex(), one))
    return found
