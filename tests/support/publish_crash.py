"""Publishing and going back in a loop against a real platform that is killed at random moments, and the judge of it."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
APP = {"format": 1, "id": "line", "version": "0.0.0", "name": {"en": "Line"}, "home": "main"}
PAGE = {"format": 1, "id": "main", "title": {"en": "Main"}, "layout": {"lg": {"kind": "grid"}}}
MESSAGE = "Making a release takes a moment, so that a kill falls into it now and then. " * 400


def digest(files: dict[str, Any]) -> str:
    """Hash of a release, made here once more: the judge shares no code with the product."""
    text = json.dumps(files, ensure_ascii=False, sort_keys=True, indent=2) + "\n"
    return hashlib.sha256(text.encode()).hexdigest()


class Platform:
    """A platform process and a token for it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.token = ""

    def start(self) -> None:
        """Start it, on a free port; makes a token when there is none."""
        if not self.token:
            line = [sys.executable, "-m", "platform_core", "token", "create", "judge", "--role", "builder"]
            made = subprocess.run([*line, "--data", self.data], cwd=ROOT, capture_output=True, text=True, check=True)
            self.token = made.stdout.strip()
        status = self.data / "status.json"
        status.unlink(missing_ok=True)
        line = [sys.executable, "-m", "platform_core", "serve", "--data", str(self.data), "--listen", "127.0.0.1:0"]
        line += ["--broker", "mqtt://127.0.0.1:1", "--no-built-in-apps", "--log-level", "error"]
        self.process = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not status.exists():
            assert self.process.poll() is None, "the platform ended"
            assert time.monotonic() < deadline, "the platform does not start"
            time.sleep(0.02)
        self.url = json.loads(status.read_text())["url"]

    def kill(self) -> None:
        """SIGKILL: nothing is tidied up."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any, Any]:
        """Status, JSON and headers. Raises ``OSError`` when the platform is not there."""
        request = urllib.request.Request(self.url + "/api/v1/apps" + path, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null"), answer.headers
        except urllib.error.HTTPError as error:
            told = json.loads(error.read() or b"null")
            if error.code == 429:  # nothing was done: asked again as the answer says, which may be after a kill
                time.sleep(1.0)
                return self.call(method, path, body, **headers)
            return error.code, told, error.headers


class Publisher(threading.Thread):
    """Writes, publishes and goes back until the platform is gone; ``done`` is what it was told is done."""

    def __init__(self, platform: Platform, seed: int, version: int) -> None:
        super().__init__(daemon=True)
        self.platform = platform
        self.random = random.Random(seed)
        self.version = version
        #: Numbers of releases that may be current now: the last one confirmed, and the one under way.
        self.maybe: set[int | str] = set()
        self.draft: dict[str, Any] = {}
        self.releases: dict[int, str] = {}
        self.defect = ""

    def run(self) -> None:
        """Until the connection breaks."""
        try:
            while True:
                self._publish()
                if self.releases and self.random.random() < 0.7:
                    self._choose(self.random.choice(sorted(self.releases)))
        except (OSError, ValueError):
            return
        except AssertionError as error:
            self.defect = str(error)

    def _publish(self) -> None:
        self.version += 1
        document = {**APP, "version": f"1.{self.version}.0", "name": {"en": MESSAGE}}
        _, _, headers = self.platform.call("GET", "/line/draft/files/app.json")
        status, told, _ = self.platform.call("PUT", "/line/draft/files/app.json", document, If_Match=headers["ETag"])
        assert status == 200, told
        self.draft = document
        self.maybe.add("new")
        status, told, _ = self.platform.call("POST", "/line/releases", {"note": str(self.version)})
        assert status == 201, told
        self.releases[told["no"]] = told["hash"]
        self.maybe = {told["no"]}

    def _choose(self, no: int) -> None:
        self.maybe.add(no)
        status, told, _ = self.platform.call("PUT", "/line/releases/current", {"no": no})
        assert status == 200, told
        self.maybe = {no}


def judge(platform: Platform, publisher: Publisher) -> None:
    """After a kill: the old or the new release is live, all are readable and what they were, the draft is whole."""
    assert not publisher.defect, publisher.defect
    status, current, _ = platform.call("GET", "/line/releases/current")
    assert status == 200, "no release is live"
    _, listed, _ = platform.call("GET", "/line/releases")
    numbers = [release["no"] for release in listed]
    assert numbers == list(range(len(numbers), 0, -1)), "a number is missing"
    live = current["release"]["no"]
    newest_is_new = numbers[0] not in publisher.releases
    assert live in publisher.maybe or ("new" in publisher.maybe and newest_is_new and live == numbers[0]), (
        f"release {live} is live, expected one of {publisher.maybe}"
    )
    for no, told in publisher.releases.items():
        _, release, _ = platform.call("GET", f"/line/releases/{no}")
        assert release["hash"] == told == digest(release["files"]), f"release {no} is not what it was"
    for no in set(numbers) - set(publisher.releases):
        _, release, _ = platform.call("GET", f"/line/releases/{no}")
        assert release["hash"] == digest(release["files"]), f"release {no} is damaged"
        publisher.releases[no] = release["hash"]
    _, draft, _ = platform.call("GET", "/line/draft")
    files = {file["path"]: file["content"] for file in draft["files"]}
    assert files["pages/main.json"] == PAGE, "a file of the draft is lost"
    kept = publisher.draft.get("version"), f"1.{publisher.version}.0"
    assert files["app.json"]["version"] in kept, "the draft is neither as before nor as written"


def rounds(data: Path, count: int, seed: int, longest_s: float) -> int:
    """Kill and judge so many times; returns how many releases there are in the end."""
    platform = Platform(data)
    platform.start()
    try:
        for path, document in (("app.json", APP), ("pages/main.json", PAGE)):
            status, told, _ = platform.call("PUT", f"/line/draft/files/{path}", document, If_None_Match="*")
            assert status == 200, told
        status, told, _ = platform.call("POST", "/line/releases", {"note": "first"})
        assert status == 201, told
        known, current, version, draft = {told["no"]: told["hash"]}, {told["no"]}, 0, APP
        moments = random.Random(seed)
        for number in range(count):
            publisher = Publisher(platform, seed + number, version)
            publisher.releases, publisher.maybe, publisher.draft = known, set(current), draft
            publisher.start()
            time.sleep(moments.uniform(0.05, longest_s))
            platform.kill()
            publisher.join(30)
            platform.start()
            judge(platform, publisher)
            _, told, _ = platform.call("GET", "/line/releases/current")
            _, kept, _ = platform.call("GET", "/line/draft/files/app.json")
            known, current, version, draft = publisher.releases, {told["release"]["no"]}, publisher.version, kept
        return len(known)
    finally:
        if platform.process is not None and platform.process.poll() is None:
            platform.kill()
