"""What a protocol driver is: five methods, no loops, no retries, no sleeps.

The agent's supervisor decides when to call, how long to wait and what to do after an error. A driver
translates: addresses into a plan once, a plan into columns each cycle.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from connectors.diagnostics.frames import Frame
from connectors.diagnostics.tap import Tap
from schemas.models.tag import TagConfig
from schemas.quality import Quality
from schemas.wire.columns import Columns

ConfigT = TypeVar("ConfigT", bound=BaseModel)

#: Set while a driver works for somebody who waits (a write, a look at a value): on a shared line it goes before polls.
URGENT: ContextVar[bool] = ContextVar("urgent", default=False)


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """A tag that cannot be read as configured: `index` in the plan, why, and the quality it gets."""

    index: int
    quality: Quality
    message: str
    hint: str = ""


@dataclass(slots=True)
class Plan:
    """What to read in one go, compiled once; drivers subclass it with their own plan of requests.

    `remarks`: what the device itself says against tags that it refuses, by their index, for people, as of the last
    read.
    """

    tags: tuple[TagConfig, ...]
    problems: tuple[PlanProblem, ...] = ()
    remarks: dict[int, str] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True, slots=True)
class Reading:
    """Values read together.

    In `columns`, `id` is the index of the tag in the plan and `ts` the acquisition time, µs UTC;
    `device_ts` is the device's own time per row (µs UTC, 0 where it gave none), or None.
    """

    columns: Columns
    device_ts: NDArray[np.int64] | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """Changes in `[from_ts, to_ts)` (µs UTC) that the device did not tell or that were lost on the way; `reason` as in
    a gap record."""

    reason: str
    from_ts: int
    to_ts: int
    #: How many rows it cost, where that is known.
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a device told by itself, in order: in one of the `rounds` each tag is there at most once.

    A delivery without rounds says that nothing changed up to now. `positions`: how far the source is read with it, as
    whole numbers by names of the driver's own, each with a `/` in it; a negative one is forgotten. They are stored
    together with the rows, and the next delivery is asked for only after that.
    """

    rounds: tuple[list[Reading], ...] = ()
    losses: tuple[Loss, ...] = ()
    positions: Mapping[str, int] = field(default_factory=dict)
    #: People gave its rows their times: one takes the place of another of the same time, an old one is not the newest.
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A value that a person typed, as it is kept: raw, as text, with its time (µs UTC). `replaced`: the value that it
    took the place of, where there was one of the same time."""

    value: str
    ts: int
    replaced: str | None = None


@dataclass(frozen=True, slots=True)
class EntryState:
    """The newest entry of a tag, and how long one holds, µs (0: until the next one)."""

    last: Entry | None
    holds_us: int = 0


@dataclass(frozen=True, slots=True)
class BrowseItem:
    """A node of a device's address space."""

    address: str
    name: str
    type: str = ""
    has_children: bool = False
    meta: dict[str, Any] = field(default_factory=dict)


class Driver(ABC, Generic[ConfigT]):
    """One configured device.

    `connect` and `read` raise ConnectError where the device or its link is gone, AuthError where it
    refuses the credentials. A tag the device refuses is not an error: it comes back with bad quality.
    """

    config_model: ClassVar[type[BaseModel]]
    #: The device tells its values itself and keeps none to be asked for: such a connection is always listened to.
    only_tells: ClassVar[bool] = False
    #: What it tells are recorded rows: each is a sample with the time it has, and none is said again for its silence.
    tells_rows: ClassVar[bool] = False

    def __init__(self, config: ConfigT) -> None:
        self.config = config
        #: Told of requests and frames; the agent puts the connection's own here, which outlives this driver.
        self.tap = Tap()
        #: The positions stored so far; the agent puts them here before `connect`.
        self.positions: dict[str, int] = {}

    @abstractmethod
    async def connect(self) -> None:
        """Opens the link; raises ConnectError or AuthError. Called again after `close`."""

    @abstractmethod
    def plan(self, tags: Sequence[TagConfig]) -> Plan:
        """Compiles a plan without touching the network; what cannot be read is in its problems."""

    @abstractmethod
    async def read(self, plan: Plan) -> list[Reading]:
        """Every tag of the plan exactly once, values raw (before scaling); raises ConnectError."""

    @abstractmethod
    async def write(self, tag: TagConfig, value: float | int | bool | str) -> None:
        """Writes one raw value; raises WriteRejected, ConnectError."""

    @abstractmethod
    async def close(self) -> None:
        """Closes the link; may be called at any time, more than once, and never raises."""


@runtime_checkable
class Browsable(Protocol):
    """A driver that can list the device's addresses."""

    async def browse(self, parent: str) -> list[BrowseItem]:
        """Children of `parent` ("" = the root)."""
        ...


@runtime_checkable
class FrameReader(Protocol):
    """A driver that puts the frames of its protocol into words."""

    def read_frames(self, frames: Sequence[Frame]) -> list[str]:
        """One line of words for each frame, "" where there is nothing to say; never raises for what is in them."""
        ...


@runtime_checkable
class Subscribable(Protocol):
    """A driver whose device reports changes by itself. Its other methods can be called meanwhile."""

    def subscribe(self, plan: Plan, period_ms: int) -> AsyncGenerator[Delivery, None]:
        """Deliveries until a ConnectError; the first one once the device has agreed, with the tags it refused as bad.

        One comes at least every `period_ms` or second, whichever is longer, else the device is taken for gone.
        Several plans may be followed at once. Values of before a loss of the link come from the next call with the
        same plan, or a `Loss` does.
        """
        ...


@runtime_checkable
class Probeable(Protocol):
    """A driver that can say what is at the other end."""

    async def probe(self) -> dict[str, str]:
        """Vendor, product and other facts for people."""
        ...


@runtime_checkable
class TakesEntries(Protocol):
    """A driver whose values are typed by people. It needs no link for that."""

    def entry_place(self, tag: TagConfig) -> str:
        """Where entries of the tag are kept: tags of one place get the same entries. Raises ConfigError."""
        ...

    async def enter(self, tag: TagConfig, text: str, ts: int | None, key: str, via: str) -> Entry:
        """Keeps a value of the tag, on the disk when this returns; `ts` None is now. The same `key` again gives the
        entry there is. Raises ConfigError for what cannot be a value, ConnectError where it could not be kept."""
        ...

    async def entries(self, tags: Sequence[TagConfig]) -> list[EntryState]:
        """How it stands with each of the tags. Raises ConnectError."""
        ...


@runtime_checkable
class SharesLine(Protocol):
    """A driver whose connections take turns on one line."""

    @property
    def line(self) -> tuple[str, dict[str, object]]:
        """The line's name, and the settings that all connections on it must have alike."""
        ...
