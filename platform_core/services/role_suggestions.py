"""Suggesting tags for roles, by name, words, unit, kind and value; with a reason for people.

A score is 0 to 1. What cannot be (text for a number, bar for °C, a tag of another machine's connection) is not
suggested.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from platform_core.services.tags import Tag
from schemas.models.asset_type import SignalRole

SCORE_MIN: Final = 0.45
PER_ROLE_MAX: Final = 3
_WEIGHTS: Final = {"name": 0.5, "unit": 0.2, "kind": 0.12, "place": 0.18}
_CJK = re.compile(r"[\u3400-\u9fff]")
_WORDS = re.compile(r"[a-z]+|[0-9]+|[\u3400-\u9fff]+")
_CAMEL = re.compile(r"(?<=[a-z0-9]{2})(?=[A-Z])")
_DIMENSIONS: Final[dict[str, str]] = {
    unit: dimension
    for dimension, units in {
        "temperature": "°C °F K ℃ degC",
        "pressure": "bar mbar Pa kPa MPa psi kgf/cm²",
        "speed": "1/min rpm r/min min⁻¹ Hz U/min",
        "velocity": "m/s mm/s m/min ft/min",
        "current": "A mA kA",
        "voltage": "V mV kV",
        "power": "W kW MW hp kVA",
        "energy": "Wh kWh MWh J kJ MJ",
        "flow": "m³/h l/min L/min l/h m³/s kg/h t/h",
        "length": "m mm cm µm km in",
        "mass": "kg g t lb",
        "force": "N kN MN",
        "time": "s ms min h d",
        "share": "% ‰",
        "volume": "l L m³ ml",
    }.items()
    for unit in units.split()
}


@dataclass(frozen=True, slots=True)
class Place:
    """An asset and its free roles."""

    asset: str
    name: str
    roles: tuple[SignalRole, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tag that plays no role yet, and its present value."""

    tag: Tag
    value: Any = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tag for a role; `reasons` are sentences by language. `best`: nothing fits this role and this tag better."""

    asset: str
    role: str
    tag_id: int
    key: str
    score: float
    reasons: list[dict[str, str]]
    best: bool = False


@dataclass(slots=True)
class _Read:
    """A tag's words, taken apart once."""

    tag: Tag
    value: Any
    name: frozenset[str]
    place: frozenset[str]
    text: str
    described: str
    reasons: list[dict[str, str]] = field(default_factory=list)


def suggest(places: Sequence[Place], candidates: Sequence[Candidate], assets: Sequence[str] = ()) -> list[Suggestion]:
    """Suggestions, best first; at most three for a role. `assets` are all ids: another's connection is not taken."""
    read = [_read(candidate) for candidate in candidates]
    known = set(assets) | {place.asset for place in places}
    by_role: dict[int, list[tuple[_Read, float, list[dict[str, str]]]]] = {}
    found: list[Suggestion] = []
    for place in places:
        near = {id(one): _nearness(place, one, known) for one in read}
        for role in place.roles:
            if id(role) not in by_role:
                by_role[id(role)] = [scored for one in read if (scored := _scored(role, one)) is not None]
            rows = []
            for one, part, reasons in by_role[id(role)]:
                closeness, why = near[id(one)]
                score = part + _WEIGHTS["place"] * closeness
                if closeness > 0 and score >= SCORE_MIN:
                    rows.append(
                        Suggestion(place.asset, role.role, one.tag.id, one.tag.key, round(score, 3), [*reasons, *why])
                    )
            found += sorted(rows, key=lambda row: (-row.score, row.key))[:PER_ROLE_MAX]
    return _marked(sorted(found, key=lambda row: (-row.score, row.asset, row.role, row.key)))


def _marked(found: list[Suggestion]) -> list[Suggestion]:
    roles: set[tuple[str, str]] = set()
    tags: set[int] = set()
    out = []
    for row in found:
        is_best = (row.asset, row.role) not in roles and row.tag_id not in tags
        if is_best:
            roles.add((row.asset, row.role))
            tags.add(row.tag_id)
        out.append(Suggestion(row.asset, row.role, row.tag_id, row.key, row.score, row.reasons, is_best))
    return out


def _read(candidate: Candidate) -> _Read:
    tag = candidate.tag
    connection, _, name = tag.key.partition("/")
    described = " ".join([str(tag.meta.get("description") or ""), *(tag.meta.get("description_i18n") or {}).values()])
    return _Read(
        tag, candidate.value, _words(name), _words(connection) | _words(name), _normal(name), _normal(described)
    )


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(_normal(_CAMEL.sub(" ", text))))


