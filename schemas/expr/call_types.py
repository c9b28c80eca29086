"""Kind and unit of function calls. Twin of sdk/expr/call_types.ts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from schemas.expr.calls import SIGNATURES
from schemas.expr.kinds import ANY, Findings, Typed, item_of, may, operator_type
from schemas.expr.nodes import Call, Literal
from schemas.expr.value import TypeName
from schemas.units import Unit, conversion, is_known, parse_unit, power, root

_SECONDS: Final = parse_unit("s")


def call_type(found: Findings, node: Call, args: Sequence[Typed]) -> Typed:
    """Of a call whose name and number of arguments are right."""
    kinds, result, rule = SIGNATURES[node.name]
    for i, arg in enumerate(args):
        _argument(found, node, i, arg, kinds[i] if i < len(kinds) else kinds[-1])
    if node.name == "switch":
        return _switch(found, node, args)
    if node.name == "coalesce":
        return _coalesce(found, node, args)
    if node.name == "last_good":
        return args[0]
    if node.name == "unit":
        unit = args[0].unit
        found.texts[node.name_start] = unit.text if unit else ""
        return Typed("string")
    return Typed(cast(TypeName, result), _unit(found, node, args, rule))


def _argument(found: Findings, node: Call, i: int, arg: Typed, kind: str) -> None:
    wanted = kind.removesuffix("...").removesuffix("?")
    several = kind.endswith("...") and len(node.args) == 1
    value = item_of(arg) if several and arg.type == "list" else arg
    if not _accepts(wanted, value):
        found.add("argument_type", node.args[i], name=node.name, wanted=wanted, found=value.type)


def _accepts(wanted: str, value: Typed) -> bool:
    if wanted in ("number", "string", "list"):
        return may(value, wanted)
    return may(value, "string", "list") if wanted == "text or list" else True


def _unit(found: Findings, node: Call, args: Sequence[Typed], rule: str) -> Unit | None:
    unit = args[0].unit if args else None
    if rule == "first":
        return unit
    if rule == "same":
        for arg, place in zip(args[1:], node.args[1:], strict=True):
            unit = found.fit(unit, arg.unit, place)
        return unit
    if rule == "s":
        return _SECONDS
    if rule == "sqrt":
        return root(unit) if unit else None
    if rule == "pow":
        exponent = node.args[1]
        whole = exponent.value if isinstance(exponent, Literal) and isinstance(exponent.value, float) else 0
        return power(unit, int(whole)) if unit and whole in (1, 2, 3) else None
    return _converted(found, node, unit) if rule == "convert" else None


def _converted(found: Findings, node: Call, unit: Unit | None) -> Unit | None:
    named: list[Unit | None] = []
    for arg in node.args[1:]:
        text = str(arg.value) if isinstance(arg, Literal) else ""
        parsed = parse_unit(text)
        known = parsed if parsed and is_known(parsed) else None
        if known is None:
            found.add("unit_unknown", arg, unit=text)
        named.append(known)
    target = named[-1]
    if target is None or None in named:
        return None
    source = named[0] if len(named) == 2 else unit
    value = node.args[0]
    if len(named) == 2:
        found.fit(unit, source, value)
    if source is None:
        found.add("unit_missing", value)
        return target
    by = conversion(source, target)
    if by:
        found.conversions[node.name_start] = by
    else:
        found.add("unit_convert", node, left=source.text, right=target.text)
    return target


def _coalesce(found: Findings, node: Call, args: Sequence[Typed]) -> Typed:
    out = args[0]
    for arg, place in zip(args[1:], node.args[1:], strict=True):
        out = found.unify(out, arg, "branch_types", place)
    return out


def _switch(found: Findings, node: Call, args: Sequence[Typed]) -> Typed:
    x, *rest = args
    out: Typed | None = None
    for i, arg in enumerate(rest):
        place = node.args[i + 1]
        if i % 2 == 1 or i + 1 == len(rest):
            out = arg if out is None else found.unify(out, arg, "branch_types", place)
        elif operator_type("==", x, arg) is None:
            found.add("operand_type", place, op="switch", left=x.type, right=arg.type)
        else:
            found.fit(x.unit, arg.unit, place)
    return out or ANY
