"""What the agent and its drivers say to people, found in their sources: each text with names in braces where a value
stands. The catalogues of Chinese texts are held against this."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from edge_agent.local_page.chinese import HOLE
from tests.support.processes import ROOT

__all__ = ["modules", "nameless", "spoken", "spoken_in", "written_in"]


#: Which arguments of a call are read by people: their places, and their names.
_SPEAKERS: Final[dict[str, tuple[int, ...]]] = {
    **dict.fromkeys(("InterlockError", "ConfigError", "AuthError", "ConnectError", "PartialError"), (1,)),
    "Problem": (2, 3), "CellProblem": (3, 4), "CellError": (1, 2), "sheet_error": (1, 2), "problems_error": (1,),
    "Finding": (2, 3, 4, 5), "problem": (1, 2), "ok": (0, 1), "ValueError": (0,),
    "PlanProblem": (2, 3),
}  # fmt: skip
#: The same of methods of one's own.
_OWN_SPEAKERS: Final[dict[str, tuple[int, ...]]] = {"_wrong": (1, 2), "_tell": (0,)}
_NAMED: Final = frozenset({"message", "hint", "where", "what", "evidence", "next_step"})
#: Texts in variables of these names are said, too: a text is often made a line before it is used.
_VARIABLES: Final = frozenset({"text", "hint", "step", "what", "told", "said", "reason", "evidence", "ended"})
#: Not behind the agent's page: commands of their own, what is said to the platform, peers and suites for tests.
_ELSEWHERE: Final = (
    "connectors/peers", "connectors/testing", "edge_agent/buffer", "edge_agent/commands", "edge_agent/enrol",
    "edge_agent/feeds", "edge_agent/identity_file", "edge_agent/publish", "edge_agent/service",
    "edge_agent/spool_tools", "edge_agent/pipeline",
)  # fmt: skip
_ELSEWHERE_FILES: Final = frozenset({
    "cli.py", "conformance.py", "generate.py", "doctor_broker.py", "bundle.py", "frame_dump.py", "asking.py",
    "local_door.py", "recorder.py", "systemd.py",
})  # fmt: skip
_MODELS: Final = tuple(f"schemas/models/{name}.py" for name in ("agent", "base", "calculated", "connection", "tag"))


def modules() -> Iterator[Path]:
    """The sources whose texts the agent's page may show."""
    for folder in ("connectors", "edge_agent"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            if path.name not in _ELSEWHERE_FILES and not place.startswith(_ELSEWHERE):
                yield path
    yield from (ROOT / name for name in _MODELS)


def spoken() -> dict[Path, set[str]]:
    """The texts of each folder."""
    found: dict[Path, set[str]] = {}
    for path in modules():
        if texts := spoken_in(path.read_text("utf-8"), settings=path.name != "agent.py"):
            found.setdefault(path.parent, set()).update(texts)
    return found


def spoken_in(source: str, *, settings: bool = True) -> set[str]:
    """The texts of one module; `settings`: with what its settings mean, which is the hint where one is wrong."""
    tree = ast.parse(source)
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for one in [*_read_by_people(node), *(_meaning(node) if settings else ())]:
                found.update(_texts(one))
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
            if name in _VARIABLES:
                found.update(_texts(node.value))
    return {text for text in found if _is_said(text)}


def _meaning(call: ast.Call) -> list[ast.expr]:
    if not isinstance(call.func, ast.Name) or call.func.id != "Field":
        return []
    return [one.value for one in call.keywords if one.arg == "description"]


def _read_by_people(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that are read by people."""
    if isinstance(call.func, ast.Attribute):
        if call.func.attr == "append" and _name_of(call.func.value) == "notes":
            return call.args
        places = _OWN_SPEAKERS.get(call.func.attr) if _name_of(call.func.value) == "self" else None
    else:
        places = _SPEAKERS.get(call.func.id) if isinstance(call.func, ast.Name) else None
    if places is None:
        return []
    given = [call.args[at] for at in places if at < len(call.args)]
    return given + [one.value for one in call.keywords if one.arg in _NAMED]


def written_in(folder: Path) -> set[str]:
    """Every text in a folder's modules, whether it is said or not; `{}` where a value stands."""
    found = set()
    for path in (one for one in modules() if one.parent == folder):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp) and (text := _template(node)):
                found.add(nameless(text))
    return found


def nameless(text: str) -> str:
    """A text with `{}` where a value stands, whatever its name."""
    return HOLE.sub("{}", text).strip()


def _is_said(text: str) -> bool:
    """Whether it has words beside its values."""
    bare = text
    while (begin := bare.find("{")) >= 0 and (end := bare.find("}", begin)) >= 0:
        bare = bare[:begin] + "\0" + bare[end + 1 :]
    return sum(one.isalpha() for one in bare) >= 2 and (" " in bare.strip() or "\0" in bare)


def _texts(node: ast.expr) -> Iterator[str]:
    """The texts an expression may give."""
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for one in node.values:
            yield from _texts(one)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("strip", "rstrip"):
        yield from _texts(node.func.value)
    elif isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
        text = _template(node)
        if text is not None:
            yield text
        for one in ast.walk(node):
            if isinstance(one, ast.IfExp):
                yield from _texts(one)


def _template(node: ast.expr) -> str | None:
    names: dict[str, int] = {}

    def hole(value: ast.expr) -> str:
        name = _name_of(value)
        names[name] = names.get(name, 0) + 1
        return "{" + (name if names[name] == 1 else f"{name}_{names[name]}") + "}"

    def made(one: ast.expr) -> str | None:
        if isinstance(one, ast.Constant):
            return one.value if isinstance(one.value, str) else None
        if isinstance(one, ast.JoinedStr):
            parts = [
                part.value if isinstance(part, ast.Constant) and isinstance(part.value, str)
                else hole(part.value) if isinstance(part, ast.FormattedValue) else ""
                for part in one.values
            ]  # fmt: skip
            return "".join(parts)
        if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Add):
            left, right = made(one.left), made(one.right)
            return None if left is None and right is None else (left or "{value}") + (right or "{value}")
        return None

    return made(node)


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id.strip("_").lower()
    if isinstance(node, ast.Attribute):
        return node.attr.strip("_").lower()
    if isinstance(node, ast.Subscript):
        return _name_of(node.value)
    if isinstance(node, ast.Call) and node.args:
        return _name_of(node.args[0])
    return "value"
