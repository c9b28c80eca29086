"""A plain HTTP client of the platform's API, for judges: it shares no code with the product."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

FAR_PAST, FAR_FUTURE = 0, 4_102_444_800_000_000  # 1970 … 2100, µs


class PlatformClient:
    """Calls the API with a token."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self.token = token

    def call(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
        """The JSON of an answer; AssertionError with the problem otherwise."""
        data = None if body is None else json.dumps(body).encode()
        while True:
            answer = self._once(method, path, data, headers or {})
            if answer is not None:
                return json.loads(answer)

    def _once(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]) -> bytes | None:
        """The body of an answer; None, after the pause it asks for, when there were too many requests."""
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data=data, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        if data is not None:
            request.add_header("Content-Type", "application/json")
        for name, value in headers.items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                body: bytes = answer.read()
                return body
        except urllib.error.HTTPError as error:
            if error.code == 429:
                time.sleep(float(error.headers.get("Retry-After", "1")))
                return None
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()[:600]}") from error

    def reachable(self) -> bool:
        """Whether the platform answers with this token."""
        try:
            self.call("GET", "/tags?limit=1")
        except (AssertionError, OSError):
            return False
        return True

    def tags(self, connection: str | None = None) -> dict[str, dict[str, Any]]:
        """Tags by key, all pages; of one connection if given."""
        found: dict[str, dict[str, Any]] = {}
        after = ""
        while True:
            page = self.call("GET", f"/tags?limit=500{after}")
            found |= {tag["key"]: tag for tag in page["tags"]}
            if page.get("next") is None:
                break
            after = f"&after={page['next']}"
        return {key: tag for key, tag in found.items() if connection in (None, tag["connection"])}

    def raw(self, tag: int, start: int = FAR_PAST, end: int = FAR_FUTURE) -> list[tuple[int, Any, int]]:
        """Every stored sample (ts, v, q) of a tag within the range, in time order."""
        samples: list[tuple[int, Any, int]] = []
        while True:
            body = {"ids": [tag], "from": start, "to": end, "raw": True}
            (series,) = self.call("POST", "/values/history", body)["series"]
            rows = [row for row in zip(series["t"], series["v"], series["q"], strict=True) if row[0] >= start]
            samples += rows
            if not series.get("truncated") or not rows:
                return samples
            start = rows[-1][0] + 1

    def gaps(self, tags: list[int], start: int = FAR_PAST, end: int = FAR_FUTURE) -> list[dict[str, Any]]:
        """The gap ledger for these tags."""
        body = {"ids": tags, "from": start, "to": end, "points": 10}
        gaps: list[dict[str, Any]] = self.call("POST", "/values/history", body)["gaps"]
        return gaps

    def health(self) -> dict[str, Any]:
        """What the Health page shows."""
        answer: dict[str, Any] = self.call("GET", "/health")
        return answer
