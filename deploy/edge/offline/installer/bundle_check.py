"""Whether a bundle is as it was made, by whom, and for this Python."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from installer.versions import Refused, Versions

SUMS, SIGNATURE, PUBLISHER = "SHA256SUMS", "SHA256SUMS.sig", "publisher.pem"
#: Run by the installed agent's Python, which has the library; argv: key, signature, signed file.
_VERIFY = """
import sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
key, signature, signed = (open(name, 'rb').read() for name in sys.argv[1:])
try:
    load_pem_public_key(key).verify(signature, signed)
except InvalidSignature:
    sys.exit(3)
"""

__all__ = ["Refused", "check_bundle", "check_python", "check_signature"]


def check_python(wanted: str) -> None:
    """Raises Refused where the packages are for another Python than this."""
    found = ".".join(str(part) for part in sys.version_info[:2])
    if found != wanted:
        raise Refused(f"These packages are for Python {wanted}, this is {found}. Run: python{wanted} install.py")


def check_bundle(folder: Path) -> None:
    """Raises Refused with every file that is missing, changed or too many."""
    if problems := _wrong_files(folder):
        raise Refused("These files are not as they were made; get the bundle again:\n  " + "\n  ".join(problems))


def _wrong_files(folder: Path) -> list[str]:
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
    except OSError:
        return [SUMS]
    known = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    problems = [f"wheels/{path.name}" for path in (folder / "wheels").glob("*") if f"wheels/{path.name}" not in known]
    for name, digest in known.items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            problems.append(name)
    return problems


def check_signature(folder: Path, root: Path, current: Path | None) -> None:
    """With a `publisher.pem` in the target folder only what this publisher has signed is taken. Raises Refused.

    The first installation of a signed bundle puts the key there; whoever compares its SHA-256 by hand trusts it once.
    """
    trusted, own, signature = root / PUBLISHER, folder / PUBLISHER, folder / SIGNATURE
    if not trusted.is_file():
        if own.is_file() and current is None:
            root.mkdir(parents=True, exist_ok=True)
            trusted.write_bytes(own.read_bytes())
        return
    if not signature.is_file():
        raise Refused(f"This bundle is not signed, and {trusted} asks for the signature of its publisher.")
    if current is None:
        raise Refused(f"The signature can only be checked by an installed agent. Remove {trusted} to install anew.")
    line = [str(Versions.python_of(current)), "-c", _VERIFY, str(trusted), str(signature), str(folder / SUMS)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        why = "was not made by" if done.returncode == 3 else f"cannot be checked ({done.stderr.strip()[-200:]}) for"
        raise Refused(f"The signature of this bundle {why} the publisher whose key is {trusted}.")
