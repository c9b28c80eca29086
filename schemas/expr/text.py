"""Functions of texts. Twin of sdk/expr/text.ts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from schemas.expr.arithmetic import WHOLE_FROM, Maker, digits_of, rounded
from schemas.expr.operators import no_value
from schemas.expr.run import Code, List, Raw, Run, charge_text, element, fault, finite, short_text
from schemas.expr.value import BAD, OVERFLOW, TEXT_MAX, TYPE_MISMATCH

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
#: Writing a number takes longer than adding one.
_JOIN_STEPS: Final = 8
_FIXED_BELOW: Final = 1e15
#: What JavaScript's trim takes away.
_BLANK: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


def _strings(args: Sequence[Code], of: Callable[..., Raw]) -> Code:
    def code(run: Run) -> Raw:
        values = [arg(run) for arg in args]
        if all(type(value) is str for value in values):
            charge_text(run, *values)
            return of(run, *values)
        return no_value(run, *values)

    return code


def _size(args: Sequence[Code]) -> Code:
    def code(run: Run) -> Raw:
        value = args[0](run)
        if type(value) is str:
            charge_text(run, value)
            return float(len(value))
        return float(len(value.items)) if type(value) is List else no_value(run, value)

    return code


def _count(args: Sequence[Code]) -> Code:
    def code(run: Run) -> Raw:
        value = args[0](run)
        return float(len(value.items)) if type(value) is List else no_value(run, value)

    return code


def number_text(x: float) -> str:
    """A number as text, with no more digits than it needs: as ECMAScript's Number::toString."""
    if x == 0:
        return "0"
    sign = "-" if x < 0 else ""
    mantissa, _, exponent = repr(abs(x)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    # The decimal point stands after `point` digits.
    point = int(exponent or 0) + (len(whole) if whole != "0" else len(fraction.lstrip("0")) - len(fraction))
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    power = point - 1
    tail = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{'+' if power > 0 else '-'}{abs(power)}"


def _plain_text(run: Run, value: Raw) -> str | None:
    if type(value) is str:
        return value
    if type(value) is float:
        return number_text(value)
    if type(value) is bool:
        return "true" if value else "false"
    no_value(run, value)
    return None


def _fixed(value: float, digits: int) -> str:
    near = rounded(value, digits)
    if abs(near) >= _FIXED_BELOW:
        return number_text(near)
    if near == 0:
        near = 0.0
    if abs(value) * 10**digits < WHOLE_FROM:
        return f"{near:.{digits}f}"
    return f"{Decimal(near).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):f}"


def _format(args: Sequence[Code]) -> Code:
    x, wanted = args

    def code(run: Run) -> Raw:
        value = x(run)
        places = wanted(run)
        if type(value) is not float or type(places) is not float:
            return no_value(run, value, places)
        digits = digits_of(run, places)
        return None if digits < 0 else _fixed(value, digits)

    return code


def _number(args: Sequence[Code]) -> Code:
    def code(run: Run) -> Raw:
        value = args[0](run)
        if type(value) is float:
            return value
        if type(value) is bool:
            return 1.0 if value else 0.0
        if type(value) is not str:
            return no_value(run, value)
        text = value.strip(_BLANK)
        if not _NUMBER.fullmatch(text):
            return fault(run, TYPE_MISMATCH, "not_a_number")
        return finite(run, float(text))

    return code


def _substring(args: Sequence[Code]) -> Code:
    def code(run: Run) -> Raw:
        value, start, *rest = [arg(run) for arg in args]
        end = rest[0] if rest else float(TEXT_MAX)
        if type(value) is str and type(start) is float and type(end) is float:
            if not start.is_integer() or not end.is_integer():
                return fault(run, BAD, "index")
            charge_text(run, value)
            return value[int(max(0.0, start)) : int(max(0.0, end))]
        return no_value(run, value, start, end)

    return code


def _replace(run: Run, text: str, old: str, new: str) -> Raw:
    if old == "":
        return text
    length = len(text) + text.count(old) * (len(new) - len(old))
    if length > TEXT_MAX:
        return fault(run, OVERFLOW, "text_too_long")
    return text.replace(old, new)


def _join(args: Sequence[Code]) -> Code:
    source, between = args

    def code(run: Run) -> Raw:
        items = source(run)
        glue = between(run)
        if type(items) is not List or type(glue) is not str:
            return no_value(run, items, glue)
        run.steps += _JOIN_STEPS * len(items.items)
        texts = [_plain_text(run, element(run, items, i)) for i in range(len(items.items))]
        parts = [text for text in texts if text is not None]
        if len(parts) < len(texts):
            return None
        length = sum(map(len, parts)) + len(glue) * max(0, len(parts) - 1)
        if length > TEXT_MAX:
            return fault(run, OVERFLOW, "text_too_long")
        return glue.join(parts)

    return code


def _string(args: Sequence[Code]) -> Code:
    return lambda run: _plain_text(run, args[0](run))


TEXT: Final[Mapping[str, Maker]] = {
    "size": _size,
    "count": _count,
    "upper": lambda args: _strings(args, lambda run, a: short_text(run, a.upper())),
    "lower": lambda args: _strings(args, lambda run, a: short_text(run, a.lower())),
    "trim": lambda args: _strings(args, lambda _run, a: a.strip(_BLANK)),
    "contains": lambda args: _strings(args, lambda _run, a, b: b in a),
    "starts_with": lambda args: _strings(args, lambda _run, a, b: a.startswith(b)),
    "ends_with": lambda args: _strings(args, lambda _run, a, b: a.endswith(b)),
    "replace": lambda args: _strings(args, _replace),
    "string": _string,
    "substring": _substring,
    "format": _format,
    "number": _number,
    "join": _join,
}
