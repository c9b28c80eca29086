"""What a check finds in the files of an app: a code, a place, and words in both languages.

``path`` is a JSON pointer into ``{"app.json": …, "pages/<id>.json": …}``; page, block, test and element follow from it.
Errors stop publishing, warnings are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from platform_core.services.document_paths import block_of, page_of, test_of
from platform_core.services.documents.finding_texts import TEXTS, Severity
from schemas.errors import Problem

FINDINGS_MAX = 500
VALUE_LENGTH_MAX = 300


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found."""

    severity: Severity
    code: str
    path: str
    message: dict[str, str]
    hint: dict[str, str]

    @property
    def parts(self) -> tuple[str, ...]:
        """The pointer's parts; the first is the file."""
        return tuple(part.replace("~1", "/").replace("~0", "~") for part in self.path.split("/")[1:])

    @property
    def file(self) -> str:
        """Path of the file; empty when it is about the whole app."""
        return self.parts[0] if self.path else ""

    @property
    def page(self) -> str | None:
        """The page it is on."""
        return page_of(self.file)

    @property
    def block(self) -> str | None:
        """The block it is in, as ``<id>.<version>``."""
        found = block_of(self.file)
        return None if found is None else f"{found[0]}.{found[1]}"

    @property
    def test(self) -> str | None:
        """The test it is in."""
        return test_of(self.file)

    @property
    def element(self) -> str | None:
        """The element it is about."""
        parts = self.parts
        for before in ("elements", "items"):
            if before in parts and parts.index(before) + 1 < len(parts):
                return parts[parts.index(before) + 1]
        return None

    def as_problem(self) -> Problem:
        """For errors of the API and the command line, which speak English first."""
        others = [{name: said for name, said in text.items() if name != "en"} for text in (self.message, self.hint)]
        return Problem(
            self.code,
            self.path,
            self.message["en"],
            self.hint["en"],
            message_i18n=others[0],
            hint_i18n=others[1],
        )

    def as_json(self) -> dict[str, Any]:
        """As the API gives it."""
        return {
            "severity": self.severity,
            "code": self.code,
            "path": self.path,
            "file": self.file,
            "page": self.page,
            "block": self.block,
            "test": self.test,
            "element": self.element,
            "message": self.message,
            "hint": self.hint,
        }


def finding(code: str, path: str, *, text: str = "", **values: Any) -> Finding:
    """A finding with its texts; ``text`` names the entry of the table when it is not the code itself."""
    entry = TEXTS[text or code]
    shown = {name: str(value)[:VALUE_LENGTH_MAX] for name, value in values.items()}
    return Finding(
        entry.severity,
        code,
        path,
        {"en": entry.en.format(**shown), "zh-CN": entry.zh.format(**shown)},
        {"en": entry.hint_en.format(**shown), "zh-CN": entry.hint_zh.format(**shown)},
    )


def errors_of(findings: Iterable[Finding]) -> list[Finding]:
    """Those that stop publishing."""
    return [one for one in findings if one.severity == "error"]


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901)."""
    text = ""
    for part in parts:
        one = part if isinstance(part, str) else str(part)
        if "~" in one or "/" in one:
            one = one.replace("~", "~0").replace("/", "~1")
        text += "/" + one
    return text
