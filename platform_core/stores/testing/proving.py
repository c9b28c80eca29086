"""How the conformance suite gets at a store: each store package has a module `proving` with `proving(folder)`."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import platform_core.stores
from platform_core.stores.base import Store


class Proving(Protocol):
    """A store that can be opened again, and whose own work can be made to happen."""

    def open(self) -> Store:
        """Open the store; the one opened before is closed."""
        ...

    def settle(self, now_us: int) -> None:
        """Let the clock read `now_us` and have all work done that is due then."""
        ...

    def close(self) -> None:
        """Close the store that is open, if any."""
        ...


def stores() -> dict[str, Callable[[Path], Proving]]:
    """Every store package under `platform_core.stores`, by name."""
    found: dict[str, Callable[[Path], Proving]] = {}
    for module in pkgutil.iter_modules(platform_core.stores.__path__, "platform_core.stores."):
        name = f"{module.name}.proving"
        if module.ispkg and not module.name.endswith(".testing") and importlib.util.find_spec(name):
            found[module.name.rpartition(".")[2]] = importlib.import_module(name).proving
    return found
