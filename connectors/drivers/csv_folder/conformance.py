"""A machine that writes CSV files, and a folder that can go, hang and come back like a share."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from connectors.testing.folder_link import FolderLink
from connectors.testing.link import Link
from schemas.models.tag import DataType, TagConfig
from schemas.quality import Quality

__all__ = ["Peer"]

Value = float | int | bool | str


class Peer:
    """A machine that writes its newest row into one file, whole, under another name first."""

    link_type: ClassVar[Callable[[str, int], Link]] = FolderLink
    port = 0

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._folder = Path(self._temporary.name) / "plant"
        self._folder.mkdir()
        self.host = str(self._folder)
        self._values: dict[str, Value | None] = {}

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
        """A column of its own."""
        column = f"{name} {len(self._values)}"
        whole = {"name": name, "address": column, "type": data_type, **more}
        if data_type == "string":
            whole.setdefault("length", 12)
        self._values[column] = "" if data_type == "string" else False if data_type == "bool" else 0
        self._write()
        return TagConfig.model_validate({key: value for key, value in whole.items() if value is not None})

    def wrong_tag(self, name: str, data_type: DataType) -> TagConfig:
        """A column no file has."""
        return TagConfig.model_validate({"name": name, "address": "none", "type": data_type})

    def impossible_tag(self, name: str) -> TagConfig:
        """Columns count from 1."""
        return TagConfig.model_validate({"name": name, "address": "#0", "type": "int16"})

    def put(self, tag: TagConfig, value: Value | None) -> None:
        """The file again, with this value."""
        self._values[tag.address] = value
        self._write()

    def get(self, tag: TagConfig) -> Value:
        """What the file holds."""
        value = self._values[tag.address]
        return "" if value is None else value

    def put_text_bytes(self, tag: TagConfig, data: bytes) -> bool:
        """A line of text is in a character set, without ends of lines."""
        return False

    def fault(self, tag: TagConfig) -> Quality | None:
        """An empty cell."""
        self.put(tag, None)
        return Quality.BAD

    def _write(self) -> None:
        folder = self._folder if self._folder.exists() else self._folder.with_name("away")
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(self._values)
        writer.writerow([_cell(value) for value in self._values.values()])
        (folder / "row.part").write_text(text.getvalue(), encoding="utf-8")
        os.replace(folder / "row.part", folder / "row.csv")


def _cell(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\r", " ").replace("\n", " ")
    return str(int(value)) if isinstance(value, bool) else repr(value)
