"""Rules for the code of a block, found in its text: ways out are declared, names exist, nothing is left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemas.errors import Problem

#: Capability → what in the code needs it.
CAPABILITIES = {
    "clipboard": re.compile(r"\bnavigator\s*\.\s*clipboard\b|\bexecCommand\b|\binterlock\s*\.\s*copy\b"),
    "fullscreen": re.compile(r"\b(?:webkit)?[rR]equestFullscreen\b|\binterlock\s*\.\s*fullscreen\b"),
    "storage": re.compile(r"\b(?:localStorage|sessionStorage|indexedDB)\b|\binterlock\s*\.\s*store\b"),
    "camera": re.compile(r"\bmediaDevices\b|\bgetUserMedia\b|\bBarcodeDetector\b"),
    "download": re.compile(r"\bcreateObjectURL\b|\.download\b|\bdownload=|\bshowSaveFilePicker\b"),
}
#: What no block may do, whatever it declares.
FORBIDDEN = {
    "the network": re.compile(r"\bfetch\s*\(|\bXMLHttpRequest\b|\bWebSocket\b|\bEventSource\b|\bsendBeacon\b"),
    "text as code": re.compile(
        r"\beval\s*\(|\bnew\s+Function\b|\bimport\s*\(\s*[^\"'\s]|\bset(?:Timeout|Interval)\s*\(\s*[\"'`]"
    ),
    "raw markup": re.compile(
        r"\bdangerouslySetInnerHTML\b|\b(?:inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write\b"
    ),
    "cookies": re.compile(r"\bdocument\s*\.\s*cookie\b"),
    "other windows": re.compile(r"\bwindow\s*\.\s*(?:open|parent|top|opener)\b|\bpostMessage\b"),
}
#: What is begun → what must end it, in the same file.
BEGUN = {
    "setInterval(": "clearInterval(",
    "setTimeout(": "clearTimeout(",
    "requestAnimationFrame(": "cancelAnimationFrame(",
    "addEventListener(": "removeEventListener(",
    "new ResizeObserver(": ".disconnect(",
    "new IntersectionObserver(": ".disconnect(",
    "new MutationObserver(": ".disconnect(",
}
#: Beside React, `@sdk` and its own folder.
PACKAGES = {"react", "@sdk", "marked"}
IMPORT = re.compile(r"""(?:(?<![\w."'-])from\s*|\bimport\s*\(?\s*)["']([^"'\n:,]+)["']""")
#: Call → part of the manifest its first argument is a name of.
CALLS = {"text": "i18n", "emit": "events", "write": "writes", "output": "outputs", "slot": "slots"}
CALL = re.compile(r"""(?<![\w.])(text|emit|write|output|slot)\(\s*["']([^"'\s]+)["']""")
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.S)
SOURCES = {".ts", ".tsx", ".js"}


def sources(folder: Path) -> list[Path]:
    """The code of a block, without its tests."""
    return sorted(file for file in folder.rglob("*") if file.suffix in SOURCES and ".test." not in file.name)


def code_problems(folder: Path, manifest: dict[str, Any]) -> Iterator[Problem]:
    """Everything wrong with the code of a folder."""
    for file in sources(folder):
        name = file.relative_to(folder).as_posix()
        # A comment is replaced by its line ends, so that the lines keep their numbers.
        text = COMMENT.sub(lambda found: "\n" * found.group().count("\n"), file.read_text("utf-8"))
        yield from _ways_out(name, text, manifest)
        # What a sandbox begins ends with its frame.
        if manifest.get("runtime", {}).get("isolation") != "iframe":
            yield from _left_behind(name, text)
        yield from _names(name, text, manifest)


def _found(code: str, name: str, text: str, index: int, message: str, hint: str = "") -> Problem:
    return Problem(f"component.{code}", name, message, hint, line=text.count("\n", 0, index) + 1)


def _ways_out(name: str, text: str, manifest: dict[str, Any]) -> Iterator[Problem]:
    declared = set(manifest.get("capabilities", ()))
    for capability, pattern in CAPABILITIES.items():
        match = pattern.search(text)
        if match and capability not in declared:
            message = f"{match.group().strip()} needs the capability {capability}."
            yield _found(
                "capability", name, text, match.start(), message, "Declare it in capabilities, or leave it out."
            )
    for what, pattern in FORBIDDEN.items():
        match = pattern.search(text)
        if match:
            message = f"{match.group().strip()} is {what}: not for a block."
            yield _found("forbidden", name, text, match.start(), message, "The SDK gives it what it needs.")
    for match in IMPORT.finditer(text):
        target = match.group(1)
        if not (target.startswith("./") and ".." not in target) and target not in PACKAGES:
            message = f"{target} is imported; a block imports @sdk, React and its own folder."
            yield _found("import", name, text, match.start(), message)


def _left_behind(name: str, text: str) -> Iterator[Problem]:
    for begun, ended in BEGUN.items():
        index = text.find(begun)
        if index >= 0 and ended not in text:
            message = f"{begun.rstrip('(')} is never ended by {ended.strip('.(')}."
            yield _found("cleanup", name, text, index, message, "End it in the clean-up of the effect that begins it.")


def _names(name: str, text: str, manifest: dict[str, Any]) -> Iterator[Problem]:
    for match in CALL.finditer(text):
        call, used = match.groups()
        part = CALLS[call]
        known = manifest.get("i18n", {}).get("en", {}) if part == "i18n" else manifest.get(part, {})
        if used in known or (call == "slot" and _repeats(used, known)):
            continue
        yield _found("name", name, text, match.start(), f"{call}({used!r}): {part} of the manifest has no {used}.")


def _repeats(used: str, slots: dict[str, Any]) -> bool:
    stem, _, number = used.rpartition("_")
    return number.isdigit() and bool(slots.get(stem, {}).get("repeats"))
