"""The last frames of a connection as text: time, way, size, bytes in hex, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from connectors import registry
from connectors.diagnostics.frames import Frame
from connectors.driver import FrameReader
from edge_agent.device import Device
from schemas.models.connection import ConnectionConfig

#: Bytes of a frame shown in a line unless all are asked for.
SHOWN: Final = 40
_WAYS: Final = {"sent": ">", "received": "<", "note": "*"}


def dump(device: Device, *, last: int | None = None, whole: bool = False) -> str:
    """The frames, oldest first, with a head that says how many there are."""
    head = f"{device.conn.id} ({device.conn.driver})"
    ring = device.tap.ring
    if ring is None:
        return f"{head}: frames are not kept (diagnostics.frames is false).\n"
    frames = ring.frames()
    words = _words(device.conn, frames)
    lines = [_line(frame, said, whole=whole) for frame, said in zip(frames, words, strict=True)]
    chosen = lines[-last:] if last else lines
    gone = ring.lost + len(lines) - len(chosen)
    return "\n".join([f"{head}: {len(chosen)} frames, {gone} before them. Times are UTC.", *chosen]) + "\n"


def _words(conn: ConnectionConfig, frames: Sequence[Frame]) -> list[str]:
    driver = registry.configure(conn.driver, conn.config)
    if isinstance(driver, FrameReader):
        return driver.read_frames(frames)
    return [""] * len(frames)


def _line(frame: Frame, words: str, *, whole: bool) -> str:
    at = datetime.fromtimestamp(frame.at / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if frame.way == "note":
        return f"{at} * {_plain(frame.data.decode('utf-8', 'replace'))}"
    shown = frame.data if whole else frame.data[:SHOWN]
    more = " …" if len(shown) < frame.size else ""
    return f"{at} {_WAYS[frame.way]} {_plain(words)}\n    {frame.size} bytes: {shown.hex(' ')}{more}"


def _plain(text: str) -> str:
    """A text from a device is shown, never obeyed: no control characters reach the terminal."""
    return "".join(char if char.isprintable() else "�" for char in text)
