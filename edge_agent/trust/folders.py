"""Trust folders of the configuration: which servers' certificates are trusted or rejected, and moving one over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from schemas.errors import ConfigError, InterlockError
from schemas.models.connection import ConnectionConfig

State = Literal["trusted", "rejected"]
STATES: Final[tuple[State, ...]] = ("trusted", "rejected")
_BYTES_MAX = 1 << 20
_FINGERPRINT = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class TrustEntry:
    """A certificate in a trust folder; `until` is the last day of its life, ISO 8601."""

    folder: Path
    path: Path
    state: State
    sha256: str
    subject: str
    until: str


def folders_of(connections: Sequence[ConnectionConfig]) -> list[Path]:
    """The trust folders that connections name."""
    named = (one.config.get("trust_folder") for one in connections)
    return [Path(folder) for folder in sorted({str(folder) for folder in named if folder})]


def entries(folders: Sequence[Path]) -> list[TrustEntry]:
    """Every certificate of the folders. Raises InterlockError for a file that is none."""
    return [entry for folder in folders for state in STATES for entry in _certificates(folder, state)]


def move(folders: Sequence[Path], sha256: str, target: State) -> list[TrustEntry]:
    """Moves a certificate, named by its SHA-256 or the first 8 digits or more of it, over to `target`.

    Raises ConfigError for what is no SHA-256, InterlockError where none or several begin so, or it cannot be moved.
    """
    wanted = sha256.replace(":", "").lower()
    if not _FINGERPRINT.fullmatch(wanted):
        raise ConfigError("trust.sha256", "which certificate?", hint="Give its SHA-256, as list shows it.")
    source = "rejected" if target == "trusted" else "trusted"
    found = [one for one in entries(folders) if one.state == source and one.sha256.startswith(wanted)]
    if len({one.sha256 for one in found}) != 1:
        many = "several certificates are" if found else "no certificate is"
        raise InterlockError("trust.which", f"{many} {source} with a SHA-256 that begins with {wanted}")
    for one in found:
        try:
            (one.folder / target).mkdir(mode=0o700, exist_ok=True)
            one.path.replace(one.folder / target / f"{one.sha256}{one.path.suffix}")
        except OSError as error:
            raise InterlockError("trust.move", f"{one.folder / target} cannot be written: {error.strerror}") from error
    return found


def _certificates(folder: Path, state: State) -> list[TrustEntry]:
    # Only who looks at certificates needs the library; an agent that reads Modbus alone does not load it.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    found = []
    place = folder / state
    for path in sorted(place.iterdir()) if place.is_dir() else []:
        if not path.is_file() or path.stat().st_size > _BYTES_MAX:
            continue
        data = path.read_bytes()
        load = x509.load_pem_x509_certificate if b"-----BEGIN" in data else x509.load_der_x509_certificate
        try:
            one = load(data)
        except ValueError as error:
            raise InterlockError("trust.file", f"{path} is no certificate", hint="Take it out.") from error
        sha256 = one.fingerprint(hashes.SHA256()).hex()
        until = f"{one.not_valid_after_utc:%Y-%m-%d}"
        found.append(TrustEntry(folder, path, state, sha256, one.subject.rfc4514_string(), until))
    return found
