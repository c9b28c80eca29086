"""Which parts `interlock up` starts, with which command lines: broker, plant, platform, agents."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml

from interlock import broker, ports
from interlock.child import Part
from interlock.datafolder import DataFolder, Refused, read_json
from interlock.enrolled import FILE_NAME as ENROLLED_FILE
from interlock.enrolled import read_enrolled

TENANT = "factory"
DEMO_EDGE = "line_1"
REPLAY_EDGE = "replay"
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,45}")


@dataclass(frozen=True)
class Options:
    """What `interlock up` was asked for."""

    data: Path
    port: int = 8080
    mqtt_port: int = 0
    demo: bool = True
    broker_url: str = ""
    replay: tuple[Path, ...] = ()
    rows_per_s: float | None = None
    protocol: str = "modbus"
    hold: bool = True
    keep_time: bool = False
    repeat: int = 1
    zone: str = "UTC"
    agents_at: str = ""
    agent_certificates: bool = False
    sparkplug_host: str = ""


@dataclass(frozen=True)
class BrokerAccess:
    """How platform and agents reach the broker; passwords stay in files."""

    url: str
    core_user: str
    core_password_file: Path
    outside: bool = False
    ca_file: Path | None = None
    #: The address for agents on other machines; empty: the same.
    far_url: str = ""
    #: Folder of key and certificate of each of our users; None: the broker asks for none.
    client_folder: Path | None = None

    def client(self, user: str) -> Path | None:
        """Key and certificate of one of our users."""
        return None if self.client_folder is None else self.client_folder / f"client_{user}.pem"

    def edge(self, secrets: Path, edge: str) -> dict[str, object]:
        """The `broker` part of an agent's configuration."""
        if self.outside:
            user, file = self.core_user, self.core_password_file
        else:
            user, file = broker.edge_user(edge), secrets / f"{broker.edge_user(edge)}.txt"
        section: dict[str, object] = {"url": self.url}
        if self.ca_file is not None:
            section["ca_file"] = str(self.ca_file)
        if (client := self.client(user)) is not None:
            section |= {"cert_file": str(client), "key_file": str(client)}
        return section | ({"username": user, "password_file": str(file)} if user else {})


def module(name: str, *args: str | Path) -> list[str]:
    """Command line of a part, by module name."""
    return [sys.executable, "-m", name, *(str(arg) for arg in args)]


def outside_broker(url: str, folder: DataFolder) -> BrokerAccess:
    """Access to a broker that runs elsewhere; user and password from the URL or the environment."""
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise Refused(f"{url!r} is no broker address: write mqtt://host:1883 or mqtts://host:8883.")
    user = unquote(parts.username or "") or os.environ.get("INTERLOCK_BROKER_USER", "")
    word = unquote(parts.password or "") or os.environ.get("INTERLOCK_BROKER_PASSWORD", "")
    port = parts.port or (8883 if parts.scheme == "mqtts" else 1883)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    file = folder.secrets / "outside_broker.txt"
    broker.write_private(file, word + "\n")
    return BrokerAccess(f"{parts.scheme}://{host}:{port}", user, file, outside=True)


