"""What the platform refuses, in the languages of its screens: one catalogue, ``refusals.json``.

A key is a code, or ``code/case`` where one code has several sentences. The API and the command line speak English
(``message``, ``hint``); the other languages go with it (``message_i18n``, ``hint_i18n``), so that no page has to carry
the catalogue and a screen shows the reader's own. A value may itself be a text by language.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from schemas.errors import ConfigError, Problem

ENGLISH: Final = "en"
VALUE_LENGTH_MAX = 300
#: Key → language → [message, hint].
CATALOGUE: Final[dict[str, dict[str, list[str]]]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
LANGUAGES: Final = ("en", "zh-CN")


@dataclass(frozen=True, slots=True)
class Said:
    """Message and hint in English, and by language in the others."""

    code: str
    message: str
    hint: str
    message_i18n: dict[str, str]
    hint_i18n: dict[str, str]

    def at(self, path: str, line: int | None = None) -> Problem:
        """As a problem of the document, at a JSON pointer."""
        return Problem(
            self.code, path, self.message, self.hint, line, message_i18n=self.message_i18n, hint_i18n=self.hint_i18n
        )


class Refusal(ConfigError):
    """What was given is wrong, told in every language of the screens."""

    def __init__(self, said: Said, problems: Sequence[Problem] = ()) -> None:
        super().__init__(said.code, said.message, hint=said.hint, problems=problems)
        self.said = said


def say(key: str, **values: Any) -> Said:
    """The texts of a key with these values put in."""
    entry = CATALOGUE[key]
    message, hint = (
        {language: entry[language][part].format(**_shown(values, language)) for language in LANGUAGES}
        for part in (0, 1)
    )
    return Said(key.partition("/")[0], message.pop(ENGLISH), hint.pop(ENGLISH), message, hint)


def refusal(key: str, *, problems: Sequence[Problem] = (), **values: Any) -> Refusal:
    """The error to raise; ``problems`` are what it is about, each with its place."""
    return Refusal(say(key, **values), problems)


def refusal_of(problems: Sequence[Problem], over: Said | None = None) -> Refusal:
    """The error of these problems, by the code of the first of them; ``over``: a sentence above all of them."""
    first = problems[0]
    said = over or Said(first.code, first.message, first.hint, dict(first.message_i18n), dict(first.hint_i18n))
    return Refusal(replace(said, code=first.code, hint=first.hint, hint_i18n=dict(first.hint_i18n)), problems)


def problem(key: str, path: str, *, line: int | None = None, **values: Any) -> Problem:
    """One thing wrong at a place (a JSON pointer; the line of a text)."""
    return say(key, **values).at(path, line)


def _shown(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    """The values as a language shows them; texts are kept short, numbers stay numbers for the format."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        one = value[language] if isinstance(value, Mapping) else value
        found[name] = one if isinstance(one, int | float) else str(one)[:VALUE_LENGTH_MAX]
    return found
