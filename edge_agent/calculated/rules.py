"""Problems of calculated tags: unknown inputs, cycles, formulas and units that do not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError

from pydantic import ValidationError

from edge_agent.calculated.section import CALCULATED, factor_of, in_order, key_of, variables
from edge_agent.change_rules import check_tag_changes
from edge_agent.plain_words import problems_of, suggestion
from edge_agent.yaml_lines import pointer
from schemas.errors import Problem
from schemas.expr import check, explain
from schemas.models.calculated import CalculatedTag
from schemas.models.connection import ReportConfig
from schemas.models.tag import TagBase
from schemas.units import conversion, parse_unit, same_unit, times

_SECTION = "/calculated"
TAGS_MAX = 2000
_RESULT = {"float64": "number", "int64": "number", "bool": "boolean", "string": "string"}
_ONLY_FOR: Mapping[str, tuple[str, ...]] = {
    "bits": ("counter", "rate"), "per": ("integral", "rate"), "window_s": ("rate",),
    "factor": ("counter", "integral", "rate"), "start": ("counter", "integral", "run_time"),
    "gap_max_s": ("counter", "integral", "run_time", "rate"),
}  # fmt: skip


Places = Sequence[tuple[str, CalculatedTag]]
"""Tags with their pointers in the document."""


def check_calculated(
    section: object, read: Mapping[str, TagBase], unsound: Collection[str]
) -> tuple[tuple[CalculatedTag, ...], list[Problem]]:
    """The tags of the section as read from the file, and all their problems; `read`: tags of devices by key; nothing is
    said of connections in `unsound`, whose tags are not known."""
    places, problems, doubtful = _sound(section)
    if doubtful:
        unsound = {*unsound, CALCULATED}
    known: dict[str, TagBase] = {**read, **{key_of(tag): tag for _, tag in places}}
    names = Counter(tag.name for _, tag in places)
    for here, tag in places:
        if names[tag.name] > 1:
            problems.append(
                Problem(
                    "tag.duplicate", pointer(here, "name"), f"the tag name '{tag.name}' is used more than once",
                    "Give each calculated tag its own name.",
                )
            )  # fmt: skip
        problems += _inputs(tag, known, unsound, here)
        problems += _settings(tag, here)
        problems += check_tag_changes(tag, here, ReportConfig())
    problems += _cycle(places)
    return tuple(tag for _, tag in places), problems


def _sound(section: object) -> tuple[list[tuple[str, CalculatedTag]], list[Problem], bool]:
    if not isinstance(section, list) or len(section) > TAGS_MAX:
        said = f"calculated is no list of at most {TAGS_MAX} tags"
        return [], [Problem("config.type", _SECTION, said, "Begin each item with '- '.")], True
    places: list[tuple[str, CalculatedTag]] = []
    problems: list[Problem] = []
    for at, raw in enumerate(section):
        here = pointer(_SECTION, at)
        try:
            places.append((here, CalculatedTag.model_validate(raw)))
        except ValidationError as error:
            problems += problems_of(error, CalculatedTag, here)
    return places, problems, bool(problems)


def _inputs(
    tag: CalculatedTag, known: Mapping[str, TagBase], unsound: Collection[str], here: str
) -> Iterator[Problem]:  # fmt: skip
    missing = [(name, key) for name, key in tag.inputs.items() if key not in known]
    for name, key in missing:
        if key.partition("/")[0] not in unsound:
            yield Problem(
                "calculated.unknown_tag", pointer(pointer(here, "inputs"), name), f"there is no tag '{key}'",
                suggestion(key, known) or "Name a tag as connection/tag.",
            )  # fmt: skip
    if not missing:
        yield from _formula(tag, known, here)


def _cycle(places: Places) -> Iterator[Problem]:
    try:
        in_order([tag for _, tag in places])
    except CycleError as error:
        way = list(error.args[1])
        here = next(path for path, tag in places if key_of(tag) == way[0])
        yield Problem(
            "calculated.cycle", pointer(here, "inputs"),
            f"calculated tags depend on each other: {' → '.join(reversed(way))}", "Take one of these inputs out.",
        )  # fmt: skip


def _formula(tag: CalculatedTag, known: Mapping[str, TagBase], here: str) -> Iterator[Problem]:
    at = pointer(here, "expression")
    judged = check(tag.expression, variables(tag, known))
    for problem in judged.problems:
        said, hint = explain(problem)
        yield Problem("calculated.expression", at, said, hint)
    if judged.problems:
        return
    wanted = {"value": _RESULT[tag.type], "run_time": "boolean"}.get(tag.method, "number")
    if judged.type not in (wanted, "any", "null"):
        yield Problem(
            "calculated.type", at, f"the formula gives a {judged.type}, '{tag.name}' needs a {wanted}",
            "Change the type, or compare or convert in the formula.",
        )  # fmt: skip
        return
    yield from _units(tag, judged.unit, here)


def _units(tag: CalculatedTag, unit: str, here: str) -> Iterator[Problem]:
    given, made = parse_unit(tag.unit), parse_unit(unit)
    at = pointer(here, "unit")
    if tag.method in ("value", "counter"):
        if tag.factor != 1 or given is None or made is None or same_unit(given, made):
            return
        can = conversion(made, given) is not None
        hint = f"Write convert(…, '{tag.unit}') in the expression." if can else "Correct the unit or the formula."
        yield Problem("calculated.unit", at, f"the formula gives {unit}, not {tag.unit}", hint)
    elif tag.method == "run_time":
        if factor_of(tag, unit) is None:
            yield Problem("calculated.unit", at, f"a run time is not in '{tag.unit}'", "Write unit: h, min or s.")
    elif tag.per is None:
        if factor_of(tag, unit) is None:
            what = (
                f"from '{unit}' to '{tag.unit}' there is no way over time" if unit and tag.unit else "no unit is told"
            )
            yield Problem(
                "calculated.unit", at, what, "Correct the unit, or say the rate's time with per: s, min or h."
            )
    elif given is not None and made is not None and tag.factor == 1:
        over = times(made, parse_unit(tag.per), 1 if tag.method == "integral" else -1)
        if over is None or not same_unit(over, given):
            yield Problem(
                "calculated.unit", at, f"'{unit}' per {tag.per} does not make '{tag.unit}'",
                "Leave per out where the units tell it, or correct one of them.",
            )  # fmt: skip


def _settings(tag: CalculatedTag, here: str) -> Iterator[Problem]:
    for key, methods in _ONLY_FOR.items():
        if key in tag.model_fields_set and tag.method not in methods:
            yield Problem(
                "calculated.setting", pointer(here, key), f"'{key}' has no meaning with 'method: {tag.method}'",
                f"It is for: {', '.join(methods)}.",
            )  # fmt: skip
    whole = tag.method == "counter" and tag.type == "int64" and tag.factor == 1
    if tag.method != "value" and tag.type != "float64" and not whole:
        yield Problem(
            "calculated.type", pointer(here, "type"), f"'method: {tag.method}' gives a float64",
            "Leave the type out; only a counter without factor may be an int64.",
        )  # fmt: skip


def check_reserved(ids: Sequence[tuple[str, object]], section: bool) -> Iterator[Problem]:
    """Connections (path, id) that have the name of the section."""
    for path, name in ids:
        if section and name == CALCULATED:
            yield Problem(
                "calculated.reserved", pointer(path, "id"), f"'{CALCULATED}' is the connection of calculated tags",
                "Give the connection another id.",
            )  # fmt: skip
