"""HTTP/REST polling: each resource is fetched once a cycle, its tags are picked from the JSON answer."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.diagnostics.frames import Frame
from connectors.driver import Driver, Plan, PlanProblem, Reading
from connectors.drivers.http_json.address import parse_address
from connectors.drivers.http_json.client import Answer, HttpLink
from connectors.drivers.http_json.config import HttpJsonConfig
from connectors.drivers.http_json.frames import in_words, without_query
from connectors.json_values import Missing, Row, Steps, convert, device_time_us, find, parse_pointer, readings_of
from connectors.secret import stored_secret
from schemas.errors import AuthError, ConfigError, ConnectError, WriteRejected
from schemas.models.tag import TagConfig
from schemas.quality import Quality

_SECRET_MAX = 4096
_STATUS = {
    204: Quality.WAITING,
    403: Quality.ACCESS_DENIED,
    404: Quality.BAD_ADDRESS,
    410: Quality.BAD_ADDRESS,
    503: Quality.OUT_OF_SERVICE,
}


@dataclass(slots=True)
class HttpJsonPlan(Plan):
    """Tags by resource: index in the plan and steps of the pointer."""

    resources: dict[str, list[tuple[int, Steps]]] = field(default_factory=dict)


class HttpJsonDriver(Driver[HttpJsonConfig]):
    """One HTTP server; it is only read."""

    config_model = HttpJsonConfig

    def __init__(self, config: HttpJsonConfig) -> None:
        super().__init__(config)
        self._link: HttpLink | None = None
        self._headers: dict[str, str] = {}
        self._time_steps: Steps = ()
        self._turn = asyncio.Lock()

    async def connect(self) -> None:
        """Open the connection; whether the server takes our credentials only a request tells."""
        await self.close()
        config = self.config
        try:
            self._time_steps = parse_pointer(config.time_pointer)
        except ValueError as error:
            raise ConfigError("http_json.address", f"time_pointer: {error}") from error
        self._headers = _headers(config)
        size_max = config.answer_size_max_kb * 1024
        link = HttpLink(config.base_url, config.ca_file, config.timeout_ms, size_max, self.tap)
        await link.open()
        self._link = link

    async def close(self) -> None:
        """End the connection."""
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def plan(self, tags: Sequence[TagConfig]) -> HttpJsonPlan:
        """Group the tags by resource."""
        problems: list[PlanProblem] = []
        resources: dict[str, list[tuple[int, Steps]]] = {}
        for index, tag in enumerate(tags):
            try:
                resource, steps = parse_address(tag.address)
            except ValueError as error:
                hint = "Write the resource, # and a JSON pointer: /api/status#/line/speed."
                problems.append(PlanProblem(index, Quality.BAD_ADDRESS, f"{tag.name}: {error}", hint))
            else:
                resources.setdefault(resource, []).append((index, steps))
        return HttpJsonPlan(tuple(tags), tuple(problems), resources)

    async def read(self, plan: Plan) -> list[Reading]:
        """Every resource once; what is wrong with one makes only its own tags bad."""
        if not isinstance(plan, HttpJsonPlan):
            raise TypeError("the plan is not of this driver")
        now = time.time_ns() // 1000
        found: dict[int, Row] = {problem.index: (0, problem.quality, now, 0) for problem in plan.problems}
        async with self._turn:
            for resource, items in plan.resources.items():
                answer = await self._get(resource)
                self._pick(plan.tags, items, answer, found)
        return readings_of(plan.tags, found)

    async def write(self, tag: TagConfig, value: float | int | bool | str) -> None:
        """Always refused: what a PUT or POST does is each server's own matter."""
        raise WriteRejected(
            "http_json.read_only", f"{tag.name}: this driver only reads", hint="Write by another protocol."
        )

    async def _get(self, resource: str) -> Answer:
        link = self._link
        if link is None:
            raise ConnectError("http_json.link", f"no connection with {self.config.base_url}")
        try:
            answer = await link.get(resource, self._headers)
        except ConnectError:
            await self.close()
            raise
        if answer.status >= 400:
            self.tap.refused(answer.status, without_query(resource))
        if answer.status == 401:
            await self.close()
            raise AuthError(
                "http_json.refused",
                f"{self.config.base_url}{resource} refuses our credentials",
                hint="Check username and password_file, or the token in header_files.",
            )
        return answer

    def read_frames(self, frames: Sequence[Frame]) -> list[str]:
        """First line of each request and answer."""
        return in_words(frames)

    def _pick(
        self, tags: Sequence[TagConfig], items: list[tuple[int, Steps]], answer: Answer, found: dict[int, Row]
    ) -> None:
        now = time.time_ns() // 1000
        quality, document = _document(answer)
        device_us = 0
        if quality == Quality.GOOD and self._time_steps:
            try:
                device_us = device_time_us(find(document, self._time_steps), self.config.time_format)
            except Missing:
                device_us = 0
        for index, steps in items:
            value: float | int | bool | str = 0
            of_tag = quality
            if quality == Quality.GOOD:
                try:
                    value, of_tag = convert(tags[index], find(document, steps))
                except Missing:
                    of_tag = Quality.BAD_ADDRESS
            found[index] = (value, of_tag, now, device_us)


def _document(answer: Answer) -> tuple[Quality, Any]:
    if answer.status != 200:
        return _STATUS.get(answer.status, Quality.DEVICE_ERROR), None
    if answer.too_large:
        return Quality.OVERFLOW, None
    try:
        return Quality.GOOD, json.loads(answer.body)
    except (ValueError, RecursionError):
        return Quality.DEVICE_ERROR, None


def _headers(config: HttpJsonConfig) -> dict[str, str]:
    headers = dict(config.headers)
    for name, path in config.header_files.items():
        headers[name] = _secret(path)
    if config.username is not None and config.password_file is not None:
        pair = f"{config.username}:{_secret(config.password_file, ascii_only=False)}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode("ascii")
    return headers


def _secret(path: str, *, ascii_only: bool = True) -> str:
    try:
        text = stored_secret(path) or ""
        if not text:
            with Path(path).open(encoding="utf-8") as file:
                text = file.read(_SECRET_MAX).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("http_json.secret", f"the file {path} cannot be read as text") from error
    if not text.isprintable() or (ascii_only and not text.isascii()):
        raise ConfigError("http_json.secret", f"the file {path} must hold one line of plain text")
    return text