@lru_cache(maxsize=4096)
def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _scored(role: SignalRole, one: _Read) -> tuple[_Read, float, list[dict[str, str]]] | None:
    """The part of the score that is the same at every asset of the type; None where it cannot be."""
    kind, kind_why = _kind(role, one)
    unit, unit_why = _unit(role.unit, str(one.tag.meta.get("unit") or ""))
    if kind == 0 or unit == 0:
        return None
    name, name_why = _name(role, one)
    if name == 0:
        return None
    score = _WEIGHTS["name"] * name + _WEIGHTS["unit"] * unit + _WEIGHTS["kind"] * kind
    return one, score, [*name_why, *unit_why, *kind_why]


@lru_cache(maxsize=1024)
def _phrases(
    role_id: str, labels: tuple[str, ...], keywords: tuple[str, ...]
) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((phrase, _words(phrase)) for phrase in dict.fromkeys((role_id, *labels, *keywords)) if phrase)


def _name(role: SignalRole, one: _Read) -> tuple[float, list[dict[str, str]]]:
    best, why = 0.0, ""
    for phrase, words in _phrases(role.role, tuple(role.label.values()), role.keywords):
        score = 0.0
        if _CJK.search(phrase):
            plain = _normal(phrase)
            if plain in one.text:
                score = 0.6 + 0.4 * len(plain) / max(1, len(one.text))
            elif plain in one.described:
                score = 0.55 + 0.25 * len(plain) / max(1, len(one.described))
        elif words and words <= one.name:
            score = 0.55 + 0.45 * len(words) / len(one.name | words)
        elif words and words <= _words(one.described):
            score = 0.5
        elif len(words) == 1 and len(phrase) >= 3:
            word = next(iter(words))
            if any(part.startswith(word[:4]) and word.startswith(part) and len(part) >= 3 for part in one.name):
                score = 0.5
        if score > best:
            best, why = score, phrase
    if not best:
        return 0.0, []
    return best, [{"en": f"The name has “{why}”.", "zh-CN": f"名称含有“{why}”。"}]


def _unit(wanted: str, unit: str) -> tuple[float, list[dict[str, str]]]:
    if not wanted:
        return (0.6 if not unit else 0.4), []
    if not unit:
        return 0.4, []
    if unit == wanted:
        return 1.0, [{"en": f"The unit is {unit}.", "zh-CN": f"单位是 {unit}。"}]
    if _DIMENSIONS.get(unit) is not None and _DIMENSIONS.get(unit) == _DIMENSIONS.get(wanted):
        return 0.75, [{"en": f"{unit} is of the same kind as {wanted}.", "zh-CN": f"{unit} 与 {wanted} 同类。"}]
    return 0.0, []


def _kind(role: SignalRole, one: _Read) -> tuple[float, list[dict[str, str]]]:
    kind, value = one.tag.kind, one.value
    if role.kind == "any":
        return 0.6, []
    if role.kind == "text":
        return (1.0, [{"en": "It is a text.", "zh-CN": "是文本。"}]) if kind == "s" else (0.0, [])
    if role.kind == "boolean":
        if kind == "b":
            return 1.0, [{"en": "It is on or off.", "zh-CN": "是开关量。"}]
        return (0.5, []) if kind in ("u", "i") and value in (0, 1, None) else (0.0, [])
    return _number_kind(role, kind, value)


def _number_kind(role: SignalRole, kind: str, value: Any) -> tuple[float, list[dict[str, str]]]:
    if kind in ("s", "b"):
        return 0.0, []
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if role.span is not None and is_number and not role.span[0] <= value <= role.span[1]:
        return 0.2, []
    if role.decimals == 0 and not role.unit:
        if kind in ("u", "i"):
            return 1.0, [{"en": "It counts in whole numbers.", "zh-CN": "是整数计数。"}]
        return 0.4, []
    return 0.8, []


def _nearness(place: Place, one: _Read, known: set[str]) -> tuple[float, list[dict[str, str]]]:
    connection = one.tag.connection
    if connection == place.asset:
        why = {"en": f"It is read by the connection {connection}.", "zh-CN": f"由连接 {connection} 采集。"}
        return 1.0, [why]
    if connection in known:
        return 0.0, []
    words = _words(place.asset) | _words(place.name)
    ids = _words(place.asset)
    if ids and ids <= one.place:
        return 0.9, [{"en": f"Its name has {place.asset}.", "zh-CN": f"名称含有 {place.asset}。"}]
    numbers = {word for word in ids if word.isdigit()}
    if numbers and {word for word in one.place if word.isdigit()} - numbers and not numbers & one.place:
        return 0.0, []
    common = words & one.place
    return (0.5, []) if common else (0.3, [])
