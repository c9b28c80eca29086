"""Stores: where the history of every tag is kept.

`base` is the contract, `embedded` the store that comes with the platform,
`testing` the suite of promises that every store has to keep.
"""

from __future__ import annotations

from pathlib import Path

from platform_core.stores.base import Store

__all__ = ["open_store"]


def open_store(folder: str | Path) -> Store:
    """The embedded store in `folder`, which is made if need be.

    Raises ConfigError when the folder belongs to another running process, was
    written by a newer program, or is damaged.
    """
    from platform_core.stores.embedded.store import EmbeddedStore

    return EmbeddedStore(Path(folder))
