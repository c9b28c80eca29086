"""The SunSpec models the agent maps by itself: order, types, units and meaning of their points.

Facts of the SunSpec Information Models 1, 101-103, 111-113, 201-204 and 211-214 (models of one kind differ in
their phases only, not in their registers). One point a line: name, type, scale factor, unit, meaning; `-` for none,
`!` after the name of a point that is worth a tag even while the device does not fill it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

__all__ = ["SIZES", "Model", "Point", "model"]

#: Registers of a SunSpec type.
SIZES: Final = {
    "int16": 1, "uint16": 1, "acc16": 1, "enum16": 1, "bitfield16": 1, "sunssf": 1, "pad": 1, "int32": 2, "uint32": 2,
    "acc32": 2, "enum32": 2, "bitfield32": 2, "float32": 2, "acc64": 4, "int64": 4, "uint64": 4, "float64": 4,
}  # fmt: skip


@dataclass(slots=True, frozen=True)
class Point:
    """One point; `offset` in registers from the model's first (its ID)."""

    name: str
    type: str
    offset: int
    size: int
    scale_factor: str
    unit: str
    meaning: str
    kept: bool
    texts: tuple[tuple[int, str], ...] = ()


@dataclass(slots=True, frozen=True)
class Model:
    """A model: what it is, and its points behind ID and length."""

    id: int
    title: str
    points: tuple[Point, ...]

    @property
    def length(self) -> int:
        """Registers behind the length."""
        return sum(point.size for point in self.points)


_COMMON = """
Mn! string:16 - - Manufacturer
Md! string:16 - - Model
Opt string:8 - - Options
Vr string:8 - - Version
SN! string:16 - - Serial number
DA uint16 - - Modbus address
Pad pad - - -
"""

_STATES = "1=Off; 2=Sleeping; 3=Starting; 4=MPPT; 5=Throttled; 6=Shutting down; 7=Fault; 8=Standby"
_INVERTER_END = f"""
St! enum16 - - Operating state; {_STATES}
StVnd enum16 - - Operating state of the maker
Evt1! bitfield32 - - Events
Evt2! bitfield32 - - Events 2
EvtVnd1 bitfield32 - - Events of the maker 1
EvtVnd2 bitfield32 - - Events of the maker 2
EvtVnd3 bitfield32 - - Events of the maker 3
EvtVnd4 bitfield32 - - Events of the maker 4
"""
_INVERTER = """
A! uint16 A_SF A AC current
AphA! uint16 A_SF A Current of phase A
AphB uint16 A_SF A Current of phase B
AphC uint16 A_SF A Current of phase C
A_SF! sunssf - - -
PPVphAB uint16 V_SF V Voltage A to B
PPVphBC uint16 V_SF V Voltage B to C
PPVphCA uint16 V_SF V Voltage C to A
PhVphA! uint16 V_SF V Voltage of phase A
PhVphB uint16 V_SF V Voltage of phase B
PhVphC uint16 V_SF V Voltage of phase C
V_SF! sunssf - - -
W! int16 W_SF W AC power
W_SF! sunssf - - -
Hz! uint16 Hz_SF Hz Frequency
Hz_SF! sunssf - - -
VA int16 VA_SF VA Apparent power
VA_SF sunssf - - -
VAr int16 VAr_SF var Reactive power
VAr_SF sunssf - - -
PF int16 PF_SF % Power factor
PF_SF sunssf - - -
WH! acc32 WH_SF Wh Energy
WH_SF! sunssf - - -
DCA uint16 DCA_SF A DC current
DCA_SF sunssf - - -
DCV uint16 DCV_SF V DC voltage
DCV_SF sunssf - - -
DCW int16 DCW_SF W DC power
DCW_SF sunssf - - -
TmpCab! int16 Tmp_SF °C Temperature of the cabinet
TmpSnk int16 Tmp_SF °C Temperature of the heat sink
TmpTrns int16 Tmp_SF °C Temperature of the transformer
TmpOt int16 Tmp_SF °C Another temperature
Tmp_SF! sunssf - - -
"""
_PHASES = (("", ""), ("phA", " of phase A"), ("phB", " of phase B"), ("phC", " of phase C"))
_POWERS = (
    ("W!", "W", "Power"),
    ("VA", "VA", "Apparent power"),
    ("VAR", "var", "Reactive power"),
    ("PF", "%", "Power factor"),
)
_ENERGIES = (
    ("TotWh", "Wh", (("Exp!", "Energy exported"), ("Imp!", "Energy imported"))),
    ("TotVAh", "VAh", (("Exp", "Apparent energy exported"), ("Imp", "Apparent energy imported"))),
    ("TotVArh", "varh", (("ImpQ1", "Reactive energy imported, Q1"), ("ImpQ2", "Reactive energy imported, Q2"),
                         ("ExpQ3", "Reactive energy exported, Q3"), ("ExpQ4", "Reactive energy exported, Q4"))),
)  # fmt: skip


