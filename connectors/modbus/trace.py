"""Frames of pymodbus for the tap. It shows all that has come so far, so a frame in pieces again with each piece."""

from __future__ import annotations

from connectors.diagnostics.tap import Tap


class FrameTrace:
    """Tells a tap each byte once."""

    def __init__(self) -> None:
        self._shown = b""

    def show(self, tap: Tap, sending: bool, data: bytes) -> None:
        """What pymodbus gives to a `trace_packet`."""
        if sending:
            self._shown = b""  # pymodbus forgets what was left over too
            tap.sent(data)
            return
        more = len(data) > len(self._shown) and data.startswith(self._shown)
        tap.received(data[len(self._shown) :] if more else data)
        self._shown = data
