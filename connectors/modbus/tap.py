"""Frames of pymodbus for the line. It shows all that has come so far, so a frame in pieces again with each piece."""

from __future__ import annotations

from collections.abc import Callable

from connectors.diagnostics.line import Line

Trace = Callable[[bool, bytes], bytes]


def traced(line: Line, then: Trace | None = None) -> Trace | None:
    """A `trace_packet` that tells the line each byte once; `then` sees what pymodbus gives, as it would without."""
    if line.ring is None:
        return then
    shown = b""

    def trace(sending: bool, data: bytes) -> bytes:
        nonlocal shown
        if sending:
            shown = b""  # pymodbus forgets what was left over too
            line.sent(data)
        else:
            more = len(data) > len(shown) and data.startswith(shown)
            line.received(data[len(shown) :] if more else data)
            shown = data
        return then(sending, data) if then is not None else data

    return trace
