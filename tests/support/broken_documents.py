"""Documents broken at random: a member gone, of another kind, doubled, or taken from somewhere else."""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from typing import Any

ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, 1.0, -1, 2.5, 1e300, 10**20, "", "x", "中文", "a/b~c", "el_aaaaaaaa", "press_1", "main",
    [], {}, [1, 1], ["a", "a"], [[]], {"en": "x"}, {"param": "machine"}, {"param": "nothing"},
    {"source": "static", "value": 1}, {"source": "param", "param": "row"}, {"source": "state", "name": "mode"},
    {"source": "tag", "asset": "press_9", "role": "*"}, {"source": "output", "element": "el_aaaaaaaa", "output": "x"},
    {"source": "expression", "text": "a + (", "vars": {}}, {"source": "expression", "text": "b + 1", "vars": {}},
    {"action": "navigate", "page": "nowhere"}, {"action": "set_state", "name": "x", "value": "y"},
)  # fmt: skip


def broken(files: Mapping[str, Any], rng: random.Random, faults: int) -> dict[str, Any]:
    """A copy of the files with so many faults."""
    made = copy.deepcopy(dict(files))
    for _ in range(faults):
        places = _places(made)
        holder, key = places[rng.randrange(len(places))]
        kind = rng.randrange(4)
        if kind == 0 and holder is not made:
            del holder[key]
        elif kind == 1:
            holder[key] = copy.deepcopy(ODD[rng.randrange(len(ODD))])
        elif kind == 2:
            other, name = places[rng.randrange(len(places))]
            if name in other if isinstance(other, dict) else name < len(other):
                holder[key] = copy.deepcopy(other[name])
        elif isinstance(holder, dict) and holder is not made:
            holder[rng.choice(["more", "/value", "/@tone", "el_bbbbbbbb", str(key) + "2"])] = copy.deepcopy(holder[key])
    return made


def _places(root: Any) -> list[tuple[Any, Any]]:
    places: list[tuple[Any, Any]] = []
    stack = [root]
    while stack:
        here = stack.pop()
        keys = list(here) if isinstance(here, dict) else range(len(here))
        for key in keys:
            places.append((here, key))
            if isinstance(here[key], dict | list):
                stack.append(here[key])
    return places
