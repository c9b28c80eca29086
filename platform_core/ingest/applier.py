"""From the journal into the store, in one thread. The memory here is only a short cut past the journal:
what does not fit is read back from it, so a slow or failing store costs nothing but time."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from platform_core.journal.format import Record
from platform_core.journal.journal import Journal
from platform_core.journal.scan import Damage
from platform_core.stores.base import Block, Store
from schemas.errors import ConnectError
from schemas.wire.columns import count

log = logging.getLogger("interlock.ingest")

HELD_MAX_POINTS: Final = 2_000_000
WAIT_MIN_S: Final = 0.1
WAIT_MAX_S: Final = 5.0
TRIES_MAX: Final = 3
CREDIT_FULL: Final = 8
#: Blocks the store is behind by → batches an agent may have in flight.
CREDIT_STEPS: Final = ((1_000, 8), (4_000, 4), (16_000, 2))

#: A block that the store cannot take whatever the disk does; tried a few times, then set aside.
_REFUSALS: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Applier:
    """Applies blocks by rising number; `rebuild` makes a block from a journal record (None: nothing to apply)."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        rebuild: Callable[[Record], Block],
        on_late: Callable[[NDArray[np.uint32]], None],
        on_refused: Callable[[Block, str], None],
    ) -> None:
        self._store = store
        self._journal = journal
        self._rebuild = rebuild
        self._on_late = on_late
        self._on_refused = on_refused
        self._ready = threading.Condition()
        self._blocks: deque[Block] = deque()
        self._held_points = 0
        self._skipped_no = 0
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="ingest-apply", daemon=True)
        self.first_no = self.next_no = store.applied() + 1
        self.damaged = 0
        self.error = ""

    def start(self) -> None:
        """Begin with what the journal holds beyond the store."""
        self._skipped_no = self._journal.last_no
        self._thread.start()

    def stop(self, wait_s: float = 5.0) -> None:
        """Stop after the block in hand; the rest is in the journal."""
        with self._ready:
            self._is_stopping = True
            self._ready.notify_all()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    @property
    def is_alive(self) -> bool:
        """Not ended by a defect."""
        return self._thread.ident is None or self._thread.is_alive() or self._is_stopping

    def offer(self, block: Block) -> None:
        """A journalled block, in the order of numbers."""
        points = count(block.columns)
        with self._ready:
            if self._skipped_no >= self.next_no or self._held_points + points > HELD_MAX_POINTS:
                self._skipped_no = block.no
            else:
                self._blocks.append(block)
                self._held_points += points
            self._ready.notify()

    @property
    def lag_blocks(self) -> int:
        """Journalled blocks the store has not been given yet."""
        return max(0, self._journal.last_no - self.next_no + 1)

    def credit(self) -> int:
        """How many batches each agent may have in flight, by how far the store is behind."""
        lag = self.lag_blocks
        return next((credit for below, credit in CREDIT_STEPS if lag < below), 1)

    def wait_until_applied(self, no: int, wait_s: float) -> bool:
        """Wait until the store was given everything up to `no` (for an orderly stop and tests)."""
        with self._ready:
            return self._ready.wait_for(lambda: self.next_no > no or self._is_stopping, wait_s)

    def _run(self) -> None:
        while not self._is_stopping:
            with self._ready:
                while self._blocks and self._blocks[0].no < self.next_no:
                    self._held_points -= count(self._blocks.popleft().columns)
                block = None
                if self._skipped_no < self.next_no:
                    if not self._blocks:
                        self._ready.wait(1.0)
                        continue
                    block = self._blocks.popleft()
                    self._held_points -= count(block.columns)
            if block is not None:
                self._apply(block)
            else:
                self._catch_up()

    def _catch_up(self) -> None:
        """Read from the journal what was not kept in memory."""
        until = self._journal.last_no
        for item in self._journal.records(self.next_no):
            if self._is_stopping:
                return
            if isinstance(item, Damage):
                self.damaged += 1
                log.error("journal %s at %d: %s", item.segment, item.offset, item.reason)
                continue
            if item.no > until:
                break
            self._apply(self._rebuild(item))
        if not self._is_stopping:
            with self._ready:
                self.next_no = max(self.next_no, until + 1)
                self._ready.notify_all()

    def _apply(self, block: Block) -> None:
        tries, wait_s = 0, WAIT_MIN_S
        while not self._is_stopping:
            try:
                self._store.apply(block)
                break
            except (ConnectError, OSError) as error:
                self._failed(error)
            except _REFUSALS as error:
                tries += 1
                self._failed(error)
                if tries >= TRIES_MAX:
                    self._on_refused(block, repr(error))
                    block = Block(block.no, block.tenant, block.seq, block.hist, [])
            with self._ready:
                self._ready.wait_for(lambda: self._is_stopping, wait_s)
            wait_s = min(WAIT_MAX_S, 2 * wait_s)
        else:
            return
        self.error = ""
        if block.hist and block.columns:
            self._on_late(np.unique(np.concatenate([group.id for group in block.columns])))
        with self._ready:
            self.next_no = block.no + 1
            self._ready.notify_all()

    def _failed(self, error: Exception) -> None:
        if not self.error:
            log.error("the store does not take block %d: %s", self.next_no, error)
        self.error = str(error) or repr(error)
