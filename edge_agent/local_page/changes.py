"""What the page changes in the configuration: looked at as a difference first, then written as a version and taken
over by the running agent. Connections that the change does not touch keep their links."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol

from edge_agent.config import LoadedConfig
from edge_agent.configuration.rollback import compared, plan_rollback
from edge_agent.configuration.show import as_data
from edge_agent.configuration.source import Draft, Source, open_source
from edge_agent.configuration.tag_import import ImportPlan
from edge_agent.remote_config.load import load_effective, renamed_back
from edge_agent.spreadsheet.sheet import CellProblem
from edge_agent.versions.history import History, Version
from schemas.errors import ConfigError, InterlockError

__all__ = ["Changes", "Running"]

logger = logging.getLogger(__name__)

AUTHOR: Final = "local page"
#: Differences that were shown and may still be applied; older ones are looked at again.
SHOWN_KEPT: Final = 4
#: Rows of each kind (problems, added, changed, removed) that are sent to the browser.
ROWS_SHOWN: Final = 200
DIFF_LINES_SHOWN: Final = 2000
_WRITE_HINT: Final = "Leave its write rule as it is, or change it in agent.yaml on the machine."
#: What the running agent goes over to; everything else counts from its next start.
_LIVE: Final = {"connections", "calculated"}
_NOTHING_WRONG: Final = {"code": "", "reason": "", "hint": "", "problems": []}


class Running(Protocol):
    """What is asked of the agent."""

    @property
    def loaded(self) -> LoadedConfig:
        """The configuration that runs."""
        ...

    @property
    def held_by_platform(self) -> str:
        """Why the machine's own connections may not be changed now; empty where they may."""
        ...

    @property
    def platform_busy(self) -> str:
        """Why the machine may not even go back to another version now; empty where it may."""
        ...

    async def reconfigure_here(self, loaded: LoadedConfig) -> None:
        """Goes over to another configuration of the machine's own. Raises InterlockError where it could not."""
        ...


