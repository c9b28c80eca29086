"""Secrets planted everywhere a secret may stand: none of them is in the bundle, the log, the frames or the metrics."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import stat
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge_agent.cli import run_cli
from tests.integration.agent_rig import Rig
from tests.support.waiting import wait_until

SECRETS = {
    "http_password": "pw-http-7Kq2", "token_file": "tok-file-93Xw", "header": "hdr-plain-55Rt", "query": "qry-key-11Zz",
    "opcua_password": "pw-opcua-4Mn8", "private_key": "cHJpdmF0ZS1rZXktbGluZS0wMDAx",
}  # fmt: skip


class Echo:
    """An HTTP server that sends back what it was asked with, secrets and all."""

    def __init__(self) -> None:
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._up.wait(5)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._up.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                body = json.dumps({"speed": 42, "you_sent": head}).encode()
                writer.write(
                    f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nSet-Cookie: a=b\r\n\r\n".encode() + body
                )
                await writer.drain()
        writer.close()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    echo = Echo()
    echo.start()
    made = Rig(tmp_path)
    try:
        plant_secrets(made, echo.port)
        yield made
    finally:
        made.close()
        echo.stop()


def plant_secrets(rig: Rig, port: int) -> None:
    folder = rig.folder
    for name in ("http_password", "token_file", "opcua_password"):
        (folder / name).write_text(SECRETS[name] + "\n")
    (folder / "key.pem").write_text(
        f"-----BEGIN PRIVATE KEY-----\n{SECRETS['private_key']}\n-----END PRIVATE KEY-----\n"
    )
    (folder / "cert.pem").write_text("no certificate\n")
    tag = {"name": "speed", "address": f"/status?api_key={SECRETS['query']}#/speed", "type": "uint16"}
    http: dict[str, Any] = {"base_url": f"http://127.0.0.1:{port}", "headers": {"X-Own": SECRETS["header"]}}
    opcua = {
        "endpoint": "opc.tcp://127.0.0.1:1", "security_policy": "Basic256Sha256", "trust_folder": str(folder / "trust"),
        "certificate_file": str(folder / "cert.pem"), "private_key_file": str(folder / "key.pem"),
        "username": "operator", "password_file": str(folder / "opcua_password"),
    }  # fmt: skip
    basic = {"username": "reader", "password_file": str(folder / "http_password")}
    connections = yaml.safe_load(rig.config.read_text())["connections"]
    connections += [
        {"id": "web", "driver": "http_json", "config": {**http, **basic}, "tags": [tag]},
        {"id": "web_2", "driver": "http_json", "tags": [tag],
         "config": {**http, "header_files": {"Authorization": str(folder / "token_file")}}},
        {"id": "opc", "driver": "opcua", "config": opcua, "tags": [{"name": "t", "address": "i=2258"}]},
    ]  # fmt: skip
    rig.write_config(connections=connections, metrics={"listen": "127.0.0.1:0", "tags": True})


def all_secrets(rig: Rig) -> list[bytes]:
    """Each as text, in hex as a dump of frames has it, and as Basic authentication sends it."""
    texts = [*SECRETS.values(), rig.broker.edge_password_file().read_text().strip()]
    texts.append(base64.b64encode(f"reader:{SECRETS['http_password']}".encode()).decode())
    raw = [text.encode() for text in texts]
    return [*raw, *(one.hex(" ").encode() for one in raw), *(one.hex().encode() for one in raw)]


def test_no_planted_secret_is_in_the_bundle_or_the_log(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    agent = rig.agent()

    def speeds() -> int:
        run_cli(["tags", "web", "--json", "-c", str(rig.config)])
        return int(json.loads(capsys.readouterr().out)[0]["value"] or 0)

    wait_until(lambda: speeds() == 42, what="the web server was read")
    target = rig.folder / "bundle.zip"
    assert run_cli(["support-bundle", "-c", str(rig.config), "-o", str(target), "--values"]) == 0
    if sys.platform != "win32":
        assert stat.S_IMODE(os.stat(target).st_mode) == 0o600
    with zipfile.ZipFile(target) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    wanted = {"README.txt", "versions.json", "config.yaml", "status.json", "metrics.txt", "tags.jsonl", "log.jsonl",
              "spool.json", "files.json", "missing.txt", "frames/web.txt", "frames/dev_0000.txt"}  # fmt: skip
    assert wanted <= set(files)
    assert files["missing.txt"] == b"Nothing.\n"
    for secret in all_secrets(rig):
        for name, data in files.items():
            assert secret not in data, (secret, name)
        assert secret.decode() not in agent.log()
        assert secret not in (rig.data / "agent.log").read_bytes()
    shown = yaml.safe_load(files["config.yaml"])
    (web,) = [one for one in shown["connections"] if one["id"] == "web"]
    assert web["config"]["headers"] == {"X-Own": "***"}
    assert web["config"]["username"] == "reader"
    assert b"Collecting" in files["log.jsonl"]
    dumped = [part.partition("\n")[0] for part in files["frames/web.txt"].decode().split(" bytes: ")[1:]]
    assert any(b"you_sent" in bytes.fromhex(part) for part in dumped)
    assert json.loads(files["versions.json"])["packages"]["numpy"]
    assert b"tag_value" in files["metrics.txt"]


def test_values_are_in_it_only_when_asked_for(rig: Rig) -> None:
    rig.agent()
    wait_until(lambda: rig.metrics()["accepted_points_total"] > 100, what="points")
    target = rig.folder / "bundle.zip"
    assert run_cli(["support-bundle", "-c", str(rig.config), "-o", str(target), "--no-frames"]) == 0
    with zipfile.ZipFile(target) as bundle:
        names = bundle.namelist()
        assert not any(name.startswith("frames/") for name in names)
        assert b"tag_value" not in bundle.read("metrics.txt")
        assert b"tag_quality" in bundle.read("metrics.txt")
        assert b'"value"' not in bundle.read("tags.jsonl")
    assert run_cli(["support-bundle", "-c", str(rig.config), "-o", str(target)]) == 1


def test_a_bundle_of_an_agent_that_ended_has_its_spool_and_its_log(rig: Rig) -> None:
    agent = rig.agent()
    wait_until(lambda: rig.metrics()["accepted_points_total"] > 100, what="points")
    agent.kill()
    target = rig.folder / "bundle.zip"
    assert run_cli(["support-bundle", "-c", str(rig.config), "-o", str(target)]) == 0
    with zipfile.ZipFile(target) as bundle:
        spool = json.loads(bundle.read("spool.json"))
        assert spool["counter"]["accepted"] > 100
        assert spool["batches"]
        assert b"Collecting" in bundle.read("log.jsonl")
        assert b"no agent runs" in bundle.read("missing.txt")
    before = rig.metrics_of_spool(rig.data)
    assert before == spool["counter"]["accepted"]


def test_a_broken_configuration_still_gives_a_bundle_that_quotes_nothing(rig: Rig) -> None:
    broken = rig.folder / "broken.yaml"
    broken.write_text(
        "version: 1\nedge: line_1\nbroker: {url: 'mqtt://u:pw-in-url-9Q@h', password: pw-wrong-place-8W}\n"
    )
    target = rig.folder / "bundle.zip"
    assert run_cli(["support-bundle", "-c", str(broken), "-o", str(target)]) == 0
    with zipfile.ZipFile(target) as bundle:
        whole = b"".join(bundle.read(name) for name in bundle.namelist())
        assert b"/broker/password" in bundle.read("config_problems.txt")
    assert b"pw-in-url-9Q" not in whole
    assert b"pw-wrong-place-8W" not in whole
