"""The whole error tree, sorted by what to do next.

    InterlockError
    ├── ConfigError      what was given is wrong: never retried, shown to whoever wrote it
    │   └── WireError    a message that cannot be read: kept as a dead letter, never retried
    ├── AuthError        who asks is not known or not allowed: ask again with other credentials
    ├── ConnectError     the other side is not there: retried by the supervisor with back-off
    ├── PartialError     some items worked, some did not: one result per item
    └── WriteRejected    a write was refused by a limit, an interlock or a right: never retried

Every error says what happened (`message`), what to do (`hint`) and has a stable `code`
(`part.reason`) that the documentation lists. Errors about a document carry all its
`problems` at once, each with the place it was found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


def sentences(message: str, hint: str) -> str:
    """What happened and what to do, in one line: a full stop between them, or a semicolon before a small letter."""
    message, hint = message.strip(), hint.strip()
    if not message or not hint:
        return message or hint
    if message[-1] in ".:;!?…":
        return f"{message} {hint}"
    return f"{message}{';' if hint[0].islower() else '.'} {hint}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a document.

    `path` is a JSON pointer into the document (`""` = the whole of it); `line` counts from 1
    where the document is a text file. `message` and `hint` are English; in other languages, where they are
    there, `message_i18n` and `hint_i18n`. `params` are the words that the message is put together from, where a
    catalogue of the reader's has it by its code.
    """

    code: str
    path: str
    message: str
    hint: str = ""
    line: int | None = None
    params: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    message_i18n: Mapping[str, str] = field(default_factory=dict, compare=False)
    hint_i18n: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line is not None else ""
        where = f"{self.path}: " if self.path else ""
        return f"{place}{where}{sentences(self.message, self.hint)}"


class InterlockError(Exception):
    """Base of every error that Interlock raises on purpose."""

    def __init__(self, code: str, message: str, *, hint: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.problems = tuple(problems)

    def __str__(self) -> str:
        head = sentences(self.message, self.hint)
        return "\n".join([head, *(f"  {problem}" for problem in self.problems)])


class ConfigError(InterlockError):
    """What was given is wrong; trying again changes nothing."""


class WireError(ConfigError):
    """A message or record that cannot be read; kept raw as a dead letter."""


class AuthError(InterlockError):
    """Unknown, expired or insufficient credentials."""


class ConnectError(InterlockError):
    """The other side cannot be reached; the supervisor tries again, not before `not_before_s` seconds have passed."""

    def __init__(
        self, code: str, message: str, *, hint: str = "", problems: Sequence[Problem] = (), not_before_s: float = 0.0
    ) -> None:
        super().__init__(code, message, hint=hint, problems=problems)
        self.not_before_s = not_before_s


class PartialError(InterlockError):
    """Some items of a request failed; `problems` has one entry for each."""


class WriteRejected(InterlockError):
    """A write command was refused; the device was not touched."""
