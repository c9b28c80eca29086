"""Enrolled users at a real mosquitto: brought and taken away while a neighbour sends; it notices nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from interlock.enrolled import EnrolledUser
from interlock.mosquitto import BEGIN, END, MosquittoFiles, password_line, render_into, topic_filter
from platform_core.agent_certificates import AgentCertificates
from platform_core.broker_certificates import Authority
from tests.support.processes import Process, Processes, free_port
from tests.support.waiting import wait_until
from tests.unit.interlock.test_broker import Client

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = pytest.mark.skipif(MOSQUITTO is None or sys.platform == "win32", reason="mosquitto is not installed")
NEIGHBOUR = EnrolledUser("factory", "line_1", "edge_line_1", "n" * 32)
TOPIC = "il/v1/factory/edge/line_1/b/0"


@dataclass
class Mosquitto:
    """A running mosquitto with one user of its integrator's, and the files its users are brought to."""

    port: int
    folder: Path
    files: MosquittoFiles
    process: Process

    def write(self, *users: EnrolledUser) -> None:
        """What the platform writes when an agent is enrolled or revoked."""
        rows = [{"tenant": one.tenant, "edge": one.edge, "user": one.user, "password": one.password} for one in users]
        path = self.folder / "data/platform/broker_users.json"
        path.with_name("new").write_text(json.dumps({"version": 1, "users": rows}))
        os.replace(path.with_name("new"), path)

    def lets_in(self, user: str, word: str) -> bool:
        client = Client(self, user, word)  # type: ignore[arg-type]
        try:
            return client.connected.get(timeout=5)
        finally:
            client.client.disconnect()
            client.client.loop_stop()

    def client(self, user: str, word: str) -> Client:
        client = Client(self, user, word)  # type: ignore[arg-type]
        assert client.connected.get(timeout=5)
        return client


@pytest.fixture
def mosquitto(processes: Processes, tmp_path: Path) -> Mosquitto:
    port, conf = free_port(), tmp_path / "mosquitto.conf"
    files = MosquittoFiles(tmp_path / "passwords", tmp_path / "acl", tmp_path / "mosquitto.pid", "core")
    files.password_file.write_text(f"# ours\n{password_line('core', 'c' * 32)}\n{password_line('scada', 's' * 32)}\n")
    files.acl_file.write_text("topic read plant/notice\n\nuser scada\ntopic readwrite scada/#\n")
    lines = [f"listener {port} 127.0.0.1", "allow_anonymous false", "persistence false"]
    lines += [f"password_file {files.password_file}", f"acl_file {files.acl_file}", f"pid_file {files.pid_file}"]
    lines += ["user root"] if os.geteuid() == 0 else []
    conf.write_text("\n".join(lines) + "\n")
    (tmp_path / "data/platform").mkdir(parents=True)
    process = processes.command("mosquitto", [str(MOSQUITTO), "-c", str(conf)])
    process.wait_port(port)
    return Mosquitto(port, tmp_path, files, process)


def follow(processes: Processes, mosquitto: Mosquitto) -> Process:
    files = mosquitto.files
    line = [sys.executable, "-m", "interlock", "broker-users", "--data", str(mosquitto.folder / "data")]
    line += ["--password-file", str(files.password_file), "--acl-file", str(files.acl_file)]
    line += ["--pid-file", str(files.pid_file), "--core-user", "core", "--follow"]
    return processes.command("broker-users", line)


