"""People at a machine, and a folder that can go, hang and come back."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from connectors.drivers.manual_entry.journal import Journal, JournalEntry
from connectors.testing.folder_link import FolderLink
from connectors.testing.link import Link
from schemas.models.tag import DataType, TagConfig
from schemas.quality import Quality

__all__ = ["Peer"]

Value = float | int | bool | str


class Peer:
    """A journal that somebody writes into, also what the driver would not let them type."""

    link_type: ClassVar[Callable[[str, int], Link]] = FolderLink
    good: ClassVar[Quality] = Quality.MANUAL
    #: Nothing has been typed there yet.
    not_there: ClassVar[Quality] = Quality.WAITING
    port = 0

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._folder = Path(self._temporary.name) / "plant"
        self._folder.mkdir()
        self.host = str(self._folder)
        self._values: dict[str, Value] = {}
        self._made = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._temporary.cleanup()

    def config(self, host: str, port: int, timeout_ms: int) -> dict[str, Any]:
        """Settings of the driver."""
        return {"folder": host, "timeout_ms": timeout_ms}

    def tag(self, name: str, data_type: DataType, **more: Any) -> TagConfig:
        """A value of its own, typed once."""
        whole = {"name": name, "address": f"{name} {len(self._values)}", "type": data_type, **more}
        if data_type == "string":
            whole.setdefault("length", 12)
        tag = TagConfig.model_validate({key: value for key, value in whole.items() if value is not None})
        self.put(tag, "" if data_type == "string" else False if data_type == "bool" else 0)
        return tag

    def wrong_tag(self, name: str, data_type: DataType) -> TagConfig:
        """A value nobody has typed."""
        return TagConfig.model_validate({"name": name, "address": "none", "type": data_type})

    def impossible_tag(self, name: str) -> TagConfig:
        """A name, and then nonsense."""
        return TagConfig.model_validate({"name": name, "address": "weight; now and then", "type": "int16"})

    def put(self, tag: TagConfig, value: Value) -> None:
        """One more entry."""
        folder = self._folder if self._folder.exists() else self._folder.with_name("away")
        self._values[tag.address] = value
        self._made += 1
        text = str(int(value)) if isinstance(value, bool) else value if isinstance(value, str) else repr(value)
        now = time.time_ns() // 1000
        entry = JournalEntry(tag.address, text, now, now, f"{now}.{self._made}", "test")
        Journal(folder, "entries", own=False).append(entry)

    def get(self, tag: TagConfig) -> Value:
        """What was typed last."""
        return self._values[tag.address]

    def put_text_bytes(self, tag: TagConfig, data: bytes) -> bool:
        """The journal is well-formed text."""
        return False

    def fault(self, tag: TagConfig) -> Quality | None:
        """A text where a number belongs."""
        self.put(tag, "broken")
        return Quality.TYPE_MISMATCH
