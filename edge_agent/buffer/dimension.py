"""The physical dimension behind a unit text, for the question "is this still the same quantity?".

Only units a factory writes down are listed; an unknown text has the dimension "" and never counts
as a change.
"""

from __future__ import annotations

_UNITS: dict[str, str] = {
    "temperature": "°c c degc °f f degf k",
    "pressure": "pa hpa kpa mpa bar mbar psi atm mmhg",
    "length": "m mm cm km µm um nm in ft",
    "mass": "kg g mg t lb",
    "time": "s ms µs us min h d",
    "current": "a ma ka µa",
    "voltage": "v mv kv",
    "power": "w kw mw va kva var kvar hp",
    "energy": "wh kwh mwh j kj mj",
    "frequency": "hz khz mhz",
    "speed of rotation": "rpm 1/min min⁻¹ r/min u/min",
    "velocity": "m/s mm/s km/h m/min",
    "acceleration": "m/s² m/s2 mm/s² g0",
    "force": "n kn",
    "torque": "nm n·m",
    "volume": "l ml m³ m3 hl gal",
    "volume flow": "l/min l/s l/h m³/h m3/h ml/min",
    "mass flow": "kg/h kg/s t/h g/s",
    "ratio": "% ‰ ppm",
    "resistance": "ω ohm kω mω",
    "angle": "° deg rad",
    "count": "pcs pc pieces 1",
}  # fmt: skip
_DIMENSION = {unit: name for name, units in _UNITS.items() for unit in units.split()}
#: Texts whose case carries the meaning (milli and mega).
_EXACT = {"mW": "power", "MW": "power", "mWh": "energy", "MWh": "energy", "mPa": "pressure", "MJ": "energy"}


def dimension_of(unit: str) -> str:
    """Name of the dimension, "" where the unit text is empty or not known."""
    text = unit.strip()
    return _EXACT.get(text) or _DIMENSION.get(text.lower(), "")
