"""The agent's page over HTTP: files, a log-in, and what may be looked at. Off until it is configured."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, Final

from edge_agent.buffer.identity import replace_file
from edge_agent.buffer.letter_desk import LetterDesk
from edge_agent.local_page.changes import Running, problems_of
from edge_agent.local_page.chinese import in_chinese, wants_chinese
from edge_agent.local_page.doors import EXPORT, IMPORT, UPLOAD_BYTES_MAX, Doors, body_of, text_of
from edge_agent.local_page.letters import EXPORT as LETTERS_EXPORT
from edge_agent.local_page.letters import PageLetters
from edge_agent.local_page.looks import Looks
from edge_agent.local_page.password import PagePassword
from edge_agent.local_page.sessions import LIFE_S, PageSessions
from edge_agent.small_http import BODY_BYTES_MAX, JSON, NOT_FOUND, Request, Response, SmallHttp
from schemas.errors import ConfigError, InterlockError

logger = logging.getLogger(__name__)

WEB: Final = Path(__file__).with_name("web")
COOKIE: Final = "interlock_page"
#: A header that no form and no link of another page sends: what changes anything, or asks a device, needs it.
OWN_HEADER: Final = "x-interlock-page"
FORBIDDEN, NEEDED, WRONG = "403 Forbidden", "401 Unauthorized", "422 Unprocessable Content"
SHEET_KINDS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TOO_MANY: Final = "429 Too Many Requests"
FILES: Final = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
}
POLICY: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
}  # fmt: skip


@dataclass(slots=True)
class Answer:
    """What is answered, before it is put into the reader's language."""

    content: Any
    status: str = "200 OK"
    cookie: str = ""


