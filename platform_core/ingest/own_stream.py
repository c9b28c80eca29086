"""The platform's own streams: what people type, taken in like what an agent sends.

One stream for each tenant, at the edge `manual`; and one at the edge `sparkplug`, for nodes of other makers that the
platform hears as a host. A batch goes through the same intake as any other: checked, journalled
with one sync, shown, stored once by its number. The difference is that its sender waits for the answer.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4

import numpy as np
from sqlalchemy.exc import SQLAlchemyError

from platform_core.ingest.applier import Applier
from platform_core.ingest.catalog import Catalog
from platform_core.ingest.inbox import Message
from platform_core.ingest.intake import Intake
from platform_core.ingest.streams import StreamState, StreamTable
from platform_core.journal.durable import write_replacing
from schemas.errors import ConfigError, ConnectError, InterlockError
from schemas.identifiers import MANUAL_EDGE
from schemas.wire.batch import Batch, BatchKind, encode_records, make_batch, pack
from schemas.wire.dictionary import TagEntry
from schemas.wire.presence import Birth
from schemas.wire.topics import EdgeTopic

FILE_NAME: Final = "own_seq.highest"
RESERVED_AT_ONCE: Final = 100
WAIT_S: Final = 10.0
LEASE_US: Final = 30_000_000
T = TypeVar("T")


class OwnNumbers:
    """Numbers for own batches, never given twice: also not after a restart or a restored database.

    A block of them is reserved in a file beside the journal before the first of it is used.
    """

    def __init__(self, folder: Path, file_name: str = FILE_NAME) -> None:
        """Raises ConfigError when the file does not hold a number."""
        self._path = folder / file_name
        self._lock = threading.Lock()
        self._last = self._reserved = 0
        if self._path.exists():
            content = self._path.read_text().strip()
            if not content.isdigit():
                raise ConfigError("ingest.own_numbers", f"{file_name} does not hold a number.")
            self._last = self._reserved = int(content)

    def take(self) -> int:
        """The next number. Raises OSError (disk full)."""
        with self._lock:
            if self._last >= self._reserved:
                write_replacing(self._path, str(self._last + RESERVED_AT_ONCE).encode())
                self._reserved = self._last + RESERVED_AT_ONCE
            self._last += 1
            return self._last


class OwnStreams:
    """`seq`, `stream`, `declare` and `append` may be called from any thread; the work is done in the ingest thread."""

    def __init__(
        self,
        folder: Path,
        holder: str,
        catalog: Catalog,
        streams: StreamTable,
        intake: Intake,
        applier: Applier,
        poke: Callable[[], None],
        edge: str = MANUAL_EDGE,
    ) -> None:
        self._edge = edge
        self._numbers = OwnNumbers(folder, FILE_NAME if edge == MANUAL_EDGE else f"{edge}_seq.highest")
        self._holder = holder
        self._catalog = catalog
        self._streams = streams
        self._intake = intake
        self._applier = applier
        self._poke = poke
        self._tasks: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._lock = threading.Lock()
        self._is_closed = False
        self._known: dict[str, StreamState] = {}

    def seq(self) -> int:
        """A number for a batch. Raises OSError."""
        return self._numbers.take()

    def stream(self, tenant: str) -> UUID:
        """The tenant's own stream; made when it is first asked for."""
        return self._call(lambda: self._state(tenant).uuid)

    def aliases(self, tenant: str, tag_ids: Sequence[int]) -> list[int]:
        """What the stream calls these tags; 0 for one it does not know."""

        def find() -> list[int]:
            tag_of = self._state(tenant).aliases.tag_of
            found = [np.flatnonzero(tag_of == tag_id) for tag_id in tag_ids]
            return [int(at[-1]) if len(at) else 0 for at in found]

        return self._call(find)

    def declare(self, tenant: str, entry: Callable[[int], TagEntry]) -> int:
        """Make a tag: `entry(alias)` says which. Returns its tag id, once it is in the database and the journal."""

        def make() -> int:
            state = self._state(tenant)
            known = np.flatnonzero(state.aliases.tag_of)
            alias = int(known[-1]) + 1 if len(known) else 1
            seq = self._numbers.take()
            body = encode_records([entry(alias).to_record()])
            payload = pack(own_batch(state.uuid, seq, "dict", body))
            self._take(state, seq, payload)
            return int(state.aliases.tag_of[alias])

        return self._call(make)

    def append(self, tenant: str, seq: int, payload: bytes, *, wait_stored_s: float = 1.0) -> None:
        """Take a batch in; when this returns it is in the journal, once, however often it was given.

        Waits a moment for the store as well, so that who asks next finds it there. Raises ConnectError when it was not
        taken (disk full), or when that is not known (`values.unknown`): giving it again is safe.
        """

        def take() -> int:
            self._take(self._state(tenant), seq, payload)
            return self._intake.last_no

        self._applier.wait_until_applied(self._call(take), wait_stored_s)

    def holds(self, tenant: str, seq: int) -> bool:
        """Whether a batch is in the journal."""
        return self._call(lambda: self._state(tenant).is_known(seq))

    def with_ingest(self, task: Callable[[], T]) -> T:
        """Do something else in the ingest thread. Raises ConnectError when it ends or is busy."""
        return self._call(task)

    def work(self) -> None:
        """In the ingest thread: do what was asked for."""
        while True:
            with self._lock:
                if not self._tasks:
                    return
                future, task = self._tasks.popleft()
            try:
                future.set_result(task())
            except (InterlockError, SQLAlchemyError, OSError) as error:
                future.set_exception(error)

    def close(self) -> None:
        """Refuse what comes from now on."""
        with self._lock:
            self._is_closed = True
            waiting, self._tasks = self._tasks, deque()
        for future, _ in waiting:
            future.set_exception(_stopping())

    def _call(self, task: Callable[[], T]) -> T:
        future: Future[T] = Future()
        with self._lock:
            if self._is_closed:
                raise _stopping()
            self._tasks.append((future, task))
        self._poke()
        try:
            return future.result(WAIT_S)
        except TimeoutError:
            raise ConnectError(
                "values.unknown",
                "The platform is busy; it is not known yet whether this was stored.",
                hint="Send it again with the same key: it is stored once.",
            ) from None

    def _state(self, tenant: str) -> StreamState:
        state = self._known.get(tenant)
        if state is not None:
            return state
        now_us = time.time_ns() // 1000
        mine = [mark for mark in self._catalog.streams() if mark.tenant == tenant and mark.edge == self._edge]
        if mine:
            mark = mine[-1]
        else:
            birth = Birth(
                stream=str(uuid4()), boot=1, conn_id="", max_seq=0, machine="", agent_version="", config_hash=""
            )
            mark = self._catalog.welcome(tenant, self._edge, birth, now_us)
        if not self._catalog.lease(tenant, mark.uuid, self._holder, now_us, now_us + LEASE_US):
            raise ConnectError("values.elsewhere", "Another process writes this stream.", hint="Try again.")
        state = self._streams.add(mark)
        self._intake.learn(state, self._catalog.aliases(tenant, mark.uuid))
        self._intake.served.add(state.key)
        self._known[tenant] = state
        return state

    def _take(self, state: StreamState, seq: int, payload: bytes) -> None:
        now_us = time.time_ns() // 1000
        topic = EdgeTopic(state.tenant, self._edge, "b", 0)
        message = Message("", payload, now_us, time.monotonic_ns() // 1000)
        self._intake.take([(topic, message)])
        if seq in state.dead:
            raise ConfigError("values.refused", f"The values cannot be stored: {state.dead[seq]}.")
        if not state.is_known(seq):
            reason = self._intake.journal_error or "the database does not answer"
            raise ConnectError("values.not_stored", f"Nothing was stored: {reason}", hint="Try again.")


def own_batch(stream: UUID, seq: int, kind: BatchKind, body: bytes, *, hist: bool = False) -> Batch:
    """A batch of an own stream."""
    return make_batch(
        stream, seq, kind, body, boot=1, wall=time.time_ns() // 1000, mono=time.monotonic_ns() // 1000, rev="manual",
        hist=hist,
    )  # fmt: skip


def _stopping() -> ConnectError:
    return ConnectError("values.stopping", "The platform is ending; nothing was stored.", hint="Try again.")
