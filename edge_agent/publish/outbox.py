"""What is under way to the platform: at most 8 batches in flight, dictionary and gap records first,
then fresh batches, then the backlog at its own pace. Pure state: no clock, no network of its own.

Nothing here is durable; the spool is. A batch leaves `in_flight` only by the platform's ack.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from edge_agent.buffer.rows import StoredBatch

WINDOW = 8
#: Places in the window that the backlog leaves to fresh batches.
KEPT_FOR_FRESH = 2
ACK_TIMEOUT_S = 5.0
HISTORICAL_AFTER_S = 10.0
#: Fresh batches held in memory; what overflows is read back from the spool as backlog.
FRESH_MAX = 256
FRESH_BYTES_MAX = 16 * 1024 * 1024
BACKLOG_READ = 64
_BACKLOG_PRIOS = (1, 2, 3)
#: Acked numbers that stay protected until the spool has surely booked their acks.
ACKED_KEPT = 1024


@dataclass(slots=True)
class Flight:
    """A batch that was sent and not acked yet."""

    batch: StoredBatch
    sent_at: float
    backlog: bool
    attempts: int = 1


@dataclass(slots=True)
class Sending:
    """A batch to be published now, with the flag that says it is not fresh."""

    batch: StoredBatch
    hist: bool


@dataclass(slots=True, frozen=True)
class BacklogQuery:
    """What to read from the spool next: pending batches of `prio` with after < seq < before."""

    prio: int
    after: int
    before: int


class Outbox:
    """Order and window of one session with one platform. Times are monotonic seconds."""

    def __init__(self, backlog_batches_per_s: float) -> None:
        self._pace = backlog_batches_per_s
        self.sent = self.resent = self.acked = 0
        self.session = 0
        self.in_flight: dict[int, Flight] = {}
        self._uncertain: tuple[int, ...] = ()
        self._just_acked: deque[int] = deque(maxlen=ACKED_KEPT)
        self._handed_out: tuple[int, ...] = ()
        self.close()

    def close(self) -> None:
        """The session ended: everything un-acked is in the spool."""
        self.ready = False
        self.session += 1  # an answer that was asked for in an earlier one is ignored
        self.window = WINDOW
        # The platform may have stored these: nobody knows before the next hand-shake.
        self._uncertain = (*self._uncertain, *self.in_flight)
        self.in_flight = {}
        self._first: deque[StoredBatch] = deque()
        self._fresh: deque[StoredBatch] = deque()
        self._fresh_bytes = 0
        self._backlog: deque[StoredBatch] = deque()
        self._cursor = dict.fromkeys(_BACKLOG_PRIOS, 0)
        self._exhausted: set[int] = set()
        self._reading = False
        self._tokens = 0.0
        self._tokens_at = 0.0
        self._boot = self._opened_us = self.max_sent = 0
        self._fresh_from = 0

    def open(self, first: Sequence[StoredBatch], *, max_seq: int, boot: int, mono_us: int) -> None:
        """A hand-shake succeeded: `first` are pending dictionary and gap batches, `max_seq` the
        newest committed number; everything else up to it is backlog."""
        self.close()
        self.ready = True
        self._uncertain, self._handed_out = (), ()  # the hand-shake has settled what the platform has
        self._just_acked.clear()
        self._boot, self._opened_us = boot, mono_us
        self._first.extend(first)
        self._fresh_from = max_seq + 1

    def committed(self, batches: Sequence[StoredBatch]) -> None:
        """Batches the spool has just accepted."""
        if not self.ready:
            return
        for batch in batches:
            if batch.seq < self._fresh_from:
                continue  # committed before the hand-shake was read: part of the backlog
            if batch.kind in ("dict", "gap"):
                self._first.append(batch)
                continue
            self._fresh.append(batch)
            self._fresh_bytes += len(batch.body)
        while len(self._fresh) > FRESH_MAX or self._fresh_bytes > FRESH_BYTES_MAX:
            overflow = self._fresh.popleft()
            self._fresh_bytes -= len(overflow.body)
            self._fresh_from = overflow.seq + 1
            self._exhausted.clear()

    def take(self, now: float) -> list[Sending]:
        """What may be published now; it is booked as in flight."""
        if not self.ready:
            return []
        taken: list[Sending] = []
        while self._first and len(self.in_flight) < self.window:
            self._send(self._first.popleft(), now, taken, backlog=False)
        while self._fresh and len(self.in_flight) < self.window:
            batch = self._fresh[0]
            self._fresh_bytes -= len(batch.body)
            self._send(batch, now, taken, backlog=False)
            self._fresh.popleft()
        self._take_backlog(now, taken)
        return taken

    def _take_backlog(self, now: float, taken: list[Sending]) -> None:
        self._tokens = min(self._pace, self._tokens + (now - self._tokens_at) * self._pace, 16.0)
        self._tokens_at = now
        allowed = max(1, self.window - KEPT_FOR_FRESH)
        while self._backlog and self._tokens >= 1 and len(self.in_flight) < allowed:
            self._tokens -= 1
            batch = self._backlog[0]
            if batch.seq not in self.in_flight:
                self._send(batch, now, taken, backlog=True)
            self._backlog.popleft()

    def _send(self, batch: StoredBatch, now: float, taken: list[Sending], *, backlog: bool) -> None:
        self.in_flight[batch.seq] = Flight(batch, now, backlog)
        self.max_sent = max(self.max_sent, batch.seq)
        self.sent += 1
        taken.append(Sending(batch, self._historical(batch, now)))

    def _historical(self, batch: StoredBatch, now: float) -> bool:
        if batch.boot != self._boot or batch.mono < self._opened_us:
            return True
        return now - batch.mono / 1e6 > HISTORICAL_AFTER_S

    def overdue(self, now: float) -> list[Sending]:
        """Batches whose ack stayed away: to be sent once more."""
        late = [f for f in self.in_flight.values() if now - f.sent_at >= ACK_TIMEOUT_S]
        for flight in late:
            flight.sent_at = now
            flight.attempts += 1
            self.resent += 1
        return [Sending(flight.batch, self._historical(flight.batch, now)) for flight in late]

    def settle(self, ranges: Sequence[tuple[int, int]], dead: Sequence[int] = ()) -> list[int]:
        """The platform has these (or calls them dead): they leave the window and the queues.

        Returns what it has of what was under way. All else it names was settled before, and a stream
        with many holes has thousands of ranges in each ack.
        """
        lows = [low for low, _ in ranges]

        def has(seq: int) -> bool:
            place = bisect_left(lows, seq + 1) - 1
            return place >= 0 and seq <= ranges[place][1]

        held = [seq for seq in self.in_flight if has(seq)]
        for seq in [*held, *(seq for seq in dead if seq in self.in_flight and not has(seq))]:
            self._just_acked.append(seq)
            del self.in_flight[seq]
            self.acked += 1
        if self._backlog and has(self._backlog[0].seq):
            self._backlog = deque(batch for batch in self._backlog if not has(batch.seq))
        return held

    def handed_out(self, found: Sequence[StoredBatch]) -> None:
        """In the spool's thread: these were just read, and are on their way to `answer`."""
        self._handed_out = tuple(batch.seq for batch in found)

    @property
    def dictionary_pending(self) -> bool:
        """Whether dictionary batches wait or are under way: who asks for one is about to get it."""
        return any(batch.kind == "dict" for batch in self._first) or any(
            flight.batch.kind == "dict" for flight in self.in_flight.values()
        )

    def protected(self) -> set[int]:
        """Numbers that must not be dropped: they are, were or may yet be sent. For the spool's thread.

        A batch moves from a queue to `in_flight` to the acked ones, and is entered in the next place
        before it leaves the last: reading in that order, each step in one go, misses none.
        """
        waiting = (*tuple(self._backlog), *tuple(self._fresh))
        seqs = {batch.seq for batch in waiting}
        seqs.update(self._handed_out, tuple(self.in_flight), self._uncertain, tuple(self._just_acked))
        return seqs

    def query(self) -> BacklogQuery | None:
        """What of the backlog to read next, None while there is enough or nothing left."""
        if not self.ready or self._reading or len(self._backlog) > BACKLOG_READ // 2:
            return None
        for prio in _BACKLOG_PRIOS:
            if prio not in self._exhausted:
                self._reading = True
                return BacklogQuery(prio, self._cursor[prio], self._fresh_from)
        return None

    def answer(self, query: BacklogQuery, found: Sequence[StoredBatch]) -> None:
        """The batches read for `query`."""
        self._reading = False
        if not found:
            if query.before == self._fresh_from:
                self._exhausted.add(query.prio)
            return
        self._cursor[query.prio] = found[-1].seq
        self._backlog.extend(batch for batch in found if batch.seq not in self.in_flight)

    @property
    def backlog_waiting(self) -> bool:
        """Whether the backlog has something to send as soon as its pace allows."""
        return bool(self._backlog)

    @property
    def oldest_unacked_s(self) -> float:
        """When the oldest batch in flight was last sent (monotonic seconds), 0 when there is none."""
        return min((f.sent_at for f in self.in_flight.values()), default=0.0)
