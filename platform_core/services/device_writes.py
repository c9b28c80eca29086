"""Writes to real devices: a command to the tag's agent, its answer in plain words.

The agent judges every write by its own rule and switch; what is checked here only tells people earlier. `WriteStop`
holds all of them back at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlmodel import select

from platform_core.db import Database
from platform_core.db.tags import TagRow
from platform_core.ingest.command_line import CommandLine
from platform_core.services.tags import Tag
from platform_core.services.write_stop import WriteStop
from platform_core.services.write_targets import Written
from schemas.errors import WireError, WriteRejected
from schemas.wire.command import TTL_MAX_MS, Command

#: Reading back takes the agent up to 3 s after the device has the value, and the way takes some time too.
ANSWER_S: Final = TTL_MAX_MS / 1000 + 3.5


class DeviceWrites:
    """Tags of agents whose configuration has a `write` rule."""

    def __init__(self, database: Database, commands: CommandLine, stop: WriteStop) -> None:
        self._database, self._commands, self._stop = database, commands, stop

    def check(self, tenant: str, tag: Tag, role: str) -> None:
        """What can be told before anything is sent. Raises `WriteRejected`."""
        rule = rule_of(tag)
        if rule is None:
            raise WriteRejected("write.target", f"The agent only reads {tag.key}.",
                                hint="Its file gives the tag a 'write' rule.")  # fmt: skip
        if role not in (rule.get("roles") or (role,)):
            raise WriteRejected("write.role", f"The agent does not let the role {role} write {tag.key}.")
        if not self._commands.connection_of(tenant, tag.edge):
            raise WriteRejected("write.offline", f"The agent {tag.edge} is not connected.", hint="Nothing was sent.")

    def write(
        self, tenant: str, tag: Tag, value: Any, write_id: str, by: str, role: str, approved_by: str = ""
    ) -> Written:
        """Send the command, once, and say how it ended. `approved_by`: who vouched for it by a password."""
        with self._database.read() as session:
            query = select(TagRow).where(TagRow.tenant == tenant, TagRow.tag_id == tag.id)
            row = session.exec(query).one_or_none()
        connection = self._commands.connection_of(tenant, tag.edge)
        if row is None or row.retired_ts is not None:
            return Written("refused", "the agent does not read this tag any more")
        if not connection:
            return Written("refused", f"the agent {tag.edge} is not connected; nothing was sent")
        command = Command(write_id, connection, UUID(row.uuid), value, TTL_MAX_MS, by[:120], role, approved_by[:120])
        try:
            Command.unpack(command.pack())  # what the agent could not read would only look like silence
            result = self._commands.send(tenant, tag.edge, command, ANSWER_S, lambda: self._stop.check(tenant))
        except (WriteRejected, WireError) as error:
            return Written("refused", error.message)
        if result is None:
            return Written("unknown", f"no answer from the agent {tag.edge} within {ANSWER_S:g} s")
        return Written(result.outcome, result.reason, result.after, result.before, result.code)


def rule_of(tag: Tag) -> Mapping[str, Any] | None:
    """The `write` rule the tag's agent announces; None: it is only read."""
    rule = tag.meta.get("write")
    return rule if isinstance(rule, Mapping) else None
