"""The platform's kill switch for writes to devices: a file in the data folder, looked at before each command.

A file, and not a row: it holds whatever state the database is in, and can be laid there by hand.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from platform_core.auth import audit
from platform_core.auth.clock import Clock, now_us
from platform_core.db import Database
from platform_core.journal.durable import sync_folder, write_replacing
from schemas.errors import ConfigError, WriteRejected

STOP_FILE: Final = "writes-stopped"
REASON_LENGTH_MAX: Final = 200
CONTENT_MAX_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class StopState:
    """Whether writes to devices are stopped, by whom, since when (µs UTC) and why.

    ``everywhere``: by the file for all tenants, which only the platform's machine takes away.
    """

    stopped: bool
    by: str = ""
    since: int = 0
    reason: str = ""
    everywhere: bool = False


class WriteStop:
    """While a file is there, no command leaves: `writes-stopped` for all tenants, `writes-stopped.TENANT` for one."""

    def __init__(self, data: Path) -> None:
        self._all = data / STOP_FILE

    def check(self, tenant: str) -> None:
        """Raises `WriteRejected` while writing is stopped, also where that cannot be seen."""
        state = self.state(tenant)
        if state.stopped:
            by = f" by {state.by}" if state.by else ""
            reason = f": {state.reason}" if state.reason else ""
            raise WriteRejected("write.stopped", f"writing to devices is stopped on this platform{by}{reason}")

    def state(self, tenant: str) -> StopState:
        """The present state. What cannot be seen counts as a stop."""
        for path, everywhere in ((self._all, True), (self._of(tenant), False)):
            try:
                since = path.lstat().st_mtime_ns // 1000
            except FileNotFoundError:
                continue
            except OSError as error:
                return StopState(True, reason=f"it cannot be seen whether it is: {error.strerror}", everywhere=True)
            return _told(path, since, everywhere)
        return StopState(False)

    def stop(self, tenant: str | None, by: str, reason: str, now: int) -> None:
        """Stops writing for a tenant, or for all (None). Raises OSError where the file cannot be laid."""
        said = StopState(True, by[:120], now, reason.strip()[:REASON_LENGTH_MAX])
        write_replacing(self._of(tenant), json.dumps(asdict(said), ensure_ascii=False).encode())

    def release(self, tenant: str | None) -> bool:
        """Takes the file away; False: there was none. Raises OSError."""
        try:
            os.unlink(self._of(tenant))
        except FileNotFoundError:
            return False
        sync_folder(self._all.parent)
        return True

    def _of(self, tenant: str | None) -> Path:
        return self._all if tenant is None else self._all.with_name(f"{STOP_FILE}.{tenant}")


def _told(path: Path, since: int, everywhere: bool) -> StopState:
    """What the file says of itself; one that was laid by hand says nothing."""
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(CONTENT_MAX_BYTES))
        return StopState(
            True,
            str(content["by"])[:120],
            int(content["since"]),
            str(content["reason"])[:REASON_LENGTH_MAX],
            everywhere,
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return StopState(True, since=since, everywhere=everywhere)


class WriteStops:
    """Stopping and going on, with a row in the audit."""

    def __init__(self, database: Database, stop: WriteStop, clock: Clock = now_us) -> None:
        self._database, self._stop, self._clock = database, stop, clock

    def state(self, tenant: str) -> StopState:
        """The present state."""
        return self._stop.state(tenant)

    def stop(self, tenant: str, by: str, reason: str) -> StopState:
        """Stops at once; the file comes before the row, since it is what counts. Raises ConfigError."""
        if self._stop.state(tenant).stopped:
            return self._stop.state(tenant)
        try:
            self._stop.stop(tenant, by, reason, self._clock())
        except OSError as error:
            raise ConfigError(
                "write.stop_failed", f"Writing could not be stopped: {error.strerror}.",
                hint="At the machine, run: edge-agent writes disable. Look after the platform's disk.",
            ) from error  # fmt: skip
        with self._database.write() as session:
            audit.record(session, tenant, by, "writes.stop", detail=reason.strip()[:REASON_LENGTH_MAX])
        return self._stop.state(tenant)

    def release(self, tenant: str, by: str) -> StopState:
        """Lets writes go on. Raises ConfigError where it was stopped at the platform's machine, or cannot be done."""
        if self._stop.state(tenant).everywhere:
            raise ConfigError(
                "write.stopped_at_machine", "Writing was stopped on the platform's machine.",
                hint="It goes on from there: python -m platform_core writes resume --all",
            )  # fmt: skip
        with self._database.write() as session:
            audit.record(session, tenant, by, "writes.resume")
        try:
            self._stop.release(tenant)
        except OSError as error:
            raise ConfigError("write.stop_failed", f"Writing stays stopped: {error.strerror}.") from error
        return self._stop.state(tenant)
