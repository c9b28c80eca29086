"""The agent's connection to real TLS brokers: believed only with the right CA, name and time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from edge_agent.publish.mqtt import MqttConnection, new_connection_id
from interlock.broker import BrokerTls, prepare
from platform_core.ingest.inbox import Inbox
from platform_core.sparkplug.link import SparkplugLink, SparkplugSettings
from schemas.errors import AuthError, ConfigError, ConnectError
from schemas.models.agent import BrokerConfig
from tests.support.certificates import Authority
from tests.support.processes import Processes, free_port

Start = Callable[[Path, Path, Path | None], int]


def mosquitto_path() -> str | None:
    return shutil.which("mosquitto") or (p if os.path.exists(p := "/usr/sbin/mosquitto") else None)


@pytest.fixture(params=["nats-server", "mosquitto"])
def start(request: pytest.FixtureRequest, processes: Processes, tmp_path: Path) -> Start:
    """Starts a broker with this certificate and key, which asks clients for one of this CA if given."""

    def nats(cert: Path, key: Path, client_ca: Path | None) -> int:
        port = free_port()
        args = prepare(
            tmp_path / "broker", tmp_path / "secrets", port=port, tenant="factory", edges=["line_1"],
            tls=BrokerTls("127.0.0.1", cert, key, client_ca),
        )  # fmt: skip
        processes.command("nats", args).wait_port(port)
        return port

    def mosquitto(cert: Path, key: Path, client_ca: Path | None) -> int:
        program = mosquitto_path()
        if program is None:
            pytest.skip("mosquitto is not installed")
        port = free_port()
        lines = [f"listener {port} 127.0.0.1", f"certfile {cert}", f"keyfile {key}", "allow_anonymous true"]
        lines += ["user root"] if os.geteuid() == 0 else []
        if client_ca is not None:
            lines += [f"cafile {client_ca}", "require_certificate true"]
        config = tmp_path / "mosquitto.conf"
        config.write_text("\n".join(lines) + "\n")
        processes.command("mosquitto", [program, "-c", str(config)]).wait_port(port)
        return port

    return nats if request.param == "nats-server" else mosquitto


async def connect(folder: Path, port: int, host: str = "127.0.0.1", **more: str) -> None:
    """Connects as the agent does; raises what the agent would show."""
    secret = folder / "secrets" / "edge_line_1.txt"
    login = {"username": "edge_line_1", "password_file": str(secret)} if secret.exists() else {}
    broker = BrokerConfig.model_validate({"url": f"mqtts://{host}:{port}", **login, **more})
    mqtt = MqttConnection(broker, folder, conn_id=new_connection_id(), on_message=lambda _topic, _payload: None)
    try:
        await mqtt.open(["il/v1/factory/edge/line_1/a"])
    finally:
        await mqtt.close()


async def refusal(folder: Path, port: int, host: str = "127.0.0.1", **more: str) -> str:
    with pytest.raises(AuthError) as caught:
        await connect(folder, port, host, **more)
    assert caught.value.code == "mqtt.certificate"
    return caught.value.message


async def test_the_right_ca_is_believed_and_no_other(start: Start, tmp_path: Path) -> None:
    ca, other = Authority(tmp_path / "ca"), Authority(tmp_path / "other")
    port = start(*ca.issue("server"), None)
    await connect(tmp_path, port, ca_file="ca/ca.pem")
    assert "not the one known here" in await refusal(tmp_path, port, ca_file=str(other.path))
    assert "not the one known here" in await refusal(tmp_path, port), "nor without any CA of our own"


async def test_an_expired_certificate_is_refused(start: Start, tmp_path: Path) -> None:
    ca = Authority(tmp_path / "ca")
    port = start(*ca.issue("server", days=(-30, -1)), None)
    assert "has expired" in await refusal(tmp_path, port, ca_file=str(ca.path))


async def test_a_certificate_of_tomorrow_is_refused(start: Start, tmp_path: Path) -> None:
    ca = Authority(tmp_path / "ca")
    port = start(*ca.issue("server", days=(1, 30)), None)
    assert "not valid yet" in await refusal(tmp_path, port, ca_file=str(ca.path))


async def test_a_certificate_for_another_name_is_refused(start: Start, tmp_path: Path) -> None:
    ca = Authority(tmp_path / "ca")
    port = start(*ca.issue("server", host="broker.example"), None)
    assert "for another name than 127.0.0.1" in await refusal(tmp_path, port, ca_file=str(ca.path))
    assert "for another name than localhost" in await refusal(tmp_path, port, "localhost", ca_file=str(ca.path))


async def test_a_broker_that_wants_certificates_takes_ours_and_refuses_a_strangers(
    start: Start, tmp_path: Path
) -> None:
    ca, other = Authority(tmp_path / "ca"), Authority(tmp_path / "other")
    port = start(*ca.issue("server"), ca.path)
    cert, key = ca.issue("line_1")
    await connect(tmp_path, port, ca_file=str(ca.path), cert_file=str(cert), key_file=str(key))
    stranger, its_key = other.issue("line_1")
    for more in ({}, {"cert_file": str(stranger), "key_file": str(its_key)}):
        with pytest.raises((AuthError, ConnectError)) as caught:
            await connect(tmp_path, port, ca_file=str(ca.path), **more)
        assert "certificate of this edge" in str(caught.value)


async def test_key_and_certificate_that_do_not_belong_together_are_told(tmp_path: Path) -> None:
    ca = Authority(tmp_path / "ca")
    cert, _ = ca.issue("one")
    _, key = ca.issue("two")
    with pytest.raises(ConfigError) as caught:
        await connect(tmp_path, 1, ca_file=str(ca.path), cert_file=str(cert), key_file=str(key))
    assert caught.value.code == "broker.cert_file"


# paho leaves the socket of a failed TLS hand-shake to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_sparkplug_host_believes_its_ca_and_shows_its_certificate(start: Start, tmp_path: Path) -> None:
    ca, clients = Authority(tmp_path / "ca"), Authority(tmp_path / "clients")
    port = start(*ca.issue("server"), clients.path)
    cert, key = clients.issue("host")
    both = tmp_path / "host_both.pem"
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    word = tmp_path / "secrets" / "core.txt"
    login = {"username": "core", "password": word.read_text().strip()} if word.exists() else {}
    right = SparkplugSettings("scada", f"mqtts://127.0.0.1:{port}", **login, ca_file=ca.path, client_file=both)
    host, stranger = SparkplugLink(right, Inbox()), SparkplugLink(replace(right, client_file=None), Inbox())
    unbelieving = SparkplugLink(replace(right, ca_file=None), Inbox())
    for link in (stranger, unbelieving, host):
        link.start()
    try:
        assert host.wait_until_up(30)
        assert not stranger.is_up
        assert not unbelieving.is_up
    finally:
        for link in (host, stranger, unbelieving):
            link.stop()
