"""The signals of a press: name and role, register, OPC UA type, unit, limits, texts; one table for all uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.peers.stamping_line.codes import (
    ALARM_TEXTS,
    CAUSE_TEXTS,
    MODE_TEXTS,
    STATE_COLORS,
    STATE_TEXTS,
    WARNING_TEXTS,
)
from connectors.peers.stamping_line.press import DIES, Press

__all__ = ["FAST", "SIGNALS", "SLOW", "Signal"]

FAST, SLOW = 250, 1000


@dataclass(frozen=True)
class Signal:
    """One signal. ``register`` counts from the press's base; ``scale`` turns the register into ``unit``.

    ``opcua`` is the type of its variable, where values are already in ``unit``. A signal with ``bit`` is
    one bit of the register; those registers are the words that have no bit.
    """

    name: str
    description: str
    register: int
    type: str
    opcua: str
    get: Callable[[Press], Any]
    scan_ms: int = SLOW
    unit: str = ""
    decimals: int | None = None
    span: tuple[float, float] | None = None
    limits: Mapping[str, float] = field(default_factory=dict)
    texts: Mapping[int, str] = field(default_factory=dict)
    colors: Mapping[int, str] = field(default_factory=dict)
    scale: float | None = None
    bit: int | None = None
    length: int = 0
    deadband: float | None = None
    writable: tuple[float, float] | None = None

    @property
    def role(self) -> str:
        """Role in apps: the same on every press."""
        return self.name


def _word(name: str, text: str, register: int, get: Callable[[Press], int], **more: Any) -> Signal:
    return Signal(name, text, register, "uint16", "uint16", get, FAST, **more)


def _bit(name: str, text: str, register: int, bit: int, get: Callable[[Press], bool]) -> Signal:
    return Signal(name, text, register, "bool", "bool", get, FAST, bit=bit)


def _count(name: str, text: str, register: int, get: Callable[[Press], int], **more: Any) -> Signal:
    more.setdefault("scan_ms", FAST)
    return Signal(name, text, register, "uint32", "uint32", get, decimals=0, **more)


def _real(
    name: str, text: str, register: int, get: Callable[[Press], float], unit: str, decimals: int,
    span: tuple[float, float], **more: Any,
) -> Signal:  # fmt: skip
    return Signal(name, text, register, "float32", "float64", get, unit=unit, decimals=decimals, span=span, **more)


def _scaled(
    name: str, text: str, register: int, get: Callable[[Press], float], unit: str, decimals: int, type_name: str,
    **more: Any,
) -> Signal:  # fmt: skip
    scale = 10.0**-decimals
    return Signal(name, text, register, type_name, "float64", get, unit=unit, decimals=decimals, scale=scale, **more)


def _alarm_bits() -> list[Signal]:
    bits = [
        _bit(f"alarm_{alarm.name.lower()}", text, 4, int(alarm), lambda p, a=alarm: a in p.faults)  # type: ignore[misc]
        for alarm, text in ALARM_TEXTS.items()
    ]
    return bits + [
        _bit(f"warning_{bit.name.lower()}", text, 5, int(bit), lambda p, b=bit: bool(p.warning_word >> b & 1))  # type: ignore[misc]
        for bit, text in WARNING_TEXTS.items()
    ]


SIGNALS: tuple[Signal, ...] = (
    _word("state", "State of the press", 0, lambda p: p.state, texts=STATE_TEXTS, colors=STATE_COLORS),
    _word("mode", "Operation mode", 1, lambda p: p.mode, texts=MODE_TEXTS),
    _word("stop_cause", "Why the press does not run", 2, lambda p: p.cause, texts=CAUSE_TEXTS),
    _bit("cycle_pulse", "Slide in the lower half of its stroke", 3, 0, lambda p: p.cycle_pulse),
    _bit("guard_closed", "Guard closed", 3, 1, lambda p: p.cause != 14),
    _bit("motor_on", "Main motor on", 3, 2, lambda p: p.state != 0),
    _bit("material_present", "Strip present", 3, 3, lambda p: p.material_m > 0.18),
    _word("alarm_word", "Alarms as bits", 4, lambda p: p.alarm_word),
    _word("warning_word", "Warnings as bits", 5, lambda p: p.warning_word),
    *_alarm_bits(),
    _count("good_count", "Good pieces", 6, lambda p: p.good),
    _count("reject_count", "Rejected pieces", 8, lambda p: p.reject),
    _count("stroke_count", "Strokes of the press", 10, lambda p: p.strokes),
    _real("speed", "Speed", 20, lambda p: p.speed, "1/min", 1, (0, 80), deadband=0.05),
    _real("speed_setpoint", "Speed set-point", 22, lambda p: p.speed_setpoint, "1/min", 1, (10, 70), writable=(10, 70)),
    _real("cycle_time", "Time of the last stroke", 24, lambda p: p.cycle_time, "s", 2, (0, 30)),
    _real("temperature", "Main bearing temperature", 26, lambda p: p.bearing_c, "°C", 1, (0, 120),
          limits={"hi": 75, "hi_hi": 85}, deadband=0.05),
    _real("oil_temperature", "Hydraulic oil temperature", 28, lambda p: p.oil_c, "°C", 1, (0, 120),
          limits={"hi": 60, "hi_hi": 70}, deadband=0.05),
    _real("die_temperature", "Die temperature", 30, lambda p: p.die_c, "°C", 1, (0, 150), deadband=0.05),
    _real("current", "Motor current", 32, lambda p: p.current_a, "A", 1, (0, 150), limits={"hi": 90}, deadband=0.1),
    _real("power", "Electric power", 34, lambda p: p.power_kw, "kW", 1, (0, 100), deadband=0.1),
    _scaled("energy", "Energy used", 36, lambda p: p.energy_kwh, "kWh", 2, "uint32"),
    _real("pressure", "Hydraulic pressure", 38, lambda p: p.pressure_bar, "bar", 1, (0, 250),
          limits={"lo_lo": 120, "lo": 140, "hi": 190}, deadband=0.1),
    _real("pressure_setpoint", "Hydraulic pressure set-point", 40, lambda p: p.pressure_setpoint, "bar", 0, (140, 180),
          writable=(140, 180)),
    _real("force", "Force of the last stroke", 42, lambda p: p.force_kn, "kN", 0, (0, 1600),
          limits={"hi": 1180, "hi_hi": 1250}, deadband=1),
    _scaled("vibration", "Vibration of the frame", 44, lambda p: p.vibration_mm_s, "mm/s", 2, "uint16",
            span=(0, 20), limits={"hi": 4.5, "hi_hi": 7.1}),
    _scaled("air_pressure", "Compressed air", 45, lambda p: p.air_bar, "bar", 2, "uint16", span=(0, 10),
            limits={"lo_lo": 5, "lo": 5.5}),
    _real("material_left", "Strip left on the coil", 46, lambda p: p.material_m, "m", 1, (0, 120), limits={"lo": 9}),
    _count("batch_target", "Strokes of this batch", 48, lambda p: p.batch_target, scan_ms=SLOW, writable=(10, 5000)),
    _count("batch_count", "Strokes since the batch began", 50, lambda p: p.batch_count, scan_ms=SLOW),
    _count("die_strokes", "Strokes of this die", 52, lambda p: p.die_strokes, scan_ms=SLOW),
    _real("run_hours", "Running time", 54, lambda p: p.run_h, "h", 2, (0, 100_000)),
    Signal("die_name", "Die in the press", 56, "string", "string", lambda p: DIES[p.die][0], length=16),
    Signal("part_name", "Part being made", 64, "string", "string", lambda p: DIES[p.die][1], length=16),
)  # fmt: skip
