"""Preferences: what a person has set for themselves, one small document in each tenant."""

from __future__ import annotations

from platform_core.auth.clock import Clock, now_us
from platform_core.auth.policy import Principal
from platform_core.db import Database
from platform_core.db.preferences import PreferenceRow
from platform_core.db.tenancy import is_zone
from schemas.errors import ConfigError
from schemas.models.preferences import Preferences

SIZE_MAX_BYTES = 16 * 1024


class PreferenceBook:
    """Reads and writes them; nobody sees another's."""

    def __init__(self, database: Database, clock: Clock = now_us) -> None:
        self._database = database
        self._clock = clock

    def get(self, caller: Principal) -> Preferences:
        """The caller's; defaults when nothing was ever set."""
        with self._database.read() as session:
            row = session.get(PreferenceRow, (caller.tenant, _subject(caller)))
        return Preferences() if row is None else Preferences.model_validate_json(row.document)

    def put(self, caller: Principal, document: Preferences) -> None:
        """Replace the caller's. Raises ``ConfigError`` for an unknown zone or a document that is too large."""
        if document.zone and not is_zone(document.zone):
            raise ConfigError("preferences.zone", f"There is no time zone {document.zone!r}.")
        text = document.model_dump_json()
        if len(text.encode()) > SIZE_MAX_BYTES:
            raise ConfigError("preferences.size", f"Preferences have at most {SIZE_MAX_BYTES} bytes.")
        key = (caller.tenant, _subject(caller))
        with self._database.write() as session:
            row = session.get(PreferenceRow, key) or PreferenceRow(
                tenant=key[0], subject=key[1], document=text, updated_ts=0
            )
            row.document, row.updated_ts = text, self._clock()
            session.add(row)


def _subject(caller: Principal) -> str:
    """Users by number, as names change; a token's name begins with a word no number has."""
    return str(caller.user_id) if caller.user_id is not None else f"{caller.kind} {caller.name}"[:200]
