"""A packaged block of another maker, made for tests."""

from __future__ import annotations

import copy
import json
from pathlib import Path

from platform_core.services.documents.block_packages import pack_block

EXAMPLE = Path(__file__).parents[4] / "app_designer" / "components" / "sandbox_demo"
RING = "acme.ring"


def document(**changes):
    """The example's manifest as one of another maker."""
    manifest = json.loads((EXAMPLE / "component.json").read_text("utf-8"))
    return {**copy.deepcopy(manifest), "id": RING, **changes}


def block_files(code=None, **changes):
    """Its files."""
    script = (EXAMPLE / "block.js").read_bytes() if code is None else code.encode()
    return {"component.json": json.dumps(document(**changes)).encode(), "block.js": script, "LICENSE": b"MIT\n"}


def packed(key=None, code=None, **changes):
    """Its package."""
    return pack_block(block_files(code, **changes), key)
