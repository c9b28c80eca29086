"""How a service is started anew."""

from __future__ import annotations

import os
import shlex


def restart_commands(service: str | None, command: str | None) -> list[list[str]]:
    """The commands, one after another; none where nothing is to be restarted. The last one has to succeed."""
    if command:
        return [shlex.split(command, posix=os.name != "nt")]
    if not service:
        return []
    if os.name == "nt":
        return [["net", "stop", service], ["net", "start", service]]
    return [["systemctl", "restart", service]]
