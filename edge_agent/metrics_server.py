"""GET /metrics and nothing else, for scrapers on the machine or, where it is configured so, in the network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from edge_agent.buffer.identity import replace_file
from edge_agent.small_http import NOT_FOUND, Request, Response, SmallHttp
from schemas.errors import ConfigError

EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


class MetricsServer:
    """Serves the text that `render` gives."""

    def __init__(self, render: Callable[[], str]) -> None:
        self._render = render
        self._http = SmallHttp(self._answer)
        self._addr_file: Path | None = None
        self.address = ""

    async def start(self, listen: str, addr_file: Path) -> None:
        """Listens on `host:port`; writes the address it got to `addr_file`. Raises ConfigError."""
        host, _, port = listen.rpartition(":")
        try:
            self.address = await self._http.start(host.strip("[]"), int(port))
        except (OSError, OverflowError) as error:
            raise ConfigError(
                "metrics.listen", f"cannot listen on {listen}: {error}",
                hint="choose another port under metrics.listen; port 0 takes a free one",
            ) from error  # fmt: skip
        self._addr_file = addr_file
        replace_file(addr_file, self.address + "\n")

    async def stop(self) -> None:
        """Stops listening and takes the address file away."""
        await self._http.stop()
        if self._addr_file is not None:
            self._addr_file.unlink(missing_ok=True)

    def _answer(self, request: Request) -> Response:
        if request.path != "/metrics":
            return Response("The metrics are at /metrics.\n", NOT_FOUND)
        return Response(self._render(), kind=EXPOSITION)