class Changes:
    """Differences that wait to be applied, and the versions there were."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._waiting: dict[str, tuple[Draft, str]] = {}
        self._one = asyncio.Lock()

    async def preview(self, make: Callable[[Source], ImportPlan], note: str) -> dict[str, Any]:
        """The difference that `make` plans, with a token to apply it by; large plans are made beside the event loop.

        Raises ConfigError with every problem found.
        """
        path = self._path()

        def planned() -> ImportPlan:
            return make(_opened(path))

        plan = await asyncio.to_thread(planned)
        if plan.draft is not None:
            plan.problems += [
                CellProblem(0, "write", "page.write", what, _WRITE_HINT) for what in _new_writes(plan.draft)
            ]
        token = ""
        if plan.draft is not None and not plan.problems and not plan.empty:
            token = self._keep(plan.draft, note)
        return {**_shown(plan), "token": token}

    async def versions(self) -> dict[str, Any]:
        """The versions of the configuration, newest first, whoever made them. Raises ConfigError."""
        path = self._file()

        def read() -> list[dict[str, Any]]:  # beside the event loop: a hundred files of many tags
            source = _opened(path)
            return _versions(History(source.loaded.data_dir).versions(), source)

        return {"versions": await asyncio.to_thread(read)}

    async def version(self, number: int) -> dict[str, Any]:
        """What going back to a version would change, with a token; also while the platform's connections hold. Raises
        ConfigError."""
        path = self._file()

        def looked() -> tuple[Draft | None, list[str], ConfigError | None]:
            source = _opened(path)
            version = History(source.loaded.data_dir).get(number)
            lines = compared(source, version)
            try:
                if busy := self._running.platform_busy:
                    raise ConfigError("page.remote", busy, hint="Wait until it is kept or taken back.")
                draft = plan_rollback(source, version)
                if writes := _new_writes(draft):
                    raise ConfigError("page.write", writes[0], hint=_WRITE_HINT)
                return draft, lines, None
            except ConfigError as error:  # it can be looked at all the same
                return None, lines, error

        draft, lines, error = await asyncio.to_thread(looked)
        token = self._keep(draft, f"rollback to version {number}") if draft and not draft.changes_nothing else ""
        return {
            "token": token, "lines": lines[:DIFF_LINES_SHOWN], "left_out": max(0, len(lines) - DIFF_LINES_SHOWN),
            "problems": [] if error is None else problems_of(error) or [_as_problem(error)],
        }  # fmt: skip

    async def apply(self, token: str, note: str) -> dict[str, Any]:
        """Writes the difference as a version and lets the agent take it over. Raises InterlockError; then nothing was
        written."""
        async with self._one:
            path = self._file()
            waiting = self._waiting.pop(token, None)
            if waiting is None:
                raise ConfigError(
                    "page.plan", "this difference is no longer waiting", hint="Look at the difference again."
                )
            draft, usual = waiting
            self._allow(goes_back=draft.goes_back)
            logger.warning("The agent's page: the configuration is changed (%s).", note or usual)
            await asyncio.to_thread(_write, draft, note or usual)
            self._waiting.clear()
            return {"files": list(draft.files), **await self._take_over(path, draft)}

    async def _take_over(self, path: Path, draft: Draft) -> dict[str, Any]:
        loaded = await asyncio.to_thread(load_effective, path)
        if draft.goes_back:
            loaded = replace(loaded, renamed=_undone(self._running.loaded, loaded))
        before = self._running.loaded.config.model_dump(exclude=_LIVE)
        if loaded.config.model_dump(exclude=_LIVE) != before:
            return {"taken_over": False, **_NOTHING_WRONG}
        try:
            await self._running.reconfigure_here(loaded)
        except InterlockError as error:
            why = {"code": error.code, "reason": error.message, "hint": error.hint, "problems": problems_of(error)}
            return {"taken_over": False, **why}
        return {"taken_over": True, **_NOTHING_WRONG}

    def _path(self) -> Path:
        path = self._file()
        self._allow(goes_back=False)
        return path

    def _file(self) -> Path:
        path = self._running.loaded.path
        if path is None:
            raise ConfigError("page.file", "this agent was not started from a file: there is nothing to be changed")
        return path

    def _allow(self, *, goes_back: bool) -> None:
        running = self._running
        reason = running.platform_busy if goes_back else running.held_by_platform
        if reason:
            raise ConfigError(
                "page.remote", reason,
                hint="Change it in the platform, or go back to a version of the machine under Versions first.",
            )  # fmt: skip

    def _keep(self, draft: Draft, note: str) -> str:
        token = secrets.token_urlsafe(16)
        self._waiting[token] = (draft, note)
        while len(self._waiting) > SHOWN_KEPT:
            del self._waiting[next(iter(self._waiting))]
        return token


def _undone(running: LoadedConfig, loaded: LoadedConfig) -> dict[str, str]:
    """Renames that going back undoes, so that history stays with its tag; where both names are there, nothing is."""
    keys = {f"{conn.id}/{tag.name}" for conn in loaded.config.connections for tag in conn.tags}
    return {key: was for key, was in renamed_back(running).items() if was not in keys}


def _new_writes(draft: Draft) -> list[str]:
    """Tags that could be written otherwise than before: only whoever edits agent.yaml on the machine decides that."""
    before = draft.source.connections
    found: list[str] = []
    for conn in draft.loaded.config.connections:
        was = before.get(conn.id)
        same_link = was is not None and (was.driver, was.config) == (conn.driver, conn.config)
        known = {tag.name: tag for tag in was.tags} if was is not None and same_link else {}
        found += [
            f"{conn.id}/{tag.name} may be written: the page does not change that"
            for tag in conn.tags
            if tag.write is not None and known.get(tag.name) != tag
        ]
    return found


def _as_problem(error: InterlockError) -> dict[str, Any]:
    return {"code": error.code, "path": "", "line": None, "message": error.message, "hint": error.hint}


def _opened(path: Path) -> Source:
    """As `open_source`. Raises InterlockError where a file cannot be read."""
    try:
        return open_source(path)
    except OSError as error:
        raise _unreadable(error) from error


def _write(draft: Draft, note: str) -> None:
    try:
        draft.apply(note=note, author=AUTHOR)
    except OSError as error:
        raise _unreadable(error) from error


def _unreadable(error: OSError) -> InterlockError:
    return InterlockError(
        "page.file",
        f"{error.filename} cannot be read: {error.strerror}",
        hint="Nothing was changed. Look at its rights.",
    )


def problems_of(error: InterlockError) -> list[dict[str, Any]]:
    """Every problem of an error with its place: JSON pointer and line, where they are known."""
    return [
        {"code": one.code, "path": one.path, "line": one.line, "message": one.message, "hint": one.hint}
        for one in getattr(error, "problems", ())[:ROWS_SHOWN]
    ]


def _versions(versions: list[Version], source: Source) -> list[dict[str, Any]]:
    """Newest first."""
    return [
        {
            "number": one.number, "time": one.time_us, "hash": one.hash, "author": one.author, "note": one.note,
            "origin": one.origin.kind, "pushed_no": one.origin.no, "reason": one.origin.reason,
            "code": one.origin.code, "params": dict(one.origin.params),
            "now": (dict(one.files), one.pushed) == (source.files, source.pushed),
        }
        for one in reversed(versions)
    ]  # fmt: skip


def _shown(plan: ImportPlan) -> dict[str, Any]:
    """The plan for a browser: whole in its counts, its rows up to a bound."""
    data = as_data(plan)
    data["problem_count"] = len(data["problems"])
    data["problems"] = sorted(data["problems"], key=lambda one: (one["row"], one["column"]))[:ROWS_SHOWN]
    for diff in data["connections"]:
        for kind in ("added", "changed", "removed"):
            diff[f"{kind}_count"] = len(diff[kind])
            diff[kind] = diff[kind][:ROWS_SHOWN]
    return data
