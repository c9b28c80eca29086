"""What a driver's author supplies: a real server of the protocol whose values the suite may set."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Protocol, Self

from schemas.models.tag import DataType, TagConfig
from schemas.quality import Quality

__all__ = ["DevicePeer"]

Value = float | int | bool | str


class DevicePeer(Protocol):
    """A device in the test's own process; an async context manager that serves while entered.

    `link_type`, where a peer has it, is the kind of `Link` to put before it (`SerialLink`); else a TCP one. `good` is
    the quality of its sound values, where that is another one than good; `not_there` that of `wrong_tag`, where no
    address can be wrong.
    """

    host: str
    port: int

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def config(self, host: str, port: int, timeout_ms: int) -> dict[str, Any]:
        """Settings of a driver that reaches the device at this address."""
        ...

    def tag(self, name: str, data_type: DataType, **more: Any) -> TagConfig:
        """A tag at an address of its own, readable and writable, of this type."""
        ...

    def wrong_tag(self, name: str, data_type: DataType) -> TagConfig:
        """A tag whose address is well written and not there."""
        ...

    def impossible_tag(self, name: str) -> TagConfig:
        """A tag whose address makes no sense to the driver."""
        ...

    def put(self, tag: TagConfig, value: Value) -> None:
        """What the device holds from now on."""
        ...

    def get(self, tag: TagConfig) -> Value:
        """What the device holds."""
        ...

    def put_text_bytes(self, tag: TagConfig, data: bytes) -> bool:
        """Raw bytes in a string; false where the protocol allows well-formed text alone."""
        ...

    def fault(self, tag: TagConfig) -> Quality | None:
        """Make the device report a fault for this tag; the quality it must give, None if it cannot."""
        ...
