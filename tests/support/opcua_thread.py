"""An OPC UA server with a thread and a loop of its own, for tests that wait in another way."""

from __future__ import annotations

import asyncio
import threading

from connectors.peers.opcua_peer import OpcuaPeer, Variable

__all__ = ["OpcuaThread"]


class OpcuaThread(threading.Thread):
    """Serves the variables until it is closed."""

    def __init__(self, variables: list[Variable]) -> None:
        super().__init__(daemon=True)
        self._variables = variables
        self.url = ""
        self._ready = threading.Event()
        self.start()
        assert self._ready.wait(30)

    @property
    def config(self) -> dict[str, str]:
        """Settings of a connection with it."""
        return {"endpoint": self.url, "security_policy": "None"}

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        async with OpcuaPeer("urn:line", self._variables) as peer:
            self.url = peer.url
            self._ready.set()
            await self._end.wait()

    def close(self) -> None:
        """Ends the server."""
        self._loop.call_soon_threadsafe(self._end.set)
        self.join(10)
