"""The certificate is renewed by the agent itself, when a third of its life is left, while everything goes on.

The connection to the broker stays: a broker looks at a certificate when a client connects. The next connection shows
the new one. What fails is tried again each hour, with a warning that says how long there still is.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from edge_agent.enrol.client_certificate import ACCESS_FOLDER, Enrolled, enrolled, keep, new_request, present, proof
from schemas.errors import AuthError, ConfigError, ConnectError, InterlockError

logger = logging.getLogger(__name__)

LOOK_S: Final = 3600.0
DAY_S: Final = 86_400


def renew(folder: Path, edge: str) -> Enrolled:
    """Has the platform sign a new key, and keeps both. Raises ConfigError, AuthError, ConnectError, InterlockError."""
    from edge_agent.enrol.trade import renewed  # once in weeks: what it loads is not kept in memory before

    state = enrolled(folder)
    if state is None:
        raise ConfigError(
            "enrol.certificate", "this agent was given no certificate", hint="edge-agent enrol gives one, with a token."
        )
    key, certificate = present(folder)
    new_key, request = new_request(edge)
    ca_file = Path(state.ca_file) if state.ca_file else None
    got = renewed(state.platform, certificate, request, proof(key, request), ca_file)
    try:
        return keep(folder, new_key, got, state.platform, state.ca_file)
    except OSError as error:
        raise InterlockError("enrol.write", f"{error.filename} cannot be written: {error.strerror}") from error


class CertificateKeeper:
    """Looks each hour; a part of the running agent."""

    def __init__(self, data_dir: Path, edge: str) -> None:
        self._folder = data_dir / ACCESS_FOLDER
        self._edge = edge
        self._state: Enrolled | None = None

    def figures(self) -> Iterator[tuple[str, str, str, float]]:
        """For /metrics."""
        if self._state is not None:
            left_s = self._state.ends_s - time.time()
            yield "broker_certificate_seconds", "gauge", "How long the client certificate is still good, s.", left_s

    async def run(self) -> None:
        """For as long as the agent runs; ends at once where there is no certificate."""
        while True:
            try:
                self._state = enrolled(self._folder)
                if self._state is None:
                    return
                if self._state.is_due(time.time()):
                    self._state = await asyncio.to_thread(renew, self._folder, self._edge)
                    logger.info("The client certificate is renewed, for %d days.", _days_left(self._state))
            except (ConfigError, AuthError, ConnectError, InterlockError) as error:
                left = "" if self._state is None else f"; it is good for {_days_left(self._state)} days more"
                logger.warning("The client certificate is not renewed: %s %s%s.", error.message, error.hint, left)
            await asyncio.sleep(LOOK_S)


def _days_left(state: Enrolled) -> int:
    return max(0, int(state.ends_s - time.time()) // DAY_S)
