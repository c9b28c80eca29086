"""What a device offers, walked level by level; and what was found as tags ready for the configuration.

One request at a time: small controllers have few continuation points and little time. Each address is entered once,
so that a tree which leads back to itself ends.
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from connectors.driver import Browsable, BrowseItem, Driver
from schemas.errors import ConfigError
from schemas.models.tag import DataType, TagConfig

__all__ = ["DEPTH_DEFAULT", "NODES_MAX", "BrowseResult", "Found", "browse_tree", "tags_of"]

NODES_MAX = 10_000
DEPTH_DEFAULT = 6
_NAME_MAX = 120
_STRING_LENGTH = 240
_TYPES: Final = frozenset(get_args(DataType))
#: The server's own administration (OPC UA Part 5 §8.2.2): thousands of nodes, none of the machine.
_OWN: Final = frozenset({"i=2253", "ns=0;i=2253"})
_NOT_IN_NAMES = re.compile(r"[/+#\x00-\x1f]+")


@dataclass(frozen=True, slots=True)
class Found:
    """One node: `path` holds the names from the start, its own last."""

    item: BrowseItem
    path: tuple[str, ...]

    @property
    def is_value(self) -> bool:
        """Whether it has a type a tag can have."""
        return self.item.type in _TYPES


@dataclass(slots=True)
class BrowseResult:
    """The nodes found; `cut` says why there may be more."""

    found: list[Found] = field(default_factory=list)
    cut: str = ""


async def browse_tree(
    driver: Driver[Any], start: str = "", *, depth: int = DEPTH_DEFAULT, nodes_max: int = NODES_MAX,
    pause_ms: float = 0.0, own: bool = False, told: Callable[[int], None] = lambda _: None,
) -> BrowseResult:  # fmt: skip
    """Nodes below `start` ("" = the root), at most `depth` levels and `nodes_max` nodes.

    `own`: the server's own administration too. Raises ConfigError where the driver cannot list, ConnectError.
    """
    if not isinstance(driver, Browsable):
        raise ConfigError(
            "browse.driver", "this driver's devices cannot list their addresses",
            hint="For Modbus, edge-agent scan finds which addresses answer; for others see the device's manual.",
        )  # fmt: skip
    result = BrowseResult()
    entered = {start}
    waiting: deque[tuple[str, tuple[str, ...]]] = deque([(start, ())])
    while waiting:
        parent, path = waiting.popleft()
        for item in await driver.browse(parent):
            if item.address in entered or (item.address in _OWN and not own):
                continue
            entered.add(item.address)
            if len(result.found) >= nodes_max:
                result.cut = f"ended at {nodes_max} nodes; begin further down with a start address"
                return result
            one = Found(item, (*path, _clean(item.name)))
            result.found.append(one)
            if item.has_children and len(one.path) < depth:
                waiting.append((item.address, one.path))
            elif item.has_children:
                result.cut = f"there is more below level {depth}"
        told(len(result.found))
        if pause_ms:
            await asyncio.sleep(pause_ms / 1000)
    return result


def tags_of(found: Iterable[Found]) -> list[TagConfig]:
    """A tag for each node with a value; its name is the shortest end of its path that no other has."""
    values = [one for one in found if one.is_value]
    names: dict[tuple[str, ...], int] = {}
    for one in values:
        for start in range(len(one.path)):
            names[one.path[start:]] = names.get(one.path[start:], 0) + 1
    taken: set[str] = set()
    tags: list[TagConfig] = []
    for one in values:
        name = _free(_shortest(one.path, names), taken)
        taken.add(name)
        length = _STRING_LENGTH if one.item.type == "string" else None
        tags.append(
            TagConfig.model_validate(
                {"name": name, "address": one.item.address, "type": one.item.type, "length": length}
            )
        )
    return tags


def _shortest(path: tuple[str, ...], names: dict[tuple[str, ...], int]) -> str:
    for start in range(len(path) - 1, 0, -1):
        if names[path[start:]] == 1:
            return ".".join(path[start:])
    return ".".join(path)


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted[-_NAME_MAX:], 2
    while name in taken:
        end = f"_{number}"
        name, number = wanted[-(_NAME_MAX - len(end)) :] + end, number + 1
    return name


def _clean(name: str) -> str:
    """A device's text is shown and kept, never obeyed."""
    plain = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in name)
    return _NOT_IN_NAMES.sub("_", unicodedata.normalize("NFC", plain)).strip()[:_NAME_MAX] or "unnamed"
