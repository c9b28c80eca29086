"""The columns of a tag sheet: which setting of a tag each holds, and how a cell is written and read.

Every plain setting of a tag has a column of its own name; a setting that is added to the model has one by
itself. What is no single value is written the way people write it (`0=Stopped; 1=Running`), and what is
left (write rules, texts in other languages) stands in `more` as JSON.
"""

from __future__ import annotations

import json
import math
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from schemas.models.tag import Limits, TagConfig

__all__ = ["COLUMNS", "CellError", "Column", "assemble", "cell_text", "heading_of", "parse_cell", "plain", "values_of"]

Form = Literal["text", "int", "number", "bool", "numbers", "texts", "json"]
#: In the order people look for them; other plain settings of the model follow.
_FIRST = ("name", "address", "type", "order", "bit", "length", "scale", "offset", "scale_from", "sentinels", "unit")
_SPAN = ("span_low", "span_high")
_ALIASES = {
    "tag": "name", "tag_name": "name", "variable": "name", "名称": "name", "变量名": "name", "变量名称": "name",
    "标签": "name", "标签名": "name", "标签名称": "name", "点名": "name", "register": "address", "地址": "address",
    "寄存器": "address", "寄存器地址": "address", "data_type": "type", "datatype": "type", "类型": "type",
    "数据类型": "type", "byte_order": "order", "字节序": "order", "字节顺序": "order", "位": "bit", "长度": "length",
    "factor": "scale", "系数": "scale", "倍率": "scale", "比例": "scale", "偏移": "offset", "偏移量": "offset",
    "units": "unit", "eng_units": "unit", "单位": "unit", "小数位": "decimals", "小数位数": "decimals",
    "量程下限": "span_low", "量程上限": "span_high", "下下限": "lo_lo", "下限": "lo", "上限": "hi", "上上限": "hi_hi",
    "描述": "description", "说明": "description", "备注": "description", "文本": "texts", "采集周期": "scan_ms",
    "扫描周期": "scan_ms", "采集周期_ms": "scan_ms", "死区": "deadband", "连接": "connection", "设备": "connection",
    "device": "connection", "资产": "asset", "资产名称": "asset_name", "角色": "role", "原名": "was",
}  # fmt: skip
_TRUE, _FALSE = frozenset({"true", "1", "yes", "是"}), frozenset({"false", "0", "no", "否"})
#: A spreadsheet takes a text that begins with one of these for a formula (or hides it, for ').
_FORMULA_SIGNS = "=+-@\t\r'"
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\Z|\d{1,2}[- ][A-Za-z]{3}([- ]\d{2,4})?\Z|[A-Za-z]{3}-\d{1,2}\Z")
_SHORTENED = re.compile(r"\d[.,]\d+E\+\d+\Z", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z|[+-]?inf\Z")


class CellError(ValueError):
    """A cell that cannot be taken: what is wrong (`args[0]`), what to write instead, a stable code."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = f"sheet.{code}", message, hint


@dataclass(slots=True, frozen=True)
class Column:
    """One column: its heading, how its cells are written, and for a person what it means."""

    heading: str
    form: Form
    description: str = ""


def _form_of(field: FieldInfo) -> Form | None:
    """How a setting is written in one cell; None where it is no single value."""
    options = [one for one in _members(field.annotation) if one is not type(None)]
    if len(options) != 1:
        return None
    one = options[0]
    if get_origin(one) is Literal or one is str:
        return "text"
    forms: dict[Any, Form] = {bool: "bool", int: "int", float: "number"}
    return forms.get(one)


def _members(annotation: Any) -> tuple[Any, ...]:
    """The types a setting may have, without what is said about them."""
    members = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    return tuple(get_args(one)[0] if get_origin(one) is Annotated else one for one in members)


def _columns() -> tuple[Column, ...]:
    fields = TagConfig.model_fields
    out: list[Column] = []
    for name in sorted(fields, key=lambda one: _FIRST.index(one) if one in _FIRST else len(_FIRST)):
        field, text = fields[name], fields[name].description or ""
        if name == "span":
            out += [Column(_SPAN[0], "number", "Lowest value."), Column(_SPAN[1], "number", "Highest value.")]
        elif name == "limits":
            out += [Column(key, "number", one.description or "") for key, one in Limits.model_fields.items()]
        elif name in ("texts", "colors"):
            out.append(Column(name, "texts", text))
        elif name == "sentinels":
            out.append(Column(name, "numbers", text))
        elif (form := _form_of(field)) is not None:
            out.append(Column(name, form, text))
    return (*out, Column("more", "json", "Settings without a column, as JSON: write rules, other languages."))


COLUMNS: tuple[Column, ...] = _columns()
_BY_HEADING = {column.heading: column for column in COLUMNS}
_PLACES = {"span": _SPAN, "limits": tuple(Limits.model_fields)}
_OWN = frozenset(column.heading for column in COLUMNS if column.heading in TagConfig.model_fields)


def heading_of(cell: str) -> str | None:
    """The heading a person meant, in English or Chinese; None for one that is not known."""
    word = re.sub(r"[\s.\-]+", "_", cell.strip().strip("*:：").strip()).casefold()
    word = _ALIASES.get(word, word)
    return word if word in _BY_HEADING or word == "connection" else None


def values_of(tag: TagConfig) -> dict[str, Any]:
    """What a tag says, by column; None or empty where it says nothing."""
    out: dict[str, Any] = {name: getattr(tag, name) for name in _OWN}
    out[_SPAN[0]], out[_SPAN[1]] = tag.span or (None, None)
    for key in _PLACES["limits"]:
        out[key] = getattr(tag.limits, key)
    rest = set(TagConfig.model_fields) - _OWN - set(_PLACES)
    out["more"] = tag.model_dump(mode="json", include=rest, exclude_defaults=True)
    return out


def assemble(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a tag from its columns, as a configuration file would have them."""
    out: dict[str, Any] = {}
    for heading, value in values.items():
        if value is None or heading in ("more", "connection", *_SPAN, *_PLACES["limits"]):
            continue
        if value != "" or heading in ("name", "address"):
            out[heading] = value
    low, high = (values.get(key) for key in _SPAN)
    if low is not None or high is not None:
        out["span"] = [low, high]
    limits = {key: values[key] for key in _PLACES["limits"] if values.get(key) is not None}
    if limits:
        out["limits"] = limits
    more = values.get("more") or {}
    return {**out, **{key: value for key, value in more.items() if key not in out}}


def column_of(setting: tuple[str, ...]) -> str:
    """The heading under which a setting stands; `setting` is its way in the model."""
    first = setting[0] if setting else ""
    if first == "limits" and len(setting) > 1:
        return setting[1]
    if first == "span":
        return _SPAN[1] if setting[1:] == ("1",) else _SPAN[0]
    if first == "limits":
        return "lo_lo"
    return first if first in _BY_HEADING else "more" if first else "name"


# -- cells --------------------------------------------------------------------------------------


def plain(number: float) -> str:
    """A number as people write it: 5, not 5.0."""
    if isinstance(number, int):
        return str(number)
    if math.isfinite(number) and number == int(number) and abs(number) < 1e15:
        return str(int(number)) if number or math.copysign(1.0, number) > 0 else "-0.0"
    return repr(number)


def cell_text(heading: str, value: Any) -> str:
    """The cell of a value; `parse_cell` gives the value back."""
    if value is None or value == () or value == {}:
        return ""
    form = _BY_HEADING[heading].form if heading in _BY_HEADING else "text"
    if form == "text":
        return guarded(str(value))
    if form == "bool":
        return "true" if value else "false"
    if form in ("int", "number"):
        return plain(value)
    if form == "numbers":
        return "; ".join(plain(one) for one in value)
    if form == "texts" and not any(_unfit(key, text) for key, text in value.items()):
        return guarded("; ".join(f"{key}={text}" for key, text in value.items()))
    return json.dumps(value, ensure_ascii=False)


def _unfit(key: str, text: str) -> bool:
    """Whether a pair cannot be written as key=text."""
    whole = key + text
    bad = any(sign in whole for sign in ";；\n\r") or "=" in key or key != key.strip() or text != text.strip()
    return bad or not key or key.startswith("{")


def guarded(text: str) -> str:
    """A text that a spreadsheet neither runs as a formula nor trims: an apostrophe goes before it.

    CSV injection, CWE-1236: a text from afar that begins with = + - or @ would be run by whoever opens the sheet.
    """
    return f"'{text}" if text and (text[0] in _FORMULA_SIGNS or text != text.strip()) else text


def _unguarded(cell: str) -> str:
    if len(cell) > 1 and cell[0] == "'" and (cell[1] in _FORMULA_SIGNS or cell[1:] != cell[1:].strip()):
        return cell[1:]
    text = cell.strip()
    if text.startswith("="):
        raise CellError("formula", "the cell is a formula", "Write the value itself; a text may begin with '= .")
    return text


def parse_cell(heading: str, cell: str, *, decimal_comma: bool = False) -> Any:
    """The value of a cell; None for an empty one. Raises CellError."""
    text = _unguarded(cell)
    if text == "":
        return None
    form = _BY_HEADING[heading].form if heading in _BY_HEADING else "text"
    return _PARSERS[form](text, decimal_comma, heading)


def _parse_text(text: str, _: bool, heading: str) -> str:
    if heading in ("name", "address"):
        if _SHORTENED.match(text):
            raise CellError("shortened", f"the spreadsheet has shortened a number to {text}", _AS_TEXT)
        if _DATE.match(text) and heading == "address":
            raise CellError("date", f"{text} looks like a date the spreadsheet has made", _AS_TEXT)
    lower = text.casefold()
    return _choices().get((heading, lower), text)


_AS_TEXT = "Format the column as text and write the cell again."


@cache
def _choices() -> dict[tuple[str, str], str]:
    """Words of closed lists, whatever their case: FLOAT32 is float32."""
    out: dict[tuple[str, str], str] = {}
    for name, field in TagConfig.model_fields.items():
        for member in _members(field.annotation):
            if get_origin(member) is Literal:
                out |= {(name, str(word).casefold()): str(word) for word in get_args(member)}
    return out


def _parse_number(text: str, decimal_comma: bool, heading: str) -> float:
    plain_text = text.replace("\u2212", "-").replace("\u00a0", "")
    if "," in plain_text:
        if "." in plain_text or plain_text.count(",") > 1:
            raise CellError("number", f"'{text}' has separators of thousands", "Write it without them.")
        if not decimal_comma:
            raise CellError(
                "number", f"'{text}' may mean two numbers",
                f"Write {plain_text.replace(',', '.')} or {plain_text.replace(',', '')}.",
            )  # fmt: skip
        plain_text = plain_text.replace(",", ".")
    elif decimal_comma and re.fullmatch(r"-?\d{1,3}(\.\d{3})+", plain_text):
        raise CellError(
            "number", f"'{text}' may mean two numbers in a sheet with decimal commas",
            f"Write {plain_text.replace('.', '')} or {plain_text.replace('.', ',')}.",
        )  # fmt: skip
    if not _NUMBER.match(plain_text):
        date = " The spreadsheet has made a date of it." if _DATE.match(text) else ""
        raise CellError("number", f"'{text}' is not a number.{date}".rstrip("."), "Write digits only, for example 0.1.")
    number = float(plain_text)
    if math.isinf(number) and "inf" not in plain_text:
        raise CellError("number", f"'{text}' is too large", "Write a number below 1.8e308.")
    return number


def _parse_int(text: str, decimal_comma: bool, heading: str) -> int:
    if re.fullmatch(r"-?\d{1,30}", text):
        return int(text)
    number = _parse_number(text, decimal_comma, heading)
    if not math.isfinite(number) or number != int(number):
        raise CellError("number", f"'{text}' is not a whole number", "Write a whole number.")
    return int(number)


def _parse_bool(text: str, _: bool, heading: str) -> bool:
    word = text.casefold()
    if word not in _TRUE | _FALSE:
        raise CellError("truth", f"'{text}' is neither true nor false", "Write true or false.")
    return word in _TRUE


def _parse_numbers(text: str, decimal_comma: bool, heading: str) -> tuple[int | float, ...]:
    out: list[int | float] = []
    for part in re.split(r"[;；\s]+", text):
        if re.fullmatch(r"0x[0-9A-Fa-f]{1,16}", part):
            out.append(int(part, 16))
        elif re.fullmatch(r"-?\d{1,20}", part):
            out.append(int(part))  # exact beyond 2^53
        elif part:
            out.append(_parse_number(part, decimal_comma, heading))
    return tuple(out)


def _parse_texts(text: str, _: bool, heading: str) -> dict[str, str]:
    if text.startswith("{"):
        parsed = _parse_json(text, False, heading)
        return {str(key): value for key, value in parsed.items()}
    out: dict[str, str] = {}
    for part in re.split(r"[;；\n]", text):
        if not part.strip():
            continue
        key, sign, meaning = part.replace("＝", "=").partition("=")
        if not sign or not key.strip():
            raise CellError("texts", f"'{part.strip()}' is not written as value=text", "Write 0=Stopped; 1=Running.")
        if key.strip() in out:
            raise CellError("texts", f"'{key.strip()}' is given twice", "Keep one of the two.")
        out[key.strip()] = meaning.strip()
    return out


def _parse_json(text: str, _: bool, heading: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CellError("json", f"not valid JSON: {error}", "Leave the cell as it was exported.") from error
    if not isinstance(parsed, dict):
        raise CellError("json", "not a JSON object", 'Write {"key": value}.')
    known = set(TagConfig.model_fields) - _OWN - set(_PLACES)
    unknown = sorted(set(parsed) - known)
    if unknown and heading == "more":
        raise CellError("json", f"'{unknown[0]}' does not belong here", f"Known: {', '.join(sorted(known))}.")
    return parsed


_PARSERS: dict[Form, Callable[[str, bool, str], Any]] = {
    "text": _parse_text, "int": _parse_int, "number": _parse_number, "bool": _parse_bool,
    "numbers": _parse_numbers, "texts": _parse_texts, "json": _parse_json,
}  # fmt: skip
