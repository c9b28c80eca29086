"""The platform as a process: set-up over a real socket, live values, signals, refusals. No broker is needed."""

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

ROOT = Path(__file__).parents[2]
PASSWORD = "copper kettle on the roof"
STOP_MAX_S = 5.0


def _command(*words):
    return [sys.executable, "-m", "platform_core", *map(str, words)]


def _run(*words, text=None):
    return subprocess.run(_command(*words), input=text, capture_output=True, text=True, cwd=ROOT, timeout=60)


def _read_to_the_end(socket):
    while True:
        socket.recv(5)


class Served:
    """A serving platform; `stop` gives the seconds it took."""

    def __init__(self, data, *more):
        self.data = data
        (data / "status.json").unlink(missing_ok=True)  # of one that was killed
        self.out = (data.parent / "out.txt").open("w+")
        self.process = subprocess.Popen(
            _command("serve", "--data", data, "--listen", "127.0.0.1:0", "--broker", "mqtt://127.0.0.1:1", *more),
            cwd=ROOT,
            stdout=self.out,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 40
        while not (data / "status.json").exists():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.05)
        self.url = self.status()["url"]

    def status(self):
        return json.loads((self.data / "status.json").read_text())

    def output(self):
        return Path(self.out.name).read_text()

    def call(self, method, path, body=None, **headers):
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read() or b"null"), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read()), error.headers

    def stop(self, number=signal.SIGTERM):
        started = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(15)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.out.close()
        return time.monotonic() - started


@pytest.fixture
def served(tmp_path):
    made = Served(tmp_path / "platform")
    yield made
    made.stop()


def test_from_the_setup_link_to_live_values_to_a_clean_end(served):
    link = served.data / "setup-link.txt"
    url = link.read_text().strip()
    assert url == served.status()["setup_url"]
    token = url.partition("#token=")[2]
    if os.name == "posix":
        assert {stat.S_IMODE((served.data / name).stat().st_mode) for name in (link.name, "status.json")} == {0o600}
        assert stat.S_IMODE(served.data.stat().st_mode) == 0o700
    assert served.call("GET", "/api/v1/tags")[0] == 401
    status, session, headers = served.call(
        "POST", "/api/v1/auth/setup", {"token": token, "name": "mona", "password": PASSWORD}
    )
    assert (status, session["user"]["role"]) == (200, "admin")
    cookies = "; ".join(cookie.partition(";")[0] for cookie in headers.get_all("Set-Cookie"))
    assert served.call("GET", "/api/v1/health", Cookie=cookies)[1]["broker"] == {"up": False}

    again = {"token": token, "name": "eve", "password": PASSWORD}
    assert served.call("POST", "/api/v1/auth/setup", again)[0] == 403
    deadline = time.monotonic() + 5
    while served.status()["setup_url"] is not None:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert not link.exists()

    live = served.url.replace("http", "ws") + "/api/v1/live"
    headers = {"Cookie": cookies}
    with connect(live, subprotocols=["interlock.live.1"], origin=served.url, additional_headers=headers) as socket:
        socket.send('{"type":"sub","req":1,"ids":[1]}')
        assert json.loads(socket.recv(5))["type"] == "snap"
        while json.loads(socket.recv(5))["type"] != "beat":
            pass
        assert served.stop() <= STOP_MAX_S
        with pytest.raises(ConnectionClosed):
            _read_to_the_end(socket)
    assert served.process.returncode == 0
    assert not (served.data / "status.json").exists()
    output = (served.data.parent / "out.txt").read_text()
    assert "Traceback" not in output
    assert token not in output


def test_users_and_tokens_are_made_while_it_serves(served):
    added = _run("user", "add", "olga", "--role", "operator", "--password-stdin", "--data", served.data, text=PASSWORD)
    assert added.returncode == 0, added.stderr
    status, session, _ = served.call("POST", "/api/v1/auth/login", {"name": "olga", "password": PASSWORD})
    assert (status, session["user"]["role"]) == (200, "operator")
    created = _run("token", "create", "script", "--role", "viewer", "--data", served.data)
    token = created.stdout.strip()
    assert served.call("GET", "/api/v1/apps", Authorization=f"Bearer {token}")[0] == 200
    assert _run("token", "revoke", "script", "--data", served.data).returncode == 0
    assert served.call("GET", "/api/v1/apps", Authorization=f"Bearer {token}")[0] == 401
    easy = _run("user", "add", "eve", "--role", "admin", "--password-stdin", "--data", served.data, text="short")
    assert easy.returncode == 2
    assert "12 to 200 characters" in easy.stderr


