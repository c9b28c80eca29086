"""How a write ended, and the simulated plant, which takes writes over its control port on this machine.

Whether a write was done is asked of the device; what cannot be known is said to be unknown, never tried again.
"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

from schemas.errors import ConfigError
from schemas.wire.command import Scalar

TIMEOUT_S: Final = 3.0
ANSWER_MAX_BYTES: Final = 64 << 10
Outcome = Literal["done", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Written:
    """How a write ended, why, and what the device showed after and before it (None where it did not say)."""

    outcome: Outcome
    reason: str = ""
    read_back: Scalar | None = None
    before: Scalar | None = None
    #: The agent's word for a refusal, as `command.limit`.
    code: str = ""


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """Where the simulated plant takes writes, the file with its token, and the edge whose tags are its own."""

    url: str
    token_file: Path
    edge: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "http" or parts.hostname not in ("127.0.0.1", "localhost", "::1") or parts.port is None:
            raise ConfigError(
                "settings.simulator",
                f"{self.url!r} is no address of a simulator on this machine.",
                hint="For example http://127.0.0.1:5021.",
            )


class Simulator:
    """The simulated plant. Every call is one short exchange on the loopback; nothing is kept open or repeated."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self._settings = settings

    @property
    def edge(self) -> str:
        """The edge whose tags it has."""
        return self._settings.edge

    def takes(self, edge: str, key: str) -> bool:
        """Whether the tag `connection/name` of an edge is one the simulator lets be written."""
        return edge == self._settings.edge and bool(self.says(key))

    def says(self, key: str) -> bool | None:
        """Whether the simulator lets its tag `connection/name` be written; None: it does not answer."""
        try:
            status, answer = self._call("GET", _path(key))
        except (OSError, http.client.HTTPException):
            return None
        return status == 200 and bool(answer.get("writable"))

    def write(self, key: str, value: float, write_id: str, ttl_ms: int) -> Written:
        """Write a value and read it back."""
        body = {"value": value, "id": write_id, "ttl_ms": ttl_ms}
        try:
            status, answer = self._call("PUT", _path(key), body)
        except ConnectionRefusedError:
            return Written("refused", "the simulated plant is not running")
        except (OSError, http.client.HTTPException) as error:
            return Written("unknown", f"no answer from the simulated plant: {str(error) or type(error).__name__}")
        if 400 <= status < 500:
            return Written("refused", str(answer.get("reason", f"status {status}"))[:200])
        if status != 200:
            return Written("unknown", f"the simulated plant answered with status {status}")
        return self._read_back(key, value)

    def _read_back(self, key: str, value: float) -> Written:
        try:
            status, answer = self._call("GET", _path(key))
        except (OSError, http.client.HTTPException) as error:
            return Written("unknown", f"it could not be read back: {str(error) or type(error).__name__}")
        shown = answer.get("value")
        if status != 200 or isinstance(shown, bool) or not isinstance(shown, int | float):
            return Written("unknown", "it could not be read back")
        if abs(shown - value) > 1e-6 * max(1.0, abs(value)):
            return Written("unknown", f"the device shows {shown:g}", shown)
        return Written("done", "", shown)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        parts = urlsplit(self._settings.url)
        token = self._settings.token_file.read_text("utf-8").strip()
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
        try:
            connection.request(
                method,
                path,
                None if body is None else json.dumps(body),
                {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )
            answer = connection.getresponse()
            content = answer.read(ANSWER_MAX_BYTES)
        finally:
            connection.close()
        try:
            document = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise http.client.HTTPException("not JSON") from error
        return answer.status, document if isinstance(document, dict) else {}


def _path(key: str) -> str:
    connection, _, name = key.partition("/")
    return f"/targets/{quote(connection, safe='')}/{quote(name, safe='')}"
