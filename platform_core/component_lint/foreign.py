"""Rules for blocks of other makers: what a frame can do, and what is safe to look into. Checked before the others."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from typing import Any

from platform_core.component_lint.closed import closed_problems
from platform_core.component_lint.places import wrong
from schemas.errors import Problem
from schemas.models.component import ComponentManifest
from schemas.models.element import is_code_block

MIGRATIONS_MAX = 50
OPS_MAX = 200
PROOF_BYTES_MAX = 20_000
EXAMPLES_MAX = 30
#: What is never given to code of other makers: the frame has no way to it.
NEVER = ("camera",)
#: Parts of a manifest a frame cannot fill, and why.
_NOT_IN_A_FRAME = {
    "slots": "A frame holds no other elements.",
    "writes": "A frame writes to no tag; report an event and let the app write.",
    "methods": "A frame takes no calls from actions; bind an input instead.",
}


def foreign_problems(manifest: ComponentManifest, document: dict[str, Any]) -> Iterator[Problem]:
    """Everything that keeps a manifest from being one of a packaged block; its schema is not run."""
    if not is_code_block(manifest.id):
        yield wrong(
            "maker", "/id", f"{manifest.id} does not name its maker.", "Write <maker>.<block>, such as acme.ring."
        )
    if manifest.runtime.isolation != "iframe" or not manifest.runtime.entry.endswith(".js"):
        hint = '"runtime": {"isolation": "iframe", "entry": "block.js"}'
        yield wrong("isolation", "/runtime", "A packaged block runs in a frame, from a .js file.", hint)
    for part, why in _NOT_IN_A_FRAME.items():
        if getattr(manifest, part):
            yield wrong("frame", f"/{part}", why)
    for number, capability in enumerate(manifest.capabilities):
        if capability in NEVER:
            yield wrong("frame", f"/capabilities/{number}", f"{capability} is not given to blocks of other makers.")
    steps = sum(len(migration.ops) for migration in manifest.migrations)
    if len(manifest.migrations) > MIGRATIONS_MAX or steps > OPS_MAX:
        yield wrong("migration", "/migrations", f"At most {MIGRATIONS_MAX} migrations with {OPS_MAX} steps.")
    for number, migration in enumerate(manifest.migrations):
        proof = json.dumps([migration.example.before, migration.example.after], default=str)
        if len(proof) > PROOF_BYTES_MAX:
            yield wrong("migration", f"/migrations/{number}/example", f"Larger than {PROOF_BYTES_MAX} bytes.")
    if len(manifest.examples) > EXAMPLES_MAX or len(manifest.tests) > EXAMPLES_MAX:
        yield wrong("example", "/examples", f"At most {EXAMPLES_MAX} examples and {EXAMPLES_MAX} tests.")
    yield from closed_problems(document.get("props"), "/props")


def code_size_problems(manifest: ComponentManifest, files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Entry and budget: all scripts and styles, gzipped."""
    if manifest.runtime.entry not in files:
        yield wrong("entry", "/runtime/entry", f"There is no file {manifest.runtime.entry}.")
    size = sum(len(gzip.compress(body, 6)) for name, body in files.items() if name.endswith((".js", ".css")))
    budget = manifest.runtime.budget_kb
    if size > budget * 1024:
        yield wrong("budget", "/runtime/budget_kb", f"{size / 1024:.1f} KB gzipped, at most {budget}.")
