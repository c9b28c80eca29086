"""The contract between ingest, the API and whatever keeps the history.

A store takes journal blocks in the order of their numbers and answers two
questions: the samples themselves (`raw`) and one row per stretch of time
(`buckets`). The latest value of a tag is not the store's business.

Every time is an integer of microseconds since 1970-01-01 UTC, every range is
half open `[t0, t1)`, and every call but `apply` names the tenant whose data it
may touch: a tag id of another tenant answers like one that never existed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from schemas.wire.columns import Columns, Kind

IntArray = npt.NDArray[np.int64]
ByteArray = npt.NDArray[np.uint8]
FloatArray = npt.NDArray[np.float64]
ValueArray = npt.NDArray[Any]

BucketFn = Literal["n", "min", "max", "mean", "twa", "first", "last", "bad_us", "good_us"]
BUCKET_FNS: tuple[BucketFn, ...] = (
    "n",
    "min",
    "max",
    "mean",
    "twa",
    "first",
    "last",
    "bad_us",
    "good_us",
)


@dataclass(frozen=True, slots=True)
class Block:
    """One received batch, as the journal keeps it.

    `no` is the journal's own number (1, 2, 3, …) and orders all blocks; `seq`
    is the batch's number in its agent's stream and decides which of two
    samples with the same tag and time is the newer one. The `id` of the
    columns is the platform's tag id. A block without columns only moves
    `applied` along.
    """

    no: int
    tenant: str
    seq: int
    hist: bool
    columns: list[Columns]


@dataclass(frozen=True, slots=True)
class Series:
    """The samples of one tag, in time order, each time once.

    `v` has the dtype of `kind` (f8, i8, u8, u1, object of str); where
    `q >= 128` it is 0 or "" and means null. With `bounds` the first sample may
    lie before the range: it is the one in force when the range begins.
    `truncated` says that samples after the last one were left out.
    """

    id: int
    kind: Kind
    ts: IntArray
    v: ValueArray
    q: ByteArray
    truncated: bool = False

    def __len__(self) -> int:
        return len(self.ts)


@dataclass(frozen=True, slots=True)
class BucketSeries:
    """One row per bucket of one tag; every bucket of the range has its row.

    `t` is where a bucket begins (the first may begin before the range: only
    samples inside the range count, and times are cut to it). `n` counts the
    samples that carry a value; `min`, `max`, `first` and `last` have the dtype
    of the kind and are meaningless (0 or "") where `n == 0`, as are their
    times. `mean` is the mean of the samples, `twa` the mean over time; both
    are NaN where there is nothing to average. `good_us` is the time during
    which a value was in force, `bad_us` the time during which the latest
    sample was bad; the rest of the bucket is not known. Columns that were not
    asked for, or that make no sense for text (min, max, mean, twa), are None.
    """

    id: int
    kind: Kind
    t: IntArray
    n: IntArray | None = None
    min: ValueArray | None = None
    min_t: IntArray | None = None
    max: ValueArray | None = None
    max_t: IntArray | None = None
    mean: FloatArray | None = None
    twa: FloatArray | None = None
    first: ValueArray | None = None
    first_t: IntArray | None = None
    last: ValueArray | None = None
    last_t: IntArray | None = None
    bad_us: IntArray | None = None
    good_us: IntArray | None = None

    def __len__(self) -> int:
        return len(self.t)


@dataclass(frozen=True, slots=True)
class Between:
    """What holds between two samples of a tag.

    The first of them, for `hold_us` at most (None: until the second); where
    both are good and no further apart than `line_us`, the straight line from
    one to the other (None: never).
    """

    hold_us: int | None = None
    line_us: int | None = None

    @property
    def gap_max_us(self) -> int | None:
        """Up to this long all gaps are treated alike; None: however long."""
        return min((us for us in (self.hold_us, self.line_us) if us is not None), default=None)

    def holds(self, ts: int, at: int) -> bool:
        """Whether a good sample of the time `ts`, the last one until then, is in force at `at`."""
        return self.hold_us is None or at - ts < self.hold_us


UNTIL_NEXT: Final = Between()


@dataclass(frozen=True, slots=True)
class StoreStats:
    """What the store holds, for the health page and for metrics.

    `rows` are rows on disk (a time stored twice counts twice until the two are
    merged), `tail_rows` those still in memory only, `bytes` the size on disk.
    `error` is the reason why sealing or compacting last failed, empty when the
    last attempt went well.
    """

    rows: int
    tail_rows: int
    bytes: int
    segments: int
    tenants: int
    t_min: int | None
    t_max: int | None
    applied: int
    seals: int
    compactions: int
    error: str = ""


@runtime_checkable
class Store(Protocol):
    """Keeps samples. One thread applies; any number of threads read meanwhile."""

    def apply(self, block: Block) -> None:
        """Take one block; blocks come in the order of `no`, one already taken is ignored.

        The samples can be read as soon as the call returns. Raises
        ConnectError when the store cannot keep more for now (disk full): the
        block was not taken and is to be offered again later.
        """
        ...

    def applied(self) -> int:
        """All blocks up to this number are durable here: the journal may forget them."""
        ...

    def raw(
        self,
        tenant: str,
        ids: Sequence[int],
        t0: int,
        t1: int,
        bounds: bool = False,
        limit: int | None = None,
    ) -> list[Series]:
        """Samples of `ids` in `[t0, t1)`, a Series per tag that has any.

        With `bounds` the sample before `t0` comes first, with its own time,
        and does not count against `limit` (samples per tag, the oldest kept).
        Raises ConnectError that names a file which cannot be read any more; so does `buckets`.
        """
        ...

    def buckets(
        self,
        tenant: str,
        ids: Sequence[int],
        t0: int,
        t1: int,
        step_us: int,
        tz: str = "UTC",
        fns: Sequence[BucketFn] = BUCKET_FNS,
        between: Between = UNTIL_NEXT,
    ) -> list[BucketSeries]:
        """One row per bucket of `step_us`, for each tag with samples in or before the range.

        Steps below an hour count from the epoch; from an hour on they follow
        the wall clock of the zone `tz`, so that a day has 23, 24 or 25 hours.
        `between` is what times and `twa` go by; a bad sample ends a value. Raises ConfigError for an unknown
        zone or an impossible step.
        """
        ...

    def drop_before(self, tenant: str, t: int) -> None:
        """Forget the tenant's samples older than `t`, for good; late ones too."""
        ...

    def stats(self) -> StoreStats:
        """Sizes and counts, cheap enough for every second."""
        ...

    def close(self) -> None:
        """Make everything durable and let go of the files."""
        ...
