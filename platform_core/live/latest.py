"""The latest value of every tag, in arrays indexed by tag id.

An update is a handful of array operations: no Python object is made per value, but for text.
Order is by time, then by the number of the batch; what is older than the current value changes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from schemas.quality import BAD_FROM, Quality
from schemas.wire.columns import KINDS, VALUE_DTYPE, Columns, Kind

NEVER: Final = np.iinfo(np.int64).min
UNKNOWN_KIND: Final = 255
KIND_CODE: Final[dict[Kind, int]] = {kind: code for code, kind in enumerate(KINDS)}
_TEXT: Final = KIND_CODE["s"]

Ids = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class LatestRows:
    """The current values of n tags, as copies. `bits` holds the 8 bytes of the value by its kind;
    `text` its text where the kind is text. `good_ts` is `NEVER` where no good value is known."""

    id: Ids
    kind: NDArray[np.uint8]
    ts: NDArray[np.int64]
    q: NDArray[np.uint8]
    bits: NDArray[np.uint64]
    text: NDArray[Any]
    good_ts: NDArray[np.int64]
    good_bits: NDArray[np.uint64]
    good_text: NDArray[Any]


class Latest:
    """Safe to update from one thread while others read."""

    def __init__(self, capacity: int = 1024) -> None:
        self._lock = threading.Lock()
        self._capacity = capacity
        self._tenants: dict[str, int] = {}
        self._tenant = np.zeros(capacity, dtype=np.int32)
        self._kind = np.full(capacity, UNKNOWN_KIND, dtype=np.uint8)
        self._ts = np.full(capacity, NEVER, dtype=np.int64)
        self._seq = np.zeros(capacity, dtype=np.int64)
        self._q = np.full(capacity, int(Quality.WAITING), dtype=np.uint8)
        self._bits = np.zeros(capacity, dtype=np.uint64)
        self._text = np.full(capacity, "", dtype=object)
        self._good_ts = np.full(capacity, NEVER, dtype=np.int64)
        self._good_bits = np.zeros(capacity, dtype=np.uint64)
        self._good_text = np.full(capacity, "", dtype=object)
        self._is_rewound = np.zeros(capacity, dtype=np.bool_)

    def define(self, tenant: str, ids: Sequence[int], kinds: Sequence[Kind]) -> None:
        """Make room for tags; their value is 'waiting' until one arrives."""
        if not ids:
            return
        with self._lock:
            highest = max(ids)
            if highest >= self._capacity:
                self._grow(max(highest + 1, 2 * self._capacity))
            code = self._tenants.setdefault(tenant, len(self._tenants) + 1)
            at = np.asarray(ids, dtype=np.int64)
            self._tenant[at] = code
            self._kind[at] = [KIND_CODE[kind] for kind in kinds]

    def of_tenant(self, tenant: str, ids: Ids) -> NDArray[np.bool_]:
        """Mask of the ids that are tags of the tenant; others look like tags that never existed."""
        with self._lock:
            inside = ids < self._capacity
            mask: NDArray[np.bool_] = inside & (self._tenant[np.where(inside, ids, 0)] == self._tenants.get(tenant, -1))
            return mask

    def update(self, groups: Sequence[Columns], seq: int) -> Ids:
        """Take newer values in; returns the ids that changed (with repeats when a batch has them).

        Ids must be defined. `seq` breaks ties of time; 0 (a snapshot) loses them.
        """
        changed = [self._update_group(group, seq) for group in groups if len(group)]
        return np.concatenate(changed) if changed else np.empty(0, dtype=np.uint32)

    def rewind(self, ids: Ids) -> None:
        """The clock behind these tags was set back: their next value is the current one, whatever its time.

        Ids must be defined. Without this a value would stand still, and look fresh, until the clock has
        caught up with it.
        """
        with self._lock:
            self._is_rewound[ids] = True

    def is_behind(self, groups: Sequence[Columns]) -> bool:
        """Whether any of these samples is newer than its tag's current value. Ids must be defined."""
        with self._lock:
            return any(bool(np.any(group.ts > self._ts[group.id])) for group in groups)

    def read(self, ids: Ids) -> LatestRows:
        """Copies of the current values of defined tags."""
        with self._lock:
            return LatestRows(
                id=ids,
                kind=self._kind[ids],
                ts=self._ts[ids],
                q=self._q[ids],
                bits=self._bits[ids],
                text=self._text[ids],
                good_ts=self._good_ts[ids],
                good_bits=self._good_bits[ids],
                good_text=self._good_text[ids],
            )

    @property
    def capacity(self) -> int:
        """All defined ids are below this."""
        return self._capacity

    def _update_group(self, group: Columns, seq: int) -> Ids:
        if len(group) > 1 and bool(np.any(group.ts[1:] < group.ts[:-1])):
            group = group.take(np.argsort(group.ts, kind="stable"))
        bits = None if group.kind == "s" else as_bits(group.kind, group.v)
        with self._lock:
            # Where an id is repeated, numpy keeps the last one assigned: the newest, as rows rise in time.
            current = self._ts[group.id]
            rewound = self._is_rewound[group.id]
            newer = (group.ts > current) | ((group.ts == current) & (seq >= self._seq[group.id])) | rewound
            at: Ids = group.id[newer]
            self._ts[at] = group.ts[newer]
            self._seq[at] = seq
            self._q[at] = group.q[newer]
            good = (group.q < BAD_FROM) & ((group.ts >= self._good_ts[group.id]) | rewound)
            # A snapshot may repeat the value from before: only going back uses it up.
            self._is_rewound[group.id[rewound & (group.ts < current)]] = False
            good_at = group.id[good]
            self._good_ts[good_at] = group.ts[good]
            if bits is None:
                self._text[at] = group.v[newer]
                self._good_text[good_at] = group.v[good]
            else:
                self._bits[at] = bits[newer]
                self._good_bits[good_at] = bits[good]
        return at

    def _grow(self, capacity: int) -> None:
        self._tenant = _grown(self._tenant, capacity, 0)
        self._kind = _grown(self._kind, capacity, UNKNOWN_KIND)
        self._ts = _grown(self._ts, capacity, NEVER)
        self._seq = _grown(self._seq, capacity, 0)
        self._q = _grown(self._q, capacity, int(Quality.WAITING))
        self._bits = _grown(self._bits, capacity, 0)
        self._text = _grown(self._text, capacity, "")
        self._good_ts = _grown(self._good_ts, capacity, NEVER)
        self._good_bits = _grown(self._good_bits, capacity, 0)
        self._good_text = _grown(self._good_text, capacity, "")
        self._is_rewound = _grown(self._is_rewound, capacity, False)
        self._capacity = capacity


def as_bits(kind: Kind, values: NDArray[Any]) -> NDArray[np.uint64]:
    """The values of a kind other than text as 8 bytes each."""
    wide = values.astype(np.uint64) if kind == "b" else np.ascontiguousarray(values, VALUE_DTYPE[kind])
    bits: NDArray[np.uint64] = wide.view(np.uint64)
    return bits


def _grown(old: NDArray[Any], capacity: int, fill: Any) -> NDArray[Any]:
    grown = np.full(capacity, fill, dtype=old.dtype)
    grown[: len(old)] = old
    return grown