def test_a_neighbour_loses_nothing_while_users_come_and_go(processes: Processes, mosquitto: Mosquitto) -> None:
    mosquitto.write(NEIGHBOUR)
    follower = follow(processes, mosquitto)
    wait_until(lambda: mosquitto.lets_in(NEIGHBOUR.user, NEIGHBOUR.password), what=f"let in: {follower.log()}")
    platform, neighbour = mosquitto.client("core", "c" * 32), mosquitto.client(NEIGHBOUR.user, NEIGHBOUR.password)
    ends: list[int] = []
    neighbour.client.on_disconnect = lambda *_: ends.append(1)
    platform.client.on_disconnect = lambda *_: ends.append(2)
    assert platform.subscribe("il/v1/#")
    stop, sent = threading.Event(), 0

    def send() -> None:
        nonlocal sent
        while not stop.is_set():
            neighbour.client.publish(TOPIC, str(sent).encode())
            sent += 1
            time.sleep(0.002)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        new = [EnrolledUser("factory", f"line_{n}", f"edge_line_{n}", f"{n}" * 32) for n in range(2, 5)]
        for n in range(3):
            mosquitto.write(NEIGHBOUR, *new[: n + 1])
            wait_until(lambda: mosquitto.lets_in(new[n].user, new[n].password), what="the new user")  # noqa: B023
        revoked = mosquitto.client(new[0].user, new[0].password)
        cut = threading.Event()
        revoked.client.on_disconnect = lambda *_: cut.set()
        mosquitto.write(NEIGHBOUR, *new[1:])
        wait_until(cut.is_set, what="the revoked one is cut off")
        assert not mosquitto.lets_in(new[0].user, new[0].password)
        revoked.client.loop_stop()
        assert mosquitto.lets_in("scada", "s" * 32), "a user of the integrator's own stays"
    finally:
        stop.set()
        sender.join()
    got = [int(platform.messages.get(timeout=5)[1]) for _ in range(sent)]
    assert (got, ends) == (list(range(sent)), [])
    # The control: who is taken out is noticed by this very test.
    mosquitto.write(*new[1:])
    wait_until(lambda: ends == [1], what="the neighbour is cut off when it is revoked")
    for one in (platform, neighbour):
        one.client.disconnect()
        one.client.loop_stop()


def test_an_edge_has_its_own_topics_alone(mosquitto: Mosquitto) -> None:
    line_2 = EnrolledUser("factory", "line_2", "edge_line_2", "2" * 32)
    render_into(mosquitto.files, [NEIGHBOUR, line_2])
    os.kill(int(mosquitto.files.pid_file.read_text()), signal.SIGHUP)  # type: ignore[union-attr]
    wait_until(lambda: mosquitto.lets_in("edge_line_2", "2" * 32), what="the new user")
    platform, agent = mosquitto.client("core", "c" * 32), mosquitto.client("edge_line_2", "2" * 32)
    platform.subscribe("il/v1/#")
    agent.subscribe("il/v1/factory/edge/+/cmd")
    for topic in (TOPIC, "il/v1/factory/edge/line_2/cmd", "il/v1/factory/edge/line_2/b/0"):
        agent.client.publish(topic, topic.encode())
    assert platform.messages.get(timeout=5)[0] == "il/v1/factory/edge/line_2/b/0", "the others never came"
    for edge in ("line_1", "line_2"):
        platform.client.publish(f"il/v1/factory/edge/{edge}/cmd", edge.encode())
    assert agent.messages.get(timeout=5)[1] == b"line_2"
    assert agent.silent(), "nor what is another's to hear"
    for one in (platform, agent):
        one.client.disconnect()
        one.client.loop_stop()