class Assembly:
    """The parts for one set of options; creates files only inside the data folder."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.folder = DataFolder(options.data.resolve())
        self.parts: list[Part] = []
        #: Writes the broker's configuration again; None where the broker is not ours.
        self.renew_broker: Callable[[], object] | None = None
        self.edge = REPLAY_EDGE if options.replay else DEMO_EDGE if options.demo else ""

    @property
    def address(self) -> str:
        """Where the browser goes."""
        return f"http://127.0.0.1:{self.options.port}"

    @property
    def edges(self) -> list[str]:
        """Edges with a folder on this machine that are to run now; the demo's only with its plant."""
        own = {file.parent.name for file in self.folder.agents.glob("*/agent.yaml")} - {DEMO_EDGE, REPLAY_EDGE}
        return sorted(own | ({self.edge} if self.edge else set()))

    def build(self) -> list[Part]:
        """All parts, in starting order; raises Refused when one cannot work."""
        options = self.options
        for file in options.replay:
            if not file.is_file():
                raise Refused(f"There is no file {file} to replay.")
        ports.need(options.port, "the web pages", "--port")
        if options.agent_certificates and not (options.agents_at or options.broker_url):
            raise Refused("--agent-certificates are of use with --agents-at or --broker mqtts://… only.")
        first: tuple[str, ...] = () if options.broker_url else ("broker",)
        access = outside_broker(options.broker_url, self.folder) if options.broker_url else self._broker()
        plant = self._plant() if self.edge else ()
        self._platform(access, first)
        for edge in self.edges:
            self._agent(edge, access, (*first, *(plant if edge == self.edge else ())))
        return self.parts

    def _broker(self) -> BrokerAccess:
        folder, wanted, far = self.folder, self.options.mqtt_port, self.options.agents_at
        if wanted:
            port = ports.need(wanted, "the broker", "--mqtt-port")
        else:
            kind, usual = ("mqtts", 8883) if far else ("mqtt", 1883)
            port = ports.keep(folder.broker / "port.json", kind, usual)
        tls, ca_file = self._broker_tls(far) if far else (None, None)

        def command() -> list[str]:
            return broker.prepare(
                folder.broker,
                folder.secrets,
                port=port,
                tenant=TENANT,
                edges=self.edges,
                enrolled=read_enrolled(folder.platform / ENROLLED_FILE),
                tls=tls,
            )

        try:
            command()
        except (FileNotFoundError, ValueError) as error:
            raise Refused(str(error)) from error
        self.renew_broker = command
        self.parts.append(Part("broker", command, lambda: ports.answers(port), stop_s=1.0, stop_turn=2))
        scheme = "mqtts" if far else "mqtt"
        host = f"[{far}]" if ":" in far else far
        return BrokerAccess(
            f"{scheme}://127.0.0.1:{port}",
            broker.CORE_USER,
            folder.secrets / "core.txt",
            ca_file=ca_file,
            far_url=f"mqtts://{host}:{port}" if far else "",
            client_folder=folder.secrets if self.options.agent_certificates else None,
        )

    def _broker_tls(self, host: str) -> tuple[broker.BrokerTls, Path]:
        """Certificates for a broker that other machines reach under this name or address, and their CA."""
        if not _HOST.fullmatch(host):
            raise Refused(f"{host!r} is no name or address of this machine: write it as agents will, as 192.168.1.10.")
        folder = self.folder.secrets
        line = module("platform_core", "enrol", "certificate", host, "--folder", folder)
        users = [broker.CORE_USER, *(broker.edge_user(edge) for edge in self.edges)]
        if self.options.agent_certificates:
            line += [word for user in users for word in ("--client", user)]
        made = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
        if made.returncode != 0:
            raise Refused(f"The broker's certificates in {folder} cannot be used: {made.stderr.strip()[-300:]}")
        files = (folder / "broker_tls.pem", folder / "broker_tls.key")
        client_ca = folder / "agents_ca.pem" if self.options.agent_certificates else None
        return broker.BrokerTls("::" if ":" in host else "0.0.0.0", *files, client_ca), folder / "broker_ca.pem"

    def _plant(self) -> tuple[str, ...]:
        folder = self.folder.plant
        ready = folder / "ready.json"
        arguments = self._replay_arguments() if self.options.replay else self._line_arguments()
        name = "replay" if self.options.replay else "plant"

        def command() -> list[str]:
            ready.unlink(missing_ok=True)
            return [*arguments, "--ready", str(ready), "--agent-config", str(folder / f"{name}.yaml")]

        restart = name == "plant"
        self.parts.append(Part(name, command, lambda: bool(read_json(ready)), stop_s=2.0, stop_turn=1, restart=restart))
        return (name,)

    def _line_arguments(self) -> list[str]:
        kept = self.folder.plant / "ports.json"
        broker.write_private(self.control_token_file, secrets.token_urlsafe(32) + "\n")
        line = module("connectors.peers.stamping_line", "--truth", self.folder.plant / "truth.jsonl")
        return [
            *line,
            *("--modbus-port", str(ports.keep(kept, "modbus", 5020))),
            *("--opcua-port", str(ports.keep(kept, "opcua", 4840))),
            *("--control-port", str(ports.keep(kept, "control"))),
            *("--control-token-file", str(self.control_token_file)),
        ]

    def _replay_arguments(self) -> list[str]:
        options = self.options
        line = module("connectors.peers.replay", *(file.resolve() for file in options.replay))
        line += ["--protocol", options.protocol, "--port", str(ports.any_free()), "--app", str(self.replay_app)]
        line += ["--zone", options.zone]
        if options.rows_per_s is not None:
            line += ["--rows-per-s", str(options.rows_per_s)]
        if options.repeat != 1:
            line += ["--repeat", str(options.repeat)]
        return line + ["--no-hold"] * (not options.hold) + ["--keep-time"] * options.keep_time

    @property
    def replay_app(self) -> Path:
        """Folder into which the replay writes the app for its file."""
        return self.folder.plant / "app"

    @property
    def control_token_file(self) -> Path:
        """Token with which the platform writes to the simulated line; made anew by each start."""
        return self.folder.secrets / "plant_control.txt"

    def _simulator(self) -> list[str]:
        """How the platform reaches the simulated line for writes; nothing while there is no such line."""
        if self.edge != DEMO_EDGE:
            return []
        port = read_json(self.folder.plant / "ports.json").get("control")
        line = ["--simulator", f"http://127.0.0.1:{port}", "--simulator-token-file", str(self.control_token_file)]
        return [*line, "--simulator-edge", DEMO_EDGE]

    def _platform(self, access: BrokerAccess, after: tuple[str, ...]) -> None:
        folder, options = self.folder.platform, self.options
        status = folder / "status.json"

        def command() -> list[str]:
            status.unlink(missing_ok=True)
            line = module("platform_core", "serve", "--data", folder, "--listen", f"127.0.0.1:{self.options.port}")
            line += ["--broker", access.url, "--zone", self.options.zone]
            if access.core_user:
                line += ["--broker-user", access.core_user, "--broker-password-file", str(access.core_password_file)]
            if self.options.replay:
                line += ["--install-app", str(self.replay_app)]
            if access.ca_file is not None:
                line += ["--broker-ca", str(access.ca_file)]
            if (client := access.client(access.core_user)) is not None:
                line += ["--broker-client", str(client)]
            if options.agent_certificates:
                line += ["--agent-ca", str(self.folder.secrets)]
            if access.far_url:
                line += ["--agent-broker", access.far_url]
            line += self._simulator()
            if self.options.sparkplug_host:
                line += ["--sparkplug-host", self.options.sparkplug_host]
            # The apps that come along show the simulated line: without it they would be empty.
            return line + ["--no-built-in-apps"] * (self.edge != DEMO_EDGE)

        ready: Callable[[], bool] = lambda: bool(read_json(status)) and ports.answers(self.options.port)  # noqa: E731
        self.parts.append(Part("platform", command, ready, after=after, stop_s=2.5, stop_turn=1))

    def _agent(self, edge: str, access: BrokerAccess, after: tuple[str, ...]) -> None:
        config = self.folder.agents / edge / "agent.yaml"

        def command() -> list[str]:
            if edge == self.edge:
                self._write_agent_config(config, edge, access)
            return module("edge_agent", "run", "-c", config)

        name = "agent" if edge == self.edge else f"agent-{edge}"
        self.parts.append(Part(name, command, after=after, stop_s=2.0, settle_s=1.0))

    def _write_agent_config(self, path: Path, edge: str, access: BrokerAccess) -> None:
        """What the plant offers, plus who this agent is and where its broker is."""
        source = self.folder.plant / ("replay.yaml" if self.options.replay else "plant.yaml")
        offered = yaml.safe_load(source.read_text("utf-8"))
        own = {
            "version": 1,
            "tenant": TENANT,
            "edge": edge,
            "broker": access.edge(self.folder.secrets, edge),
            "data_dir": "data",
            "metrics": {"listen": "127.0.0.1:0"},
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump({**offered, **own}, sort_keys=False, allow_unicode=True)
        temporary = path.with_name("agent.yaml.new")
        temporary.write_text("# Written again by each `interlock up`; copy it to change it.\n" + text, "utf-8")
        os.replace(temporary, path)
