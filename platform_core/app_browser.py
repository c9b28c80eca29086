"""`interlock app test --browser`: what of an app's tests only a browser can judge, judged in one without a window.

A server on this computer alone hands the built product and the app to the browser, and takes what it found; both end
with the command. Nothing is asked of a platform, and nothing leaves the computer.
"""

from __future__ import annotations

import json
import mimetypes
import os
import secrets
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from platform_core.api.boundary import PAGE_CSP
from platform_core.services.document_paths import APP_FILE, BLOCK_FOLDER, page_of, test_of
from platform_core.services.documents.app_tests import Failure, TestResult
from platform_core.services.documents.images import Picture
from schemas.errors import ConfigError, ConnectError

PAGE = "/app-test"
WORK = "/app-test/work"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
#: All tests of an app together, and a browser that starts on a slow computer.
WAIT_S = 600.0
ANSWER_MAX_BYTES = 16 << 20
_END_S = 10.0


def find_browser(named: str) -> Path:
    """The browser named, by path or command; ``""`` or ``auto``: the first there is. ``ConfigError`` without one."""
    for name in (named,) if named not in ("", "auto") else NAMES:
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    raise ConfigError(
        "browser.missing",
        f"There is no browser {named}." if named not in ("", "auto") else "No browser was found on this computer.",
        hint="Install Chromium, Chrome or Edge, or name one: --browser PATH.",
    )


@dataclass(slots=True)
class _Work:
    """What the browser is given, and what it gives back."""

    text: bytes
    web: Path
    pictures: Mapping[str, Picture]
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    answer: list[dict[str, Any]] | None = None
    done: threading.Event = field(default_factory=threading.Event)


def judge(
    files: Mapping[str, Any], results: Sequence[TestResult], web: Path, pictures: Mapping[str, Picture], browser: Path
) -> list[TestResult]:
    """The results with what only a browser can judge. ``ConnectError`` when the browser gives no answer."""
    open_ones = [result for result in results if result.browser]
    if not open_ones:
        return list(results)
    if not (web / "index.html").is_file():
        raise ConfigError("browser.web", f"The web app is not in {web}.", hint="Build it: npm run build.")
    work = _Work(_work_text(files, open_ones), web, pictures)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(work))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        _browse(browser, f"http://127.0.0.1:{server.server_port}{PAGE}?key={work.key}", work)
    finally:
        server.shutdown()
        server.server_close()
    told = {one["id"]: one for one in work.answer or ()}
    return [_whole(result, told.get(result.id)) if result.browser else result for result in results]


def _whole(result: TestResult, told: Mapping[str, Any] | None) -> TestResult:
    if told is None:
        raise ConnectError("browser.answer", f"The browser said nothing of the test {result.id}.")
    failures = tuple(Failure(one["path"], one["message"], one["expected"], one["found"]) for one in told["failures"])
    return replace(result, failures=failures, browser=())


def _work_text(files: Mapping[str, Any], results: Sequence[TestResult]) -> bytes:
    blocks = {path[len(BLOCK_FOLDER) : -5]: one for path, one in files.items() if path.startswith(BLOCK_FOLDER)}
    app = {
        "app": files[APP_FILE],
        "pages": {name: one for path, one in files.items() if (name := page_of(path)) is not None},
        "blocks": blocks,
        "tests": {name: one for path, one in files.items() if (name := test_of(path)) is not None},
    }
    told = [{**asdict(result), "ok": result.ok} for result in results]
    return json.dumps({"files": app, "results": told}).encode()


def _browse(browser: Path, address: str, work: _Work) -> None:
    """Open the page and wait for its answer; the browser is ended with all its parts, whatever happens."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [str(browser), "--headless=new", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
                   "--disable-background-networking", "--disable-sync", "--disable-dev-shm-usage",
                   "--window-size=1440,900", f"--user-data-dir={profile}"]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # refused otherwise for root; only the app in hand is opened
        quiet = subprocess.DEVNULL
        child = subprocess.Popen([*command, address], stdin=quiet, stdout=quiet, stderr=quiet)
        try:
            _await(child, work)
        finally:
            child.terminate()
            try:
                child.wait(_END_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _await(child: subprocess.Popen[bytes], work: _Work) -> None:
    waited_s = 0.0
    while not work.done.wait(0.2):
        waited_s += 0.2
        if child.poll() is not None and not work.done.is_set():
            raise ConnectError(
                "browser.ended", f"The browser ended ({child.returncode}).", hint="Try another: --browser PATH."
            )
        if waited_s >= WAIT_S:
            raise ConnectError("browser.silent", f"The browser gave no answer within {WAIT_S:.0f} s.")


def _handler(work: _Work) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """The built product, the app's pictures, and the work; everything else is not there."""

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == WORK and self._is_ours():
                self._send(200, "application/json", work.text)
            elif path == PAGE:
                self._send(200, "text/html; charset=utf-8", (work.web / "index.html").read_bytes())
            else:
                self._file(path)

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            if urlsplit(self.path).path != WORK or not self._is_ours() or not 0 < length <= ANSWER_MAX_BYTES:
                self._send(404, "text/plain", b"")
                return
            body = self.rfile.read(length)
            self._send(204, "text/plain", b"")
            work.answer = json.loads(body)
            work.done.set()

        def log_message(self, format: str, *args: Any) -> None:
            """Said by nobody: the command tells what matters."""

        def _is_ours(self) -> bool:
            given = parse_qs(urlsplit(self.path).query).get("key", [""])[0]
            return secrets.compare_digest(given.encode(), work.key.encode())

        def _file(self, path: str) -> None:
            picture = work.pictures.get(path.rpartition("/")[2]) if "/media/" in path else None
            if picture is not None:
                self._send(200, picture.media_type, picture.content)
                return
            file = (work.web / path.lstrip("/")).resolve()
            if not file.is_relative_to(work.web.resolve()) or not file.is_file():
                self._send(404, "text/plain", b"")
                return
            self._send(200, mimetypes.guess_type(file.name)[0] or "application/octet-stream", file.read_bytes())

        def _send(self, status: int, media_type: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Content-Security-Policy", PAGE_CSP.format(nonce=secrets.token_urlsafe(16)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
