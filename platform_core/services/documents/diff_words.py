"""A change as a sentence, in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SHOWN_MAX = 60

_OPS = {
    "added": ("added", "新增"),
    "removed": ("removed", "删除"),
    "changed": ("changed", "更改"),
    "moved": ("moved", "移动"),
}
_SUBJECTS = {
    "page": ("page", "页面"),
    "block": ("block", "模块"),
    "test": ("test", "测试"),
    "element": ("", ""),
    "place": ("place", "位置"),
    "property": ("setting", "设置"),
    "binding": ("binding", "绑定"),
    "action": ("action on", "动作"),
    "access": ("access", "权限"),
    "nav": ("menu", "菜单"),
    "theme": ("theme", "主题"),
    "app": ("app", "应用"),
    "parameter": ("parameter", "参数"),
    "state": ("state", "状态"),
    "role": ("signals asked for", "所需信号"),
    "kiosk": ("wall rotation", "大屏轮播"),
    "code_block": ("version of the block", "模块版本"),
    "document": ("file", "文件"),
}
_BREAKPOINTS = {"lg": ("PC", "电脑"), "md": ("tablet", "平板"), "sm": ("phone", "手机")}


def words(
    op: str,
    subject: str,
    *,
    place: str | None,
    label: Mapping[str, str] | None,
    name: str,
    before: Any,
    after: Any,
) -> dict[str, str]:
    """For example: ``Page main, Gauge “Oil”: setting max changed from 100 to 120``."""
    return {
        "en": _sentence(0, op, subject, place, label, name, before, after),
        "zh-CN": _sentence(1, op, subject, place, label, name, before, after),
    }


def _sentence(
    n: int,
    op: str,
    subject: str,
    place: str | None,
    label: Mapping[str, str] | None,
    name: str,
    before: Any,
    after: Any,
) -> str:
    language = ("en", "zh-CN")[n]
    colon, comma = (": ", ", ") if n == 0 else ("：", "，")
    is_file = subject in ("page", "block", "test") and label is None and not name.count(".")
    where = [] if place is None or (is_file and op != "changed") else [f"{('Page', '页面')[n]} {place}"]
    if label is not None:
        where.append(label.get(language) or label.get("en", ""))
    if subject == "place" and name in _BREAKPOINTS:
        name = f"({_BREAKPOINTS[name][n]})"
    what = " ".join(part for part in (_SUBJECTS[subject][n], name) if part)
    verb = _OPS[op][n]
    act = f"{what} {verb}".strip() if n == 0 else f"{verb}{what}"
    values = _values(n, op, subject, before, after)
    head = comma.join(where)
    return f"{head}{colon}{act}{values}" if head else f"{act}{values}"


def _values(n: int, op: str, subject: str, before: Any, after: Any) -> str:
    if op == "changed" and before is not None and after is not None:
        old, new = shown(before), shown(after)
        if max(len(old), len(new)) <= SHOWN_MAX:
            return f" from {old} to {new}" if n == 0 else f"：由 {old} 改为 {new}"
        return ""
    if subject in ("binding", "property", "access", "code_block") and op in ("added", "removed", "changed"):
        value = shown(after if op != "removed" else before)
        if len(value) <= SHOWN_MAX:
            return f": {value}" if n == 0 else f"：{value}"
    return ""


def shown(value: Any) -> str:
    """A value in a sentence: a binding by what it reads, an exact block by its version, everything else as JSON."""
    if isinstance(value, Mapping):
        if value.keys() == {"version", "hash"}:
            return str(value["version"])
        source = value.get("source")
        if source in ("tag", "history"):
            asset = value.get("asset")
            name = f"{{{asset.get('param')}}}" if isinstance(asset, Mapping) else asset
            return f"{name}.{value.get('role')}"
        if source == "param":
            return f"{{{value.get('param')}}}"
        if source == "expression":
            return f"= {value.get('text')}"
        if source == "static":
            return json.dumps(value.get("value"), ensure_ascii=False)
        if isinstance(value.get("en"), str):
            return f"“{value['en']}”"
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
