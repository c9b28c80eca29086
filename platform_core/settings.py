"""Settings of one platform process, from its command line."""

from __future__ import annotations

import ipaddress
import json
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from platform_core.private_file import write_private
from platform_core.services.enrolment import BrokerPlace
from platform_core.services.write_targets import SimulatorSettings
from platform_core.sparkplug.link import SparkplugSettings
from schemas.errors import ConfigError
from schemas.models.tenant import DEFAULT_TENANT

WEB_FOLDER = Path(__file__).parent / "web"
DATA_FORMAT = 1
VERSION_FILE = "version.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data is, where to listen, which broker, which web app.

    ``broker_client_file``: key and certificate (one PEM) by which the broker knows the platform. ``agent_ca``: folder
    of the CA that gives agents client certificates; None: they get none.
    ``agent_broker_url`` is the broker's address as agents elsewhere reach it; empty: ``broker_url``.
    ``public_hosts`` are names, beside addresses and the machine's own, by which browsers may reach the platform.
    """

    data: Path
    listen_host: str = "127.0.0.1"
    listen_port: int = 8080
    broker_url: str = "mqtt://127.0.0.1:1883"
    broker_username: str = ""
    broker_password_file: Path | None = None
    broker_ca_file: Path | None = None
    broker_client_file: Path | None = None
    agent_ca: Path | None = None
    agent_broker_url: str = ""
    web: Path = WEB_FOLDER
    install_apps: tuple[Path, ...] = ()
    built_in_apps: bool = True
    tenant: str = DEFAULT_TENANT
    zone: str = "UTC"
    public_hosts: tuple[str, ...] = ()
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    simulator: SimulatorSettings | None = None
    sparkplug: SparkplugSettings | None = None
    log_level: str = field(default="info")

    @property
    def is_tls(self) -> bool:
        """Whether this process speaks HTTPS."""
        return self.tls_certificate is not None

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.listen_host).is_loopback
        except ValueError:
            return self.listen_host == "localhost"

    def agent_broker(self) -> BrokerPlace:
        """Where agents that are brought in find the broker. Raises ``ConfigError`` when the CA cannot be read."""
        try:
            ca = self.broker_ca_file.read_text("utf-8") if self.broker_ca_file is not None else ""
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError("settings.broker_ca", f"The broker's CA file cannot be read: {error}.") from error
        return BrokerPlace(self.agent_broker_url or self.broker_url, ca)

    def broker_password(self) -> str:
        """The password from its file. Raises ``ConfigError`` when it cannot be read."""
        if self.broker_password_file is None:
            return ""
        try:
            return self.broker_password_file.read_text("utf-8").strip()
        except OSError as error:
            raise ConfigError(
                "settings.broker_password", f"The broker's password file cannot be read: {error.strerror}."
            ) from error


def parse_listen(text: str) -> tuple[str, int]:
    """``host:port`` (IPv6 in brackets) → host and port. Raises ``ConfigError``."""
    parts = urlsplit(f"//{text}")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.path or parts.username is not None:
        raise ConfigError("settings.listen", f"{text!r} is not host:port.", hint="For example 127.0.0.1:8080.")
    return host, port


def prepare_data_folder(folder: Path) -> None:
    """Make the folder, and refuse one that a newer program has written (``ConfigError``, ``data.newer``)."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.name == "posix":
        folder.chmod(0o700)
    path = folder / VERSION_FILE
    if not path.exists():
        write_private(path, json.dumps({"format": DATA_FORMAT}) + "\n")
        return
    try:
        found = json.loads(path.read_text("utf-8"))["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError("data.version", f"{VERSION_FILE} in the data folder cannot be read.") from error
    if not isinstance(found, int) or found > DATA_FORMAT:
        raise ConfigError(
            "data.newer",
            f"The data folder has format {found}; this program knows up to {DATA_FORMAT}.",
            hint="Start the newer Interlock that wrote it.",
        )


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises ``ConfigError`` when the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere the option would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise ConfigError(
            "settings.listen",
            f"Cannot listen on {host}:{port}: {error.strerror}.",
            hint="Choose another port with --listen, or end the program that has it.",
        ) from error
    return listener
