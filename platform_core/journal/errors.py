"""Why the journal refuses a group; in both cases nothing of it counts as received."""

from __future__ import annotations

from schemas.errors import InterlockError


class JournalFull(InterlockError):
    """The disk is at its floor or full: reading goes on, nothing new is acknowledged."""


class JournalFailed(InterlockError):
    """The disk refused to write or to sync: the group is not durable."""
