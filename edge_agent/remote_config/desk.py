"""Takes configurations from the platform, one at a time: check it, go over to it, watch it, keep it or go back.

It is kept when, at the end of the watch, no more connections are bad than before and the platform hears the agent.
Otherwise, or when the agent ends meanwhile, the one before holds again. What waits in the spool is never touched.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import yaml

from edge_agent.config import LoadedConfig
from edge_agent.plain_words import invalid
from edge_agent.remote_config.changes import changes
from edge_agent.remote_config.compose import PUSHED, check_scope, composed
from edge_agent.remote_config.load import renamed_back, taken_back
from edge_agent.remote_config.past import Reason, record_gone_back, record_pushed
from edge_agent.versions.kept import Holding, Kept
from edge_agent.yaml_lines import read_yaml
from schemas.errors import ConfigError, InterlockError, Problem, WireError
from schemas.plain_secrets import plain_secrets
from schemas.wire.config_push import ConfigPart, ConfigReport, State, hash_of, join, told

logger = logging.getLogger(__name__)

#: Parts of one push arrive within this time (s), or it is forgotten.
PARTS_TIMEOUT_S = 30.0
#: A link that was just made anew gets this long (s) beyond the watch.
LOOK_AGAIN_S = 0.5


class Running(Protocol):
    """What is asked of the agent."""

    @property
    def bad_devices(self) -> set[str]:
        """Connections without a link, or with no good tag."""
        ...

    @property
    def is_heard(self) -> bool:
        """Whether the platform takes what is sent."""
        ...

    def broken(self, what: str) -> None:
        """It cannot go on like this: it ends, and is started again."""
        ...

    async def reconfigure(self, loaded: LoadedConfig) -> None:
        """Goes over to another configuration. Raises InterlockError where it could not; nothing has changed then."""
        ...

    def renamed(self, loaded: LoadedConfig) -> None:
        """What runs is what it was, and now stands in another text: the platform is told which."""
        ...


def make_remote(loaded: LoadedConfig, agent: Running) -> RemoteDesk | None:
    """The desk, where the machine allows changes from afar."""
    if not loaded.config.remote_config or loaded.path is None:
        return None
    return RemoteDesk(loaded, loaded.path, agent)


class RemoteDesk:
    """Everything on the event loop."""

    def __init__(self, loaded: LoadedConfig, path: Path, agent: Running) -> None:
        self._loaded, self._path, self._agent = loaded, path, agent
        self._kept = Kept(loaded.data_dir)
        self._holding = self._kept.holding()
        self._connection: Callable[[], str] = lambda: ""
        self._tell: Callable[[bytes], None] = lambda _payload: None
        self._parts: dict[int, ConfigPart] = {}
        self._parts_at = 0.0
        self._work: asyncio.Task[None] | None = None
        self._is_up = False

    def link(self, connection: Callable[[], str], tell: Callable[[bytes], None]) -> None:
        """Where the present connection's id comes from and reports go."""
        self._connection, self._tell = connection, tell

    def started(self) -> None:
        """The agent collects: from now on pushes are taken."""
        self._is_up = True

    def stop(self) -> None:
        """The agent ends; a trial that runs is taken back by the next start."""
        if self._work is not None:
            self._work.cancel()

    @property
    def in_charge(self) -> str:
        """Why the machine's own connections may not be changed now; empty where they may."""
        return self.busy or ("the connections come from the platform" if self._holding.active else "")

    @property
    def busy(self) -> str:
        """Why the machine may not even go back to another version now; empty where it may."""
        is_busy = self._work is not None and not self._work.done()
        return "a configuration of the platform is being checked or watched" if is_busy else ""

    @property
    def taken(self) -> tuple[str, int]:
        """Who chose at the machine what holds, and when; ("", 0) where the platform did, or nobody."""
        return self._holding.taken_by, self._holding.taken_ts

    def own_changed(self, loaded: LoadedConfig) -> None:
        """The configuration was changed at the machine: what holds is read again. Raises ConfigError."""
        self._holding = self._kept.holding()
        self._loaded = loaded

    def last_report(self) -> bytes | None:
        """The report that is told after each hand-shake with the platform."""
        return self._holding.report or None

    def receive(self, payload: bytes) -> None:
        """A part of a push. One for another connection of the agent is left aside."""
        try:
            part = ConfigPart.unpack(payload)
        except WireError as error:
            logger.warning("A configuration cannot be read: %s", error)
            return
        if part.conn_id != self._connection() or not self._is_up:
            return
        if self._work is not None and not self._work.done():
            if part.part == 0:
                self._refuse(part, Reason("remote.busy", "another configuration is being checked or watched"))
            return
        now = time.monotonic()
        first = next(iter(self._parts.values()), None)
        if first is None or first.id != part.id or now - self._parts_at > PARTS_TIMEOUT_S:
            self._parts = {}
        self._parts[part.part] = part
        self._parts_at = now
        if len(self._parts) == part.parts:
            parts, self._parts = [self._parts[at] for at in sorted(self._parts)], {}
            self._work = asyncio.create_task(self._take(parts))
            self._work.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        logger.error("A configuration from the platform could not be dealt with.", exc_info=error)
        if self._holding.on_trial:  # half gone over: the next start goes back
            self._agent.broken(repr(error))

    async def _take(self, parts: list[ConfigPart]) -> None:
        push = parts[0]
        try:
            text = join(parts)
            basis = await asyncio.to_thread(self._basis)
            if push.action == "read":
                data = told(await asyncio.to_thread(self._running_text))
                self._report(push, "told", basis=basis, data=data)
                return
            if push.action == "apply":
                await asyncio.to_thread(self._stand_still, push.basis, basis)
            new = await asyncio.to_thread(self._checked, text)
        except ConfigError as error:
            problems = error.problems or (Problem(error.code, "", error.message, error.hint),)
            self._refuse(push, Reason(error.code, error.message), [_shown(one) for one in problems])
            return
        except OSError as error:
            why = str(error.strerror)
            text = f"the machine's own configuration cannot be read: {why}"
            self._refuse(push, Reason("remote.unreadable", text, {"why": why}))
            return
        if push.action == "check":
            self._report(push, "checked", basis=basis, rows=changes(self._loaded.config, new.config))
        elif push.hash == self._holding.active or new.hash == self._loaded.hash:
            await self._same(push, text)
        else:
            await self._try(push, text, new)

    def _basis(self) -> str:
        """Names what runs and what the machine's own file says now: a change of either makes another."""
        return hash_of(f"{self._holding.active} {self._loaded.hash} {hash_of(self._path.read_text('utf-8'))}")

    def _stand_still(self, told: str, basis: str) -> None:
        """Raises ConfigError where a push would write over what whoever made it did not see."""
        if told not in ("", basis):
            raise ConfigError(
                "remote.moved", "the configuration was changed since: at the machine, or by another push",
                hint="Read what runs now, and make the change on that.",
            )  # fmt: skip
        if self._kept.holding().active != self._holding.active:
            raise ConfigError(
                "remote.restart", "another version was chosen at the machine, and counts from the agent's next start",
                hint="Start the agent again, then look at what it runs.",
            )  # fmt: skip

    def _running_text(self) -> str:
        """The connections and templates that run, as text. Raises ConfigError where a secret stands in it."""
        pushed = self._kept.text(self._holding.active) if self._holding.active else ""
        document = read_yaml(pushed or self._path.read_text("utf-8")).data
        own = {key: document[key] for key in PUSHED if key in document}
        if next(plain_secrets(own), None) is not None:
            raise ConfigError(
                "remote.secret", "a password stands in the text that runs: it is not told",
                hint="Use secret:NAME at the machine.",
            )  # fmt: skip
        return pushed or yaml.safe_dump(own, sort_keys=False, allow_unicode=True)

    def _checked(self, text: str) -> LoadedConfig:
        """In a thread: large files take seconds. Raises ConfigError with every problem."""
        from edge_agent.config import load_config

        new = composed(self._path, text)
        problems = check_scope(load_config(self._path), new, text)
        if problems:
            raise invalid(problems)
        return new

    async def _same(self, push: ConfigPart, text: str) -> None:
        """What runs already: nothing is touched. A text that says the same in other words is kept as the active one."""
        if push.hash != self._holding.active:
            await asyncio.to_thread(self._kept.put, text)
            await self._hold(Holding(push.hash, report=self._holding.report))
            await asyncio.to_thread(record_pushed, self._path, text, self._loaded.hash, push)
            self._loaded = replace(self._loaded, pushed=push.hash)
            self._agent.renamed(self._loaded)
        self._report(push, "unchanged", keep=True)

    async def _try(self, push: ConfigPart, text: str, new: LoadedConfig) -> None:
        old, before = self._loaded, self._agent.bad_devices
        try:
            await asyncio.to_thread(self._kept.put, text)
            before_it = self._holding
            await self._hold(replace(before_it, active=push.hash, before=before_it.active, push=push.id))
            await asyncio.to_thread(record_pushed, self._path, text, new.hash, push)
        except OSError as error:
            why = str(error.strerror)
            self._refuse(push, Reason("remote.stored", f"it cannot be stored: {why}", {"why": why}))
            return
        self._report(push, "watching")
        logger.info("Configuration %s of %s is on trial for %g s.", push.hash[:12], push.by or "?", push.watch_s)
        try:
            await self._agent.reconfigure(new)
            self._loaded = new
            await asyncio.sleep(push.watch_s)
            reason = await self._verdict(before)
        except InterlockError as error:
            reason = Reason("remote.not_taken", f"the agent could not go over to it: {error}", {"why": str(error)})
        if reason is None:
            await self._hold(Holding(push.hash))
            self._report(push, "kept", keep=True)
            return
        await self._go_back(push, old, new, reason)

    async def _go_back(self, push: ConfigPart, old: LoadedConfig, new: LoadedConfig, reason: Reason) -> None:
        logger.warning("Configuration %s is taken back: %s.", push.hash[:12], reason.text)
        back = replace(old, renamed=renamed_back(new))
        await asyncio.to_thread(self._record_back, old, reason)
        await self._hold(taken_back(self._holding, reason))
        if self._loaded is new:
            await self._agent.reconfigure(back)
            self._loaded = old
        self._tell(self._holding.report)

    def _record_back(self, old: LoadedConfig, reason: Reason) -> None:
        record_gone_back(self._path, self._kept.text(old.pushed) if old.pushed else "", old.hash, reason)

    async def _verdict(self, before: set[str]) -> Reason | None:
        """Why it must be taken back; None when it may stay."""
        if not self._agent.is_heard:
            await asyncio.sleep(LOOK_AGAIN_S)
        bad = self._agent.bad_devices
        if not self._agent.is_heard:
            return Reason("remote.unheard", "the platform was not reached at the end of the watch")
        if len(bad) > len(before):
            names = ", ".join(sorted(bad - before)[:10])
            return Reason("remote.bad", f"more connections than before are bad: {names}", {"names": names})
        return None

    async def _hold(self, holding: Holding) -> None:
        await asyncio.to_thread(self._kept.hold, holding)
        self._holding = holding

    def _refuse(self, push: ConfigPart, reason: Reason, problems: list[dict[str, Any]] | None = None) -> None:
        self._report(push, "refused", reason=reason, problems=problems)

    def _report(
        self, push: ConfigPart, state: State, *, reason: Reason | None = None,
        problems: list[dict[str, Any]] | None = None, keep: bool = False, basis: str = "",
        rows: list[dict[str, Any]] | None = None, data: bytes = b"",
    ) -> None:  # fmt: skip
        why = reason or Reason("", "")
        active = self._holding.before if self._holding.on_trial else self._holding.active
        report = ConfigReport(
            push.id, push.hash, state, active or "", why.text, problems or [], time.time_ns() // 1000,
            rows or [], basis, data, why.code, why.params,
        )  # fmt: skip
        packed = report.pack()
        if keep:
            self._holding = replace(self._holding, report=packed)
            self._kept.hold(self._holding)
        self._tell(packed)


def _shown(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code, "path": problem.path, "line": problem.line, "message": problem.message,
        "hint": problem.hint, "params": dict(problem.params),
    }  # fmt: skip