def test_it_goes_on_where_it_was_killed(served):
    _run("user", "add", "mona", "--role", "admin", "--password-stdin", "--data", served.data, text=PASSWORD)
    served.stop(signal.SIGKILL)
    again = Served(served.data)
    try:
        assert again.status()["setup_url"] is None
        assert again.call("POST", "/api/v1/auth/login", {"name": "mona", "password": PASSWORD})[0] == 200
    finally:
        assert again.stop(signal.SIGINT) <= STOP_MAX_S


def test_a_second_one_on_the_same_data_is_refused(served):
    second = _run("serve", "--data", served.data, "--listen", "127.0.0.1:0")
    assert second.returncode == 2
    assert "error:" in second.stderr
    assert served.call("GET", "/healthz")[0] == 200


def test_it_is_not_reachable_from_outside_before_there_is_an_administrator(tmp_path):
    data = tmp_path / "platform"
    refused = _run("serve", "--data", data, "--listen", "0.0.0.0:0")
    assert refused.returncode == 2
    assert "no administrator" in refused.stderr
    _run("user", "add", "mona", "--role", "admin", "--password-stdin", "--data", data, text=PASSWORD)
    made = Served(data, "--listen", "0.0.0.0:0")  # the later option counts
    try:
        assert made.status()["setup_url"] is None
        port = made.url.rpartition(":")[2]
        made.url = f"http://127.0.0.1:{port}"
        assert made.call("GET", "/healthz")[0] == 200
    finally:
        made.stop()


def test_a_newer_data_folder_is_refused(tmp_path):
    data = tmp_path / "platform"
    data.mkdir()
    (data / "version.json").write_text('{"format": 99}')
    refused = _run("serve", "--data", data, "--listen", "127.0.0.1:0")
    assert refused.returncode == 2
    assert "format 99" in refused.stderr
    assert list(data.iterdir()) == [data / "version.json"]


def test_a_taken_port_is_told(served, tmp_path):
    port = served.url.rpartition(":")[2]
    refused = _run("serve", "--data", tmp_path / "other", "--listen", f"127.0.0.1:{port}")
    assert refused.returncode == 2
    assert "another port" in refused.stderr


def test_an_app_folder_may_come_later_than_the_platform(tmp_path):
    """The replay device writes its app when it has read its file; the platform does not wait for it."""
    folder = tmp_path / "late"
    served = Served(tmp_path / "platform", "--install-app", str(folder), "--no-built-in-apps")
    try:
        token = _run("token", "create", "script", "--data", served.data).stdout.strip()
        bearer = {"Authorization": f"Bearer {token}"}
        assert served.call("GET", "/api/v1/apps", **bearer)[1] == []
        page = {"format": 1, "id": "main", "title": {"en": "Main"}, "layout": {"lg": {"kind": "grid"}}}
        app = {"format": 1, "id": "late", "version": "1.0.0", "name": {"en": "Late"}, "home": "main"}
        (folder / "pages").mkdir(parents=True)
        (folder / "pages" / "main.json").write_text(json.dumps(page))
        (folder / "app.json").write_text(json.dumps(app))
        deadline = time.monotonic() + 10
        while not (apps := served.call("GET", "/api/v1/apps", **bearer)[1]):
            assert time.monotonic() < deadline, served.output()
            time.sleep(0.1)
        assert apps == [{"id": "late", "name": {"en": "Late"}, "icon": "", "release": 1, "archived": False}]
    finally:
        served.stop()


def test_the_committed_description_is_the_present_one():
    printed = _run("openapi")
    assert printed.returncode == 0, printed.stderr
    committed = (ROOT / "docs" / "reference" / "openapi.json").read_text("utf-8")
    assert printed.stdout == committed, "run: python -m platform_core openapi --output docs/reference/openapi.json"


def test_every_operation_is_described():
    document = json.loads((ROOT / "docs" / "reference" / "openapi.json").read_text("utf-8"))
    for path, item in document["paths"].items():
        for method, operation in item.items():
            where = f"{method} {path}"
            assert operation.get("summary"), where
            assert operation.get("description"), where
            assert all(parameter.get("description") for parameter in operation.get("parameters", [])), where
            assert "security" in operation, where
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        for field, content in schema.get("properties", {}).items():
            described = content if "$ref" not in content else schemas[content["$ref"].rpartition("/")[2]]
            assert described.get("description"), f"{name}.{field}"