class PageServer:
    """Serves the page on `listen`, `host:port`."""

    def __init__(self, data_dir: Path, looks: Looks, running: Running, letters: LetterDesk) -> None:
        self._looks = looks
        self._letters = PageLetters(letters)
        self._doors = Doors(running, looks)
        self._password = PagePassword(data_dir)
        self._sessions = PageSessions()
        self._http = SmallHttp(self._answer, methods=("GET", "POST"), body_max=self._body_max)
        self._addr_file: Path | None = None
        self.address = ""

    async def start(self, listen: str, addr_file: Path) -> None:
        """Listens on `host:port`; writes the address it got to `addr_file`.

        Raises ConfigError where the address is taken, or open to the network without a password.
        """
        host, _, port = listen.rpartition(":")
        host = host.strip("[]")
        if not _is_loopback(host) and not self._password.is_set:
            raise ConfigError(
                "page.open", f"the page may not listen on {listen} before it has a password",
                hint="Run here: edge-agent page password; or listen on 127.0.0.1.",
            )  # fmt: skip
        try:
            self.address = await self._http.start(host, int(port))
        except (OSError, OverflowError, ValueError) as error:
            raise ConfigError(
                "page.listen",
                f"the page cannot listen on {listen}: {error}",
                hint="Choose another port under page.listen.",
            ) from error
        self._addr_file = addr_file
        replace_file(addr_file, self.address + "\n")
        logger.info("The agent's page is at http://%s/", self.address)

    async def stop(self) -> None:
        """Stops listening, ends a search and takes the address file away."""
        await self._doors.searches.jobs.end()
        await self._http.stop()
        if self._addr_file is not None:
            self._addr_file.unlink(missing_ok=True)

    async def _answer(self, request: Request) -> Response:
        if request.method == "GET" and request.path in FILES:
            return _file(request.path)
        try:
            answer = await self._api(request)
        except InterlockError as error:
            told = {"code": error.code, "message": error.message, "hint": error.hint, "problems": problems_of(error)}
            answer = Answer(told, WRONG)
        if isinstance(answer, Response):
            return answer
        if wants_chinese(request.headers.get("accept-language", "")):
            answer.content = in_chinese(answer.content)
        return _json(answer)

    async def _api(self, request: Request) -> Response | Answer:
        key = _cookie(request)
        if request.method == "POST" and OWN_HEADER not in request.headers:
            return Answer({"code": "page.header", "message": "not from this page"}, FORBIDDEN)
        if request.path == "/api/state":
            signed_in = self._sessions.knows(key)
            edge = self._looks.edge
            return Answer({"signed_in": signed_in, "password_set": self._password.is_set, "edge": edge})
        if request.path == "/api/login" and request.method == "POST":
            return self._login(body_of(request))
        if not self._sessions.knows(key):
            return Answer({"code": "page.login", "message": "log in first"}, NEEDED)
        if request.path == "/api/logout" and request.method == "POST":
            self._sessions.end(key)
            return Answer({}, cookie=f"{COOKIE}=; Max-Age=0; HttpOnly; SameSite=Strict; Path=/")
        if request.method == "GET" and request.path == EXPORT:
            return await self._export(request)
        if request.method == "GET" and request.path == LETTERS_EXPORT:
            return self._download("application/zip", "dead-letters.zip", await self._letters.export(request))
        answer = await self._letters.answer(request) or await self._doors.answer(request)
        return await self._look(request) if answer is None else Answer(answer)

    async def _export(self, request: Request) -> Response:
        kind = "xlsx" if request.query.get("format") == "xlsx" else "csv"
        data = await self._doors.setting_up.export(kind, request.query.get("connection", ""))
        return self._download(SHEET_KINDS[kind], f"tags.{kind}", data)

    def _download(self, kind: str, name: str, data: bytes) -> Response:
        headers = {**POLICY, "Content-Disposition": f'attachment; filename="{self._looks.edge}-{name}"'}
        return Response("", kind=kind, headers=headers, data=data)

    def _body_max(self, request: Request) -> int:
        """A file of tags is larger than anything else; nobody sends one who is not logged in."""
        is_upload = request.path == IMPORT and OWN_HEADER in request.headers
        return UPLOAD_BYTES_MAX if is_upload and self._sessions.knows(_cookie(request)) else BODY_BYTES_MAX

    async def _look(self, request: Request) -> Answer:
        looks = self._looks
        match request.method, request.path:
            case "GET", "/api/overview":
                return Answer(looks.overview())
            case "GET", "/api/tags":
                query = request.query
                return Answer(looks.tags(query.get("connection", ""), only_bad=query.get("bad") == "1"))
            case "POST", "/api/register":
                body = body_of(request)
                words = body.get("words", 4)
                return Answer(
                    await looks.register(
                        text_of(body, "connection"), text_of(body, "address"), words if type(words) is int else 4
                    )
                )
            case "POST", "/api/doctor":
                return Answer(await looks.doctor(text_of(body_of(request), "connection")))
            case "GET", "/api/certificates":
                return Answer(looks.certificates())
            case "POST", "/api/trust":
                body = body_of(request)
                return Answer(looks.trust(text_of(body, "sha256"), text_of(body, "state")))
            case "POST", "/api/browse":
                body = body_of(request)
                return Answer(await looks.browse(text_of(body, "connection"), text_of(body, "parent")))
        return Answer({"code": "page.path", "message": "there is nothing here"}, NOT_FOUND)

    def _login(self, body: Mapping[str, Any]) -> Answer:
        wait_s = self._sessions.wait_s()
        if wait_s > 0:
            told = f"Too many wrong passwords. Wait {wait_s:.0f} s."
            return Answer({"code": "page.tries", "message": told}, TOO_MANY)
        if not self._password.matches(text_of(body, "password")):
            self._sessions.was_wrong()
            logger.warning("The agent's page: a wrong password.")
            return Answer({"code": "page.password", "message": "that is not the password"}, FORBIDDEN)
        key = self._sessions.begin()
        return Answer({}, cookie=f"{COOKIE}={key}; Max-Age={LIFE_S:.0f}; HttpOnly; SameSite=Strict; Path=/")


def _file(path: str) -> Response:
    name, kind = FILES[path]
    try:
        return Response((WEB / name).read_text("utf-8"), kind=kind, headers=POLICY)
    except OSError:
        return Response("The page was not built: run make build-web.\n", NOT_FOUND)


def _json(answer: Answer) -> Response:
    headers = {**POLICY, **({"Set-Cookie": answer.cookie} if answer.cookie else {})}
    return Response(json.dumps(answer.content, ensure_ascii=False), answer.status, JSON, headers)


def _cookie(request: Request) -> str:
    try:
        found = SimpleCookie(request.headers.get("cookie", "")[:4096]).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None else ""


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
