"""Login attempts: after a few failures each further one has to wait, twice as long each time.

Counted per account name, whether or not it exists, and per address. An attempt is counted *before* the
password is checked, so that many at once do not slip through. An account never waits longer than a minute,
so that a stranger cannot keep the operators out; an address waits up to 15 minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from platform_core.auth.clock import SECOND_US, Clock, now_us
from platform_core.auth.secret import token_hash
from platform_core.db import Database
from platform_core.db.accounts import LoginAttemptRow

FORGET_AFTER_US = 86_400 * SECOND_US


@dataclass(frozen=True, slots=True)
class Rule:
    """Failures that are free, and the longest wait in seconds."""

    free: int
    wait_max_s: int


RULES: dict[str, Rule] = {"account": Rule(free=5, wait_max_s=60), "address": Rule(free=20, wait_max_s=900)}


class Throttle:
    """Counts attempts in the database, so that a restart forgives nothing."""

    def __init__(self, database: Database, clock: Clock = now_us) -> None:
        self._database = database
        self._clock = clock

    def begin(self, name_key: str, address: str) -> int:
        """Count an attempt. Returns 0 when it may go on, else the seconds to wait (and nothing is
        counted).
        """
        now = self._clock()
        with self._database.write() as session:
            session.exec(delete(LoginAttemptRow).where(col(LoginAttemptRow.last_ts) < now - FORGET_AFTER_US))
            rows = [_row(session, kind, subject, now) for kind, subject in _subjects(name_key, address)]
            wait_us = max(row.locked_until_ts - now for row in rows)
            if wait_us > 0:
                return -(-wait_us // SECOND_US)
            for row in rows:
                _count(row, now)
                session.add(row)
        return 0

    def succeeded(self, name_key: str, address: str) -> None:
        """Forget the failures of this account; those of the address fall by the one just counted."""
        now = self._clock()
        with self._database.write() as session:
            for kind, subject in _subjects(name_key, address):
                row = _row(session, kind, subject, now)
                row.failures = 0 if kind == "account" else max(0, row.failures - 1)
                row.locked_until_ts = 0
                session.add(row)


def _subjects(name_key: str, address: str) -> tuple[tuple[str, str], ...]:
    # The account is kept as a hash: people type passwords into the name field.
    return (("account", token_hash(name_key)), ("address", address))


def _row(session: Session, kind: str, subject: str, now: int) -> LoginAttemptRow:
    query = select(LoginAttemptRow).where(LoginAttemptRow.kind == kind, LoginAttemptRow.subject == subject)
    return session.exec(query).first() or LoginAttemptRow(kind=kind, subject=subject, last_ts=now)


def _count(row: LoginAttemptRow, now: int) -> None:
    rule = RULES[row.kind]
    row.failures += 1
    row.last_ts = now
    beyond = row.failures - rule.free
    if beyond >= 0:
        row.locked_until_ts = now + min(2 ** min(beyond, 30), rule.wait_max_s) * SECOND_US
