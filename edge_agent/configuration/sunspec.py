"""A SunSpec device found and mapped by itself: its chain of models walked, its points made tags.

SunSpec Device Information Model Specification: the marker "SunS" lies at holding register 40000, 50000 or 0; models
follow each other, each with its number and length; 0xFFFF ends the chain. Counters of 0 (acc16/32/64), 0x8000, 0xFFFF
and their wider forms mean "not implemented". Scale factors may change while the device runs: they are read with the
values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.driver import Driver
from edge_agent.configuration.sunspec_chinese import in_chinese
from edge_agent.configuration.sunspec_models import Model, Point, model
from edge_agent.read_now import read_now
from schemas.errors import ConnectError
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality

__all__ = ["FoundModel", "SunSpecDevice", "find", "tags_of"]

BASES = (40_000, 50_000, 0)
MARKER = (0x5375, 0x6E53)
END = 0xFFFF
MODELS_MAX = 100
#: SunSpec type → ours, and its pattern for "not implemented" (float: NaN, which is bad by itself).
_TYPES: dict[str, tuple[str, int | None]] = {
    "int16": ("int16", 0x8000), "uint16": ("uint16", 0xFFFF), "acc16": ("uint16", 0), "enum16": ("uint16", 0xFFFF),
    "bitfield16": ("uint16", 0xFFFF), "sunssf": ("int16", 0x8000), "int32": ("int32", 0x8000_0000),
    "uint32": ("uint32", 0xFFFF_FFFF), "acc32": ("uint32", 0), "enum32": ("uint32", 0xFFFF_FFFF),
    "bitfield32": ("uint32", 0xFFFF_FFFF), "acc64": ("uint64", 0), "float32": ("float32", None),
    "float64": ("float64", None),
}  # fmt: skip
_BLOCK = 100
#: Values named by their scale factor; a meter has up to 20 of one.
NAMED_MAX = 5


@dataclass(slots=True, frozen=True)
class FoundModel:
    """A model in the chain: where its ID stands, how long it says to be, and its registers as read."""

    id: int
    address: int
    length: int
    words: tuple[int, ...]


@dataclass(slots=True)
class SunSpecDevice:
    """What was found: the chain, who made the device, and what a person should know."""

    base: int
    models: list[FoundModel] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, Any]:
        """Settings by which each model is read in one request: a value and its scale factor come in one answer.

        The heads of the models are holes, which no request goes over; within a model any gap is read along.
        """
        return {"gap_max": 124, "holes": [f"holding:{one.address}-{one.address + 1}" for one in self.models]}


async def find(driver: Driver[Any]) -> SunSpecDevice:
    """The device at the other end of a connected Modbus driver. Raises ConnectError where it is no SunSpec device."""
    for base in BASES:
        if await _words(driver, base, 2) == list(MARKER):
            return await _walk(driver, base)
    places = ", ".join(str(base) for base in BASES)
    raise ConnectError(
        "sunspec.marker", f"no SunSpec device: the marker 'SunS' is not at {places}.",
        hint="Check the unit id (often 1, 2, 3 or 126) and whether SunSpec is switched on in the device.",
    )  # fmt: skip


async def _walk(driver: Driver[Any], base: int) -> SunSpecDevice:
    device = SunSpecDevice(base)
    address = base + 2
    while len(device.models) < MODELS_MAX and address <= 65_534:
        head = await _words(driver, address, 2)
        if len(head) < 2:
            device.notes.append(f"The chain of models breaks at register {address}: it cannot be read.")
            return device
        number, length = head
        if number == END:
            return device
        known = model(number)
        words: list[int] = []
        if known is None:
            device.notes.append(f"Model {number} at {address} ({length} registers) is not known; it was passed over.")
        else:
            words = await _words(driver, address, min(length, known.length) + 2)
            if length < known.length - 1:  # the last one may be a pad that is left out
                device.notes.append(f"Model {number} has {length} registers instead of the usual {known.length}.")
        device.models.append(FoundModel(number, address, length, tuple(words)))
        if known is not None and number == 1:
            device.facts |= _facts(known, words)
        address += 2 + length
    device.notes.append("The chain of models does not end; what came so far was taken.")
    return device


async def _words(driver: Driver[Any], address: int, count: int) -> list[int]:
    """Registers, up to the first that cannot be read."""
    out: list[int] = []
    while len(out) < count:
        start = address + len(out)
        last = min(start + min(_BLOCK, count - len(out)), 65_536)
        tags = [TagConfig(name=str(at), address=f"holding:{at}", type="uint16") for at in range(start, last)]
        values = await read_now(driver, tags) if tags else []
        if values and all(one.quality in (Quality.TIMEOUT, Quality.NO_COMMUNICATION) for one in values):
            raise ConnectError("sunspec.silent", "the device does not answer.", hint="Check the unit id.")
        good = next((place for place, one in enumerate(values) if one.quality >= BAD_FROM), len(values))
        out += [int(one.value) for one in values[:good]]
        if not values or good < len(values):
            break
    return out


def _facts(common: Model, words: list[int]) -> dict[str, str]:
    out: dict[str, str] = {}
    for point in common.points:
        raw = words[point.offset : point.offset + point.size]
        if point.type == "string" and len(raw) == point.size:
            data = b"".join(word.to_bytes(2, "big") for word in raw).split(b"\0")[0]
            text = data.decode("utf-8", "replace").strip()
            if text:
                out[point.meaning] = text
    return out


def tags_of(device: SunSpecDevice, *, everything: bool = False) -> list[TagConfig]:
    """Tags of all known models but the common one.

    Points the device does not have are left out unless `everything` is set; the main ones are kept, as a counter that
    is 0 today looks like one that is not there.
    """
    wanted: list[tuple[FoundModel, Point]] = []
    for found in device.models:
        known = model(found.id)
        if known is None or found.id == 1:
            continue
        inside = [point for point in known.points if point.offset + point.size <= found.length + 2]
        chosen = [p for p in inside if p.type != "sunssf" and p.type in _TYPES and (everything or _there(found, p))]
        factors = {point.scale_factor for point in chosen}
        wanted += [(found, point) for point in inside if point in chosen or point.name in factors]
    names = Counter(point.name for _, point in wanted)
    twice = {name for name, count in names.items() if count > 1}
    place = {found.address: number for number, found in enumerate(device.models)}

    def name_of(found: FoundModel, name: str) -> str:
        # Two meters at one inverter have the same points: the model's number and place tell them apart.
        return f"{name}_{found.id}_{place[found.address]}" if name in twice else name

    scaled: dict[tuple[int, str], list[str]] = {}
    for found, point in wanted:
        scaled.setdefault((found.address, point.scale_factor), []).append(name_of(found, point.name))
    return [
        _tag(
            found,
            point,
            name_of(found, point.name),
            name_of(found, point.scale_factor),
            scaled.get((found.address, point.name), []),
        )
        for found, point in wanted
    ]


def _there(found: FoundModel, point: Point) -> bool:
    raw = found.words[point.offset : point.offset + point.size]
    value = 0
    for word in raw:
        value = value << 16 | word
    pattern = _TYPES[point.type][1]
    if len(raw) < point.size:
        return False
    if point.type == "float32":
        return point.kept or value & 0x7F80_0000 != 0x7F80_0000 or value & 0x7F_FFFF == 0
    return point.kept or value != pattern


def _tag(found: FoundModel, point: Point, name: str, factor: str, scaled: Sequence[str]) -> TagConfig:
    kind, pattern = _TYPES[point.type]
    meaning = point.meaning or (f"Power of ten of {_some(scaled)}" if point.type == "sunssf" else "")
    states = {str(value): text for value, text in point.texts}
    said, said_states = in_chinese(meaning), {value: in_chinese(text) for value, text in states.items()}
    return TagConfig.model_validate(
        {
            "name": name,
            "address": f"holding:{found.address + point.offset}",
            "type": kind,
            "order": "ABCD",
            "sentinels": () if pattern is None else (pattern,),
            "scale_from": factor if point.scale_factor else None,
            "unit": point.unit,
            "description": meaning,
            "description_i18n": {"zh-CN": said} if said else {},
            "texts": states,
            "texts_i18n": {"zh-CN": said_states} if states and all(said_states.values()) else {},
        }
    )


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMED_MAX])
    return f"{shown} and {len(names) - NAMED_MAX} others" if len(names) > NAMED_MAX else shown
