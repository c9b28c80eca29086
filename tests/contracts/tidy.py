"""The tidy rules, as functions from files to problems, so that each can be shown a file that breaks it."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_LINES_MAX = 60
FILE_LINES_MAX = 400
FILE_BYTES_MAX = 200 * 1024
PACKAGES = ("schemas", "connectors", "edge_agent", "platform_core", "interlock")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "base2"}
BROAD_EXCEPT_ALLOWED = {"edge_agent/supervisor.py", "platform_core/api/errors.py"}
PRINT_ALLOWED = re.compile(r"(^run\.py$|^interlock/|/__main__\.py$|/cli\.py$|/codegen/|^tests/)")
GENERATED = re.compile(r"(^schemas/json/|^app_designer/src/generated/|\.gen\.(ts|tsx|py)$|^docs/reference/.*generated)")
#: Lock files, what is generated whole, pictures, and the one file of vectors both expression languages share.
BIG_ALLOWED = re.compile(
    r"(\.lock$|package-lock\.json$|^docs/reference/openapi\.json$|^schemas/expr/vectors\.json$"
    r"|^docs/images/.*\.(png|webp|svg)$)"
)
MARKER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
CODE = {".py", ".ts", ".tsx"}


class Problem(NamedTuple):
    """One rule broken: `key` is what the exception list names, as `rule path[:name]`."""

    key: str
    text: str


def tracked_files() -> list[str]:
    """Files of the project: what git knows, and what is new and not ignored."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return sorted(name for name in set(listing.split("\0")) if name and (ROOT / name).is_file())


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", node
            yield from _functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")
        else:
            yield from _functions(node, prefix)


def long_functions(path: str, tree: ast.AST) -> Iterator[Problem]:
    """Functions of more than 60 lines."""
    for name, node in _functions(tree):
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > FUNCTION_LINES_MAX:
            yield Problem(f"function-length {path}:{name}", f"{lines} lines, at most {FUNCTION_LINES_MAX}")


def untyped_functions(path: str, tree: ast.AST) -> Iterator[Problem]:
    """Public functions of the packages that lack the type of an argument or of the answer."""
    if not path.startswith(PACKAGES) and path != "run.py":
        return
    for name, node in _functions(tree):
        if any(part.startswith("_") and part != "__init__" for part in name.split(".")):
            continue
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        bare = [arg.arg for arg in given if arg.annotation is None and arg.arg not in ("self", "cls")]
        if bare or node.returns is None:
            yield Problem(f"untyped {path}:{name}", f"no type for {', '.join(bare) or 'the answer'}")


def broad_excepts(path: str, tree: ast.AST) -> Iterator[Problem]:
    """`except:`, `except Exception`, `except BaseException` that swallows, outside the two places that may."""
    if path in BROAD_EXCEPT_ALLOWED or path.startswith("tests/"):
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        names = {kind.id for kind in kinds if isinstance(kind, ast.Name)}
        passed_on = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in node.body)
        if (node.type is None or names & {"Exception", "BaseException"}) and not passed_on:
            yield Problem(f"broad-except {path}:{node.lineno}", "catch what you can handle")


def forbidden_calls(path: str, tree: ast.AST) -> Iterator[Problem]:
    """`eval`, `exec`; `print` outside command lines; `global`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield Problem(f"global {path}:{node.lineno}", "no module state that functions change")
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id in ("eval", "exec"):
            yield Problem(f"eval {path}:{node.lineno}", "never run text as code")
        if node.func.id == "print" and not PRINT_ALLOWED.search(path) and not _is_peer_command(path):
            yield Problem(f"print {path}:{node.lineno}", "log, or print in a command line module")


def _is_peer_command(path: str) -> bool:
    return path.startswith("connectors/peers/") and path.endswith("__main__.py")


def file_size(path: str, data: bytes) -> Iterator[Problem]:
    """Files of more than 400 lines of code, or of more than 200 KB."""
    if len(data) > FILE_BYTES_MAX and not BIG_ALLOWED.search(path):
        yield Problem(f"file-bytes {path}", f"{len(data)} bytes, at most {FILE_BYTES_MAX}")
    lines = data.count(b"\n")
    if Path(path).suffix in CODE and lines > FILE_LINES_MAX and not GENERATED.search(path):
        yield Problem(f"file-length {path}", f"{lines} lines, at most {FILE_LINES_MAX}")


def module_name(path: str) -> Iterator[Problem]:
    """Names that say nothing."""
    for part in Path(path).with_suffix("").parts:
        if part.lower() in FORBIDDEN_NAMES:
            yield Problem(f"name {path}", f"{part!r} says nothing about what is inside")


def markers(path: str, text: str) -> Iterator[Problem]:
    """Marks of unfinished work."""
    if path == "tests/contracts/tidy.py":
        return
    for number, line in enumerate(text.splitlines(), 1):
        if MARKER.search(line):
            yield Problem(f"marker {path}:{number}", line.strip()[:80])


def markdown_title(path: str, text: str) -> Iterator[Problem]:
    """A Markdown file has exactly one title, outside code blocks."""
    titles, fenced = 0, False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        titles += not fenced and line.startswith("# ")
    if titles != 1:
        yield Problem(f"title {path}", f"{titles} titles, exactly one wanted")


def problems_of(path: str, data: bytes) -> Iterator[Problem]:
    """Everything wrong with one file."""
    yield from file_size(path, data)
    suffix = Path(path).suffix
    if suffix not in CODE and suffix != ".md":
        return
    text = data.decode("utf-8")
    if suffix == ".md":
        yield from markdown_title(path, text)
        return
    yield from module_name(path)
    if GENERATED.search(path):
        return
    yield from markers(path, text)
    if suffix == ".py":
        tree = ast.parse(text)
        for rule in (long_functions, untyped_functions, broad_excepts, forbidden_calls):
            yield from rule(path, tree)


def all_problems() -> list[Problem]:
    """Everything wrong with the project."""
    return [problem for path in tracked_files() for problem in problems_of(path, (ROOT / path).read_bytes())]
