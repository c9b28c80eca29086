"""`python -m schemas.codegen` writes every generated file; `--check` fails where one has drifted."""

from __future__ import annotations

import sys
from pathlib import Path

from schemas.codegen import emit_blocks, emit_expressions, emit_json, emit_reference, emit_typescript

ROOT = Path(__file__).resolve().parents[2]


def generated(root: Path) -> dict[str, str]:
    """Every generated file: path from the project's root → content."""
    return {
        **emit_json.emit(),
        **emit_typescript.emit(),
        **emit_reference.emit(root),
        **emit_blocks.emit(root),
        **emit_expressions.emit(),
    }


def drifted(root: Path) -> list[str]:
    """The generated files that differ from what their source gives."""
    out = []
    for name, content in generated(root).items():
        path = root / name
        if not path.is_file() or path.read_text("utf-8") != content:
            out.append(name)
    return out


def write(root: Path) -> list[str]:
    """Writes what has drifted and returns it."""
    changed = drifted(root)
    contents = generated(root)
    for name in changed:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contents[name], "utf-8", newline="\n")
    return changed


def main(arguments: list[str]) -> int:
    """Command line: returns the exit status."""
    if arguments == ["--check"]:
        changed = drifted(ROOT)
        for name in changed:
            print(f"{name} differs from its source: run `make generate`.")
        return 1 if changed else 0
    for name in write(ROOT):
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
