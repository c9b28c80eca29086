"""Loopback ports: is one free, is somebody there, and one that stays the same from start to start."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from interlock.datafolder import Refused, read_json, write_json

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether we could listen on the port."""
    with socket.socket() as probe:
        if os.name != "nt":  # there the option means the opposite: sharing a port in use
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except (OSError, OverflowError):
            return False
    return True


def answers(port: int) -> bool:
    """Whether something listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(0.3)
        return probe.connect_ex((LOOPBACK, port)) == 0


def need(port: int, what: str, option: str) -> int:
    """The port, which must be free; raises Refused."""
    if not 0 < port < 65536:
        raise Refused(f"{port} is no port: {option} takes a number from 1 to 65535.")
    if not is_free(port):
        raise Refused(f"Port {port}, wanted for {what}, is taken by another program. Name a free one with {option}.")
    return port


def any_free() -> int:
    """A free port of the system's choice."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def keep(path: Path, name: str, preferred: int = 0) -> int:
    """The port remembered under `name` in the file, the preferred one, or any; whichever is first to be free."""
    known = read_json(path)
    remembered = known.get(name)
    for port in (remembered, preferred):
        if isinstance(port, int) and port and is_free(port):
            break
    else:
        port = any_free()
    write_json(path, {**known, name: port})
    return port