def _meter(number: str, counter: str, *, factors: bool) -> Iterator[str]:
    """The lines of a meter, whose integer and float models have the same order."""

    def line(name: str, of: str, factor: str, unit: str, meaning: str) -> str:
        return f"{name} {of} {factor if factors else '-'} {unit} {meaning}"

    def factor_line(name: str) -> list[str]:
        return [f"{name} sunssf - - -"] if factors else []

    for phase, text in _PHASES:
        yield line(f"A{phase}" + ("" if phase else "!"), number, "A_SF", "A", f"Current{text}")
    yield from factor_line("A_SF!")
    for name, text in (("PhV", "Voltage to neutral"), ("PPV", "Voltage between phases")):
        yield line(name, number, "V_SF", "V", f"{text}, average")
        pairs = "ABC" if name == "PhV" else ("AB", "BC", "CA")
        for pair in pairs:
            yield line(f"{name}ph{pair}", number, "V_SF", "V", f"{text}, {pair}")
    yield from factor_line("V_SF!")
    yield line("Hz!", number, "Hz_SF", "Hz", "Frequency")
    yield from factor_line("Hz_SF")
    for name, unit, meaning in _POWERS:
        plain = name.rstrip("!")
        for phase, text in _PHASES:
            yield line(f"{plain}{phase}" if phase else name, number, f"{plain}_SF", unit, f"{meaning}{text}")
        yield from factor_line(f"{plain}_SF")
    for group, unit, kinds in _ENERGIES:
        for kind, meaning in kinds:
            for phase, text in _PHASES:
                name = f"{group}{kind.rstrip('!')}{phase.replace('ph', 'Ph')}" if phase else group + kind
                yield line(name, counter, f"{group}_SF", unit, f"{meaning}{text}")
        yield from factor_line(f"{group}_SF")
    yield "Evt! bitfield32 - - Events"


def _float_inverter() -> Iterator[str]:
    for line in _INVERTER.strip().splitlines():
        name, of, _, unit, meaning = line.split(" ", 4)
        if of != "sunssf":
            yield f"{name} float32 - {unit} {meaning}"


@cache
def _tables() -> dict[int, Model]:
    inverter = _points([*_INVERTER.strip().splitlines(), *_INVERTER_END.strip().splitlines()])
    float_inverter = _points([*_float_inverter(), *_INVERTER_END.strip().splitlines()])
    meter = _points(_meter("int16", "acc32", factors=True))
    float_meter = _points(_meter("float32", "float32", factors=False))
    phases = {1: "single-phase", 2: "split-phase", 3: "three-phase", 4: "three-phase (delta)"}
    out = {1: Model(1, "common", _points(_COMMON.strip().splitlines()))}
    for number in (1, 2, 3):
        out[100 + number] = Model(100 + number, f"inverter, {phases[number]}", inverter)
        out[110 + number] = Model(110 + number, f"inverter, {phases[number]}, float", float_inverter)
    for number in (1, 2, 3, 4):
        out[200 + number] = Model(200 + number, f"meter, {phases[number]}", meter)
        out[210 + number] = Model(210 + number, f"meter, {phases[number]}, float", float_meter)
    return out


def _points(lines: Iterator[str] | list[str]) -> tuple[Point, ...]:
    out: list[Point] = []
    offset = 2  # ID and length
    for line in lines:
        name, of, factor, unit, meaning = line.split(" ", 4)
        of, _, length = of.partition(":")
        size = int(length) if length else SIZES[of]
        meaning, _, texts = meaning.partition("; ")
        pairs = (text.split("=", 1) for text in texts.split("; ") if text)
        out.append(
            Point(
                name.rstrip("!"), of, offset, size, "" if factor == "-" else factor, "" if unit == "-" else unit,
                "" if meaning == "-" else meaning, name.endswith("!"), tuple((int(a), b) for a, b in pairs),
            )
        )  # fmt: skip
        offset += size
    return tuple(out)


def model(number: int) -> Model | None:
    """A model the agent knows."""
    return _tables().get(number)
