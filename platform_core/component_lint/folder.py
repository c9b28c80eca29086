"""One folder, all rules: problems in the order of the file."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from platform_core.component_lint.code import code_problems
from platform_core.component_lint.examples import example_problems, migration_problems
from platform_core.component_lint.foreign import foreign_problems
from platform_core.component_lint.places import MANIFEST, escaped, wrong
from platform_core.component_lint.props import props_problems
from platform_core.component_lint.texts import all_text_problems
from schemas.errors import Problem
from schemas.models.app_test import HAND_EVENTS
from schemas.models.base import ENGINE_PATTERN
from schemas.models.component import ComponentManifest
from schemas.models.element import is_code_block

MANIFEST_BYTES_MAX = 200_000


def lint_folders(folders: Sequence[Path], web: Path | None = None) -> dict[Path, list[Problem]]:
    """Problems by folder; a folder without any is not in it."""
    found = {folder: lint_folder(folder, web) for folder in folders}
    return {folder: problems for folder, problems in found.items() if problems}


def lint_folder(folder: Path, web: Path | None = None) -> list[Problem]:
    """Everything wrong with one folder; `web` is the built web app, whose sizes are held against the budget."""
    path = folder / MANIFEST
    if not path.is_file():
        return [Problem("component.missing", MANIFEST, "There is no manifest.", "See docs/reference/components.md.")]
    data = path.read_bytes()
    if len(data) > MANIFEST_BYTES_MAX:
        return [Problem("component.size", MANIFEST, f"{len(data)} bytes, at most {MANIFEST_BYTES_MAX}.")]
    try:
        document = json.loads(data)
    except ValueError as error:
        return [Problem("component.json", MANIFEST, f"Not JSON: {error}.")]
    if not isinstance(document, dict):
        return [Problem("component.json", MANIFEST, "The manifest is an object.")]
    try:
        manifest = ComponentManifest.model_validate(document)
    except ValidationError as error:
        return structure_problems(error)
    if is_code_block(manifest.id) and (problems := list(foreign_problems(manifest, document))):
        return problems

    def is_neighbour(block: str) -> bool:
        return (folder.parent / block / MANIFEST).is_file()

    problems = [*_folder(folder, manifest), *manifest_problems(manifest, document, is_neighbour)]
    problems += code_problems(folder, document)
    if web is not None:
        problems += _budget(folder, manifest, web)
    return problems


def manifest_problems(
    manifest: ComponentManifest, document: dict[str, Any], is_block: Callable[[str], bool]
) -> list[Problem]:
    """Everything wrong with a manifest of the right structure; ``is_block`` knows what may be in its slots."""
    problems = [*props_problems(document), *all_text_problems(document)]
    if not any(problem.code in ("component.schema", "component.reference") for problem in problems):
        problems += example_problems(manifest, is_block)
    return [*problems, *migration_problems(manifest), *_engine(manifest), *_reserved(manifest)]


def _reserved(manifest: ComponentManifest) -> Iterator[Problem]:
    """App tests write what a hand does to an element as an event: a block's own must not be called the same."""
    for name in sorted(manifest.events.keys() & set(HAND_EVENTS)):
        yield wrong("reserved", f"/events/{name}", f"App tests call what a hand does {name}.", "Choose another name.")


def _engine(manifest: ComponentManifest) -> Iterator[Problem]:
    if re.fullmatch(ENGINE_PATTERN, manifest.engine) is None:
        yield wrong("engine", "/engine", f"{manifest.engine!r} is no range of versions.", 'Write it as ">=0.3 <1".')


def structure_problems(error: ValidationError) -> list[Problem]:
    """What keeps a document from being a manifest."""
    return [_structure(one) for one in error.errors(include_url=False)]


def _structure(error: Any) -> Problem:
    pointer = "".join(f"/{escaped(part)}" for part in error["loc"])
    return wrong("structure", pointer, f"{error['msg']}.")


def _folder(folder: Path, manifest: ComponentManifest) -> Iterator[Problem]:
    if manifest.id != folder.name:
        yield wrong("id", "/id", f"The id is {manifest.id}, the folder {folder.name}.", "They are the same.")
    if not (folder / manifest.runtime.entry).is_file():
        yield wrong("entry", "/runtime/entry", f"There is no file {manifest.runtime.entry}.")
    if manifest.runtime.isolation == "host" and not list(folder.glob("*.test.tsx")):
        yield wrong("test", "", "The block has no test.", "Add View.test.tsx.")
    grid = manifest.layout.grid
    for least, size, most, pointer in (
        (grid.min_w, grid.w, grid.max_w, "w"),
        (grid.min_h, grid.h, grid.max_h, "h"),
    ):
        if not least <= size <= most:
            yield wrong("size", f"/layout/grid/{pointer}", f"{size} is not between {least} and {most}.")
    for number, offer in enumerate(manifest.suggest):
        if offer.input is not None and offer.input not in manifest.inputs:
            yield wrong("suggest", f"/suggest/{number}/input", f"There is no input {offer.input}.")
    for name, slot in manifest.slots.items():
        if slot.repeats is not None and slot.repeats not in manifest.props.get("properties", {}):
            yield wrong("slot", f"/slots/{name}/repeats", f"There is no property {slot.repeats}.")


def _budget(folder: Path, manifest: ComponentManifest, web: Path) -> Iterator[Problem]:
    """Own code, texts and styles of a built block, gzipped; what it shares with others is not counted."""
    built = web / ".vite" / "manifest.json"
    if not built.is_file():
        return
    entry = json.loads(built.read_text("utf-8")).get(f"components/{folder.name}/component.json?block")
    if entry is None:
        return
    files = [web / name for name in (entry["file"], *entry.get("css", ()))]
    size = sum(len(gzip.compress(file.read_bytes(), 9)) for file in files if file.is_file())
    budget = manifest.runtime.budget_kb
    if size > budget * 1024:
        yield wrong("budget", "/runtime/budget_kb", f"{size / 1024:.1f} KB gzipped, at most {budget}.")
