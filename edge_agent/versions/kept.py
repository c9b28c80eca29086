"""`remote_config/` in the data folder: texts by their hash, and `state.json` that says which of them holds.

`state.json` is replaced as a whole, after the text it names is on the disk: a kill at any moment leaves the old state
or the new one. While a configuration is on trial it names the one before too, and an agent that starts in that state
goes back: the one on trial did not live through its trial.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from edge_agent.private_file import write_private
from schemas.errors import ConfigError
from schemas.wire.config_push import hash_of

FOLDER = "remote_config"
STATE_FILE = "state.json"
VERSION = 1
TEXTS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Holding:
    """`active`: hash of the text that holds ("" = the machine's own file); `before`: what it replaces while on trial.

    `report` is the last report, packed, told again after each hand-shake; `push` the id of the trial's push. Where the
    machine chose itself what holds since the last push, `taken_by` says who and `taken_ts` when (µs UTC).
    """

    active: str = ""
    before: str | None = None
    push: str = ""
    report: bytes = field(default=b"", repr=False)
    taken_by: str = ""
    taken_ts: int = 0

    @property
    def on_trial(self) -> bool:
        """Whether `active` has not been kept yet."""
        return self.before is not None


class Kept:
    """The folder of one agent."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER

    def holding(self) -> Holding:
        """What holds. Raises ConfigError where the state is damaged or newer."""
        path = self._folder / STATE_FILE
        try:
            raw: Any = json.loads(path.read_text("utf-8"))
            if raw["version"] > VERSION:
                raise ConfigError("remote.newer", f"{path} was written by a newer agent", hint="Start that one again.")
            before = raw["before"]
            return Holding(
                str(raw["active"]), None if before is None else str(before), str(raw["push"]),
                base64.b64decode(raw["report"]), str(raw.get("taken_by", "")), int(raw.get("taken_ts", 0)),
            )  # fmt: skip
        except FileNotFoundError:
            return Holding()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(
                "remote.state", f"{path} cannot be read",
                hint="Put back a copy, or delete it: the connections of agent.yaml then hold.",
            ) from error  # fmt: skip

    def hold(self, holding: Holding) -> None:
        """From now on this holds, durably. Raises OSError."""
        content = {"version": VERSION, **asdict(holding), "report": base64.b64encode(holding.report).decode()}
        write_private(self._folder / STATE_FILE, json.dumps(content, indent=1).encode() + b"\n")

    def held_text(self) -> str:
        """The pushed text that holds; "" where the machine's own file does. Raises ConfigError."""
        active = self.holding().active
        return self.text(active) if active else ""

    def take(self, text: str, by: str) -> None:
        """The machine chooses what holds from now on: a text that was pushed once, or "" for its own file. Raises
        OSError, ConfigError."""
        if text:
            self.put(text)
        active, now = hash_of(text) if text else "", time.time_ns() // 1000
        self.hold(replace(self.holding(), active=active, before=None, push="", taken_by=by, taken_ts=now))

    def text(self, hash_: str) -> str:
        """The text of a hash. Raises ConfigError where it is not there or was changed."""
        path = self._path(hash_)
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError("remote.text", f"{path} cannot be read", hint="Push the configuration again.") from error
        if hash_of(text) != hash_:
            raise ConfigError("remote.text", f"{path} was changed", hint="Push the configuration again.")
        return text

    def put(self, text: str) -> None:
        """Keeps a text, durably, and forgets the oldest that nothing names. Raises OSError."""
        write_private(self._path(hash_of(text)), text.encode())
        holding = self.holding()
        named = {hash_of(text), holding.active, holding.before}
        texts = sorted(self._folder.glob("*.yaml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in texts[TEXTS_KEPT:]:
            if path.stem not in named:
                path.unlink()

    def _path(self, hash_: str) -> Path:
        return self._folder / f"{hash_}.yaml"
