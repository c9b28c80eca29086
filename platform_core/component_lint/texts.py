"""Rules for texts: English and Chinese, the same keys and placeholders, no markup; the accessible sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from platform_core.component_lint.places import escaped, walk, wrong
from schemas.errors import Problem

LANGUAGES = ("en", "zh-CN")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
MARKUP = re.compile(r"<[a-z!/?]|javascript\s*:|&(?:#\d+|#x[0-9a-f]+|lt|gt);", re.I)
#: What every block's sentence may name, beside its own properties and inputs.
SAID = {"title", "name", "value", "unit", "quality", "state", "level", "count", "series", "label", "enabled", "text"}


def text_problems(text: Any, where: str) -> Iterator[Problem]:
    """A text of the manifest: given in both languages."""
    if not isinstance(text, dict):
        yield wrong("language", where, "A text is given by language.", 'Write {"en": "…", "zh-CN": "…"}.')
        return
    for language in LANGUAGES:
        if not str(text.get(language, "")).strip():
            yield wrong("language", f"{where}/{language}", f"The text in {language} is missing.")


def all_text_problems(manifest: dict[str, Any]) -> Iterator[Problem]:
    """Names, labels, own texts and the accessible sentence; labels of properties are looked at with their schema."""
    meta = manifest.get("meta", {})
    for key in ("name", "summary"):
        yield from text_problems(meta.get(key), f"/meta/{key}")
    for part in ("inputs", "writes", "outputs", "events", "methods", "slots"):
        for name, spec in manifest.get(part, {}).items():
            yield from text_problems(spec.get("label"), f"/{part}/{escaped(name)}/label")
    yield from _own_texts(manifest.get("i18n", {}))
    yield from _example_texts(manifest)
    yield from _spoken(manifest)
    for pointer, node in walk(manifest):
        if isinstance(node, str) and MARKUP.search(node) and not pointer.endswith("/pattern"):
            yield wrong("markup", pointer, "Texts carry no markup.", "Write it as plain text.")


def _own_texts(i18n: dict[str, dict[str, str]]) -> Iterator[Problem]:
    if not i18n:
        return
    for language in LANGUAGES:
        if language not in i18n:
            yield wrong("language", f"/i18n/{language}", f"The texts in {language} are missing.")
    keys = set().union(*(texts for texts in i18n.values()))
    for language, texts in i18n.items():
        for key in sorted(keys):
            where = f"/i18n/{language}/{key}"
            if not texts.get(key, "").strip():
                yield wrong("language", where, f"The text {key} is missing in {language}.")
            elif "en" in i18n and _holes(texts[key]) != _holes(i18n["en"].get(key, "")):
                yield wrong("placeholder", where, f"{key} does not have the placeholders of the English text.")


def _holes(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _example_texts(manifest: dict[str, Any]) -> Iterator[Problem]:
    for number, example in enumerate(manifest.get("examples", ())):
        yield from text_problems(example.get("name"), f"/examples/{number}/name")
        for pointer, node in walk(example.get("props", {}), f"/examples/{number}/props"):
            if isinstance(node, dict) and set(node) & set(LANGUAGES):
                yield from text_problems(node, pointer)
        for pointer, node in walk(example, f"/examples/{number}"):
            if not isinstance(node, dict) or "/data/" not in pointer:
                continue
            if node.get("name") and "name_zh" not in node:
                yield wrong("language", f"{pointer}/name_zh", "The name in zh-CN is missing.")
            if set(node.get("texts") or {}) != set(node.get("texts_zh") or {}):
                yield wrong("language", f"{pointer}/texts_zh", "The value texts in zh-CN are missing.")


def _spoken(manifest: dict[str, Any]) -> Iterator[Problem]:
    a11y = manifest.get("a11y", {})
    sentence = str(a11y.get("text", ""))
    if not sentence.strip():
        yield wrong("a11y", "/a11y/text", "There is no accessible text.", "Write what a screen reader says.")
    props = manifest.get("props", {}).get("properties", {})
    known = SAID | set(props)
    for part in ("inputs", "outputs", "writes"):
        known |= set(manifest.get(part, {}))
    for name in sorted(_holes(sentence) - known):
        yield wrong("a11y", "/a11y/text", f"There is no {{{name}}} to say.", f"One of {', '.join(sorted(known))}.")
    source, _, name = str(a11y.get("name", "")).partition(".")
    place = {"props": props, "inputs": manifest.get("inputs", {}), "i18n": manifest.get("i18n", {}).get("en", {})}
    if source in place and name not in place[source]:
        yield wrong("a11y", "/a11y/name", f"There is no {source}.{name} to take the name from.")
