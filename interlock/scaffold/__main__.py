"""`python -m interlock.scaffold driver|component ID [--root FOLDER]`: a folder that works and passes its suite."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

TEMPLATES = Path(__file__).with_name("templates")
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{1,39}")
RESERVED = {"driver", "drivers", "component", "components", "test", "tests"}

# noun → template → place in the repository
PLACES = {
    "driver": {
        "__init__.py": "connectors/drivers/{id}/__init__.py",
        "driver.py": "connectors/drivers/{id}/driver.py",
        "conformance.py": "connectors/drivers/{id}/conformance.py",
        "manifest.json": "connectors/drivers/{id}/manifest.json",
        "texts.zh-CN.json": "connectors/drivers/{id}/texts.zh-CN.json",
        "test_driver.py": "tests/unit/connectors/drivers/test_{id}.py",
    },
    "component": {
        "component.json": "app_designer/components/{id}/component.json",
        "View.tsx": "app_designer/components/{id}/View.tsx",
        "View.module.css": "app_designer/components/{id}/View.module.css",
        "View.test.tsx": "app_designer/components/{id}/View.test.tsx",
    },
}


def write(root: Path, noun: str, name: str) -> list[Path]:
    """Write the scaffold; its files. Raises ValueError for a bad or taken name, and then writes nothing."""
    if not IDENTIFIER.fullmatch(name) or name in RESERVED:
        raise ValueError(
            f"{name!r} is no id: lower-case letters, digits and _, beginning with a letter, 2 to 40 characters."
        )
    files = {template: root / place.format(id=name) for template, place in PLACES[noun].items()}
    if taken := [path for path in files.values() if path.exists()]:
        raise ValueError(f"There is already a {noun} {name!r}: {taken[0].relative_to(root)}")
    words = {
        "id": name,
        "pascal": "".join(part.capitalize() for part in name.split("_")),
        "title": name.replace("_", " ").capitalize(),
    }
    for template, path in files.items():
        text = (TEMPLATES / noun / f"{template}.tmpl").read_text("utf-8")
        for word, value in words.items():
            text = text.replace("{{" + word + "}}", value)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    return list(files.values())


def main() -> int:
    """Entry point; exit code."""
    parser = argparse.ArgumentParser(prog="python -m interlock.scaffold", description=__doc__)
    parser.add_argument("noun", choices=sorted(PLACES))
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
    if chosen.noun == "driver":
        code = [str(file.relative_to(chosen.root)) for file in files if file.suffix == ".py"]
        # Lines break differently with the length of the name; the manifest's settings come from the driver's model.
        for command in (["ruff", "format", "--quiet", *code], ["connectors.generate"]):
            done = subprocess.run([sys.executable, "-m", *command], cwd=chosen.root, check=False)
            if done.returncode:
                return done.returncode
    print(f"Next: the recipe for a {chosen.noun} in CONTRIBUTING.md.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