def test_the_name_in_a_certificate_can_be_the_user(processes: Processes, tmp_path: Path) -> None:
    agents = AgentCertificates(tmp_path / "ca")
    agents.prepare()
    cert, key = Authority(tmp_path / "ca").server("127.0.0.1")
    files = MosquittoFiles(tmp_path / "passwords", tmp_path / "acl", tmp_path / "pid", "core")
    render_into(files, [NEIGHBOUR])
    port, conf = free_port(), tmp_path / "mosquitto.conf"
    lines = [f"listener {port} 127.0.0.1", f"certfile {cert}", f"keyfile {key}", f"cafile {agents.ca_file}"]
    lines += ["require_certificate true", "use_identity_as_username true", "persistence false"]
    lines += [f"acl_file {files.acl_file}", f"pid_file {files.pid_file}"]
    lines += ["user root"] if os.geteuid() == 0 else []
    ours = {user: agents.own(user) for user in ("core", NEIGHBOUR.user)}
    conf.write_text("\n".join(lines) + "\n")
    processes.command("mosquitto", [str(MOSQUITTO), "-c", str(conf)]).wait_port(port)

    def client(user: str) -> paho.Client:
        made = paho.Client(CallbackAPIVersion.VERSION2, client_id=os.urandom(8).hex())
        made.tls_set(str(tmp_path / "ca/broker_ca.pem"), str(ours[user]), str(ours[user]))
        made.connect("127.0.0.1", port)
        made.loop_start()
        wait_until(made.is_connected, what=f"{user} is let in")
        return made

    heard: list[str] = []
    platform, agent = client("core"), client(NEIGHBOUR.user)
    platform.on_message = lambda _c, _u, message: heard.append(f"{message.topic} {message.payload.decode()}")
    subscribed = threading.Event()
    platform.on_subscribe = lambda *_: subscribed.set()
    platform.subscribe("il/v1/#")
    assert subscribed.wait(10)
    agent.publish("il/v1/factory/edge/line_2/b/0", "forged")
    agent.publish(TOPIC, "mine")
    wait_until(lambda: heard == [f"{TOPIC} mine"], what=f"its own topic alone: {heard}")
    render_into(files, [])
    os.kill(int(files.pid_file.read_text()), signal.SIGHUP)  # type: ignore[union-attr]

    def unheard() -> bool:
        heard.clear()
        agent.publish(TOPIC, "later", qos=1).wait_for_publish(5)
        platform.publish("il/v1/factory/edge/line_1/cmd", "barrier").wait_for_publish(5)
        wait_until(lambda: any("barrier" in one for one in heard), what="what was sent after it")
        return not any("later" in one for one in heard)

    wait_until(unheard, what="a revoked one has no rights any more")
    for one in (platform, agent):
        one.disconnect()
        one.loop_stop()


def test_what_others_wrote_stays_and_the_same_users_come_once(tmp_path: Path) -> None:
    files = MosquittoFiles(tmp_path / "passwords", tmp_path / "acl", None, "core")
    files.password_file.write_text("scada:$7$x\n")
    files.password_file.chmod(0o640)
    files.acl_file.write_text("user scada\ntopic readwrite #\n")
    for _ in range(2):
        render_into(files, [NEIGHBOUR])
    passwords, acl = files.password_file.read_text().splitlines(), files.acl_file.read_text().splitlines()
    assert passwords[:2] == ["scada:$7$x", BEGIN]
    assert passwords[-1] == END
    assert len(passwords) == 4
    assert acl[:3] == ["user scada", "topic readwrite #", BEGIN]
    assert acl.count("user core") == acl.count("user edge_line_1") == 1
    assert "topic write il/v1/factory/edge/line_1/b/+" in acl
    assert "topic write spBv1.0/+/NBIRTH/line_1" in acl
    assert stat.S_IMODE(files.password_file.stat().st_mode) == 0o640
    render_into(files, [])
    assert "edge_line_1" not in files.password_file.read_text() + files.acl_file.read_text()


def test_what_cannot_be_told_apart_is_left_alone(tmp_path: Path) -> None:
    files = MosquittoFiles(tmp_path / "passwords", tmp_path / "acl")
    for text in (f"{BEGIN}\n", f"{END}\n", f"{BEGIN}\n{BEGIN}\n{END}\n", "edge_line_1:$7$x\n"):
        files.password_file.write_text(text)
        with pytest.raises(ValueError, match="passwords"):
            render_into(files, [NEIGHBOUR])
        assert files.password_file.read_text() == text
        assert not files.acl_file.exists()
    assert topic_filter("spBv1//0.*.NDATA.line_1") == "spBv1.0/+/NDATA/line_1"
    assert topic_filter("il-uns.line_1.>") == "il-uns/line_1/#"
