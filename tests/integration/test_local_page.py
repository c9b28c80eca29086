"""The agent's own page over HTTP: who gets in, what is shown, and that it works without a platform."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from edge_agent.local_page.password import PagePassword
from edge_agent.local_page.sessions import TRIES, PageSessions
from schemas.errors import ConfigError
from tests.e2e.test_device_writes import Device
from tests.support.processes import ROOT, Process, Processes
from tests.support.waiting import wait_until

PASSWORD = "a few unrelated words"
TAG = {"name": "speed", "address": "holding:0", "type": "uint16", "scale": 0.1, "unit": "1/min"}


class Page:
    """A running agent with its page, and a browser's cookie."""

    def __init__(
        self, folder: Path, processes: Processes, port: int, *, listen: str = "127.0.0.1:0",
        more: Sequence[dict[str, Any]] = (), empty: bool = False,
    ) -> None:  # fmt: skip
        self.folder = folder
        connections = [] if empty else [
            {"id": "press_1", "driver": "modbus_tcp", "config": {"host": "127.0.0.1", "port": port}, "scan_ms": 200,
             "tags": [dict(TAG), {"name": "gone", "address": "holding:4000", "type": "int16"}]},
            {"id": "off", "driver": "modbus_tcp", "config": {"host": "127.0.0.1", "port": 1}, "tags": [dict(TAG)]},
            *more,
        ]  # fmt: skip
        document = {
            "version": 1, "edge": "line_1", "broker": {"url": "mqtt://127.0.0.1:1"}, "data_dir": "data",
            "page": {"listen": listen}, "spool": {"disk_free_min_mb": 0}, "connections": connections,
        }  # fmt: skip
        (folder / "agent.yaml").write_text(yaml.safe_dump(document))
        self.agent: Process = processes.module("edge_agent", "run", "-c", folder / "agent.yaml", name="agent")
        self.cookie = ""

    def set_password(self, word: str = PASSWORD) -> str:
        line = [
            sys.executable,
            "-m",
            "edge_agent",
            "page",
            "password",
            "--stdin",
            "-c",
            str(self.folder / "agent.yaml"),
        ]
        done = subprocess.run(
            line, input=word + "\n", text=True, capture_output=True, cwd=ROOT, timeout=60, check=False
        )
        return done.stdout + done.stderr

    @property
    def address(self) -> str:
        path = self.folder / "data" / "page.addr"
        wait_until(path.exists, timeout_s=30, what=f"the page listens: {self.agent.log()}")
        return path.read_text().strip()

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any, dict[str, str]]:
        connection = http.client.HTTPConnection(self.address, timeout=30)
        sent = {"Cookie": self.cookie, "X-Interlock-Page": "1"} if headers is None else headers
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        try:
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        content = json.loads(text) if "json" in answer.headers.get("Content-Type", "") else text
        return answer.status, content, {name.lower(): value for name, value in answer.headers.items()}

    def log_in(self) -> None:
        status, _, headers = self.call("POST", "/api/login", {"password": PASSWORD})
        assert status == 200
        assert "HttpOnly" in headers["set-cookie"]
        assert "SameSite=Strict" in headers["set-cookie"]
        self.cookie = headers["set-cookie"].partition(";")[0]


@pytest.fixture
def device() -> Iterator[Device]:
    made = Device()
    yield made
    made.close()


def test_nobody_gets_in_without_a_password_of_his_own(tmp_path: Path, processes: Processes, device: Device) -> None:
    page = Page(tmp_path, processes, device.port)
    status, state, headers = page.call("GET", "/api/state")
    assert (status, state["signed_in"], state["password_set"]) == (200, False, False)
    assert "default-src 'none'" in headers["content-security-policy"]
    assert page.call("POST", "/api/login", {"password": ""})[0] == 403
    assert "10 to 200 characters" in page.set_password("short")
    assert "The password is set" in page.set_password()
    for path in ("/api/overview", "/api/tags?connection=press_1", "/api/none"):
        assert page.call("GET", path)[0] == 401
    for path in ("/api/register", "/api/doctor", "/api/browse", "/api/logout"):
        assert page.call("POST", path, {})[0] == 401
    # A form of another page cannot send our header.
    assert page.call("POST", "/api/login", {"password": PASSWORD}, headers={})[0] == 403
    page.log_in()
    kept = page.cookie
    assert page.call("GET", "/api/overview")[0] == 200
    assert page.call("POST", "/api/logout", {})[0] == 200
    page.cookie = kept
    assert page.call("GET", "/api/overview")[0] == 401
    for _ in range(TRIES[0]):
        page.call("POST", "/api/login", {"password": "wrong wrong wrong"})
    assert page.call("POST", "/api/login", {"password": PASSWORD})[0] == 429
    assert PASSWORD not in page.agent.log()
    assert PASSWORD not in (tmp_path / "data" / "page.json").read_text()


