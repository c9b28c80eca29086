"""A real platform that serves hostile blocks, a page of the product's own code that shows them, an evil listener."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.processes import ROOT, Processes, free_port
from tests.support.waiting import wait_until

APP = ROOT / "app_designer"
ATTACKS = Path(__file__).with_name("attacks.js")
GOOD = (APP / "components" / "sandbox_demo" / "block.js").read_text("utf-8")


class Evil:
    """What a block would talk to: remembers every request and every datagram that reached it."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        self.datagrams = 0
        self.control = b""
        self._web = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._stun = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._stun.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._web.server_port}"
        self.stun = f"stun:127.0.0.1:{self._stun.getsockname()[1]}"
        for work in (self._web.serve_forever, self._receive):
            threading.Thread(target=work, daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        evil = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                evil.hits.append(self.path.removeprefix("/hit/").partition("?")[0])
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()
                self.wfile.write(evil.control if self.path == "/control" else b"")

            do_GET = do_POST = _answer

            def log_message(self, format: str, *args: object) -> None:
                return

        return Handler

    def _receive(self) -> None:
        while True:
            try:
                self._stun.recv(2048)
            except OSError:
                return
            self.datagrams += 1

    def close(self) -> None:
        self._web.shutdown()
        self._web.server_close()
        self._stun.close()


@pytest.fixture(scope="session")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, built as the product is."""
    folder = tmp_path_factory.mktemp("harness")
    command = ["npx", "vite", "build", "src/testing/sandbox_harness", "--config", "vite.config.ts"]
    done = subprocess.run(
        [*command, "--outDir", str(folder), "--emptyOutDir"], cwd=APP, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def evil() -> Iterator[Evil]:
    listener = Evil()
    yield listener
    listener.close()


class Site:
    """The platform with some blocks on its page."""

    def __init__(self, web: Path, url: str, browser: Browser) -> None:
        self.web = web
        self.url = url
        self.context = browser.new_context(viewport={"width": 900, "height": 700})

    def put(self, block: str, code: str) -> None:
        """The code of a block."""
        manifest = {"id": block, "version": "1.0.0", "runtime": {"isolation": "iframe", "entry": "block.js"}}
        (self.web / "components" / f"{block}.json").write_text(json.dumps(manifest))
        folder = self.web / "sandbox_blocks" / block / "1.0.0"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "block.js").write_text(code)

    def open(self, *blocks: str) -> Page:
        page = self.context.new_page()
        page.goto(f"{self.url}/?blocks={','.join(blocks)}")
        return page


@pytest.fixture
def web(harness: Path, tmp_path: Path) -> Path:
    """What the platform serves: the page, the bridge, no block yet."""
    folder = tmp_path / "web"
    shutil.copytree(harness, folder)
    (folder / "components").mkdir()
    (folder / "sandbox_blocks").mkdir()
    shutil.copy(APP / "sandbox_blocks" / "bridge.js", folder / "sandbox_blocks" / "bridge.js")
    return folder


@pytest.fixture
def site(web: Path, tmp_path: Path, processes: Processes, browser: Browser) -> Iterator[Site]:
    port = free_port()
    options = ["--data", tmp_path / "data", "--listen", f"127.0.0.1:{port}", "--broker", "mqtt://127.0.0.1:1"]
    processes.module("platform_core", "serve", *options, "--web", web, "--no-built-in-apps").wait_port(port, 60)
    served = Site(web, f"http://127.0.0.1:{port}", browser)
    served.put("good", GOOD)
    yield served
    served.context.close()


@pytest.fixture
def told() -> Callable[[Page], dict[str, str]]:
    """What the attacks of the block `hostile` came to, as it reported them."""

    def read(page: Page) -> dict[str, str]:
        def found() -> dict[str, str] | None:
            reports = page.evaluate("() => window.harness.emitted.filter(([id]) => id === 'hostile')")
            results: dict[str, str] = {}
            for _, _, payload in reports:
                if payload["value"] == "end":
                    return results
                results.update(json.loads(payload["value"]))
            return None

        wait_until(lambda: found() is not None, timeout_s=30, every_s=0.2, what="the hostile block reports")
        return found() or {}

    return read
