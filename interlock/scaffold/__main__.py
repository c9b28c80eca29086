"""`python -m interlock.scaffold driver|component ID [--root FOLDER]`."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from interlock.scaffold.component import component_files
from interlock.scaffold.driver import driver_files

MAKERS = {"driver": driver_files, "component": component_files}
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{1,39}")
RESERVED = {"driver", "drivers", "component", "components", "test", "tests"}


def write(root: Path, noun: str, name: str) -> list[Path]:
    """Write the scaffold; its files. Raises ValueError for a bad or taken name, and then writes nothing."""
    if not IDENTIFIER.fullmatch(name) or name in RESERVED:
        raise ValueError(
            f"{name!r} is no id: lower-case letters, digits and _, beginning with a letter, 2 to 40 characters."
        )
    files = {root / path: text for path, text in MAKERS[noun](name).items()}
    if taken := [path for path in files if path.exists()]:
        raise ValueError(f"There is already a {noun} {name!r}: {taken[0].relative_to(root)}")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    return list(files)


def main() -> int:
    """Entry point; exit code."""
    parser = argparse.ArgumentParser(prog="python -m interlock.scaffold", description=__doc__)
    parser.add_argument("noun", choices=sorted(MAKERS))
    parser.add_argument("id", nargs="?", default="", help="folder, key and name of the new part")
    parser.add_argument("--root", type=Path, default=Path(), help="the repository; default: this folder")
    chosen = parser.parse_args()
    if not chosen.id:
        print(f"Give it a name: make new-{chosen.noun} id=my_{chosen.noun}", file=sys.stderr)
        return 2
    try:
        files = write(chosen.root, chosen.noun, chosen.id)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    for file in files:
        print(f"  wrote {file}")
    print(f"Next: the recipe for a {chosen.noun} in CONTRIBUTING.md.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
