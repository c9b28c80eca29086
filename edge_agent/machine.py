"""Who this machine is, so that a copied installation is noticed: a hash, never the facts themselves."""

from __future__ import annotations

import hashlib
import importlib
import os
from pathlib import Path
from typing import Any

OVERRIDE = "INTERLOCK_MACHINE_ID"


def machine_id() -> str:
    """A stable hash of the operating system's machine id and its built-in network addresses.

    INTERLOCK_MACHINE_ID replaces the facts, for containers that get new ones at each start.
    """
    override = os.environ.get(OVERRIDE)
    facts = [override] if override else [_system_id(), *_built_in_addresses()]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]


def _system_id() -> str:
    for path in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        try:
            text = Path(path).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if text:
            return text
    return _windows_id()


def _windows_id() -> str:
    try:
        registry: Any = importlib.import_module("winreg")
    except ModuleNotFoundError:
        return ""
    try:
        with registry.OpenKey(registry.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key:
            return str(registry.QueryValueEx(key, "MachineGuid")[0])
    except OSError:
        return ""


def _built_in_addresses() -> list[str]:
    """MAC addresses of network cards on the board; what is plugged in (USB) may come and go."""
    found = []
    for card in sorted(Path("/sys/class/net").glob("*")):
        device = card / "device"
        try:
            if device.exists() and "usb" not in str(device.resolve()):
                found.append((card / "address").read_text(encoding="ascii").strip())
        except (OSError, UnicodeDecodeError):
            continue
    return sorted(set(found))
