"""What the agent says, in Chinese: texts are made in English where something happens, and looked up here for the page.

Each folder of the agent and of a driver keeps a catalogue beside its sources, `texts.zh-CN.json`: an English text with
names in braces where a value stands, and the same in Chinese. A text that was made is found by its fixed parts; what
stood in the braces is looked up in turn and put into the Chinese one. What is not known stays as it is. The catalogues
are read when somebody first asks for them: an agent that nobody looks at in Chinese carries none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import connectors
import edge_agent
import schemas
from connectors import registry
from schemas.expr.messages import translations

__all__ = ["CATALOGUE", "HOLE", "Catalogue", "catalogue", "in_chinese", "wants_chinese"]

CATALOGUE: Final = "texts.zh-CN.json"
#: What libraries and the system say, words that are made of names, and texts that are put together of parts.
_OTHERS: Final = Path(__file__).with_name("others.zh-CN.json")
#: Fields of an answer that are read by people.
_READ: Final = frozenset({
    "message", "hint", "what", "where", "evidence", "next_step", "error", "reason", "ended", "note", "notes", "author",
    "quality_label",
})  # fmt: skip
#: The name of a value within a text.
HOLE: Final = re.compile(r"\{([a-z][a-z_0-9]*)\}")
#: Where one sentence may end and the next begin.
_SEAM: Final = re.compile(r"(?<=[.:;)]) | (?=[A-Z0-9])|\n")
#: Bounds of looking: texts come from devices, too.
_TEXT_MAX, _SEAMS_MAX, _DEPTH_MAX, _LOOKS_MAX = 2000, 40, 4, 200
#: Fixed characters from which on an entry is surely the text.
_SURE: Final = 10


@dataclass(frozen=True, slots=True)
class _Form:
    """A text by its fixed parts, and how it is said in Chinese."""

    parts: tuple[str, ...]
    names: tuple[str, ...]
    said: str
    weight: int

    def fits(self, text: str) -> bool:
        """Whether it is this text."""
        return len(text) >= self.weight and self._places(text) is not None

    def values(self, text: str) -> dict[str, str]:
        """What stands at the names, in a text that fits."""
        return dict(zip(self.names, self._places(text) or (), strict=True))

    def _places(self, text: str) -> list[str] | None:
        """What stands between the fixed parts; takes time in proportion to the text alone."""
        first, last = self.parts[0], self.parts[-1]
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last):
            return None
        at = len(first)
        found = []
        for part in self.parts[1:-1]:
            place = text.find(part, at, end)
            if place < 0:
                return None
            found.append(text[at:place])
            at = place + len(part)
        return [*found, text[at:end]] if at <= end else None


class Catalogue:
    """English texts and their Chinese."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._whole = {text: said for text, said in texts.items() if not HOLE.search(text)}
        self._forms: dict[str, list[_Form]] = {}
        for text, said in texts.items():
            parts = HOLE.split(text)
            if len(parts) > 1:
                fixed = tuple(parts[::2])
                form = _Form(fixed, tuple(parts[1::2]), said, sum(len(part) for part in fixed))
                self._forms.setdefault(fixed[0][:1], []).append(form)
        self._looks = 0
        #: A text in Chinese; as it is where no catalogue has it.
        self.chinese = lru_cache(maxsize=512)(self._chinese)

    def _chinese(self, text: str) -> str:
        self._looks = 0
        return text if len(text) > _TEXT_MAX else self._told(text, 0)

    def _told(self, text: str, depth: int) -> str:
        return self._said(text, depth) or self._sentences(text, depth)

    def _said(self, text: str, depth: int) -> str | None:
        """A text that one entry covers: that with most fixed characters, of those in which all is a name or known.

        An entry with few of them (`{given} is not {types}`) counts only where it is such a one.
        """
        bare = text.strip()
        whole = self._whole.get(bare)
        self._looks += 1
        if whole is not None or not bare or depth > _DEPTH_MAX or self._looks > _LOOKS_MAX:
            return whole
        fitting = [form for form in (*self._forms.get(bare[0], ()), *self._forms.get("", ())) if form.fits(bare)]
        second = None
        for form in sorted(fitting, key=lambda one: -one.weight):
            values = form.values(bare)
            told = {name: self._told(value, depth + 1) for name, value in values.items()}
            if all(said != values[name] or _is_name(said) for name, said in told.items()):
                return _filled(form.said, told)
            if second is None and form.weight >= _SURE:
                second = _filled(form.said, told)
        return second

    def _sentences(self, text: str, depth: int) -> str:
        """A text of several sentences, or one with a name before it: what is known of it in Chinese."""
        if depth > _DEPTH_MAX:
            return text
        for seam in [*_SEAM.finditer(text)][:_SEAMS_MAX][::-1]:
            before, after = text[: seam.start()], text[seam.end() :]
            first = self._said(before, depth + 1)
            if first is not None:
                return f"{first}{'' if first[-1:] in '。；：！？' else '。'}{self._told(after, depth + 1)}"
        name, colon, after = text.partition(": ")
        said = self._said(after, depth + 1) if colon else None
        return text if said is None else f"{name}：{said}"


def _filled(said: str, values: Mapping[str, str]) -> str:
    return HOLE.sub(lambda hole: values.get(hole.group(1), ""), said)


def _is_name(text: str) -> bool:
    """A name, a number, several of them, or something quoted: not a sentence that nobody knows."""
    bare = text.strip()
    return all(" " not in one for one in bare.split(", ")) or (bare[0] == bare[-1] and bare[0] in "'\"")


@cache
def catalogue() -> Catalogue:
    """All catalogues of the agent and its drivers, also of drivers that were installed beside it."""
    ours = {Path(one.__file__).parent for one in (schemas, connectors, edge_agent) if one.__file__}
    files = [file for folder in sorted(ours) for file in sorted(folder.rglob(CATALOGUE))]
    files += [file for folder in registry.folders() if (file := folder / CATALOGUE).is_file()]
    others: dict[str, str] = json.loads(_OTHERS.read_text("utf-8"))
    # A library begins with a capital where we do not.
    texts = {text[:1].upper() + text[1:]: said for text, said in others.items()} | others | translations("zh-CN")
    for file in files:
        texts.update(json.loads(file.read_text("utf-8")))
    return Catalogue(texts)


def wants_chinese(accepted: str) -> bool:
    """Whether a reader's `Accept-Language` begins with Chinese."""
    return accepted.strip().lower().startswith("zh")


def in_chinese(answer: Any) -> Any:
    """An answer with everything in Chinese that people read of it; values, names and codes as they are."""
    if isinstance(answer, Mapping):
        return {key: _translated(value) if key in _READ else in_chinese(value) for key, value in answer.items()}
    return [in_chinese(one) for one in answer] if isinstance(answer, list | tuple) else answer


def _translated(value: Any) -> Any:
    if isinstance(value, str):
        return catalogue().chinese(value)
    return [_translated(one) for one in value] if isinstance(value, list | tuple) else in_chinese(value)
