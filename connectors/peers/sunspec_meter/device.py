"""Registers of the meter: marker, model 1 (common), model 203 (meter, three-phase), end; and a load that moves.

Facts of the SunSpec Information Models 1 and 203. What the meter does not measure carries the mark for it: 0x8000, or
a counter of 0.
"""

from __future__ import annotations

import asyncio
import math
import struct
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Final, Self

from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit

__all__ = ["METER_POINTS", "SunSpecMeter", "registers_at"]

_MARKER: Final = (0x5375, 0x6E53)
_END: Final = (0xFFFF, 0)
_ABSENT: Final = {"int16": 0x8000, "sunssf": 0x8000, "acc32": 0, "bitfield32": 0}
_WORDS: Final = {"int16": 1, "sunssf": 1, "acc32": 2, "bitfield32": 2}
_PHASES: Final = ("A", "B", "C")


def _of(name: str, kind: str = "int16") -> list[tuple[str, str]]:
    """A point of the whole, and one for each phase."""
    return [(name, kind), *((f"{name}{'ph' if kind == 'int16' else 'Ph'}{phase}", kind) for phase in _PHASES)]


def _model_203() -> tuple[tuple[str, str], ...]:
    points = [*_of("A"), ("A_SF", "sunssf"), *_of("PhV"), ("PPV", "int16")]
    points += [(f"PhV{pair}", "int16") for pair in ("phAB", "phBC", "phCA")]
    points += [("V_SF", "sunssf"), ("Hz", "int16"), ("Hz_SF", "sunssf")]
    for name in ("W", "VA", "VAR", "PF"):
        points += [*_of(name), (f"{name}_SF", "sunssf")]
    for unit, counters in (
        ("TotWh", ("TotWhExp", "TotWhImp")), ("TotVAh", ("TotVAhExp", "TotVAhImp")),
        ("TotVArh", ("TotVArhImpQ1", "TotVArhImpQ2", "TotVArhExpQ3", "TotVArhExpQ4")),
    ):  # fmt: skip
        points += [point for name in counters for point in _of(name, "acc32")]
        points.append((f"{unit}_SF", "sunssf"))
    return (*points, ("Evt", "bitfield32"))


#: Name and type of each point behind the model's ID and length, in their order.
METER_POINTS: Final = _model_203()
_SCALE: Final = {"A_SF": -2, "V_SF": -1, "Hz_SF": -2, "W_SF": 0, "VA_SF": 0, "PF_SF": -2, "TotWh_SF": 0}
_START_WH: Final = 1_204_500.0


def _load_w(phase: int, t_s: float) -> float:
    """What a phase takes: a base, a slow wave, and a machine that is on for 20 s of each minute."""
    machine = 900.0 if (t_s + 7 * phase) % 60 < 20 else 0.0
    return 1400.0 + 300.0 * phase + 250.0 * math.sin(t_s / 17 + phase) + machine


def _values_at(t_s: float, energy_wh: float) -> dict[str, float]:
    out: dict[str, float] = {"Hz": 50.0 + 0.03 * math.sin(t_s / 11), "TotWhImp": _START_WH + energy_wh}
    watts = [_load_w(phase, t_s) for phase in range(3)]
    volts = [230.0 + phase + 1.5 * math.sin(t_s / 23 + phase) for phase in range(3)]
    factor = 0.94
    for phase, watt, volt in zip(_PHASES, watts, volts, strict=True):
        out |= {f"Wph{phase}": watt, f"VAph{phase}": watt / factor, f"PhVph{phase}": volt, f"PFph{phase}": factor * 100}
        out[f"Aph{phase}"] = watt / factor / volt
    out |= {"W": sum(watts), "VA": sum(watts) / factor, "PF": factor * 100, "PhV": sum(volts) / 3}
    return out | {"A": sum(out[f"Aph{phase}"] for phase in _PHASES)}


def _factor_of(name: str) -> int:
    kinds = (("TotWh", "TotWh_SF"), ("PhV", "V_SF"), ("PF", "PF_SF"), ("VA", "VA_SF"), ("Hz", "Hz_SF"), ("W", "W_SF"))
    return _SCALE[next((factor for head, factor in kinds if name.startswith(head)), "A_SF")]


def registers_at(t_s: float, energy_wh: float) -> list[int]:
    """All registers, the marker first, as they are `t_s` seconds after the start."""
    values = _values_at(t_s, energy_wh)
    words = [*_MARKER, *_common(), 203, sum(_WORDS[kind] for _, kind in METER_POINTS)]
    for name, kind in METER_POINTS:
        fixed = _SCALE.get(name, _ABSENT[kind])
        raw = round(values[name] / 10.0 ** _factor_of(name)) if name in values else fixed
        data = (raw & 0xFFFF_FFFF).to_bytes(4, "big")
        words += struct.unpack(">2H", data)[2 - _WORDS[kind] :]
    return [*words, *_END]


def _common() -> list[int]:
    texts = (("Interlock", 16), ("Simulated meter", 16), ("", 8), ("1", 8), ("SIM-203", 16))
    data = b"".join(text.encode().ljust(size * 2, b"\0") for text, size in texts)
    return [1, 66, *struct.unpack(f">{len(data) // 2}H", data), 1, 0x8000]


class SunSpecMeter:
    """Serves the meter; an async context manager. `port` 0 takes a free one, the real one is in `port` then."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, unit: int = 1, base: int = 40_000) -> None:
        self._base = base
        self._registers = RegisterUnit(unit, [(base, len(registers_at(0.0, 0.0)))], on_read=lambda *_: self._refresh())
        self._peer = ModbusPeer([self._registers], host=host, port=port)
        self._stack = AsyncExitStack()
        self._start = self._last = 0.0
        self._energy_wh = 0.0

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._peer.port

    async def __aenter__(self) -> Self:
        self._start = self._last = asyncio.get_running_loop().time()
        await self._stack.enter_async_context(self._peer)
        self._refresh()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def _refresh(self) -> None:
        """All registers at once, so that whoever reads gets values of one moment."""
        now = asyncio.get_running_loop().time()
        t_s = now - self._start
        self._energy_wh += sum(_load_w(phase, t_s) for phase in range(3)) * (now - self._last) / 3600
        self._last = now
        self._registers.put(self._base, registers_at(t_s, self._energy_wh))