def test_what_is_shown_without_a_platform(tmp_path: Path, processes: Processes, device: Device) -> None:
    page = Page(tmp_path, processes, device.port)
    page.set_password()
    page.log_in()

    def connections() -> dict[str, Any]:
        return {one["id"]: one for one in page.call("GET", "/api/overview")[1]["connections"]}

    wait_until(lambda: connections()["press_1"]["up"] and connections()["off"]["error"], what="both were tried")
    overview = page.call("GET", "/api/overview")[1]
    assert overview["platform"]["connected"] is False
    assert connections()["press_1"]["bad_tags"] == 1
    tags = {one["tag"]: one for one in page.call("GET", "/api/tags?connection=press_1")[1]["tags"]}
    assert (tags["speed"]["value"], tags["speed"]["unit"], tags["speed"]["quality"]) == (10.0, "1/min", 0)
    assert tags["gone"]["value"] is None
    assert tags["gone"]["error"]
    asked = {"connection": "press_1", "address": "40001", "words": 2}
    status, reading, _ = page.call("POST", "/api/register", asked)
    assert status == 200
    assert reading["words"] == ["0064", "008c"]
    assert {"type": "uint16", "order": "AB", "value": 100} in [
        {name: one[name] for name in ("type", "order", "value")} for one in reading["forms"]
    ]
    status, found, _ = page.call("POST", "/api/doctor", {"connection": "off"})
    assert status == 200
    assert [one["severity"] for one in found["findings"]] == ["problem"]
    assert found["findings"][0]["next_step"]
    assert device.frames == []  # nothing was written


def test_a_certificate_is_trusted_and_no_longer(tmp_path: Path, processes: Processes, device: Device) -> None:
    folder = tmp_path / "trust"
    (folder / "rejected").mkdir(parents=True)
    sha256 = put_certificate(folder / "rejected" / "server.der", "Oven 3")
    config = {"endpoint": "opc.tcp://127.0.0.1:1", "security_policy": "Basic256Sha256", "trust_folder": str(folder)}
    page = Page(tmp_path, processes, device.port, more=[{"id": "oven", "driver": "opcua", "config": config}])
    page.set_password()
    assert page.call("GET", "/api/certificates")[0] == 401
    assert page.call("POST", "/api/trust", {"sha256": sha256, "state": "trusted"})[0] == 401
    page.log_in()
    (shown,) = page.call("GET", "/api/certificates")[1]["certificates"]
    assert (shown["state"], shown["sha256"], shown["subject"]) == ("rejected", sha256, "CN=Oven 3")
    assert page.call("POST", "/api/trust", {"sha256": "12", "state": "trusted"})[0] == 422
    assert page.call("POST", "/api/trust", {"sha256": "0" * 64, "state": "trusted"})[0] == 422
    for state in ("trusted", "rejected"):
        status, content, _ = page.call("POST", "/api/trust", {"sha256": sha256, "state": state})
        assert status == 200
        assert [one["state"] for one in content["certificates"]] == [state]
        assert [path.name for path in (folder / state).iterdir()] == [f"{sha256}.der"]


def put_certificate(path: Path, name: str) -> str:
    """A self-signed certificate; its SHA-256."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=30)).sign(key, hashes.SHA256())
    )  # fmt: skip
    path.write_bytes(made.public_bytes(serialization.Encoding.DER))
    return made.fingerprint(hashes.SHA256()).hex()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/register", b"{"), ("/api/register", b"[]"), ("/api/register", {"connection": 7, "address": "x"}),
        ("/api/register", {"connection": "none", "address": "40001"}),
        ("/api/register", {"connection": "press_1", "address": "nowhere"}),
        ("/api/doctor", {"connection": "x" * 600}), ("/api/browse", {"connection": "press_1", "parent": ""}),
        ("/api/register", b"[" * 60_000),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_told(
    tmp_path: Path, processes: Processes, device: Device, path: str, body: Any
) -> None:
    page = Page(tmp_path, processes, device.port)
    page.set_password()
    page.log_in()
    status, content, _ = page.call("POST", path, body)
    assert status == 422
    assert content["message"]
    assert page.call("GET", "/api/overview")[0] == 200


def test_too_much_gets_no_answer(tmp_path: Path, processes: Processes, device: Device) -> None:
    page = Page(tmp_path, processes, device.port)
    with pytest.raises((http.client.HTTPException, OSError)):
        page.call("POST", "/api/login", b"x" * 70_000)
    assert page.call("GET", "/api/state")[0] == 200
    assert page.call("PUT", "/api/state")[0] == 405


def test_the_network_sees_no_page_without_a_password(tmp_path: Path, processes: Processes, device: Device) -> None:
    page = Page(tmp_path, processes, device.port, listen="0.0.0.0:0")
    assert page.agent.popen.wait(30) == 2
    assert "edge-agent page password" in page.agent.log()


def test_a_damaged_password_file_matches_nothing(tmp_path: Path) -> None:
    password = PagePassword(tmp_path)
    assert not password.matches("")
    password.set(PASSWORD)
    assert password.matches(PASSWORD)
    assert not password.matches(PASSWORD + " ")
    (tmp_path / "page.json").write_text('{"salt": "", "hash": ""}')
    assert not password.matches("")
    (tmp_path / "page.json").write_text("{")
    assert not password.is_set
    with pytest.raises(ConfigError):
        password.set("x" * 201)


def test_sessions_end_and_tries_are_counted() -> None:
    now = [0.0]
    sessions = PageSessions(lambda: now[0])
    keys = [sessions.begin() for _ in range(40)]
    assert sessions.knows(keys[-1])
    assert not sessions.knows(keys[0])  # the oldest gave way
    now[0] = 9 * 3600.0
    assert not sessions.knows(keys[-1])
    assert not sessions.knows("")
    for _ in range(TRIES[0]):
        assert sessions.wait_s() == 0
        sessions.was_wrong()
    assert sessions.wait_s() > 0
    now[0] += TRIES[1] + 1
    assert sessions.wait_s() == 0
